# Chapter 13: one image among many batches; running statistics.
width = 900; height = 620
load "style.gp"
cloud = results."/13_inference_cloud.tsv"
run = results."/13_inference_running.tsv"
set multiplot
set size 0.42,1; set origin 0,0
set title "one image among 200 batches"
set xlabel "output for its own class"
set ylabel "output for another class"
set key top right opaque
plot cloud using 2:3 with points ls 6 title "training mode: a cloud", \
     cloud every ::0::0 using 4:5 with points lc rgb orange pt 7 ps 1.6 title "evaluation mode: a point"
set size 0.58,0.5; set origin 0.42,0.5
set key inside bottom right horizontal maxcols 3 noopaque
set title "running mean"
set xlabel ""
set ylabel "mean"
set yrange [-2.2:6.5]
plot run using 1:3 with lines ls 6 title "0.1 (PyTorch)", run using 1:4 with lines ls 1 title "0.01 (Keras)", \
     run using 1:5 with lines ls 4 title "0.001", run using 1:6 with lines ls 3 title "cumulative", \
     run using 1:2 with lines ls 10 dt 2 title "true"
set origin 0.42,0
set title "running variance"
set xlabel "batches of 32 rows; the true mean moves from 500 on"
set ylabel "variance"
set yrange [0.8:5.5]
unset key
plot run using 1:8 with lines ls 6, run using 1:9 with lines ls 1, \
     run using 1:10 with lines ls 4, run using 1:11 with lines ls 3, \
     run using 1:7 with lines ls 10 dt 2
unset multiplot
