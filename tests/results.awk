# Compares two tables by rules; see results.sh. Prints what differs.
BEGIN { FS = "\t" }
function number(text) { return text ~ /^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$/ }
function near(a, b, c) { return a - b <= abs_tol[c] + rel_tol[c] * size(b) && b - a <= abs_tol[c] + rel_tol[c] * size(b) }
function size(x) { return x < 0 ? -x : x }
function log10(x) { return log(x < 1e-300 ? 1e-300 : x) / log(10) }

FNR == 1 { which++ }
which == 1 { # file, column, rule, absolute, relative; a file may end with *
    pattern = $1
    gsub(/\*/, ".*", pattern)
    if (name ~ "^" pattern "$") { rule[$2] = $3; abs_tol[$2] = $4 + 0; rel_tol[$2] = $5 + 0 }
    next
}
$0 == "" { next }
FNR == 1 && which == 2 {
    n = split($0, column, FS)
    header = $0
    for (k = 1; k <= n; k++) if (!(column[k] in rule)) print name ": no rule for column " column[k]
    next
}
FNR == 1 { if ($0 != header) print name ": other columns: " $0; next }
which == 2 {
    old_rows++
    for (k = 1; k <= n; k++) old[old_rows, k] = $k
}
which == 3 {
    new_rows++
    for (k = 1; k <= n; k++) {
        c = column[k]
        a = $k; b = old[new_rows, k]
        if (rule[c] !~ /^(same|each|mean|some|logmean|any)$/) print name ": unknown rule " rule[c]
        if (rule[c] == "same" && a != b) print name ": row " new_rows ", " c ": found " a "; committed " b
        if (rule[c] == "each" && a != b && !(number(a) && number(b) && near(a, b, c)))
            print name ": row " new_rows ", " c ": found " a "; committed " b
        if (rule[c] == "some" && number(a) != number(b)) lonely[k]++
        if (rule[c] == "some" && number(a) && number(b)) { new_sum[k] += a; old_sum[k] += b; shared[k]++ }
        if (rule[c] == "mean" || rule[c] == "logmean") {
            if (!number(a) && a == b) continue # a step that vanished: NaN in both
            if (!number(a)) print name ": row " new_rows ", " c ": found " a "; expected " b
            new_sum[k] += rule[c] == "mean" ? a : log10(a)
            old_sum[k] += rule[c] == "mean" ? b : log10(b)
        }
    }
}
END {
    if (which < 3 || old_rows != new_rows) { print name ": found " (new_rows + 0) " rows; committed " (old_rows + 0); exit }
    for (k = 1; k <= n; k++) {
        if (lonely[k] > new_rows / 4) print name ": " column[k] ": a number here, none there in " lonely[k] " of " new_rows " rows"
        if (shared[k] > 0 && !near(new_sum[k] / shared[k], old_sum[k] / shared[k], column[k]))
            print name ": mean of " column[k] ", where both have one: found " new_sum[k] / shared[k] "; committed " old_sum[k] / shared[k]
        if (rule[column[k]] ~ /mean/ && !near(new_sum[k] / new_rows, old_sum[k] / old_rows, column[k]))
            print name ": mean of " column[k] ": found " new_sum[k] / new_rows "; committed " old_sum[k] / old_rows
    }
}
