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
# What is folded in the chapters, and the book in one file, in which every anchor is of its page.
check() { # NAME TEST
    if eval "$2"; then passed=$((passed + 1)); else echo "failed: $1" && failed=$((failed + 1)); fi
}
marks() { grep -o "$1" "$book/made/whole.html" | sed 's/^[a-z]*="#*//; s/"$//' | sort; } # of links, of headings
exercises=$(cat chapters/*.md | grep -c '^[0-9]*\. \*(')
check "each of $exercises exercises unfolds its answer" '[ "$exercises" -gt 80 ] && [ "$(cat "$book"/chapters/*.html | grep -o "<summary>Answer</summary>" | wc -l)" -eq "$exercises" ]'
check "each chapter of exercises unfolds its hints" '[ "$(grep -l "<summary>Hints for these" "$book"/chapters/*.html | wc -l)" -eq "$(grep -l "make exercise N=" chapters/*_*.md | wc -l)" ]'
if [ -e "$book/made/whole.html" ]; then
    marks 'href="#[^"]*"' | uniq >$modules/links && marks 'id="[^"]*"' >$modules/anchors
    check "one file: every link has its anchor" '[ -s $modules/links ] && [ -z "$(uniq $modules/anchors | comm -13 - $modules/links)" ]'
    check "one file: no anchor comes twice" '[ -s $modules/anchors ] && [ -z "$(uniq -d $modules/anchors)" ]'
    sed -n 's/^<details><summary>\([^$`*]*\)<.*/\1/p' chapters/*.md >$modules/questions
    tr '\n' ' ' <"$book/made/whole.html" | sed "s/&#39;/'/g" >$modules/whole
    check "one file: every question stands above its answer" '[ -s $modules/questions ] && (while IFS= read -r question; do grep -qF "<strong>$question</strong>" $modules/whole || exit 1; done <$modules/questions)'
fi
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
