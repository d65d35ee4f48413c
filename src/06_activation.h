/* Activations: one function applied to every element.
 *
 * Without them a stack of dense layers would be one dense layer. Backward
 * multiplies dy by the slope of the function, element by element. */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "01_tensor.h"

/* n elements each: y = f(x), dx = f'(x) dy. */

/* max(x, slope x) with 0 <= slope < 1; slope 0 is the ReLU. At the kink x = 0
 * the derivative is taken to be `slope`. */
void leaky_relu_forward(real *y, const real *x, real slope, size_t n);
void leaky_relu_backward(real *dx, const real *dy, const real *x, real slope, size_t n);

/* (e^x - e^-x) / (e^x + e^-x). Backward needs only y: f' = 1 - y^2. */
void tanh_forward(real *y, const real *x, size_t n);
void tanh_backward(real *dx, const real *dy, const real *y, size_t n);

/* 1 / (1 + e^-x) = (1 + tanh(x/2)) / 2. f' = y (1 - y). */
void sigmoid_forward(real *y, const real *x, size_t n);
void sigmoid_backward(real *dx, const real *dy, const real *y, size_t n);

#endif
