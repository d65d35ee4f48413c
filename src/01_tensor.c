#include "01_tensor.h"

#include "00_error.h"
#include "01_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t shape_size(Shape s)
{
    size_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= (size_t)s.dim[i];
    return n;
}

bool shape_equal(Shape a, Shape b) { return a.rank == b.rank && memcmp(a.dim, b.dim, (size_t)a.rank * sizeof *a.dim) == 0; }

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
    if (shape_size(s) > t->capacity) {
        memory_release(t->data);
        t->capacity = shape_size(s);
        t->data = memory_get(t->capacity * sizeof *t->data);
    }
#ifdef FILL_NAN /* what a function should write and did not, shows */
    tensor_fill(t, NAN);
#endif
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
    for (size_t i = 0; i < tensor_size(t); i++)
        t->data[i] = value;
}

/* ---- plain arrays ---------------------------------------------------------- */

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
