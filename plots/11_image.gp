# Chapter 11: drawn digits, a column a class.
width = 520; height = 430
load "style.gp"
unset grid
unset border
unset tics
unset key
set size ratio -1
set xtics format "%g" scale 0
set xtics ("0" 45, "1" 132, "2" 219, "3" 306, "4" 393, "5" 480, "6" 567, "7" 654, "8" 741, "9" 828) offset 0,0.6
set lmargin 1; set rmargin 1; set tmargin 0.5; set bmargin 2
set xrange [0:873]; set yrange [0:699]
plot results."/11_image_grid.png" binary filetype=png with rgbimage
