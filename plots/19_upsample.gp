# Chapter 19: one random kernel on a flat map, two ways; the power by phase.
width = 900; height = 360
load "style.gp"
power = results."/19_upsample_power.tsv"
# Each layer by its own mean.
stats power using 4 nooutput name "T"
stats power using 3 nooutput name "U"
set multiplot
unset tics; unset grid; unset key
set border 15 lc rgb "#999999"
set palette defined (0 "black", 1 "white")
unset colorbox
array label[2] = ["transposed convolution", "upsampling, then convolution"]
do for [k = 1:2] {
    set lmargin at screen 0.01 + 0.31*(k - 1); set rmargin at screen 0.30 + 0.31*(k - 1)
    set bmargin at screen 0.06; set tmargin at screen 0.86
    set size ratio -1
    set xrange [-0.5:23.5]; set yrange [23.5:-0.5]
    set title label[k]
    plot results."/19_upsample.tsv" using 2:1:(k == 1 ? $4 : $3) with image
}
set size noratio
set border 3 lc rgb "#555555"
set lmargin at screen 0.70; set rmargin at screen 0.98; set bmargin at screen 0.16; set tmargin at screen 0.86
set title "mean square, by phase of the pixel"
set xrange [-0.6:3.6]; set yrange [0:1.75]
set xtics ("0, 0" 0, "0, 1" 1, "1, 0" 2, "1, 1" 3) nomirror scale 0
set xlabel "row and column, modulo 2"
set ytics 0.5 nomirror; set grid y
set key top left
set boxwidth 0.36
set style fill solid 0.85 noborder
plot power using ($1*2 + $2 - 0.19):($4/T_mean) with boxes lc rgb orange title "transposed", \
     power using ($1*2 + $2 + 0.19):($3/U_mean) with boxes lc rgb blue title "upsampled"
unset multiplot
