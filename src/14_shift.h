/* Covariate shift, outside and inside a network: how to measure it.
 *
 * Two measures of "internal covariate shift" exist. Ioffe and Szegedy watch
 * the distribution of a unit's input as training goes on; Santurkar et al.
 * ask what matters to the optimiser: how much the gradient of a layer changes
 * because the layers below it moved in the same step. */
#ifndef SHIFT_H
#define SHIFT_H

#include "01_tensor.h"
#include "07_loss.h"
#include "09_network.h"

/* ---- the distribution of one unit ------------------------------------------------------- */

typedef struct {
    double low, middle, high; /* 15th, 50th and 85th percentile */
} Percentiles;

/* Of the n numbers x[0], x[stride], x[2 stride], ... Percentiles between two
 * order statistics are interpolated. */
Percentiles percentiles_of(const real *x, int n, int stride);

/* The mean width high - low of a band over its n times: what the next two divide by. */
double percentile_width(const Percentiles *p, int n);

/* How fast they move: the mean over consecutive times of the three
 * percentiles' absolute changes, divided by the mean width high - low. 0 is a
 * distribution that stands still. */
double percentile_drift(const Percentiles *p, int n);

/* The spread of the medians over the whole run, in mean widths: a slow walk
 * shows here, jitter does not. */
double percentile_wander(const Percentiles *p, int n);

/* ---- the gradient of one layer -------------------------------------------------------------- */

typedef struct {
    double distance; /* |g' - g| / |g|; the source does not divide */
    double cosine;   /* of the angle between g and g' */
} GradientShift;

/* g: the gradient of the parameters of layer k on the batch (x, t); g': the
 * same after the layers below k took a gradient step of size `rate`. The
 * network's parameters are put back, running statistics do not move, its
 * gradients end as 0.
 * Source: Santurkar, Tsipras, Ilyas, Madry, "How does batch normalization
 * help optimization?", NeurIPS 2018, definition 2.1. */
GradientShift gradient_shift(Network *n, int k, const Tensor *x, const Tensor *t, Loss *loss, double rate);

#endif
