#!/bin/bash
# The programs as a user meets them: bad input gets one clear line, status 2
# and nothing half-written; the same seed gives the same bytes.
#
# usage: CC_FOUND="cc -fopenmp" LIBS="-lm ..." tests/programs.sh build/bin
set -u
bin=$1
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { echo "FAILED: $1"; failed=$((failed + 1)); }

# refuses WORDS COMMAND...: status 2, one line on standard error that holds WORDS.
refuses() {
    local words=$1 status
    shift
    timeout 120 "$@" >"$dir/stdout" 2>"$dir/stderr"
    status=$?
    if [ $status -ne 2 ]; then bad "status $status, expected 2: $*"
    elif [ "$(grep -vc -e ' left' -e 'done in' "$dir/stderr")" -ne 1 ]; then bad "not one line: $* $(head -c 300 "$dir/stderr")"
    elif ! grep -qi -- "$words" "$dir/stderr"; then bad "no '$words': $* $(cat "$dir/stderr")"
    else ok; fi
}

# leaves_nothing DIR: no file stands there, whole or in part.
leaves_nothing() { if [ -n "$(find "$1" -type f 2>/dev/null)" ]; then bad "left in $1: $(find "$1" -type f | head -n 3)"; else ok; fi; }

same() { if cmp -s "$1" "$2"; then ok; else bad "$1 and $2 differ"; fi; }

gan="$bin/17_mlp_gan --out $dir/out --epochs 1"

# ---- options ------------------------------------------------------------------
refuses "unknown option" $gan --speed 3
refuses "unknown option" $gan stray
refuses "expected a value" $gan --epochs
refuses "whole number" $gan --batch many
refuses "whole number" $gan --batch 2.5
refuses "expected 4 to" $gan --batch 0
refuses "expected 4 to" $gan --batch -4
refuses "even number" $gan --batch 5
refuses "expected 4 to" $gan --batch 99999999999
refuses "at most" $gan --batch 30000
refuses "expected 1 to" $gan --threads 0
refuses "expected 1 to" $gan --epochs 0
refuses "found 'nan'" $gan --rate nan
refuses "one of both" $gan --norm sometimes
refuses "one of quick" "$bin/05_dense" --scale huge
refuses "whole number" "$bin/05_dense" --seed one
leaves_nothing "$dir/out"
for program in "$bin"/[0-9][0-9]_* "$bin/gradcheck"; do
    if "$program" --help >"$dir/help" 2>&1 && grep -q -- --help "$dir/help"; then ok; else bad "$program --help"; fi
done

# ---- where the tables go ---------------------------------------------------------
echo "a file" >"$dir/file"
refuses "expected a directory" "$bin/05_dense" --out "$dir/file"
refuses "cannot make" "$bin/05_dense" --out "$dir/file/below"
refuses "cannot make" "$bin/05_dense" --out /proc/nowhere
if (ulimit -f 1; "$bin/05_dense" --out "$dir/full") >/dev/null 2>"$dir/stderr"; then bad "a full disk went unnoticed"; else ok; fi
if grep -q "cannot finish writing" "$dir/stderr"; then ok; else bad "full disk: $(cat "$dir/stderr")"; fi
leaves_nothing "$dir/full"

# ---- image files --------------------------------------------------------------------
idx() { printf "$1"; } # bytes by printf's escapes
images='\0\0\10\3\0\0\0\2\0\0\0\2\0\0\0\2' labels='\0\0\10\1\0\0\0\2'
fresh() { # a good data set of two images, in $data
    data=$dir/data
    rm -rf "$data"; mkdir "$data"
    for part in train t10k; do
        idx "${images}\1\2\3\4\5\6\7\10" >"$data/$part-images-idx3-ubyte"
        idx "${labels}\0\11" >"$data/$part-labels-idx1-ubyte"
    done
    image=$data/train-images-idx3-ubyte label=$data/train-labels-idx1-ubyte
}
read_it="$bin/11_image --out $dir/idx --data $dir/data"
fresh; if $read_it 2>"$dir/stderr"; then ok; else bad "good files refused: $(cat "$dir/stderr")"; fi
rm -rf "$dir/idx"
fresh; rm "$image"; refuses "make mnist" $read_it
fresh; idx '\0\0\10' >"$image"; refuses "truncated: found 3 bytes" $read_it
fresh; idx "${images}\1\2\3" >"$image"; refuses "truncated: found 3 bytes of pixels; expected 8" $read_it
fresh; idx "${images}\1\2\3\4\5\6\7\10\11" >"$image"; refuses "more bytes" $read_it
fresh; idx '\0\0\10\1\0\0\0\2\0\0\0\2\0\0\0\2' >"$image"; refuses "magic number 0x00000801; expected 0x00000803" $read_it
fresh; idx '\0\0\10\3\0\0\0\0\0\0\0\2\0\0\0\2' >"$image"; refuses "found 0 images" $read_it
fresh; idx '\0\0\10\3\177\377\377\377\0\0\0\2\0\0\0\2' >"$image"; refuses "found 2147483647 images" $read_it
fresh; idx '\0\0\10\3\0\0\0\2\0\1\0\0\0\0\0\2' >"$image"; refuses "found 65536 rows" $read_it
fresh; idx '\0\0\10\1\0\0\0\3\0\11\1' >"$label"; refuses "found 3 labels; expected 2" $read_it
fresh; idx "${labels}\0\12" >"$label"; refuses "found label 10" $read_it
fresh; mv "$image" "$image.gz"; refuses "no gzip data" $read_it
fresh; gzip "$image"; head -c 20 "$image.gz" >"$dir/cut"; mv "$dir/cut" "$image.gz"; refuses "truncated" $read_it
fresh; gzip "$image"; if $read_it 2>"$dir/stderr"; then ok; else bad "a gzip file refused: $(cat "$dir/stderr")"; fi
rm -rf "$dir/idx"
fresh; printf 'xxxx' | dd of="$image" bs=1 seek=0 conv=notrunc 2>/dev/null; refuses "magic number" $read_it
refuses "make mnist" "$bin/11_image" --out "$dir/idx" --data "$dir/nowhere"
MNIST_DIR=$dir/nowhere refuses "make mnist" "$bin/11_image" --out "$dir/idx" --data mnist
leaves_nothing "$dir/idx"

# ---- a loss that is no number ------------------------------------------------------------
refuses "step [0-9]*: .*NaN or infinite" $gan --rate 1e20 --norm none
if [ -z "$(find "$dir/out" -name '*.part')" ]; then ok; else bad "a .part file is left after a NaN"; fi
rm -rf "$dir/out"

# ---- the same seed, the same bytes ---------------------------------------------------------
for run in a:1 b:2 c:2; do
    "$bin/17_mlp_gan" --epochs 2 --batch 512 --threads "${run#*:}" --out "$dir/run_${run%:*}" >/dev/null 2>&1 || bad "training with ${run#*:} threads"
done
for other in b c; do
    same "$dir/run_a/log.tsv" "$dir/run_$other/log.tsv"
    same "$dir/run_a/summary.tsv" "$dir/run_$other/summary.tsv"
    for mode in eval train; do
        same "$dir/run_a/samples/epoch_002_$mode.png" "$dir/run_$other/samples/epoch_002_$mode.png"
    done
done
"$bin/17_mlp_gan" --epochs 2 --batch 512 --seed 2 --out "$dir/run_d" >/dev/null 2>&1
if cmp -s "$dir/run_a/log.tsv" "$dir/run_d/log.tsv"; then bad "another seed gave the same log"; else ok; fi

# ---- the program that docs/use.md prints ------------------------------------------------------
awk '/^```c$/ && !n++ { on = 1; next } /^```$/ { on = 0 } on' docs/use.md >"$dir/mine.c"
# shellcheck disable=SC2086
if $CC_FOUND -std=c11 -Isrc "$dir/mine.c" "$(dirname "$bin")"/f32/[01]*.o $LIBS -o "$dir/mine" && "$dir/mine" | grep -q 'accuracy 0.9'; then ok
else bad "the program of docs/use.md"; fi

# ---- the summary ----------------------------------------------------------------------------
"$bin/17_mlp_gan" --epochs 1 --batch 1024 --out "$dir/run_e" >"$dir/summary" 2>/dev/null
for total in 248208 234753 Sigmoid; do if grep -q "$total" "$dir/summary"; then ok; else bad "no $total in the summary"; fi; done

echo "programs: $passed passed, $failed failed"
[ $failed -eq 0 ]
