#!/bin/sh
# Runs every test program given and adds up what Check reports. A test that SKIPs has not passed.
set -u
passed=0 skipped=0 failed=0
export OMP_NUM_THREADS=1 # where threads are tested, the test sets them
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

add() { # checks, failures, errors, exit status, skipped
    bad=$(($2 + $3))
    [ "$4" -ne 0 ] && [ $bad -eq 0 ] && bad=1
    passed=$((passed + $1 - $2 - $3 - $5))
    skipped=$((skipped + $5))
    failed=$((failed + bad))
}

for program in "$@"; do
    report=$("$program" 2>&1)
    status=$?
    counts=$(echo "$report" | sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p')
    if [ -z "$counts" ] || [ $status -ne 0 ]; then
        echo "$program:"
        echo "$report" | grep -v '^Running suite' | head -n 20
    fi
    # shellcheck disable=SC2086
    add ${counts:-1 0 1} $status "$(echo "$report" | grep -c '^skipped: ')"
done
echo "units: $passed passed, $skipped skipped, $failed failed"
[ $failed -eq 0 ]
