#!/bin/sh
# make puzzle N=12 STUDENT=name: the chapter's sources with one bug planted, another for everybody.
#
# Which bug of grading/bugs.tsv, and so where, follows from the name. 'make grade N=12 STUDENT=name'
# grades the puzzle: is the bug found, named and mended?
set -u
LC_ALL=C && export LC_ALL && unset CDPATH

bugs=grading/bugs.tsv
case ${N:-} in
'' | *[!0-9]*) echo "make: N: found '${N:-}'; expected the number of a chapter, as in 'make puzzle N=12 STUDENT=ada'" >&2 && exit 2 ;;
esac
case ${STUDENT:-} in
'' | .* | *[!A-Za-z0-9._@-]*) echo "make: STUDENT: found '${STUDENT:-}'; expected a name of letters, digits, '.', '_', '-' or '@', as in 'make puzzle N=$N STUDENT=ada'" >&2 && exit 2 ;;
esac
number=$(echo "$N" | sed 's/^0*//')
count=$(awk -F '\t' -v n="$number" '$1 == n' $bugs | wc -l)
if [ "$count" -eq 0 ]; then
    echo "make: N: found '$N'; expected a chapter with puzzles: $(tail -n +2 $bugs | cut -f 1 | uniq | paste -sd ' ' -)" >&2
    exit 2
fi
place=$(($(printf '%s of chapter %s' "$STUDENT" "$number" | cksum | cut -d ' ' -f 1) / 7 % count + 1))
BUG=$(awk -F '\t' -v n="$number" '$1 == n' $bugs | sed -n "${place}p") && export BUG
if [ "${1:-}" = --solution ]; then # for the grader: function TAB bug
    printf '%s\n' "$BUG" | cut -f 3,4
    exit
fi

directory=puzzles/$STUDENT
spoilt=$(printf '%s\n' "$BUG" | cut -f 2)
mkdir -p "$directory" || exit 2
for stem in $("$GRADE" --list --chapter "$number" | cut -f 3 | sort -u); do
    file=$directory/$stem.c
    if [ -e "$file" ] && [ "${FORCE:-}" != 1 ]; then
        echo "$file: it is there, and stays as it is (FORCE=1 begins anew)"
        continue
    fi
    if [ "$stem" = "$spoilt" ]; then awk -f tools/plant.awk "src/$stem.c"; else cat "src/$stem.c"; fi >"$file.part" &&
        mv "$file.part" "$file" || exit 2
    echo "$file"
done
answer=$directory/answer$number.txt
if [ ! -e "$answer" ] || [ "${FORCE:-}" = 1 ]; then
    {
        echo "One function of chapter $number has one bug. Which, and what kind?"
        echo "function:"
        echo "bug:"
        echo
        echo "It is one of these kinds; write it as it stands here:"
        tail -n +2 $bugs | cut -f 4 | sort -u | sed 's/^/  /'
    } >"$answer" || exit 2
    echo "$answer"
fi
echo "One bug is planted there. Find it with the checker, mend it, and name it in $answer:"
echo "       make grade N=$number STUDENT=$STUDENT"
