#!/bin/sh
# Runs every test program given, as many at a time as there are processors, and
# adds up what Check reports. A test that SKIPs has not passed.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
passed=0 skipped=0 failed=0
jobs=$(nproc 2>/dev/null || echo 1)
export OMP_NUM_THREADS=1 # where threads are tested, the test sets them
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
export reports

add() { # checks, failures, errors, exit status, skipped
    bad=$(($2 + $3))
    [ "$4" -ne 0 ] && [ $bad -eq 0 ] && bad=1
    passed=$((passed + $1 - $2 - $3 - $5))
    skipped=$((skipped + $5))
    failed=$((failed + bad))
}

# The suites of the last modules, and those under the sanitizers, take longest: they come first. A
# program P leaves what it says in P.report, slashes as commas, and its exit status in P.status.
# shellcheck disable=SC2016
printf '%s\n' "$@" | sort -r | xargs -P "$jobs" -I P sh -c '
    name=$reports/$(echo "P" | tr / ,)
    "P" >"$name.report" 2>&1
    echo $? >"$name.status"'

for program in "$@"; do
    name=$reports/$(echo "$program" | tr / ,)
    status=$(cat "$name.status")
    counts=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$name.report")
    [ "${counts%% *}" != 0 ] || counts= # it ran no test
    if [ -z "$counts" ] || [ "$status" -ne 0 ]; then
        echo "$program:"
        grep -v '^Running suite' "$name.report" | head -n 20
    fi
    # shellcheck disable=SC2086
    add ${counts:-1 0 1} "$status" "$(grep -c '^skipped: ' "$name.report")"
done
echo "units: $passed passed, $skipped skipped, $failed failed"
[ $failed -eq 0 ]
