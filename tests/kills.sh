#!/bin/bash
# A run that is killed (kill -9), again and again, wherever it may be, and
# resumed each time, ends with the same bytes as one that was left alone.
#
# usage: [SEED=...] tests/kills.sh build/bin [KILLS]      KILLS: 50
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
bin=$1
kills=${2:-50}
seed=${SEED:-$(($(date +%s) % 32768))}
RANDOM=$seed
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-10000}
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
train="$bin/gan train --model mlp --batch 32 --save 3 --resume"
checkpoint=checkpoint.safetensors
failed=0 in_run=0 early=0 writing=0
bad() { echo "FAILED: $1 (SEED=$seed)"; failed=$((failed + 1)); }
milliseconds() { date +%s%3N; }
step_of() { # DIRECTORY: the step of its checkpoint; 0 where there is none
    if [ -e "$1/$checkpoint" ]; then head -c 2000 "$1/$checkpoint" | grep -a -o '"step":"[0-9]*"' | tr -dc 0-9; else echo 0; fi
}

# How long does it take here until the first checkpoint, and then until the next ten?
start=$(milliseconds)
$train --steps 3 --out "$dir/try" >/dev/null 2>&1 || bad "a first run"
first=$(($(milliseconds) - start))
start=$(milliseconds)
$train --steps 33 --out "$dir/try" >/dev/null 2>&1 || bad "a second run"
ten=$(($(milliseconds) - start - first))
[ $ten -gt 100 ] || ten=100
echo "kills: SEED=$seed; $first ms until the first checkpoint, $ten ms for ten more"

# Each run would go on for hours. One in five is killed while it starts, the others within their first checkpoints.
for i in $(seq "$kills"); do
    before=$(step_of "$dir/run")
    $train --threads $((1 + RANDOM % 2)) --steps 10000000 --out "$dir/run" >/dev/null 2>"$dir/stderr" &
    pid=$!
    if [ $((i % 5)) -eq 0 ]; then # while it starts
        sleep "$(awk -v r="$RANDOM" -v first="$first" 'BEGIN { printf "%.3f", first * r / 32768 / 1000 }')"
    else # some time after it has saved again, however busy the machine is
        for _ in $(seq 1500); do
            [ "$(step_of "$dir/run")" -gt "$before" ] && break
            sleep 0.02
        done
        sleep "$(awk -v r="$RANDOM" -v ten="$ten" 'BEGIN { printf "%.3f", ten * r / 32768 / 1000 }')"
    fi
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    status=$?
    pid=
    [ $status -eq 137 ] || bad "kill $i: status $status: $(cat "$dir/stderr")"
    after=$(step_of "$dir/run")
    if [ "$after" -gt "$before" ]; then in_run=$((in_run + 1)); else early=$((early + 1)); fi
    [ "$after" -ge "$before" ] || bad "kill $i: from step $before back to step $after"
    [ -z "$(find "$dir/run" -name "$checkpoint.*.part")" ] || writing=$((writing + 1))
    if [ -e "$dir/run/$checkpoint" ]; then
        "$bin/gan" sample "$dir/run/$checkpoint" --count 1 --npy "$dir/one.npy" 2>"$dir/stderr" ||
            bad "kill $i: the checkpoint does not load: $(cat "$dir/stderr")"
    fi
done 2>/dev/null # the shell reports each job it lost

steps=$(($(step_of "$dir/run") + 5))
$train --steps $steps --out "$dir/run" >/dev/null 2>"$dir/stderr" || bad "the last run: $(cat "$dir/stderr")"
$train --steps $steps --out "$dir/whole" >/dev/null 2>"$dir/stderr" || bad "the run left alone: $(cat "$dir/stderr")"
for file in $checkpoint log.tsv $(cd "$dir/whole" && find samples -name '*.png' 2>/dev/null); do
    cmp "$dir/run/$file" "$dir/whole/$file" || bad "$file differs"
done
[ "$(tail -n 1 "$dir/whole/log.tsv" | cut -f 1)" = $steps ] || bad "the log ends elsewhere than after step $steps"
[ -z "$(find "$dir/run" -name '*.part')" ] || bad "a .part file is left"
[ $((in_run * 2)) -ge "$kills" ] || bad "only $in_run of $kills kills came after a new checkpoint: too early to show much"
echo "kills: $in_run after new checkpoints, $early before one, $writing of them while one was written; $steps steps; $failed failed"
[ $failed -eq 0 ]
