#include "22_neighbours.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_product.h"
#include "01_sum.h"

#include <stdlib.h>

void squared_distances(real *d2, const real *a, int n, const real *b, int m, int C)
{
    size_t width = (size_t)C, across = (size_t)m;
    real *bb = memory_get(across * sizeof *bb);
    for (size_t j = 0; j < across; j++)
        bb[j] = (real)dot(b + j * width, b + j * width, width);
    gemm(d2, matrix(a, n, C), transposed(b, m, C), 0);
    PARALLEL_FOR(n * across)
    for (int i = 0; i < n; i++) {
        real *row = d2 + (size_t)i * across, aa = (real)dot(a + (size_t)i * width, a + (size_t)i * width, width);
        for (size_t j = 0; j < across; j++)
            row[j] = fmax(aa - 2 * row[j] + bb[j], 0);
    }
    memory_release(bb);
}

/* ---- by blocks of rows: all distances at once would not fit -------------------------------------- */

enum { BLOCK = 256 };

/* Does something with the distances of row i of a to all rows of b. */
typedef void RowOfDistances(void *context, int i, const real *d2, int m);

static void for_all_distances(const Tensor *a, const Tensor *b, RowOfDistances *use, void *context)
{
    int n = shape_rows(a->shape), m = shape_rows(b->shape), C = shape_columns(a->shape);
    REQUIRE(C == shape_columns(b->shape), "distances between %s and %s", shape_text(a->shape), shape_text(b->shape));
    real *d2 = memory_get((size_t)BLOCK * (size_t)m * sizeof *d2);
    for (int first = 0; first < n; first += BLOCK) {
        int rows = n - first < BLOCK ? n - first : BLOCK;
        squared_distances(d2, a->data + (size_t)first * (size_t)C, rows, b->data, m, C);
        PARALLEL_FOR((size_t)rows * (size_t)m)
        for (int i = 0; i < rows; i++)
            use(context, first + i, d2 + (size_t)i * (size_t)m, m);
    }
    memory_release(d2);
}

/* ---- the nearest ---------------------------------------------------------------------------------- */

typedef struct {
    real *to;
    int k;
    bool same;
} Nearest;

/* Keeps the k smallest in order, by insertion. */
static void keep_nearest(void *context, int i, const real *d2, int m)
{
    const Nearest *n = context;
    real *to = n->to + (size_t)i * (size_t)n->k;
    for (int p = 0; p < n->k; p++)
        to[p] = INFINITY;
    for (int j = 0; j < m; j++) {
        if (!(d2[j] < to[n->k - 1]) || (n->same && j == i))
            continue;
        int p = n->k - 1;
        for (; p > 0 && d2[j] < to[p - 1]; p--)
            to[p] = to[p - 1];
        to[p] = d2[j];
    }
}

void nearest_distances(real *to, const Tensor *a, const Tensor *b, int k, bool same)
{
    for_all_distances(a, b, keep_nearest, &(Nearest){ to, k, same });
}

static int by_size(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;
    return (x > y) - (x < y);
}

double median_nearest(const Tensor *x, const Tensor *of, bool same)
{
    size_t n = (size_t)shape_rows(x->shape);
    real *d2 = memory_get(n * sizeof *d2);
    nearest_distances(d2, x, of, 1, same);
    qsort(d2, n, sizeof *d2, by_size);
    double median = (sqrt((double)d2[(n - 1) / 2]) + sqrt((double)d2[n / 2])) / 2;
    memory_release(d2);
    return median;
}

/* ---- precision and recall -------------------------------------------------------------------------- */

typedef struct {
    const real *radius2;
    unsigned char *inside; /* a flag a row */
} Within;

static void note_within(void *context, int i, const real *d2, int m)
{
    const Within *w = context;
    w->inside[i] = 0;
    for (int j = 0; j < m && !w->inside[i]; j++)
        w->inside[i] = d2[j] <= w->radius2[j];
}

double share_within(const Tensor *x, const Tensor *of, const real *radius2)
{
    int n = shape_rows(x->shape), count = 0;
    Within w = { radius2, memory_get((size_t)n) };
    for_all_distances(x, of, note_within, &w);
    for (int i = 0; i < n; i++)
        count += w.inside[i];
    memory_release(w.inside);
    return (double)count / n;
}

/* The share of x in the region of `of`. */
static double share_in_region(const Tensor *x, const Tensor *of, int k)
{
    size_t n = (size_t)shape_rows(of->shape);
    real *nearest = memory_get(n * (size_t)k * sizeof *nearest), *radius2 = memory_get(n * sizeof *radius2);
    nearest_distances(nearest, of, of, k, true);
    for (size_t i = 0; i < n; i++)
        radius2[i] = nearest[i * (size_t)k + (size_t)k - 1];
    double share = share_within(x, of, radius2);
    memory_release(nearest), memory_release(radius2);
    return share;
}

PrecisionRecall precision_recall(const Tensor *data, const Tensor *samples, int k)
{
    return (PrecisionRecall){ share_in_region(samples, data, k), share_in_region(data, samples, k) };
}

/* ---- birthdays ----------------------------------------------------------------------------------------- */

typedef struct {
    double radius2;
    long *pairs; /* of every row with those behind it */
} Pairs;

static void count_pairs(void *context, int i, const real *d2, int m)
{
    const Pairs *p = context;
    p->pairs[i] = 0;
    for (int j = i + 1; j < m; j++)
        p->pairs[i] += (double)d2[j] < p->radius2;
}

double birthday_support(const Tensor *x, double radius)
{
    int n = shape_rows(x->shape);
    Pairs p = { radius * radius, memory_get((size_t)n * sizeof(long)) };
    long same = 0;
    for_all_distances(x, x, count_pairs, &p);
    for (int i = 0; i < n; i++)
        same += p.pairs[i];
    memory_release(p.pairs);
    return (double)n * (n - 1) / 2 / (double)same;
}
