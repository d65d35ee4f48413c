/* The gradient of batch norm, taken apart: its three paths, and its length.
 * Slower than what it explains; to read, to test with, and to name what is
 * missing from a wrong gradient. */
#ifndef PATHS_H
#define PATHS_H

#include "01_tensor.h"
#include "12_batchnorm.h"

/* xhat = (x - mean) rstd. */
void batchnorm_normalise(real *xhat, const BatchNorm *n);

/* dx as the sum of its three paths, each by the chain rule: direct, through the
 * mean, through the variance. R x C each. */
typedef struct {
    double *direct, *through_mean, *through_var;
} BatchNormPaths;
void batchnorm_backward_paths(const BatchNormPaths *to, const real *dy, const BatchNorm *n);

/* |dx|^2 of each column predicted from three sums:
 * gamma^2 rstd^2 (|dy|^2 - <1,dy>^2/R - (1 + eps rstd^2) <dy,xhat>^2/R),
 * with |dx|^2 <= gamma^2 rstd^2 |dy|^2: batch norm takes two directions out
 * of the gradient. Compare Santurkar et al., NeurIPS 2018, theorem 4.1. */
void batchnorm_gradient_identity(double *dx_norm2, double *bound, const real *dy, double eps, const BatchNorm *n);

#endif
