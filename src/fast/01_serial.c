/* One product in one thread: by tiles in registers or by OpenBLAS. */
#include "01_product.h"
#include "01_tensor.h"
#include "01_tiles.h"
#include "01_vector.h"

#include <string.h>
#ifdef USE_BLAS
#include <cblas.h>
#endif

/* Tiles where the registers are wide and many, C's columns come in whole vectors,
 * and the columns of B that tiles below each other read again and again, 64 KB at
 * most, stay in the second cache. Without a library, always. */
bool product_fits_tiles(const Product *q)
{
#ifndef USE_BLAS
    (void)q;
    return true;
#elif defined(__AVX512F__) || defined(IN_REGISTERS)
    return q->b.columns % VECTOR == 0 && q->a.columns <= 512;
#else
    (void)q;
    return false;
#endif
}

#ifdef USE_BLAS
static enum CBLAS_TRANSPOSE blas_way(Matrix a, int *lead)
{
    *lead = a.right == 1 ? (a.down > a.columns ? a.down : a.columns) : (a.right > a.rows ? a.right : a.rows);
    return a.right == 1 ? CblasNoTrans : CblasTrans;
}

static void product_of_library(const Product *q)
{
    int lda, ldb;
    enum CBLAS_TRANSPOSE ta = blas_way(q->a, &lda), tb = blas_way(q->b, &ldb);
    const Matrix *a = &q->a, *b = &q->b;
#ifdef REAL_DOUBLE
    cblas_dgemm(CblasRowMajor, ta, tb, a->rows, b->columns, a->columns, 1, a->at, lda, b->at, ldb, q->beta, q->c, q->down);
#else
    cblas_sgemm(CblasRowMajor, ta, tb, a->rows, b->columns, a->columns, 1, a->at, lda, b->at, ldb, q->beta, q->c, q->down);
#endif
}
#else
static void product_of_library(const Product *q) { product_in_tiles(q); }
#endif

void product_serial(const Product *q)
{
    if (product_fits_tiles(q)) {
        product_in_tiles(q);
        return;
    }
    Product rest = *q;
    for (int i = 0; q->bias && i < q->a.rows; i++)
        memcpy(q->c + (size_t)i * (size_t)q->down, q->bias, (size_t)q->b.columns * sizeof *q->c);
    if (q->bias)
        rest.beta = 1; /* to what C then holds */
    product_of_library(&rest);
}

void gemm_serial(real *c, Matrix a, Matrix b, real beta)
{
    product_serial(&(Product){ c, b.columns, a, b, beta, NULL });
}
