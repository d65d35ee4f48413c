#!/bin/sh
# The number is the order: a header or source includes only smaller numbers
# (or its own), and so does a test or a chapter's program. That no object
# *calls* forward is shown by the link: each is linked with what stands below.
set -u
passed=0 failed=0
for file in src/[0-9][0-9]_*.[ch] chapters/[0-9][0-9]_*.c tests/[0-9][0-9]_*.c; do
    own=$(basename "$file" | cut -c 1-2)
    ahead=$(sed -n 's/^#include "\([0-9][0-9]\)_.*/\1/p' "$file" | awk -v own="$own" '$1 > own')
    if [ -n "$ahead" ]; then
        echo "$file includes a later module:" $ahead
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
# A planted breach must be seen: module 01 that includes module 02.
if printf '#include "02_random.h"\n' | sed -n 's/^#include "\([0-9][0-9]\)_.*/\1/p' | awk -v own=01 '$1 > own { found = 1 } END { exit !found }'; then
    passed=$((passed + 1))
else
    echo "a planted breach of the order was not seen"
    failed=$((failed + 1))
fi
# And a call forward must fail at link time: module 01 that calls one of 02.
dir=$(mktemp -d)
printf '#include "02_random.h"\nint main(void) { Random r = random_stream(1, "x", 0); return random_index(&r, 2); }\n' >"$dir/forward.c"
if ${CC:-cc} -std=c11 -Isrc "$dir/forward.c" build/f32/01_tensor.o build/f32/00_program.o -o "$dir/forward" -lm >/dev/null 2>&1; then
    echo "a call forward was linked"
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi
rm -rf "$dir"
echo "order: $passed passed, $failed failed"
[ $failed -eq 0 ]
