/* Upsampling: how a generator makes a small map large.
 *
 * Either every pixel is repeated and a convolution smooths the result, or the
 * convolution is turned round: every input pixel paints its kernel onto the
 * larger map, and what overlaps adds up. That is the transpose of a strided
 * convolution: the very map that takes dy to dx there. */
#ifndef UPSAMPLE_H
#define UPSAMPLE_H

#include "18_winograd.h"

/* ---- nearest neighbour -------------------------------------------------------------- */

/* y[n][2i + p][2j + q] = x[n][i][j] for p, q in {0, 1}: x (N x H x W x C),
 * y (N x 2H x 2W x C). */
void upsample_forward(real *y, const real *x, int N, int H, int W, int C);

/* dx[n][i][j] = the sum of its four copies' gradients. */
void upsample_backward(real *dx, const real *dy, int N, int H, int W, int C);

/* ---- transposed convolution ------------------------------------------------------------ */

/* The sizes of the convolution that is transposed: from N x SH x SW x O, the
 * output here, to N x H x W x C, the input here. Its kernel is K x K x O x C.
 * The padding of the one is the crop of the other: of the (H - 1)S + K rows
 * that are painted, Keras crops (K - S)/2 before, rounded down (nothing where
 * K < S), and PyTorch's ConvTranspose2d(..., K, S, padding=(K - 1)/2,
 * output_padding=S - 1) of an odd K crops (K - 1)/2. For K = 5, S = 2 that is 1 and 2: the same kernel paints one
 * pixel further up and left in PyTorch. */
ConvSizes transposed_sizes(int N, int H, int W, int C, int O, int K, int S, Padding p);

/* In all three, `work` has room for conv_work_size(s) elements.
 * y[n][S i + a - top][S j + b - left][o] = b[o] + the sum over all i, j, a, b, c
 * that point there of x[n][i][j][c] w[a][b][o][c]. */
void transposed_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s, real *work);

/* The convolution itself: dx[n][i][j][c] = sum over a, b, o of
 * dy[n][S i + a - top][S j + b - left][o] w[a][b][o][c]. */
void transposed_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s, real *work);

/* dw += the windows of dy, times x. */
void transposed_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s, real *work);

/* ---- the layers ---------------------------------------------------------------------------- */

/* Nearest neighbour, x2 in both directions; no parameters. */
Layer *upsample_new(void);

/* Parameters "weight" (K x K x O x C) and "bias" (O). */
Layer *transposed_new(int C, int O, int K, int S, Padding p, Init init, Random *r);

#endif
