#!/bin/sh
# Trains each model for some steps, exports its generator to PyTorch's layout,
# and draws the same images on both sides. Needs python3 with torch and numpy.
#
# usage: sh bench/export.sh build/bin
set -eu
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
gan=$1/gan
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python=
for p in python3 /usr/bin/python3; do
    "$p" -c 'import torch' 2>/dev/null && { python=$p; break; }
done
[ "$python" ] || { echo "export: found no python3 with torch" >&2; exit 2; }
"$python" -c "import numpy; numpy.save('$dir/z.npy', numpy.random.RandomState(1).randn(32, 100).astype('f4'))"
for model in mlp dcgan-upsample dcgan-transpose; do
    "$gan" train --model $model --batch 64 --steps 30 --out "$dir/$model" >/dev/null 2>&1
    "$gan" export "$dir/$model/checkpoint.safetensors" --out "$dir/g.safetensors"
    "$gan" sample "$dir/$model/checkpoint.safetensors" --noise "$dir/z.npy" --npy "$dir/x.npy"
    "$python" bench/export.py "$dir/g.safetensors" $model generator "$dir/z.npy" "$dir/x.npy"
    # And back: the import is the checkpoint it came from, as far as the generator goes.
    "$gan" import "$dir/g.safetensors" --into "$dir/$model/checkpoint.safetensors" --out "$dir/back.safetensors"
    cmp "$dir/back.safetensors" "$dir/$model/checkpoint.safetensors" && echo "$model: imported, the same bytes"
done
