/* Chapter 20's experiment: where the time of a training step goes, layer by
 * layer. (What the networks learn is shown by runs of the gan program.) */
#include "20_dcgan.h"

enum { RUNS = 5 };

static const char *const kind_name[] = { "dcgan-upsample", "dcgan-transpose" };

/* Forward and backward of every layer of a network, each timed alone; the
 * fastest of RUNS in ms. */
static void time_layers(FILE *tsv, const char *model, Network *n, const Tensor *input)
{
    double forward[32], backward[32];
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
            dy = layer_backward(n->layer[i], dy, WANT_PARAM | (i > 0 ? WANT_DX : 0));
            backward[i] = fmin(backward[i], 1e3 * (seconds_now() - start));
        }
    }
    for (int i = 0; i < n->n_layer; i++)
        fprintf(tsv, "%s\t%s\t%d %s\t%ld\t%.2f\t%.2f\n", model, n->name, i, n->layer[i]->ops->name,
                layer_trainable(n->layer[i]), forward[i], backward[i]);
}

static double time_step(GanTraining *t)
{
    double ms[RUNS];
    for (int k = -2; k < RUNS; k++) { /* two to settle */
        double start = seconds_now();
        gan_training_step(t);
        if (k >= 0)
            ms[k] = 1e3 * (seconds_now() - start);
    }
    sort_numbers(ms, RUNS);
    return ms[RUNS / 2];
}

static void measure(FILE *layers, FILE *steps, DcganKind kind, int batch, uint64_t seed)
{
    double ms[2];
    Images d = digits_new(2 * batch, seed);
    for (int plain = 0; plain < 2; plain++) {
        DcganOptions o = dcgan_options(kind);
        o.plain = plain;
        Gan g = dcgan_new(&o, seed);
        GanTraining t = gan_training_new(&g, &d, batch, seed);
        ms[plain] = time_step(&t);
        if (!plain) {
            Tensor x = tensor_new((Shape){ 2, { batch, DCGAN_SIDE * DCGAN_SIDE } });
            images_rows(&d, NULL, 0, batch, &x);
            gan_noise(&g, batch);
            time_layers(layers, kind_name[kind], g.generator, &g.z);
            time_layers(layers, kind_name[kind], g.discriminator, &x);
            fprintf(layers, "\n\n");
            tensor_free(&x);
        }
        gan_training_free(&t);
        gan_free(&g);
    }
    fprintf(steps, "%s\t%.0f\t%.0f\t%.2f\n", kind_name[kind], ms[1], ms[0], ms[1] / ms[0]);
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
                                   "Chapter 20: the time of each layer of the notebook's two GANs, and of a training step by phases\n"
                                   "and by plain layers. Batch 64 at quick scale, 256 at full. Writes 20_layers.tsv and 20_steps.tsv.\n"
                                   "To train them: build/bin/gan train --model dcgan-upsample.", own);
    threads_set((int)threads);
    FILE *layers = tsv_open(e.out, "20_layers.tsv", "model\tnetwork\tlayer\tparameters\tforward_ms\tbackward_ms");
    FILE *steps = tsv_open(e.out, "20_steps.tsv", "model\tplain_ms\tphases_ms\tratio");
    for (int kind = 0; kind < 2; kind++)
        measure(layers, steps, (DcganKind)kind, e.full ? 256 : 64, (uint64_t)e.seed);
    output_close(layers);
    output_close(steps);
    return 0;
}
