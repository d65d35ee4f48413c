/* Batch norm in use: running statistics, evaluation mode.
 *
 * At test time there may be no batch, and a prediction should not depend on
 * its neighbours. So training keeps running averages of the batch statistics,
 * and evaluation uses those: batch norm is then a fixed affine map, which can
 * be folded into the layer before it. */
#ifndef INFERENCE_H
#define INFERENCE_H

#include "01_tensor.h"
#include "04_layer.h"
#include "12_batchnorm.h"
#include "12_batchnorm_layer.h"

typedef struct {
    double eps;
    double momentum; /* weight of the NEW value, as PyTorch counts; Keras's number is 1 minus this */
    bool cumulative; /* plain mean over all batches so far instead of an exponential one */
    bool unbiased;   /* the running variance takes m/(m-1) var */
    Reduction over;  /* where the batch is spread over several processes */
} BatchNormOptions;

/* PyTorch: eps 1e-5, momentum 0.1, unbiased. Keras 3: eps 1e-3, momentum
 * 0.01 (which Keras writes 0.99), biased. */
BatchNormOptions batchnorm_pytorch(void);
BatchNormOptions batchnorm_keras(void);

/* The options named "pytorch" or "keras"; false where the name is neither. */
bool batchnorm_convention(const char *name, BatchNormOptions *o);

/* running += weight (batch - running): with a fixed weight the exponential
 * mean; with weight 1/k at the k-th batch the plain mean of all k. */
void running_update(real *running, const wide *batch, double weight, int C);

/* Evaluation mode as an affine map, y = scale x + shift, of the C columns of n:
 * scale = gamma rstd, shift = beta - scale mean. For folding. */
void batchnorm_affine(real *scale, real *shift, const BatchNorm *n);

/* Parameters "gamma", "beta"; states "running_mean" (0), "running_var" (1).
 * TRAIN normalises by the batch and updates the running statistics at every
 * forward; EVAL normalises by them; PROBE normalises by the batch. Neither of
 * the last two changes them. */
Layer *batchnorm_new(int C, BatchNormOptions o);

bool is_batchnorm(const Layer *l);
int64_t *batchnorm_batches(Layer *l); /* how many batches its statistics have seen; to read, and to restore */
double batchnorm_eps(const Layer *l);

#endif
