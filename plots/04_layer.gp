# Chapter 4: a signal's spread through 30 linear maps, by initialiser.
width = 720; height = 380
load "style.gp"
set logscale y
set format y "10^{%L}"
set xlabel "linear maps of width 256 passed"
set ylabel "standard deviation of the signal"
set key left bottom
tsv = results."/04_layer.tsv"
plot tsv using 1:5 with linespoints ls 4 title "He: variance 2/fan-in", \
     tsv using 1:4 with linespoints ls 1 title "Glorot: 2/(fan-in + fan-out)", \
     tsv using 1:3 with linespoints ls 3 title "PyTorch: 1/(3 fan-in)", \
     tsv using 1:2 with linespoints ls 2 title "normal, deviation 0.01"
