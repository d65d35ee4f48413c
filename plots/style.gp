# What all figures share. A plot is called with `format` (png or svg),
# `results` (the directory of the tables) and `figure` (the file to write,
# without its ending), sets `width` and `height` in pixels before it loads
# this file, and plots.
#
# Colours: Okabe and Ito's palette, which colour-blind readers can tell apart.

if (format eq "png") {
    set terminal pngcairo size 2*width,2*height font "DejaVu Sans,20" linewidth 2 pointscale 1.6 background "white"
} else {
    set terminal svg size width,height font "DejaVu Sans,11" linewidth 1.1 background "white"
}
part = exists("part") ? part : "" # a second figure of the same plot says which
set output figure.part.".".format

set datafile columnheaders
set datafile missing "nan"
set encoding utf8

blue = "#0072B2"; orange = "#D55E00"; green = "#009E73"; sky = "#56B4E9"
yellow = "#E69F00"; pink = "#CC79A7"; black = "#222222"; grey = "#999999"

set style line 1 lc rgb blue lw 2 pt 7 ps 0.6
set style line 2 lc rgb orange lw 2 pt 5 ps 0.6
set style line 3 lc rgb green lw 2 pt 9 ps 0.7
set style line 4 lc rgb pink lw 2 pt 13 ps 0.7
set style line 5 lc rgb yellow lw 2 pt 11 ps 0.7
set style line 6 lc rgb sky lw 2 pt 7 ps 0.6
set style line 9 lc rgb grey lw 1.5 dt 2
set style line 10 lc rgb black lw 1.5

set border 3 lc rgb "#555555" lw 1
set tics nomirror out scale 0.6 textcolor rgb "#333333"
set grid lc rgb "#DDDDDD" lw 0.8
set key noautotitle Left reverse samplen 1.6 spacing 1.15 textcolor rgb "#222222"
set title offset 0,-0.4
