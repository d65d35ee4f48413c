# Chapter 15: the generator's two gradients; the best discriminator.
width = 900; height = 380
load "style.gp"
slopes = results."/15_gan_slopes.tsv"
best = results."/15_gan_best.tsv"
set multiplot layout 1,2 margins 0.08,0.98,0.15,0.90 spacing 0.10
set title "the gradient that G receives"
set xlabel "D's logit a on a fake"
set ylabel "|dL/da|"
set logscale y
set format y "10^{%L}"
set yrange [1e-5:5]
set key bottom right
plot slopes using 1:4 with lines ls 1 title "non-saturating: −log σ(a)", \
     slopes using 1:3 with lines ls 2 title "saturating: log(1 − σ(a))"
unset logscale y
set format y "%g"
set title "a discriminator between two densities"
set xlabel "x"
set ylabel "density, probability"
set yrange [0:1.3]
set key top right
set style fill transparent solid 0.2 noborder
plot best using 1:2 with filledcurves y1=0 lc rgb sky title "real, p", \
     best using 1:3 with filledcurves y1=0 lc rgb yellow title "fake, q", \
     best using 1:5 with lines lc rgb grey lw 5 title "p/(p + q)", \
     best using 1:4 with lines ls 2 title "D after 3000 steps"
unset multiplot
