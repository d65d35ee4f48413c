# Chapter 8: three optimisers on an elongated cost surface and a round one.
width = 900; height = 470
load "style.gp"
surface = results."/08_optimizer_surface.tsv"
path = results."/08_optimizer_path.tsv"
set contour base
unset surface
set view map
set cntrparam levels discrete 0.02, 0.08, 0.2, 0.5, 1, 2, 4, 8, 16, 32
set table $raw
splot surface using (stringcolumn(1) eq "raw" ? $2 : NaN):3:4
unset table
set table $round
splot surface using (stringcolumn(1) eq "standardised" ? $2 : NaN):3:4
unset table
unset contour
set surface
set datafile nocolumnheaders
set multiplot layout 1,2 margins 0.09,0.98,0.30,0.91 spacing 0.09
set xrange [-0.9:2]; set yrange [-1:2]
set size ratio -1
set xlabel "weight w_1"
set ylabel "weight w_2"
set key at screen 0.5,0.07 center vertical maxrows 3
set title "inputs as they come: x_1 five times as wide"
plot $raw with lines lc rgb grey lw 1, \
     path index 0 using 4:5 with linespoints ls 2 title "gradient descent, at its best rate", \
     path index 1 using 4:5 with linespoints ls 1 title "momentum", \
     path index 2 using 4:5 with linespoints ls 3 title "Adam"
set title "inputs standardised"
unset key
plot $round with lines lc rgb grey lw 1, \
     path index 3 using 4:5 with linespoints ls 2, \
     path index 4 using 4:5 with linespoints ls 1, \
     path index 5 using 4:5 with linespoints ls 3
unset multiplot
