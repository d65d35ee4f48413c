#!/bin/bash
# A run that is killed (kill -9), again and again, wherever it may be, and
# resumed each time, ends with the same bytes as one that was left alone.
#
# usage: [SEED=...] tests/kills.sh build/bin [KILLS]      KILLS: 50
#
# The steps are chosen so that one run takes several seconds here; where a run
# ends before its kill, the next one has to train further.
set -u
bin=$1
kills=${2:-50}
seed=${SEED:-$(($(date +%s) % 32768))}
RANDOM=$seed
dir=$(mktemp -d)
trap 'kill -9 $pid 2>/dev/null; rm -rf "$dir"' EXIT
pid=
train="$bin/gan train --model mlp --batch 32 --save 3 --resume"
checkpoint=checkpoint.safetensors
failed=0 in_run=0 at_start=0 at_end=0 writing=0 steps=300
bad() { echo "FAILED: $1 (seed $seed)"; failed=$((failed + 1)); }
step_of() { if [ -e "$1/$checkpoint" ]; then head -c 2000 "$1/$checkpoint" | grep -a -o '"step":"[0-9]*"' | tr -dc 0-9; else echo 0; fi; }
milliseconds() { date +%s%3N; }

# How long does it take here until the first checkpoint, and then for 100 steps?
start=$(milliseconds)
$train --steps 3 --out "$dir/try" >/dev/null 2>&1 || bad "a first run"
first=$(($(milliseconds) - start))
start=$(milliseconds)
$train --steps 103 --out "$dir/try" >/dev/null 2>&1 || bad "a second run"
hundred=$(($(milliseconds) - start - first))
[ $hundred -gt 10 ] || hundred=10
rm -rf "$dir/try"

# Each run is killed after its start and up to half as long again as a tenth of the way takes; N kills need N tenths.
while [ $((steps * 3)) -lt $((kills * 20)) ]; do steps=$((steps + 100)); done
window=$((first * 3 / 10 + hundred * steps * 2 / 100 / kills))
echo "kills: seed $seed, $kills kills, $steps steps; the first checkpoint after $first ms, 100 steps in $hundred ms"

for i in $(seq "$kills"); do
    before=$(step_of "$dir/run")
    $train --steps $steps --out "$dir/run" >/dev/null 2>"$dir/stderr" &
    pid=$!
    sleep "$(awk -v r="$RANDOM" -v first="$first" -v window=$window 'BEGIN { printf "%.3f", (first * 0.7 + window * r / 32768) / 1000 }')"
    if kill -9 $pid 2>/dev/null; then killed=true; else killed=false; fi
    wait $pid 2>/dev/null
    status=$?
    after=$(step_of "$dir/run")
    if [ $status -ne 137 ]; then
        [ $status -eq 0 ] || bad "kill $i: status $status, $(cat "$dir/stderr")"
        at_end=$((at_end + 1)) steps=$((steps + 100)) # it was done already: train further
    elif [ "$after" -gt "$before" ]; then in_run=$((in_run + 1))
    else at_start=$((at_start + 1)); fi
    $killed && [ -e "$dir/run/$checkpoint.part" ] && writing=$((writing + 1))
    [ "$after" -ge "$before" ] || bad "kill $i: from step $before back to step $after"
    if [ -e "$dir/run/$checkpoint" ]; then
        "$bin/gan" sample "$dir/run/$checkpoint" --count 1 --npy "$dir/one.npy" 2>"$dir/stderr" ||
            bad "kill $i: the checkpoint does not load: $(cat "$dir/stderr")"
    fi
done
pid=

$train --steps $steps --out "$dir/run" >/dev/null 2>"$dir/stderr" || bad "the last run: $(cat "$dir/stderr")"
$train --steps $steps --out "$dir/whole" >/dev/null 2>"$dir/stderr" || bad "the run left alone: $(cat "$dir/stderr")"
for file in $checkpoint log.tsv $(cd "$dir/whole" && ls samples/*); do
    cmp "$dir/run/$file" "$dir/whole/$file" || bad "$file differs"
done
[ "$(tail -n 1 "$dir/whole/log.tsv" | cut -f 1)" = $steps ] || bad "the log ends elsewhere than after step $steps"
[ -z "$(find "$dir/run" -name '*.part')" ] || bad "a .part file is left"
[ $((in_run * 2)) -ge "$kills" ] || bad "only $in_run of $kills kills fell between two checkpoints of one run: nothing is shown"
echo "kills: $in_run in mid-run ($writing of all while a checkpoint was written), $at_start before a new checkpoint, $at_end too late; $steps steps; $failed failed"
[ $failed -eq 0 ]
