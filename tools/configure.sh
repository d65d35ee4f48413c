#!/bin/sh
# Finds out how this machine compiles and links, and prints it as make
# variables. Says in one line what is missing, and exits with 2.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says

stop() { echo "configure: $1; 'make setup' installs what is missing" >&2; exit 2; }

try() { # the flags in "$@": does a small program compile with them?
    dir=$(mktemp -d) || exit 2
    printf '%s\n' "$source" >"$dir/try.c"
    # shellcheck disable=SC2086
    $cc "$dir/try.c" -o "$dir/try" "$@" >/dev/null 2>&1
    status=$?
    rm -rf "$dir"
    return $status
}

find_compiler() {
    if [ -n "${CC:-}" ]; then
        cc=$CC
        try || { echo "configure: CC: found '$CC'; expected a compiler that builds a program" >&2; exit 2; }
        return
    fi
    for cc in cc gcc clang; do
        command -v "$cc" >/dev/null 2>&1 && return
    done
    stop "found no C compiler"
}

flags() { # pkg-config's flags of a package, or a guess where it does not know it
    what=$1 package=$2 guess=$3
    pkg-config "--$what" "$package" 2>/dev/null || echo "$guess"
}

first_that_works() {
    for option in "$@"; do
        # shellcheck disable=SC2086
        try $option && { echo "$option"; return; }
    done
}

if command -v brew >/dev/null 2>&1; then # OpenBLAS hides there from the system's own
    PKG_CONFIG_PATH="$(brew --prefix)/opt/openblas/lib/pkgconfig:${PKG_CONFIG_PATH:-}"
    export PKG_CONFIG_PATH
fi

source='int main(void) { return 0; }'
find_compiler
try || stop "$cc cannot build a program"
native=$(first_that_works -march=native -mcpu=native)
openmp=$(first_that_works -fopenmp)
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
# shellcheck disable=SC2086
try $sanitize || sanitize=

libs="$(flags libs libcjson -lcjson) $(flags libs libpng -lpng) $(flags libs zlib -lz) -lm"
cflags="$(flags cflags libcjson '') $(flags cflags libpng '') $(flags cflags zlib '') $(flags cflags check '')"
if [ "${BLAS:-}" != none ]; then
    blas=$(flags libs openblas -lopenblas)
    blas_include=$(flags cflags openblas '')
    source='#include <cblas.h>
int main(void) { openblas_set_num_threads(1); return 0; }'
    # shellcheck disable=SC2086
    try $blas_include $blas || stop "found no OpenBLAS"
    cflags="$cflags $blas_include -DUSE_BLAS"
    libs="$blas $libs"
fi
source='#include <png.h>
#include <zlib.h>
int main(void) { return png_access_version_number() + (int)zlibCompileFlags() == 0; }'
# shellcheck disable=SC2086
try $cflags $libs || stop "found no libpng or no zlib"

cat <<END
CC_FOUND := $cc
OPTIMISE := -O3 $native -fno-math-errno -fno-trapping-math -ffp-contract=fast $openmp
OPTIMISE_DEFINITIONS := -O3 $native -fno-math-errno -fno-trapping-math -ffp-contract=off
SANITIZE := $sanitize
CFLAGS_FOUND := $cflags
LIBS := $libs
LIBS_CHECK := $(flags libs check -lcheck)
END
