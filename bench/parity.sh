#!/bin/sh
# The parity proof: layers, training steps and runs of 50 steps, here and in
# PyTorch, in both precisions; then, with a gradient made wrong on purpose,
# that the comparison notices. Needs python3-torch.
#
# usage: sh bench/parity.sh [--all]      (from the project's directory)
set -eu
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
make -s build/bin/gan build/bin/gradcheck build/bin/bench_gemm
eval "$(sed 's/^\([A-Z_]*\) := \(.*\)$/\1="\2"/' build/config.mk)"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
OPENBLAS_CORETYPE=$(build/bin/bench_gemm --core) # for PyTorch's speed; see bench/run.sh
export OPENBLAS_CORETYPE
python=
for p in python3 /usr/bin/python3; do
    "$p" -c 'import torch' 2>/dev/null && { python=$p; break; }
done
[ -n "$python" ] || { echo "parity: found no PyTorch; expected Debian's python3-torch, or another" >&2; exit 2; }

compared=0 status=0
for precision in f32 f64; do
    define=
    [ $precision = f64 ] && define=-DREAL_DOUBLE
    # shellcheck disable=SC2086
    $CC_FOUND -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Isrc $CFLAGS_FOUND $OPTIMISE $define \
        bench/parity.c build/$precision/[0-9]*_*.o $LIBS -o "$out/parity"
    "$out/parity" "$out/numbers"
    "$python" bench/parity.py "$out/numbers" "$@" >"$out/table" || status=1
    cat "$out/table"
    compared=$((compared + $(tail -n 1 "$out/table" | cut -d ' ' -f 1)))
    if "$python" bench/parity.py "$out/numbers" --plant >"$out/table"; then
        echo "a gradient made wrong on purpose: NOT NOTICED"
        status=1
    else
        echo "a gradient made wrong on purpose: noticed"
        grep FAILED "$out/table" || { echo "  ... but the comparison broke off"; status=1; }
    fi
    echo
done
[ $status -eq 0 ] && echo "parity: $compared comparisons, all within limits" || echo "parity: FAILED"
exit $status
