/* Convolution: the dense layer of a small window, the same at every place.
 *
 * A K x K window slides over the map in steps of S; at every stop its K K C
 * numbers are multiplied by the kernel and give O output channels. Written
 * out, the windows are the rows of a matrix (im2col), and the convolution is
 * one matrix product.
 *
 * Maps have their channels last: x is N x H x W x C, the kernel w is
 * K x K x C x O, y is N x Ho x Wo x O. Padding is 'same': zeros around the
 * map, so many that Ho = ceil(H/S). */
#ifndef CONV_H
#define CONV_H

#include "17_mlp_gan.h"

/* ---- sizes -------------------------------------------------------------------------- */

typedef struct {
    int N, H, W, C;  /* the input: N maps of H x W pixels with C channels */
    int K, S, O;     /* kernel K x K, stride S, O output channels */
    int Ho, Wo;      /* the output's pixels: ceil(H/S), ceil(W/S) */
    int top, left;   /* rows of zeros above the map, columns left of it; those behind follow */
} ConvSizes;

/* Where the zeros stand. Keras: half before and half behind, an odd one
 * behind. PyTorch: (K - 1)/2 before, as its `padding` does for odd K. With
 * stride 1 and odd K the two agree. */
typedef enum { PAD_KERAS, PAD_PYTORCH } Padding;

/* Fills in Ho, Wo, top and left. */
ConvSizes conv_sizes(int N, int H, int W, int C, int O, int K, int S, Padding p);

/* ---- windows as rows ------------------------------------------------------------------- */

/* col[(n, i, j)][(a, b, c)] = x[n][S i + a - top][S j + b - left][c], or 0
 * outside the map, for `count` maps from the first: (count Ho Wo) x (K K C). */
void im2col(real *col, const real *x, const ConvSizes *s, int first, int count);

/* The adjoint: x[n][S i + a - top][S j + b - left][c] = the sum of all
 * col[(n, i, j)][(a, b, c)] that point there. Overwrites those maps of x. */
void col2im(real *x, const real *col, const ConvSizes *s, int first, int count);

/* ---- the mathematics --------------------------------------------------------------------- */

/* Room, in elements, for the windows of as many maps as are taken at once. */
size_t conv_work_size(const ConvSizes *s);

/* y = col w + b. b (O) may be NULL. */
void conv_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s, real *work);

/* dx = col2im(dy w^T): every output's gradient goes back to its window. */
void conv_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s, real *work);

/* dw += col^T dy. */
void conv_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s, real *work);

/* db += the sum of dy over the batch and over all pixels. */
void conv_backward_b(real *db, const real *dy, const ConvSizes *s);

/* The same y by six loops and the definition, to read and to test with. */
void conv_plain(real *y, const real *x, const real *w, const real *b, const ConvSizes *s);

/* The kernel turned by half a turn, with in and out exchanged:
 * flipped[a][b][o][c] = w[K-1-a][K-1-b][c][o]. With stride 1 and odd K,
 * conv_backward_x is conv_forward with the flipped kernel, and the reverse. */
void conv_flip(real *flipped, const real *w, int K, int C, int O);

/* ---- one workroom for all ------------------------------------------------------------------ */

/* Nothing in `work` outlives a call, so all convolution layers, of whatever
 * kind, share one. A layer enters when it is made and leaves when it is freed;
 * the last to leave frees the room. For one thread at a time, as all layers. */
void workroom_enter(void);
void workroom_leave(Layer *l); /* fits as LayerOps' free where a layer has no more to free */
real *workroom(size_t n); /* room for n elements; what it held is gone */

/* ---- the layers --------------------------------------------------------------------------- */

/* Convolution with parameters "weight" (K x K x C x O) and "bias" (O). Fans
 * for the initial weights: in K K C, out K K O. */
Layer *conv_new(int C, int O, int K, int S, Padding p, Init init, Random *r);

/* Reads each example, whatever its rank, as a map of H x W x C. Forward copies
 * nothing: it gives the same numbers another shape. */
Layer *reshape_new(int H, int W, int C);

/* Mistakes of convolutions for the checker to catch: the padding off by one,
 * a kernel not flipped, the stride ignored in dx, the bias summed over the
 * batch alone. Their subject is a LayerSubject whose layer is conv_new's. */
extern const Fault conv_faults[];

#endif
