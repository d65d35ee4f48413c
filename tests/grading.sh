#!/bin/sh
# Tests of the exercises and of their grader: of what readers hand in, and of what
# nobody should.
# shellcheck disable=SC2016 # the conditions are evaluated inside check
set -u
LC_ALL=C && export LC_ALL && unset CDPATH
cd "$(dirname "$0")/.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
unset N FILE FORCE WATCH STUDENT PUZZLE SEED JSON JUNIT GRADESCOPE HINT

passed=0 failed=0 status=0
log=$tmp/out

# check NAME CONDITION
check() {
    if eval "$2"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        echo "  status $status; it said:"
        sed 's/^/  | /' "$log"
    fi
}

# grade N FILE [NAME=VALUE ...]
grade() {
    number=$1 file=$2
    shift 2
    env N="$number" FILE="$file" "$@" sh tools/grade.sh >"$log" 2>&1 </dev/null
    status=$?
}
said() { grep -Eq -- "$1" "$log"; }
points() { said "^$1 .* $2 of 10( |\$)"; } # TASK POINTS
all_points() { said "^chapter [0-9]+: ([0-9]+) of \\1 points" && ! said "^chapter [0-9]+: 0 of"; }

# ---- the reference is worth everything, an empty exercise nothing ------------------------------

"$GRADE" --list >"$tmp/tasks"
chapters=$(cut -f 1 "$tmp/tasks" | uniq)
mkdir "$tmp/reference"
cp src/*.c "$tmp/reference"
check "every chapter from 1 to 24 has a task" '[ "$(echo $chapters)" = "$(echo $(seq 1 24))" ]'
check "chapters 12, 13 and 15 have three or more" '[ "$(grep -Ec "^(12|13|15)	" "$tmp/tasks")" -ge 9 ]'
for n in $chapters; do
    grade "$n" "$tmp/reference"
    check "chapter $n: the reference gets every point" 'all_points && [ "$status" -eq 0 ]'
    mkdir "$tmp/empty"
    grep "^$n	" "$tmp/tasks" >"$tmp/own"
    for stem in $(cut -f 3 "$tmp/own" | sort -u); do
        awk -v tasks="$tmp/own" -f tools/blank.awk "src/$stem.c" >"$tmp/empty/$stem.c"
    done
    grade "$n" "$tmp/empty"
    check "chapter $n: an empty exercise gets none" 'said "^chapter $n: 0 of" && ! said "link|compile"'
    rm -r "$tmp/empty"
done

# What the hints say of where to look is there to be found.
cut -f 1 "$tmp/tasks" | uniq | while read -r n; do
    grep -o '\\"[A-Z][^"]*\\" in chapter [0-9]*' "grading/$(cd grading && ls "$(printf %02d "$n")"_*.c)" | sort -u | while IFS= read -r hint; do
        title=$(echo "$hint" | sed 's/^\\"//; s/\\".*//')
        grep -Fqx -- "## $title" chapters/"$(printf %02d "${hint##* }")"_*.md || echo "$hint"
    done
done >"$log"
check "every heading that a hint names is one of that chapter" '[ ! -s "$log" ]'

# ---- planted bugs: each applies, compiles, and costs points --------------------------------------

tail -n +2 grading/bugs.tsv >"$tmp/bugs"
check "every chapter has puzzles" '[ "$(cut -f 1 "$tmp/bugs" | uniq | wc -l)" -eq 24 ]'
every=$([ "${LONG_TESTS:-}" ] && echo 1 || echo 10) # make test plants every tenth of them
awk -v every="$every" 'NR % every == 0' "$tmp/bugs" >"$tmp/some"
while IFS= read -r bug; do
    n=$(printf '%s\n' "$bug" | cut -f 1) stem=$(printf '%s\n' "$bug" | cut -f 2) function=$(printf '%s\n' "$bug" | cut -f 3)
    BUG=$bug awk -f tools/plant.awk "src/$stem.c" >"$tmp/reference/$stem.c"
    status=$?
    check "planted: $bug" '[ "$status" -eq 0 ]'
    grade "$n" "$tmp/reference"
    check "noticed: $bug" '! said "compile|link" && ! all_points && said " $function .* [0-9] of 10"'
    cp "src/$stem.c" "$tmp/reference/$stem.c"
done <"$tmp/some"

# ---- what is handed in by those who mean no good ---------------------------------------------------

# hostile NAME, BODY, REASON: sigmoid_backward as given, the other two functions right.
hostile() {
    {
        echo '#include "06_activation.h"'
        echo '#include <stdio.h>'
        echo '#include <stdlib.h>'
        echo '#include <string.h>'
        echo '#include <unistd.h>'
        echo '#include <signal.h>'
        sed -n '/^void leaky_relu_forward/,/^void sigmoid_backward/p' src/06_activation.c | sed '$d'
        printf '%s\n' "void sigmoid_backward(real *dx, const real *dy, const real *y, size_t n)" "{" "$2" "}" "$4"
    } >"$tmp/hostile/06_activation.c"
    reason=$3
    grade 6 "$tmp/hostile" "GRADE_UNWRAPPED=$unwrapped" JSON="$tmp/hostile.json"
    check "$1$unwrapped: it gets nothing, and is told why" 'points 6.3 0 && said "$reason"'
    check "$1$unwrapped: the other tasks are graded" 'points 6.1 10 && points 6.2 10'
    check "$1$unwrapped: so says the report" 'grep -q "\"points\":	20" "$tmp/hostile.json"'
}

mkdir "$tmp/hostile"
for unwrapped in '' ' without bubblewrap'; do
    hostile "a loop that never ends" 'for (volatile int i = 0; i < 2; i = 0) {}' 'took more than 5 seconds' ''
    hostile "processes without end" 'for (int i = 0; i < 100000; i++) if (fork() == 0) for (;;) sleep(9); exit(3);' 'ended the program \(status 3\)' ''
    check "and none of them is there" '! pgrep -x worker >/dev/null'
    hostile "ten gigabytes" 'volatile char *p = malloc(10000000000); for (size_t i = 0; i < 10000000000; i += 4096) p[i] = 1;' 'crashed' ''
    hostile "a file outside" "FILE *f = fopen(\"$tmp/written\", \"w\"); fputs(\"here\", f); fclose(f);" 'crashed' ''
    check "and it was not written" '[ ! -e "$tmp/written" ]'
    hostile "reading the reference" "char s[9999]; FILE *f = fopen(\"$PWD/src/06_activation.c\", \"r\"); fread(s, 1, 9999, f); memcpy(dx, s, 8 * n);" 'crashed' ''
    hostile "exit before the tests" 'exit(0);' 'ended the program \(status 0\)' ''
    hostile "a forged answer" 'puts("6.3 sigmoid_backward *** 10 of 10\nPASS"); for (int k = 0; k < 20; k++) write(3, "PASSPASS", 8);' 'overwritten|was not written|ended' ''
    hostile "a forged report" "FILE *f = fopen(\"$tmp/hostile.json\", \"w\"); if (f) fputs(\"{\\\"points\\\":\\t30}\", f);" 'was not written' ''
    hostile "megabytes printed" 'for (int i = 0; i < 1000000; i++) puts("look here");' 'printed more than 64 KB' ''
    hostile "killing who grades" 'kill(getppid(), SIGKILL); kill(-1, SIGKILL); raise(SIGSEGV);' 'crashed|ended' ''
    hostile "NaN" 'for (size_t i = 0; i < n; i++) dx[i] = NAN;' 'was not written' ''
    hostile "nothing but zeros" 'memset(dx, 0, n * sizeof *dx);' '0 everywhere' ''
    hostile "a number out of place" 'memset(dx - 5000, 77, 100000);' 'crashed|overwritten' ''
done
unwrapped=
hostile "a stop of its own" 'if (n) abort();' 'crashed \(Aborted' ''

# refused NAME, LINE, REASON: nothing of the file is graded
refused() {
    { cat src/06_activation.c && printf '%s\n' "$2"; } >"$tmp/hostile/06_activation.c"
    reason=$3
    grade 6 "$tmp/hostile"
    check "$1" 'said "^chapter 6: 0 of 30" && said "$reason"'
}
refused "what does not compile: the message is shown" 'int here(void) { return missing; }' 'does not compile: .*missing'
refused "the reference included" "#include \"$PWD/src/05_dense.c\"" 'it includes|does not compile'
refused "the reference included from beside" '#include "../src/05_dense.c"' 'it includes|does not compile'
refused "a file of the system included" '#include "/etc/passwd"' 'it includes|does not compile'
refused "a main of one's own" 'int main(void) { return 0; }' 'does not link: multiple definition of .main'
refused "the worker's own functions replaced" '#include <stdbool.h>
bool read_all(int file, void *to, size_t n); bool read_all(int file, void *to, size_t n) { (void)file, (void)to, (void)n; return true; }' 'does not link'
refused "an end before the beginning" '#include <stdlib.h>
__attribute__((constructor)) static void first(void) { _Exit(0); }' 'ended the program \(status 0\)'
head -c 1100000 /dev/zero | tr '\0' ' ' >"$tmp/hostile/06_activation.c"
grade 6 "$tmp/hostile"
check "a file without end" 'said "larger than a megabyte"'
rm "$tmp/hostile/06_activation.c"
echo 'nothing' >"$tmp/hostile/06_other.c"
grade 6 "$tmp/hostile/06_other.c"
check "a file that is no C" 'said "does not compile" && [ "$status" -eq 0 ]'
grade 6 "$tmp/nowhere"
check "no file" 'said "found no .*nowhere" && [ "$status" -eq 2 ]'
grade 99 "$tmp/reference"
check "no such chapter" 'said "expected a chapter with exercises" && [ "$status" -eq 2 ]'
grade twelve "$tmp/reference"
check "no number" 'said "expected the number of a chapter" && [ "$status" -eq 2 ]'

# ---- who only knows the cases that are shown ---------------------------------------------------------

sed 's/^\(    for (size_t i = 0; i < n; i\)++)/    if (n != 3 \&\& n != 12 \&\& n != 1 \&\& n != 7) return;\n\1++)/' src/06_activation.c >"$tmp/hostile/06_activation.c"
rm -f "$tmp/hostile/06_other.c"
grade 6 "$tmp/hostile" GRADESCOPE="$tmp/scope.json"
check "what passes all that is shown and not the rest is not called solved" 'said "fails on cases that are not shown" && grep -q "Others, which count as well, do not" "$tmp/scope.json" && ! grep -q "Every task is solved" "$tmp/scope.json"'
check "and the unseen are not visible" 'grep -A 8 ": unseen" "$tmp/scope.json" | grep -q after_published'

# ---- exercises, hints and puzzles of a reader ------------------------------------------------------------

mkdir "$tmp/home"
for each in src chapters grading tools build; do ln -s "$PWD/$each" "$tmp/home/$each"; done
reader() { # SCRIPT NAME=VALUE...: in a project of one's own
    script=$1
    shift
    (cd "$tmp/home" && env "$@" sh "tools/$script.sh") >"$log" 2>&1 </dev/null
    status=$?
}
reader exercise N=12
check "an exercise is made" '[ "$status" -eq 0 ] && [ -e "$tmp/home/exercises/12_batchnorm.c" ] && said "make grade N=12"'
check "the signatures stand, the bodies are gone" 'grep -q "^void batchnorm_backward_x(real \*dx, const real \*dy," "$tmp/home/exercises/12_batchnorm.c" && ! grep -q "n->gamma\[j\] \*" "$tmp/home/exercises/12_batchnorm.c"'
echo '/* mine */' >>"$tmp/home/exercises/12_batchnorm.c"
reader exercise N=12
check "a second time it stays" 'said "stays as it is" && grep -q mine "$tmp/home/exercises/12_batchnorm.c"'
reader exercise N=12 FORCE=1
check "with FORCE=1 it is new, and the old one kept" '! grep -q mine "$tmp/home/exercises/12_batchnorm.c" && grep -q mine "$tmp/home/exercises/12_batchnorm.c.old"'
reader exercise N=0
check "chapter 0 has none" '[ "$status" -eq 2 ] && said "expected a chapter with exercises"'

sed 's/direct - mean_dy - xhat \* along/direct - xhat * along/' src/12_batchnorm.c >"$tmp/home/exercises/12_batchnorm.c"
reader hint N=12
check "the first hint names the bug" 'said "12.5 batchnorm_backward_x, hint 1 of 3" && said "missing: path through the mean"'
reader hint N=12
check "the second says where to look" 'said "hint 2 of 3" && said "The backward pass, line by line"'
reader hint N=12
check "the third gives numbers to check by hand" 'said "hint 3 of 3" && said "dx +0.5 -0.5"'
reader hint N=12
check "there are no more" 'said "all 3 hints were given"'
reader grade N=12
check "the grade knows how many were taken" 'said "\(3 hints\)" && said "3 hints taken"'
cp src/12_batchnorm.c "$tmp/home/exercises/12_batchnorm.c"
reader hint N=12
check "who has solved it needs none" 'said "every task is solved"'

(cd "$tmp/home" && exec env N=12 WATCH=1 sh tools/grade.sh) >"$log" 2>&1 </dev/null &
watcher=$!
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do ! grep -q watching "$log" || break; sleep 0.5; done
sed 's/direct - mean_dy/direct + mean_dy/' src/12_batchnorm.c >"$tmp/home/exercises/12_batchnorm.c"
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ "$(grep -c watching "$log")" -lt 2 ] || break; sleep 0.5; done
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
status=0
check "WATCH=1 grades anew when a file is saved" 'said "50 of 50" && said "40 of 50" && [ "$(grep -c "^chapter 12" "$log")" -eq 2 ]'
check "and leaves no room behind" '[ -z "$(ls -d build/definitions/grade/room.* 2>/dev/null)" ]'

for who in ada bob cy dee eve; do reader puzzle N=12 STUDENT="$who"; done
check "puzzles differ" '[ "$(cksum "$tmp"/home/puzzles/*/12_batchnorm.c | cut -d " " -f 1 | sort -u | wc -l)" -ge 3 ]'
check "the answer is not told" '! grep -q . "$tmp/home/puzzles/ada/answer12.txt" || ! sed -n "s/^function: *//p; s/^bug: *//p" "$tmp/home/puzzles/ada/answer12.txt" | grep -q .'
reader grade N=12 STUDENT=ada
check "a puzzle as it came is worth nothing" 'said "puzzle of ada, chapter 12: 0 of 10"'
solution=$(cd "$tmp/home" && N=12 STUDENT=ada sh tools/puzzle.sh --solution)
cp src/12_batchnorm.c "$tmp/home/puzzles/ada/"
reader grade N=12 STUDENT=ada
check "mended alone: six" 'said "puzzle of ada, chapter 12: 6 of 10"'
printf 'function: %s\nbug: %s\n' "$(echo "$solution" | cut -f 1)" "$(echo "$solution" | cut -f 2)" >"$tmp/home/puzzles/ada/answer12.txt"
reader grade N=12 STUDENT=ada
check "found, named and mended: ten" 'said "puzzle of ada, chapter 12: 10 of 10"'
reader grade N=12 PUZZLE=1 FILE=puzzles
check "all puzzles at once" 'said "puzzle of ada.* 10 of 10" && said "puzzle of eve.* 0 of 10"'
reader puzzle N=12 STUDENT=../x
check "a name is no path" '[ "$status" -eq 2 ] && said "expected a name"'

sh tools/session.sh >"$tmp/session.md" 2>"$log"
status=$?
check "ten mistakes are told as docs/session.md says" '[ "$status" -eq 0 ] && diff "$tmp/session.md" docs/session.md >>"$log"'
"$GRADE" --page >"$tmp/hints.md" 2>"$log"
check "all hints are told as docs/hints.md says" 'diff "$tmp/hints.md" docs/hints.md >>"$log"'

# ---- many submissions, and their reports -----------------------------------------------------------------------

mkdir -p "$tmp/home/all/one" "$tmp/home/all/two" "$tmp/home/grades"
cp src/12_batchnorm.c "$tmp/home/all/one/"
sed 's/direct - mean_dy/direct + mean_dy/' src/12_batchnorm.c >"$tmp/home/all/two/12_batchnorm.c"
cp "$tmp/home/all/two/12_batchnorm.c" "$tmp/home/all/three.c"
reader grade N=12 FILE=all JSON=grades/12.json JUNIT=grades/12.xml
check "a folder of submissions, one by one" 'said "^one" && said "^two" && said "^three" && [ "$(grep -c "^chapter 12: 40 of 50" "$log")" -eq 2 ]'
check "with a report for each" 'grep -q "\"points\":	50" "$tmp/home/grades/one_12.json" && grep -q "\"points\":	40" "$tmp/home/grades/two_12.json" && grep -q "failures=\"4\"" "$tmp/home/grades/three_12.xml"'

# ---- Gradescope's way -------------------------------------------------------------------------------------------

if [ -z "${LONG_TESTS:-}" ]; then
    : # builds the grader anew
elif command -v zip >/dev/null && command -v unzip >/dev/null; then
    sh tools/autograder.sh 6 "$tmp/six.zip" >"$log" 2>&1
    status=$?
    check "the autograder's zip is made" '[ "$status" -eq 0 ] && [ -s "$tmp/six.zip" ]'
    mkdir -p "$tmp/autograder/source" "$tmp/autograder/submission"
    unzip -q "$tmp/six.zip" -d "$tmp/autograder/source"
    export AUTOGRADER="$tmp/autograder"
    sh "$AUTOGRADER/source/setup.sh" >"$log" 2>&1
    status=$?
    check "its set-up builds the grader" '[ "$status" -eq 0 ]'
    sed 's/(1 - y\[i\] \* y\[i\]) \* dy/(1 - y[i]) * dy/' src/06_activation.c >"$AUTOGRADER/submission/06_activation.c"
    sh "$AUTOGRADER/source/run_autograder" >"$log" 2>&1
    check "a submission is graded" 'grep -q "\"score\":	20" "$AUTOGRADER/results/results.json"'
    check "each test has what Gradescope asks for" '[ "$(grep -c "\"max_score\":" "$AUTOGRADER/results/results.json")" -eq 12 ] && [ "$(grep -c "\"visibility\":" "$AUTOGRADER/results/results.json")" -eq 12 ]'
    rm "$AUTOGRADER/submission/06_activation.c"
    sh "$AUTOGRADER/source/run_autograder" >"$log" 2>&1
    check "none handed in: a grade of 0 that says so" 'grep -q "\"score\": 0" "$AUTOGRADER/results/results.json"'
    unset AUTOGRADER
else
    echo "skipped: no zip and unzip, to try the autograder with"
fi
sh tools/autograder.sh 99 "$tmp/none.zip" >"$log" 2>&1
status=$?
check "no such chapter for the autograder" '[ "$status" -eq 2 ] && [ ! -e "$tmp/none.zip" ]'

echo "grading: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
