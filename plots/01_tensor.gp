# Chapter 1: the relative error of a long sum, added in three ways.
width = 720; height = 380
load "style.gp"
set logscale xy
set format x "10^{%L}"; set format y "10^{%L}"
set xlabel "numbers added, n"
set ylabel "relative error of the sum"
set yrange [5e-10:50]
set key left top
tsv = results."/01_tensor.tsv"
plot tsv using 1:2 with linespoints ls 2 title "one sum in float", \
     tsv using 1:3 with linespoints ls 5 title "16 sums in float, then added", \
     tsv using 1:($4 > 1e-9 ? $4 : 1.3e-9) with linespoints ls 1 title "in double, narrowed once (0 is drawn at the bottom)", \
     2**-24 with lines ls 9 title "half a unit in a float's last place"
