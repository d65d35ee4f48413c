# Chapter 17: the blog's GAN. Samples and losses, batch norm in both, in G
# alone, in neither; and, in a second figure, the mean of samples by pixel.
width = 900; height = 640
load "style.gp"
array norm[3] = ["both", "generator", "none"]
array label[3] = ["batch norm in both, as given", "batch norm in G alone", "no batch norm"]
epoch = system("cd '".results."/17_both/samples' && ls epoch_*_eval.png | tail -n 1")
set multiplot
do for [k = 1:3] {
    set size 0.32,0.52
    set origin 0.01 + 0.33*(k - 1), 0.46
    set lmargin 0.5; set rmargin 0.5; set tmargin 2; set bmargin 0
    unset tics; unset border; unset grid; unset key
    set size ratio -1
    set title label[k]
    plot results."/17_".norm[k]."/samples/".epoch binary filetype=png with rgbimage
}
set size noratio
set xtics nomirror; set ytics nomirror; set border 3 lc rgb "#555555"; set grid
set tmargin at screen 0.40; set bmargin at screen 0.09
set xlabel "step"
set title ""
set key top right
set autoscale xfix
# Every point is the mean of 20 steps, in their middle.
bin(step) = 20*floor((step - 1)/20) + 10.5
set ylabel "loss of D, both halves"
set lmargin at screen 0.07; set rmargin at screen 0.47
set yrange [0:2.4]
plot for [k = 1:3] results."/17_".norm[k]."/log.tsv" using (bin($1)):($2+$3) smooth unique with lines ls (k == 1 ? 4 : k == 2 ? 1 : 2) title label[k]
set ylabel "loss of G"
set lmargin at screen 0.58; set rmargin at screen 0.97
set yrange [0:6.5]
unset key
plot for [k = 1:3] results."/17_".norm[k]."/log.tsv" using (bin($1)):4 smooth unique with lines ls (k == 1 ? 4 : k == 2 ? 1 : 2)
unset multiplot

reset
part = "_mean"
height = 330
load "style.gp"
set multiplot
unset key; unset grid; unset tics
set border 15 lc rgb "#999999"
set cbrange [-1:1]
set palette defined (-1 "black", 0 "#7a7a7a", 1 "white")
array norm2[4] = ["both", "both", "generator", "none"]
array label2[4] = ["the data", "batch norm in both", "in G alone", "none"]
do for [k = 1:4] {
    set lmargin at screen 0.01 + 0.23*(k - 1); set rmargin at screen 0.225 + 0.23*(k - 1)
    set bmargin at screen 0.06; set tmargin at screen 0.88
    set size ratio -1
    set xrange [-0.5:27.5]; set yrange [27.5:-0.5]
    set title label2[k]
    if (k == 4) { set colorbox user origin 0.925,0.13 size 0.016,0.66; set cbtics nomirror ("black" -1, "0" 0, "white" 1) } else { unset colorbox }
    plot results."/17_".norm2[k]."/pixel_mean.tsv" using 2:1:(k == 1 ? $3 : $4) with image
}
unset multiplot
