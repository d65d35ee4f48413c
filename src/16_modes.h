/* Mode coverage: how much of the data a generator reaches.
 *
 * For a mixture the modes are known and counted directly; for digits a
 * classifier trained here says which class each sample belongs to. */
#ifndef MODES_H
#define MODES_H

#include "15_gan.h"

/* ---- of a mixture -------------------------------------------------------------------------- */

typedef struct {
    int modes;           /* with at least one high-quality sample */
    double high_quality; /* share of samples within 3 sigma of a mode */
    double divergence;   /* Kullback-Leibler, from the modes' shares among high-quality samples to uniform;
                            0 is even, log(modes) all in one; NaN where there is no such sample */
} Coverage;

/* Of n points (n x 2). Source: VEEGAN, section 4.1. */
Coverage mixture_coverage(const Mixture *m, const real *x, int n);

/* ---- of digits -------------------------------------------------------------------------------- */

/* A dense classifier: pixels -> 256 -> 128 -> classes, ReLU, PyTorch's
 * initial weights. */
Network *classifier_new(int pixels, int classes, uint64_t seed);

/* Trains by Adam(1e-3, 0.9) in batches of 128 for some epochs; `progress` may
 * be NULL. */
void classifier_train(Network *c, const Images *d, int epochs, uint64_t seed, Progress *progress);

/* Share of images that it labels rightly. */
double classifier_accuracy(Network *c, const Images *d);

/* The class it gives each of n rows. */
void classifier_labels(Network *c, const Tensor *x, uint8_t *label);

/* How many of the classes get at least 1 % of n labels; share[k] (may be
 * NULL) receives each class's part. */
int classes_covered(const uint8_t *label, int n, int classes, double *share);

#endif
