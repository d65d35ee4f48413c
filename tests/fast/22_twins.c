/* Every function with two bodies: the fast one against its definition, in one
 * program, from the same numbers and the same garbage, at odd sizes. One table
 * says how near they must be; a function that is not in it fails. */
#include "01_memory.h"
#include "01_product.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation.h"
#include "08_optimizer.h"
#include "12_batchnorm.h"
#include "18_conv.h"
#include "19_transposed.h"
#include "19_upsample.h"
#include "twins.h"
#include "suite.h"

#include <string.h>

static Random r;
static double tolerance; /* of the function at hand */

static real *normal(size_t n)
{
    real *x = memory_get((n + 1) * sizeof *x);
    random_normal(&r, x, n + 1);
    return x;
}

static real *copy_of(const real *x, size_t n)
{
    real *y = memory_get((n + 1) * sizeof *y);
    memcpy(y, x, (n + 1) * sizeof *y);
    return y;
}

static real *nans(size_t n) { return memory_get((n + 1) * sizeof(real)); } /* as memory comes */

/* What two bodies made of n numbers, whose size is about `size`; NaN fails. */
static void assert_same(const real *fast, const real *plain, size_t n, double size)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)fast[i] - (double)plain[i]) <= tolerance * size,
                      "element %zu of %zu: fast %.9g, by definition %.9g", i, n, (double)fast[i], (double)plain[i]);
}

static void assert_same_wide(const wide *fast, const wide *plain, size_t n, double size)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)(fast[i] - plain[i])) <= 1e-14 * size, "element %zu of %zu: fast %.17g, by definition %.17g",
                      i, n, (double)fast[i], (double)plain[i]);
}

static void release(int n, void *const *block)
{
    for (int i = 0; i < n; i++)
        memory_release(block[i]);
}
#define RELEASE(...) release(sizeof((void *[]){ __VA_ARGS__ }) / sizeof(void *), (void *const[]){ __VA_ARGS__ })

static const size_t lengths[] = { 1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 100, 257, 1000, 16385, 40001 };
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* ---- products and sums --------------------------------------------------------------------- */

static const int products[][3] = { { 1, 1, 1 },     { 3, 2, 5 },     { 7, 17, 9 },    { 8, 32, 64 },   { 9, 33, 65 },
                                   { 16, 15, 512 }, { 5, 16, 513 },  { 33, 48, 130 }, { 65, 129, 31 }, { 40, 64, 600 },
                                   { 300, 20, 77 }, { 20, 300, 77 }, { 2, 3, 2049 } };
enum { PRODUCTS = sizeof products / sizeof *products };

static Matrix factor(bool as_is, const real *x, int rows, int columns)
{
    return as_is ? matrix(x, rows, columns) : transposed(x, columns, rows);
}

static void compare_gemm(void)
{
    for (int k = 0; k < 12 * PRODUCTS; k++) {
        int m = products[k / 12][0], n = products[k / 12][1], d = products[k / 12][2], way = k % 4;
        real beta = (real)(k / 4 % 3 / 2.0), *a = normal((size_t)(m * d)), *b = normal((size_t)(d * n));
        real *c = beta == 0 ? nans((size_t)(m * n)) : normal((size_t)(m * n)), *p = copy_of(c, (size_t)(m * n));
        gemm(c, factor(way & 1, a, m, d), factor(way & 2, b, d, n), beta);
        plain_gemm(p, factor(way & 1, a, m, d), factor(way & 2, b, d, n), beta);
        assert_same(c, p, (size_t)(m * n), sqrt(d) + 1);
        ck_assert(memcmp(&c[m * n], &p[m * n], sizeof *c) == 0); /* nothing behind the end */
        RELEASE(a, b, c, p);
    }
}

static void compare_gemm_bias(void)
{
    for (int k = 0; k < 8 * PRODUCTS; k++) {
        int m = products[k / 8][0], n = products[k / 8][1], d = products[k / 8][2], way = k % 4;
        real *a = normal((size_t)(m * d)), *b = normal((size_t)(d * n)), *bias = normal((size_t)n), *c = nans((size_t)(m * n)),
             *p = nans((size_t)(m * n));
        gemm_bias(c, factor(way & 1, a, m, d), factor(way & 2, b, d, n), k & 4 ? bias : NULL);
        plain_gemm_bias(p, factor(way & 1, a, m, d), factor(way & 2, b, d, n), k & 4 ? bias : NULL);
        assert_same(c, p, (size_t)(m * n), sqrt(d) + 1);
        RELEASE(a, b, bias, c, p);
    }
}

static void compare_sum(void)
{
    for (int k = 0; k < LENGTHS; k++) {
        real *x = normal(lengths[k]);
        wide fast = sum(x, lengths[k]), plain = plain_sum(x, lengths[k]);
        assert_same_wide(&fast, &plain, 1, (double)lengths[k]);
        RELEASE(x);
    }
}

static void compare_dot(void)
{
    for (int k = 0; k < LENGTHS; k++) {
        real *x = normal(lengths[k]), *y = normal(lengths[k]);
        wide fast = dot(x, y, lengths[k]), plain = plain_dot(x, y, lengths[k]);
        assert_same_wide(&fast, &plain, 1, (double)lengths[k]);
        RELEASE(x, y);
    }
}

/* Matrices of R rows and C columns, around the width of a strip. */
static const int matrices[][2] = { { 1, 1 },   { 2, 3 },   { 7, 1 },     { 9, 17 },  { 100, 33 },
                                   { 3, 256 }, { 5, 257 }, { 1000, 70 }, { 12, 600 } };
enum { MATRICES = sizeof matrices / sizeof *matrices };

static void compare_column_sums_add(void)
{
    for (int k = 0; k < MATRICES; k++) {
        int R = matrices[k][0], C = matrices[k][1];
        real *x = normal((size_t)(R * C)), *total = normal((size_t)C), *p = copy_of(total, (size_t)C);
        column_sums_add(total, x, R, C);
        plain_column_sums_add(p, x, R, C);
        assert_same(total, p, (size_t)C, sqrt(R) + 1);
        RELEASE(x, total, p);
    }
}

/* ---- random numbers --------------------------------------------------------------------------- */

typedef void Fill(Random *, real *, size_t);

static void compare_fill(Fill *fast, Fill *plain)
{
    static const uint64_t from[] = { 0, 5, 0xfffffff8, 0xffffffff, 0xfffffffffffffff0 }; /* carries inside a group too */
    for (int k = 0; k < 5 * LENGTHS; k++) {
        size_t n = lengths[k / 5];
        Random a = random_stream((uint64_t)k, "twins", 0), b;
        real *x = nans(n), *p = nans(n);
        a.next = from[k % 5], b = a;
        fast(&a, x, n), plain(&b, p, n);
        assert_same(x, p, n, 1);
        ck_assert(a.next == b.next && isnan(x[n]) && isnan(p[n]));
        RELEASE(x, p);
    }
}

static void compare_random_uniform(void) { compare_fill(random_uniform, plain_random_uniform); }
static void compare_random_normal(void) { compare_fill(random_normal, plain_random_normal); }

/* ---- activations -------------------------------------------------------------------------------- */

typedef void Forward(real *, const real *, size_t);
typedef void Backward(real *, const real *, const real *, size_t);

static void compare_forward(Forward *fast, Forward *plain)
{
    for (int k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        real *x = normal(n), *y = nans(n), *p = nans(n);
        for (size_t i = 0; i < n; i += 3)
            x[i] *= (real)pow(10, (double)(i % 9) - 4); /* from tiny to where tanh is 1 */
        fast(y, x, n), plain(p, x, n);
        assert_same(y, p, n, 1);
        RELEASE(x, y, p);
    }
}

static void compare_backward(Backward *fast, Backward *plain)
{
    for (int k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        real *dy = normal(n), *y = normal(n), *dx = nans(n), *p = nans(n);
        fast(dx, dy, y, n), plain(p, dy, y, n);
        assert_same(dx, p, n, 10);
        RELEASE(dy, y, dx, p);
    }
}

#define WITH_SLOPE(f)                                                                                        \
    static void f##_fifth(real *dx, const real *dy, const real *x, size_t n) { f(dx, dy, x, (real)0.2, n); } \
    static void plain_##f##_fifth(real *dx, const real *dy, const real *x, size_t n) { plain_##f(dx, dy, x, (real)0.2, n); }
WITH_SLOPE(leaky_relu_backward)

static void leaky(real *y, const real *x, size_t n) { leaky_relu_forward(y, x, (real)0.2, n); }
static void plain_leaky(real *y, const real *x, size_t n) { plain_leaky_relu_forward(y, x, (real)0.2, n); }

static void compare_leaky_relu_forward(void) { compare_forward(leaky, plain_leaky); }
static void compare_leaky_relu_backward(void) { compare_backward(leaky_relu_backward_fifth, plain_leaky_relu_backward_fifth); }
static void compare_tanh_forward(void) { compare_forward(tanh_forward, plain_tanh_forward); }
static void compare_tanh_backward(void) { compare_backward(tanh_backward, plain_tanh_backward); }
static void compare_sigmoid_forward(void) { compare_forward(sigmoid_forward, plain_sigmoid_forward); }
static void compare_sigmoid_backward(void) { compare_backward(sigmoid_backward, plain_sigmoid_backward); }

/* ---- an optimiser's step ------------------------------------------------------------------------- */

/* The i-th of three optimisers, of a layer whose parameters and gradients are the same each time. */
static Optimizer optimizer_of(Layer *l, int i)
{
    for (int k = 0; k < l->n_param; k++) {
        Random from = random_stream(1, "gradient", (uint64_t)k);
        random_normal(&from, l->param[k]->grad.data, tensor_size(&l->param[k]->grad));
    }
    return i == 0 ? sgd_new(l, 0.1) : i == 1 ? momentum_new(l, 0.1, 0.9) : adam_new(l, adam_keras(0.1, 0.5));
}

static Layer *dense_of(int in, int out)
{
    Random from = random_stream(2, "weights", 0);
    return dense_new(in, out, INIT_PYTORCH, &from);
}

static void compare_one_step(int i, int in, int out)
{
    Layer *l = dense_of(in, out), *p = dense_of(in, out);
    Optimizer fast = optimizer_of(l, i), plain = optimizer_of(p, i);
    double norm = optimizer_step(&fast), expected = plain_optimizer_step(&plain);
    ck_assert(fast.step == plain.step && fabs(norm - expected) <= 1e-14 * expected);
    for (int k = 0; k < l->n_param; k++) {
        assert_same(l->param[k]->value.data, p->param[k]->value.data, tensor_size(&l->param[k]->value), 1);
        assert_same(l->param[k]->grad.data, p->param[k]->grad.data, tensor_size(&l->param[k]->grad), 1);
    }
    optimizer_free(&fast), optimizer_free(&plain);
    layer_free(l), layer_free(p);
}

static void compare_optimizer_step(void)
{
    for (int k = 0; k < 3 * MATRICES; k++)
        compare_one_step(k % 3, matrices[k / 3][0], matrices[k / 3][1]);
}

static void compare_gradient_norm(void)
{
    for (int k = 0; k < MATRICES; k++) {
        Layer *l = dense_of(matrices[k][0], matrices[k][1]);
        Optimizer o = optimizer_of(l, 0);
        double fast = gradient_norm(l->param, l->n_param), plain = plain_gradient_norm(l->param, l->n_param);
        ck_assert(fabs(fast - plain) <= 1e-14 * plain);
        ck_assert(fast == optimizer_step(&o));
        optimizer_free(&o);
        layer_free(l);
    }
}

/* ---- batch norm ---------------------------------------------------------------------------------- */

typedef struct {
    BatchNorm n;
    real *x, *of_columns, *dy, *fast, *plain;
    wide *sums; /* 4 C */
} Batch;

static Batch batch_new(int k)
{
    int R = matrices[k][0] + 1, C = matrices[k][1];
    Batch b = { .x = normal((size_t)(R * C)),
                .of_columns = normal((size_t)(4 * C)),
                .dy = normal((size_t)(R * C)),
                .fast = nans((size_t)(R * C)),
                .plain = nans((size_t)(R * C)),
                .sums = memory_get(4 * (size_t)C * sizeof(wide)) };
    b.n = (BatchNorm){ R, C, b.x, b.of_columns, b.of_columns + C, b.of_columns + 2 * C, b.of_columns + 3 * C };
    return b;
}

static void batch_free(Batch *b) { RELEASE(b->x, b->of_columns, b->dy, b->fast, b->plain, b->sums); }

static void compare_batchnorm_mean(void)
{
    for (int k = 0; k < MATRICES; k++) {
        Batch b = batch_new(k);
        batchnorm_mean(b.sums, b.x, b.n.R, b.n.C, 3 * b.n.R);
        plain_batchnorm_mean(b.sums + b.n.C, b.x, b.n.R, b.n.C, 3 * b.n.R);
        assert_same_wide(b.sums, b.sums + b.n.C, (size_t)b.n.C, 1);
        batch_free(&b);
    }
}

static void compare_batchnorm_var(void)
{
    for (int k = 0; k < MATRICES; k++) {
        Batch b = batch_new(k);
        wide *mean = b.sums + 2 * b.n.C;
        plain_batchnorm_mean(mean, b.x, b.n.R, b.n.C, b.n.R);
        batchnorm_var(b.sums, b.x, mean, b.n.R, b.n.C, 3 * b.n.R);
        plain_batchnorm_var(b.sums + b.n.C, b.x, mean, b.n.R, b.n.C, 3 * b.n.R);
        assert_same_wide(b.sums, b.sums + b.n.C, (size_t)b.n.C, 4);
        batch_free(&b);
    }
}

static void compare_batchnorm_forward(void)
{
    for (int k = 0; k < MATRICES; k++) {
        Batch b = batch_new(k);
        batchnorm_forward(b.fast, &b.n);
        plain_batchnorm_forward(b.plain, &b.n);
        assert_same(b.fast, b.plain, (size_t)(b.n.R * b.n.C), 30);
        batch_free(&b);
    }
}

static void compare_batchnorm_backward_sums(void)
{
    for (int k = 0; k < MATRICES; k++) {
        Batch b = batch_new(k);
        int C = b.n.C;
        batchnorm_backward_sums(b.sums, b.sums + C, b.dy, &b.n);
        plain_batchnorm_backward_sums(b.sums + 2 * C, b.sums + 3 * C, b.dy, &b.n);
        for (int j = 0; j < 2 * C; j++) /* xhat is a real number, perhaps contracted */
            ck_assert(fabs((double)(b.sums[j] - b.sums[2 * C + j])) <= tolerance * (1 + 4 * sqrt(b.n.R)));
        batch_free(&b);
    }
}

static void compare_batchnorm_backward_x(void)
{
    for (int k = 0; k < 2 * MATRICES; k++) {
        Batch b = batch_new(k / 2);
        double m = k % 2 ? INFINITY : b.n.R;
        plain_batchnorm_backward_sums(b.sums, b.sums + b.n.C, b.dy, &b.n);
        batchnorm_backward_x(b.fast, b.dy, b.sums, b.sums + b.n.C, m, &b.n);
        plain_batchnorm_backward_x(b.plain, b.dy, b.sums, b.sums + b.n.C, m, &b.n);
        assert_same(b.fast, b.plain, (size_t)(b.n.R * b.n.C), 200);
        batch_free(&b);
    }
}

/* ---- convolutions ---------------------------------------------------------------------------------- */

/* Sizes for every way that a fast body has: patches, Winograd with odd edges, phases in
 * place and by hand, windows of the input and of the output. Each with both paddings. */
static const ConvSizes maps[] = {
    { .N = 1, .H = 1, .W = 1, .C = 1, .O = 1, .K = 1, .S = 1 },   { .N = 2, .H = 5, .W = 4, .C = 3, .O = 2, .K = 3, .S = 1 },
    { .N = 2, .H = 7, .W = 6, .C = 2, .O = 5, .K = 5, .S = 2 },   { .N = 3, .H = 7, .W = 9, .C = 17, .O = 16, .K = 3, .S = 1 },
    { .N = 2, .H = 8, .W = 6, .C = 16, .O = 33, .K = 5, .S = 2 }, { .N = 2, .H = 6, .W = 10, .C = 17, .O = 18, .K = 5, .S = 2 },
    { .N = 2, .H = 5, .W = 7, .C = 16, .O = 16, .K = 5, .S = 2 }, { .N = 1, .H = 9, .W = 5, .C = 4, .O = 3, .K = 4, .S = 3 },
    { .N = 3, .H = 6, .W = 4, .C = 33, .O = 1, .K = 5, .S = 2 },  { .N = 2, .H = 3, .W = 3, .C = 5, .O = 1, .K = 5, .S = 1 },
    { .N = 30, .H = 4, .W = 5, .C = 16, .O = 32, .K = 3, .S = 1 }
};
enum { MAPS = sizeof maps / sizeof *maps };

typedef ConvSizes SizesOf(ConvSizes, Padding);
typedef void ConvForward(real *, const real *, const real *, const real *, const ConvSizes *);
typedef void ConvBackward(real *, const real *, const real *, const ConvSizes *);

static ConvSizes upsampled(ConvSizes given, Padding p) { return (void)p, upsample_conv_sizes(given); }

static size_t in_size(const ConvSizes *s) { return (size_t)(s->N * s->H * s->W * s->C); }
static size_t out_size(const ConvSizes *s) { return (size_t)(s->N * s->Ho * s->Wo * s->O); }
static size_t kernel_size(const ConvSizes *s) { return (size_t)(s->K * s->K * s->C * s->O); }

static void compare_conv_forwards(SizesOf *sizes, ConvForward *fast, ConvForward *plain)
{
    for (int k = 0; k < 4 * MAPS; k++) {
        ConvSizes s = sizes(maps[k / 4], (Padding)(k % 2));
        real *x = normal(in_size(&s)), *w = normal(kernel_size(&s)), *bias = normal((size_t)s.O), *y = nans(out_size(&s)),
             *p = nans(out_size(&s));
        fast(y, x, w, k & 2 ? bias : NULL, &s), plain(p, x, w, k & 2 ? bias : NULL, &s);
        assert_same(y, p, out_size(&s), s.K * sqrt(s.C) + 1);
        RELEASE(x, w, bias, y, p);
    }
}

static void compare_conv_backward_xs(SizesOf *sizes, ConvBackward *fast, ConvBackward *plain)
{
    for (int k = 0; k < 2 * MAPS; k++) {
        ConvSizes s = sizes(maps[k / 2], (Padding)(k % 2));
        real *dy = normal(out_size(&s)), *w = normal(kernel_size(&s)), *dx = nans(in_size(&s)), *p = nans(in_size(&s));
        fast(dx, dy, w, &s), plain(p, dy, w, &s);
        assert_same(dx, p, in_size(&s), 2 * s.K * sqrt(s.O) + 1);
        RELEASE(dy, w, dx, p);
    }
}

static void compare_conv_backward_ws(SizesOf *sizes, ConvBackward *fast, ConvBackward *plain)
{
    for (int k = 0; k < 2 * MAPS; k++) {
        ConvSizes s = sizes(maps[k / 2], (Padding)(k % 2));
        real *dy = normal(out_size(&s)), *x = normal(in_size(&s)), *dw = normal(kernel_size(&s)),
             *p = copy_of(dw, kernel_size(&s));
        fast(dw, x, dy, &s), plain(p, x, dy, &s);
        assert_same(dw, p, kernel_size(&s), 2 * sqrt((double)out_size(&s) / s.O) + 1);
        RELEASE(dy, x, dw, p);
    }
}

static void compare_conv_forward(void) { compare_conv_forwards(conv_sizes, conv_forward, plain_conv_forward); }
static void compare_conv_backward_x(void) { compare_conv_backward_xs(conv_sizes, conv_backward_x, plain_conv_backward_x); }
static void compare_conv_backward_w(void) { compare_conv_backward_ws(conv_sizes, conv_backward_w, plain_conv_backward_w); }
static void compare_transposed_forward(void)
{
    compare_conv_forwards(transposed_sizes, transposed_forward, plain_transposed_forward);
}
static void compare_transposed_backward_x(void)
{
    compare_conv_backward_xs(transposed_sizes, transposed_backward_x, plain_transposed_backward_x);
}
static void compare_transposed_backward_w(void)
{
    compare_conv_backward_ws(transposed_sizes, transposed_backward_w, plain_transposed_backward_w);
}
static void compare_upsample_conv_forward(void)
{
    compare_conv_forwards(upsampled, upsample_conv_forward, plain_upsample_conv_forward);
}
static void compare_upsample_conv_backward_x(void)
{
    compare_conv_backward_xs(upsampled, upsample_conv_backward_x, plain_upsample_conv_backward_x);
}
static void compare_upsample_conv_backward_w(void)
{
    compare_conv_backward_ws(upsampled, upsample_conv_backward_w, plain_upsample_conv_backward_w);
}

static void compare_upsample_forward(void)
{
    for (int k = 0; k < MAPS; k++) {
        ConvSizes s = maps[k];
        real *x = normal(in_size(&s)), *y = nans(4 * in_size(&s)), *p = nans(4 * in_size(&s));
        upsample_forward(y, x, s.N, s.H, s.W, s.C), plain_upsample_forward(p, x, s.N, s.H, s.W, s.C);
        assert_same(y, p, 4 * in_size(&s), 0);
        RELEASE(x, y, p);
    }
}

static void compare_upsample_backward(void)
{
    for (int k = 0; k < MAPS; k++) {
        ConvSizes s = maps[k];
        real *dy = normal(4 * in_size(&s)), *dx = nans(in_size(&s)), *p = nans(in_size(&s));
        upsample_backward(dx, dy, s.N, s.H, s.W, s.C), plain_upsample_backward(p, dy, s.N, s.H, s.W, s.C);
        assert_same(dx, p, in_size(&s), 2);
        RELEASE(dy, dx, p);
    }
}

#ifdef USE_BLAS /* LAPACK comes with it */
/* Eigenvectors have no sign of their own: what is compared is V^T diag(value) V, and the values. */
static void compare_symmetric_eigen(void)
{
    for (int n = 1; n <= 40; n += 13) {
        size_t size = (size_t)n * (size_t)n;
        double *A = memory_get(size * sizeof *A), *V = memory_get(size * sizeof *V),
               *value = memory_get((size_t)n * sizeof *value);
        double *plain = memory_get((size_t)n * sizeof *plain);
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                A[i * n + j] = A[j * n + i] = 2 * random_one(&r) - 1;
        memcpy(V, A, size * sizeof *V);
        symmetric_eigen(value, V, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++)
                    sum += V[k * n + i] * value[k] * V[k * n + j];
                assert_close(sum, A[i * n + j], tolerance * n);
            }
        plain_symmetric_eigen(plain, A, n);
        assert_all_close(value, plain, n, tolerance * n);
        memory_release(A), memory_release(V), memory_release(value), memory_release(plain);
    }
}
#endif

/* ---- the table ----------------------------------------------------------------------------------------- */

/* clang-format off */
#define OF(f, in_float, in_double) { #f, compare_##f, in_float, in_double }
/* clang-format on */
static const struct {
    const char *name;
    void (*compare)(void);
    double in_float, in_double; /* relative to the size of what is compared */
} twins[] = {
    OF(gemm, 6e-6, 1.2e-14),
    OF(gemm_bias, 6e-6, 1.2e-14),
    OF(sum, 0, 0),
    OF(dot, 0, 0), /* wide in both builds: 1e-14 */
    OF(column_sums_add, 1e-6, 4e-15),
    OF(random_uniform, 0, 0),
    OF(random_normal, 4e-6, 2e-14),
    OF(leaky_relu_forward, 0, 0),
    OF(leaky_relu_backward, 0, 0),
    OF(tanh_forward, 4e-7, 0),
    OF(tanh_backward, 2e-7, 4e-16),
    OF(sigmoid_forward, 2e-7, 2e-16),
    OF(sigmoid_backward, 2e-7, 4e-16),
    OF(gradient_norm, 0, 0),
    OF(optimizer_step, 0, 0),
    OF(batchnorm_mean, 0, 0),
    OF(batchnorm_var, 0, 0), /* wide */
    OF(batchnorm_forward, 3e-7, 6e-16),
    OF(batchnorm_backward_sums, 1e-6, 3e-15),
    OF(batchnorm_backward_x, 1e-6, 2e-15),
    OF(conv_forward, 3e-5, 6e-14),
    OF(conv_backward_x, 3e-5, 6e-14),
    OF(conv_backward_w, 3e-5, 6e-14),
    OF(upsample_forward, 0, 0),
    OF(upsample_backward, 5e-7, 1e-15),
    OF(upsample_conv_forward, 3e-5, 6e-14),
    OF(upsample_conv_backward_x, 3e-5, 6e-14),
    OF(upsample_conv_backward_w, 3e-5, 6e-14),
    OF(transposed_forward, 3e-5, 6e-14),
    OF(transposed_backward_x, 3e-5, 6e-14),
    OF(transposed_backward_w, 3e-5, 6e-14),
#ifdef USE_BLAS
    OF(symmetric_eigen, 1e-14, 1e-14), /* in double either way */
#endif
};
enum { N_TWINS = sizeof twins / sizeof *twins };

START_TEST(a_fast_body_gives_what_its_definition_gives)
{
    tolerance = TOLERANCE(twins[_i].in_float, twins[_i].in_double);
    r = random_stream((uint64_t)_i, "twins", 0);
    twins[_i].compare();
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* The list is made by the build from what src/fast/ defines a second time. */
START_TEST(every_function_with_two_bodies_is_in_the_table)
{
#define NAME(f) #f,
    static const char *const of_the_build[] = { TWINS(NAME) NULL };
    int n = 0;
    for (; of_the_build[n]; n++) {
        int k = 0;
        while (k < N_TWINS && strcmp(twins[k].name, of_the_build[n]) != 0)
            k++;
        ck_assert_msg(k < N_TWINS, "%s has two bodies and no comparison", of_the_build[n]);
    }
    ck_assert_int_eq(n, N_TWINS);
}
END_TEST

SUITE("22 twins", RUNS(every_function_with_two_bodies_is_in_the_table),
      LOOPS(a_fast_body_gives_what_its_definition_gives, N_TWINS))
