#include "17_mlp_gan.h"

#include <string.h>

Norm norm_of_name(const char *name)
{
    static const char *names[] = { "none", "generator", "discriminator", "both" };
    int norm = 0;
    while (norm < 4 && strcmp(names[norm], name) != 0)
        norm++;
    REQUIRE(norm < 4, "no such place for batch norm: '%s'", name);
    return (Norm)norm;
}

/* ---- the networks ---------------------------------------------------------------------------- */

/* Puts dense, batch norm where wanted, and the activation at the list's end. */
static int add_block(Layer **list, int n, Layer *dense, int out, bool norm, BatchNormOptions o, Layer *activation)
{
    list[n++] = dense;
    if (norm)
        list[n++] = batchnorm_new(out, o);
    list[n++] = activation;
    return n;
}

Network *mlp_generator(int noise, int hidden, int pixels, bool norm, BatchNormOptions o, Random *r)
{
    Layer *list[9];
    int n = 0;
    n = add_block(list, n, dense_new(noise, hidden, INIT_PYTORCH, r), hidden, norm, o, relu_new());
    n = add_block(list, n, dense_new(hidden, 2 * hidden, INIT_PYTORCH, r), 2 * hidden, norm, o, relu_new());
    n = add_block(list, n, dense_new(2 * hidden, pixels, INIT_PYTORCH, r), pixels, false, o, tanh_new());
    list[n] = NULL;
    return network_new("generator", list);
}

Network *mlp_discriminator(int pixels, int hidden, bool norm, BatchNormOptions o, Random *r)
{
    Layer *list[9];
    int n = 0;
    n = add_block(list, n, dense_new(pixels, 2 * hidden, INIT_PYTORCH, r), 2 * hidden, norm, o, leaky_relu_new(0.2));
    n = add_block(list, n, dense_new(2 * hidden, hidden, INIT_PYTORCH, r), hidden, norm, o, leaky_relu_new(0.2));
    list[n++] = dense_new(hidden, 1, INIT_PYTORCH, r);
    list[n] = NULL;
    return network_new("discriminator", list);
}

Gan mlp_gan_new(int pixels, Norm norm, double rate, uint64_t seed)
{
    Random g = random_stream(seed, "generator weights", 0), d = random_stream(seed, "discriminator weights", 0);
    return gan_new(mlp_generator(MLP_NOISE, MLP_HIDDEN, pixels, norm & NORM_GENERATOR, batchnorm_pytorch(), &g),
                   mlp_discriminator(pixels, MLP_HIDDEN, norm & NORM_DISCRIMINATOR, batchnorm_pytorch(), &d),
                   MLP_NOISE, adam_pytorch(rate, 0.5), seed);
}

void mlp_gan_summary_print(FILE *file, const Gan *g, int pixels)
{
    network_summary_print(file, g->generator, (Shape){ 1, { g->noise_size } });
    network_summary_print(file, g->discriminator, (Shape){ 1, { pixels } });
    fprintf(file, "  Sigmoid          Nx1                         0  (taken into the loss)\n");
}

/* ---- training ----------------------------------------------------------------------------------- */

GanTraining gan_training_new(Gan *g, const Images *d, int batch, uint64_t seed)
{
    REQUIRE(batch >= 4 && batch % 2 == 0, "batch %d: D sees half of it, and batch norm needs two rows", batch);
    return (GanTraining){ .gan = g, .data = d, .batch = batch,
                          .shuffle = shuffle_new(d->n, random_stream(seed, "order of the images", 0)),
                          .index = memory_get((size_t)batch * sizeof(int)) };
}

void gan_training_free(GanTraining *t)
{
    shuffle_free(&t->shuffle);
    memory_release(t->index);
    tensor_free(&t->x);
}

GanStep gan_training_step(GanTraining *t)
{
    shuffle_next(&t->shuffle, t->index, t->batch / 2);
    images_rows(t->data, t->index, 0, t->batch / 2, &t->x);
    t->step++;
    return gan_step(t->gan, &t->x, t->batch);
}

long gan_training_epoch_steps(const GanTraining *t) { return (t->data->n + t->batch - 1) / t->batch; }
