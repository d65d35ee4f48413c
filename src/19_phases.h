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
 * Compare Shi et al., "Is the deconvolution layer the same as a convolutional
 * layer?", 2016, and their sub-pixel convolution, CVPR 2016. */
#ifndef PHASES_H
#define PHASES_H

#include "19_upsample.h"

/* ---- the cut ---------------------------------------------------------------------------- */

/* low[n][i][j][(2p + q) C + c] = high[n][2i + p][2j + q][c]; low is
 * N x H x W x 4C, high is N x 2H x 2W x C. */
void space_to_depth(real *low, const real *high, int N, int H, int W, int C);

/* The way back; b (C), where not NULL, is added to every pixel. */
void depth_to_space(real *high, const real *low, const real *b, int N, int H, int W, int C);

/* ---- the fold ---------------------------------------------------------------------------- */

typedef enum {
    UPSAMPLED, /* upsample x2, then 5 x 5 convolution: w 5 x 5 x C x O, low 3 x 3 x C x 4O */
    PAINTED,   /* transposed 5 x 5, stride 2, Keras's crop: w 5 x 5 x O x C, low 3 x 3 x C x 4O */
    STRIDED    /* 5 x 5, stride 2, Keras's padding, on an even map: w 5 x 5 x C x O, low 3 x 3 x 4C x O */
} Rewriting;

/* Which of the three taps of the low kernel the tap a = 0..4 of the 5-kernel
 * falls on, in one dimension, for phase p = 0, 1; -1 where it has no part. */
int phase_tap(Rewriting kind, int p, int a);

/* The low kernel: every tap of w added to the tap it falls on, phase by phase. */
void phases_fold(real *low, const real *w, Rewriting kind, int C, int O);

/* The transpose: dw += every tap's share of dlow. */
void phases_unfold_add(real *dw, const real *dlow, Rewriting kind, int C, int O);

/* ---- the layer ---------------------------------------------------------------------------- */

/* Equal to the plain layer of the same kind: parameters "weight" (as w above)
 * and "bias" (O), the same values from the same random numbers, and the same
 * y and gradients to rounding. x: N x H x W x C, even H and W for STRIDED. */
Layer *phases_new(Rewriting kind, int C, int O, Init init, Random *r);

/* Mistakes for the checker to catch: phases swapped. Their subject is a
 * LayerSubject whose layer is phases_new's. */
extern const Fault phases_faults[];

#endif
