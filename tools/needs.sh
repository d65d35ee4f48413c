#!/bin/sh
# Which chapters a chapter needs: the modules whose headers its own sources in
# src/ include, less those that another of them needs already.
#
# usage: sh tools/needs.sh NN          the line of chapter NN
#        sh tools/needs.sh --edges     every include, as "12 04", each once
set -u
cd "$(dirname "$0")/.." || exit 2

edges() {
    for file in src/[0-9][0-9]_*.[ch]; do
        own=$(basename "$file" | cut -c 1-2)
        sed -n 's/^#include "\([0-9][0-9]\)_.*/\1/p' "$file" | awk -v own="$own" '$1 < own && $1 != "00" { print own, $1 }'
    done | sort -u
}

if [ "${1:-}" = --edges ]; then edges; exit; fi
edges | awk -v want="${1:?usage: sh tools/needs.sh NN}" '
    { direct[$1, $2] = 1; if (!($1 in n)) n[$1] = 0; list[$1, ++n[$1]] = $2 }
    function reaches(a, b,    i) { # through one step or more
        for (i = 1; i <= n[a]; i++) if (list[a, i] == b || reaches(list[a, i], b)) return 1
        return 0
    }
    END {
        m = 0
        for (i = 1; i <= n[want]; i++) {
            implied = 0
            for (j = 1; j <= n[want]; j++) if (i != j && reaches(list[want, j], list[want, i])) implied = 1
            if (!implied) keep[++m] = list[want, i] + 0
        }
        if (m == 0) exit
        text = "*Needs chapter" (m > 1 ? "s " : " ")
        for (i = 1; i <= m; i++) text = text (i == 1 ? "" : i == m ? " and " : ", ") keep[i]
        print text ".*"
    }'
