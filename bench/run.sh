#!/bin/sh
# Measures the training steps side by side with PyTorch, in turns, and the
# machine's limits. The machine may be shared: what counts is the ratio of the
# medians of alternating runs. Of PyTorch's two layouts, channels last and
# channels first, of its thread counts and of the pools that may have them, the
# best counts.
#
# usage: sh bench/run.sh build/bin [ROUNDS]      (make bench)
set -eu
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
bin=$1 rounds=${2:-5} batch=256
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# PyTorch gets the kernels that gradus chose: the OpenBLAS that both share may pick worse ones.
OPENBLAS_CORETYPE=$("$bin/bench_gemm" --core)
export OPENBLAS_CORETYPE
python=
for p in python3 /usr/bin/python3; do
    "$p" -c 'import torch' 2>/dev/null && { python=$p; break; }
done

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
fewer() { printf '%s\n' "$1" "$2" | sort -n | head -n 1; }

# The peer's line for a model on one or two cores. PyTorch's threads and OpenBLAS's
# are two pools; both with two threads get in each other's way, down to half the
# speed. So the second core goes to one of them: in the mlp to whichever is faster
# in this round, in the DCGANs to PyTorch's, in the faster of its two layouts.
peer() { # MODEL CORES STEPS
    case $1 in
    mlp) for blas in $(seq "$2"); do
        OPENBLAS_NUM_THREADS=$blas "$python" bench/peer_s1.py $(($2 + 1 - blas)) "$3" $batch
    done ;;
    *) for layout in last first; do
        OPENBLAS_NUM_THREADS=1 "$python" bench/peer_dcgan.py "$2" "$3" $batch "${1#dcgan-}" $layout
    done ;;
    esac | sort -n -k 2 | head -n 1
}

# One more line, ms and MB, for $out/WHO.THREADS, from what a program prints.
measure() { # WHO THREADS COMMAND...
    to=$out/$1.$2
    shift 2
    "$@" | awk '{ print $2, $4 }' >>"$to"
}
ms() { median "$out/$1.$2"; }
mb() { awk '{ print $2 }' "$out/$1.$2" >"$out/mb" && median "$out/mb"; }

echo "training step, batch $batch, medians of $rounds alternating rounds; PyTorch in its better layout"
printf '%-16s %8s %12s %12s %7s %12s %12s %7s\n' model threads 'gradus, ms' 'PyTorch, ms' ratio 'gradus, MB' 'PyTorch, MB' ratio
for model in mlp dcgan-upsample dcgan-transpose; do
    steps=200
    [ $model = mlp ] || steps=8
    rm -f "$out"/*
    for round in $(seq "$rounds"); do
        for threads in 1 2; do
            measure ours $threads "$bin/bench_step" --model $model --threads $threads --steps $steps --warm 3 --batch $batch
            [ -z "$python" ] || measure peer $threads peer $model $threads $steps
        done
    done
    for threads in 1 2; do
        printf '%-16s %8s %12s' $model $threads "$(ms ours $threads)"
        if [ -n "$python" ]; then
            printf ' %12s %7s %12s %12s %7s\n' "$(ms peer $threads)" "$(ratio "$(ms ours $threads)" "$(ms peer $threads)")" \
                "$(mb ours $threads)" "$(mb peer $threads)" "$(ratio "$(mb ours $threads)" "$(mb peer $threads)")"
        else
            printf ' %12s\n' 'not installed'
        fi
    done
    printf '%-16s two threads are %s times as fast as one' '' "$(ratio "$(ms ours 1)" "$(ms ours 2)")"
    [ -z "$python" ] || printf ', and take %s of the time of PyTorch at its best' "$(ratio "$(ms ours 2)" "$(fewer "$(ms peer 1)" "$(ms peer 2)")")"
    echo
done
echo
"$bin/bench_gemm"
echo
"$bin/bench_kernels"
for model in mlp dcgan-upsample dcgan-transpose; do
    "$bin/bench_profile" --model $model --threads 2 --steps $([ $model = mlp ] && echo 300 || echo 12)
done
"$bin/18_winograd" --scale full --out "$out" && "$bin/18_phases" --scale full --out "$out" && "$bin/20_layers" --scale full --out "$out"
for table in 18_winograd_time 18_phases_time 20_layers; do echo "$table"; cat "$out/$table.tsv"; echo; done
