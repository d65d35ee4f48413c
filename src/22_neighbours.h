/* Nearest neighbours among points, and what they say of samples: are they where the data are,
 * are they everywhere where the data are, are they copies, how many different ones are there? */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include "01_tensor.h"

/* d2[i m + j] = |a_i - b_j|^2 for the rows of a (n x C) and b (m x C), as |a_i|^2 - 2 <a_i, b_j> + |b_j|^2: off by
 * rounding of the size of |a_i|^2, and never below 0. */
void squared_distances(real *d2, const real *a, int n, const real *b, int m, int C);

/* The squared distances of every row of a to its k nearest rows of b, the nearest first (n x k). With `same`,
 * b is a, and no row is its own neighbour. */
void nearest_distances(real *to, const Tensor *a, const Tensor *b, int k, bool same);

/* The share of x's rows within a row of `of`'s own radius of it; radius2 are their squares. */
double share_within(const Tensor *x, const Tensor *of, const real *radius2);

/* A set's region is all that lies no farther from one of its points than that one's k-th
 * neighbour. Precision: the share of samples in the data's region. Recall: the share of data in the samples'.
 * Source: Kynkaanniemi et al., "Improved Precision and Recall Metric", NeurIPS 2019, with k = 3. */
typedef struct {
    double precision, recall;
} PrecisionRecall;
PrecisionRecall precision_recall(const Tensor *data, const Tensor *samples, int k);

/* The median, over the rows of x, of the distance to the nearest row of `of`. */
double median_nearest(const Tensor *x, const Tensor *of, bool same);

/* The birthday test: of n rows drawn from N equally likely ones, n(n - 1)/(2N) pairs are the same. Counts pairs
 * nearer than `radius`; returns that N: infinite where there is no such pair.
 * Source: Arora and Zhang, "Do GANs actually learn the distribution?", 2017. */
double birthday_support(const Tensor *x, double radius);

#endif
