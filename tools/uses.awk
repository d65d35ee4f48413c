# Who uses what: reads headers and then files, and prints a line "FILE HEADER" for
# every header of the project that a file names something of, or, with -v mode=names,
# "HEADER NAME" for everything that headers declare.
#
# usage: awk -f tools/uses.awk HEADER... -- FILE...

function base(path) { sub(/.*\//, "", path); return path }
function declare(name) {
    if (name == "" || name ~ /^_/ || name ~ /^(define|static|const|void|int|if|for|while|return|sizeof|inline|extern|typedef|struct|enum|union|bool|double|char|unsigned|long|size_t|uint8_t|uint32_t|uint64_t|FILE)$/) return
    if (name in home) return
    home[name] = base(FILENAME)
    if (mode == "names") print base(FILENAME), name
}
function strip(text) { # comments and texts in quotes
    if (in_comment) { if (!sub(/^.*\*\//, "", text)) return ""; in_comment = 0 }
    gsub(/"([^"\\]|\\.)*"/, "\"\"", text)
    gsub(/\/\*([^*]|\*[^\/])*\*\//, " ", text)
    sub(/\/\/.*/, "", text)
    if (text ~ /\/\*/) { sub(/\/\*.*/, "", text); in_comment = 1 }
    return text
}
BEGIN {
    for (i = 1; i < ARGC; i++) if (ARGV[i] == "--") { ARGV[i] = "reading=1"; break }
}
FNR == 1 { in_comment = 0; depth = 0; in_enum = 0 }
{ text = strip($0); sub(/ *__attribute__.*/, !reading && /;$/ ? ";" : "", text) }

# ---- headers: what each declares --------------------------------------------------------
!reading {
    if (text ~ /^#define [A-Za-z_]/) { name = text; sub(/^#define /, "", name); sub(/[^A-Za-z_0-9].*/, "", name); if (name !~ /_H$/) declare(name); next }
    if (text ~ /^#/) next
    if (depth == 0 && text ~ /^(typedef )?enum/) in_enum = 1
    if (in_enum) {
        line = text; sub(/^(typedef )?enum[^{]*\{/, "", line); sub(/\}.*/, "", line)
        n = split(line, part, ",")
        for (i = 1; i <= n; i++) { name = part[i]; sub(/=.*/, "", name); gsub(/[^A-Za-z_0-9]/, "", name); declare(name) }
    }
    if (depth == 0 && !in_enum && text ~ /[A-Za-z_0-9]+\(/ && text !~ /^ /) {
        name = text; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name); declare(name); called[name] = 1
    }
    if (depth == 0 && text ~ /^extern /) { name = text; gsub(/\[[^]]*\]/, "", name); sub(/^extern /, "", name); gsub(/(const|char|;|\*)/, " ", name); n = split(name, part, /[ ,]+/); for (i = 1; i <= n; i++) declare(part[i]) }
    if (depth == 0 && text ~ /^typedef .*;/ && text !~ /\{/) {
        name = text
        if (name ~ /\(/) { sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) } else { sub(/ __attribute__.*/, "", name); sub(/[;[].*/, "", name); sub(/.*[ *]/, "", name) }
        declare(name)
    }
    line = text; opened = gsub(/\{/, "", line); line = text; closed = gsub(/\}/, "", line)
    depth += opened - closed
    if (text ~ /\}/ && depth == 0) {
        name = text
        if (name ~ /\} *[A-Za-z_]+;/) { sub(/.*\} */, "", name); sub(/;.*/, "", name); declare(name) }
        in_enum = 0
    }
    next
}

# ---- files: what each uses ---------------------------------------------------------------
/^#include/ { next }
text ~ /^(static|enum|typedef|\}|#define)/ { # names of its own hide those of headers
    line = text; sub(/\{.*/, "", line); if (text ~ /^enum/) { line = text; gsub(/=[^,}]*/, "", line) }
    if (text ~ /^typedef/) { sub(/ __attribute__.*/, "", line); sub(/\(.*/, "", line); sub(/;.*/, "", line); sub(/.*[ *]/, "", line) }
    if (text ~ /^static/) { sub(/\(.*/, "", line); sub(/ = .*/, "", line); sub(/\[.*/, "", line); sub(/.*[ *]/, "", line) }
    if (text ~ /^#define/) { sub(/^#define /, "", line); sub(/[^A-Za-z_0-9].*/, "", line) }
    n = split(line, part, /[^A-Za-z_0-9]+/)
    for (i = 1; i <= n; i++) own[FILENAME, part[i]] = 1
}
{
    line = text
    while (match(line, /[A-Za-z_][A-Za-z_0-9]*/)) {
        name = substr(line, RSTART, RLENGTH)
        before = substr(line, 1, RSTART - 1); line = substr(line, RSTART + RLENGTH)
        if (before ~ /(\.|->)$/ && before !~ /\.\.\.$/) continue
        if (name ~ /^[a-z]+$/ && name in called && line !~ /^\(/) continue # a variable of that name
        if (name in home && home[name] != base(FILENAME) && !((FILENAME, name) in seen)) {
            seen[FILENAME, name] = 1
            uses[++n_uses] = FILENAME; of[n_uses] = name
        }
    }
}
END {
    if (mode == "names") exit
    for (i = 1; i <= n_uses; i++) {
        if ((uses[i], of[i]) in own) continue
        header = home[of[i]]
        if ((uses[i], header) in printed) continue
        printed[uses[i], header] = 1
        print uses[i], header, (why ? of[i] : "")
    }
}
