#!/bin/sh
# The committed results against those of a fresh run: every column of every
# table by the rule that tests/results.tsv gives it.
#
#   same        the texts are equal
#   each A R    every number is within A + R |committed|
#   mean A R    the column's mean is; for training runs, which rounding alone
#               makes differ from one kind of processor to the next
#   some A R    likewise, over the rows where both are numbers; in at most a quarter
#               of all rows only one of the two is (a GAN without a single good
#               sample has no divergence, and rounding decides in which run)
#   logmean A   the mean of log10 is within A
#   any         not compared: which element is the worst is decided by rounding
#
# The limits of a training run's last losses are its spread, over OpenBLAS's
# kernels and four more seeds: 17_both's is 0.29 to 0.85 for D, 17_none's 2.1 to
# 2.8 for G, with 4 to 10 classes covered.
#
# usage: sh tests/results.sh build/quick [STEM...]   without those of the stems
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
fresh=$1
shift
without() { for stem; do case $committed in "${stem%%_*}"_*) return 1 ;; esac; done; }
passed=0 failed=0
for committed in $(cd docs/results && ls ./*.tsv ./17_*/*.tsv ./20_*/*.tsv | sed 's/^\.\///'); do
    without "$@" || continue
    case $committed in 17_mlp_gan.tsv | 20_dcgan.tsv | 20_epochs.tsv) continue ;; # made of the runs
    gradcheck_blind_first.tsv | gradcheck_blind_second_first.tsv | gradcheck_blind_third_first.tsv) continue ;; # as measured first, on 2026-11-27
    gradcheck_peer.tsv) continue ;; esac # needs PyTorch: make gradcheck-peer
    report=$(awk -v name="$committed" -f tests/results.awk tests/results.tsv "docs/results/$committed" "$fresh/$committed" 2>&1)
    if [ -n "$report" ]; then
        echo "$report"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done

# A number that is off must be seen, and so must NaN.
dir=$(mktemp -d)
for wrong in 0.5 nan; do
    awk -F '\t' -v OFS='\t' -v wrong=$wrong 'NR == 3 { $2 = wrong } { print }' docs/results/04_layer.tsv >"$dir/04_layer.tsv"
    if [ -z "$(awk -v name=04_layer.tsv -f tests/results.awk tests/results.tsv docs/results/04_layer.tsv "$dir/04_layer.tsv" 2>&1)" ]; then
        echo "a planted $wrong in a result was not seen"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
# Where some rows may lack a number: one more without is let pass, all without are not, nor a mean that is off.
ring=verdict/smoke/ring.tsv
divergence() { awk -F '\t' -v OFS='\t' -v every="$1" -v value="$2" 'NR > 1 && (NR - 2) % every == 0 { $7 = value } { print }' docs/results/$ring >"$dir/ring.tsv"; }
seen() { [ -n "$(awk -v name=$ring -f tests/results.awk tests/results.tsv docs/results/$ring "$dir/ring.tsv" 2>&1)" ]; }
tell() { if [ "$1" = "$2" ]; then passed=$((passed + 1)); else echo "$3" && failed=$((failed + 1)); fi; }
divergence 99 nan && tell "$(seen && echo seen)" "" "a single divergence that is no number was not let pass"
divergence 1 nan && tell "$(seen && echo seen)" seen "divergences that are all no numbers were not seen"
divergence 1 9 && tell "$(seen && echo seen)" seen "divergences that are off were not seen"
rm -rf "$dir"
echo "results: $passed passed, $failed failed"
[ $failed -eq 0 ]
