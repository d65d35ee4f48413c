#include "05_dense.h"

#include "01_product.h"
#include "01_sum.h"

void dense_forward(real *y, const real *x, const real *W, const real *b, int N, int in, int out)
{
    gemm_bias(y, matrix(x, N, in), matrix(W, in, out), b);
}

void dense_backward_x(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    gemm(dx, matrix(dy, N, out), transposed(W, in, out), 0);
}

void dense_backward_W(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    gemm(dW, transposed(x, N, in), matrix(dy, N, out), 1);
}

void dense_backward_b(real *db, const real *dy, int N, int out) { column_sums_add(db, dy, N, out); }
