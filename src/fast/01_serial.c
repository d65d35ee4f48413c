/* One product in one thread: by tiles in registers or by OpenBLAS. */
#include "01_parallel.h"
#include "01_product.h"
#include "01_tensor.h"
#include "01_tiles.h"
#include "01_vector.h"

#include <stdbool.h>
#include <stdlib.h>
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

void gemm_serial(real *c, Matrix a, Matrix b, real beta) { product_serial(&(Product){ c, b.columns, a, b, beta, NULL }); }

/* ---- which of OpenBLAS's kernels, and how many of its threads --------------------------- */

#ifdef USE_BLAS
/* OpenBLAS picks its kernels by the processor's model, at times badly. One
 * older than the processor falls back on the kernels of 2004, "Prescott", five
 * times slower. AMD's Zen 4 gets kernels of 512 bits, which it carries out in
 * two halves: those of 256 are 5 % faster. OpenBLAS can be told to look again. */
#if defined(__linux__) && defined(__x86_64__)
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static const char *better_kernels(const char *picked)
{
    bool avx512 = __builtin_cpu_supports("avx512vl");
    if (avx512 && __builtin_cpu_is("amdfam19h")) /* Zen 4 */
        return "Haswell";
    if (strcmp(picked, "Prescott") == 0 && __builtin_cpu_supports("avx2"))
        return avx512 ? "SkylakeX" : "Haswell";
    return picked;
}

static void choose_kernels(void)
{
    const char *picked = openblas_get_corename(), *better = better_kernels(picked);
    if (strcmp(picked, better) == 0 || !gotoblas_dynamic_init || !gotoblas_dynamic_quit)
        return;
    setenv("OPENBLAS_CORETYPE", better, 0);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
}
#else
static void choose_kernels(void) {}
#endif

/* OpenBLAS's own threads would cut by their number, and fight with ours. */
__attribute__((constructor)) static void prepare_blas(void)
{
    choose_kernels();
    int ours = threads_get(); /* an OpenBLAS built on OpenMP would change these too */
    openblas_set_num_threads(1);
    threads_set(ours);
}
#endif
