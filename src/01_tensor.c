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

/* Nobody's mistake: a line and status 2, as for a user's error. */
_Noreturn static void out_of_memory(size_t bytes)
{
    fprintf(stderr, "out of memory: asked for %zu bytes more\n", bytes);
    exit(2);
}

void *memory_get(size_t bytes)
{
    size_t whole = (bytes / CACHE_LINE + 1) * CACHE_LINE;
    void *block = aligned_alloc(CACHE_LINE, whole);
    if (!block)
        out_of_memory(bytes);
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

/* C = op(A).op(B) + beta.C, or a part of it: the pointers stand at the part's
 * first numbers, and lda, ldb, ldc are the row lengths of the whole matrices.
 * With a bias, beta is 0 and the bias is added to every row. */
typedef struct {
    Op op_a, op_b;
    int m, n, k;
    const real *a, *b;
    real beta, *c;
    int lda, ldb, ldc;
    const real *bias;
} Product;

static Product whole_product(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    REQUIRE(m > 0 && n > 0 && k > 0, "gemm of %d x %d by %d x %d", m, k, k, n);
    return (Product){ op_a, op_b, m, n, k, a, b, beta, c, op_a == AS_IS ? k : m, op_b == AS_IS ? n : k, n, NULL };
}

static void product_plain(const Product *q)
{
    for (int i = 0; i < q->m; i++)
        for (int j = 0; j < q->n; j++) {
            double s = 0;
            for (int p = 0; p < q->k; p++)
                s += (double)q->a[q->op_a == AS_IS ? (size_t)i * q->lda + p : (size_t)p * q->lda + i] *
                     (double)q->b[q->op_b == AS_IS ? (size_t)p * q->ldb + j : (size_t)j * q->ldb + p];
            real *cij = &q->c[(size_t)i * q->ldc + j];
            *cij = (real)s + (q->beta == 0 ? 0 : q->beta * *cij);
        }
}

/* A vector of the processor's widest registers, at any address. A tile of C is
 * ROWS rows of WIDES such vectors; its sums have DEPTH terms at most. */
typedef real Wide __attribute__((vector_size(64), aligned(sizeof(real)), may_alias));
enum { WIDE = sizeof(Wide) / sizeof(real), ROWS = 8, WIDES = 2, COLUMNS = WIDES * WIDE, DEPTH = 512 };

/* Where op(A) or op(B) begins, and how far it is to its next row and column. */
typedef struct {
    const real *at;
    size_t row, column;
} Factor;

/* c = sum + beta c; what c held does not matter where beta is 0. */
static INLINED void wide_write(real *c, const Wide *sum, real beta)
{
    Wide *to = (Wide *)c;
    if (beta == 0)
        *to = *sum;
    else
        *to = beta * *to + *sum;
}

/* Asks for the numbers n behind x before they are needed; there may be none. */
static INLINED void ask_for(const real *x, size_t n) { __builtin_prefetch((const void *)((uintptr_t)x + n * sizeof *x)); }

/* rows x (wides WIDE) elements of C. Their sums stay in registers, 16 of them, to
 * the end: each number of A is used for 2 vectors, each vector of B for 8 rows.
 * The row of B that comes AHEAD, and those of C, are asked for early. */
static INLINED void tile(real *c, Factor a, Factor b, const real *bias, int rows, int wides, const Product *q)
{
    enum { AHEAD = 16 };
    Wide sum[ROWS][WIDES];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < wides; v++) {
            __builtin_prefetch(c + (size_t)r * q->ldc + v * WIDE, 1);
            sum[r][v] = bias ? *(const Wide *)(bias + v * WIDE) : (Wide){ 0 };
        }
    for (size_t p = 0; p < (size_t)q->k; p++)
        for (int v = 0; v < wides; v++) {
            ask_for(b.at, (p + AHEAD) * b.row + v * WIDE);
            for (int r = 0; r < rows; r++)
                sum[r][v] += a.at[r * a.row + p * a.column] * *(const Wide *)(b.at + p * b.row + v * WIDE);
        }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < wides; v++)
            wide_write(c + (size_t)r * q->ldc + v * WIDE, &sum[r][v], q->beta);
}

/* op(A) from row i on. */
static INLINED Factor from_row(Factor a, int i) { return (Factor){ a.at + (size_t)i * a.row, a.row, a.column }; }

/* All rows of C at some columns. */
static INLINED void tiles_down(real *c, Factor a, Factor b, const real *bias, int wides, const Product *q)
{
    int i = 0;
    for (; i + ROWS <= q->m; i += ROWS)
        tile(c + (size_t)i * q->ldc, from_row(a, i), b, bias, ROWS, wides, q);
    for (; i < q->m; i++)
        tile(c + (size_t)i * q->ldc, from_row(a, i), b, bias, 1, wides, q);
}

/* Columns of op(B) = B^T, next to each other in the rows of `turned`. */
static Factor turn(real *turned, const real *b, int columns, const Product *q)
{
    for (int p = 0; p < q->k; p++)
        for (int j = 0; j < columns; j++)
            turned[p * COLUMNS + j] = b[(size_t)j * q->ldb + p];
    return (Factor){ turned, COLUMNS, 1 };
}

static INLINED void tiles_all(Factor a, const Product *q)
{
    real turned[DEPTH * COLUMNS];
    for (int j = 0, columns; j < q->n; j += columns) {
        columns = q->n - j >= COLUMNS ? COLUMNS : WIDE;
        Factor b = q->op_b == AS_IS ? (Factor){ q->b + j, (size_t)q->ldb, 1 } : turn(turned, q->b + (size_t)j * q->ldb, columns, q);
        const real *bias = q->bias ? q->bias + j : NULL;
        if (columns == COLUMNS)
            tiles_down(q->c + j, a, b, bias, WIDES, q);
        else
            tiles_down(q->c + j, a, b, bias, 1, q);
    }
}

static void product_in_registers(const Product *q)
{
    if (q->op_a == AS_IS)
        tiles_all((Factor){ q->a, (size_t)q->lda, 1 }, q);
    else
        tiles_all((Factor){ q->a, 1, (size_t)q->lda }, q);
}

/* Where the registers are wide and many, and C's columns come in whole vectors;
 * and the columns of B that tiles below each other read again and again, 64 KB
 * at most, stay in the second cache. */
static bool fits_registers(const Product *q)
{
#if defined(__AVX512F__) || defined(IN_REGISTERS)
    return q->n % WIDE == 0 && q->k <= DEPTH;
#else
    (void)q;
    return false;
#endif
}

static void product_of_library(const Product *q)
{
#ifdef USE_BLAS
    enum CBLAS_TRANSPOSE ta = q->op_a == AS_IS ? CblasNoTrans : CblasTrans;
    enum CBLAS_TRANSPOSE tb = q->op_b == AS_IS ? CblasNoTrans : CblasTrans;
#ifdef REAL_DOUBLE
    cblas_dgemm(CblasRowMajor, ta, tb, q->m, q->n, q->k, 1, q->a, q->lda, q->b, q->ldb, q->beta, q->c, q->ldc);
#else
    cblas_sgemm(CblasRowMajor, ta, tb, q->m, q->n, q->k, 1, q->a, q->lda, q->b, q->ldb, q->beta, q->c, q->ldc);
#endif
#else
    product_plain(q);
#endif
}

static void product(Product q)
{
    if (fits_registers(&q)) {
        product_in_registers(&q);
        return;
    }
    for (int i = 0; q.bias && i < q.m; i++)
        memcpy(q.c + (size_t)i * q.ldc, q.bias, (size_t)q.n * sizeof *q.c);
    if (q.bias)
        q.beta = 1; /* to what C then holds */
    product_of_library(&q);
}

void gemm_plain(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    Product q = whole_product(op_a, op_b, m, n, k, a, b, beta, c);
    product_plain(&q);
}

void gemm_serial(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    product(whole_product(op_a, op_b, m, n, k, a, b, beta, c));
}

/* Pieces of a product are our threads' work; BLAS is told to use one thread.
 * What pieces share travels to both cores, so they are few: two, and more where
 * each would still have 2^24 multiplications. Their number depends on the
 * sizes alone, so the bytes do not depend on the threads. */
static int piece_count(int length, double multiplications)
{
    int pieces = multiplications < 0x1p18 || length < 32 ? 1 : 2;
    while (pieces > 1 && pieces < 8 && multiplications / pieces >= 0x1p25 && length / pieces >= 64)
        pieces *= 2;
    return pieces;
}

static int piece_length(int length, double multiplications)
{
    int pieces = piece_count(length, multiplications);
    return (length + pieces - 1) / pieces;
}

/* Where rows are cut in two, the second part shall begin with a cache line. */
static int whole_lines(int n)
{
    enum { LINE = CACHE_LINE / sizeof(real) };
    return (n + LINE - 1) / LINE * LINE;
}

static int at_most(int a, int b) { return a < b ? a : b; }

static void cut_rows(Product q)
{
    double work = (double)q.m * q.n * q.k;
    int piece = piece_length(q.m, work);
    PARALLEL_FOR(work / 16)
    for (int i = 0; i < q.m; i += piece) {
        Product part = q;
        part.m = at_most(piece, q.m - i);
        part.a += q.op_a == AS_IS ? (size_t)i * q.lda : (size_t)i;
        part.c += (size_t)i * q.ldc;
        product(part);
    }
}

static void cut_columns(Product q)
{
    double work = (double)q.m * q.n * q.k;
    int piece = whole_lines(piece_length(q.n, work));
    PARALLEL_FOR(work / 16)
    for (int j = 0; j < q.n; j += piece) {
        Product part = q;
        part.n = at_most(piece, q.n - j);
        part.b += q.op_b == AS_IS ? (size_t)j : (size_t)j * q.ldb;
        part.c += j;
        if (q.bias)
            part.bias += j;
        product(part);
    }
}

enum { MOST_HALF = 1 << 16 };

/* C = A1.B1 + A2.B2, where A1 has A's first columns and B1 B's first rows. */
static void cut_depth(Product q)
{
    real half[MOST_HALF]; /* A2.B2 */
    int k1 = whole_lines(q.k / 2);
    Product part[2] = { q, q };
    part[0].k = k1, part[1].k = q.k - k1;
    part[1].a += q.op_a == AS_IS ? (size_t)k1 : (size_t)k1 * q.lda;
    part[1].b += q.op_b == AS_IS ? (size_t)k1 * q.ldb : (size_t)k1;
    part[1].beta = 0, part[1].bias = NULL, part[1].c = half;
    PARALLEL_FOR((double)q.m * q.n * q.k)
    for (int p = 0; p < 2; p++)
        product(part[p]);
    PARALLEL_FOR((size_t)q.m * (size_t)q.n)
    for (int i = 0; i < q.m * q.n; i++)
        q.c[i] += half[i];
}

/* What a piece shares with the others travels between the cores, and may be
 * packed by each: cut the longest side. Rows are examples, most often, and stay
 * with the thread that made them; so they are cut unless columns are many. */
static void cut(Product q)
{
    bool deep = q.k > q.m && q.k > q.n && (double)q.m * q.n <= MOST_HALF;
    if (deep && piece_count(q.k, (double)q.m * q.n * q.k) == 2)
        cut_depth(q);
    else if (q.n <= 2 * q.m)
        cut_rows(q);
    else
        cut_columns(q);
}

void gemm(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c)
{
    cut(whole_product(op_a, op_b, m, n, k, a, b, beta, c));
}

void gemm_bias(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, const real *bias, real *c)
{
    Product q = whole_product(op_a, op_b, m, n, k, a, b, 0, c);
    q.bias = bias;
    cut(q);
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

double dot_serial(const real *x, const real *y, size_t n)
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
            part[p] = dot_serial(x + first, y + first, n - first < piece ? n - first : piece);
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

void bands_add_up(double *total, double band[BANDS][STRIP], int n)
{
    for (int j = 0; j < n; j++) {
        total[j] = 0;
        for (int p = 0; p < BANDS; p++)
            total[j] += band[p][j];
    }
}

void strip_sums(double *total, const real *x, int R, int C, int n)
{
    double band[BANDS][STRIP];
    PARALLEL_FOR((size_t)R * (size_t)n)
    for (int p = 0; p < BANDS; p++) {
        memset(band[p], 0, (size_t)n * sizeof *band[p]);
        for (int i = band_start(p, R); i < band_start(p + 1, R); i++)
            for (int j = 0; j < n; j++)
                band[p][j] += (double)x[(size_t)i * C + j];
    }
    bands_add_up(total, band, n);
}

void column_sums_add(real *total, const real *x, int R, int C)
{
    for (int j = 0; j < C; j += STRIP) {
        int n = strip_width(j, C);
        double s[STRIP];
        strip_sums(s, x + j, R, C, n);
        for (int k = 0; k < n; k++)
            total[j + k] += (real)s[k];
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
/* OpenBLAS picks its kernels by the processor's model, at times badly. One
 * older than the processor falls back on the kernels of 2004, "Prescott", five
 * times slower. AMD's Zen 4 gets kernels of 512 bits, which it carries out in
 * two halves: those of 256 are 5 % faster. OpenBLAS can be told to look again. */
#if defined(__linux__) && defined(__x86_64__)
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static const char *better_kernels(const char *picked)
{
    bool wide = __builtin_cpu_supports("avx512vl");
    if (wide && __builtin_cpu_is("amdfam19h")) /* Zen 4 */
        return "Haswell";
    if (strcmp(picked, "Prescott") == 0 && __builtin_cpu_supports("avx2"))
        return wide ? "SkylakeX" : "Haswell";
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
