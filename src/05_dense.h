/* The dense layer: y = xW + b.
 *
 * A batch is a matrix with one example a row, x (N x in). W (in x out) holds
 * one column per output, b (out) is added to every row. */
#ifndef DENSE_H
#define DENSE_H

#include "01_tensor.h"

/* y = xW + b: x (N x in), W (in x out), b (out), y (N x out). */
void dense_forward(real *y, const real *x, const real *W, const real *b, int N, int in, int out);

/* dx = dy W^T: dy (N x out), dx (N x in). Overwrites dx. */
void dense_backward_x(real *dx, const real *dy, const real *W, int N, int in, int out);

/* dW += x^T dy. */
void dense_backward_W(real *dW, const real *x, const real *dy, int N, int in, int out);

/* db += the sum of dy over the batch. */
void dense_backward_b(real *db, const real *dy, int N, int out);

#endif
