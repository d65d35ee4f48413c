/* Convolution: the dense layer of a small window, the same at every place.
 *
 * A K x K window slides over the map in steps of S; at every stop its K x K x C
 * numbers are multiplied by the kernel and give O output channels.
 *
 * Maps have their channels last: x is N x H x W x C, the kernel w is
 * K x K x C x O, y is N x Ho x Wo x O. Padding is 'same': zeros around the
 * map, so many that Ho = ceil(H/S). */
#ifndef CONV_H
#define CONV_H

#include "01_tensor.h"

typedef struct {
    int N, H, W, C; /* the input: N maps of H x W pixels with C channels */
    int K, S, O;    /* kernel K x K, stride S, O output channels */
    int Ho, Wo;     /* the output's pixels: ceil(H/S), ceil(W/S) */
    int top, left;  /* rows of zeros above the map, columns left of it; those behind follow */
} ConvSizes;

/* Where the zeros stand. Keras: half before and half behind, an odd one
 * behind. PyTorch: (K - 1)/2 before, as its `padding` does for odd K. With
 * stride 1 and odd K the two agree. */
typedef enum { PAD_KERAS, PAD_PYTORCH } Padding;

/* The sizes given, from N to O, with Ho, Wo, top and left filled in. */
ConvSizes conv_sizes(ConvSizes given, Padding p);

/* y[n][i][j][o] = bias[o] + sum over a, b, c of
 * x[n][S i + a - top][S j + b - left][c] w[a][b][c][o], where x is 0 outside the
 * map. bias (O) may be NULL. */
void conv_forward(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s);

/* dx[n][p][q][c] = the sum of dy[n][i][j][o] w[a][b][c][o] over all i, j, a, b, o
 * with S i + a - top = p and S j + b - left = q. */
void conv_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s);

/* dw[a][b][c][o] += the sum over n, i, j of
 * x[n][S i + a - top][S j + b - left][c] dy[n][i][j][o]. */
void conv_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s);

#endif
