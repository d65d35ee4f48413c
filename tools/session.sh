#!/bin/sh
# Writes docs/session.md: what the grader and its hints say to ten mistakes that people make. Each is
# made in a copy of the reference, as 'make puzzle' plants it, graded, and hints are asked for.
#
# usage: make FAST=no session     (tests/grading.sh compares what comes out with docs/session.md)
set -u
LC_ALL=C && export LC_ALL && unset CDPATH

room=$(mktemp -d) || exit 2
trap 'rm -rf "$room"' EXIT
trap 'exit 1' HUP INT TERM
for each in src chapters grading tools build; do ln -s "$PWD/$each" "$room/$each"; done
mkdir "$room/exercises"

# The rows of grading/bugs.tsv, by a part of what was written.
mistakes() {
    cat <<'END'
direct - xhat * along
- along
n->gamma[j] * (direct
sum / (m - 1)
matrix(W, out, in)
dy, N, out), 0)
1 + y[i] * y[i]
(real)(p - target)
w[s->K - 1 - a][s->K - 1 - b][c][o]
&g->dfake, WITH_PARAM
END
}

quiet() { # what is of this machine and not of the mistake
    sed 's/ +- [0-9.e-]*$//; s/; under bubblewrap.*//; s/; within limits.*//'
}

echo "# Ten mistakes, and what the grader says"
echo
echo "Ten students hand in a chapter's exercise, each with one mistake of the kind that people make. This is what \`make grade\` prints of the task concerned, and what the hints say. The page is made by \`make FAST=no session\`, and a test compares it."
mistakes | while IFS= read -r to; do
    BUG=$(awk -F '\t' -v to="$to" '$6 == to' grading/bugs.tsv | head -n 1) && export BUG
    [ -n "$BUG" ] || { echo "session.sh: no bug '$to' in grading/bugs.tsv" >&2; exit 2; }
    chapter=$(printf '%s\n' "$BUG" | cut -f 1) stem=$(printf '%s\n' "$BUG" | cut -f 2) function=$(printf '%s\n' "$BUG" | cut -f 3)
    rm -f "$room"/exercises/*
    for each in $("$GRADE" --list --chapter "$chapter" | cut -f 3 | sort -u); do cp "src/$each.c" "$room/exercises/"; done
    awk -f tools/plant.awk "src/$stem.c" >"$room/exercises/$stem.c" || exit 2
    printf '\n## Chapter %s, `%s`: %s\n\n' "$chapter" "$function" "$(printf '%s\n' "$BUG" | cut -f 4)"
    printf 'Right is `%s`; written was `%s`.\n\n```\n' "$(printf '%s\n' "$BUG" | cut -f 5)" "$to"
    (cd "$room" && N=$chapter FILE='' WATCH='' STUDENT='' sh tools/grade.sh) | quiet |
        awk -v f="$function" '/^[0-9]/ { on = $2 == f } on || /^chapter/'
    for hint in 1 2 3; do
        echo
        (cd "$room" && N=$chapter sh tools/hint.sh) | quiet
    done
    echo '```'
done
