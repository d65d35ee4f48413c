/* The notebook's DCGANs: convolutional networks for 28 x 28 images.
 *
 * Generator: noise -> 7 x 7 x 128 -> 14 x 14 x 64 -> 28 x 28 x 1, each step up
 * either upsampling and a 5 x 5 convolution (dcgan-upsample) or a transposed
 * 5 x 5 convolution (dcgan-transpose); LeakyReLU(0.2), then batch norm.
 * Discriminator: two 5 x 5 convolutions of stride 2, LeakyReLU(0.2), and one
 * dense unit, whose sigmoid is taken into the loss. Keras's conventions
 * throughout: padding, batch norm, initial weights, Adam. */
#ifndef DCGAN_H
#define DCGAN_H

#include "02_random.h"
#include "09_network.h"
#include "15_gan.h"
#include "17_mlp_gan.h"

enum { DCGAN_NOISE = 100, DCGAN_SIDE = 28 };

typedef enum { DCGAN_UPSAMPLE, DCGAN_TRANSPOSE } DcganKind;

typedef struct {
    DcganKind kind;
    Norm norm;     /* the notebook: NORM_GENERATOR; in the discriminator batch norm stands behind the second convolution */
    bool bn_first; /* batch norm, then LeakyReLU; the notebook has them the other way round */
    int width;     /* channels of the generator's second map, 64; of the first map and D's second, twice as many */
    double rate;   /* Adam's */
    int channels;  /* of the images, 1: grey */
} DcganOptions;

/* The system as the notebook gives it: width 64, rate 2e-4. */
DcganOptions dcgan_options(DcganKind kind);

/* DCGAN_NOISE numbers -> 28 x 28 x channels. */
Network *dcgan_generator(const DcganOptions *o, Random *r);

/* 28 x 28 x channels, as a row or as a map, -> 1 logit. */
Network *dcgan_discriminator(const DcganOptions *o, Random *r);

/* Both, with Adam(rate, beta1 0.5), one for each. */
Gan dcgan_new(const DcganOptions *o, uint64_t seed);

#endif
