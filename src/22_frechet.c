#include "22_frechet.h"

#include "00_error.h"
#include "01_memory.h"
#include "22_eigen.h"

#include <string.h>

static double *square_new(int n) { return memory_get((size_t)n * (size_t)n * sizeof(double)); }

Gaussian gaussian_of(const Tensor *x)
{
    int N = shape_rows(x->shape), n = shape_columns(x->shape);
    REQUIRE(N > 1, "a covariance of %d points", N);
    Gaussian g = { n, memory_get((size_t)n * sizeof(double)), square_new(n) };
    for (int j = 0; j < n; j++)
        g.mean[j] = 0;
    for (int j = 0; j < n * n; j++)
        g.cov[j] = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < n; j++)
            g.mean[j] += (double)x->data[(size_t)i * (size_t)n + (size_t)j] / N;
    for (int i = 0; i < N; i++) {
        const real *xi = x->data + (size_t)i * (size_t)n;
        for (int j = 0; j < n; j++)
            for (int k = 0; k < n; k++)
                g.cov[j * n + k] += ((double)xi[j] - g.mean[j]) * ((double)xi[k] - g.mean[k]) / (N - 1);
    }
    return g;
}

void gaussian_free(Gaussian *g)
{
    memory_release(g->mean), memory_release(g->cov);
    *g = (Gaussian){ 0 };
}

/* c = a b, all n x n. */
static void product(double *c, const double *a, const double *b, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            c[i * n + j] = sum;
        }
}

/* The square root of a symmetric matrix without negative eigenvalues (but for rounding): the same
 * eigenvectors, and the roots of the eigenvalues. */
static void square_root(double *root, const double *A, int n)
{
    double *V = square_new(n), *value = memory_get((size_t)n * sizeof *value);
    memcpy(V, A, (size_t)n * (size_t)n * sizeof *V);
    symmetric_eigen(value, V, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += V[k * n + i] * sqrt(fmax(value[k], 0)) * V[k * n + j];
            root[i * n + j] = sum;
        }
    memory_release(V), memory_release(value);
}

/* The trace of (A B)^(1/2). A B is not symmetric; A^(1/2) B A^(1/2) is, and has the same eigenvalues. */
static double trace_of_root(const double *A, const double *B, int n)
{
    double *root = square_new(n), *left = square_new(n), *both = square_new(n), *value = memory_get((size_t)n * sizeof *value);
    double trace = 0;
    square_root(root, A, n);
    product(left, root, B, n);
    product(both, left, root, n);
    symmetric_eigen(value, both, n);
    for (int k = 0; k < n; k++)
        trace += sqrt(fmax(value[k], 0));
    memory_release(root), memory_release(left), memory_release(both), memory_release(value);
    return trace;
}

double frechet_distance(const Gaussian *a, const Gaussian *b)
{
    REQUIRE(a->n == b->n, "features of %d numbers and of %d", a->n, b->n);
    double d = -2 * trace_of_root(a->cov, b->cov, a->n);
    for (int j = 0; j < a->n; j++) {
        double off = a->mean[j] - b->mean[j];
        d += off * off + a->cov[j * a->n + j] + b->cov[j * a->n + j];
    }
    return d;
}
