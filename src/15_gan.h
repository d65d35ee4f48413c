/* The game: a generator against a discriminator.
 *
 * The generator G turns noise z into fakes; the discriminator D gives each
 * example a logit a, and sigmoid(a) is its belief that the example is real. D
 * descends on its error, G on D's belief that the fakes are fake.
 * Source: Goodfellow et al., "Generative adversarial nets", NeurIPS 2014,
 * algorithm 1; the non-saturating loss is at the end of its section 3. */
#ifndef GAN_H
#define GAN_H

#include "14_shift.h"

/* ---- losses of N logits a; da, where wanted, receives the gradient ---------------------- */

double loss_as_real(const real *a, int N, real *da);     /* -mean log sigmoid(a): calls them real */
double loss_as_fake(const real *a, int N, real *da);     /* -mean log(1 - sigmoid(a)): calls them fake */
double loss_saturating(const real *a, int N, real *da);  /* mean log(1 - sigmoid(a)) = -loss_as_fake */

typedef enum { NON_SATURATING, SATURATING } GeneratorLoss;

/* ---- the two players ------------------------------------------------------------------------- */

typedef struct {
    Network *generator, *discriminator; /* owned */
    Optimizer g, d;                     /* one each */
    GeneratorLoss loss;
    int noise_size;
    Random random;                      /* of the noise */
    Tensor z, da;
} Gan;

/* What one step measured. The losses and beliefs are those before the update. */
typedef struct {
    double loss_real, loss_fake, loss_g; /* D's two losses, G's loss */
    double on_real, on_fake;             /* mean sigmoid of D on real and on fake, in D's step */
    double norm_g, norm_d;               /* of the gradients */
} GanStep;

/* A table of steps: its columns, as tsv_open takes them, and a row. */
extern const char gan_step_columns[];
void gan_step_print(FILE *tsv, long step, const GanStep *s);

/* Takes both networks over; Adam's options serve two separate optimisers. */
Gan gan_new(Network *generator, Network *discriminator, int noise_size, AdamOptions adam, uint64_t seed);
void gan_free(Gan *g);

/* Where the noise of a GAN of this seed begins. */
Random gan_noise_stream(uint64_t seed);

/* N fresh rows of normal noise in g->z. */
void gan_noise(Gan *g, int N);

/* Gradients of D on real examples and, as a batch of its own, on fakes made
 * from g->z; they accumulate. G runs in TRAIN, but gets no gradient. */
void gan_discriminator_gradient(Gan *g, const Tensor *real_examples, GanStep *s);

/* Gradient of G through D from g->z; D's parameters get none. */
void gan_generator_gradient(Gan *g, GanStep *s);

/* One step of each: D on the examples and as many fakes, then G on N fakes. */
GanStep gan_step(Gan *g, const Tensor *real_examples, int N);

/* Stops with a user's error when a loss of this step is NaN or infinite, and
 * names the step and the first layer where it shows. `log`, where given, is
 * finished before. */
void gan_require_finite(const Gan *g, const GanStep *s, long step, FILE *log);

/* Fakes from z, one row each; the generator's own tensor. */
const Tensor *gan_sample(Gan *g, const Tensor *z, Mode mode);

/* ---- as subjects of the gradient checker --------------------------------------------------------- */

typedef struct {
    Gan *gan;
    Tensor real_examples;
    bool of_generator;
    uint64_t branches; /* of every forward in the last evaluate */
    Subject subject; /* arrays: every parameter of the player, named "2.weight" */
} GanSubject;

/* The loss of the generator through D, or of D on real and fake, by the very
 * functions that training uses. Noise and examples (N x features) are normal
 * and stay fixed. */
void gan_subject_init(GanSubject *s, Gan *g, bool of_generator, int N, int features, Random *r);
void gan_subject_free(GanSubject *s);

#endif
