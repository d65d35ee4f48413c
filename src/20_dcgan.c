#include "20_dcgan.h"

#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "08_optimizer.h"
#include "13_inference.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "18_reshape.h"
#include "19_upsample_layer.h"

DcganOptions dcgan_options(DcganKind kind)
{
    return (DcganOptions){ .kind = kind, .norm = NORM_GENERATOR, .width = 64, .rate = 2e-4, .channels = 1 };
}

/* ---- blocks of layers ---------------------------------------------------------------------- */

/* Layers on their way into a network; begun as zeros, so that a NULL ends them. */
typedef struct {
    Layer *layer[16];
    int n;
} List;

static void add(List *l, Layer *layer) { l->layer[l->n++] = layer; }

/* LeakyReLU, and batch norm of C channels where wanted, in the order wanted. */
static void add_activation(List *l, const DcganOptions *o, int C, bool norm)
{
    if (norm && o->bn_first)
        add(l, batchnorm_new(C, batchnorm_keras()));
    add(l, leaky_relu_new(0.2));
    if (norm && !o->bn_first)
        add(l, batchnorm_new(C, batchnorm_keras()));
}

/* From H x W x C to 2H x 2W x O. */
static void add_step_up(List *l, const DcganOptions *o, int C, int O, Random *r)
{
    add(l, o->kind == DCGAN_UPSAMPLE ? upsample_conv_new(C, O, 5, INIT_GLOROT, r)
                                     : transposed_new(C, O, 5, 2, PAD_KERAS, INIT_GLOROT, r));
}

/* ---- the networks ---------------------------------------------------------------------------- */

Network *dcgan_generator(const DcganOptions *o, Random *r)
{
    List l = { .n = 0 };
    int low = DCGAN_SIDE / 4, C = 2 * o->width;
    bool norm = o->norm & NORM_GENERATOR;
    add(&l, dense_new(DCGAN_NOISE, low * low * C, INIT_GLOROT, r));
    add(&l, reshape_new(low, low, C));
    add_activation(&l, o, C, norm);
    add_step_up(&l, o, C, o->width, r);
    add_activation(&l, o, o->width, norm);
    add_step_up(&l, o, o->width, o->channels, r);
    add(&l, tanh_new());
    return network_new("generator", l.layer);
}

Network *dcgan_discriminator(const DcganOptions *o, Random *r)
{
    List l = { .n = 0 };
    int low = DCGAN_SIDE / 4, C = o->width;
    add(&l, reshape_new(DCGAN_SIDE, DCGAN_SIDE, o->channels));
    add(&l, conv_new(o->channels, C, 5, 2, PAD_KERAS, INIT_GLOROT, r));
    add_activation(&l, o, C, false);
    add(&l, conv_new(C, 2 * C, 5, 2, PAD_KERAS, INIT_GLOROT, r));
    add_activation(&l, o, 2 * C, o->norm & NORM_DISCRIMINATOR);
    add(&l, dense_new(low * low * 2 * C, 1, INIT_GLOROT, r));
    return network_new("discriminator", l.layer);
}

Gan dcgan_new(const DcganOptions *o, uint64_t seed)
{
    Random g = random_stream(seed, "generator weights", 0), d = random_stream(seed, "discriminator weights", 0);
    Network *generator = dcgan_generator(o, &g), *discriminator = dcgan_discriminator(o, &d);
    return gan_new(generator, discriminator, DCGAN_NOISE, adam_keras(o->rate, 0.5), seed);
}
