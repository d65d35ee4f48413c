#!/bin/sh
# The definitions alone, in float: the same bytes whoever compiles them, for the
# ring's GAN and the blog's; the losses of the fast build, to rounding; and one
# definition in an otherwise fast program.
#
# usage: tests/definitions.sh build
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
build=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 skipped=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { echo "FAILED: $1"; failed=$((failed + 1)); }
same() { if [ -s "$1" ] && cmp -s "$1" "$2"; then ok; else bad "$1 and $2 differ"; fi; }

# made BUILD MAKE-VARIABLES...: gan and the ring of a build, and some steps of each.
made() {
    b=$1 name=$(echo "$1" | tr / ,)
    shift
    if ! make -j2 --no-print-directory "$@" "$b/bin/ring" "$b/bin/gan" >"$dir/log" 2>&1; then
        bad "make $*: $(tail -n 5 "$dir/log")"
        return
    fi
    "$b/bin/ring" "$dir/$name.bytes" && ok || bad "$b: the ring's GAN"
    "$b/bin/gan" train --model mlp --data digits --steps 6 --batch 64 --out "$dir/$name" >"$dir/log" 2>&1 && ok || bad "$b: gan train"
}

# close FILE FILE: two tables of the same size, every number within 1e-3 of the other.
close() {
    paste "$1" "$2" | awk -F '\t' 'NR > 1 { n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); if (!(d < 1e-3 && d > -1e-3)) wrong++; seen++ } }
        END { exit !(seen > 0 && !wrong) }' && ok || bad "$1 and $2 are not close"
}

made "$build"
made "$build/definitions" FAST=no
made "$build/plain-12_batchnorm" PLAIN=12_batchnorm
fast=$(echo "$build" | tr / ,)
close "$dir/$fast/log.tsv" "$dir/$fast,definitions/log.tsv"
close "$dir/$fast/log.tsv" "$dir/$fast,plain-12_batchnorm/log.tsv"
if cmp -s "$dir/$fast.bytes" "$dir/$fast,definitions.bytes"; then bad "the fast bodies are not in the fast build"; else ok; fi
for cc in gcc clang; do
    if ! command -v $cc >/dev/null 2>&1; then
        echo "skipped: no $cc here"
        skipped=$((skipped + 1))
        continue
    fi
    made "$build/definitions/$cc" FAST=no CC=$cc
    same "$dir/$fast,definitions.bytes" "$dir/$fast,definitions,$cc.bytes"
    same "$dir/$fast,definitions/checkpoint.safetensors" "$dir/$fast,definitions,$cc/checkpoint.safetensors"
done
echo "definitions: $passed passed, $skipped skipped, $failed failed"
[ $failed -eq 0 ]
