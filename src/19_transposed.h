/* The transposed convolution: every input pixel paints its kernel onto a map S
 * times as large, and what overlaps adds up. It is the very map that takes dy to
 * dx in a convolution of stride S, and that is where its name comes from. */
#ifndef TRANSPOSED_H
#define TRANSPOSED_H

#include "01_tensor.h"
#include "18_conv.h"

/* The sizes given (N, H, W, C, K, S, O: from C channels to O) with Ho = S H, Wo = S W,
 * top and left filled in. x is N x H x W x C, y N x Ho x Wo x O, the kernel
 * K x K x O x C. The padding of the convolution that is transposed is the crop
 * here: of the (H - 1)S + K rows that are painted, Keras crops (K - S)/2 before,
 * rounded down (nothing where K < S), and PyTorch's ConvTranspose2d(..., K, S,
 * padding=(K - 1)/2, output_padding=S - 1) of an odd K crops (K - 1)/2. For K = 5,
 * S = 2 that is 1 and 2: the same kernel paints one pixel further up and left in
 * PyTorch. */
ConvSizes transposed_sizes(ConvSizes given, Padding p);

/* The convolution that is transposed: from the output here, N x Ho x Wo x O, to the
 * input here, N x H x W x C. */
ConvSizes conv_of_transposed(const ConvSizes *s);

/* y[n][p][q][o] = bias[o] + the sum of x[n][i][j][c] w[a][b][o][c] over all i, j, a,
 * b, c with S i + a - top = p and S j + b - left = q. bias (O) may be NULL. */
void transposed_forward(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s);

/* dx[n][i][j][c] = sum over a, b, o of
 * dy[n][S i + a - top][S j + b - left][o] w[a][b][o][c]. */
void transposed_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s);

/* dw[a][b][o][c] += the sum over n, i, j of
 * dy[n][S i + a - top][S j + b - left][o] x[n][i][j][c]. */
void transposed_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s);

#endif
