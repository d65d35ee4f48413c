/* Tensors: shaped arrays of real numbers, and the matrix product.
 *
 * The whole course computes with two things: a block of numbers with a shape,
 * and C = A.B. Numbers lie in row-major order (the last index runs fastest),
 * always without gaps: no views, no strides, no reference counts. */
#ifndef TENSOR_H
#define TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tgmath.h>

/* ---- precision: the library is built twice ----------------------------- */

#ifdef REAL_DOUBLE
typedef double real;
#define REAL_NAME "double"
#define REAL_EPSILON 0x1p-52
#else
typedef float real;
#define REAL_NAME "float"
#define REAL_EPSILON 0x1p-23
#endif

/* ---- a programmer's error ---------------------------------------------- */

/* Stops the program with file, line, the broken condition and a message.
 * Always on. */
#define REQUIRE(condition, ...) \
    ((condition) ? (void)0 : require_failed(__FILE__, __LINE__, #condition, __VA_ARGS__))
_Noreturn void require_failed(const char *file, int line, const char *condition, const char *format, ...);

/* ---- memory ------------------------------------------------------------- */

/* Aligned to a cache line; filled with NaN, so that reading what was never
 * written shows. Never returns NULL: where memory runs out, the program ends with
 * a line and status 2. memory_get(0) is allowed. */
void *memory_get(size_t bytes);
void memory_release(void *block);

/* How often memory_get was called so far, and how many blocks are not yet
 * released: a training step that has settled must not move the first, a
 * program that ends must bring the second to zero. */
long memory_calls(void);
long memory_blocks(void);

/* ---- shapes and tensors -------------------------------------------------- */

enum { MAX_RANK = 4 };

typedef struct {
    int rank, dim[MAX_RANK];
} Shape;

typedef struct {
    Shape shape;
    size_t capacity; /* elements there is room for */
    real *data;
} Tensor;

size_t shape_size(Shape s);        /* product of the dimensions */
bool shape_equal(Shape a, Shape b);
int shape_columns(Shape s);        /* C: the last dimension */
int shape_rows(Shape s);           /* R: the product of the others */
const char *shape_text(Shape s);   /* "128x256", in a buffer that the 4th later call reuses */

Tensor tensor_new(Shape s);                  /* contents undefined (NaN) */
void tensor_free(Tensor *t);                 /* leaves an empty tensor */
void tensor_resize(Tensor *t, Shape s);      /* contents undefined; allocates only to grow */
void tensor_copy(Tensor *to, const Tensor *from); /* resizes `to` */
void tensor_fill(Tensor *t, real value);
size_t tensor_size(const Tensor *t);

/* ---- the matrix product --------------------------------------------------- */

typedef enum { AS_IS, TRANSPOSED } Op;

/* C = op(A).op(B) + beta.C; op(A) is m x k, op(B) is k x n, C is m x n.
 * With beta = 0 what C held does not matter, not even NaN. */
void gemm(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c);

/* C = op(A).op(B), with the n numbers of bias added to every row; NULL: none. */
void gemm_bias(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, const real *bias, real *c);

/* gemm in the calling thread alone, for use inside a parallel loop. */
void gemm_serial(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c);

/* gemm in three plain loops: what they all compute, and what takes BLAS's
 * place where there is none (make BLAS=none). */
void gemm_plain(Op op_a, Op op_b, int m, int n, int k, const real *a, const real *b, real beta, real *c);

/* ---- sums ------------------------------------------------------------------ */

/* Long sums are taken in double and narrowed once. */
double sum(const real *x, size_t n);
double dot(const real *x, const real *y, size_t n);
double dot_serial(const real *x, const real *y, size_t n); /* in the calling thread alone */
bool all_finite(const real *x, size_t n);

/* Puts n numbers in rising order. */
void sort_numbers(double *x, int n);

/* Sums over the R rows of an R x C matrix. Its rows are cut into BANDS bands,
 * each of which one thread adds up in row order; at the end the bands are
 * added up in theirs. STRIP columns are summed side by side. */
enum { BANDS = 8, STRIP = 256 };
static inline int band_start(int p, int R) { return (int)((int64_t)R * p / BANDS); }
static inline int strip_width(int j, int C) { return C - j < STRIP ? C - j : STRIP; } /* of that from column j */

/* total[j] = the sum of the bands' band[p][j], for n columns. */
void bands_add_up(double *total, double band[BANDS][STRIP], int n);

/* total[j] = the sum of column j, for the n columns from x on: a strip. */
void strip_sums(double *total, const real *x, int R, int C, int n);

/* total[j] += the sum of column j, for all C. */
void column_sums_add(real *total, const real *x, int R, int C);

/* ---- threads ------------------------------------------------------------------ */

/* Work is cut into pieces that do not depend on the number of threads, and
 * pieces never share a sum: the same bytes come out for any number. Below
 * a few thousand elements a second thread costs more than it brings.
 *
 * PARALLEL_FOR deals the turns of a loop out beforehand, in equal parts: what
 * a thread made in one loop it finds in its cache in the next. PARALLEL_DYNAMIC
 * gives the next `chunk` of turns to whichever thread is ready: for turns that
 * take long, so that nobody waits for a core that other work slows down. */
void threads_set(int n);
int threads_get(void);

/* Written out wherever it is called, so that what is a constant there is one inside. */
#define INLINED inline __attribute__((always_inline))

#ifdef _OPENMP
#define PRAGMA(x) _Pragma(#x)
#define PARALLEL_FOR(work) PRAGMA(omp parallel for schedule(static) if ((work) >= 16384))
#define PARALLEL_DYNAMIC(work, chunk) PRAGMA(omp parallel for schedule(dynamic, chunk) if ((work) >= 16384))
#else
#define PARALLEL_FOR(work)
#define PARALLEL_DYNAMIC(work, chunk)
#endif

#endif
