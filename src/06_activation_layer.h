/* Activations as layers; they take any shape. */
#ifndef ACTIVATION_LAYER_H
#define ACTIVATION_LAYER_H

#include "04_layer.h"

Layer *relu_new(void);
Layer *leaky_relu_new(double slope); /* 0 <= slope < 1 */
Layer *tanh_new(void);
Layer *sigmoid_new(void);

#endif
