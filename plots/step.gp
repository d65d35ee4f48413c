# For docs/architecture.md: a training step's data on its way through the files.
# Called with `figure` alone; there is no table behind it.
width = 1000; height = 640
load "style.gp"
unset border; unset tics; unset grid; unset key
set xrange [0:100]; set yrange [0:64]
set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0
n = 0
box(x, y, w, h, colour) = sprintf("set object rect from %g,%g to %g,%g fc rgb '%s' fs solid 0.18 border lc rgb '%s' lw 1.4", x, y, x + w, y + h, colour, colour)
text(x, y, t) = sprintf("set label \"%s\" at %g,%g center noenhanced", t, x, y)
file(x, y, t) = sprintf("set label \"%s\" at %g,%g center noenhanced textcolor rgb '#666666' font ',15'", t, x, y)
if (format eq "svg") file(x, y, t) = sprintf("set label \"%s\" at %g,%g center noenhanced textcolor rgb '#666666' font ',8.5'", t, x, y)
to(a, b, c, d, colour) = sprintf("set arrow from %g,%g to %g,%g lc rgb '%s' lw 1.8 size 0.9,22 filled", a, b, c, d, colour)

# What comes in.
eval box(2, 50, 17, 10, grey); eval text(10.5, 56.3, "images as bytes"); eval file(10.5, 52.6, "10_digits, 10_idx")
eval box(25, 50, 17, 10, grey); eval text(33.5, 56.3, "x: N/2 real rows"); eval file(33.5, 52.6, "10_data, 17_training")
eval box(2, 28, 17, 10, grey); eval text(10.5, 34.3, "z: noise"); eval file(10.5, 30.6, "02_random, 02_fill")
eval to(19, 55, 25, 55, black)
# The two networks.
eval box(25, 28, 17, 10, green); eval text(33.5, 34.3, "G: layers in a row"); eval file(33.5, 30.6, "20_dcgan, 09_network")
eval box(49, 39, 19, 10, orange); eval text(58.5, 45.3, "D: layers in a row"); eval file(58.5, 41.6, "20_dcgan, 09_network")
eval to(19, 33, 25, 33, black)
eval to(42, 55, 49, 47, black); eval to(42, 34.5, 49, 41, black)
eval file(43.4, 40.4, "fakes")
# The losses, and the way back.
eval box(76, 39, 21, 10, pink); eval text(86.5, 45.3, "logits, loss, da"); eval file(86.5, 41.6, "15_gan, 07_loss")
eval to(68, 45.5, 76, 45.5, black); eval to(76, 42, 68, 42, blue)
eval to(49, 40, 42, 32, blue); eval file(52.4, 34.6, "dfake (G's step)")
eval box(49, 53, 19, 8, yellow); eval text(58.5, 58.2, "Adam of D"); eval file(58.5, 55.1, "08_optimizer")
eval to(58.5, 49, 58.5, 53, blue)
eval box(25, 17, 17, 8, yellow); eval text(33.5, 22.2, "Adam of G"); eval file(33.5, 19.1, "08_optimizer")
eval to(33.5, 28, 33.5, 25, blue)
# One layer, seen from near.
eval box(49, 2, 48, 28, sky)
eval text(73, 27.6, "one layer: 04_layer calls NN_.._layer, which calls the formulas")
eval box(52, 14.5, 12, 8, grey); eval text(58, 18.5, "x in, y out")
eval box(68, 12.5, 13, 12, blue); eval text(74.5, 20.6, "forward"); eval text(74.5, 16.4, "backward")
eval box(52, 4, 12, 8, grey); eval text(58, 8, "dy in, dx out")
eval to(64, 19.5, 68, 19.5, black); eval to(64, 8.5, 68, 14.5, blue)
eval box(84, 17.5, 11, 6.5, green); eval text(89.5, 21.8, "src/"); eval file(89.5, 19.1, "definition")
eval box(84, 8.5, 11, 6.5, orange); eval text(89.5, 12.8, "src/fast/"); eval file(89.5, 10.1, "fast body")
eval to(81, 20, 84, 20.6, black); eval to(81, 16, 84, 12.4, black)
eval file(79, 5.2, "the link has chosen one of the two")
set arrow from 58,39 to 60,30 lc rgb grey lw 1.2 dt 2 nohead
set label "black: forward, blue: gradients" at 2,12 left textcolor rgb '#444444'
set label "1  D on x and on fakes, as two batches; Adam of D" at 2,8.6 left textcolor rgb '#444444'
set label "2  new noise; G through D; Adam of G" at 2,5.2 left textcolor rgb '#444444'
plot NaN notitle
