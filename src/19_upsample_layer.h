/* Upsampling and transposed convolution as layers. */
#ifndef UPSAMPLE_LAYER_H
#define UPSAMPLE_LAYER_H

#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "18_conv.h"

/* Nearest neighbour, x2 in both directions; no parameters. */
Layer *upsample_new(void);

/* Upsampling and then a K x K convolution of stride 1, in one layer: the same
 * parameters from the same random numbers, the same y and gradients to rounding as
 * upsample_new() and conv_new(C, O, K, 1, ...). */
Layer *upsample_conv_new(int C, int O, int K, Init init, Random *r);

/* Parameters "weight" (K x K x O x C) and "bias" (O). */
Layer *transposed_new(int C, int O, int K, int S, Padding p, Init init, Random *r);

#endif
