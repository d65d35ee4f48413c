# Chapter 22: sets of images, and what seven metrics say of each.
width = 1000; height = 700
load "style.gp"
set datafile separator "\t"
small = format eq "png" ? ",17" : ",9.5"
set border 0
set tics nomirror
table = results."/22_metrics.tsv"
sets = 9
set multiplot
set yrange [sets - 0.5:-0.5]
unset ytics
set grid y
set border 1
# The images, a row a set: as many rows as the panels have.
set lmargin at screen 0.20; set rmargin at screen 0.46; set tmargin at screen 0.90; set bmargin at screen 0.27
unset border; unset xtics; unset grid
set label 1 "the first of them" at graph 0.5,1.055 center font small
set autoscale x
set yrange [*:*]
set autoscale fix
plot results."/22_metrics_images.png" binary filetype=png with rgbimage
unset label 1
set autoscale
set yrange [sets - 0.5:-0.5]
set lmargin at screen 0.195; set rmargin at screen 0.20
set ytics in scale 0 font small
set xrange [0:1]
plot table using (0):0:ytic(1) with points ps 0
unset ytics
set border 1; set grid x
array name[6] = ["digit\nscore", "Fréchet\ndistance", "classes", "precision", "recall", "different\nimages"]
array column[6] = [2, 3, 4, 7, 8, 10]
do for [k = 1:6] {
    left = 0.485 + 0.0855*(k - 1)
    set lmargin at screen left; set rmargin at screen left + 0.066
    unset logscale x
    set xtics autofreq rotate by -60 left nomirror font small
    if (k == 1) { set xrange [0:10.5]; set xtics 0,5,10 }
    if (k == 2) { set xrange [0.08:1000]; set logscale x; set xtics (".1" 0.1, "1" 1, "10" 10, "100" 100, "1000" 1000) }
    if (k == 3) { set xrange [0:10.5]; set xtics 0,5,10 }
    if (k == 4 || k == 5) { set xrange [-0.05:1.05]; set xtics ("0" 0, "½" 0.5, "1" 1) }
    if (k == 6) { set xrange [0.5:5e8]; set logscale x; set xtics ("1" 1, "100" 100, "10⁴" 1e4, "10⁶" 1e6, "∞" 2e8) }
    set label 1 name[k] at graph 0.5,1.055 center font small
    c = column[k]
    plot table using (k == 6 && (strcol(10) eq "inf") ? 2e8 : column(c)):0 with points pt 7 ps 1 lc rgb (k <= 3 ? blue : k <= 5 ? green : orange), \
         table using (k == 3 ? column(5) : NaN):0 with points pt 6 ps 1 lc rgb blue
    unset label 1
}
# How the distance depends on the number of samples.
unset logscale
set lmargin at screen 0.20; set rmargin at screen 0.63; set tmargin at screen 0.185; set bmargin at screen 0.075
set border 3; set grid
set xtics autofreq norotate nomirror font small; set ytics 0,2 nomirror font small
set logscale x
set xrange [60:*]; set yrange [0:*]
set xlabel "training images in the sample" offset 0,0.4 font small; set ylabel "Fréchet distance" font small
plot results."/22_metrics_bias.tsv" using 1:2 with linespoints ls 1
unset multiplot
