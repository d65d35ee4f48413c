# Chapter 18: accuracy by the number of training images, three networks.
width = 720; height = 440
load "style.gp"
set datafile separator "\t"
tsv = results."/18_conv.tsv"
set xlabel "training images"
set ylabel "test accuracy, %"
set logscale x
set xrange [80:12500]
set yrange [40:100]
set key bottom right
convolutional(n) = strcol(1) eq "convolutional" ? n : NaN
small(n) = strcol(1) eq "dense, as many weights" ? n : NaN
large(n) = strcol(1) eq "dense, 20 times as many" ? n : NaN
plot tsv using (convolutional($3)):(100*$5) with points pt 7 ps 0.35 lc rgb sky, \
     tsv using (large($3)):(100*$5) with points pt 7 ps 0.35 lc rgb "#88CCAA", \
     tsv using (small($3)):(100*$5) with points pt 7 ps 0.35 lc rgb "#E8B08A", \
     tsv using (convolutional($3)):(100*$5) smooth unique with linespoints ls 1 title "convolutional, 11,274 weights", \
     tsv using (large($3)):(100*$5) smooth unique with linespoints ls 3 title "dense, 235,146 weights", \
     tsv using (small($3)):(100*$5) smooth unique with linespoints ls 2 title "dense, 11,140 weights"
