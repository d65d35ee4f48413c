# Chapter 20: the notebook's two GANs. Samples after training and losses; a
# strip of samples over the epochs; walks between noises.
width = 900; height = 760
load "style.gp"
array model[2] = ["upsample", "transpose"]
array label[2] = ["upsampling and convolution", "transposed convolution"]
epoch(k) = system("cd '".results."/20_".model[k]."/samples' && ls epoch_*.png | tail -n 1")
number(k) = system("echo '".epoch(k)."' | sed 's/epoch_0*//; s/.png//'")
title_of(k) = label[k].", epoch ".number(k)
losses(k) = results."/20_".model[k]."/log.tsv"
set multiplot
do for [k = 1:2] {
    unset tics; unset border; unset grid; unset key
    set lmargin at screen 0.02 + 0.49*(k - 1); set rmargin at screen 0.49 + 0.49*(k - 1)
    set bmargin at screen 0.375; set tmargin at screen 0.945
    set size ratio -1
    set title title_of(k)
    plot results."/20_".model[k]."/samples/".epoch(k) binary filetype=png with rgbimage
}
set size noratio
set xtics nomirror; set ytics nomirror; set border 3 lc rgb "#555555"; set grid
set tmargin at screen 0.33; set bmargin at screen 0.08
unset title
set xlabel "step"
set key bottom right
set autoscale xfix
# Every point is the mean of many steps: two hundred points a curve.
stats losses(1) using 1 nooutput name "S"
wide = S_max > 400 ? S_max/200.0 : 1.0
bin(step) = wide*(floor((step - 1)/wide) + 0.5) + 0.5
set ylabel "loss of D, both halves"
set lmargin at screen 0.07; set rmargin at screen 0.48
set yrange [0:*]
plot for [k = 1:2] losses(k) using (bin($1)):($2+$3) smooth unique with lines ls (3 - k) title label[k]
set ylabel "loss of G"
set lmargin at screen 0.57; set rmargin at screen 0.98
unset key
plot for [k = 1:2] losses(k) using (bin($1)):4 smooth unique with lines ls (3 - k)
unset multiplot

# The first row of the sample grid at some of the epochs: always the same noise.
reset
part = "_epochs"
width = 900; height = 620
load "style.gp"
epochs(k) = system("cd '".results."/20_".model[k]."/samples' && ls epoch_*.png | awk '{ e = substr($1, 7, 3) + 0; last = e; have[e] = 1 } END { n = split(\"1 2 3 5 8 12 20 30 50\", want, \" \"); for (i = 1; i <= n; i++) if (have[want[i]] && want[i] != last) printf \"%d \", want[i]; print last }'")
stats results."/20_upsample/samples/epoch_001.png" binary filetype=png using 1 nooutput name "P"
side = sqrt(P_records) # of the grid, in pixels
set multiplot
unset tics; unset border; unset grid; unset key; unset title
do for [k = 1:2] {
    list = epochs(k)
    rows = words(list)
    slots = rows > 9 ? rows : 9
    set label 1 label[k] at screen 0.27 + 0.49*(k - 1), screen 0.965 center
    do for [i = 1:rows] {
        e = int(word(list, i))
        file = sprintf("%s/20_%s/samples/epoch_%03d.png", results, model[k], e)
        set label 2 sprintf("%d", e) at screen 0.045 + 0.49*(k - 1), screen 0.93 - (i - 0.5)*0.92/slots right
        set lmargin at screen 0.055 + 0.49*(k - 1); set rmargin at screen 0.49 + 0.49*(k - 1)
        set tmargin at screen 0.93 - (i - 1)*0.92/slots; set bmargin at screen 0.932 - i*0.92/slots
        set size ratio -1
        set xrange [-0.5:side - 0.5]; set yrange [side - 0.5 - side/8.0:side - 0.5]
        plot file binary filetype=png with rgbimage
        unset label 1; unset label 2
    }
}
unset multiplot

# From one noise to another, a row a pair.
reset
part = "_between"
width = 900; height = 275
load "style.gp"
set multiplot
unset tics; unset border; unset grid; unset key
do for [k = 1:2] {
    set lmargin at screen 0.01 + 0.495*(k - 1); set rmargin at screen 0.495 + 0.495*(k - 1)
    set bmargin at screen 0.01; set tmargin at screen 0.90
    set size ratio -1
    set title label[k]
    plot results."/20_".model[k]."/between.png" binary filetype=png with rgbimage
}
unset multiplot

# How good the samples are, by epoch, where they were measured on the way; dashed: the training images.
row(k) = "cd '".results."/20_".model[k]."' && for e in epoch_*; do [ ! -e \"$e/summary.tsv\" ] || { printf '%s ' \"${e#epoch_}\" && tail -n 1 \"$e/summary.tsv\"; }; done | sort -n"
if (system(row(1)." | wc -l") + 0 > 1) {
    reset
    part = "_metrics"
    width = 900; height = 320
    load "style.gp"
    set datafile nocolumnheaders
    reached(column) = system("cd '".results."/20_".model[1]."' && awk -F '\\t' '$1 == \"training images\" { print $".column." }' metrics.tsv")
    set multiplot layout 1,3 margins 0.065,0.985,0.16,0.88 spacing 0.075
    set xlabel "epoch"; set logscale x; set xtics (1, 2, 4, 8, 20, 50)
    set xrange [0.9:]
    set title "Fréchet distance"
    set logscale y; set ytics (0.2, 0.5, 1, 2, 5, 10, 20); set yrange [0.12:40]
    set key at graph 0.02,0.42 left
    plot for [k = 1:2] "< ".row(k) using 1:9 with linespoints ls (3 - k) title label[k], reached(3) + 0 with lines ls 9 title "training images"
    unset logscale y; set ytics autofreq
    set title "precision (full), recall (open)"
    set yrange [0:1]; unset key
    plot for [k = 1:2] "< ".row(k) using 1:10 with linespoints ls (3 - k), for [k = 1:2] "< ".row(k) using 1:11 with linespoints ls (3 - k) dt 3 pt (k == 1 ? 4 : 6), reached(7) + 0 with lines ls 9
    set title "digit score"
    set yrange [0:10]
    plot for [k = 1:2] "< ".row(k) using 1:8 with linespoints ls (3 - k), reached(2) + 0 with lines ls 9
    unset multiplot
}
