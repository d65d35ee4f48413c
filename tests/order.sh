#!/bin/sh
# The house in order. The number is the order: a header or source includes only
# smaller numbers (or its own), and so does a test or a chapter's program; that
# no object *calls* forward is shown by the link, where each stands with what is
# below it. Each includes what it names and nothing else. And the numbered
# sources are plain C: nothing of threads, vectors or libraries of products, and
# files, environment, terminal and the end of the program only in 00 and in what
# reads and writes files.
#
# usage: CC_FOUND="cc -fopenmp" LIBS="-lm ..." tests/order.sh build
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
build=$1
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { echo "$1"; failed=$((failed + 1)); }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# ---- the number is the order ------------------------------------------------------------
ahead() { # the module numbers above $1 that the text on standard input includes
    sed -n 's/^#include "\([0-9][0-9]\)_.*/\1/p' | awk -v own="$1" '$1 > own'
}

for file in src/[0-9][0-9]_*.[ch] src/fast/[0-9][0-9]_*.[ch] chapters/[0-9][0-9]_*.c tests/[0-9][0-9]_*.c; do
    later=$(ahead "$(basename "$file" | cut -c 1-2)" <"$file")
    if [ -z "$later" ]; then ok; else bad "$file includes a later module: $later"; fi
done
if [ -n "$(echo '#include "02_random.h"' | ahead 01)" ]; then ok; else bad "a planted include of a later module was not seen"; fi

links() { # the body of main in $1, with the modules up to 01
    printf '#include "01_tensor.h"\n#include "02_random.h"\nint main(void) { %s }\n' "$1" >"$dir/call.c"
    # shellcheck disable=SC2086
    $CC_FOUND -std=c11 -Isrc "$dir/call.c" "$build"/f32/00_*.o "$build"/f32/01_memory.o "$build"/f32/01_tensor.o $LIBS -o "$dir/call" 2>"$dir/errors"
}
if links 'Tensor t = { 0 }; tensor_free(&t); return 0;'; then ok; else bad "a call backward was not linked: $(head -n 3 "$dir/errors")"; fi
if links 'Random r = { 0 }; return random_index(&r, 2);'; then bad "a call forward was linked"
elif grep -q random_index "$dir/errors"; then ok
else bad "a call forward failed for another reason: $(head -n 3 "$dir/errors")"; fi

# ---- each includes what it names, and nothing else -----------------------------------------
# A source need not repeat what its own header includes.
includes() { sed -n 's/^#include "\([0-9][0-9]_[a-z_0-9]*\.h\)".*/\1/p' "$1"; }

complaints() { # FILE, where its headers may lie: what it includes for nothing, and what it should
    file=$1 folders=$2
    own=$(basename "$file" .c).h
    [ "${file%.c}" = "$file" ] && own=$(basename "$file")
    via=''
    for folder in $folders; do [ -e "$folder/$own" ] && [ "${file%.c}" != "$file" ] && via=$(includes "$folder/$own"); done
    # shellcheck disable=SC2086
    awk -f tools/uses.awk $(for folder in $folders; do ls "$folder"/[0-9][0-9]_*.h; done) -- "$file" | cut -d ' ' -f 2 | sort -u >"$dir/names"
    includes "$file" | grep -vx "$own" | sort -u >"$dir/has"
    { echo "$via"; echo "$own"; } | sort -u >"$dir/given"
    comm -23 "$dir/has" "$dir/names" | sed "s|^|$file includes for nothing: |"
    comm -12 "$dir/has" "$dir/given" | sed "s|^|$file includes what its own header does: |"
    cat "$dir/has" "$dir/given" | sort -u | comm -13 - "$dir/names" | sed "s|^|$file names something of, and does not include: |"
}

for file in src/[0-9][0-9]_*.[ch]; do
    found=$(complaints "$file" src)
    if [ -z "$found" ]; then ok; else bad "$found"; fi
done
for file in src/fast/[0-9][0-9]_*.[ch]; do
    found=$(complaints "$file" "src src/fast")
    if [ -z "$found" ]; then ok; else bad "$found"; fi
done
printf '#include "01_sum.h"\nvoid f(void) { Tensor t = tensor_new((Shape){ 1, { 2 } }); }\n' >"$dir/02_planted.c"
if [ "$(complaints "$dir/02_planted.c" src | wc -l)" -eq 2 ]; then ok; else bad "a planted include for nothing, and one that is missing, were not both seen"; fi

# ---- what no other test compiles ------------------------------------------------------------
for file in bench/*.c tests/fuzz/*.c; do
    # shellcheck disable=SC2086
    if $CC_FOUND -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -Isrc -Iprograms -Isrc/fast -I"$build/f32/twin" -fsyntax-only "$file" 2>"$dir/errors"; then ok
    else bad "$file does not compile: $(head -n 3 "$dir/errors")"; fi
done

# ---- plain C ----------------------------------------------------------------------------------
impure() { grep -nE 'vector_size|__builtin|_Pragma|#pragma|cblas|__attribute__' "$1" | grep -v 'format(printf'; }
for file in src/[0-9][0-9]_*.[ch]; do
    case $file in src/01_parallel.*) continue ;; esac # what PARALLEL_FOR is
    found=$(impure "$file")
    if [ -z "$found" ]; then ok; else bad "$file: $found"; fi
done

outside='_*(fopen|freopen|open|creat|unlink|rename|stat|mkdir|getenv|setenv|signal|sigaction|raise|isatty|stdin|stdout|stderr|printf|puts|putchar|exit|abort|clock_gettime|time|read|write|gzopen)'
touches() { nm -gP "$1" | awk '$2 == "U" { print $1 }' | grep -xE "$outside(@.*)?"; }
for object in "$build"/f32/[0-9][0-9]_*.o; do
    case $(basename "$object") in 00_* | 10_idx.o | 10_load.o | 11_png.o | 21_* | 24_runs.o) continue ;; esac
    found=$(touches "$object")
    if [ -z "$found" ]; then ok; else bad "$object calls $(echo "$found" | tr '\n' ' ')"; fi
done
if [ -n "$(touches "$build/f32/00_files.o")" ]; then ok; else bad "the files of 00_files were not seen"; fi

# ---- layout, as .clang-format says; other versions of the program draw some lines otherwise -----
case $(clang-format --version 2>/dev/null) in
*' version 14.'*)
    for file in live/*.[ch] src/*.[ch] src/fast/*.[ch] programs/*.[ch] chapters/*.c chapters/fast/*.c tests/*.[ch] tests/fast/*.c tests/fuzz/*.c bench/*.c; do
        if clang-format "$file" | cmp -s - "$file"; then ok; else bad "$file is not laid out as .clang-format says; 'make format' does it"; fi
    done
    if printf 'int  x;\n' | clang-format --style=file --assume-filename=src/01_sum.c | grep -q 'int  x'; then bad "a planted second space was not seen"; else ok; fi ;;
*) echo "skipped: no clang-format 14 here" ;;
esac

echo "order: $passed passed, $failed failed"
[ $failed -eq 0 ]
