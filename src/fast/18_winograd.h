/* The 3 x 3 convolution of stride 1 in a quarter of the multiplications: see
 * chapters/fast/18_winograd.md. */
#ifndef FAST_WINOGRAD_H
#define FAST_WINOGRAD_H

#include "01_tensor.h"

/* What is known of the kernel of a map in four phases (below), along rows
 * (p = 0, 1) and along columns (q = 0, 1) alike. TWO_TAPS: in phase 0 the first
 * tap is 0 where x is in phases, the last where y is. SAME_SUM: the taps of phases 0
 * and 1 have the same sum. Either saves one product of a tile's twelve (of ten, if
 * it is of three), each way. */
typedef enum { NOTHING, TWO_TAPS, SAME_SUM } KnownKernel;

/* N maps of H x W pixels, C channels in and O out; padding 1 on every side.
 * One side may lie in four phases instead (18_phases.h says what for): as a map
 * of 2H x 2W pixels with a quarter of the channels, whose pixel (2i + p, 2j + q)
 * is channels (2p + q)C/4 and following of pixel (i, j). The quarter must then
 * be a multiple of a vector's numbers. */
typedef struct {
    int N, H, W, C, O;
    bool x_in_phases, y_in_phases;
    KnownKernel known;
} WinogradSizes;

/* With fewer channels the transforms cost more than they save: chapters/fast/18_winograd.md. */
static inline bool winograd_pays(int C, int O) { return C >= 16 && O >= 16; }

/* y = x * w + b: x (N x H x W x C), w (3 x 3 x C x O), b (O; O/4 where y is in
 * phases) or NULL. */
void winograd_forward(real *y, const real *x, const real *w, const real *b, const WinogradSizes *s);

/* dx = dy * flipped w: again a convolution of the same kind. */
void winograd_backward_x(real *dx, const real *dy, const real *w, const WinogradSizes *s);

/* dw += G^T (sum over tiles of V . (A dy A^T)) G. Where something is known of w,
 * dw is right for every change of w that keeps it so. */
void winograd_backward_w(real *dw, const real *x, const real *dy, const WinogradSizes *s);

#endif
