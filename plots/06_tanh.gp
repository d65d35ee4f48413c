# Speed track: the error of a tanh without branches.
width = 640; height = 340
load "style.gp"
unset key
set xlabel "x"
set title "relative error of tanh\\_vector (float)"
set logscale x
set autoscale x
set xrange [1e-4:10]
set xtics autofreq
set format x "10^{%L}"
set yrange [0:3e-7]
set ytics ("0" 0, "2^{-24}" 2**-24, "2^{-23}" 2**-23, "2^{-22}" 2**-22)
plot results."/06_tanh.tsv" using 1:2 with lines ls 2
