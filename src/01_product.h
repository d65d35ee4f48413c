/* The matrix product C = A B, which most of the course's time goes into. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "01_tensor.h"

/* A factor: its element (i, j) is at[i * down + j * right]. So a transpose is the
 * same numbers, looked at the other way. */
typedef struct {
    const real *at; /* borrowed */
    int rows, columns;
    int down, right;
} Matrix;

/* The rows x columns numbers at x, row by row, as they are... */
static inline Matrix matrix(const real *x, int rows, int columns) { return (Matrix){ x, rows, columns, columns, 1 }; }

/* ... and their transpose, columns x rows. */
static inline Matrix transposed(const real *x, int rows, int columns) { return (Matrix){ x, columns, rows, 1, columns }; }

/* C = A B + beta C, where C (A's rows x B's columns) lies row by row. With
 * beta = 0 what C held does not matter, not even NaN. The sums are of `real`
 * numbers: chapter 1 says why. */
void gemm(real *c, Matrix a, Matrix b, real beta);

/* C = A B, with bias (B's columns) added to every row; NULL: none. */
void gemm_bias(real *c, Matrix a, Matrix b, const real *bias);

#endif
