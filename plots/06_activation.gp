# Chapter 6: activations and their slopes.
width = 900; height = 360
load "style.gp"
tsv = results."/06_activation.tsv"
set multiplot layout 1,2
set xlabel "x"
set xrange [-4:4]; set xtics 2
set key left top
set title "function"
set yrange [-1.5:4]
plot tsv using 1:2 with lines ls 1 title "ReLU", tsv using 1:3 with lines ls 3 dt 2 title "LeakyReLU(0.2)", \
     tsv using 1:4 with lines ls 2 title "tanh", tsv using 1:5 with lines ls 4 title "sigmoid"
set title "slope"
set yrange [-0.05:1.3]
plot tsv using 1:6 with lines ls 1, tsv using 1:7 with lines ls 3 dt 2, \
     tsv using 1:8 with lines ls 2, tsv using 1:9 with lines ls 4
unset multiplot
