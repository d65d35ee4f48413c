# Chapter 14: the band of one unit's input, accuracy, and gradient shift.
width = 900; height = 640
load "style.gp"
tsv = results."/14_shift.tsv"
stats tsv using ($6 > $12 ? $6 : $12) nooutput name "change"
set multiplot layout 2,2 margins 0.08,0.965,0.09,0.94 spacing 0.11,0.13
set style fill transparent solid 0.25 noborder
set xlabel "step"
set autoscale xfix
set ylabel "input of one sigmoid, third layer"
set yrange [-4:4]
set key top left
set title "without batch norm"
plot tsv using 1:2:4 with filledcurves lc rgb orange title "15th to 85th percentile", tsv using 1:3 with lines ls 2 title "median"
set title "with batch norm"
plot tsv using 1:8:10 with filledcurves lc rgb blue title "15th to 85th percentile", tsv using 1:9 with lines ls 1 title "median"
set title "accuracy on 500 test images"
set ylabel "%"
set yrange [0:103]
set key bottom right
plot tsv using 1:(100*$11) with lines ls 1 title "with batch norm", tsv using 1:(100*$5) with lines ls 2 title "without"
set title "change of a layer's gradient when those below step"
set ylabel "|g′ − g| / |g|"
set yrange [0:1.3*change_max] # room for the key
set key top right
plot tsv using 1:12 with lines ls 1 title "with batch norm", tsv using 1:6 with lines ls 2 title "without"
unset multiplot
