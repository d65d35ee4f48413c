# Chapter 23: the ring by other normalisers; a dot a seed, a bar the mean.
width = 900; height = 430
load "style.gp"
set datafile separator "\t"
ends = results."/23_normalizers.tsv"
summary = results."/23_normalizers_summary.tsv"
set multiplot
set yrange [8.6:-0.6]
set grid x noytics
set border 1
set tmargin at screen 0.93; set bmargin at screen 0.15
set lmargin at screen 0.36; set rmargin at screen 0.64
set ytics scale 0 nomirror
set xrange [-0.3:8.3]
set xtics 0,2,8
set xlabel "modes found (of 8)"
shift(s) = 0.11*(s - 2.5)
plot summary using 4:0:ytic(1) with points pt 5 ps 0.1 lc rgb "white", \
     summary using 4:0:(0):(0.32) with vectors nohead lc rgb black lw 2, \
     summary using 4:0:(0):(-0.32) with vectors nohead lc rgb black lw 2, \
     ends using 4:(column("place") + shift(column("seed"))) with points pt 7 ps 0.8 lc rgb blue
set lmargin at screen 0.69; set rmargin at screen 0.97
set format y ""
set ytics ("" 0)
set xrange [-2:*]
set xtics autofreq
set xlabel "samples within 3σ of a mode, %"
plot summary using 5:0:(0):(0.32) with vectors nohead lc rgb black lw 2, \
     summary using 5:0:(0):(-0.32) with vectors nohead lc rgb black lw 2, \
     ends using 5:(column("place") + shift(column("seed"))) with points pt 7 ps 0.8 lc rgb orange
unset multiplot
