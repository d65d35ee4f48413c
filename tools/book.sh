#!/bin/sh
# The book: chapters, speed track and docs as pages that open from disk, as an EPUB, and as a PDF where something here can
# make one. What is up to date is not made again.
#
# usage: sh tools/book.sh build/book [CORES]
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
out=${1:-build/book} cores=${2:-2} tools=tools/book
die() { echo "book: $*" >&2; exit 2; }
[ -e chapters/00_program.md ] || die "found no chapters/; expected to be run from the course's directory"
command -v pandoc >/dev/null 2>&1 || die "found no pandoc; expected one: make setup BOOK=yes"
mkdir -p "$out/assets" "$out/made"
began=$(date +%s)

html_of() { echo "$1" | sed 's/README\.md$/index.html/; s/\.md$/.html/'; }

newer() { # FILE than all of OTHERS
    made=$1
    shift
    [ -e "$made" ] || return 1
    [ -z "$(find "$@" -newer "$made" 2>/dev/null)" ]
}

# ---- a page ------------------------------------------------------------------------------------------------

one_page() { # PAGE
    page=$1
    html=$(html_of "$page")
    up=$(dirname "$html" | sed 's|^\.$||; s|[^/][^/]*|..|g')
    root=${up:+$up/}
    target=$out/made/targets_$(echo "$page" | tr / _)
    newer "$out/$html" "$page" $tools/page.html $tools/filter.lua $tools/search.lua $tools/answers.lua docs/solutions.md docs/hints.md tools/book.sh "$out/made/pages.kept" && [ -e "$target" ] && return 0
    mkdir -p "$(dirname "$out/$html")"
    rm -f "$target" "$target.part" && : >"$target.part"
    before=$(grep -B1 "^$page	" "$out/made/pages" | head -n 1 | grep -v "^$page	")
    after=$(grep -A1 "^$page	" "$out/made/pages" | tail -n 1 | grep -v "^$page	")
    set -- -V "root=$root"
    [ -z "$before" ] || set -- "$@" -V "before=$(echo "$before" | cut -f2)" -V "beforename=$(echo "$before" | cut -f3)"
    [ -z "$after" ] || set -- "$@" -V "after=$(echo "$after" | cut -f2)" -V "aftername=$(echo "$after" | cut -f3)"
    scripts=$(sed -n 's/^<!-- live \([a-z_]*\).*/\1/p' "$page" | sort -u)
    [ -z "$scripts" ] || [ -z "${LIVE:-}" ] || for script in figure $scripts; do set -- "$@" -V "live=$script.js"; done
    PAGE=$page TARGETS=$target.part SEARCH=$target.search VERDICTS=$out/made/verdicts pandoc -f gfm+tex_math_dollars -t html5 --mathml --toc --toc-depth=2 \
        --lua-filter $tools/search.lua --lua-filter $tools/answers.lua --lua-filter $tools/filter.lua --template "$out/made/page.html" "$@" "$page" -o "$out/$html.part" 2>"$target.said" || { cat "$target.said" >&2; die "pandoc could not make $html"; }
    [ ! -s "$target.said" ] || sed "s|^|book: $page: |" "$target.said" >&2
    mv "$out/$html.part" "$out/$html" && mv "$target.part" "$target"
}

# A file that some page links to, as a page of its own.
one_source() { # PATH
    path=$1
    html=$path.html
    newer "$out/$html" "$path" $tools/page.html tools/book.sh "$out/made/pages.kept" && return 0
    mkdir -p "$(dirname "$out/$html")"
    root=$(dirname "$html" | sed 's|^\.$||; s|[^/][^/]*|../|g; s|//|/|g')
    if [ -d "$path" ]; then
        { printf '# %s\n\n' "$path" && find "$path" -maxdepth 1 -mindepth 1 | sort | sed 's|.*/|- `|; s|$|`|'; }
    else
        case $path in *.c | *.h) language=c ;; *.sh | .ci/run) language=bash ;; *.py) language=python ;; Makefile) language=makefile ;; *.json) language=json ;; *) language=default ;; esac
        { printf '# %s\n\n````````%s\n' "$path" $language && cat "$path" && printf '\n````````\n'; }
    fi | PAGE=$path VERDICTS=$out/made/verdicts pandoc -f gfm -t html5 --lua-filter $tools/filter.lua --template "$out/made/page.html" -V "root=$root" -o "$out/$html.part" && mv "$out/$html.part" "$out/$html" ||
        die "pandoc could not make $html"
}

# ---- by name, so that xargs can call them -----------------------------------------------------------------

case ${3:-} in
page) one_page "$4"; exit ;;
source) one_source "$4"; exit ;;
esac

# ---- the pages, in reading order ----------------------------------------------------------------------

pages() {
    echo README.md
    ls chapters/*.md
    for n in 00_two_bodies 01_product 01_sum 02_fill 06_tanh 18_patches 18_winograd 18_phases 20_layers; do echo chapters/fast/$n.md; done
    for n in README glossary verdict verdict-plan conventions use instructors hints solutions session benchmarks fuzzing architecture references; do
        echo docs/$n.md
    done
    echo CONTRIBUTING.md && echo CHANGELOG.md
}
title_of() { sed -n 's/^# *//p' "$1" | head -n 1 | sed 's/`//g'; }
pages | while read -r page; do printf '%s\t%s\t%s\n' "$page" "$(html_of "$page")" "$(title_of "$page")"; done >"$out/made/pages"
for page in docs/*.md chapters/fast/*.md; do
    grep -q "^$page	" "$out/made/pages" || die "found $page in no list; expected it among the pages of tools/book.sh"
done

# Contents, for every page: $root$ is the way up.
{
    awk -F '\t' 'function item() { printf "<li><a href=\"$root$%s\">%s</a></li>\n", $2, $3 }
        function part(name) { if (part_name != name) { if (part_name != "") print "</ol>"; print "<h2>" name "</h2>\n<ol>"; part_name = name } }
        { gsub(/&/, "\\&amp;") }
        $1 == "README.md" { printf "<ul><li><a href=\"$root$index.html\">Start</a></li><li><a href=\"$root$docs/index.html\">Map, symbols, claims</a></li></ul>\n"; next }
        $1 == "docs/README.md" { next }
        { part($1 ~ /fast/ ? "Speed track" : $1 ~ /^chapters/ ? "Chapters" : "Beside the chapters"); item() }
        END { print "</ol>" }' "$out/made/pages"
} >"$out/made/nav.html"
cp $tools/page.html "$out/made/page.html"

# Claims and the anchors of their sections.
awk '/^## [MR][0-9]+: / {
    claim = $2; title = $0; sub(/:/, "", claim); sub(/^## [^ ]* /, "", title)
    anchor = tolower(substr($0, 4)); gsub(/[^a-z0-9 _-]/, "", anchor); gsub(/ /, "-", anchor)
    print claim "\t" anchor "\t" title }' docs/verdict.md >"$out/made/verdicts"

# What all pages share: where it changed, all are made anew.
{ cat "$out/made/pages" "$out/made/nav.html" "$out/made/verdicts" && echo "${LIVE:+live}"; } >"$out/made/pages.new"
cmp -s "$out/made/pages.new" "$out/made/pages.kept" 2>/dev/null || cp "$out/made/pages.new" "$out/made/pages.kept"

cut -f1 "$out/made/pages" | xargs -P "$cores" -I PAGE sh tools/book.sh "$out" "$cores" page PAGE || exit 2
of_pages() { cut -f1 "$out/made/pages" | tr / _ | while read -r name; do cat "$out/made/targets_$name$1"; done; }
of_pages .search >"$out/assets/search.js.part" && mv "$out/assets/search.js.part" "$out/assets/search.js"
cp $tools/book.css $tools/book.js "$out/assets/"
if [ -n "${LIVE:-}" ]; then # the figures' scripts; the worker's text goes along with what all share
    for script in live/*.js; do cp "$script" "$out/assets/"; done
    { cat live/figure.js && printf 'gradus.worker = `' && sed 's/[\\`$]/\\&/g' live/worker.js && printf '`;\n'; } >"$out/assets/figure.js"
    rm -f "$out/assets/worker.js"
    # shellcheck disable=SC2086 # several files
    cp $LIVE "$out/assets/"
fi
of_pages "" | sort -u >"$out/made/targets"
awk -F '\t' '$1 == "source" { print $2 }' "$out/made/targets" | while read -r path; do
    if [ -e "$path" ]; then echo "$path"; else echo "book: a page links to $path, which is not there" >&2; fi
done | xargs -P "$cores" -I PATH_ sh tools/book.sh "$out" "$cores" source PATH_ || exit 2
awk -F '\t' '$1 == "copy" { print $2 }' "$out/made/targets" | while read -r path; do
    mkdir -p "$out/$(dirname "$path")" && { newer "$out/$path" "$path" || cp "$path" "$out/$path"; }
done
echo "$out/index.html: $(wc -l <"$out/made/pages") pages, $(($(date +%s) - began)) s"

# ---- the same in one file: an EPUB, and a PDF where something here can make one -----------------------------

whole() { # every page that is read rather than looked up
    cut -f1 "$out/made/pages" | grep -vE '^(README|CONTRIBUTING|CHANGELOG|docs/(README|architecture|benchmarks|fuzzing|session|instructors|verdict-plan))\.md$'
}
epub=$out/gradus.epub
sources=$(whole)
# shellcheck disable=SC2086 # the pages are several words
if ! newer "$epub" $sources tools/book.sh tools/book/whole.lua tools/book/epub.css tools/book/print.css docs/figures; then
    for page in $sources; do printf '<!-- page %s -->\n\n' "$page" && cat "$page" && echo; done >"$out/made/whole.md"
    pandoc -f gfm+tex_math_dollars -t epub3 --mathml --toc --toc-depth=2 --lua-filter tools/book/whole.lua --metadata title="Gradus: from tensors to GANs, in C" \
        --metadata lang=en -c tools/book/epub.css "$out/made/whole.md" -o "$epub.part" && mv "$epub.part" "$epub" || die "pandoc could not make $epub"
fi
echo "$epub: $(($(wc -c <"$epub") / 1000)) KB"

# Chromium knows MathML; TeX engines' fonts lack some signs of the code.
pdf=$out/gradus.pdf
browser=$(for b in chromium chromium-browser google-chrome; do command -v $b && break; done)
engine=$(for e in tectonic lualatex xelatex; do command -v $e && break; done)
by_browser() {
    [ -n "$browser" ] && pandoc -f gfm+tex_math_dollars -t html5 --mathml --toc --toc-depth=1 --standalone --self-contained --lua-filter tools/book/whole.lua \
        --metadata title="Gradus: from tensors to GANs, in C" --metadata lang=en -c tools/book/book.css -c tools/book/print.css "$out/made/whole.md" -o "$out/made/whole.html" &&
        "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$out/made/profile" --no-pdf-header-footer --print-to-pdf="$pdf.part" "file://$(cd "$out" && pwd)/made/whole.html" &&
        [ -s "$pdf.part" ] && mv "$pdf.part" "$pdf"
}
by_tex() {
    [ -n "$engine" ] && pandoc -f gfm+tex_math_dollars --pdf-engine="$engine" --toc --toc-depth=1 --lua-filter tools/book/whole.lua \
        --metadata title="Gradus: from tensors to GANs, in C" "$out/made/whole.md" -o "$out/made/whole.pdf" && mv "$out/made/whole.pdf" "$pdf"
}
if newer "$pdf" "$epub" || by_browser >"$out/made/pdf.log" 2>&1 || by_tex >>"$out/made/pdf.log" 2>&1; then
    echo "$pdf: $(($(wc -c <"$pdf") / 1000)) KB"
elif [ -z "$browser$engine" ]; then
    echo "no PDF: it wants Chromium or a TeX engine (tectonic, lualatex, xelatex), and here is none"
else
    echo "no PDF: ${browser:-$engine} could not make it; see $out/made/pdf.log"
fi
echo "all in $(($(date +%s) - began)) s"
