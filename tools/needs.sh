#!/bin/sh
# What needs what, read off the includes of src/.
#
# usage: sh tools/needs.sh NN         the line of chapter NN: the modules whose headers its own sources
#                                     include, less those that another of them needs already
#        sh tools/needs.sh --graph    all of them as a graph (Mermaid)
#        sh tools/needs.sh --table    a row a number: its files, and all the numbers they include
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
cd "$(dirname "$0")/.." || exit 2

edges() { # "12 04": something of 12 includes something of 04
    awk '/^#include "[0-9][0-9]_/ { own = substr(FILENAME, 5, 2); other = substr($2, 2, 2); if (other < own) print own, other }' \
        src/[0-9][0-9]_*.[ch] | sort -u
}

files() { # "12 batchnorm, batchnorm_layer, paths", the module that gives the number its name first
    for number in $(cd src && ls [0-9][0-9]_*.c | cut -c 1-2 | sort -u); do
        echo "$number $(cd src && ls "$number"_*.c | sed 's/^.._//; s/\.c$//' | paste -sd , - | sed 's/,/, /g')"
    done
}

name() { # of a chapter, by its text
    { (cd chapters && ls "$1"_*.md) 2>/dev/null; (cd src && ls "$1"_*.c); } | sed 's/^.._//; s/\.[a-z]*$//' | head -n 1
}

reduced() { # the edges that no way of two or more replaces; 00, which all need, left out
    edges | awk '
        $2 != "00" { list[$1, ++n[$1]] = $2 }
        function reaches(a, b,    i) {
            for (i = 1; i <= n[a]; i++) if (list[a, i] == b || reaches(list[a, i], b)) return 1
            return 0
        }
        END {
            for (a in n) for (i = 1; i <= n[a]; i++) {
                implied = 0
                for (j = 1; j <= n[a]; j++) if (i != j && reaches(list[a, j], list[a, i])) implied = 1
                if (!implied) print a, list[a, i]
            }
        }' | sort
}

case ${1:-} in
--graph)
    echo '```mermaid'
    echo 'graph LR'
    for number in $(files | cut -d ' ' -f 1); do [ "$number" = 00 ] || echo "  m$number[\"$number $(name "$number")\"]"; done
    reduced | awk '{ print "  m" $2 " --> m" $1 }'
    echo '```'
    ;;
--table)
    echo '| number | files of src/ | includes |'
    echo '|---|---|---|'
    files | while read -r number list; do
        echo "| $number | $list | $(edges | awk -v own="$number" '$1 == own { printf "%s%s", n++ ? ", " : "", $2 }') |"
    done
    ;;
[0-9][0-9])
    reduced | awk -v want="$1" '
        $1 == want { keep[++m] = $2 + 0 }
        END {
            if (m == 0) exit
            text = "*Needs chapter" (m > 1 ? "s " : " ")
            for (i = 1; i <= m; i++) text = text (i == 1 ? "" : i == m ? " and " : ", ") keep[i]
            print text ".*"
        }'
    ;;
*)
    echo "usage: sh tools/needs.sh NN | --graph | --table" >&2
    exit 2
    ;;
esac
