#!/bin/sh
# The verdict: its smoke scale against the numbers that are committed; a sweep that was interrupted goes on; the findings
# follow from the committed runs alone, to the last digit.
#
# usage: sh tests/verdict.sh build/bin
set -u
LC_ALL=C && export LC_ALL && unset CDPATH
verdict=$1/verdict
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
check() { # what command
    if (eval "$2") >"$tmp/output" 2>&1; then
        passed=$((passed + 1))
    else
        echo "failed: $1"
        sed 's/^/    /' "$tmp/output" | head -5
        failed=$((failed + 1))
    fi
}
sweep() { # directory, names on standard input
    xargs -P "$(getconf _NPROCESSORS_ONLN)" -I RUN "$verdict" run RUN --scale smoke --runs "$1/runs"
}
alike() { # table: nothing to report
    report=$(awk -v name="verdict/smoke/$1" -f tests/results.awk tests/results.tsv "docs/results/verdict/smoke/$1" "$tmp/smoke/$1" 2>&1)
    [ -z "$report" ] || { echo "$report" && return 1; }
}

# ---- smoke scale ---------------------------------------------------------------------------------------------

"$verdict" list --scale smoke >"$tmp/list"
check "the smoke scale runs" 'sweep "$tmp/smoke" <"$tmp/list"'
check "every run of the list has its file" '[ "$(find "$tmp/smoke/runs" -mindepth 4 -name "*.tsv" | wc -l)" -eq "$(wc -l <"$tmp/list")" ]'
check "its runs are collected, and none is missing" '[ -z "$("$verdict" collect --scale smoke --runs "$tmp/smoke/runs" --results "$tmp/smoke")" ]'
for table in $(cd docs/results/verdict/smoke && ls); do
    case $table in verdict*) ;; *) check "smoke scale: $table is the committed one" 'alike "$table"' ;; esac
done
check "two seeds decide nothing" '"$verdict" table --results "$tmp/smoke" &&
    awk -F "\t" "NR > 1 && \$1 !~ /^M[234]|^M5/ && \$9 != \"inconclusive\" { print; bad = 1 } END { exit bad }" "$tmp/smoke/verdict.tsv"'

# ---- the same run is the same file; a sweep goes on -------------------------------------------------------------

run=ring/generator/0.001/2
check "a run again is the same to the byte" 'cp "$tmp/smoke/runs/$run.tsv" "$tmp/before" &&
    rm "$tmp/smoke/runs/$run.tsv" && "$verdict" run $run --scale smoke --runs "$tmp/smoke/runs" && cmp "$tmp/before" "$tmp/smoke/runs/$run.tsv"'
check "tables become runs again, and the same tables" 'mkdir -p "$tmp/back" && cp "$tmp"/smoke/*.tsv "$tmp/back/" && rm -f "$tmp"/back/verdict* &&
    "$verdict" scatter --scale smoke --runs "$tmp/back/runs" --results "$tmp/back" && mkdir "$tmp/again" &&
    "$verdict" collect --scale smoke --runs "$tmp/back/runs" --results "$tmp/again" && for t in "$tmp"/again/*.tsv; do cmp "$t" "$tmp/smoke/$(basename "$t")" || exit 1; done'
check "what is missing is said" 'rm "$tmp/back/runs/$run.tsv" &&
    "$verdict" collect --scale smoke --runs "$tmp/back/runs" --results "$tmp/again" | grep -qx "ring: 1 of 12 runs are missing"'

# ---- findings from what is committed -----------------------------------------------------------------------------

for scale in full; do
    check "the committed findings follow from the committed runs ($scale)" '"$verdict" table --results docs/results/verdict/$scale --out "$tmp/$scale" &&
        for t in "$tmp/$scale"/*.tsv; do cmp "$t" "docs/results/verdict/$scale/$(basename "$t")" || exit 1; done'
done
check "the pilot's tables follow from its runs" '"$verdict" pilot --results docs/results/verdict/pilot --out "$tmp/pilot" &&
    for t in "$tmp/pilot"/*.tsv; do cmp "$t" "docs/results/verdict/pilot/$(basename "$t")" || exit 1; done'

# ---- wrong words ---------------------------------------------------------------------------------------------------

refused() { # words, text
    "$verdict" $1 >/dev/null 2>"$tmp/error"
    [ $? -eq 2 ] && [ "$(wc -l <"$tmp/error")" -eq 1 ] && grep -q "$2" "$tmp/error" || { cat "$tmp/error"; return 1; }
}
check "no command" 'refused "" "found no command"'
check "an unknown command" "refused judge \"found 'judge'\""
check "a run that is none" "refused 'run ring/generator/0.5/1' \"found 'ring/generator/0.5/1'\""
check "a run of another scale" "refused 'run ring/generator/0.001/30 --scale smoke' 'verdict list --scale smoke'"
check "no run" 'refused run "found no name"'
check "an unknown study" 'refused "list --study rings" "found .rings."'
check "no tables" 'refused "table --results /nowhere" "found no table of runs in /nowhere"'
check "no directory" 'refused table "found no --results"'
check "help" '"$verdict" --help | grep -q "collect" && "$verdict" run --help | grep -q -- "--scale"'

echo "verdict: $passed passed, $failed failed"
[ $failed -eq 0 ]
