# Chapter 6: activations, their slopes, and the error of a fast tanh.
width = 900; height = 340
load "style.gp"
tsv = results."/06_activation.tsv"
set multiplot layout 1,3
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
set title "relative error of tanh\\_vector (float)"
set logscale x
set autoscale x
set xrange [1e-4:10]
set xtics autofreq
set format x "10^{%L}"
set yrange [0:3e-7]
set ytics ("0" 0, "2^{-24}" 2**-24, "2^{-23}" 2**-23, "2^{-22}" 2**-22)
plot results."/06_activation_tanh.tsv" using 1:2 with lines ls 2
unset multiplot
