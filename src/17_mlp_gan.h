/* The blog's GAN: two dense networks with batch norm.
 *
 * Generator: noise -> 128 -> 256 -> pixels, batch norm then ReLU behind the
 * hidden layers, tanh at the end. Discriminator: pixels -> 256 -> 128 -> 1,
 * batch norm then LeakyReLU(0.2); its sigmoid is taken into the loss. */
#ifndef MLP_GAN_H
#define MLP_GAN_H

#include "02_random.h"
#include "09_network.h"
#include "13_inference.h"
#include "15_gan.h"

#include <stdio.h>

typedef enum { NORM_NONE = 0, NORM_GENERATOR = 1, NORM_DISCRIMINATOR = 2, NORM_BOTH = 3 } Norm;

/* "both", "generator", "discriminator" or "none"; REQUIREs one of them. */
Norm norm_of_name(const char *name);

/* noise -> hidden -> 2 hidden -> pixels; with batch norm of these options
 * behind the hidden layers where norm is true. PyTorch's initial weights. */
Network *mlp_generator(int noise, int hidden, int pixels, bool norm, BatchNormOptions o, Random *r);

/* pixels -> 2 hidden -> hidden -> 1 logit. */
Network *mlp_discriminator(int pixels, int hidden, bool norm, BatchNormOptions o, Random *r);

/* The system as the blog gives it: noise 100, hidden 128, PyTorch's batch
 * norm, Adam(rate, beta1 0.5). The non-saturating loss; the blog gives no
 * training loop. */
enum { MLP_NOISE = 100, MLP_HIDDEN = 128 };
Gan mlp_gan_new(int pixels, Norm norm, double rate, uint64_t seed);

/* The summaries of both networks; the discriminator's names its sigmoid. */
void mlp_gan_summary_print(FILE *file, const Gan *g, int pixels);

#endif
