# Chapter 12: the length of dx behind batch norm, measured and predicted.
width = 880; height = 400
load "style.gp"
tsv = results."/12_batchnorm.tsv"
set multiplot layout 1,2
set xlabel "predicted by the identity"
set ylabel "measured in the layer's backward"
set xrange [0:1.02]; set yrange [0:1.02]
set key left top
set title "|dx|² as a share of its bound B²|dy|²"
plot x with lines ls 9 title "equal", tsv using 4:3 with points ls 1 title "one column of one batch"
set title "two directions of m are taken out"
set logscale x 2
set xrange [2.5:240]
set yrange [0:1.02]
set xlabel "rows of the batch, m"
set ylabel "share of the bound"
set key right bottom
plot tsv using ($2 > 5e-3 ? $1 : NaN):3 with points ls 1 title "measured", \
     1 - 2.0/x with lines ls 2 title "1 − 2/m"
unset multiplot
