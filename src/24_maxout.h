/* Maxout: units that are the largest of a few linear pieces.
 *
 * The dense layer before it gives each unit several numbers, its pieces; the unit is their maximum, a convex function of
 * the input that is learned. Here because the GANs of a published table have it (docs/verdict.md).
 * Source: Goodfellow et al., "Maxout networks", ICML 2013, eq. (1). */
#ifndef MAXOUT_H
#define MAXOUT_H

#include "01_tensor.h"
#include "04_layer.h"

/* y[i] = max over k of x[i pieces + k], for n units; won[i pieces + k] is 1 for the first piece that is the largest, and 0 for
 * the others: the slope of y[i] by that piece. dx = won dy. */
void maxout_forward(real *y, real *won, const real *x, size_t n, int pieces);
void maxout_backward(real *dx, const real *dy, const real *won, size_t n, int pieces);

/* N x (units pieces) to N x units. */
Layer *maxout_new(int pieces);

#endif
