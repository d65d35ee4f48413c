/* The dense layer as a layer. */
#ifndef DENSE_LAYER_H
#define DENSE_LAYER_H

#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"

/* Parameters "weight" (in x out) and "bias" (out). It takes a batch of any rank
 * whose examples hold `in` numbers. */
Layer *dense_new(int in, int out, Init init, Random *r);

/* Was the layer made by dense_new? Then its parameters are weight and bias. */
bool is_dense(const Layer *l);

#endif
