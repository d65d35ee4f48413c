# Plants one bug in a source: in the body of one function a text becomes another.
#
# usage: awk -v bug=LINE -f tools/plant.awk SOURCE.c
#        LINE: "chapter TAB stem TAB function TAB bug TAB from TAB to" of grading/bugs.tsv; \n in it is a new line.
#        Exit status 1 where the text does not stand there exactly once.

BEGIN {
    split(ENVIRON["BUG"], field, "\t")
    name = field[3]; from = field[5]; to = field[6]
    gsub(/\\n/, "\n", from)
    gsub(/\\n/, "\n", to)
}

{ all = all $0 "\n" }

END {
    at = 1
    while (match(substr(all, at), "(^|\n)[A-Za-z][^;{}\n]*[ *]" name "\\(")) { # a definition, not a declaration
        begin = at + RSTART
        rest = substr(all, begin)
        if (match(rest, /\)\n?[ ]?\{/)) break
        at = begin + 1
    }
    end = index(rest, "\n}\n")
    oneline = index(rest, "\n")
    if (substr(rest, 1, oneline - 1) ~ /\}$/) end = oneline - 1
    body = substr(rest, 1, end)
    first = index(body, from)
    if (begin == 0 || first == 0 || index(substr(body, first + 1), from) > 0) exit 1
    printf "%s%s%s%s", substr(all, 1, begin - 1), substr(body, 1, first - 1), to, substr(body, first + length(from))
    printf "%s", substr(rest, end + 1)
}
