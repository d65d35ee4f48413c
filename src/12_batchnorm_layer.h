/* Batch norm as a layer that only trains; chapter 13's adds running statistics
 * and evaluation mode around the same core. */
#ifndef BATCHNORM_LAYER_H
#define BATCHNORM_LAYER_H

#include "01_tensor.h"
#include "03_subject.h"
#include "04_layer.h"

/* A batch spread over several processes: sum() replaces each of n numbers by its
 * sum over all of them. NULL: there is one, as everywhere in this course; the
 * tests spread a batch over two. */
typedef struct {
    void (*sum)(void *self, wide *x, int n);
    void *self;
} Reduction;

/* What any batch norm keeps between forward and backward. */
typedef struct {
    int C;
    double eps;
    Reduction over;
    Param *gamma, *beta;
    wide m;                 /* rows behind the statistics, over all processes */
    wide *mean, *var;       /* C each, of the last batch */
    wide *dgamma, *dbeta;   /* C each, of the last backward */
    real *used_mean, *rstd; /* C each: what the last forward normalised by */
} BatchNormCore;

void batchnorm_core_init(BatchNormCore *c, Layer *l, int C, double eps, Reduction over); /* parameters 0 and 1 of l */
void batchnorm_core_free(BatchNormCore *c);

/* Takes the statistics of x, over all processes. */
void batchnorm_core_measure(BatchNormCore *c, const Tensor *x);

/* Normalises x by these statistics (C each). */
void batchnorm_core_forward(BatchNormCore *c, Tensor *y, const Tensor *x, const wide *mean, const wide *var);

/* With `constant`, the statistics did not depend on x: the direct path alone. */
void batchnorm_core_backward(BatchNormCore *c, Tensor *dx, const Tensor *dy, const Tensor *x, Want want, bool constant);

/* The three paths of dx, as LayerOps' terms. */
int batchnorm_core_terms(const BatchNormCore *c, const Tensor *dy, const Tensor *x, Term *term);

/* Parameters "gamma" (C ones) and "beta" (C zeros). x has C columns and at
 * least two rows: of one row, the variance is 0 and nothing is left. */
Layer *batchnorm_training_new(int C, double eps);

#endif
