/* Mode coverage: how much of the data a generator reaches.
 *
 * For a mixture the modes are known and counted directly; for digits a
 * classifier (16_classifier.h) says which class each sample belongs to. */
#ifndef MODES_H
#define MODES_H

#include "01_tensor.h"
#include "10_mixture.h"

typedef struct {
    int modes;           /* with at least one high-quality sample */
    double high_quality; /* share of samples within 3 sigma of a mode */
    double divergence;   /* Kullback-Leibler, from the modes' shares among high-quality samples to uniform;
                            0 is even, log(modes) all in one; NaN where there is no such sample */
} Coverage;

/* Of n points (n x 2). Source: VEEGAN, section 4.1. */
Coverage mixture_coverage(const Mixture *m, const real *x, int n);

/* Of each row of y (N x classes: logits or probabilities), the class whose number is the largest. */
void likeliest_classes(uint8_t *label, const Tensor *y);

/* How many of the classes get at least 1 % of n labels; share[k] (may be
 * NULL) receives each class's part. */
int classes_covered(const uint8_t *label, int n, int classes, double *share);

#endif
