/* The Frechet distance between two clouds of points, each taken for a Gaussian. */
#ifndef FRECHET_H
#define FRECHET_H

#include "01_tensor.h"

/* The mean (n) and covariance (n x n) of points of n numbers. */
typedef struct {
    int n;
    double *mean, *cov;
} Gaussian;

/* Of the rows of x (N x n, N > 1); the covariance is the unbiased one, with N - 1. */
Gaussian gaussian_of(const Tensor *x);
void gaussian_free(Gaussian *g);

/* |a.mean - b.mean|^2 + tr(a.cov + b.cov - 2 (a.cov b.cov)^(1/2)): squared, as everybody prints it.
 * Sources: Dowson and Landau 1982; of images' features first by Heusel et al., NeurIPS 2017. */
double frechet_distance(const Gaussian *a, const Gaussian *b);

#endif
