/* The machine's own limits: the matrix product at a size that suits it best,
 * and at the sizes of the blog's GAN; the plain loops; memory bandwidth. */
#include "00_program.h"
#include "01_tensor.h"

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

typedef void Gemm(Op, Op, int, int, int, const real *, const real *, real, real *);

/* The fastest of some calls: what the machine can do, whoever else is on it. */
static double gflops(Gemm *f, Op a, Op b, int m, int n, int k, int repeats)
{
    Tensor A = tensor_new((Shape){ 2, { m, k } }), B = tensor_new((Shape){ 2, { k, n } }), C = tensor_new((Shape){ 2, { m, n } });
    double best = INFINITY;
    tensor_fill(&A, 1), tensor_fill(&B, 1);
    for (int r = 0; r < repeats; r++) {
        double start = seconds_now();
        f(a, b, m, n, k, A.data, B.data, 0, C.data);
        best = fmin(best, seconds_now() - start);
    }
    tensor_free(&A), tensor_free(&B), tensor_free(&C);
    return 2e-9 * m * n * k / best;
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
    const Option option[] = { { "core", OPTION_FLAG, &name, "print the name of the BLAS kernels in use, and stop", 0, 0, NULL }, { 0 } };
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
    };
    int most = threads_get();
    printf("kernels: %s\n%-32s", core_name(), "GFLOP/s with threads:");
    for (int t = 1; t <= most; t *= 2)
        printf(" %8d", t);
    for (size_t i = 0; i < sizeof product / sizeof *product; i++) {
        printf("\n%-32s", product[i].what);
        for (int t = 1; t <= most; t *= 2) {
            threads_set(t);
            printf(" %8.1f", gflops(gemm, product[i].a, product[i].b, product[i].m, product[i].n, product[i].k, i ? 100 : 8));
        }
    }
    printf("\n%-32s %8.1f", "three plain loops, 256 x 256 x 784", gflops(gemm_plain, AS_IS, AS_IS, 256, 256, 784, 3));
    printf("\n%-32s", "memory, GB/s");
    for (int t = 1; t <= most; t *= 2) {
        threads_set(t);
        printf(" %8.1f", bandwidth());
    }
    printf("\n");
    return 0;
}
