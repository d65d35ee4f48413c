# The verdict: every part of every claim, its effect in units of the smallest effect that matters; a dot a pair of runs.
stats results."/verdict_forest.tsv" using 1 nooutput
rows = int(STATS_max)
width = 1000; height = 90 + 22*rows
load "style.gp"
set datafile separator "\t"
forest = results."/verdict_forest.tsv"
points = results."/verdict_points.tsv"
set tmargin at screen 1 - 60.0/height; set bmargin at screen 60.0/height
set lmargin at screen 0.57; set rmargin at screen 0.975
# Beyond 2 the scale is logarithmic, so that a tenfold effect still shows where the others are.
bent(x) = abs(x) <= 2 ? x : sgn(x)*(2 + log(abs(x)/2)/log(2))
colour(f) = f == 0 ? 0x0072B2 : f == 1 ? 0xD55E00 : 0x888888
set yrange [rows + 0.7:0.3]
set xrange [-6.3:6.3]
set xtics ("−32" -6, "−16" -5, "−8" -4, "−4" -3, "−2" -2, "−1" -1, "0" 0, "1" 1, "2" 2, "4" 3, "8" 4, "16" 5, "32" 6)
set ytics scale 0 nomirror
set grid x noytics
set border 1
set xlabel "effect in the direction claimed, in smallest effects that matter" offset -8,0
set label 1 "confirmed" at graph 0.1,screen 1 - 28.0/height center textcolor rgb blue
set label 2 "not confirmed" at graph 0.45,screen 1 - 28.0/height center textcolor rgb orange
set label 3 "inconclusive" at graph 0.8,screen 1 - 28.0/height center textcolor rgb "#777777"
set arrow 1 from 0,0.3 to 0,rows+0.7 nohead lc rgb black lw 1
clip(x) = x > 6.3 ? 6.3 : x < -6.3 ? -6.3 : x
plot points using (clip(bent($2))):($1 + 0.25*(rand(0) - 0.5)):(colour($3) + 0x99000000) with points pt 7 ps 0.45 lc rgb variable, \
     forest using (bent($7)):1:(0):(0.42) with vectors nohead lc rgb black lw 1 dt 1, \
     forest using (bent($7)):1:(0):(-0.42) with vectors nohead lc rgb black lw 1 dt 1, \
     forest using (clip(bent($4))):1:(clip(bent($5))):(clip(bent($6))):(colour($8)):ytic(strcol(2).":  ".strcol(3)) with xerrorbars pt 5 ps 0.7 lw 2 lc rgb variable
