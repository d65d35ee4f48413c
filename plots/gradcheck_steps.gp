# What gradcheck --plot wrote: differences against the analytic slope, by their step.
width = 860; height = 430
load "style.gp"
unset key
set key outside right top
set datafile nocolumnheaders
set format x "10^{%L}"; set format y "10^{%L}"
set xlabel "step h"
set ylabel "|difference - analytic| / largest slope"
set logscale xy
set yrange [1e-17:10]
set title "dashed: how far the checker allows them to be apart"
t = results."/gradcheck_steps.tsv"
stats t using 1 nooutput
n = STATS_blocks
plot for [i=0:n-1] t index i using 1:($2 > 1e-17 ? $2 : 1e-17) with linespoints ls (i+1) ps 0.4 title columnheader(1), \
     for [i=0:n-1] t index i using 1:3 with lines ls (i+1) lw 1 dt 2 notitle
