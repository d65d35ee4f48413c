/* Tensors: shaped arrays of real numbers.
 *
 * The whole course computes with blocks of numbers that have a shape. They lie
 * in row-major order (the last index runs fastest), always without gaps: no
 * views, no strides, no reference counts. */
#ifndef TENSOR_H
#define TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tgmath.h>

/* ---- precision: the library is built twice ----------------------------- */

/* `real` holds what tensors hold. Sums of many terms, and what is computed from
 * them, are `wide`, and narrowed once, with a cast that one can see. */
#ifdef REAL_DOUBLE
typedef double real;
typedef double wide;
#define REAL_NAME "double"
#define REAL_EPSILON 0x1p-52
#elif defined REAL_LONG /* for the truth of the checker's bars: chapter 3 */
typedef long double real;
typedef long double wide;
#define REAL_NAME "long double"
#define REAL_EPSILON 0x1p-63
#else
typedef float real;
typedef double wide;
#define REAL_NAME "float"
#define REAL_EPSILON 0x1p-23
#endif

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

size_t shape_size(Shape s); /* product of the dimensions */
bool shape_equal(Shape a, Shape b);
int shape_columns(Shape s);      /* C: the last dimension */
int shape_rows(Shape s);         /* R: the product of the others */
const char *shape_text(Shape s); /* "128x256", in a buffer that the 4th later call reuses */

Tensor tensor_new(Shape s);             /* contents undefined: NaN */
void tensor_free(Tensor *t);            /* leaves an empty tensor */
void tensor_resize(Tensor *t, Shape s); /* contents undefined, in the build of definitions NaN; allocates only to grow */
void tensor_copy(Tensor *to, const Tensor *from); /* resizes `to` */
void tensor_fill(Tensor *t, real value);
size_t tensor_size(const Tensor *t); /* at most 2^31 - 1: an int counts its elements */

/* ---- plain arrays of n numbers --------------------------------------------- */

bool all_finite(const real *x, size_t n); /* none is NaN or infinite */
void sort_numbers(double *x, int n);      /* in rising order */

#endif
