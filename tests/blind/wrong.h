/* Wrong backward functions, written on 2026-11-27 by somebody who had seen headers and the
 * names of classes, and neither the checker nor its names. Kept as they were handed in: nothing of the
 * checker has been tuned on them. tests/blind/check.c says how many are caught and named. */
#ifndef WRONG_H
#define WRONG_H

#include "01_tensor.h"
#include "05_dense.h"
#include "06_activation.h"
#include "07_loss.h"
#include "12_batchnorm.h"
#include "18_conv.h"
#include "19_transposed.h"
#include "19_upsample.h"

typedef enum {
    BATCHNORM_X,
    BATCHNORM_EVAL,
    BATCHNORM_SUMS,
    DENSE_X,
    DENSE_W,
    DENSE_B,
    LEAKY,
    TANH,
    SIGMOID,
    SQUARED_ERROR,
    BCE,
    SOFTMAX,
    CONV_X,
    CONV_W,
    UPSAMPLE_X, /* upsample_backward */
    TRANSPOSED_X,
    TRANSPOSED_W,
    FAMILIES
} Family;

typedef void BatchNormX(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n);
typedef void BatchNormSums(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n);
typedef void DenseX(real *dx, const real *dy, const real *W, int N, int in, int out);
typedef void DenseW(real *dW, const real *x, const real *dy, int N, int in, int out);
typedef void DenseB(real *db, const real *dy, int N, int out);
typedef void LeakyBackward(real *dx, const real *dy, const real *x, real slope, size_t n);
typedef void SlopeBackward(real *dx, const real *dy, const real *y, size_t n); /* tanh and sigmoid */
typedef void ConvX(real *dx, const real *dy, const real *w, const ConvSizes *s);
typedef void ConvW(real *dw, const real *x, const real *dy, const ConvSizes *s);
typedef void UpsampleX(real *dx, const real *dy, int N, int H, int W, int C);
typedef void TransposedX(real *dx, const real *dy, const real *w, const ConvSizes *s);
typedef void TransposedW(real *dw, const real *x, const real *dy, const ConvSizes *s);

typedef union {
    BatchNormX *batchnorm_x, *batchnorm_eval;
    BatchNormSums *batchnorm_sums;
    DenseX *dense_x;
    DenseW *dense_w;
    DenseB *dense_b;
    LeakyBackward *leaky;
    SlopeBackward *tanh_, *sigmoid;
    Loss *squared_error, *bce, *softmax;
    ConvX *conv_x;
    ConvW *conv_w;
    UpsampleX *upsample_x;
    TransposedX *transposed_x;
    TransposedW *transposed_w;
} WrongFunction; /* one member a family; tanh_ has its underscore because tgmath.h has tanh */

typedef struct {
    Family family;
    const char *class, *name; /* name NULL: the end */
    WrongFunction function;
} Wrong;

extern const Wrong wrong_functions[], wrong_functions_second[], wrong_functions_third[]; /* end with a name of NULL */

#endif
