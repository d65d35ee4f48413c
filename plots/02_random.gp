# Chapter 2: normal numbers, and how fast their mean settles.
width = 860; height = 360
load "style.gp"
set multiplot layout 1,2
set xlabel "value"
set ylabel "density"
set yrange [0:0.45]
set xtics 2
set style fill solid 0.35 noborder
set boxwidth 0.15
set key top right
plot results."/02_random_histogram.tsv" using 1:2 with boxes lc rgb blue title "a million drawn", \
     "" using 1:3 with lines ls 2 title "normal density"
set logscale xy
set format x "10^{%L}"; set format y "10^{%L}"
set xtics autofreq
set autoscale y
set xlabel "numbers averaged, n"
set ylabel "|mean|, over 200 streams"
plot results."/02_random_mean.tsv" using 1:3 with linespoints ls 6 title "90th percentile", \
     "" using 1:2 with linespoints ls 1 title "median", \
     "" using 1:4 with lines ls 2 title "0.674 / √n"
unset multiplot
