# Chapter 18: rounding error and time of the two ways, by the number of channels.
width = 900; height = 400
load "style.gp"
set multiplot layout 1,2
set logscale x 2
set xrange [0.8:320]
set xlabel "channels in and out"
set title "rounding error in float (values near 1)"
set logscale y
set format y "10^{%L}"
set yrange [1e-8:1e-5]
set key bottom right
plot results."/18_winograd.tsv" using 1:3 with linespoints ls 2 title "Winograd", \
     results."/18_winograd.tsv" using 1:2 with linespoints ls 1 title "windows and gemm", \
     5.96e-8 with lines ls 9 title "half a unit in the last place"
unset logscale y
set format y "%g"
set title "how many times as fast"
set yrange [0:5]
set key top left
plot results."/18_winograd_time.tsv" using 1:4 with linespoints ls 2 title "time of windows / time of Winograd", \
     441/121.0 with lines ls 9 title "products alone: 3.64", 1 with lines lc rgb "#BBBBBB" lw 1
unset multiplot
