#include "01_product.h"

#include "00_error.h"

static real element(Matrix a, int i, int j) { return a.at[i * a.down + j * a.right]; }

/* C += A B: c_ij += sum_p a_ip b_pj, row by row. */
static void product_add(real *c, Matrix a, Matrix b)
{
    REQUIRE(a.rows > 0 && b.columns > 0 && a.columns > 0 && a.columns == b.rows, "a product of %d x %d by %d x %d", a.rows,
            a.columns, b.rows, b.columns);
    for (int i = 0; i < a.rows; i++)
        for (int p = 0; p < a.columns; p++)
            for (int j = 0; j < b.columns; j++)
                c[i * b.columns + j] += element(a, i, p) * element(b, p, j);
}

void gemm(real *c, Matrix a, Matrix b, real beta)
{
    for (int i = 0; i < a.rows * b.columns; i++)
        c[i] = beta == 0 ? 0 : beta * c[i];
    product_add(c, a, b);
}

void gemm_bias(real *c, Matrix a, Matrix b, const real *bias)
{
    for (int i = 0; i < a.rows; i++)
        for (int j = 0; j < b.columns; j++)
            c[i * b.columns + j] = bias ? bias[j] : 0;
    product_add(c, a, b);
}
