# A run of the gan program: its losses and D's probabilities, from log.tsv.
# make plot RUN=build/my_run
width = 900; height = 400
load "style.gp"
steps = results."/log.tsv"
stats steps using 1 nooutput name "S"
# Every point is the mean of many steps: two hundred points a curve.
wide = S_max > 400 ? S_max/200.0 : 1.0
bin(step) = wide*(floor((step - 1)/wide) + 0.5) + 0.5
set multiplot layout 1,2
set xlabel "step"
set autoscale xfix
set yrange [0:*]
set key top right
set offsets 0, 0, graph 0.3, 0 # room for the key
set title "losses"
plot steps using (bin($1)):($2+$3) smooth unique with lines ls 1 title "D, both halves", \
     steps using (bin($1)):4 smooth unique with lines ls 2 title "G", \
     2*log(2) with lines ls 9 title "2 ln 2: D knows nothing"
set title "what D believes: mean probability of being real"
set yrange [0:1.3]
set ytics 0, 0.2, 1
plot steps using (bin($1)):5 smooth unique with lines ls 3 title "of real images", \
     steps using (bin($1)):6 smooth unique with lines ls 4 title "of fakes", \
     0.5 with lines ls 9
unset multiplot
