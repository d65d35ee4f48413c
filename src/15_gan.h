/* The game: a generator against a discriminator.
 *
 * The generator G turns noise z into fakes; the discriminator D gives each
 * example a logit a, and sigmoid(a) is the probability it gives that the example
 * is real. D descends on its error; G descends on -log of the probability that
 * its fakes are real, or (SATURATING) on log of the probability that they are fake.
 * Source: Goodfellow et al., "Generative adversarial nets", NeurIPS 2014,
 * algorithm 1; the non-saturating loss is at the end of its section 3. */
#ifndef GAN_H
#define GAN_H

#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"

#include <stdio.h>

/* ---- losses of N logits a; da, where wanted, receives the gradient ---------------------- */

typedef double LogitLoss(const real *a, int N, real *da);

double loss_as_real(const real *a, int N, real *da);    /* -mean log sigmoid(a): calls them real */
double loss_as_fake(const real *a, int N, real *da);    /* -mean log(1 - sigmoid(a)): calls them fake */
double loss_saturating(const real *a, int N, real *da); /* mean log(1 - sigmoid(a)) = -loss_as_fake */

typedef enum { NON_SATURATING, SATURATING } GeneratorLoss;

/* ---- the two players ------------------------------------------------------------------------- */

typedef struct {
    Network *generator, *discriminator; /* owned */
    Optimizer generator_adam, discriminator_adam;
    GeneratorLoss loss;
    int noise_size;
    Random random;    /* of the noise */
    Tensor z;         /* of the last gan_noise */
    Tensor da, dfake; /* gradients of D's logits and of the fakes */
} Gan;

/* What one step measured. The losses and probabilities are those before the update. */
typedef struct {
    double loss_real, loss_fake, loss_g; /* D's two losses, G's loss */
    double on_real, on_fake;             /* mean sigmoid of D on real and on fake, in D's step */
    double norm_g, norm_d;               /* of the gradients */
} GanStep;

/* A table of steps: its columns, as tsv_open takes them, and a row. */
extern const char gan_step_columns[];
void gan_step_print(FILE *tsv, long step, const GanStep *s);

/* Takes both networks over; Adam's options serve two separate optimisers. G's
 * loss is NON_SATURATING until the caller sets `loss`. */
Gan gan_new(Network *generator, Network *discriminator, int noise_size, AdamOptions adam, uint64_t seed);
void gan_free(Gan *g);

/* Where the noise of a GAN of this seed begins. */
Random gan_noise_stream(uint64_t seed);

/* N fresh rows of normal noise in g->z. */
void gan_noise(Gan *g, int N);

/* Gradients of D on real examples and, as a batch of its own, on fakes made
 * from g->z; they accumulate. G gets no gradient. Training does it in TRAIN, who
 * measures in PROBE. */
void gan_discriminator_gradient(Gan *g, const Tensor *real_examples, Mode mode, GanStep *s);

/* Gradient of G through D from g->z; D's parameters get none. */
void gan_generator_gradient(Gan *g, Mode mode, GanStep *s);

/* One step of each: D on the examples and as many fakes, then G on N fakes. */
GanStep gan_step(Gan *g, const Tensor *real_examples, int N);

/* Where NaN or infinity began in this step: a text that the next call reuses.
 * NULL where every loss and norm of it is finite. */
const char *gan_not_finite(const Gan *g, const GanStep *s);

/* The loss that this GAN's generator descends on. */
LogitLoss *gan_generator_loss(const Gan *g);

/* Fakes from z, one row each; the generator's own tensor. */
const Tensor *gan_sample(Gan *g, const Tensor *z, Mode mode);

#endif
