#!/bin/sh
# Copies what the chapters show, results and figures that are small, from a
# directory that the experiments wrote to docs/. Runs at another scale or on
# other data go to folders of their own.
#
# usage: sh tools/publish.sh build/quick
set -eu
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
from=$1
name=$(basename "$from")
results=docs/results figures=docs/figures
if [ "$name" != quick ]; then
    results=$results/$name figures=$figures/$name
fi
mkdir -p "$results" "$figures"
for file in "$from"/*.tsv; do
    [ -f "$file" ] || continue # none there
    case $file in
    */gradcheck_module.tsv | */gradcheck_module_planted.tsv | */gradcheck_blind_names.tsv | */gradcheck_blind_second_names.tsv | */gradcheck_blind_third_names.tsv | */gradcheck_steps.tsv) ;;
    *) cp "$file" "$results/" ;;
    esac
done
for run in "$from"/17_*/; do # the logs stay behind: long, and never the same on two kinds of processor
    [ -f "$run/summary.tsv" ] || continue
    mkdir -p "$results/$(basename "$run")"
    cp "$run/summary.tsv" "$run/pixel_mean.tsv" "$results/$(basename "$run")/"
done
if ls "$from"/17_*/summary.tsv >/dev/null 2>&1; then # the three runs in one table
    cat "$from"/17_both/summary.tsv "$from"/17_generator/summary.tsv "$from"/17_none/summary.tsv |
        awk 'NR == 1 || $1 != "norm"' >"$results/17_mlp_gan.tsv"
fi
if ls "$from"/20_*/summary.tsv >/dev/null 2>&1; then # the notebook's two, and their losses epoch by epoch
    for run in "$from"/20_*/; do
        mkdir -p "$results/$(basename "$run")"
        cp "$run/summary.tsv" "$results/$(basename "$run")/"
    done
    if ls "$from"/20_*/epoch_1/summary.tsv >/dev/null 2>&1; then # how good they are, by epoch
        cat "$from"/20_*/epoch_*/summary.tsv | awk 'NR == 1 || $1 != "model"' | { read -r head && echo "$head" && sort -k1,1 -k3,3n; } >"$results/20_metrics.tsv"
    fi
    cat "$from"/20_*/summary.tsv | awk 'NR == 1 || $1 != "model"' >"$results/20_dcgan.tsv"
    for run in "$from"/20_*/; do # means of every epoch, from the rows of its steps
        awk -v model="$(awk 'NR == 2 { print $1 }' "$run/summary.tsv")" -v epochs="$(ls "$run/samples" | wc -l)" -v steps="$(tail -n 1 "$run/log.tsv" | cut -f 1)" '
            function row() { if (n) printf "%s\t%d\t%.4f\t%.4f\t%.4f\t%.4f\n", model, epoch, d / n, g / n, real / n, fake / n; n = d = g = real = fake = 0 }
            BEGIN { FS = "\t"; print "model\tepoch\tloss_d\tloss_g\ton_real\ton_fake" }
            NR > 1 { e = int(($1 - 1) * epochs / steps) + 1; if (e != epoch) { row(); epoch = e }
                     n++; d += $2 + $3; g += $4; real += $5; fake += $6 }
            END { row() }' "$run/log.tsv"
    done | awk 'NR == 1 || $1 != "model"' >"$results/20_epochs.tsv"
fi
for file in "$from"/[0-9][0-9]_*.png; do
    [ -f "$file" ] || continue
    case $file in
    *_grid.png) ;;
    *) cp "$file" "$figures/" ;;
    esac
done
