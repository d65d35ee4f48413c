/* Layer, group and instance normalisation: statistics of one example at a time.
 *
 * An example is P places of C channels (a vector: P = 1; an image: P = H W). Its channels
 * are cut into G groups of C/G, and each group's m = P C/G numbers are brought to mean 0
 * and variance 1 by their own statistics; then every channel has its gamma and beta. One
 * group: layer norm. A group a channel: instance norm. No other example has a say, so
 * there is nothing to remember for evaluation.
 * Sources: Ba, Kiros and Hinton, "Layer normalization", 2016; Ulyanov, Vedaldi and Lempitsky, "Instance
 * normalization", 2016; Wu and He, "Group normalization", ECCV 2018. */
#ifndef GROUPNORM_H
#define GROUPNORM_H

#include "01_tensor.h"

/* How many rows of channels an example has in a batch of shape x: P. */
static inline int example_places(Shape x) { return x.rank > 2 ? shape_rows(x) / x.dim[0] : 1; }

/* N examples with what they are normalised by. All borrowed. */
typedef struct {
    int N, P, C, G;
    const real *x;            /* N x P x C */
    const real *mean, *rstd;  /* N x G */
    const real *gamma, *beta; /* C */
} GroupNorm;

/* mean and 1/sqrt(var + eps) of every group of every example (N x G); var is the biased one. */
void groupnorm_statistics(real *mean, real *rstd, const real *x, int N, int P, int C, int G, double eps);

/* y = gamma xhat + beta, xhat = (x - mean) rstd. */
void groupnorm_forward(real *y, const GroupNorm *n);

/* dgamma += sum over examples and places of dy xhat; dbeta += sum of dy (C each). */
void groupnorm_backward_sums(real *dgamma, real *dbeta, const real *dy, const GroupNorm *n);

/* With dxhat = gamma dy, and means over the group's m numbers: dx = rstd (dxhat - mean(dxhat) - xhat mean(dxhat xhat)). */
void groupnorm_backward_x(real *dx, const real *dy, const GroupNorm *n);

/* The same as the sum of its three paths, for whoever looks for the one that is missing. */
void groupnorm_backward_paths(double *direct, double *through_mean, double *through_var, const real *dy, const GroupNorm *n);

#endif
