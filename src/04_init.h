/* Initial weights: how large a random number a weight begins as. */
#ifndef INIT_H
#define INIT_H

#include "01_tensor.h"
#include "02_random.h"

typedef enum {
    INIT_PYTORCH, /* uniform within 1/sqrt(fan_in), biases likewise: what torch.nn.Linear does */
    INIT_GLOROT,  /* uniform within sqrt(6/(fan_in + fan_out)), biases 0: Glorot and Bengio 2010, eq. (16) */
    INIT_HE,      /* normal, variance 2/fan_in, biases 0: He et al. 2015, eq. (10) */
    INIT_NORMAL   /* normal, standard deviation 0.01, biases 0: small and size-blind */
} Init;

/* fan_in, fan_out: how many inputs feed one output, and the reverse. */
void init_weight(Tensor *weight, Init init, int fan_in, int fan_out, Random *r);
void init_bias(Tensor *bias, Init init, int fan_in, Random *r);

#endif
