/* Batch normalisation, in training.
 *
 * Every column of a batch is shifted and scaled to mean 0 and variance 1 by
 * its own statistics, then to a learned mean beta and deviation gamma. The
 * statistics depend on every row, so backward has two paths more than the
 * direct one: through the mean and through the variance.
 *
 * x is R x C: a batch of R vectors, or of images with R = N H W rows of C
 * channels. Source: Ioffe and Szegedy, "Batch normalization", ICML 2015,
 * algorithm 1 and section 3. */
#ifndef BATCHNORM_H
#define BATCHNORM_H

#include "01_tensor.h"

/* In all of them m is the number of rows that the statistics are taken over: R,
 * where the whole batch is here. Where the batch is spread over several
 * processes, m counts the rows of all, and what each adds up is its share. */

/* mean[j] = 1/m sum_i x_ij. */
void batchnorm_mean(wide *mean, const real *x, int R, int C, double m);

/* var[j] = 1/m sum_i (x_ij - mean_j)^2, biased. */
void batchnorm_var(wide *var, const real *x, const wide *mean, int R, int C, double m);

/* A batch with what it is normalised by; rstd = 1/sqrt(var + eps) is the
 * reciprocal of a standard deviation. xhat = (x - mean) rstd. All borrowed. */
typedef struct {
    int R, C;
    const real *x;            /* R x C */
    const real *mean, *rstd;  /* C */
    const real *gamma, *beta; /* C */
} BatchNorm;

/* y = gamma xhat + beta. xhat is not kept: backward makes it again, in less time
 * than it would take to write and to read it. */
void batchnorm_forward(real *y, const BatchNorm *n);

/* dgamma = sum_i dy xhat; dbeta = sum_i dy: overwritten, for the layer adds
 * them to the parameters' gradients itself. */
void batchnorm_backward_sums(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n);

/* dx = gamma rstd (dy - dbeta/m - xhat dgamma/m). With m = INFINITY the direct
 * path alone is left: that of statistics which do not depend on x. */
void batchnorm_backward_x(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n);

#endif
