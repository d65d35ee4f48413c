# Chapter 24: what comes out of a handful of runs, where the truth is known.
width = 900; height = 340
load "style.gp"
set datafile nocolumnheaders
set datafile separator "\t"
table = results."/24_verdict.tsv"
set multiplot
set yrange [0:100]
set xrange [0:2]
set xtics 0,0.5,2
set ytics 0,25,100
set ylabel "share of the handfuls, %"
array names[4] = ["3 pairs", "5 pairs", "10 pairs", "20 pairs"]
set tmargin at screen 0.8; set bmargin at screen 0.19
set key off
set label 1 "confirmed" at screen 0.3,0.95 center textcolor rgb blue
set label 2 "not confirmed" at screen 0.5,0.95 center textcolor rgb orange
set label 3 "inconclusive" at screen 0.7,0.95 center textcolor rgb grey
set arrow 1 from 1,0 to 1,100 nohead lc rgb grey dt 2
do for [s=0:3] {
    set lmargin at screen 0.085 + 0.23*s; set rmargin at screen 0.085 + 0.23*s + 0.2
    set title names[s + 1]
    set xlabel "true effect, in δ"
    if (s > 0) { set ylabel ""; set format y ""; unset label 1; unset label 2; unset label 3 }
    plot table index s every ::(s == 0 ? 1 : 0) using 2:5 with lines lc rgb grey lw 2, \
         "" index s every ::(s == 0 ? 1 : 0) using 2:4 with linespoints ls 2, \
         "" index s every ::(s == 0 ? 1 : 0) using 2:3 with linespoints ls 1
}
unset multiplot
