/* The machine's own limits: multiply-adds that never leave the registers; the
 * matrix product at a large size and at those of the networks, by gemm and by
 * OpenBLAS alone; the plain loops; memory bandwidth. */
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_product.h"
#include "01_tensor.h"
#include "01_vector.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>
#ifdef USE_BLAS
#include <cblas.h>
#endif

static const char *core_name(void)
{
#ifdef USE_BLAS
    return openblas_get_corename();
#else
    return "none";
#endif
}

typedef enum { AS_IS, TRANSPOSED } Op;
typedef void Gemm(real *, Matrix, Matrix, real);

/* op(X), of rows x columns. */
static Matrix factor(Op op, const real *x, int rows, int columns)
{
    return op == AS_IS ? matrix(x, rows, columns) : transposed(x, columns, rows);
}

/* The fastest of some calls: what the machine can do, whoever else is on it. */
static double gflops(Gemm *f, Op a, Op b, int m, int n, int k, int repeats)
{
    Tensor A = tensor_new((Shape){ 2, { m, k } }), B = tensor_new((Shape){ 2, { k, n } }),
           C = tensor_new((Shape){ 2, { m, n } });
    double best = INFINITY;
    tensor_fill(&A, 1), tensor_fill(&B, 1);
    for (int r = 0; r < repeats; r++) {
        double start = seconds_now();
        f(C.data, factor(a, A.data, m, k), factor(b, B.data, k, n), 0);
        best = fmin(best, seconds_now() - start);
    }
    tensor_free(&A), tensor_free(&B), tensor_free(&C);
    return 2e-9 * m * n * k / best;
}

/* OpenBLAS as it is: in one thread. */
static void blas_alone(real *c, Matrix a, Matrix b, real beta)
{
#ifdef USE_BLAS
    bool a_is = a.right == 1, b_is = b.right == 1;
    cblas_sgemm(CblasRowMajor, a_is ? CblasNoTrans : CblasTrans, b_is ? CblasNoTrans : CblasTrans, a.rows, b.columns, a.columns,
                1, a.at, a_is ? a.down : a.right, b.at, b_is ? b.down : b.right, beta, c, b.columns);
#else
    gemm(c, a, b, beta);
#endif
}

/* Sums of 12 vectors that wait for nothing but themselves: GFLOP/s of one core. */
static double registers(void)
{
    typedef real Wide __attribute__((vector_size(REGISTER)));
    enum { SUMS = 12, TURNS = 1 << 22 };
    double best = INFINITY, all = 0;
    for (int r = 0; r < 5; r++) {
        Wide sum[SUMS], x = { (real)r }, y = { (real)0.5 };
        for (int i = 0; i < SUMS; i++)
            sum[i] = x * (real)i; /* no two alike, or the compiler would make one of them */
        double start = seconds_now();
        for (int t = 0; t < TURNS; t++)
            for (int i = 0; i < SUMS; i++)
                sum[i] = sum[i] * y + x;
        best = fmin(best, seconds_now() - start);
        for (int i = 0; i < SUMS; i++)
            all += (double)sum[i][0];
    }
    return isfinite(all) ? 2e-9 * TURNS * SUMS * (sizeof(Wide) / sizeof(real)) / best : 0;
}

/* x = y + z over arrays far larger than the caches: two reads, one write. */
static double bandwidth(void)
{
    enum { N = 1 << 27 };
    real *x = memory_get(N * sizeof *x), *y = memory_get(N * sizeof *y), *z = memory_get(N * sizeof *z);
    memset(y, 0, N * sizeof *y), memset(z, 0, N * sizeof *z);
    double best = INFINITY;
    for (int r = 0; r < 5; r++) {
        double start = seconds_now();
        PARALLEL_FOR(N)
        for (long i = 0; i < N; i++)
            x[i] = y[i] + z[i];
        best = fmin(best, seconds_now() - start);
    }
    memory_release(x), memory_release(y), memory_release(z);
    return 3e-9 * N * sizeof(real) / best;
}

int main(int argc, char **argv)
{
    bool name = false;
    const Option option[] = { { "core", OPTION_FLAG, &name, "print the name of the BLAS kernels in use, and stop", 0, 0, NULL },
                              { 0 } };
    options_read(argc, argv, "Measures the matrix product and the memory of this machine.", option);
    if (name) {
        printf("%s\n", core_name());
        return 0;
    }
    static const struct {
        const char *what;
        Op a, b;
        int m, n, k;
    } product[] = {
        { "largest: 2048 x 2048 x 2048", AS_IS, AS_IS, 2048, 2048, 2048 },
        { "D's first layer, forward", AS_IS, AS_IS, 256, 256, 784 },
        { "D's first layer, dx", AS_IS, TRANSPOSED, 256, 784, 256 },
        { "D's first layer, dW", TRANSPOSED, AS_IS, 784, 256, 128 },
        { "G's last layer, forward", AS_IS, AS_IS, 256, 784, 256 },
        { "G's last layer, dW", TRANSPOSED, AS_IS, 256, 784, 256 },
        { "a point of Winograd's, forward", AS_IS, AS_IS, 128, 128, 256 },
        { "a point of Winograd's, dU", TRANSPOSED, AS_IS, 256, 128, 128 },
    };
    int most = threads_get();
    printf("kernels: %s\n%-32s", core_name(), "GFLOP/s with threads:");
    for (int t = 1; t <= most; t *= 2)
        printf(" %8d", t);
    printf("  OpenBLAS, 1\n%-32s %8.1f", "in registers", registers());
    for (size_t i = 0; i < sizeof product / sizeof *product; i++) {
        printf("\n%-32s", product[i].what);
        for (int t = 1; t <= most; t *= 2) {
            threads_set(t);
            printf(" %8.1f", gflops(gemm, product[i].a, product[i].b, product[i].m, product[i].n, product[i].k, i ? 100 : 8));
        }
        printf(" %12.1f",
               gflops(blas_alone, product[i].a, product[i].b, product[i].m, product[i].n, product[i].k, i ? 100 : 8));
    }
    printf("\n%-32s %8.1f", "the definition, 256 x 256 x 784", gflops(plain_gemm, AS_IS, AS_IS, 256, 256, 784, 3));
    printf("\n%-32s", "memory, GB/s");
    for (int t = 1; t <= most; t *= 2) {
        threads_set(t);
        printf(" %8.1f", bandwidth());
    }
    printf("\n");
    return 0;
}
