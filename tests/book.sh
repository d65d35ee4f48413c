#!/bin/sh
# The book in a browser: every page, every link, every live figure. Needs node, npm and Chromium; where one is missing, says
# so and passes nothing.
#
# usage: sh tests/book.sh build/book build/live/hash32
set -u
LC_ALL=C && export LC_ALL && unset CDPATH
book=$1 native=$2
passed=0 failed=0
tell() { echo "book: $passed passed, $failed failed"; [ $failed -eq 0 ]; exit; }
for tool in node npm chromium; do
    command -v $tool >/dev/null 2>&1 || { echo "skipped: no $tool, to look at the book's pages with (make setup BROWSER=yes)"; exit 0; }
done
[ -e "$book/index.html" ] || { echo "book: found no $book/index.html; expected the book: make book" >&2; exit 2; }
modules=build/book-tests
mkdir -p $modules && cp tests/book/package.json tests/book/package-lock.json tests/book/.npmrc $modules/
cmp -s tests/book/package-lock.json $modules/installed || { (cd $modules && npm ci --silent) && cp tests/book/package-lock.json $modules/installed; } ||
    { echo "book: npm could not install what tests/book/package.json names" >&2; exit 2; }
grep -q '"resolved"' tests/book/package-lock.json && { echo "failed: the lockfile names a host"; failed=1; }

hashes() { # what the native build has after a hundred steps
    for norm in 0 1 2 3; do echo "plane norm=$norm $("$native" plane 1 100 0 $((norm & 1)) $((norm >> 1)) 0.001 0.001 0 0)"; done
    echo "digits norm=3 $("$native" digits 1 100 3 0.0002 0 0 0)"
}
if [ -e "$book/assets/gradus32.js" ]; then hashes >$modules/hashes
elif [ -n "${CI:-}" ]; then
    echo "failed: the book has no live figures: found no clang for WebAssembly" && failed=1
else : >$modules/hashes; fi
CHROMIUM=$(command -v chromium) NODE_PATH=$PWD/$modules/node_modules node tests/book/pages.js "$book" $modules/hashes >$modules/report
status=$?
grep -v '^passed' $modules/report
passed=$(grep -c '^passed' $modules/report) failed=$((failed + $(grep -c '^failed' $modules/report)))
[ $status -eq 0 ] || [ $failed -gt 0 ] || failed=1
tell
