# Chapter 7: cross-entropy through the sigmoid and on the logit, in float.
width = 880; height = 360
load "style.gp"
tsv = results."/07_loss.tsv"
set multiplot layout 1,2
set title "loss of one example whose target is 1"
set xlabel "logit y"
set ylabel "loss"
set xrange [-120:40]
set yrange [-5:125]
set key at graph 0.03,0.32 left
plot tsv using 1:2 with lines lc rgb sky lw 6 title "on the logit", \
     tsv using 1:3 with lines ls 2 title "through p = σ(y): ends on both sides"
set title "slope by the logit"
set ylabel "dL/dy"
set xrange [-12:12]
set yrange [-1.1:0.15]
set key at graph 0.98,0.55 right
plot tsv using 1:4 with lines ls 1 title "cross-entropy: p − 1", \
     tsv using 1:5 with lines ls 2 title "squared error: (p − 1) p (1 − p)"
unset multiplot
