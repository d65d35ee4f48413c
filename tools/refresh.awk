# Copies a text, with the block behind each marker made anew; see refresh.sh.

function fail(message) { print FILENAME ":" FNR ": " message > "/dev/stderr"; failed = 1 }

# ---- code: from the definition's first line to the first line that closes it ----

function read_lines(path,    n) {
    n = 0
    while ((getline line[n + 1] < path) > 0) n++
    close(path)
    if (n == 0) fail("cannot read " path)
    return n
}

function is_definition(i, name,    text) {
    text = line[i]
    if (text ~ "^} " name ";" || text ~ "^struct " name " \\{" || text ~ "^typedef .*} " name ";") return 1
    if (text ~ "^[A-Za-z].*[ *]" name "(\\[.*\\])? = \\{") return 1
    if (text ~ /^[ \t#*\/}]/ || text !~ "^([^{]*[ *])?" name "\\(") return 0
    while (text !~ /[;{]/ && i < n_line) text = text line[++i]
    return text !~ /;/ || text ~ /\{.*;.*\}/ || text ~ /^[^;]*\{/
}

function emit_code(path, name,    i, found, first, last) {
    n_line = read_lines(path)
    for (i = 1; i <= n_line; i++) if (is_definition(i, name)) { found++; first = i }
    if (found != 1) { fail(path ": " (found + 0) " definitions of " name "; expected one"); return }
    last = first
    if (line[first] ~ /^}/) while (line[first] !~ /^typedef/) first--
    else if (line[first] !~ /^typedef/) while (line[last] !~ /^}/ && line[last] !~ /\{.*\}$/) last++
    while (line[first - 1] ~ /^(\/\*| \*)/) first--
    for (i = first; i <= last; i++) print line[i]
}

# ---- tables -------------------------------------------------------------------------

function emit_table(path, n_word, word,    i, k, n, good, place, part, header, columns, n_columns, keep, show, row, seen, every, text) {
    header = ""; every = 1; n_columns = 0; seen = 0; by = ""; last = ""
    for (i = 4; i < n_word; i++) {
        split(word[i], part, "=")
        if (part[1] == "every") every = part[2] # rows
        else if (part[1] == "by") by = part[2] # counted anew where this column changes
        else if (part[1] == "columns") n_columns = split(part[2], columns, ",")
        else keep[part[1]] = part[2]
    }
    while ((getline text < path) > 0) {
        if (text == "") continue
        n = split(text, row, "\t")
        if (header == "") {
            header = text
            for (k = 1; k <= n; k++) place[row[k]] = k
            if (n_columns == 0) for (k = 1; k <= n; k++) columns[++n_columns] = row[k]
            for (k = 1; k <= n_columns; k++) if (!(columns[k] in place)) fail(path ": no column " columns[k])
            for (k in keep) if (!(k in place)) fail(path ": no column " k)
            text = "|"; show = "|"
            for (k = 1; k <= n_columns; k++) { text = text " " title(columns[k]) " |"; show = show "---|" }
            print text; print show
            continue
        }
        good = 1
        for (k in keep) if (keep[k] ~ /\+/ ? index("+" keep[k] "+", "+" row[place[k]] "+") == 0 : index(row[place[k]], keep[k]) != 1) good = 0
        if (by != "" && row[place[by]] != last) { last = row[place[by]]; count = 0 }
        if (by == "") count = seen
        if (!good) continue
        seen++
        if (count++ % every != 0) continue
        text = "|"
        for (k = 1; k <= n_columns; k++) text = text " " row[place[columns[k]]] " |"
        print text
    }
    close(path)
    if (header == "") fail("cannot read " path)
    else if (seen == 0) fail(path ": no row is left")
}

# ---- claims ---------------------------------------------------------------------------

# "all 3 parts", "1 of 3 parts, 1 inconclusive", "none of 2 parts"
function confirmed_of(claim,    n, yes) {
    n = parts[claim] + 0; yes = parts[claim, "confirmed"] + 0
    if (n == 1) return yes ? "yes" : parts[claim, "inconclusive"] ? "inconclusive" : "no"
    return (yes == n ? "all " n : yes == 0 ? "none of " n : yes " of " n) " parts" (parts[claim, "inconclusive"] ? ", " parts[claim, "inconclusive"] " inconclusive" : "")
}

# Sections are headed "## R3: Batch norm trains faster"; a part's claim may have a letter more, as in R10b.
function emit_claims(page, path,    text, row, claim, heading, anchor) {
    split("", parts)
    while ((getline text < path) > 0) {
        split(text, row, "\t")
        if (row[1] == "claim") {
            for (finding = 1; row[finding] != "finding";) if (++finding > 99) { fail(path ": no column finding"); return }
            continue
        }
        claim = row[1]; sub(/[a-z]$/, "", claim)
        parts[claim]++; parts[claim, row[finding]]++
    }
    close(path)
    print "| claim | confirmed |"; print "|---|---|"
    while ((getline text < page) > 0) if (text ~ /^## [MR][0-9]+: /) {
        heading = substr(text, 4); anchor = tolower(heading)
        gsub(/[^a-z0-9 _-]/, "", anchor); gsub(/ /, "-", anchor)
        claim = heading; sub(/:.*/, "", claim)
        if (!(claim in parts)) fail(path ": no row of " claim)
        print "| [" heading "](" substr(page, match(page, /[^\/]*$/)) "#" anchor ") | " confirmed_of(claim) " |"
    }
    close(page)
}

function title(name) { gsub("_", " ", name); return name }

# ---- the text -------------------------------------------------------------------------

skipping == "fence" { if ($0 ~ /^```/ && ++fences == 2) skipping = ""; next }
skipping == "table" { if ($0 ~ /^\|/) next; skipping = "" }
skipping == "needs" { skipping = ""; if ($0 ~ /^\*Needs chapter/) next }
skipping == "begin" {
    if ($0 ~ /^```/) { skipping = "fence"; fences = 1; next }
    if ($0 ~ /^\|/) { skipping = "table"; next }
    skipping = ""
}
{ print }
/^<!-- needs / { # a line; or, of --graph and --table, a fence or a table
    split($0, word, " ")
    command = "sh tools/needs.sh " word[3]
    while ((command | getline text) > 0) print text
    close(command)
    skipping = word[3] ~ /^--/ ? "begin" : "needs"
    next
}
/^<!-- claims / {
    split($0, word, " ")
    emit_claims(word[3], word[4])
    skipping = "begin"
    next
}
/^<!-- (code|table) / {
    n_word = split($0, word, " ")
    if (word[2] == "code") {
        print "```c"
        for (i = 4; i < n_word; i++) { if (i > 4) print ""; emit_code(word[3], word[i]) }
        print "```"
    } else emit_table(word[3], n_word, word)
    skipping = "begin"
}
END { exit failed }
