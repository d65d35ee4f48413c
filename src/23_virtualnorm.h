/* Virtual batch normalisation: every example by the statistics of a fixed reference batch
 * and of itself, and of no other example.
 *
 * The reference batch has to pass through the network as well, for its activations change with the weights: it
 * stands as the first rows of every batch. Those are normalised by their own statistics, as in batch norm; each
 * of the others as if it alone had joined them.
 * Source: Salimans et al., "Improved techniques for training GANs", NeurIPS 2016, section 3.4. */
#ifndef VIRTUALNORM_H
#define VIRTUALNORM_H

#include "01_tensor.h"

/* N examples of P rows of C channels each, of which the first K are the reference. All borrowed. */
typedef struct {
    int N, K, P, C;
    const real *x;            /* N P x C */
    const wide *mean, *rstd;  /* N x C: of the set that each example is normalised in */
    const real *gamma, *beta; /* C */
} VirtualNorm;

/* For each example, mean and 1/sqrt(var + eps) of each channel over the rows of its set: the reference, and but for
 * its own examples the example itself. */
void virtualnorm_statistics(wide *mean, wide *rstd, const real *x, int N, int K, int P, int C, double eps);

/* y = gamma xhat + beta, with each example's own xhat = (x - mean) rstd. */
void virtualnorm_forward(real *y, const VirtualNorm *n);

/* dgamma += sum of dy xhat, dbeta += sum of dy, over all rows. */
void virtualnorm_backward_sums(real *dgamma, real *dbeta, const real *dy, const VirtualNorm *n);

/* Each example e adds, to every row i of its set of M rows, rstd (g_i - G/M - xhat_i H/M), where g = gamma dy on e's
 * own rows and 0 elsewhere, xhat is by e's statistics, G = sum g, H = sum g xhat. There is room for 4 C numbers. */
void virtualnorm_backward_x(real *dx, const real *dy, const VirtualNorm *n, wide *room);

/* The same by its definition, example by example, as the sum of three paths: direct, through the means, through the
 * variances. Slower; to name what is missing from a wrong gradient. */
void virtualnorm_backward_paths(double *direct, double *through_mean, double *through_var, const real *dy, const VirtualNorm *n,
                                wide *room);

#endif
