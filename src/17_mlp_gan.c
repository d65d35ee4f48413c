#include "17_mlp_gan.h"

#include "00_error.h"
#include "01_tensor.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "08_optimizer.h"
#include "09_summary.h"

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
                   mlp_discriminator(pixels, MLP_HIDDEN, norm & NORM_DISCRIMINATOR, batchnorm_pytorch(), &d), MLP_NOISE,
                   adam_pytorch(rate, 0.5), seed);
}

void mlp_gan_summary_print(FILE *file, const Gan *g, int pixels)
{
    network_summary_print(file, g->generator, (Shape){ 1, { g->noise_size } });
    network_summary_print(file, g->discriminator, (Shape){ 1, { pixels } });
    fprintf(file, "  Sigmoid          Nx1                         0  (taken into the loss)\n");
}
