#!/bin/sh
# make grade N=12: compiles what a reader wrote, links it with the chapter's worker, and grades it.
#
# FILE=path     a file, a directory that holds the chapter's files, or one of many such (default: exercises/)
# WATCH=1       grades anew whenever a file is saved
# STUDENT=name  grades the puzzle of that name, in puzzles/name; PUZZLE=1 FILE=path: puzzles, each in a directory of its name
# SEED=n        of the cases that are not shown
# JSON=file, JUNIT=file, GRADESCOPE=file   reports; of many submissions, each with the submission's name before the file's
#
# Nothing of the submission runs in this process: see grading/sandbox.h.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH

case ${N:-} in
'' | *[!0-9]*) echo "make: N: found '${N:-}'; expected the number of a chapter, as in 'make grade N=12'" >&2 && exit 2 ;;
esac
number=$(echo "$N" | sed 's/^0*//')
room=$PARTS/room.$$
trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$room" || exit 2
"$GRADE" --list --chapter "${number:-0}" >"$room/tasks" || exit 2
stems=$(cut -f 3 "$room/tasks" | sort -u)
if [ "${number:-0}" = 0 ] || [ -z "$stems" ]; then
    echo "make: N: found '$N'; expected a chapter with exercises to grade: $("$GRADE" --list | cut -f 1 | uniq | paste -sd ' ' -)" >&2
    exit 2
fi
archive=$PARTS/$(printf %02d "$number").a

# A compiler may be asked to read any file, too: where there is bubblewrap it sees the system's and the course's headers.
if bwrap --ro-bind / / --unshare-all true 2>/dev/null && [ -z "${GRADE_UNWRAPPED:-}" ]; then wrapped=yes; else wrapped=; fi
compile() { # ARGUMENTS...: in the room, which holds the source as NAME.c and a link to the headers
    set -- $CC_FOUND $CFLAGS -Wno-unused-parameter -Wno-unused-function -Wno-unused-variable -Wno-unused-const-variable "$@"
    if [ "$wrapped" ]; then
        for path in /usr /lib /lib64 /bin /etc/alternatives /opt; do
            [ ! -e "$path" ] || set -- --ro-bind "$path" "$path" "$@"
        done
        set -- bwrap --unshare-all --die-with-parent --new-session --cap-drop ALL --proc /proc --dev /dev --tmpfs /tmp \
            --bind "$room/work" /work --ro-bind src /work/src --chdir /work "$@"
        (ulimit -t 60; ulimit -f 200000; "$@") 2>&1
    else
        (cd "$room/work" || exit; ulimit -t 60; ulimit -f 200000; "$@") 2>&1
    fi
}

# What a source includes: the course's headers and the system's, nothing else.
foreign() { # NAME
    sed 's/^[^:]*://; s/\\$//' "$room/work/$1.d" | tr -s ' ' '\n' |
        awk -v own="$1.c" 'NF && $0 != own && $0 !~ /^src\/[0-9a-z_]+\.h$/ && $0 !~ /^\/(usr|Library|opt|Applications)\/.*[^c]$/ { print; exit }'
}

note() { # STEM REASON
    printf '%s %s\n' "$1" "$2" >>"$room/notes"
}

# Compiles a file, or in its place an empty exercise; says why where it cannot be.
object() { # STEM FILE
    rm -rf "$room/work"
    mkdir -p "$room/work" && { [ "$wrapped" ] && mkdir -p "$room/work/src" || ln -s "$PWD/src" "$room/work/src"; } || exit 2
    if [ ! -e "$2" ]; then
        note "$1" "nothing was handed in"
    elif [ "$(wc -c <"$2")" -gt 1000000 ]; then
        note "$1" "the file is larger than a megabyte"
    else
        cp "$2" "$room/work/$1.c" || exit 2
        compile -MD -MF "$1.d" -c "$1.c" -o "$1.o" >"$room/messages"
        if [ -e "$room/work/$1.o" ] && [ -z "$(foreign "$1")" ] && mv "$room/work/$1.o" "$room/$1.o"; then
            return
        elif [ -e "$room/work/$1.o" ]; then
            note "$1" "it includes $(foreign "$1"); an exercise may include the headers of the course and of C"
        else
            note "$1" "it does not compile: $(grep -m 1 error "$room/messages" | cut -c 1-200)"
            head -n 30 "$room/messages"
        fi
    fi
    awk -v tasks="$room/tasks" -f tools/blank.awk "src/$1.c" >"$room/work/$1.c"
    compile -c "$1.c" -o "$1.o" >"$room/messages" || { cat "$room/messages" >&2; exit 2; }
    mv "$room/work/$1.o" "$room/$1.o"
}

# Where a report goes: its file; of one among many, grades/NAME.json becomes grades/WHO_NAME.json.
place() { # FILE WHO MANY
    if [ -z "$1" ] || [ -z "$3" ]; then echo "$1"; else echo "$(dirname "$1")/$2_$(basename "$1")"; fi
}

static=$([ "$(uname -s)" != Linux ] || echo -static)
one() { # DIRECTORY OR FILE, NAME, DIRECTORY OF REPORTS ("": where they are)
    : >"$room/notes"
    objects=
    for stem in $stems; do
        if [ -d "$1" ]; then object "$stem" "$1/$stem.c"; else object "$stem" "$1"; fi
        objects="$objects $room/$stem.o"
    done
    rm -f "$room/worker"
    if ! $CC_FOUND $static $objects "$PARTS/worker_$(printf %02d "$number").o" "$archive" -lm -o "$room/worker" 2>"$room/messages"; then
        head -n 10 "$room/messages" | sed "s|$room/||g"
        for stem in $stems; do note "$stem" "it does not link: $(sed -n 's/.*\(multiple definition of [^;]*\).*/\1/p; s/.*\(undefined reference to .*\)/\1/p' "$room/messages" | head -n 1)"; done
        cp "$GRADE" "$room/worker" # never run: every file has a note
    fi
    set -- "$GRADE" --chapter "$number" --worker "$room/worker" --name "$2" --notes "$room/notes" --seed "${SEED:-1}" \
        --json "$(place "${JSON:-}" "$2" "$3")" --junit "$(place "${JUNIT:-}" "$2" "$3")" --gradescope "$(place "${GRADESCOPE:-}" "$2" "$3")" \
        --hints "$hints" ${HINT:+--hint}
    "$@"
}

# Is it one submission? A file, or a directory that holds a file of the chapter.
is_one() {
    [ -d "$1" ] || return 0
    for stem in $stems; do [ ! -e "$1/$stem.c" ] || return 0; done
    return 1
}

# A puzzle: six points for mending it, two for the function's name, two for the bug's.
answer() { # DIRECTORY WORD
    sed -n "s/^ *$2: *//p" "$1/answer$number.txt" 2>/dev/null | head -n 1 | tr 'A-Z' 'a-z' | sed 's/ *$//; s/()$//'
}
puzzle() { # DIRECTORY NAME REPORTS
    if one "$1" "$2" "$3"; then points=6; else points=0; fi
    solution=$(STUDENT=$2 sh tools/puzzle.sh --solution) || return 2
    function=$(printf '%s\n' "$solution" | cut -f 1)
    bug=$(printf '%s\n' "$solution" | cut -f 2)
    said="mended: $points of 6"
    if [ "$(answer "$1" function)" = "$function" ]; then points=$((points + 2)) && said="$said, function: 2 of 2"; else said="$said, function: 0 of 2"; fi
    if [ "$(answer "$1" bug)" = "$(echo "$bug" | tr 'A-Z' 'a-z')" ]; then points=$((points + 2)) && said="$said, bug: 2 of 2"; else said="$said, bug: 0 of 2"; fi
    echo "puzzle of $2, chapter $number: $points of 10 points ($said)"
}
grade() { # as one(), or as a puzzle
    if [ "${PUZZLE:-}" ]; then puzzle "$@"; else one "$@"; fi
}

if [ "${STUDENT:-}" ]; then PUZZLE=1 && from=${FILE:-puzzles/$STUDENT}; else from=${FILE:-exercises}; fi
hints=
[ "$from" != exercises ] || hints=exercises/hints.txt
if [ ! -e "$from" ]; then
    [ -z "${STUDENT:-}" ] || { echo "make: found no $from; expected one that 'make puzzle N=$N STUDENT=$STUDENT' has made" >&2 && exit 2; }
    [ "$from" != exercises ] || echo "make: found no exercises/; expected one that 'make exercise N=$N' has made" >&2
    [ "$from" = exercises ] || echo "make: FILE: found no '$from'; expected a file, or a directory of submissions" >&2
    exit 2
fi
if [ "$from" = exercises ] && ! is_one exercises; then
    echo "make: found no file of chapter $number in exercises/; expected one that 'make exercise N=$N' has made" >&2
    exit 2
fi

if [ "${WATCH:-}" = 1 ]; then
    seen=
    while :; do
        now=$(find "$from" -name '*.c' -exec cksum {} + 2>/dev/null)
        if [ "$now" != "$seen" ]; then
            [ ! -t 1 ] || printf '\033[2J\033[H'
            one "$from" ""
            echo "watching $from: save a file, and it is graded anew; Ctrl-C ends"
            seen=$now
        fi
        sleep 1
    done
elif is_one "$from"; then
    grade "$from" "${STUDENT:-$([ "$from" = exercises ] || basename "$from" .c)}" ""
    status=$?
    [ "$status" -le 1 ] || exit "$status"
else
    for each in "$from"/*; do
        [ -d "$each" ] || [ "${each%.c}" != "$each" ] || continue
        is_one "$each" || continue
        name=$(basename "$each" .c)
        grade "$each" "$name" reports
    done
fi
exit 0
