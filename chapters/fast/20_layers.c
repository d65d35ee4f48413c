/* Where the time of a training step of the notebook's GANs goes, layer by layer. */
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "04_layer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_digits.h"
#include "15_gan.h"
#include "20_dcgan.h"

enum { RUNS = 5 };

static const char *const kind_name[] = { "dcgan-upsample", "dcgan-transpose" };

/* Forward and backward of every layer of a network, each timed alone; the
 * fastest of RUNS in ms. */
static void time_layers(FILE *tsv, const char *model, Network *n, const Tensor *input)
{
    double forward[32], backward[32];
    Tensor gradient[2] = { 0 };
    for (int i = 0; i < n->n_layer; i++)
        forward[i] = backward[i] = 1e9;
    for (int k = 0; k < RUNS; k++) {
        const Tensor *x = input;
        for (int i = 0; i < n->n_layer; i++) {
            double start = seconds_now();
            x = layer_forward(n->layer[i], x, TRAIN);
            forward[i] = fmin(forward[i], 1e3 * (seconds_now() - start));
        }
        const Tensor *dy = x; /* any gradient will do */
        for (int i = n->n_layer - 1; i >= 0; i--) {
            double start = seconds_now();
            layer_backward(n->layer[i], dy, i > 0 ? &gradient[i % 2] : NULL, WITH_PARAM);
            dy = &gradient[i % 2];
            backward[i] = fmin(backward[i], 1e3 * (seconds_now() - start));
        }
    }
    tensor_free(&gradient[0]), tensor_free(&gradient[1]);
    for (int i = 0; i < n->n_layer; i++)
        fprintf(tsv, "%s\t%s\t%d %s\t%ld\t%.2f\t%.2f\n", model, n->name, i, n->layer[i]->ops->name,
                layer_param_count(n->layer[i]), forward[i], backward[i]);
}

static void measure(FILE *layers, DcganKind kind, int batch, uint64_t seed)
{
    DcganOptions o = dcgan_options(kind);
    Images d = digits_new(batch, seed);
    Gan g = dcgan_new(&o, seed);
    Tensor x = tensor_new((Shape){ 2, { batch, DCGAN_SIDE * DCGAN_SIDE } });
    images_rows(&d, NULL, 0, batch, &x);
    gan_noise(&g, batch);
    time_layers(layers, kind_name[kind], g.generator, &g.z);
    time_layers(layers, kind_name[kind], g.discriminator, &x);
    fprintf(layers, "\n\n");
    tensor_free(&x);
    gan_free(&g);
    images_free(&d);
}

int main(int argc, char **argv)
{
    long threads = threads_get();
    const Option own[] = {
        { "threads", OPTION_INTEGER, &threads, "changes the time, not one byte of what is learned", 1, 1024, NULL },
        { 0 },
    };
    Experiment e = experiment_read(argc, argv,
                                   "The time of each layer of the notebook's two GANs. Batch 64 at quick scale, 256 at full.\n"
                                   "Writes 20_layers.tsv.",
                                   own);
    threads_set((int)threads);
    FILE *layers = tsv_open(e.out, "20_layers.tsv", "model\tnetwork\tlayer\tparameters\tforward_ms\tbackward_ms");
    for (int kind = 0; kind < 2; kind++)
        measure(layers, (DcganKind)kind, e.full ? 256 : 64, (uint64_t)e.seed);
    output_close(layers);
    return 0;
}
