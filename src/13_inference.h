/* Batch norm in use: running statistics, evaluation mode, folding.
 *
 * At test time there may be no batch, and a prediction should not depend on
 * its neighbours. So training keeps running averages of the batch statistics,
 * and evaluation uses those: batch norm is then a fixed affine map, which can
 * be folded into the layer before it. */
#ifndef INFERENCE_H
#define INFERENCE_H

#include "12_batchnorm.h"

typedef struct {
    double eps;
    double momentum;    /* weight of the NEW value, as PyTorch counts; Keras's number is 1 minus this */
    bool cumulative;    /* plain mean over all batches so far instead of an exponential one */
    bool unbiased;      /* the running variance takes R/(R-1) var */
} BatchNormOptions;

/* PyTorch: eps 1e-5, momentum 0.1, unbiased. Keras 3: eps 1e-3, momentum
 * 0.01 (which Keras writes 0.99), biased. */
BatchNormOptions batchnorm_pytorch(void);
BatchNormOptions batchnorm_keras(void);

/* The options named "pytorch" or "keras"; false where the name is neither. */
bool batchnorm_convention(const char *name, BatchNormOptions *o);

/* running += weight (batch - running): with a fixed weight the exponential
 * mean; with weight 1/k at the k-th batch the plain mean of all k. */
void running_update(real *running, const real *batch, double weight, int C);

/* The affine map of evaluation mode, y = scale x + shift:
 * scale = gamma/sqrt(var + eps), shift = beta - scale mean. */
void batchnorm_affine(real *scale, real *shift, const real *gamma, const real *beta, const real *mean,
                      const real *var, double eps, int C);

/* Parameters "gamma", "beta"; states "running_mean" (0), "running_var" (1).
 * TRAIN normalises by the batch and updates the running statistics at every
 * forward; EVAL normalises by them and leaves them alone. */
Layer *batchnorm_new(int C, BatchNormOptions o);

/* While frozen, TRAIN still normalises by the batch, but the running
 * statistics of all batch norms inside stay as they are. Each true wants a
 * false after it; they nest. */
void network_freeze(Network *n, bool frozen);

/* A forward in TRAIN, frozen: to look at a network without leaving a trace.
 * No backward may follow it. */
const Tensor *network_peek(Network *n, const Tensor *x);

bool is_batchnorm(const Layer *l);
int64_t *batchnorm_batches(Layer *l); /* how many batches its statistics have seen; to read, and to restore */
double batchnorm_eps(const Layer *l);

/* Folds layer i of the network, a batch norm with its running statistics,
 * into the dense layer before it and takes it out: in EVAL the network's
 * output stays the same, to rounding. (See network_remove.) Returns NULL; or, leaving all as it
 * was, the reason why it cannot. */
const char *batchnorm_fold(Network *n, int i);

#endif
