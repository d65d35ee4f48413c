/* Chapter 19's experiment: the checkerboard. Random kernels blow a map up by
 * two; how strong is the output, pixel by pixel, on average over many draws? */
#include "19_upsample.h"
#include "00_files.h"
#include "00_options.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "09_network.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "19_upsample_layer.h"

#include <string.h>

enum { SIDE = 5, HIGH = 2 * SIDE, CHANNELS = 16, KERNELS = 64, SHOWN = 12 };

/* From CHANNELS to `out` channels on a map of twice the size. */
static Network *painter(bool transposed, int out, Random *r)
{
    if (transposed)
        return network_new("transposed", (Layer *[]){ transposed_new(CHANNELS, out, 5, 2, PAD_KERAS, INIT_HE, r), NULL });
    return network_new("upsampled", (Layer *[]){ upsample_new(), conv_new(CHANNELS, out, 5, 1, PAD_KERAS, INIT_HE, r), NULL });
}

/* One draw of a larger map, to look at: 2 SHOWN x 2 SHOWN in y. */
static void draw_example(real *y, bool transposed, uint64_t seed)
{
    Random r = random_stream(seed, "example", 0);
    Network *n = painter(transposed, 1, &r);
    Tensor x = tensor_new((Shape){ 4, { 1, SHOWN, SHOWN, CHANNELS } });
    tensor_fill(&x, 1); /* a flat map: all structure in the output is the layer's own */
    memcpy(y, network_forward(n, &x, PROBE)->data, 4 * SHOWN * SHOWN * sizeof *y);
    tensor_free(&x);
    network_free(n);
}

/* Mean square of the output, by phase of an inner pixel, over many maps of
 * noise with KERNELS kernels to each. */
static void measure_power(double power[4], bool transposed, int draws, uint64_t seed)
{
    Random r = random_stream(seed, "draws", 0);
    Tensor x = tensor_new((Shape){ 4, { 1, SIDE, SIDE, CHANNELS } });
    for (int phase = 0; phase < 4; phase++)
        power[phase] = 0;
    for (int k = 0; k < draws; k++) {
        Network *n = painter(transposed, KERNELS, &r);
        random_normal(&r, x.data, tensor_size(&x));
        const Tensor *y = network_forward(n, &x, PROBE);
        for (int phase = 0; phase < 4; phase++) {
            const real *inner = y->data + ((4 + phase / 2) * HIGH + 4 + phase % 2) * KERNELS;
            power[phase] += dot(inner, inner, KERNELS) / KERNELS / draws;
        }
        network_free(n);
    }
    tensor_free(&x);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(
        argc, argv,
        "Chapter 19: the pattern that a random transposed convolution paints on a flat map, and what\n"
        "upsampling and a convolution make of it. Writes 19_upsample.tsv (one draw) and\n"
        "19_upsample_power.tsv (mean square by phase).",
        NULL);
    enum { WIDE = 2 * SHOWN };
    static real y[2][WIDE * WIDE];
    double power[2][4];
    for (int transposed = 0; transposed < 2; transposed++) {
        draw_example(y[transposed], transposed, (uint64_t)e.seed);
        measure_power(power[transposed], transposed, e.full ? 10000 : 1000, (uint64_t)e.seed);
    }
    FILE *tsv = tsv_open(e.out, "19_upsample.tsv", "row\tcolumn\tupsampled\ttransposed");
    for (int i = 0; i < WIDE * WIDE; i++)
        fprintf(tsv, "%d\t%d\t%.5f\t%.5f\n%s", i / WIDE, i % WIDE, (double)y[0][i], (double)y[1][i],
                i % WIDE == WIDE - 1 ? "\n" : "");
    output_close(tsv);
    tsv = tsv_open(e.out, "19_upsample_power.tsv", "row_phase\tcolumn_phase\tupsampled\ttransposed");
    for (int phase = 0; phase < 4; phase++)
        fprintf(tsv, "%d\t%d\t%.4f\t%.4f\n", phase / 2, phase % 2, power[0][phase], power[1][phase]);
    output_close(tsv);
    return 0;
}
