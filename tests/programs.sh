#!/bin/bash
# The programs as a user meets them: bad input gets one clear line, status 2
# and nothing half-written; the same seed gives the same bytes.
#
# usage: CC_FOUND="cc -fopenmp" LIBS="-lm ..." tests/programs.sh build/bin
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
bin=$1
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
touch "$dir/passed" "$dir/failed" # files, for some checks stand behind a pipe, in a shell of their own
ok() { printf . >>"$dir/passed"; }
bad() { echo "FAILED: $1" | tee -a "$dir/failed"; }

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

# stopped_after FILE: the step that an interrupted run names there.
stopped_after() { sed -n 's/^stopped after step \([0-9]*\) .*/\1/p' "$1"; }

# appears FILE: waits for it, a minute at most.
appears() { for _ in $(seq 600); do if [ -e "$1" ]; then break; fi; sleep 0.1; done; }

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
if $CC_FOUND -std=c11 -Isrc "$dir/mine.c" "$(dirname "$bin")"/libgradus.a $LIBS -o "$dir/mine" && "$dir/mine" | grep -q 'accuracy 0.9'; then ok
else bad "the program of docs/use.md"; fi
mine() { # the gradient check that it prints, through a filter: its exit status and words
    awk '/^```c$/ { n++; on = n == 3; next } /^```$/ { on = 0 } on' docs/use.md | sed "$1" >"$dir/mine.c"
    # shellcheck disable=SC2086
    $CC_FOUND -std=c11 -Wall -Werror -DREAL_DOUBLE -Isrc "$dir/mine.c" "$(dirname "$bin")"/libgradus64.a $LIBS -o "$dir/mine" || bad "the check of docs/use.md"
    "$dir/mine" >"$dir/mine.out"
    if [ $? = "$2" ] && grep -q "$3" "$dir/mine.out"; then ok; else bad "the check of docs/use.md, $1: $(cat "$dir/mine.out")"; fi
}
mine '' 2 '^    transposed: rows stand where columns should$'
mine 's/dW\[2 \* j + i\]/dW[3 * i + j]/' 0 'PASS$'
mine 's/dW\[2 \* j + i\]/dW[3 * i + j]/; s/(1 - y(i) \* y(i))/(1 - y(i))/' 2 'BUG$'

# ---- the summary ----------------------------------------------------------------------------
"$bin/17_mlp_gan" --epochs 1 --batch 1024 --out "$dir/run_e" >"$dir/summary" 2>/dev/null
for total in 248208 234753 Sigmoid; do if grep -q "$total" "$dir/summary"; then ok; else bad "no $total in the summary"; fi; done

# ---- gan: commands and options ---------------------------------------------------------------
tool="$bin/gan"
works() { if timeout 120 "$@" >"$dir/stdout" 2>"$dir/stderr"; then ok; else bad "status $?: $* $(head -c 300 "$dir/stderr")"; fi; }
differ() { if cmp -s "$1" "$2"; then bad "$1 and $2 are the same"; else ok; fi; }
holds() { if grep -q -- "$2" "$1"; then ok; else bad "no '$2' in $(head -c 300 "$1")"; fi; } # FILE WORDS

for command in "" train sample interpolate evaluate summary export import; do
    # shellcheck disable=SC2086
    for help in --help -h; do works "$tool" $command $help; holds "$dir/stdout" "gan.*$command"; done
done
refuses "found no command; expected train, sample" "$tool"
refuses "found 'paint'; expected train, sample" "$tool" paint
refuses "found '--model'; expected train, sample" "$tool" --model mlp
train="$tool train --out $dir/none"
refuses "unknown option" $train --speed 3
refuses "unknown option" $train stray
refuses "expected a value" $train --epochs
refuses "takes no value" $train --resume=yes
refuses "one of mlp" $train --model vgg
refuses "one of mlp" $train --model "mlp|dcgan-upsample"
refuses "one of both" $train --norm sometimes
refuses "one of given" $train --order last
refuses "the mlp has batch norm before" $train --order bn-first
refuses "even number" $train --batch 5
refuses "expected 4 to" $train --batch 2
refuses "at most 20000" $train --batch 20002
refuses "expected 1 to" $train --epochs 0
refuses "expected 0 to" $train --steps -1
refuses "expected 0 to" $train --save -1
refuses "expected 1 to" $train --threads 0
refuses "found 'nan'" $train --rate nan
refuses "expected 1e-12 to" $train --rate 0
refuses "found an empty name" $train --data ""
refuses "found an empty name" "$tool" train --out ""
refuses "make mnist" $train --data "$dir/nowhere"
for command in sample interpolate evaluate export; do refuses "gan $command: found no checkpoint" "$tool" $command; done
refuses "found no safetensors file" "$tool" import --out "$dir/none/c"
refuses "found no model" "$tool" summary
refuses "found 'vgg'; expected one of mlp" "$tool" summary vgg
refuses "neither --png nor --npy" "$tool" sample "$dir/none/c"
refuses "neither --png nor --npy" "$tool" interpolate "$dir/none/c"
refuses "found nothing; expected the file to write" "$tool" export "$dir/none/c"
refuses "found nothing; expected the file to write" "$tool" import "$dir/none/c"
refuses "expected 2 to" "$tool" interpolate "$dir/none/c" --across 1 --png "$dir/none/p"
refuses "one of eval" "$tool" sample "$dir/none/c" --mode both --png "$dir/none/p"
for command in "sample C --png P" "interpolate C --npy P" "evaluate C" "export C --out P" "import C --out P"; do
    command=${command/ C/ $dir/none/c}
    # shellcheck disable=SC2086
    refuses "none/c: cannot read: No such file" "$tool" ${command/ P/ $dir/none/p}
done
leaves_nothing "$dir/none"

for model in dcgan-upsample dcgan-transpose; do
    works "$tool" summary $model
    for total in 840705 384 212865 Sigmoid; do holds "$dir/stdout" $total; done
done
works "$tool" summary mlp; for total in 248208 234753 768; do holds "$dir/stdout" $total; done

# ---- gradcheck: what its exit status says -----------------------------------------------------------
# counts STATUS WORDS COMMAND...: that status, and the last line holds WORDS.
counts() {
    local expected=$1 words=$2 status
    shift 2
    timeout 120 "$@" --out "$dir/gradcheck" >"$dir/stdout" 2>&1
    status=$?
    if [ $status -ne "$expected" ]; then bad "status $status, expected $expected: $*"
    elif ! tail -n 1 "$dir/stdout" | grep -q -- "$words"; then bad "no '$words': $* $(tail -n 1 "$dir/stdout")"
    else ok; fi
}
# Module 6: 4 functions, 3 times, 6 faults. Module 12: 3 shapes, 3 times, 6 faults in x, 5 in gamma, 5 in beta (a vector
# has no transpose) and 3 of its own. Module 17: both narrow players have 3 weights with 6 faults (but D's last
# is a column: 5) and 5 vectors with 5 each (no fault shows in the 2 biases before batch norm); at full width 8 arrays
# of each have 3.
counts 0 ": PASS; 72 faults planted, 72 caught" "$bin/gradcheck" --module 6
counts 0 ": PASS; 171 faults planted, 171 caught" "$bin/gradcheck" --module 12
counts 0 ": PASS; 133 faults planted, 133 caught" "$bin/gradcheck" --module 17

# The same program with one function replaced by another of its kind.
instead() { # FUNCTION, and the other one, named `wrong`, is on standard input: builds $dir/wrong
    { printf '#include "03_fault.h"\n#include "03_gradcheck.h"\n#include "07_loss.h"\n'; cat; } >"$dir/wrong.c"
    for file in programs/gradcheck*.c; do
        # shellcheck disable=SC2086
        $CC_FOUND -std=c11 -D_POSIX_C_SOURCE=200809L -DREAL_DOUBLE -Isrc "-D$1=wrong" -c "$file" -o "$dir/replaced_$(basename "$file" .c).o" ||
            bad "$file with another $1 does not compile"
    done
    # shellcheck disable=SC2086
    $CC_FOUND -std=c11 -D_POSIX_C_SOURCE=200809L -DREAL_DOUBLE -Isrc "$dir/wrong.c" "$dir"/replaced_*.o \
        "$(dirname "$bin")"/libgradus64.a $LIBS -o "$dir/wrong" || bad "gradcheck with another $1 does not build"
}
instead bce_logits <<'END'
double wrong(const real *y, const real *t, int N, int C, real *dy)
{
    double L = bce_logits(y, t, N, C, dy);
    if (dy)
        dy[0] *= 1.001;
    return L;
}
END
counts 1 ": BUG; " "$dir/wrong" --module 7
holds "$dir/stdout" "bce on logits .* BUG$"
holds "$dir/stdout" "^    element 0 alone is wrong: "
counts 1 ": BUG; " "$dir/wrong" --module 7 --quiet
holds "$dir/stdout" "bce on logits .* BUG$"
holds "$dir/gradcheck/gradcheck_module.tsv" "bce on logits.*BUG$"
counts 0 ": PASS; " "$dir/wrong" --module 6
instead plant_faults <<'END'
static FaultSeen *told;
static void tell(void *context, const char *fault, int array, const MeasuredArray *spoiled, bool caught)
{
    static int planted;
    told(context, fault, array, spoiled, caught && ++planted != 72); /* the last one got away */
}
void wrong(const Subject *s, const Measurement *m, double limit, const Fault *own, FaultSeen *seen, void *context)
{
    told = seen;
    plant_faults(s, m, limit, own, tell, context);
}
END
counts 1 ": PASS; 72 faults planted, 71 caught" "$dir/wrong" --module 6
holds "$dir/stdout" "^fault 'NaN' in x was not caught$"
instead gradcheck_judge <<'END'
CheckRow wrong(const char *name, const MeasuredArray *a, double limit)
{
    static int planted;
    CheckRow row = gradcheck_judge(name, a, limit);
    if (!name[0] && planted++ == 3) /* one fault along a direction gets away */
        row.verdict = PASS;
    return row;
}
END
counts 1 ": PASS; 133 faults planted, 132 caught" "$dir/wrong" --module 17
instead gradcheck_rows <<'END'
Verdict wrong(const Subject *s, const Measurement *m, double limit, CheckRow *row)
{
    static int calls;
    return gradcheck_rows(s, m, calls++ ? limit : 1e-30, row); /* the first one's bars are too wide */
}
END
counts 2 ": INCONCLUSIVE; 72 faults planted, 72 caught" "$dir/wrong" --module 6
counts 0 "module 03 has no gradient to check" "$bin/gradcheck" --module 3
counts 0 "^2 tensors checked" "$bin/gradcheck" --module 12 --tensor x --shape 8x4 --seeds 2 --json "$dir/found.json"
holds "$dir/stdout" "^12_batchnorm 6x4, at 8x4 2 *x  *32 "
holds "$dir/found.json" '"draw":	2'
holds "$dir/found.json" '"verdict":	"PASS"'
"$bin/gradcheck" --module 12 --seed 5 --out "$dir/gradcheck" >"$dir/seed5"
"$bin/gradcheck" --module 12 --seed 5 --out "$dir/gradcheck" | sed 's/ in .* s,/,/' >"$dir/seed5_again"
sed -i.kept 's/ in .* s,/,/' "$dir/seed5"
if cmp -s "$dir/seed5" "$dir/seed5_again"; then ok; else bad "the same seed, another check"; fi
"$bin/gradcheck" --list >"$dir/list"
holds "$dir/list" '^05_dense  *5x4 -> 3 1  *x (20) weight (12) bias (3)$'
holds "$dir/list" '^20_dcgan .*all, along directions$'
counts 0 "27 tensors checked.*: PASS; 0 faults planted" "$bin/gradcheck32" --module 5
counts 0 "7 tensors checked.*: PASS" "$bin/gradcheck" --chain 'dense 6, batchnorm, leaky,dense 2' --shape 8x4 --seeds 1
counts 0 "PASS" "$bin/gradcheck" --chain 'reshape 3 2 2, upsample_conv 3 2, transposed 5 2 1, conv 3 2 2, upsample, sigmoid, dense 1, tanh' --shape 2x12 --seeds 1
refuses "chain: found 'dens 6'; expected layers parted by commas" "$bin/gradcheck" --chain 'dens 6' --shape 8x4
refuses "chain: found ' conv 3 1 8' behind an output of 8x6" "$bin/gradcheck" --chain 'dense 6, conv 3 1 8' --shape 8x4
refuses "chain: found 'conv 900 1 900' behind" "$bin/gradcheck" --chain 'conv 900 1 900' --shape 1x4x4x1
refuses "chain: found 'dense 6 7'; expected layers" "$bin/gradcheck" --chain 'dense 6 7' --shape 8x4
refuses "chain: expected a --shape" "$bin/gradcheck" --chain 'dense 6'
counts 0 "^3 tensors checked" "$bin/gradcheck" --module 5 --seeds 1 --shape 6x4 --plot "$dir/steps.tsv" --out "$dir/gradcheck"
holds "$dir/steps.tsv" '^"5x4 -> 3, at 6x4, weight\['
if [ "$(grep -c '^"' "$dir/steps.tsv")" = 3 ] && awk '!/"/ && NF == 3 && $1 > 1e-3 { n++; if ($2 > 1e-9) bad++ } END { exit !(n > 15 && !bad) }' "$dir/steps.tsv"; then ok; else bad "steps of a layer that is linear"; fi
refuses "shape: found '8y'; expected two to four numbers" "$bin/gradcheck" --shape 8y
refuses "shape: found '1x4'; expected .*two rows or more" "$bin/gradcheck" --shape 1x4
refuses "found no check of tensor 'nothing'" "$bin/gradcheck" --module 5 --tensor nothing --json "$dir/none.json"
if [ ! -e "$dir/none.json" ]; then ok; else bad "a JSON file of nothing"; fi

# ---- gan train: stopped in any way, it goes on to the same bytes --------------------------------
# Five images of 2 x 2, so that a step takes a millisecond.
tiny=$dir/tiny
mkdir "$tiny"
for part in train t10k; do
    idx '\0\0\10\3\0\0\0\5\0\0\0\2\0\0\0\2\1\2\3\4\5\6\7\10\377\12\13\14\15\16\17\20\21\22\23\377' >"$tiny/$part-images-idx3-ubyte"
    idx '\0\0\10\1\0\0\0\5\0\1\2\3\4' >"$tiny/$part-labels-idx1-ubyte"
done
train="$tool train --data $tiny --batch 4" g=$dir/g
checkpoint=checkpoint.safetensors
same_run() { same "$1/$checkpoint" "$2/$checkpoint"; same "$1/log.tsv" "$2/log.tsv"; }
no_part() { if [ -z "$(find "$1" -name '*.part')" ]; then ok; else bad "a .part file is left in $1"; fi; }

works $train --steps 12 --out "$g/whole"
holds "$dir/stdout" "12 steps, 6.0 epochs"
if [ "$(wc -l <"$g/whole/log.tsv") $(wc -l <"$g/whole/timing.tsv") $(find "$g/whole/samples" -name 'epoch_00[1-6].png' | wc -l)" = "13 13 6" ]; then ok
else bad "another number of rows or samples in $g/whole"; fi
for stop in 1 5 6 11; do # with another number of threads, and saved at other times
    works $train --steps $stop --save 2 --threads 2 --out "$g/part"
    works $train --steps 12 --threads 1 --resume --out "$g/part"
    same_run "$g/whole" "$g/part"
    for epoch in 1 3 6; do same "$g/whole/samples/epoch_00$epoch.png" "$g/part/samples/epoch_00$epoch.png"; done
    [ $stop = 11 ] || rm -rf "$g/part"
done
works $train --steps 12 --resume --out "$g/begun" # where there is nothing, it begins
same_run "$g/whole" "$g/begun"
printf '13\t9\t9\t9\t9\t9\t9\t9\n14\t9\t9' >>"$g/part/log.tsv" # what a killed run wrote beyond its checkpoint
for run in whole part; do works $train --steps 15 --resume --out "$g/$run"; done
same_run "$g/whole" "$g/part"
works $train --steps 3 --resume --out "$g/part" # further already: nothing to do, nothing lost
same_run "$g/whole" "$g/part"

refuses "is there already; --resume goes on" $train --steps 20 --out "$g/part"
refuses "--seed: found 2; .* with 1" $train --resume --seed 2 --steps 20 --out "$g/part"
refuses "--batch: found 6; .* with 4" $train --resume --batch 6 --steps 20 --out "$g/part"
refuses "--rate: found 0.001; .* with 0.0002" $train --resume --rate 1e-3 --steps 20 --out "$g/part"
refuses "--norm: found none; .* with both" $train --resume --norm none --steps 20 --out "$g/part"
refuses "--data: found images of 28x28; .* for 2x2" "$tool" train --batch 4 --resume --steps 20 --out "$g/part"
fresh; refuses "found other images" "$tool" train --data "$dir/data" --batch 4 --resume --steps 20 --out "$g/part"
refuses "needs 28x28" $train --model dcgan-upsample --resume --steps 20 --out "$g/part"
refuses "NaN or infinite" $train --rate 1e20 --norm none --out "$g/nan"
no_part "$g/nan"
same_run "$g/whole" "$g/part"

# A disk that fills up: the checkpoint that was there stays, and the run goes on from it.
limited=$dir/limited # BLOCKS COMMAND...: no file may become larger
printf '#!/bin/bash\nulimit -f "$1"\nshift\nexec "$@" >/dev/null\n' >"$limited"
chmod +x "$limited"
cp -r "$g/part" "$g/full"
refuses "checkpoint.safetensors: cannot finish writing" "$limited" 100 $train --steps 20 --save 2 --resume --out "$g/full"
same "$g/whole/$checkpoint" "$g/full/$checkpoint"
cp "$g/full/log.tsv" "$g/log_before"
refuses "log.tsv: cannot finish writing" "$limited" 1 $train --steps 20 --resume --out "$g/full"
same "$g/log_before" "$g/full/log.tsv"
no_part "$g/full"
works "$tool" sample "$g/full/$checkpoint" --count 1 --npy "$g/full/one.npy"
for run in whole full; do works $train --steps 20 --resume --out "$g/$run"; done
same_run "$g/whole" "$g/full"
refuses "checkpoint.safetensors: cannot finish writing" "$limited" 1 $train --steps 20 --out "$g/empty"
no_part "$g/empty"
works $train --steps 20 --resume --out "$g/empty" # begins anew: there was no checkpoint
same_run "$g/whole" "$g/empty"
refuses "--batch: found 256; expected at most 10" "$tool" train --data "$tiny" --out "$g/none" # what it is when nobody says
refuses "cannot make" $train --out /proc/nowhere
refuses "expected a directory" $train --out "$dir/file"

# A signal: the step is finished and saved. (set -m: else a script's background jobs ignore Ctrl-C;
# env: nor shall what this script was told to ignore, as by nohup, be ignored by the program.)
heeding=
if env --default-signal true 2>/dev/null; then heeding="env --default-signal"; fi
stopped() { # SIGNAL DIRECTORY: sets $status
    local pid
    set -m
    $heeding $train --steps 100000000 --save 1 --out "$2" >"$dir/stdout" 2>"$dir/stderr" &
    pid=$!
    set +m
    appears "$2/$checkpoint"
    kill -s "$1" $pid
    for _ in $(seq 600); do if ! kill -0 $pid 2>/dev/null; then break; fi; sleep 0.1; done
    kill -9 $pid 2>/dev/null
    wait $pid
    status=$?
}
for signal in INT:130 TERM:143 HUP:129 USR1:138 USR2:140 XCPU:152 PIPE:141; do
    run=$g/${signal%:*}
    stopped "${signal%:*}" "$run"
    if [ "$status" = "${signal#*:}" ]; then ok; else bad "status $status after ${signal%:*}"; fi
    holds "$dir/stderr" "--resume"
    no_part "$run"
    last=$(stopped_after "$dir/stderr")
    if [ "$(tail -n 1 "$run/log.tsv" | cut -f 1)" = "$last" ]; then ok; else bad "the log ends elsewhere than after step $last"; fi
    works $train --steps $((last + 3)) --resume --out "$run"
    works $train --steps $((last + 3)) --out "$run.whole"
    same_run "$run" "$run.whole"
done
# nohup: a run that is told to outlive the terminal does
(trap '' HUP; exec $train --steps 1000000 --save 1 --out "$g/nohup" >"$dir/stdout" 2>"$dir/stderr") &
appears "$g/nohup/$checkpoint"
kill -s HUP $!
sleep 1
if kill -s TERM $! 2>/dev/null; then ok; else bad "a run under nohup was stopped by a hang-up"; fi
wait $!

# ---- gan train: what reaches the disk, in what order, and the time left ---------------------------------
# The same program, but it says what it syncs and renames, and each look at its clock takes a second.
cat >"$dir/watched.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
int watched_fsync(int file)
{
    struct stat info;
    if (fstat(file, &info) == 0 && S_ISDIR(info.st_mode))
        fprintf(stderr, "watched: fsync directory\n");
    else
        fprintf(stderr, "watched: fsync file %ld\n", (long)info.st_size);
    return fsync(file);
}
int watched_rename(const char *from, const char *to)
{
    fprintf(stderr, "watched: rename %s\n", strrchr(to, '/') + 1);
    return rename(from, to);
}
int watched_clock(clockid_t clock, struct timespec *t)
{
    static time_t seconds;
    (void)clock;
    *t = (struct timespec){ ++seconds, 0 };
    return 0;
}
END
# shellcheck disable=SC2086
if $CC_FOUND -std=c11 -D_POSIX_C_SOURCE=200809L -c "$dir/watched.c" -o "$dir/watched.o" &&
    $CC_FOUND -std=c11 -D_POSIX_C_SOURCE=200809L -Dfsync=watched_fsync -Drename=watched_rename -Dclock_gettime=watched_clock -Isrc \
        -Iprograms programs/gan*.c src/00_files.c src/00_progress.c "$dir/watched.o" "$(dirname "$bin")"/libgradus.a $LIBS -o "$dir/watched"
then ok; else bad "the watched program does not build"; fi
watched="$dir/watched train --data $tiny --batch 4 --save 1000"
works $watched --steps 1 --out "$g/watched"
# First the table's bytes, then its name, then the directory; and the rows of both tables before the checkpoint.
synced=$(sed -n 's/^watched: \(fsync \)*//p' "$dir/stderr" | sed 's/file .*/file/' | tr '\n' ' ')
if [ "$synced" = "file rename log.tsv directory file rename timing.tsv directory file file file rename $checkpoint directory " ]; then ok
else bad "not synced in this order: $synced"; fi
read -r log0 timing0 log1 timing1 whole <<<"$(sed -n 's/^watched: fsync file //p' "$dir/stderr" | tr '\n' ' ')"
if [ "$log0" -gt 0 ] && [ "$timing0" -gt 0 ] && [ "$log1" -eq "$(wc -c <"$g/watched/log.tsv")" ] && [ "$log1" -gt "$log0" ] &&
    [ "$timing1" -eq "$(wc -c <"$g/watched/timing.tsv")" ] && [ "$timing1" -gt "$timing0" ] && [ "$whole" -eq "$(wc -c <"$g/watched/$checkpoint")" ]
then ok; else bad "synced before all was written: $log0 $timing0 $log1 $timing1 $whole bytes"; fi
# Steps of a few seconds, by this clock. The first line comes after ten: some 4 steps are done, and 16 left. Were the 20
# of the earlier run counted as done in those seconds, they would take a sixth.
works $watched --steps 20 --out "$g/watched" --resume
works $watched --steps 40 --out "$g/watched" --resume
left() { sed -n 's/^mlp: .* \([0-9]*\):\([0-9]*\) left.*/\1 \2/p' "$dir/stderr" | head -n 1 | { read -r m s && echo $((60 * 10#$m + 10#$s)); }; }
if [ "$(left)" -ge 30 ]; then ok; else bad "the time left after --resume: $(grep left "$dir/stderr" | head -n 1)"; fi

# ---- make plot: any path, and nobody's own settings ---------------------------------------------------
odd="$dir/o'brien's \$run"
works $train --steps 3 --out "$odd"
mkdir "$dir/home"
echo "set output '$dir/home/taken.png'; set terminal dumb; results = 'elsewhere'" >"$dir/home/.gnuplot"
for way in "" CDPATH="$dir:."; do
    rm -f "$odd/losses.png"
    works env HOME="$dir/home" $way make --no-print-directory plot RUN="$odd"
    if [ "$(head -c 4 "$odd/losses.png" | tail -c 3)" = PNG ] && [ ! -e "$dir/home/taken.png" ]; then ok; else bad "no picture of a run in $odd"; fi
done
head -n 1 "$odd/log.tsv" >"$dir/log.tsv"
for wrong in ":found no step in" "/none:with log.tsv in it"; do
    if make --no-print-directory plot RUN="$dir${wrong%%:*}" 2>&1 | grep -q "${wrong#*:}"; then ok; else bad "make plot says nothing of: ${wrong#*:}"; fi
done

# ---- gan sample and interpolate -----------------------------------------------------------------
run=$g/whole/$checkpoint
for shot in a:1:1 b:1:2 c:2:2; do # NAME:SEED:THREADS
    seed=${shot#*:}
    works "$tool" sample "$run" --seed "${seed%:*}" --threads "${shot##*:}" --count 300 --png "$g/${shot%%:*}.png" --npy "$g/${shot%%:*}.npy"
    works "$tool" interpolate "$run" --seed "${seed%:*}" --threads "${shot##*:}" --count 2 --across 5 --png "$g/i${shot%%:*}.png" --npy "$g/i${shot%%:*}.npy"
done
for kind in png npy; do for walk in "" i; do same "$g/${walk}a.$kind" "$g/${walk}b.$kind"; differ "$g/${walk}a.$kind" "$g/${walk}c.$kind"; done; done
holds "$g/a.npy" "'shape': (300,2,2,)"
holds "$g/ia.npy" "'shape': (10,2,2,)"
png_is() { # FILE "WIDTH HEIGHT"
    local found
    found=$(od -A n -t u1 -j 16 -N 8 "$1" | awk '{ print ($1 * 256 + $2) * 65536 + $3 * 256 + $4, ($5 * 256 + $6) * 65536 + $7 * 256 + $8 }')
    if [ "$found" = "$2" ]; then ok; else bad "$1 is of $found, expected $2"; fi
}
# An image of 2 x 2 and its gap take 6 pixels, the last gap 2.
png_is "$g/a.png" "110 104" # 300 images: 18 columns, 17 rows
png_is "$g/ia.png" "32 14"  # 2 walks of 5
png_is "$g/whole/samples/epoch_001.png" "50 50"
for shot in 1:"8 8" 2:"14 8" 3:"14 14" 5:"20 14"; do
    works "$tool" sample "$run" --count "${shot%%:*}" --png "$g/few.png"
    png_is "$g/few.png" "${shot#*:}"
done
# Two programs that write one name: the one or the other, never a mixture.
"$tool" sample "$run" --count 2000 --png "$g/one.png" --npy "$g/one.npy" &
works "$tool" sample "$run" --count 2300 --seed 2 --png "$g/one.png" --npy "$g/one.npy"
wait $!
works "$tool" sample "$run" --count 2000 --png "$g/first.png" --npy "$g/first.npy"
works "$tool" sample "$run" --count 2300 --seed 2 --png "$g/second.png" --npy "$g/second.npy"
for kind in png npy; do
    if cmp -s "$g/one.$kind" "$g/first.$kind" || cmp -s "$g/one.$kind" "$g/second.$kind"; then ok; else bad "a mixture in one.$kind"; fi
done
# What the noise must have been: the training's own, and along two walks, at each end and between.
cat >"$dir/noise.c" <<'END'
#include "01_product.h"
#include "01_sum.h"
#include "02_random.h"
#include "11_image.h"
#include "11_png.h"
#include "21_numpy.h"
#include <math.h>
#include <string.h>
static Tensor drawn(const char *purpose, int rows)
{
    Random r = random_stream(1, purpose, 0);
    Tensor z = tensor_new((Shape){ 2, { rows, 100 } });
    random_normal(&r, z.data, tensor_size(&z));
    return z;
}
static Tensor walks(int rows, int across)
{
    Tensor end = drawn("sampled noise", 2 * rows), z = tensor_new((Shape){ 2, { rows * across, 100 } });
    for (int i = 0; i < rows * across; i++) {
        const real *a = end.data + i / across * 200, *b = a + 100;
        double t = (double)(i % across) / (across - 1), angle = acos(dot(a, b, 100) / sqrt(dot(a, a, 100) * dot(b, b, 100)));
        for (int k = 0; k < 100; k++)
            z.data[i * 100 + k] = (real)((sin((1 - t) * angle) * (double)a[k] + sin(t * angle) * (double)b[k]) / sin(angle));
    }
    tensor_free(&end);
    return z;
}
int main(int argc, char **argv)
{
    if (argc == 3) {
        Tensor z = strcmp(argv[1], "fixed") == 0 ? drawn("fixed noise", 64) : walks(2, 5);
        numpy_write(argv[2], &z);
        return 0;
    }
    Tensor x = numpy_read(argv[2]);
    if (strcmp(argv[1], "three") == 0) { /* images of 2 x 2, and a black one */
        tensor_resize(&x, (Shape){ 1, { 12 } });
        real four[16] = { [12] = -1, -1, -1, -1 };
        memcpy(four, x.data, 12 * sizeof *four);
        image_grid_write(argv[3], "three.png", four, (ImageGrid){ 2, 2, 2, 2, 2 });
        return 0;
    }
    Tensor y = numpy_read(argv[3]); /* same A B: to rounding, and not all of one colour */
    double largest = 0, change = 0;
    for (size_t i = 0; i < tensor_size(&x); i++) {
        double off = fabs((double)x.data[i] - (double)y.data[i]);
        largest = off <= largest ? largest : off;
        change = fmax(change, fabs((double)x.data[i] - (double)x.data[i % 4]));
    }
    return shape_equal(x.shape, y.shape) && largest < 1e-5 && change > 1e-2 ? 0 : 1;
}
END
# shellcheck disable=SC2086
if $CC_FOUND -std=c11 -Isrc "$dir/noise.c" "$(dirname "$bin")"/libgradus.a $LIBS -o "$dir/noise"; then ok; else bad "noise.c does not build"; fi
works "$dir/noise" walks "$g/walks.npy"
works "$tool" sample "$run" --noise "$g/walks.npy" --npy "$g/walked.npy"
works "$dir/noise" same "$g/walked.npy" "$g/ia.npy"
works "$tool" sample "$run" --count 3 --npy "$g/few.npy" --png "$g/few.png"
works "$dir/noise" three "$g/few.npy" "$g"
same "$g/three.png" "$g/few.png"
works "$dir/noise" fixed "$g/fixed.npy"
for mode in eval train; do works "$tool" sample "$run" --mode $mode --noise "$g/fixed.npy" --png "$g/fixed_$mode.png"; done
same "$g/whole/samples/epoch_010.png" "$g/fixed_eval.png" # where the run ended
differ "$g/whole/samples/epoch_010.png" "$g/fixed_train.png"
noise() { # ROWS COLUMNS NUMBER: an array of floats; the number in printf's escapes, little-endian
    local header="{'descr': '<f4', 'fortran_order': False, 'shape': ($1, $2), }"
    printf '\223NUMPY\1\0%b\0%s\n' "\\0$(printf '%o' $((${#header} + 1)))" "$header"
    for _ in $(seq $(($1 * $2))); do printf '%b' "$3"; done
}
noise 1 100 '\0\0\0200\077' >"$g/one.npy"
noise 3 100 '\0\0\0200\077' >"$g/three.npy"
sample="$tool sample $run --npy $g/out.npy --noise"
works $sample "$g/one.npy"; tail -c 16 "$g/out.npy" >"$g/out1"
works $sample "$g/three.npy"; tail -c 16 "$g/out.npy" >"$g/out3"
same "$g/out1" "$g/out3" # an image does not depend on its neighbours
works $sample "$g/three.npy" --mode train
refuses "found train with one image" $sample "$g/one.npy" --mode train
refuses "found train with one image" "$tool" sample "$run" --count 1 --mode train --npy "$g/no/out.npy"
rm "$g/out.npy"
noise 2 99 '\0\0\0200\077' >"$g/narrow.npy"
noise 2 100 '\0\0\0300\0177' >"$g/nan.npy"
noise 2 100 '\0\0\0200\0377' >"$g/inf.npy"
head -c 300 "$g/one.npy" >"$g/cut.npy"
refuses "expected rows of 100 numbers" $sample "$g/narrow.npy"
refuses "found an array of 300x2x2; expected rows of 100" $sample "$g/a.npy"
refuses "found NaN or infinity" $sample "$g/nan.npy"
refuses "found NaN or infinity" $sample "$g/inf.npy"
refuses "no larger than the data" $sample "$g/cut.npy"
refuses "expected a NumPy array" $sample "$run"
refuses "No such file" $sample "$g/nowhere.npy"
refuses "no plain file" $sample "$g"
refuses "without a file name" "$tool" sample "$run" --png "$g/no/"
if [ -e "$g/out.npy" ]; then bad "an array of refused noise"; else ok; fi
leaves_nothing "$g/no"
evaluate="$tool evaluate $run --cache $g/cache --out $g/judged"
works $evaluate --data "$tiny"
holds "$g/judged/summary.tsv" "^mlp.both.20."
holds "$g/judged/metrics.tsv" "^noise"
holds "$dir/stderr" "classifier"
cp "$g/judged/metrics.tsv" "$g/before.tsv"
works $evaluate --data "$tiny" # the classifier is there by now, and so are the bytes
if grep -q classifier "$dir/stderr"; then bad "the classifier was trained again"; else ok; fi
same "$g/before.tsv" "$g/judged/metrics.tsv"
kept=$(echo "$g"/cache/features-*.safetensors)
cp "$kept" "$g/kept" && head -c 1000 "$g/kept" >"$kept"
refuses "features-" $evaluate --data "$tiny"
cp "$run" "$kept"
refuses "remove it, and the classifier is trained anew" $evaluate --data "$tiny"
cp "$g/kept" "$kept"
refuses "cannot make" "$tool" evaluate "$run" --data "$tiny" --cache /proc/nowhere --out "$g/judged"
# A classifier that has seen nothing but zeros knows three of these four. (Images that vary: of equal ones batch norm keeps
# nothing but rounding, and evaluation mode would magnify that.)
zeros=$dir/zeros
mkdir "$zeros"
{ idx '\0\0\10\3\0\0\5\0\0\0\0\2\0\0\0\2'; head -c 5120 README.md; } >"$zeros/train-images-idx3-ubyte"
{ idx '\0\0\10\1\0\0\5\0'; head -c 1280 /dev/zero; } >"$zeros/train-labels-idx1-ubyte"
{ idx '\0\0\10\3\0\0\0\4\0\0\0\2\0\0\0\2'; tail -c 16 README.md; } >"$zeros/t10k-images-idx3-ubyte"
idx '\0\0\10\1\0\0\0\4\0\0\3\0' >"$zeros/t10k-labels-idx1-ubyte"
works $evaluate --data "$zeros"
holds "$dir/stdout" "right on 75.00 % of the test set"
holds "$g/judged/summary.tsv" "^mlp.both.20.1.0.0000.0.7500"
same_run "$g/whole" "$g/full" # to look at a run does not change it

# ---- gan: bad checkpoints ---------------------------------------------------------------------------
broken=$g/broken.safetensors
spoilt() { # WORDS, and what the file becomes is on standard input: no command takes it
    cat >"$broken"
    refuses "broken.safetensors: .*$1" "$tool" sample "$broken" --png "$g/no/out.png" --npy "$g/no/out.npy"
}
printf '' | spoilt "truncated: found 0 bytes"
head -c 7 "$run" | spoilt "truncated: found 7 bytes"
head -c 200 "$run" | spoilt "truncated"
head -c 100000 "$run" | spoilt "no two rising places"
head -c -1 "$run" | spoilt "no two rising places"
{ cat "$run"; echo; } | spoilt "the tensors take"
cat "$g/a.png" | spoilt "is this a safetensors file"
cat "$g/a.npy" | spoilt "is this a safetensors file"
gzip -c "$run" | spoilt "is this a safetensors file"
printf '\377\377\377\377\377\377\377\377{}' | spoilt "header of 18446744073709551615 bytes"
printf '\2\0\0\0\0\0\0\0{}' | spoilt "no 'format'"
printf '\0\0\0\0\0\0\0\0' | spoilt "no JSON object"
{ printf '\240\206\1\0\0\0\0\0{'; head -c 99999 /dev/zero | tr '\0' '['; } | spoilt "no JSON"
spoil() { LC_ALL=C sed "$1" "$run" | spoilt "$2"; } # SCRIPT WORDS: the header keeps its length
spoil 's/"gradus 1"/"gradus 2"/' "format: found 'gradus 2'"
spoil 's/"model":"mlp"/"model":"vgg"/' "model: found 'vgg'"
spoil 's/"model":"mlp"/"modem":"mlp"/' "no 'model'"
spoil 's/"batch":"4"/"batch":"5"/' "batch: found '5'"
spoil 's/"height":"2"/"height":"3"/' "images of 3x2"
spoil 's/"step":"20"/"step":"-2"/' "step: found '-2'"
spoil 's/"F32"/"F99"/' "found dtype F99"
spoil 's/"F32"/"F16"/' "its shape and dtype make"
spoil 's/generator.0.bias"/generator.0.bia\x1b"/' "no JSON\|does not belong here"
spoil 's/generator.0.bias"/generator.0.biaz"/' "does not belong here"
spoil 's/"shape":\[100,128\]/"shape":[128,100]/' "found shape \[128,100\]; expected \[100,128\]"
spoil 's/"data_offsets":\[0,/"data_offsets":[4,/' "its shape and dtype make"
{ head -c -4 "$run"; printf '\377\377\377\377'; } | spoilt "every number from 0 to 4 once"
for command in "interpolate B --npy N" "evaluate B --out O" "export B --out N" "import B --out N" "import $g/none --into B --out N"; do
    command=${command/ B/ $broken} command=${command/ N/ $g/no/out}
    # shellcheck disable=SC2086
    refuses "safetensors: \|none: " "$tool" ${command/ O/ $g/no}
done
mkdir "$g/bad" && cp "$broken" "$g/bad/$checkpoint"
refuses "every number from 0 to 4 once" $train --resume --steps 30 --out "$g/bad"
same "$broken" "$g/bad/$checkpoint"
if [ "$(ls "$g/bad")" = $checkpoint ]; then ok; else bad "a bad checkpoint's run left $(ls "$g/bad")"; fi
refuses "no plain file" "$tool" sample "$g" --png "$g/no/out.png"
refuses "no plain file" "$tool" sample /dev/zero --png "$g/no/out.png"
mkfifo "$g/pipe"
refuses "no plain file" timeout 5 "$tool" sample "$g/pipe" --png "$g/no/out.png"
truncate -s 1T "$g/sparse" # a header of 0 bytes, and a terabyte behind it
refuses "sparse: " bash -c 'ulimit -v 8000000; exec "$@"' _ "$tool" sample "$g/sparse" --png "$g/no/out.png"
rm "$g/sparse"
leaves_nothing "$g/no"

# ---- gan export and import ------------------------------------------------------------------------------
works "$tool" train --batch 32 --steps 1 --out "$g/mlp"
works "$tool" train --model dcgan-upsample --batch 4 --steps 2 --out "$g/dcgan-upsample"
works "$tool" train --model dcgan-transpose --batch 4 --steps 1 --norm both --order bn-first --out "$g/dcgan-transpose"
works "$tool" train --model dcgan-upsample --batch 4 --steps 1 --out "$g/again"
works "$tool" train --model dcgan-upsample --batch 4 --steps 2 --resume --threads 1 --out "$g/again"
same_run "$g/dcgan-upsample" "$g/again"
refuses "--model: found dcgan-upsample; .* with mlp" "$tool" train --model dcgan-upsample --norm both --batch 32 --steps 3 --resume --out "$g/mlp"
refuses "--model: found mlp; .* with dcgan-upsample" "$tool" train --norm generator --batch 4 --steps 3 --resume --out "$g/dcgan-upsample"
refuses "--order: found bn-first" "$tool" train --model dcgan-upsample --order bn-first --batch 4 --steps 3 --resume --out "$g/dcgan-upsample"
for model in mlp "dcgan-upsample" "dcgan-transpose --norm both --order bn-first"; do
    from=$g/${model%% *}/$checkpoint
    for layout in pytorch keras; do
        for network in generator discriminator; do
            part=$g/${model%% *}.$layout.$network
            works "$tool" export "$from" --layout $layout --network $network --out "$part"
            # shellcheck disable=SC2086
            works "$tool" import "$part" --model $model --seed 9 --layout $layout --network $network --out "$part.run"
            works "$tool" export "$part.run" --layout $layout --network $network --out "$part.back"
            same "$part" "$part.back"
        done
    done
    works "$tool" sample "$from" --count 2 --npy "$g/x.npy"
    works "$tool" sample "$g/${model%% *}.keras.generator.run" --count 2 --npy "$g/y.npy"
    same "$g/x.npy" "$g/y.npy"
done
for file in mlp.pytorch.generator:network.0.weight mlp.pytorch.discriminator:network.6.bias mlp.keras.generator:00.Dense.kernel dcgan-upsample.pytorch.generator:0.weight; do
    holds "$g/${file%%:*}" "\"${file#*:}\":"
done
both=$g/mlp.both.run
works "$tool" import "$g/mlp.pytorch.discriminator" --network discriminator --into "$g/mlp.pytorch.generator.run" --out "$both"
for network in generator discriminator; do
    works "$tool" export "$both" --network $network --out "$g/back"
    same "$g/mlp.pytorch.$network" "$g/back"
done
mkdir "$g/imported" && cp "$both" "$g/imported/$checkpoint"
works "$tool" train --batch 32 --seed 3 --steps 2 --resume --out "$g/imported"
for file in mlp.pytorch.discriminator mlp.keras.generator dcgan-upsample.pytorch.generator mlp/$checkpoint; do
    refuses "does not belong here\|found shape" "$tool" import "$g/$file" --out "$g/no/out"
done
refuses "does not belong here\|is missing" "$tool" import "$g/mlp.pytorch.generator" --norm none --out "$g/no/out"
refuses "found shape" "$tool" import "$g/mlp.pytorch.generator" --into "$run" --out "$g/no/out"
refuses "no 'format'" "$tool" sample "$g/mlp.pytorch.generator" --png "$g/no/out.png"
leaves_nothing "$g/no"

# ---- what happens by accident ----------------------------------------------------------------------------
good=$g/good
cp "$run" "$good"
for command in "sample G --png" "sample G --count" "export G --out" "evaluate G --data"; do
    # shellcheck disable=SC2086
    refuses "expected a value" "$tool" ${command/ G/ $good}
done
noise 3 100 '\0\0\0\0' >"$g/z.npy"
for command in "sample G --png G" "sample G --npy G" "interpolate G --png G" "sample G --noise $g/z.npy --npy $g/z.npy" "sample G --png $g/no/x --npy $g/no/x"; do
    # shellcheck disable=SC2086
    refuses "expected another" "$tool" ${command// G/ $good}
done
same "$run" "$good"
refuses "found no checkpoint" "$tool" evaluate --out -h
refuses "cannot write" bash -c 'exec "$@" >&-' _ "$tool" --help
refuses "cannot write" bash -c 'exec "$@" >&-' _ "$tool" train --help
refuses "cannot make" "$tool" evaluate "$good" --data "$tiny" --out /proc/nowhere
if grep -q classifier "$dir/stderr"; then bad "a classifier was trained before --out was looked at"; else ok; fi
refuses "generator of --model mlp" "$tool" import "$g/dcgan-upsample.pytorch.generator" --out "$g/no/out"
truncate -s 3900M "$g/sparse"
refuses "more than there is memory" bash -c 'ulimit -v 3000000; exec "$@"' _ "$tool" sample "$g/sparse" --png "$g/no/out.png"
rm "$g/sparse"
refuses "out of memory: " bash -c 'ulimit -v 1500000; exec "$@"' _ "$tool" train --model dcgan-upsample --batch 20000 --steps 1 --out "$g/large"
leaves_nothing "$g/no"
# closed streams: what should go there must not land in the log
works $train --steps 12 --out "$g/open"
$train --steps 12 --out "$g/closed" >"$dir/stdout" 2>&-
$train --steps 12 --out "$g/closed2" >&- 2>&-
for closed in closed closed2; do
    same "$g/open/log.tsv" "$g/$closed/log.tsv"
    if [ "$(wc -l <"$g/$closed/timing.tsv")" -eq 13 ]; then ok; else bad "timing.tsv of a run without standard error"; fi
done
# a log that cannot be read must not be begun anew
rm "$g/closed/log.tsv" && ln -s log.tsv "$g/closed/log.tsv"
refuses "log.tsv: cannot read" $train --steps 20 --resume --out "$g/closed"
# a checkpoint that could not be loaded must not be written
refuses "infinite" $train --rate 1e8 --steps 40 --save 1 --out "$g/wild"
if [ -e "$g/wild/$checkpoint" ]; then works "$tool" sample "$g/wild/$checkpoint" --npy "$g/x.npy"; else ok; fi
# two runs in one directory
$train --steps 100000000 --save 1 --out "$g/taken" >"$dir/taken" 2>&1 &
appears "$g/taken/$checkpoint"
refuses "another run is writing" $train --steps 100000000 --resume --out "$g/taken"
kill -s TERM $!
wait $!
last=$(stopped_after "$dir/taken")
works $train --steps $((last + 3)) --resume --out "$g/taken"
works $train --steps $((last + 3)) --out "$g/taken.whole"
same_run "$g/taken" "$g/taken.whole"

echo "programs: $(wc -c <"$dir/passed") passed, $(grep -c '^FAILED' "$dir/failed") failed"
[ ! -s "$dir/failed" ]
