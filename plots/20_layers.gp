# Speed track: where the time of a step of the notebook's GANs goes.
width = 900; height = 460
load "style.gp"
set datafile separator "\t"
tsv = results."/20_layers.tsv"
who(network) = network eq "generator" ? "G " : "D "
set style fill solid 0.85 noborder
set boxwidth 0.75
set ylabel "ms"
set xtics rotate by -35 scale 0
unset grid; set grid ytics
set key top left
set title "dcgan-upsample: time of each layer for one batch"
set yrange [0:*]; set xrange [-0.7:14.7]
plot tsv index 0 using 0:($5+$6):xtic(who(strcol(2)).strcol(3)) with boxes lc rgb orange title "backward", \
     tsv index 0 using 0:5 with boxes lc rgb blue title "forward"
