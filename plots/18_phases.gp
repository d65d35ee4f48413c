# Speed track: which tap of the 3 x 3 kernel each tap of the 5 x 5 kernel falls
# on, phase by phase, for the three layers.
width = 900; height = 760
load "style.gp"
unset datafile columnheaders # gnuplot would take the first row of every block for one
set multiplot
unset tics; unset grid; unset key; unset colorbox
set border 0
# Nine taps, nine colours; grey has no part.
set palette maxcolors 10 defined (-1 "#E4E4E4", 0 "#6FA8DC", 1 "#A9D5F0", 2 "#66C2A5", 3 "#B39DDB", 4 "#F5EE82", 5 "#F6C667", 6 "#E6B3CF", 7 "#F09A6A", 8 "#C9A285")
set cbrange [-1:8]
set xrange [-0.5:4.5]; set yrange [4.5:-0.5]
set size ratio -1
array row[3] = ["upsample ×2, 5×5 convolution", "transposed 5×5, stride 2", "5×5 convolution, stride 2"]
do for [kind = 0:2] {
    set label 1 row[kind + 1] at screen 0.015, screen 0.955 - 0.315*kind left font ",22" front
    do for [phase = 0:3] {
        set lmargin at screen 0.02 + 0.195*phase; set rmargin at screen 0.19 + 0.195*phase
        set tmargin at screen 0.905 - 0.315*kind; set bmargin at screen 0.705 - 0.315*kind
        set title sprintf("phase (%d, %d)", phase/2, phase%2) offset 0,-0.8
        first = kind + phase == 0 # the row of names
        plot results."/18_phases.tsv" index (4*kind + phase) every ::first using 5:4:6 with image, \
             "" index (4*kind + phase) every ::first using 5:4:($6 < 0 ? "" : sprintf("%d", int($6))) with labels font ",17" textcolor rgb "#111111"
        unset label 1
    }
}
# The nine taps of the low kernel, for reference.
set label 2 "the 3×3 kernel" at screen 0.90, screen 0.60 center font ",22"
set lmargin at screen 0.84; set rmargin at screen 0.96; set tmargin at screen 0.575; set bmargin at screen 0.425
set xrange [-0.5:2.5]; set yrange [2.5:-0.5]
unset title
$taps << EOD
0 0 0
0 1 1
0 2 2
1 0 3
1 1 4
1 2 5
2 0 6
2 1 7
2 2 8
EOD
plot $taps using 2:1:3 with image, "" using 2:1:(sprintf("%d", $3)) with labels font ",18"
unset multiplot
