# Leaves out the bodies of functions: what stands between the braces becomes a
# comment that says what to do.
#
# usage: awk -v tasks=FILE -f tools/blank.awk SOURCE.c
#        FILE: lines "chapter TAB number TAB stem TAB function TAB stars TAB what", as 'grade --list' prints them

BEGIN {
    FS = "\t"
    while ((getline line < tasks) > 0) {
        split(line, field, "\t")
        number[field[4]] = field[2]
        stars[field[4]] = field[5] == 1 ? "one star" : field[5] == 2 ? "two stars" : "three stars"
        what[field[4]] = field[6]
    }
}

# The name of the function that a line begins to define; a definition begins at the left edge.
function defined(line,    name) {
    if (line !~ /^[A-Za-z]/ || line !~ /\(/ || line ~ /;$/ || line ~ /^typedef/) return ""
    name = line
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    return name in what ? name : ""
}

# What a function of this type may return while it is empty.
function nothing(line, name,    type) {
    type = substr(line, 1, index(line, name "(") - 1)
    sub(/^static /, "", type)
    sub(/ *$/, "", type)
    if (type == "void") return ""
    if (type ~ /\*$/) return "    return NULL;"
    if (type ~ /^(double|real|wide|int|bool|size_t|uint[0-9]+_t|long)$/) return "    return 0;"
    return "    return (" type "){ 0 };"
}

# A text in lines of a comment, at most so wide.
function comment(text,    word, n, i, line, all) {
    n = split(text, word, " ")
    line = "    /*"
    for (i = 1; i <= n; i++) {
        if (length(line " " word[i]) > 96) { all = all line "\n"; line = "     *" }
        line = line " " word[i]
    }
    return all line " */"
}

function body(    empty) {
    print "{"
    print comment(number[name] ", " stars[name] ": " what[name])
    empty = nothing(first, name)
    if (empty != "") print empty
    print "}"
}

inside == "" {
    name = defined($0)
    if (name == "") { print; next }
    first = $0
    inside = "signature"
}

inside == "signature" {
    if (match($0, / \{ .*\}$/)) { # all in one line
        print substr($0, 1, RSTART - 1)
        body()
        inside = ""
    } else if ($0 == "{") {
        body()
        inside = "body"
    } else
        print
    next
}

inside == "body" { if ($0 == "}") inside = "" }
