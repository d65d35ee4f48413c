#!/bin/sh
# The texts against the sources: code and tables as they are there, every
# module with its chapter, every link and picture to a file that exists, every
# picture with alternative text.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { echo "$1"; failed=$((failed + 1)); }

for text in chapters/*.md chapters/fast/*.md *.md docs/*.md; do
    if sh tools/refresh.sh --check "$text"; then ok; else bad "$text: not fresh"; fi
    for target in $(sed '/^```/,/^```$/d' "$text" | grep -o '](\([^)# ]*\)' | sed 's/^](//' | grep -v '^http'); do
        if [ -e "$(dirname "$text")/$target" ]; then ok; else bad "$text: links to $target, which does not exist"; fi
    done
    if grep -q '!\[ *\](' "$text"; then bad "$text: a picture without alternative text"; else ok; fi
done

# Every header has a source, and its number a suite.
for stem in $(cd src && ls [0-9][0-9]_*.h | sed 's/\.h$//'); do
    number=${stem%%_*}
    if [ -e "src/$stem.c" ] || ls src/"$number"_*.c >/dev/null 2>&1; then ok; else bad "no source for src/$stem.h"; fi
    if ls tests/"$number"_*.c >/dev/null 2>&1; then ok; else bad "no suite for src/$stem.h"; fi
done
# Every chapter has an experiment, or runs of the gan program, and its figure.
for text in chapters/[0-9]*.md chapters/fast/[0-9]*.md; do
    stem=$(basename "$text" .md) folder=$(dirname "$text")
    case $stem in 00_*) continue ;; esac # nothing is taught there
    grep -q "docs/figures/" "$text" || continue
    for file in "plots/$stem.gp" "docs/figures/$stem.png"; do
        if [ -e "$file" ]; then ok; else bad "$file is missing"; fi
    done
    case $stem in 20_dcgan) continue ;; esac
    if [ -e "$folder/$stem.c" ]; then ok; else bad "$folder/$stem.c is missing"; fi
done

# The check itself must be able to fail: a wrong block, and a name that is not there.
dir=$(mktemp -d)
printf '<!-- code src/12_batchnorm.c batchnorm_mean -->\n```c\nwrong\n```\n' >"$dir/wrong.md"
printf '<!-- code src/12_batchnorm.c no_such_name -->\n' >"$dir/missing.md"
for text in "$dir/wrong.md" "$dir/missing.md"; do
    if sh tools/refresh.sh --check "$text" 2>/dev/null; then bad "a planted fault in a text was not seen"; else ok; fi
done
rm -rf "$dir"
echo "texts: $passed passed, $failed failed"
[ $failed -eq 0 ]
