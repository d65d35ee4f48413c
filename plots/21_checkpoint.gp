# Chapter 21: how far a resumed run is from the one that was never interrupted.
width = 760; height = 460
load "style.gp"
set xlabel "steps after the resume"
set ylabel "difference of D's loss, mean of ten steps"
set logscale y
set format y "10^{%L}"
set yrange [2e-6:1]
set bmargin at screen 0.26
set key at screen 0.5, 0.075 center vertical maxrows 3
tsv = results."/21_checkpoint.tsv"
bin(step) = 10*floor((step - 1)/10) + 5.5
array label[3] = ["without Adam's moments", "without the noise stream's place", "without the order of the images"]
# No difference at all has no place on a logarithmic axis: it is drawn at the bottom.
plot for [k = 1:3] tsv using (bin($1)):(column(k + 2)) smooth unique with lines ls (k == 1 ? 2 : k == 2 ? 4 : 5) title label[k], \
     tsv using 1:($2 == 0 ? 2.6e-6 : $2) with lines ls 1 lw 5 title "from everything: none", \
     tsv using 1:($6 == 0 ? 2.6e-6 : $6) with lines ls 9 lw 2 title "without the running statistics: none"
