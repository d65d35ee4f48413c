#!/bin/sh
# Tests of the Makefile's commands for those who carry on, in a copy of the
# project: one suite, a debugger's build, an editor's list of commands, the
# caller's flags, and words that name nothing.
# shellcheck disable=SC2016,SC2034 # the conditions are evaluated inside check
set -u
LC_ALL=C && export LC_ALL && unset CDPATH MAKEFLAGS MAKELEVEL MFLAGS # a make of its own
cd "$(dirname "$0")/.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp/copy" && cp -R Makefile README.md .clang-format src programs grading chapters plots tests bench tools "$tmp/copy" && cd "$tmp/copy" || exit 2

passed=0 failed=0
log=$tmp/said

# run WORD...: what make says goes to $log, its status to $status.
run() {
    make --no-print-directory "$@" >"$log" 2>&1 </dev/null
    status=$?
}

# check NAME CONDITION: the case is good when the condition holds.
check() {
    if eval "$2"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1; make's status is $status, and it said:"
        tail -n 20 "$log" | cut -c 1-200 | sed 's/^/  | /'
    fi
}
said() { grep -Eq -- "$1" "$log"; }
nothing_compiled() { ! said '^  (CC|LD) '; }

# --- one suite ---------------------------------------------------------------

run check S=02_random
check 'one suite passes in float, double, under the sanitizers and on definitions' \
    '[ $status = 0 ] && for p in f32 f64 san definitions/f64; do said "LD build/$p/test_02_random" || exit; done'
check 'and no other is built' '! said "LD.*test_(0[013-9]|1|2|fast)"'
run check S=02_random
check 'the second time nothing is compiled' '[ $status = 0 ] && nothing_compiled'
sed -i.kept 's/ 0x9E3779B9/ 0x9E3779B8/' src/02_random.c
check 'the fault is planted' '! cmp -s src/02_random.c src/02_random.c.kept'
run check S=02_random
check 'a wrong generator fails the suite' '[ $status != 0 ] && said "02_random"'
mv src/02_random.c.kept src/02_random.c
cat >tests/00_bare.c <<'C'
#include "suite.h"
START_TEST(never_run) { ck_abort(); }
END_TEST
SUITE("00 bare", never_run)
C
run check S=00_bare
check 'a suite that would run nothing fails' '[ $status != 0 ] && said "found a bare name; expected RUNS" && said "0 passed, 0 skipped, 3 failed"'
printf '#include "suite.h"\nint main(void) { return suite_run("00 bare", NULL, 0); }\n' >tests/00_bare.c
run check S=00_bare
check 'a suite without tests fails' '[ $status != 0 ] && said "0 passed, 0 skipped, 3 failed"'
rm tests/00_bare.c
run check S=12_batchnorms
check 'check: a suite that is not there' '[ $status = 2 ] && said "found .12_batchnorms.; expected a suite"'
run check
check 'check: no suite' '[ $status = 2 ] && said "expected a suite.*make check S=12_batchnorm"'

# --- flags of the caller's -----------------------------------------------------

object=build/f32/00_error.o
run $object
run CFLAGS=-DOF_THE_CALLER V=1 $object
check 'other CFLAGS compile anew, and come last' '[ $status = 0 ] && said "-O3.* -DOF_THE_CALLER -c src/00_error.c"'
run CFLAGS=-DOF_THE_CALLER $object
check 'the same do not' '[ $status = 0 ] && nothing_compiled'
run CFLAGS=-DOF_THE_CALLER LDFLAGS=-Lof-the-caller V=1 build/bin/02_random
check 'LDFLAGS stand behind the libraries' '[ $status = 0 ] && said "-lm .*-Lof-the-caller -o build/bin/02_random"'
run CFLAGS=-Werror=of-nothing-known $object
check 'flags that the compiler refuses stop the build' '[ $status = 2 ] && said "of-nothing-known"'
run V=1 -n debug
check 'debug: not optimised, in a build of its own' '[ $status = 0 ] && said "-O3.* -O0 -g3 .*-o build/debug/f64/12_batchnorm_layer.o" && said "built: build/debug/bin"'

# --- editors ---------------------------------------------------------------------

run compile_commands.json
entries=$(grep -c '"directory": ".*", "file": "[^"]*\.c", "command": ".* -c .*" }' compile_commands.json)
sources=$(printf '%s\n' src/*.c src/fast/*.c programs/*.c chapters/*.c chapters/fast/*.c tests/*.c tests/fast/*.c | grep -vc tests/ring.c)
check "compile_commands.json: every source once" '[ $status = 0 ] && [ "$entries" = "$sources" ] && [ "$(wc -l <compile_commands.json)" = $((sources + 2)) ]'
sed -n 's/.*"file": "src\/12_batchnorm.c", "command": "\(.*\)" }.*/\1/p' compile_commands.json | sed 's/\\\(["\\]\)/\1/g; s/-o [^ ]*/-fsyntax-only/' >"$tmp/command"
check 'its commands compile' '[ -s "$tmp/command" ] && sh "$tmp/command" >"$log" 2>&1'
[ ! -x /usr/bin/python3 ] || check 'it is JSON' '/usr/bin/python3 -m json.tool compile_commands.json >/dev/null'

# --- words that name nothing --------------------------------------------------------

run DATA='two words' build/f32/00_error.o
check 'DATA with a space' '[ $status = 2 ] && said "DATA: found .two words."'
run PLAIN=12_batchnorms build/f32/00_error.o
check 'PLAIN of no source' '[ $status = 2 ] && said "PLAIN: found .12_batchnorms."'
run plot RUN="$tmp/nowhere"
check 'plot of no run' '[ $status = 2 ] && said "RUN: found .*nowhere.; expected the directory of a run"'

# --- two directories of data, each with results of its own ----------------------------

# results_of DIRECTORY: where experiments on it would write.
results_of() { make --no-print-directory -pn DATA="$1" 2>/dev/null </dev/null | sed -n 's/^OUT := //p' | head -n 1; }
mkdir "$tmp/one" "$tmp/two"
one=$(results_of "$tmp/one") two=$(results_of "$tmp/two") slash=$(results_of "$tmp/one/") digits=$(results_of digits) mnist=$(results_of mnist)
printf '%s\n' "$one" "$two" "$slash" "$digits" "$mnist" >"$log"
check 'two directories of data do not share results' '[ "$one" != "$two" ] && echo "$one" | grep -Eqx "build/quick-data-[0-9]+" && echo "$two" | grep -Eqx "build/quick-data-[0-9]+"'
check 'one directory is the same with a slash behind it' '[ "$one" = "$slash" ]'
check 'the drawn digits and MNIST have names' '[ "$digits" = build/quick ] && [ "$mnist" = build/quick-mnist ]'

run help
check 'help lists the commands' '[ $status = 0 ] && said "^  make tour " && said "^  make test "'

echo "make: $passed passed, $failed failed"
[ "$failed" = 0 ]
