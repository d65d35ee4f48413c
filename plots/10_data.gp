# Chapter 10: a classifier's accuracy as the test images grow brighter.
width = 720; height = 440
load "style.gp"
tsv = results."/10_data.tsv"
set xlabel "brightness added to every test pixel (pixels reach from −1 to 1)"
set ylabel "test accuracy, %"
set yrange [0:105]
set key outside bottom center vertical maxrows 4
plot tsv using 1:(100*$4) with linespoints ls 3 title "standardised anew by the test set's statistics", \
     tsv using 1:(100*$2) with linespoints ls 1 title "raw pixels", \
     tsv using 1:(100*$3) with linespoints ls 2 title "standardised by the training set's statistics", \
     10 with lines ls 9 title "guessing"
