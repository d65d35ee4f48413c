/* Memory, shapes, the matrix product and the sums. */
#include "01_tensor.h"
#include "00_error.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_product.h"
#include "01_sum.h"
#include "suite.h"

#include <pthread.h>
#include <string.h>

static real *numbers(size_t n, unsigned seed) /* in [-1, 1) */
{
    real *x = malloc((n + 1) * sizeof *x);
    uint64_t state = seed;
    for (size_t i = 0; i <= n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x[i] = (real)((double)(state >> 11) * 0x1p-52 - 1);
    }
    return x;
}

static bool all_nan(const real *x, size_t n)
{
    size_t i = 0;
    while (i < n && isnan(x[i]))
        i++;
    return i == n;
}

/* ---- memory ---------------------------------------------------------------------------------- */

START_TEST(memory_starts_on_a_cache_line)
{
    for (size_t bytes = 0; bytes < 300; bytes += 7) {
        void *block = memory_get(bytes);
        ck_assert_uint_eq((uintptr_t)block % 64, 0);
        memory_release(block);
    }
}
END_TEST

START_TEST(memory_is_filled_with_nan)
{
    real *x = memory_get(1001 * sizeof *x);
    ck_assert(all_nan(x, 1001));
    memory_release(x);
}
END_TEST

START_TEST(memory_is_counted)
{
    long calls = memory_calls();
    void *a = memory_get(8), *b = memory_get(0);
    ck_assert_int_eq(memory_calls(), calls + 2);
    ck_assert_int_eq(memory_blocks(), 2);
    memory_release(a);
    memory_release(NULL);
    ck_assert_int_eq(memory_blocks(), 1);
    memory_release(b);
    ck_assert_int_eq(memory_blocks(), 0);
    ck_assert_int_eq(memory_calls(), calls + 2);
}
END_TEST

/* ---- shapes and tensors ------------------------------------------------------------------------ */

START_TEST(shape_is_rows_by_columns)
{
    Shape s = { 4, { 2, 3, 5, 7 } }, vector = { 1, { 9 } };
    ck_assert_uint_eq(shape_size(s), 210);
    ck_assert_int_eq(shape_rows(s), 30);
    ck_assert_int_eq(shape_columns(s), 7);
    ck_assert_int_eq(shape_rows(vector), 1);
    ck_assert_int_eq(shape_columns(vector), 9);
}
END_TEST

START_TEST(shape_of_more_than_an_int_is_counted)
{
    ck_assert_uint_eq(shape_size((Shape){ 3, { 65536, 65536, 3 } }), (size_t)3 << 32);
}
END_TEST

START_TEST(shapes_are_equal_up_to_their_rank)
{
    Shape a = { 2, { 3, 4, 99, 98 } }, b = { 2, { 3, 4, 1, 2 } };
    ck_assert(shape_equal(a, b));
    ck_assert(!shape_equal(a, (Shape){ 2, { 4, 3 } }));
    ck_assert(!shape_equal(a, (Shape){ 3, { 3, 4, 1 } }));
    ck_assert(!shape_equal(a, (Shape){ 1, { 3 } }));
}
END_TEST

START_TEST(shape_text_lasts_for_four_calls)
{
    const char *one = shape_text((Shape){ 1, { 7 } }), *two = shape_text((Shape){ 2, { 128, 256 } });
    const char *three = shape_text((Shape){ 4, { 2147483647, 2147483647, 2147483647, 2147483647 } });
    shape_text((Shape){ 1, { 8 } });
    ck_assert_str_eq(one, "7");
    ck_assert_str_eq(two, "128x256");
    ck_assert_str_eq(three, "2147483647x2147483647x2147483647x2147483647");
}
END_TEST

START_TEST(new_tensor_is_nan)
{
    Tensor t = tensor_new((Shape){ 3, { 3, 5, 7 } });
    ck_assert_uint_eq(tensor_size(&t), 105);
    ck_assert(all_nan(t.data, 105));
    tensor_free(&t);
}
END_TEST

START_TEST(freed_tensor_is_empty)
{
    Tensor t = tensor_new((Shape){ 1, { 3 } });
    tensor_free(&t);
    ck_assert(t.data == NULL && t.capacity == 0 && t.shape.rank == 0);
    tensor_free(&t);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(resize_allocates_only_to_grow)
{
    Tensor t = tensor_new((Shape){ 2, { 10, 10 } });
    long calls = memory_calls();
    tensor_resize(&t, (Shape){ 1, { 1 } });
    tensor_resize(&t, (Shape){ 3, { 4, 5, 5 } });
    ck_assert_int_eq(memory_calls(), calls);
    ck_assert_int_eq(shape_columns(t.shape), 5);
    tensor_resize(&t, (Shape){ 1, { 101 } });
    ck_assert_int_eq(memory_calls(), calls + 1);
    ck_assert_int_eq(memory_blocks(), 1);
    ck_assert(all_nan(t.data, 101));
    tensor_free(&t);
}
END_TEST

START_TEST(copy_takes_shape_and_contents)
{
    Tensor a = tensor_new((Shape){ 2, { 2, 3 } }), b = { 0 };
    for (int i = 0; i < 6; i++)
        a.data[i] = (real)i;
    tensor_copy(&b, &a);
    a.data[5] = -1;
    ck_assert(shape_equal(a.shape, b.shape) && b.data != a.data);
    ck_assert(b.data[0] == 0 && b.data[5] == 5);
    tensor_free(&a);
    tensor_free(&b);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(fill_reaches_every_element)
{
    Tensor t = tensor_new((Shape){ 2, { 3, 67 } });
    tensor_fill(&t, (real)0.5);
    ck_assert(t.data[0] == (real)0.5 && t.data[200] == (real)0.5 && sum(t.data, 201) == 100.5);
    tensor_free(&t);
}
END_TEST

START_TEST(rank_0_aborts) { tensor_new((Shape){ 0, { 0 } }); }
END_TEST
START_TEST(rank_5_aborts) { tensor_new((Shape){ 5, { 1, 1, 1, 1 } }); }
END_TEST
START_TEST(dimension_0_aborts) { tensor_new((Shape){ 2, { 3, 0 } }); }
END_TEST
START_TEST(negative_dimension_aborts) { tensor_new((Shape){ 2, { -2, -2 } }); }
END_TEST
START_TEST(shape_too_large_to_count_aborts) { tensor_new((Shape){ 4, { 65536, 65536, 65536, 65536 } }); }
END_TEST

/* ---- the matrix product --------------------------------------------------------------------------- */

typedef enum { AS_IS, TRANSPOSED } Op;
typedef void Gemm(real *, Matrix, Matrix, real);

/* op(X), of rows x columns. */
static Matrix factor(Op op, const real *x, int rows, int columns)
{
    return op == AS_IS ? matrix(x, rows, columns) : transposed(x, columns, rows);
}

/* C and how wrong it may be: a few roundings of the sum of the magnitudes. */
static void naive(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, double beta, const real *old, double *c,
                  double *allowed)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            long double s = 0, size = 0;
            for (int p = 0; p < k; p++) {
                long double x = a[op_a == AS_IS ? i * k + p : p * m + i];
                long double y = b[op_b == AS_IS ? p * n + j : j * k + p];
                s += x * y;
                size += fabsl(x * y);
            }
            if (beta != 0)
                s += beta * old[i * n + j], size += fabsl(beta * old[i * n + j]);
            c[i * n + j] = (double)s;
            allowed[i * n + j] = (double)size * 4 * REAL_EPSILON;
        }
}

static void assert_gemm(Gemm *product, Op op_a, Op op_b, int m, int n, int k, double beta)
{
    size_t size = (size_t)m * n;
    real *a = numbers((size_t)m * k, 1), *b = numbers((size_t)k * n, 2), *c = numbers(size, 3), after = c[size];
    double *expected = malloc(size * sizeof *expected), *allowed = malloc(size * sizeof *allowed);
    naive(op_a, op_b, m, n, k, a, b, beta, c, expected, allowed);
    for (size_t i = 0; beta == 0 && i < size; i++)
        c[i] = NAN;
    product(c, factor(op_a, a, m, k), factor(op_b, b, k, n), (real)beta);
    for (size_t i = 0; i < size; i++)
        ck_assert_msg(fabs((double)c[i] - expected[i]) <= allowed[i],
                      "%d,%d, %dx%d by %dx%d, beta %g: C[%zu] = %.9g, not %.9g, allowed %g", op_a, op_b, m, k, k, n, beta, i,
                      (double)c[i], expected[i], allowed[i]);
    ck_assert(c[size] == after);
    free(a), free(b), free(c), free(expected), free(allowed);
}

/* All four pairs of operations; beta is 0 (over NaN), 1 and 1/2. */
static void assert_gemm_ways(Gemm *product, int m, int n, int k)
{
    for (int way = 0; way < 12; way++)
        assert_gemm(product, way & 1 ? TRANSPOSED : AS_IS, way & 2 ? TRANSPOSED : AS_IS, m, n, k, way / 4 / 2.0);
}

static const int small[][3] = { { 1, 1, 1 }, { 2, 3, 1 }, { 1, 17, 2 }, { 17, 1, 64 }, { 3, 2, 129 }, { 17, 64, 3 } };
static const int large[][3] = { { 64, 129, 17 }, { 129, 64, 65 }, { 127, 128, 31 }, { 513, 129, 3 },   { 3, 513, 130 },
                                { 2, 515, 1 },   { 513, 512, 2 }, { 1, 3, 2049 },   { 65, 33, 301 },   { 40, 129, 515 },
                                { 37, 48, 512 }, { 40, 64, 513 }, { 9, 16, 100 },   { 100, 272, 130 }, { 33, 784, 64 } };

START_TEST(gemm_of_small_matrices_is_three_loops)
{
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        assert_gemm_ways(gemm, small[i][0], small[i][1], small[i][2]);
}
END_TEST

START_TEST(gemm_of_large_matrices_is_three_loops)
{
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        assert_gemm_ways(gemm, large[i][0], large[i][1], large[i][2]);
}
END_TEST

/* The bias in every row, whatever C held, however the product is cut. */
static void assert_bias(Op op_a, Op op_b, int m, int n, int k)
{
    size_t size = (size_t)m * n;
    real *a = numbers((size_t)m * k, 1), *b = numbers((size_t)k * n, 2), *bias = numbers((size_t)n, 3), *c = numbers(size, 4);
    real after = c[size];
    double *expected = malloc(size * sizeof *expected), *allowed = malloc(size * sizeof *allowed);
    for (size_t i = 0; i < size; i++)
        c[i] = bias[i % (size_t)n];
    naive(op_a, op_b, m, n, k, a, b, 1, c, expected, allowed);
    for (size_t i = 0; i < size; i++)
        c[i] = NAN;
    gemm_bias(c, factor(op_a, a, m, k), factor(op_b, b, k, n), bias);
    for (size_t i = 0; i < size; i++)
        ck_assert_msg(fabs((double)c[i] - expected[i]) <= allowed[i], "%d,%d, %dx%d by %dx%d: C[%zu] = %.9g, not %.9g", op_a,
                      op_b, m, k, k, n, i, (double)c[i], expected[i]);
    ck_assert(c[size] == after);
    free(a), free(b), free(bias), free(c), free(expected), free(allowed);
}

START_TEST(gemm_bias_is_in_every_row)
{
    for (int way = 0; way < 4; way++) {
        for (size_t i = 0; i < sizeof small / sizeof *small; i++)
            assert_bias(way & 1, way >> 1, small[i][0], small[i][1], small[i][2]);
        for (size_t i = 0; i < sizeof large / sizeof *large; i++)
            assert_bias(way & 1, way >> 1, large[i][0], large[i][1], large[i][2]);
        assert_bias(way & 1, way >> 1, 128, 64, 600); /* cut through the sum */
    }
}
END_TEST

START_TEST(gemm_without_bias_overwrites)
{
    real a = 2, b = 3, c = NAN;
    gemm_bias(&c, matrix(&a, 1, 1), matrix(&b, 1, 1), NULL);
    ck_assert(c == 6);
}
END_TEST

/* Too little work to be split, so the sums are as long as they look: up to the
 * most that are taken in registers, and one more. */
START_TEST(gemm_of_long_sums_is_three_loops)
{
    static const int whole[][3] = { { 8, 32, 511 }, { 8, 32, 512 }, { 8, 32, 513 },
                                    { 9, 48, 513 }, { 3, 16, 514 }, { 7, 16, 1025 } };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_gemm_ways(gemm, whole[i][0], whole[i][1], whole[i][2]);
}
END_TEST

START_TEST(gemm_by_hand)
{
    real a[] = { 1, 2, 3, 4, 5, 6 }, b[] = { 1, 0, 2, -1, 0, 1 }, c[] = { 10, 20, 30, 40 };
    gemm(c, matrix(a, 2, 3), matrix(b, 3, 2), (real)0.5); /* A b = 5 1, 14 1 */
    assert_all_close(c, ((double[]){ 10, 11, 29, 21 }), 4, 0);
    gemm(c, transposed(a, 3, 2), transposed(b, 2, 3), 1); /* A as 3 x 2, b as 2 x 3: 11 4, 14 4 */
    assert_all_close(c, ((double[]){ 21, 15, 43, 25 }), 4, 0);
}
END_TEST

START_TEST(gemm_with_beta_zero_ignores_nan_in_c)
{
    real one = 1, c = NAN;
    gemm(&c, matrix(&one, 1, 1), matrix(&one, 1, 1), 0);
    ck_assert(c == 1);
}
END_TEST

START_TEST(gemm_with_beta_one_keeps_nan_in_c)
{
    real one = 1, c = NAN;
    gemm(&c, matrix(&one, 1, 1), matrix(&one, 1, 1), 1);
    ck_assert(isnan(c));
}
END_TEST

/* Nothing large lies on a thread's own stack, where macOS gives half a megabyte. */
static void *all_ways(void *unused)
{
    (void)unused;
    threads_set(1);
    for (int way = 0; way < 4; way++) {
        assert_gemm(gemm, way & 1 ? TRANSPOSED : AS_IS, way & 2 ? TRANSPOSED : AS_IS, 200, 300, 700, 0.5); /* split by rows */
        assert_gemm(gemm, way & 1 ? TRANSPOSED : AS_IS, way & 2 ? TRANSPOSED : AS_IS, 128, 64, 2000, 0);   /* through the sum */
    }
    return NULL;
}

START_TEST(gemm_runs_on_a_small_stack)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    ck_assert_int_eq(pthread_attr_setstacksize(&attributes, 512 * 1024), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, all_ways, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
}
END_TEST

static void assert_same_bytes(int m, int n, int k, int way)
{
    real *a = numbers((size_t)m * k, 1), *b = numbers((size_t)k * n, 2), *c[3];
    for (int i = 0; i < 3; i++) {
        threads_set(i + 1);
        c[i] = numbers((size_t)m * n, 3);
        gemm(c[i], factor(way & 1 ? TRANSPOSED : AS_IS, a, m, k), factor(way & 2 ? TRANSPOSED : AS_IS, b, k, n), (real)0.5);
    }
    ck_assert_mem_eq(c[0], c[1], (size_t)m * n * sizeof(real));
    ck_assert_mem_eq(c[0], c[2], (size_t)m * n * sizeof(real));
    free(c[0]), free(c[1]), free(c[2]), free(a), free(b);
}

/* Sizes at which BLAS rounds otherwise when C is cut otherwise. */
START_TEST(gemm_gives_the_same_bytes_for_any_number_of_threads)
{
    for (int way = 0; way < 4; way++) {
        assert_same_bytes(513, 300, 77, way);
        assert_same_bytes(300, 513, 77, way);
        assert_same_bytes(513, 20, 150, way);
        assert_same_bytes(20, 513, 150, way);
        assert_same_bytes(65, 129, 301, way);
        assert_same_bytes(100, 784, 64, way);
        assert_same_bytes(131, 48, 400, way);
    }
}
END_TEST

static void gemm_of(int m, int n, int k)
{
    real a = 1, b = 1, c = 1;
    gemm(&c, matrix(&a, m, k), matrix(&b, k, n), 0);
}

START_TEST(gemm_of_no_rows_aborts) { gemm_of(0, 1, 1); }
END_TEST
START_TEST(gemm_of_no_columns_aborts) { gemm_of(1, 0, 1); }
END_TEST
START_TEST(gemm_of_no_terms_aborts) { gemm_of(1, 1, 0); }
END_TEST

/* ---- sums ---------------------------------------------------------------------------------------------- */

START_TEST(sum_counts_every_element_once)
{
    real x[201];
    for (int i = 0; i < 201; i++)
        x[i] = (real)(i + 1);
    for (size_t n = 0; n <= 201; n++)
        assert_close(sum(x, n), n * (n + 1) / 2, 0);
}
END_TEST

START_TEST(dot_counts_every_product_once)
{
    real x[100], y[100];
    for (int i = 0; i < 100; i++)
        x[i] = (real)(i + 1), y[i] = i % 2 ? -1 : 1;
    for (size_t n = 0; n <= 100; n++) /* 1 - 2 + 3 - ... */
        assert_close(dot(x, y, n), n % 2 ? (double)(n + 1) / 2 : -(double)n / 2, 0);
}
END_TEST

START_TEST(sum_is_taken_in_double)
{
    static real x[1 << 16];
    x[0] = (real)0x1p30; /* where float counts in steps of 128 */
    for (size_t i = 1; i < 1 << 16; i++)
        x[i] = 1;
    assert_close(sum(x, 1 << 16), 0x1p30 + 65535, 0);
}
END_TEST

START_TEST(dot_multiplies_in_double)
{
    real x[35];
    for (int i = 0; i < 35; i++)
        x[i] = 4097; /* squared: one bit more than float has */
    assert_close(dot(x, x, 35), 35 * 4097.0 * 4097.0, 0);
}
END_TEST

START_TEST(all_finite_finds_one_bad_element_anywhere)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY };
    real x[67];
    for (size_t n = 1; n <= 67; n++) {
        for (size_t i = 0; i < n; i++)
            x[i] = sizeof(real) == sizeof(float) ? (real)3.4e38 : (real)-1.7e308;
        ck_assert(all_finite(x, n));
        for (size_t i = 0; i < n; i++) {
            real old = x[i];
            x[i] = (real)bad[i % 3];
            ck_assert_msg(!all_finite(x, n), "element %zu of %zu", i, n);
            x[i] = old;
        }
        x[n - 1] = NAN;
        ck_assert(!all_finite(x, n) && all_finite(x, n - 1));
    }
}
END_TEST

/* Small whole numbers, whose sums are exact; they are added to what stood there. */
static void assert_column_sums(int R, int C)
{
    real *x = numbers((size_t)R * C, 1), *s = malloc((size_t)(C + 1) * sizeof *s);
    for (int i = 0; i < R * C; i++)
        x[i] = floor(16 * x[i]);
    for (int j = 0; j < C; j++)
        s[j] = (real)j;
    s[C] = NAN;
    column_sums_add(s, x, R, C);
    for (int j = 0; j < C; j++) {
        long expected = j;
        for (int i = 0; i < R; i++)
            expected += (long)x[i * C + j];
        assert_close(s[j], expected, 0);
    }
    ck_assert(isnan(s[C]));
    free(x), free(s);
}

START_TEST(column_sums_are_exact_for_whole_numbers)
{
    static const int size[][2] = {
        { 1, 1 }, { 7, 1 }, { 1, 63 }, { 3, 64 }, { 5, 65 }, { 129, 128 }, { 513, 200 }, { 20, 513 }
    };
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        assert_column_sums(size[i][0], size[i][1]);
}
END_TEST

START_TEST(column_sums_are_taken_in_double)
{
    real x[] = { (real)0x1p30, 1, -(real)0x1p30, 1 }, s[1] = { 0 }; /* in float the first 1 would be lost */
    column_sums_add(s, x, 4, 1);
    assert_close(s[0], 2, 0);
}
END_TEST

START_TEST(column_sums_give_the_same_bytes_for_any_number_of_threads)
{
    enum { R = 301, C = 333 }; /* two strips */
    real *x = numbers(R * C, 1), s[3][C] = { { 0 } };
    for (int i = 0; i < 3; i++) {
        threads_set(i + 1);
        column_sums_add(s[i], x, R, C);
    }
    ck_assert_mem_eq(s[0], s[1], sizeof s[0]);
    ck_assert_mem_eq(s[0], s[2], sizeof s[0]);
    free(x);
}
END_TEST

/* ---- threads and REQUIRE ------------------------------------------------------------------------------------ */

START_TEST(threads_are_as_many_as_set)
{
#ifdef _OPENMP
    for (int n = 1; n <= 3; n++) {
        threads_set(n);
        ck_assert_int_eq(threads_get(), n);
    }
#else
    threads_set(3);
    ck_assert_int_eq(threads_get(), 1);
#endif
}
END_TEST

START_TEST(require_passes_what_holds) { REQUIRE(1 + 1 == 2, "arithmetic"); }
END_TEST
START_TEST(require_aborts_where_it_does_not) { REQUIRE(1 + 1 == 3, "found %d", 2); }
END_TEST

SUITE("01 tensor", RUNS(memory_starts_on_a_cache_line), RUNS(memory_is_filled_with_nan), RUNS(memory_is_counted),
      RUNS(shape_is_rows_by_columns), RUNS(shape_of_more_than_an_int_is_counted), RUNS(shapes_are_equal_up_to_their_rank),
      RUNS(shape_text_lasts_for_four_calls), RUNS(new_tensor_is_nan), RUNS(freed_tensor_is_empty),
      RUNS(resize_allocates_only_to_grow), RUNS(copy_takes_shape_and_contents), RUNS(fill_reaches_every_element),
      ABORTS(rank_0_aborts), ABORTS(rank_5_aborts), ABORTS(dimension_0_aborts), ABORTS(negative_dimension_aborts),
      ABORTS(shape_too_large_to_count_aborts), RUNS(gemm_of_small_matrices_is_three_loops),
      RUNS(gemm_of_large_matrices_is_three_loops), RUNS(gemm_bias_is_in_every_row), RUNS(gemm_without_bias_overwrites),
      RUNS(gemm_of_long_sums_is_three_loops), RUNS(gemm_runs_on_a_small_stack), RUNS(gemm_by_hand),
      RUNS(gemm_with_beta_zero_ignores_nan_in_c), RUNS(gemm_with_beta_one_keeps_nan_in_c),
      RUNS(gemm_gives_the_same_bytes_for_any_number_of_threads), ABORTS(gemm_of_no_rows_aborts),
      ABORTS(gemm_of_no_columns_aborts), ABORTS(gemm_of_no_terms_aborts), RUNS(sum_counts_every_element_once),
      RUNS(dot_counts_every_product_once), RUNS(sum_is_taken_in_double), RUNS(dot_multiplies_in_double),
      RUNS(all_finite_finds_one_bad_element_anywhere), RUNS(column_sums_are_exact_for_whole_numbers),
      RUNS(column_sums_are_taken_in_double), RUNS(column_sums_give_the_same_bytes_for_any_number_of_threads),
      RUNS(threads_are_as_many_as_set), RUNS(require_passes_what_holds), ABORTS(require_aborts_where_it_does_not))
