#!/bin/sh
# make exercise N=12: the chapter's sources with the bodies left out that are to be written.
# A file that is there already is never written over, but with FORCE=1, and then it is kept beside.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH

tasks=$PARTS/tasks.tsv
case ${N:-} in
'' | *[!0-9]*) echo "make: N: found '${N:-}'; expected the number of a chapter, as in 'make exercise N=12'" >&2 && exit 2 ;;
esac
number=$(echo "$N" | sed 's/^0*//')
"$GRADE" --list --chapter "${number:-0}" >"$tasks"
if [ "${number:-0}" = 0 ] || [ ! -s "$tasks" ]; then
    echo "make: N: found '$N'; expected a chapter with exercises to grade: $("$GRADE" --list | cut -f 1 | uniq | paste -sd ' ' -)" >&2
    exit 2
fi

mkdir -p exercises || exit 2
for stem in $(cut -f 3 "$tasks" | sort -u); do
    file=exercises/$stem.c
    if [ -e "$file" ] && [ "${FORCE:-}" != 1 ]; then
        echo "$file: it is there, and stays as it is ('make exercise N=$N FORCE=1' begins anew, and keeps it as $file.old)"
        continue
    fi
    [ ! -e "$file" ] || mv "$file" "$file.old" || exit 2
    {
        echo "/* An exercise of chapter $number: write the functions that are empty, then 'make grade N=$number'."
        echo " * What they must do stands in src/${stem%_layer}.h and in chapters/$(cd chapters && ls "$(printf %02d "$number")"_*.md). */"
        awk -v tasks="$tasks" -f tools/blank.awk "src/$stem.c"
    } >"$file.part" && mv "$file.part" "$file" || exit 2
    echo "$file:"
    awk -F '\t' -v stem="$stem" '$3 == stem { printf "  %-5s %-3s %-28s %s\n", $2, substr("***", 1, $5), $4, $6 }' "$tasks"
done
echo "then:  make grade N=$number          what it is worth, task by task (WATCH=1: anew at every save)"
echo "       make hint N=$number           a hint for the first task that is not solved"
