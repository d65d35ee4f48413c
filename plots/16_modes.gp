# Chapter 16: samples on the ring over training, and modes found over seeds.
width = 900; height = 840
load "style.gp"
set datafile nocolumnheaders # with `index` they would take the first row of every block; `every` leaves out the one there is
samples = results."/16_modes_samples.tsv"
modes = results."/16_modes.tsv"
belief = results."/16_modes_belief.tsv" # of D at the same moments; not there where an older run is drawn
array label[3] = ["without batch norm", "batch norm in G", "batch norm in both"]
array colour[3] = [2, 1, 4]
set multiplot
# The table of modes has its own columns; samples are blocks: 4 an arm.
do for [arm = 0:2] {
    do for [q = 0:3] {
        set size 0.18,0.205
        set origin 0.10 + 0.22*q, 0.775 - 0.215*arm
        set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0
        set xrange [-1.6:1.6]; set yrange [-1.6:1.6]
        set size ratio -1
        unset xtics; unset ytics; unset grid; unset xlabel; unset ylabel
        set border 15 lc rgb "#BBBBBB"
        unset label; unset title
        if (arm == 0) { set title word("¼ ½ ¾ end", q + 1).(q < 3 ? " of the run" : " of the run") offset 0,-0.6 }
        if (q == 0) { set label label[arm + 1] at graph -0.14,0.5 center rotate by 90 }
        set cbrange [0:1]
        set palette defined (0 "#8FB8DE", 0.5 "#FFFFFF", 1 "#F2B48C")
        unset colorbox
        plot belief index (4*arm + q) every ::(arm + q == 0) using 3:4:5 with image, \
             "+" using (cos($0*pi/4)):($0 < 8 ? sin($0*pi/4) : NaN) with points pt 6 ps 1.4 lw 1 lc rgb grey, \
             samples index (4*arm + q) every ::(arm + q == 0) using 3:4 with points pt 7 ps 0.22 lc rgb black
    }
}
set lmargin at screen 0.09; set rmargin at screen 0.47; set tmargin at screen 0.28; set bmargin at screen 0.065
set size noratio
unset label; unset title
set border 3 lc rgb "#555555"
set grid; set xtics autofreq nomirror; set ytics autofreq nomirror
set xlabel "step"
set ylabel "modes found (of 8)"
set autoscale x
set yrange [0:8.4]
set style fill transparent solid 0.2 noborder
plot for [arm = 0:2] modes index arm every ::(arm == 0) using 2:4:5 with filledcurves lc rgb (arm == 0 ? orange : arm == 1 ? blue : pink), \
     for [arm = 0:2] modes index arm every ::(arm == 0) using 2:3 with lines ls (arm == 0 ? 2 : arm == 1 ? 1 : 4)
set lmargin at screen 0.59; set rmargin at screen 0.97
set ylabel "samples within 3σ of a mode, %"
set yrange [0:*]
set key top left
plot for [arm = 0:2] modes index arm every ::(arm == 0) using 2:7:8 with filledcurves lc rgb (arm == 0 ? orange : arm == 1 ? blue : pink), \
     for [arm = 0:2] modes index arm every ::(arm == 0) using 2:6 with lines ls (arm == 0 ? 2 : arm == 1 ? 1 : 4) title label[arm + 1]
unset multiplot
