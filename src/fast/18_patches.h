/* Convolution by patches: every window written out as the row of a matrix
 * (im2col), and one matrix product. See chapters/fast/18_patches.md. */
#ifndef FAST_PATCHES_H
#define FAST_PATCHES_H

#include "01_tensor.h"
#include "18_conv.h"

/* col[(n, i, j)][(a, b, c)] = x[n][S i + a - top][S j + b - left][c], or 0
 * outside the map, for `count` maps from the first: (count Ho Wo) x (K K C). */
void im2col(real *col, const real *x, const ConvSizes *s, int first, int count);

/* The adjoint: x[n][S i + a - top][S j + b - left][c] = the sum of all
 * col[(n, i, j)][(a, b, c)] that point there. Overwrites those maps of x. */
void col2im(real *x, const real *col, const ConvSizes *s, int first, int count);

/* conv_forward, conv_backward_x and conv_backward_w, whatever the sizes. */
void patches_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s);
void patches_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s);
void patches_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s);

/* y[i][o] += bias[o] for every pixel i; NULL: nothing. */
void patches_add_bias(real *y, const real *bias, int pixels, int O);

/* The kernel turned by half a turn, with in and out exchanged:
 * flipped[a][b][o][c] = w[K-1-a][K-1-b][c][o]. With stride 1 and odd K,
 * conv_backward_x is conv_forward with the flipped kernel, and the reverse. */
void kernel_flip(real *flipped, const real *w, int K, int C, int O);

#endif
