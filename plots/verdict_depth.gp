# How a gradient grows a layer on its way down, before the first step: a dot a network, and the theory.
width = 820; height = 420
load "style.gp"
set datafile separator "\t"
runs = results."/depth.tsv"
set logscale x 2
set xrange [3.5:150]
set yrange [0.9:1.95]
set xtics (4, 8, 16, 32, 64, 128)
set xlabel "batch size"
set ylabel "gradient's norm, factor a layer"
# For large widths: rho is the correlation of two examples behind batch norm, k their mean product behind ReLU, and
# p the chance that both pass it.
rho(B) = -1.0/(B - 1)
k(B) = (sqrt(1 - rho(B)**2) + rho(B)*(pi - acos(rho(B))))/(2*pi)
p(B) = (pi - acos(rho(B)))/(2*pi)
relu(B) = sqrt(((B - 1)/2.0 + p(B) - (0.5 - k(B)))/((0.5 - k(B))*(B - 3)))
linear(B) = sqrt((B - 2.0)/(B - 3))
set samples 400
set key top right
set label 1 "√(π/(π−1))" at 148,sqrt(pi/(pi - 1)) + 0.04 right textcolor rgb blue
plot relu(x) with lines lc rgb blue lw 1.5 title "theory, ReLU", \
     linear(x) with lines lc rgb orange lw 1.5 title "theory, linear", \
     runs using (strcol(1) eq "relu-he-batch" ? $2 : NaN):(exp($5)) with points pt 7 ps 0.6 lc rgb blue title "batch norm, ReLU", \
     runs using (strcol(1) eq "linear-batch" ? $2 : NaN):(exp($5)) with points pt 7 ps 0.6 lc rgb orange title "batch norm, linear", \
     runs using (strcol(1) eq "relu-he" ? $2 : NaN):(exp($5)) with points pt 6 ps 0.6 lc rgb grey title "no batch norm, ReLU, He's weights"
