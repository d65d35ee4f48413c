/* Phases: three layers that are one 3 x 3 convolution.
 *
 * Cut a map into its four phases, the pixels in even and odd rows and columns,
 * and stack them as channels of a map of half the size: space to depth. Seen
 * so, upsampling x2 and a 5 x 5 convolution, a transposed 5 x 5 convolution of
 * stride 2 and a 5 x 5 convolution of stride 2 are each one 3 x 3 convolution
 * of stride 1 at the low resolution, exactly. Its kernel is a linear fold of
 * the 5 x 5 one, and the kernel's gradient goes back through the transpose of
 * that fold.
 *
 * See chapters/fast/18_phases.md. Compare Shi et al., "Is the deconvolution layer the same as a convolutional
 * layer?", 2016, and their sub-pixel convolution, CVPR 2016. */
#ifndef FAST_PHASES_H
#define FAST_PHASES_H

#include "01_tensor.h"

/* ---- phases ---------------------------------------------------------------------------- */

/* low[n][i][j][(2p + q) C + c] = high[n][2i + p][2j + q][c]; low is
 * N x H x W x 4C, high is N x 2H x 2W x C. */
void space_to_depth(real *low, const real *high, int N, int H, int W, int C);

/* The way back; b (C), where not NULL, is added to every pixel. */
void depth_to_space(real *high, const real *low, const real *b, int N, int H, int W, int C);

/* ---- the fold ---------------------------------------------------------------------------- */

typedef enum {
    UPSAMPLED,       /* upsample x2, then 5 x 5 convolution: w 5 x 5 x C x O, low 3 x 3 x C x 4O */
    TRANSPOSED_CONV, /* transposed 5 x 5, stride 2, Keras's crop: w 5 x 5 x O x C, low 3 x 3 x C x 4O */
    STRIDED          /* 5 x 5, stride 2, Keras's padding, on an even map: w 5 x 5 x C x O, low 3 x 3 x 4C x O */
} PhaseKind;

/* Which of the three taps of the low kernel the tap a = 0..4 of the 5-kernel
 * falls on, in one dimension, for phase p = 0, 1; -1 where it has no part. */
int phase_tap(PhaseKind kind, int p, int a);

/* The low kernel: every tap of w added to the tap it falls on, phase by phase. */
void phases_fold(real *low, const real *w, PhaseKind kind, int C, int O);

/* The transpose: dw += every tap's share of dlow. */
void phases_unfold_add(real *dw, const real *dlow, PhaseKind kind, int C, int O);

/* ---- the convolutions ----------------------------------------------------------------------- */

/* From C to O channels; H and W count low pixels: where STRIDED, x is N x 2H x 2W x C
 * and y N x H x W x O, else x is N x H x W x C and y N x 2H x 2W x O. */
typedef struct {
    PhaseKind kind;
    int N, H, W, C, O;
} PhaseSizes;

/* y, bias (O) added, NULL: none; dx; and dw added to: w as above. */
void phases_forward(real *y, const real *x, const real *w, const real *bias, const PhaseSizes *s);
void phases_backward_x(real *dx, const real *dy, const real *w, const PhaseSizes *s);
void phases_backward_w(real *dw, const real *x, const real *dy, const PhaseSizes *s);

#endif
