# Chapter 5: a line's loss over (w, b), minus its gradient, and a descent.
width = 640; height = 520
load "style.gp"
surface = results."/05_dense_surface.tsv"
path = results."/05_dense_path.tsv"
set contour base
unset surface
set view map
set cntrparam levels discrete 0.06, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4
set table $contours
splot surface using 1:2:3
unset table
unset contour
set surface
set datafile nocolumnheaders
set size ratio -1
set xlabel "weight w"
set ylabel "bias b"
set xrange [-1.5:3.5]; set yrange [-2.5:2.5]
set key outside bottom center vertical
every4(i) = (int(i) % 4 == 2)
size(u, v) = sqrt(u*u + v*v)
plot $contours with lines lc rgb grey lw 1 title "contours of the loss", \
     surface using (int(column(0)) % 4 == 2 && int(column(-1)) % 4 == 2 ? $1 : NaN):2:(-0.22*$4/sqrt(size($4,$5)+1e-9)):(-0.22*$5/sqrt(size($4,$5)+1e-9)) \
         with vectors head filled size 0.09,20 lc rgb blue lw 1.2 title "minus the gradient (length: its square root)", \
     path using 2:3 with linespoints ls 2 title "gradient descent, rate 0.3"
