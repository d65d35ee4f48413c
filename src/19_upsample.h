/* Upsampling: how a generator makes a small map large, by repeating pixels. */
#ifndef UPSAMPLE_H
#define UPSAMPLE_H

#include "01_tensor.h"
#include "18_conv.h"

/* Nearest neighbour, x2 in both directions: y[n][i][j][c] = x[n][i/2][j/2][c], with
 * x (N x H x W x C) and y (N x 2H x 2W x C). */
void upsample_forward(real *y, const real *x, int N, int H, int W, int C);

/* dx[n][i][j][c] = the sum of its four copies' gradients. */
void upsample_backward(real *dx, const real *dy, int N, int H, int W, int C);

/* Upsampling x2 and then a convolution of stride 1, in one: the large map between
 * them is never made. Given N, H, W, C, O and K; fills in S = 1, Ho = 2H, Wo = 2W,
 * top and left. */
ConvSizes upsample_conv_sizes(ConvSizes given);

/* y[n][i][j][o] = bias[o] + sum over a, b, c of x[n][p/2][q/2][c] w[a][b][c][o],
 * where p = i + a - top, q = j + b - left is a pixel of the large map; outside it,
 * p < 0, p >= 2H, q < 0 or q >= 2W, stand zeros. bias (O) may be NULL. */
void upsample_conv_forward(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s);

/* Its gradients: dx overwritten, dw added to. */
void upsample_conv_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s);
void upsample_conv_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s);

#endif
