#!/bin/sh
# Measures the training step side by side with PyTorch, in turns, and the
# machine's limits. The machine may be shared: what counts is the ratio of the
# medians of alternating runs.
#
# usage: sh bench/run.sh build/bin [ROUNDS]      (make bench)
set -eu
bin=$1 rounds=${2:-7} steps=200 batch=256
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

echo "training step of the blog's GAN, batch $batch, $rounds alternating rounds of $steps steps"
printf '%8s %14s %14s %8s %12s %12s %8s\n' threads 'gradus, ms' 'PyTorch, ms' ratio 'gradus, MB' 'PyTorch, MB' ratio
for threads in 1 2; do
    rm -f "$out"/*
    for round in $(seq "$rounds"); do
        "$bin/bench_step" --threads "$threads" --steps $steps --batch $batch >"$out/line"
        cut -f 2 "$out/line" >>"$out/ours"; cut -f 4 "$out/line" >>"$out/our_memory"
        [ -z "$python" ] && continue
        "$python" bench/peer_s1.py "$threads" $steps $batch >"$out/line"
        cut -f 2 "$out/line" >>"$out/peer"; cut -f 4 "$out/line" >>"$out/peer_memory"
    done
    if [ -n "$python" ]; then
        printf '%8s %14s %14s %8.2f %12s %12s %8.2f\n' "$threads" "$(median "$out/ours")" "$(median "$out/peer")" \
            "$(echo "$(median "$out/ours") $(median "$out/peer")" | awk '{ print $1 / $2 }')" \
            "$(median "$out/our_memory")" "$(median "$out/peer_memory")" \
            "$(echo "$(median "$out/our_memory") $(median "$out/peer_memory")" | awk '{ print $1 / $2 }')"
    else
        printf '%8s %14s %14s\n' "$threads" "$(median "$out/ours")" "not installed"
    fi
done
echo
"$bin/bench_gemm"
