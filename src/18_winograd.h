/* The 3 x 3 convolution of stride 1 in a quarter of the multiplications.
 *
 * Four outputs in a row, of a window of three over six inputs, are 12 products
 * when taken one by one. They are the transpose of a product of polynomials of
 * degree 5, which six evaluations fix: 6 products. In two dimensions a tile of 4 x 4
 * outputs takes 36 products instead of 144. The price is a transform of every
 * input tile, kernel and output tile, by small fixed matrices, and some digits.
 *
 * Source: Lavin and Gray, "Fast algorithms for convolutional neural networks",
 * CVPR 2016, section 4; F(4x4, 3x3) in its section 4.3. */
#ifndef WINOGRAD_H
#define WINOGRAD_H

#include "18_conv.h"

/* The points at which polynomials are evaluated; in two dimensions their pairs. */
enum { AT_0, AT_1, AT_MINUS_1, AT_2, AT_MINUS_2, AT_INFINITY, WINDOW, POINTS = WINDOW * WINDOW };

/* Maps whose sides are no multiples of four end in tiles of three outputs a
 * side, which leave out one of the points. */
enum { TILE = 4, LEFT_OUT = AT_MINUS_2 };

/* ---- the transforms of one tile, one channel: to read and to test with ---------------- */

/* V = B^T d B, U = G g G^T, y = A^T M A with M = U . V, for a tile of 4 x 4 or 3 x 3
 * outputs. U serves both; with 3, V has zeros in row and column LEFT_OUT, d's
 * last row and column are not read, and y's are zeros. */
void winograd_input(double V[WINDOW][WINDOW], double d[WINDOW][WINDOW], int tile);
void winograd_kernel(double U[WINDOW][WINDOW], double g[3][3]);
void winograd_output(double y[TILE][TILE], double M[WINDOW][WINDOW], int tile);

/* ---- the mathematics ------------------------------------------------------------------- */

/* What is known of the kernel of a map that is cut in four (below), along rows
 * (p = 0, 1) and along columns (q = 0, 1) alike. TWO_TAPS: in phase 0 the first
 * tap is 0 where x is cut, the last where y is. SAME_SUM: the taps of phases 0
 * and 1 have the same sum. Either saves one product of a tile's twelve (of ten, if
 * it is of three), each way. */
typedef enum { NOTHING, TWO_TAPS, SAME_SUM } KnownKernel;

/* N maps of H x W pixels, C channels in and O out; padding 1 on every side.
 * One side may lie cut in four instead (chapter 19 says what for): as a map
 * of 2H x 2W pixels with a quarter of the channels, whose pixel (2i + p, 2j + q)
 * is channels (2p + q)C/4 and following of pixel (i, j). The quarter must then
 * be a multiple of WINOGRAD_LANES. */
typedef struct {
    int N, H, W, C, O;
    bool cut_x, cut_y;
    KnownKernel known;
} WinogradSizes;

enum { WINOGRAD_LANES = 64 / sizeof(real) }; /* channels taken side by side */

/* Room, in elements, that `work` must have: for the transformed kernel, the
 * tiles, and a flipped kernel. Nothing in it outlives a call. */
size_t winograd_work_size(const WinogradSizes *s);

/* y = x * w + b: x (N x H x W x C), w (3 x 3 x C x O), b (O; O/4 where y is
 * cut) or NULL. */
void winograd_forward(real *y, const real *x, const real *w, const real *b, const WinogradSizes *s, real *work);

/* dx = dy * flipped w: again a convolution of the same kind. */
void winograd_backward_x(real *dx, const real *dy, const real *w, const WinogradSizes *s, real *work);

/* dw += G^T (sum over tiles of V . (A dy A^T)) G. Where something is known of w,
 * dw is right for every change of w that keeps it so. */
void winograd_backward_w(real *dw, const real *x, const real *dy, const WinogradSizes *s, real *work);

/* ---- the layer ---------------------------------------------------------------------------- */

/* conv_new(C, O, 3, 1, padding, init, r), computed this way: the same parameters from
 * the same random numbers, the same y and gradients to rounding. */
Layer *winograd_new(int C, int O, Init init, Random *r);

#endif
