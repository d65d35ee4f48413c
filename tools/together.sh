#!/bin/sh
# Makes several things at once, and shows one line of progress for all.
#
# make runs in the background, as many jobs at a time as there are cores. What it
# says is passed on line by line; what the programs say of their progress is read
# from a log, and summed by the time that each is known to take.
#
# usage: MAKE=make sh tools/together.sh CORES TARGET...
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
cores=$1
shift

# Seconds of one core, measured once; what make says when it begins; what the program says.
# A run that is not here takes about a second.
table() {
    cat <<'END'
95|gan train --model dcgan-upsample|dcgan-upsample
95|gan train --model dcgan-transpose|dcgan-transpose
27|chapters/17_mlp_gan.c --norm both|17_mlp_gan both
27|chapters/17_mlp_gan.c --norm generator|17_mlp_gan generator
27|chapters/17_mlp_gan.c --norm none|17_mlp_gan none
26|chapters/18_conv.c|18_conv
25|chapters/24_verdict.c|24_verdict
20|chapters/16_modes.c|16_modes
4|chapters/14_shift.c|14_shift
END
}

# One run a core, with one thread each; with more cores than long runs, more.
OMP_NUM_THREADS=$(((cores + 4) / 5))
export OMP_NUM_THREADS

dir=$(mktemp -d) || exit 2
running=
finish() {
    trap - EXIT HUP INT TERM
    [ -n "$running" ] && kill "$running" 2>/dev/null && wait "$running"
    clear_line
    rm -rf "$dir"
    exit "$1"
}
trap 'finish 130' INT
trap 'finish 143' HUP TERM
trap 'finish $?' EXIT

terminal=
[ -t 2 ] && [ "${TERM:-dumb}" != dumb ] && terminal=yes
columns=$({ stty size </dev/tty; } 2>/dev/null | cut -d ' ' -f 2)
[ "${columns:-0}" -gt 0 ] || columns=80 # where the terminal does not say
clear_line() { [ -z "$terminal" ] || printf '\r\033[K' >&2; }

# The part that is done, the time left, and how far each run is.
progress() {
    awk -F '|' -v elapsed="$(($(date +%s) - began))" -v columns="$columns" -v bar="$terminal" '
        FILENAME ~ /table$/ { seconds[$2] = $1; label[$2] = $3; next }
        FILENAME ~ /runs$/ { w = $1 in seconds ? seconds[$1] : 1; name = $1 in label ? label[$1] : $1; weight[name] = w; total += w; next }
        /: done in / { sub(/: done in .*/, ""); share[$0] = 1; next }
        match($0, /: *[0-9]+ %, /) { share[substr($0, 1, RSTART - 1)] = substr($0, RSTART + 1) / 100 }
        END {
            for (name in weight) {
                part += weight[name] * share[name]
                if (share[name] > 0 && share[name] < 1) text = text "  " name " " int(100 * share[name]) " %"
            }
            if (part <= 0 || part >= total) exit
            left = int(elapsed * (total - part) / part)
            line = sprintf("%3d %%, %d:%02d left%s", 100 * part / total, left / 60, left % 60, text)
            if (bar) { full = "####################"; empty = "...................."; n = int(20 * part / total)
                line = sprintf("[%s%s] %s", substr(full, 1, n), substr(empty, 1, 20 - n), line) }
            printf "%s", substr(line, 1, columns - 3)
        }' "$dir/table" "$dir/runs" "$dir/said"
}

pass_on() { # what is new of what make said, and of what is no progress
    lines=$(($(wc -l <"$dir/out")))
    if [ "$lines" -gt "$shown" ]; then
        clear_line
        sed -n "$((shown + 1)),${lines}p" "$dir/out" | grep -v "is up to date\.$"
        shown=$lines
    fi
    lines=$(($(wc -l <"$dir/said")))
    if [ "$lines" -gt "$heard" ]; then
        clear_line
        sed -n "$((heard + 1)),${lines}p" "$dir/said" | grep -Ev ': *[0-9]+ %, |^classifier: done' >&2
        heard=$lines
    fi
}

table >"$dir/table"
$MAKE -n "$@" | sed -n 's/^echo "  RUN \([^"]*\)"; .*/\1/p' >"$dir/runs"
: >"$dir/out" && : >"$dir/said"
shown=0 heard=0 ticks=0 began=$(date +%s)
$MAKE -j"$cores" "$@" >"$dir/out" 2>"$dir/said" </dev/null &
running=$!
while kill -0 "$running" 2>/dev/null; do
    sleep 1
    ticks=$((ticks + 1))
    pass_on
    if [ -n "$terminal" ]; then
        printf '\r\033[K  %s' "$(progress)" >&2
    elif [ $((ticks % 20)) -eq 0 ] && [ -n "$(progress)" ]; then
        echo "  $(progress)" >&2
    fi
done
wait "$running"
status=$?
running=
pass_on
exit "$status"
