#!/bin/sh
# The number is the order: a header or source includes only smaller numbers
# (or its own), and so does a test or a chapter's program. That no object
# *calls* forward is shown by the link: each is linked with what stands below.
#
# usage: CC_FOUND="cc -fopenmp" LIBS="-lm ..." tests/order.sh build
set -u
build=$1
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { echo "$1"; failed=$((failed + 1)); }

ahead() { # the module numbers above $1 that the text on standard input includes
    sed -n 's/^#include "\([0-9][0-9]\)_.*/\1/p' | awk -v own="$1" '$1 > own'
}

for file in src/[0-9][0-9]_*.[ch] chapters/[0-9][0-9]_*.c tests/[0-9][0-9]_*.c; do
    later=$(ahead "$(basename "$file" | cut -c 1-2)" <"$file")
    if [ -z "$later" ]; then ok; else bad "$file includes a later module: $later"; fi
done
if [ -n "$(echo '#include "02_random.h"' | ahead 01)" ]; then ok; else bad "a planted include of a later module was not seen"; fi

# A program linked up to module 01 may call module 01 and must not call module 02.
dir=$(mktemp -d)
links() { # the body of main in $1
    printf '#include "02_random.h"\nint main(void) { %s }\n' "$1" >"$dir/call.c"
    # shellcheck disable=SC2086
    $CC_FOUND -std=c11 -Isrc "$dir/call.c" "$build/f32/01_tensor.o" "$build/f32/00_program.o" $LIBS -o "$dir/call" 2>"$dir/errors"
}
if links 'Tensor t = { 0 }; tensor_free(&t); return 0;'; then ok; else bad "a call backward was not linked: $(head -n 3 "$dir/errors")"; fi
if links 'Random r = { 0 }; return random_index(&r, 2);'; then bad "a call forward was linked"
elif grep -q random_index "$dir/errors"; then ok
else bad "a call forward failed for another reason: $(head -n 3 "$dir/errors")"; fi
rm -rf "$dir"
echo "order: $passed passed, $failed failed"
[ $failed -eq 0 ]
