/* Spectral normalisation: a weight matrix divided by its largest singular value.
 *
 * That value, sigma, is the most by which the matrix can lengthen a vector; divided by it, a layer lengthens
 * nothing, and a network of such layers and of activations with slopes up to 1 has a Lipschitz constant of 1 at most.
 * Source: Miyato et al., "Spectral normalization for GANs", ICLR 2018. */
#ifndef SPECTRAL_H
#define SPECTRAL_H

#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"

/* One step of the power iteration for W (R x C, row by row): v = W^T u/|W^T u| (C), then u = W v/|W v| (R). Where W is
 * not 0, u and v approach the singular vectors of the largest singular value. */
void power_iteration(real *u, real *v, const real *W, int R, int C);

/* sigma = u^T W v. */
double spectral_sigma(const real *u, const real *v, const real *W, int R, int C);

/* dW += (dN - <dN, N> u v^T)/sigma for N = W/sigma, where sigma = u^T W v and u, v are constants. */
void spectral_backward(real *dW, const real *dN, const real *W, const real *u, const real *v, int R, int C);

/* From now on the layer computes with parameter k divided by its sigma, as a matrix of all its dimensions but the last
 * by the last. Every TRAIN forward takes a step of the power iteration; it begins with `first` steps from a
 * random u. u is in no checkpoint. */
void spectral_norm(Layer *l, int k, int first, Random *r);

#endif
