#!/bin/sh
# The texts against the sources: code and tables as they are there, every
# module with its chapter, every link and picture to a file that exists, every
# picture with alternative text.
set -u
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { echo "$1"; failed=$((failed + 1)); }

for text in chapters/*.md README.md docs/*.md; do
    if sh tools/refresh.sh --check "$text"; then ok; else bad "$text: not fresh"; fi
    for target in $(grep -o '](\([^)# ]*\)' "$text" | sed 's/^](//' | grep -v '^http'); do
        if [ -e "$(dirname "$text")/$target" ]; then ok; else bad "$text: links to $target, which does not exist"; fi
    done
    if grep -q '!\[ *\](' "$text"; then bad "$text: a picture without alternative text"; else ok; fi
done

for stem in $(cd src && ls [0-9][0-9]_*.h | sed 's/\.h$//'); do
    for file in "tests/$stem.c" "src/$stem.c"; do
        if [ -e "$file" ]; then ok; else bad "$file is missing"; fi
    done
    # A module without a chapter of its own is read in another of its number.
    if [ ! -e "chapters/$stem.md" ]; then
        if grep -q "src/$stem\.h" "chapters/$(echo "$stem" | cut -c 1-2)"_*.md 2>/dev/null; then ok; else bad "no chapter for src/$stem.h"; fi
        continue
    fi
    [ "$stem" = 00_program ] && continue # no experiment: nothing is taught there
    for file in "chapters/$stem.c" "plots/$stem.gp" "docs/figures/$stem.png"; do
        if [ -e "$file" ]; then ok; else bad "$file is missing"; fi
    done
done

# The check itself must be able to fail: a wrong block, and a name that is not there.
dir=$(mktemp -d)
printf '<!-- code src/12_batchnorm.c batchnorm_rstd -->\n```c\nwrong\n```\n' >"$dir/wrong.md"
printf '<!-- code src/12_batchnorm.c no_such_name -->\n' >"$dir/missing.md"
for text in "$dir/wrong.md" "$dir/missing.md"; do
    if sh tools/refresh.sh --check "$text" 2>/dev/null; then bad "a planted fault in a text was not seen"; else ok; fi
done
rm -rf "$dir"
echo "texts: $passed passed, $failed failed"
[ $failed -eq 0 ]
