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

#include "11_image.h"

/* mean[j] = 1/R sum_i x_ij; var[j] = 1/R sum_i (x_ij - mean_j)^2, biased. */
void batchnorm_statistics(real *mean, real *var, const real *x, int R, int C);

/* rstd = 1/sqrt(var + eps): the reciprocal of a standard deviation. */
void batchnorm_rstd(real *rstd, const real *var, double eps, int C);

/* xhat = (x - mean) rstd. */
void batchnorm_normalise(real *xhat, const real *x, const real *mean, const real *rstd, int R, int C);

/* y = gamma xhat + beta. */
void batchnorm_scale_shift(real *y, const real *xhat, const real *gamma, const real *beta, int R, int C);

/* The two in one pass. xhat is not kept: backward makes it again, in less
 * time than it would take to write and to read it. */
void batchnorm_forward(real *y, const real *x, const real *mean, const real *rstd, const real *gamma,
                       const real *beta, int R, int C);

/* The two means that backward needs, over the rows of each column:
 * mean_dy = 1/R sum_i dy; mean_dy_xhat = 1/R sum_i dy xhat. */
void batchnorm_backward_means(real *mean_dy, real *mean_dy_xhat, const real *dy, const real *x, const real *mean,
                              const real *rstd, int R, int C);

/* dgamma += sum_i dy xhat; dbeta += sum_i dy. */
void batchnorm_backward_params(real *dgamma, real *dbeta, const real *mean_dy, const real *mean_dy_xhat, int R,
                               int C);

/* dx = gamma rstd (dy - mean_dy - xhat mean_dy_xhat). */
void batchnorm_backward_x(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                          const real *gamma, const real *mean_dy, const real *mean_dy_xhat, int R, int C);

/* The same dx as the sum of its three paths, each by the chain rule from x:
 * direct, through the mean, through the variance. Slower; to read, to test
 * with, and to name what is missing from a wrong gradient. */
void batchnorm_backward_paths(real *direct, real *through_mean, real *through_var, const real *dy, const real *x,
                              const real *gamma, double eps, int R, int C);

/* |dx|^2 of each column predicted from three sums:
 * gamma^2 rstd^2 (|dy|^2 - <1,dy>^2/R - (1 + eps rstd^2) <dy,xhat>^2/R),
 * with |dx|^2 <= gamma^2 rstd^2 |dy|^2: batch norm takes two directions out
 * of the gradient. Compare Santurkar et al., NeurIPS 2018, theorem 4.1. */
void batchnorm_gradient_identity(double *dx_norm2, double *bound, const real *dy, const real *xhat,
                                 const real *gamma, const real *rstd, double eps, int R, int C);

/* ---- the layer ---------------------------------------------------------------------------- */

/* What any batch norm keeps between forward and backward. The layer here
 * always normalises by its batch; the next chapter's adds running statistics
 * and evaluation mode around the same core. */
typedef struct {
    int C;
    double eps;
    Param *gamma, *beta;
    real *mean, *var, *rstd;         /* C each, of the last forward; whoever is given var may spend it */
    real *mean_dy, *mean_dy_xhat;    /* C each, of the last backward */
} BatchNormCore;

void batchnorm_core_init(BatchNormCore *c, Layer *l, int C, double eps); /* parameters 0 and 1 of l */
void batchnorm_core_free(BatchNormCore *c);
void batchnorm_core_forward(BatchNormCore *c, Tensor *y, const Tensor *x);
void batchnorm_core_backward(BatchNormCore *c, Tensor *dx, const Tensor *dy, const Tensor *x, unsigned want);

/* Parameters "gamma" (C ones) and "beta" (C zeros). x has C columns and at
 * least two rows: of one row, the variance is 0 and nothing is left. */
Layer *batchnorm_training_new(int C, double eps);

/* Faults for the gradient checker to catch: a path left out of dx. Their
 * subject is a LayerSubject whose layer is batchnorm_training_new's. */
extern const Fault batchnorm_faults[];

#endif
