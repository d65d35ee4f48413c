#!/bin/sh
# The tour: everything once, a stage at a time, and at the end a page of what was
# made. What each figure shows is read from the table of README.md.
#
# usage: MAKE=make sh tools/tour.sh build/tour CORES
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
out=$1 cores=$2
stages=6 stage=0 start=$(date +%s)
trap 'echo; echo "the tour was stopped; make tour goes on from here" >&2; exit 130' INT

passed() { s=$(($(date +%s) - $1)) && printf '%d:%02d' $((s / 60)) $((s % 60)); }
begin() {
    stage=$((stage + 1)) began=$(date +%s)
    printf '\n%d of %d  %s\n' $stage $stages "$1"
}
end() { printf '        %s (%s)\n' "$1" "$(passed "$began")"; }
stop() { echo "the tour stopped in stage $stage: what went wrong is said above; make tour goes on from here" >&2; exit 2; }

# make's lines as one that is drawn over, on a terminal.
terminal=
[ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && terminal=yes
quietly() {
    if [ -z "$terminal" ]; then cat; else awk '{ printf "\r\033[K%s", substr($0, 1, 70); fflush() } END { printf "\r\033[K" }'; fi
}

# A figure's path, as make prints it, with what the README says it shows.
explain() {
    awk -F ' *[|] *' '
        NR == FNR { if (match($0, /docs\/figures\/[a-z-]*\/*[0-9][0-9]_[a-z_]*\.png/)) { stem = substr($0, RSTART, RLENGTH); sub(/.*\//, "", stem); sub(/_(mean|epochs)\.png|\.png/, "", stem)
                    what = NF > 5 ? $5 : $3; shows[stem] = what } next }
        /\.png$/ { stem = $0; sub(/.*\//, "", stem); sub(/\.png/, "", stem); if (stem in shows) { printf "        %-15s %s\n", stem, shows[stem]; fflush(); next } }
        /^  RUN|^(both|generator|none|batch norm)/ { next }
        { print; fflush() }' README.md -
}

# A command through a filter; its own exit status.
printf 'Gradus, the tour: every gradient checked, the GANs trained, every figure drawn. Some minutes; Ctrl-C stops it.\n'

status=$(mktemp) || exit 2
trap 'rm -f "$status"' EXIT
through() { # FILTER COMMAND...
    filter=$1
    shift
    { "$@"; echo $? >"$status"; } | $filter
    [ "$(cat "$status")" = 0 ]
}

begin "Compile the library in float and in double, and a program a chapter"
through quietly $MAKE -j"$cores" programs || stop
end "$(find build -name '*.o' | wc -l | tr -d ' ') files compiled; the programs are in build/bin"

begin "The short experiments: what each chapter shows"
through explain $MAKE figures-short || stop
through explain $MAKE figures-timed || stop
end "look at $out/12_batchnorm.png"

begin "Every gradient against finite differences, and against faults planted in it"
$MAKE gradcheck || stop
end "the same for one chapter: make chapter N=12"

begin "The long experiments: the blog's GAN three times, the notebook's two, and what a convolution is worth"
through explain $MAKE figures-trained || stop
end "samples, epoch by epoch, are in $out/17_both/samples and $out/20_upsample/samples"

begin "The book: every chapter as a page, with figures that train in it"
through quietly $MAKE book || stop
end "build/book/index.html, gradus.epub and, where something here can make one, gradus.pdf"

begin "A page of what was made"
page=$out/index.html book=build/book/index.html
sh tools/page.sh "$out" >"$page.part" && mv "$page.part" "$page" || stop
open_page() { # in a browser, where there is somebody to look
    [ -n "$terminal" ] || return 1
    if command -v xdg-open >/dev/null && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then xdg-open "$book" >/dev/null 2>&1
    elif [ "$(uname)" = Darwin ]; then open "$book"
    else return 1; fi
}
end "open $page in a browser, or look at $out/*.png"

if open_page; then opened="The book is open in your browser"; else opened="Read on in $book, in a browser"; fi
printf '\nDone in %s. %s: chapter 0, then chapter 1.\n' "$(passed "$start")" "$opened"
