/* Sums: long ones are taken wide and narrowed once. */
#ifndef SUM_H
#define SUM_H

#include "01_tensor.h"

/* x[0] + ... + x[n-1]. */
wide sum(const real *x, size_t n);

/* <x, y> = x[0] y[0] + ... + x[n-1] y[n-1]. */
wide dot(const real *x, const real *y, size_t n);

/* total[j] += the sum of column j of x (R x C), for each of the C columns. */
void column_sums_add(real *total, const real *x, int R, int C);

#endif
