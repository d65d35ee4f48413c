#!/bin/bash
# Fuzzes the readers of other people's files: safetensors and .npy, IDX and gzip.
# What it finds is left in build/fuzz/NAME/; new inputs of interest go there too,
# not into the corpus. A file found is run again with: build/fuzz/NAME.fuzz FILE
#
# usage: tests/fuzz/run.sh [SECONDS [NAME...]]     NAME: safetensors, idx (both)
#        tests/fuzz/run.sh corpus                  makes the seeds anew
set -eu
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
cd "$(dirname "$0")/../.."
seconds=${1:-60}
corpus=tests/fuzz/corpus
out=build/fuzz
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0

# ---- the seeds: one small file for each way through a reader ---------------------------

word() { printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) 0)"; }

seed() { # NAME HEADER BYTES-OF-DATA: a safetensors file; ' stands for "
    { word ${#2}; word 0; printf '%s' "$2" | tr "'" '"'; head -c "$3" /dev/zero; } >"$corpus/safetensors/$1"
}

npy() { # NAME VERSION DESCR SHAPE BYTES-OF-DATA
    local header="{'descr': '$3', 'fortran_order': False, 'shape': $4, }" long=""
    [ "$2" = 1 ] || long='\x00\x00'
    { printf '\x93NUMPY'; printf '%b' "\\x0$2\\x00$(printf '\\x%02x\\x00' $((${#header} + 1)))$long"; printf '%s\n' "$header"
      head -c "$5" /dev/zero; } >"$corpus/safetensors/$1"
}

pair() { # NAME IMAGES LABELS: two files in one
    { printf '%b' "$(printf '\\x%02x\\x%02x' $(($(stat -c %s "$2") & 255)) $(($(stat -c %s "$2") >> 8)))"; cat "$2" "$3"; } >"$corpus/idx/$1"
}

make_corpus() {
    local t dir=$out/seeds
    rm -rf "$corpus" "$dir"
    mkdir -p "$corpus/safetensors" "$corpus/idx" "$dir"
    t="'w':{'dtype':'F32','shape':[2,3],'data_offsets':[0,24]},'var':{'dtype':'F32','shape':[2],'data_offsets':[24,32]}"
    t="$t,'d':{'dtype':'F64','shape':[1,1,1,1],'data_offsets':[32,40]},'order':{'dtype':'I32','shape':[3],'data_offsets':[40,52]}"
    t="$t,'count':{'dtype':'I64','shape':[],'data_offsets':[52,60]}"
    seed all "{'__metadata__':{'format':'gradus 1','step':'12'},$t}" 60
    seed bare "{$t}  " 60
    seed empty '{}' 0
    seed reversed "{'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}" 8
    seed escapes "{'\\u001b\\n\\ud83d\\ude00':{'dtype':'BF16','shape':[1e0,-2.5E-3],'data_offsets':[true,null]}}" 4
    seed overlap "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}}" 6
    seed overflow "{'a':{'dtype':'F32','shape':[65536,65536,65536,65536],'data_offsets':[0,0]}}" 0
    seed meta "{'__metadata__':{'k':1}}" 0
    npy npy_f4 1 '<f4' '(2, 3)' 24
    npy npy_f8 2 '<f8' '(1,)' 8
    npy npy_rank4 3 '<f4' '(1, 2, 1, 2)' 16
    printf '\0\0\10\3\0\0\0\2\0\0\0\2\0\0\0\2\1\2\3\4\5\6\7\377' >"$dir/images"
    printf '\0\0\10\1\0\0\0\2\0\11' >"$dir/labels"
    gzip -nk "$dir/images" "$dir/labels"
    head -c 20 "$dir/images.gz" >"$dir/cut.gz"
    { cat "$dir/images.gz"; printf 'more'; } >"$dir/more.gz"
    pair plain "$dir/images" "$dir/labels"
    pair gzip "$dir/images.gz" "$dir/labels.gz"
    pair mixed "$dir/images.gz" "$dir/labels"
    pair cut "$dir/cut.gz" "$dir/labels"
    pair more "$dir/more.gz" "$dir/labels"
    pair exchanged "$dir/labels" "$dir/images"
}

# ---- building and running ------------------------------------------------------------------

build() { # NAME, then the linker's own options
    local name=$1
    shift
    # plain products instead of BLAS: fewer foreign threads, and nothing here multiplies
    # shellcheck disable=SC2046
    clang -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -Wno-psabi -Isrc -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
        $(pkg-config --cflags libcjson libpng zlib) "tests/fuzz/$name.c" src/[0-9][0-9]_*.c \
        $(pkg-config --libs libcjson libpng zlib) -lm "$@" -o "$out/$name.fuzz"
}

# Words of the formats: cJSON and zlib are not built for the fuzzer, which cannot see their branches.
words() {
    local word
    for word in __metadata__ dtype shape data_offsets F32 F64 I32 I64 w var d order count; do printf '"\\"%s\\":"\n"\\"%s\\""\n' $word $word; done
    printf '"%s"\n' ':{' '},' '}}' '[1]' '[]' '[2,3]' '[0,24]' '[24,32]' '4294967296' '65536' '-1' '1e300' '0.5' '\\u0000' '\\u001b' '\\ud800' \
        '\x93NUMPY' "'descr': '<f4'" "'descr': '<f8'" "'fortran_order': False" "'shape': (" ", }" '\x1f\x8b\x08' '\x00\x00\x08\x03' '\x00\x00\x08\x01'
}

fuzz() { # NAME
    mkdir -p "$out/$1"
    words >"$out/words"
    "$out/$1.fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=4096 -print_final_stats=1 -dict="$out/words" \
        -artifact_prefix="$out/$1/" "$out/$1" "$corpus/$1" >"$out/$1.log" 2>&1 ||
        { tail -n 40 "$out/$1.log"; echo "fuzz: $1: FAILED; see $out/$1.log and $out/$1/"; exit 1; }
    echo "fuzz: $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log") inputs in $seconds s, no crash," \
        "$(grep -o 'cov: [0-9]*' "$out/$1.log" | tail -n 1)"
}

mkdir -p "$out"
if [ "$seconds" = corpus ]; then make_corpus; exit; fi
shift || true
[ $# -gt 0 ] || set -- safetensors idx
for name; do
    case $name in
    safetensors) build safetensors ;;
    idx) build idx -Wl,--wrap=user_error,--wrap=memory_get,--wrap=gzopen,--wrap=gzclose ;;
    *) echo "run.sh: found '$name'; expected safetensors or idx" >&2; exit 2 ;;
    esac
    fuzz "$name"
done
