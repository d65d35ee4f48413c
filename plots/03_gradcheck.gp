# Chapter 3: the V of finite differences, and Ridders's extrapolation below it.
width = 760; height = 430
load "style.gp"
set format x "10^{%L}"; set format y "10^{%L}"
set xlabel "step h"
set ylabel "relative error of the slope"
set xrange [5e-16:1]
set yrange [1e-16:10]
set key outside right top
v = results."/03_gradcheck.tsv"
r = results."/03_gradcheck_ridders.tsv"
stats r every ::0::0 using 2 nooutput; ef = STATS_min
stats r every ::1::1 using 2 nooutput; ed = STATS_min
set logscale xy
plot v using 1:2 with linespoints ls 5 ps 0.4 title "forward, float", \
     v using 1:3 with linespoints ls 2 ps 0.4 title "central, float", \
     v using 1:4 with linespoints ls 6 ps 0.4 title "forward, double", \
     v using 1:5 with linespoints ls 1 ps 0.4 title "central, double", \
     ef with lines lc rgb orange lw 1.5 dt 2 title "Ridders, float", \
     ed with lines lc rgb blue lw 1.5 dt 2 title "Ridders, double"
