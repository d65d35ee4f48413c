# Chapter 9: dead units over training, ReLU against LeakyReLU.
width = 880; height = 360
load "style.gp"
tsv = results."/09_network.tsv"
set multiplot layout 1,2
set xlabel "step of Adam, rate 0.03"
set ylabel "hidden units without gradient, %"
set yrange [-2:50]
set key top left
set style fill transparent solid 0.2 noborder
plot tsv using 1:(100*$3):(100*$4) with filledcurves lc rgb orange title "ReLU, range over 8 seeds", \
     tsv using 1:(100*$2) with lines ls 2 title "ReLU, mean", \
     tsv using 1:(100*$6) with lines ls 1 title "LeakyReLU(0.2)"
set ylabel "squared error on the training set"
set logscale y
set autoscale y
set key top right
plot tsv using 1:7 with lines ls 2 title "ReLU", \
     tsv using 1:8 with lines ls 1 title "LeakyReLU(0.2)"
unset multiplot
