/* Convolutions as layers. */
#ifndef CONV_LAYER_H
#define CONV_LAYER_H

#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "18_conv.h"

/* Convolution with parameters "weight" (K x K x C x O) and "bias" (O). Fans
 * for the initial weights: in K K C, out K K O. */
Layer *conv_new(int C, int O, int K, int S, Padding p, Init init, Random *r);

/* ---- for its relatives in chapter 19 ---------------------------------------------------- */

/* A kind of convolution: the functions of 18_conv.h, or others with their
 * signatures; chapter 19 has two. With `out_before_in`, the weight is K x K x O x C. */
typedef struct {
    const char *name;
    bool out_before_in;
    ConvSizes (*sizes)(ConvSizes given, Padding p);
    void (*forward)(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s);
    void (*backward_x)(real *dx, const real *dy, const real *w, const ConvSizes *s);
    void (*backward_w)(real *dw, const real *x, const real *dy, const ConvSizes *s);
} ConvKind;

/* A layer of this kind; `given` has C, O, K and S. */
Layer *conv_kind_new(const ConvKind *kind, ConvSizes given, Padding p, Init init, Random *r);

/* The sizes of such a layer on a batch of this shape. */
ConvSizes conv_layer_sizes(const Layer *l, Shape x);

#endif
