#!/bin/sh
# Measures the training steps side by side with PyTorch, in turns, and the
# machine's limits. The machine may be shared: what counts is the ratio of the
# medians of alternating runs. Of PyTorch's two layouts, channels last and
# channels first, and of its thread counts, the best counts.
#
# usage: sh bench/run.sh build/bin [ROUNDS]      (make bench)
set -eu
bin=$1 rounds=${2:-5} batch=256
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# PyTorch gets the kernels that gradus chose, where the OpenBLAS it shares does not know the processor.
OPENBLAS_CORETYPE=$("$bin/bench_gemm" --core)
export OPENBLAS_CORETYPE
python=
for p in python3 /usr/bin/python3; do
    "$p" -c 'import torch' 2>/dev/null && { python=$p; break; }
done

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# The peer's line for a model: channels_last and channels_first, whichever is faster in this round.
peer() { # MODEL THREADS STEPS
    case $1 in
    mlp) "$python" bench/peer_s1.py "$2" "$3" $batch ;;
    *) for layout in last first; do "$python" bench/peer_dcgan.py "$2" "$3" $batch "${1#dcgan-}" $layout; done | sort -n -k 2 | head -n 1 ;;
    esac
}

echo "training step, batch $batch, medians of $rounds alternating rounds; PyTorch in its better layout"
printf '%-16s %8s %12s %12s %7s %12s %12s %7s\n' model threads 'gradus, ms' 'PyTorch, ms' ratio 'gradus, MB' 'PyTorch, MB' ratio
for model in mlp dcgan-upsample dcgan-transpose; do
    steps=200
    [ $model = mlp ] || steps=8
    for threads in 1 2; do
        rm -f "$out"/*
        for round in $(seq "$rounds"); do
            "$bin/bench_step" --model $model --threads "$threads" --steps $steps --warm 3 --batch $batch >"$out/line"
            cut -f 2 "$out/line" >>"$out/ours"; cut -f 4 "$out/line" >>"$out/our_memory"
            [ -z "$python" ] && continue
            peer $model "$threads" $steps >"$out/line"
            cut -f 2 "$out/line" >>"$out/peer"; cut -f 4 "$out/line" >>"$out/peer_memory"
        done
        if [ -n "$python" ]; then
            printf '%-16s %8s %12s %12s %7.2f %12s %12s %7.2f\n' $model "$threads" "$(median "$out/ours")" "$(median "$out/peer")" \
                "$(echo "$(median "$out/ours") $(median "$out/peer")" | awk '{ print $1 / $2 }')" \
                "$(median "$out/our_memory")" "$(median "$out/peer_memory")" \
                "$(echo "$(median "$out/our_memory") $(median "$out/peer_memory")" | awk '{ print $1 / $2 }')"
        else
            printf '%-16s %8s %12s %12s\n' $model "$threads" "$(median "$out/ours")" "not installed"
        fi
    done
done
echo
"$bin/bench_gemm"
echo
"$bin/bench_kernels"
for model in mlp dcgan-upsample dcgan-transpose; do
    "$bin/bench_profile" --model $model --threads 2 --steps $([ $model = mlp ] && echo 300 || echo 12)
done
"$bin/18_winograd" --scale full --out "$out" && "$bin/19_phases" --scale full --out "$out" && "$bin/20_dcgan" --scale full --out "$out"
for table in 18_winograd_time 19_phases_time 20_steps; do echo "$table"; cat "$out/$table.tsv"; echo; done
