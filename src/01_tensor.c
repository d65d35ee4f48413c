#include "01_tensor.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef USE_BLAS
#include <cblas.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#endif

void require_failed(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: required: %s: ", file, line, condition);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

/* ---- memory ------------------------------------------------------------- */

enum { CACHE_LINE = 64 };

static atomic_long calls, blocks;

void *memory_get(size_t bytes)
{
    size_t whole = (bytes / CACHE_LINE + 1) * CACHE_LINE;
    void *block = aligned_alloc(CACHE_LINE, whole);
    REQUIRE(block != NULL, "out of memory, asked for %zu bytes", bytes);
    memset(block, 0xff, whole); /* all ones is a NaN in both precisions */
    calls++;
    blocks++;
    return block;
}

void memory_release(void *block)
{
    if (block)
        blocks--;
    free(block);
}

long memory_calls(void) { return calls; }
long memory_blocks(void) { return blocks; }

/* ---- shapes and tensors -------------------------------------------------- */

size_t shape_size(Shape s)
{
    size_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= (size_t)s.dim[i];
    return n;
}

bool shape_equal(Shape a, Shape b)
{
    return a.rank == b.rank && memcmp(a.dim, b.dim, (size_t)a.rank * sizeof *a.dim) == 0;
}

int shape_columns(Shape s) { return s.dim[s.rank - 1]; }
int shape_rows(Shape s) { return (int)(shape_size(s) / (size_t)shape_columns(s)); }

const char *shape_text(Shape s)
{
    static _Thread_local char text[4][64];
    static _Thread_local int next;
    char *t = text[next++ % 4];
    int n = 0;
    t[0] = '\0';
    for (int i = 0; i < s.rank; i++)
        n += snprintf(t + n, 64 - (size_t)n, "%s%d", i ? "x" : "", s.dim[i]);
    return t;
}

void tensor_resize(Tensor *t, Shape s)
{
    REQUIRE(s.rank >= 1 && s.rank <= MAX_RANK, "rank %d", s.rank);
    size_t left = INT32_MAX; /* rows, columns and sizes are counted in int, and BLAS counts so too */
    for (int i = 0; i < s.rank; left /= (size_t)s.dim[i++])
        REQUIRE(s.dim[i] > 0 && (size_t)s.dim[i] <= left, "shape %s", shape_text(s));
    t->shape = s;
    if (shape_size(s) <= t->capacity)
        return;
    memory_release(t->data);
    t->capacity = shape_size(s);
    t->data = memory_get(t->capacity * sizeof *t->data);
}

Tensor tensor_new(Shape s)
{
    Tensor t = { 0 };
    tensor_resize(&t, s);
    return t;
}

void tensor_free(Tensor *t)
{
    memory_release(t->data);
    *t = (Tensor){ 0 };
}

size_t tensor_size(const Tensor *t) { return shape_size(t->shape); }

void tensor_copy(Tensor *to, const Tensor *from)
{
    tensor_resize(to, from->shape);
    memcpy(to->data, from->data, tensor_size(from) * sizeof *to->data);
}

void tensor_fill(Tensor *t, real value)
{
    size_t n = tensor_size(t);
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        t->data[i] = value;
}

/* ---- the matrix product --------------------------------------------------- */

/* One block of C: rows of A and columns of B from where the pointers stand;
 * lda, ldb, ldc are the row lengths of the whole matrices. */
static void gemm_block_plain(Op op_a, Op op_b, int m, int n, int k, const real *a, int lda, const real *b, int ldb,
                             real beta, real *c, int ldc)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            double s = 0;
            for (int p = 0; p < k; p++)
                s += (double)a[op_a == AS_IS ? (size_t)i * lda + p : (size_t)p * lda + i] *
                     (double)b[op_b == AS_IS ? (size_t)p * ldb + j : (size_t)j * ldb + p];
            real *cij = &c[(size_t)i * ldc + j];
            *cij = (real)s + (beta == 0 ? 0 : beta * *cij);
        }
}

void gemm_plain(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    gemm_block_plain(op_a, op_b, m, n, k, a, op_a == AS_IS ? k : m, b, op_b == AS_IS ? n : k, beta, c, n);
}

static void gemm_block(Op op_a, Op op_b, int m, int n, int k, const real *a, int lda, const real *b, int ldb,
                       real beta, real *c, int ldc)
{
#ifdef USE_BLAS
    enum CBLAS_TRANSPOSE ta = op_a == AS_IS ? CblasNoTrans : CblasTrans;
    enum CBLAS_TRANSPOSE tb = op_b == AS_IS ? CblasNoTrans : CblasTrans;
#ifdef REAL_DOUBLE
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
#else
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
#endif
#else
    gemm_block_plain(op_a, op_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
#endif
}

void gemm_serial(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    gemm_block(op_a, op_b, m, n, k, a, op_a == AS_IS ? k : m, b, op_b == AS_IS ? n : k, beta, c, n);
}

/* BLAS is told to use one thread; pieces of C are our threads' work. Every
 * piece packs one operand anew, so pieces are few: two, and more where each
 * would still have 2^24 multiplications. Their number depends on the sizes
 * alone, so the bytes do not depend on the threads. */
static int piece_length(int length, double multiplications)
{
    int pieces = multiplications < 0x1p18 || length < 32 ? 1 : 2;
    while (pieces > 1 && pieces < 8 && multiplications / pieces >= 0x1p25 && length / pieces >= 64)
        pieces *= 2;
    return (length + pieces - 1) / pieces;
}

void gemm(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    REQUIRE(m > 0 && n > 0 && k > 0, "gemm of %d x %d by %d x %d", m, k, k, n);
    int lda = op_a == AS_IS ? k : m, ldb = op_b == AS_IS ? n : k;
    bool by_rows = m >= n; /* cut the longer side of C */
    int piece = piece_length(by_rows ? m : n, (double)m * n * k);
    int count = ((by_rows ? m : n) + piece - 1) / piece;
    PARALLEL_FOR((double)m * n * k / 16)
    for (int p = 0; p < count; p++) {
        int i = by_rows ? p * piece : 0, j = by_rows ? 0 : p * piece;
        int rows = by_rows && m - i < piece ? m - i : by_rows ? piece : m;
        int columns = by_rows ? n : n - j < piece ? n - j : piece;
        gemm_block(op_a, op_b, rows, columns, k, a + (op_a == AS_IS ? (size_t)i * lda : (size_t)i), lda,
                   b + (op_b == AS_IS ? (size_t)j : (size_t)j * ldb), ldb, beta, c + (size_t)i * n + j, n);
    }
}

/* ---- sums ------------------------------------------------------------------ */

/* LANES sums side by side, added up at the end: additions that need not wait
 * for each other, in an order that never changes. */
enum { LANES = 16 };

static double add_up(const double lane[LANES])
{
    double s = 0;
    for (int j = 0; j < LANES; j++)
        s += lane[j];
    return s;
}

double sum(const real *x, size_t n)
{
    double lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (double)x[i + j];
    for (size_t j = 0; i < n; i++, j++)
        lane[j] += (double)x[i];
    return add_up(lane);
}

static double dot_piece(const real *x, const real *y, size_t n)
{
    double lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (double)x[i + j] * (double)y[i + j];
    for (size_t j = 0; i < n; i++, j++)
        lane[j] += (double)x[i] * (double)y[i];
    return add_up(lane);
}

double dot(const real *x, const real *y, size_t n)
{
    enum { PIECES = 64 };
    double part[PIECES] = { 0 };
    size_t piece = n / PIECES + 1;
    PARALLEL_FOR(n)
    for (int p = 0; p < PIECES; p++) {
        size_t first = (size_t)p * piece;
        if (first < n)
            part[p] = dot_piece(x + first, y + first, n - first < piece ? n - first : piece);
    }
    double s = 0;
    for (int p = 0; p < PIECES; p++)
        s += part[p];
    return s;
}

bool all_finite(const real *x, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite(x[i]) != 0;
    return finite;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_numbers(double *x, int n) { qsort(x, (size_t)n, sizeof *x, by_size); }

void rows_fill(real *y, const real *b, int R, int C)
{
    PARALLEL_FOR((size_t)R * (size_t)C)
    for (int i = 0; i < R; i++)
        memcpy(y + (size_t)i * (size_t)C, b, (size_t)C * sizeof *b);
}

void column_sums_add(real *total, const real *x, int R, int C)
{
    enum { STRIP = 64 }; /* columns that one thread sums side by side, each in row order */
    PARALLEL_FOR((size_t)R * (size_t)C)
    for (int start = 0; start < C; start += STRIP) {
        int n = C - start < STRIP ? C - start : STRIP;
        double s[STRIP] = { 0 };
        for (int i = 0; i < R; i++)
            for (int j = 0; j < n; j++)
                s[j] += (double)x[(size_t)i * C + start + j];
        for (int j = 0; j < n; j++)
            total[start + j] += (real)s[j];
    }
}

/* ---- threads ------------------------------------------------------------------ */

#ifdef _OPENMP
void threads_set(int n) { omp_set_num_threads(n); }
int threads_get(void) { return omp_get_max_threads(); }
#else
void threads_set(int n) { (void)n; }
int threads_get(void) { return 1; }
#endif

#ifdef USE_BLAS
/* An OpenBLAS older than the processor does not know it and falls back on the
 * kernels of 2004, "Prescott", five times slower. It can be told to look again. */
#if defined(__linux__) && defined(__x86_64__)
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static void choose_kernels(void)
{
    if (strcmp(openblas_get_corename(), "Prescott") != 0 || !__builtin_cpu_supports("avx2"))
        return;
    if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit)
        return;
    setenv("OPENBLAS_CORETYPE", __builtin_cpu_supports("avx512vl") ? "SkylakeX" : "Haswell", 0);
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
