#include "18_patches.h"

#include "01_parallel.h"
#include "01_product.h"
#include "01_scratch.h"

#include <string.h>

static size_t in_size(const ConvSizes *s) { return (size_t)s->H * (size_t)s->W * (size_t)s->C; } /* of one map */
static int windows(const ConvSizes *s) { return s->Ho * s->Wo; }
static int window_size(const ConvSizes *s) { return s->K * s->K * s->C; }

/* ---- windows as rows ------------------------------------------------------------------- */

/* Columns b of a window at column j of the output that lie on the map: from
 * *from to before *to. */
static void columns_inside(const ConvSizes *s, int j, int *from, int *to)
{
    int x0 = s->S * j - s->left;
    *from = x0 < 0 ? -x0 : 0;
    *to = s->W - x0 < s->K ? s->W - x0 : s->K;
    if (*to < *from)
        *to = *from = 0; /* the window misses the map */
}

/* The same in elements of row y of the map: `count` of them, from `at` in the
 * map and `behind` in the window's row; none where the row lies outside. */
static size_t row_inside(const ConvSizes *s, int y, int j, size_t *at, size_t *behind)
{
    int from, to;
    columns_inside(s, j, &from, &to);
    *at = *behind = 0;
    if (y < 0 || y >= s->H || to == from)
        return 0;
    *at = ((size_t)y * (size_t)s->W + (size_t)(s->S * j - s->left + from)) * (size_t)s->C;
    *behind = (size_t)from * (size_t)s->C;
    return (size_t)(to - from) * (size_t)s->C;
}

/* One row of one window: K pixels, those inside copied in one piece. */
static void window_row_read(real *row, const real *map, const ConvSizes *s, int y, int j)
{
    size_t at, behind, count = row_inside(s, y, j, &at, &behind), all = (size_t)s->K * (size_t)s->C;
    for (size_t k = 0; k < behind; k++)
        row[k] = 0;
    for (size_t k = 0; k < count; k++)
        row[behind + k] = map[at + k];
    for (size_t k = behind + count; k < all; k++)
        row[k] = 0;
}

static void window_row_add(real *map, const real *row, const ConvSizes *s, int y, int j)
{
    size_t at, behind, count = row_inside(s, y, j, &at, &behind);
    for (size_t k = 0; k < count; k++)
        map[at + k] += row[behind + k];
}

void im2col(real *col, const real *x, const ConvSizes *s, int first, int count)
{
    int rows = count * s->Ho;
    size_t across = (size_t)s->K * (size_t)s->C; /* one row of a window */
    PARALLEL_FOR((size_t)rows * (size_t)s->Wo * (size_t)window_size(s))
    for (int r = 0; r < rows; r++) {
        const real *map = x + (size_t)(first + r / s->Ho) * in_size(s);
        real *to = col + (size_t)r * (size_t)s->Wo * (size_t)window_size(s);
        for (int j = 0; j < s->Wo; j++)
            for (int a = 0; a < s->K; a++, to += across)
                window_row_read(to, map, s, s->S * (r % s->Ho) + a - s->top, j);
    }
}

void col2im(real *x, const real *col, const ConvSizes *s, int first, int count)
{
    size_t across = (size_t)s->K * (size_t)s->C;
    PARALLEL_FOR((size_t)count * (size_t)windows(s) * (size_t)window_size(s))
    for (int n = 0; n < count; n++) { /* a map is one thread's: its windows overlap */
        real *map = x + (size_t)(first + n) * in_size(s);
        const real *from = col + (size_t)n * (size_t)windows(s) * (size_t)window_size(s);
        memset(map, 0, in_size(s) * sizeof *map);
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++, from += across)
                    window_row_add(map, from, s, s->S * i + a - s->top, j);
    }
}

/* ---- as many maps at a time as the cache holds ------------------------------------------- */

enum { WORK = 1 << 20 }; /* windows are written out for so many elements at a time: they should stay in the cache */

static int maps_at_once(const ConvSizes *s)
{
    size_t n = WORK / ((size_t)windows(s) * (size_t)window_size(s));
    return n < 1 ? 1 : n < (size_t)s->N ? (int)n : s->N;
}

/* Room for the windows of so many maps. */
static real *take_windows(const ConvSizes *s)
{
    return scratch_take((size_t)maps_at_once(s) * (size_t)windows(s) * (size_t)window_size(s));
}

static int fewer(int a, int b) { return a < b ? a : b; }

void patches_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s)
{
    int at_once = maps_at_once(s), columns = window_size(s);
    ScratchMark mark = scratch_mark();
    real *col = take_windows(s);
    for (int first = 0; first < s->N; first += at_once) {
        int count = fewer(at_once, s->N - first), rows = count * windows(s);
        im2col(col, x, s, first, count);
        gemm_bias(y + (size_t)first * (size_t)windows(s) * (size_t)s->O, matrix(col, rows, columns), matrix(w, columns, s->O),
                  b);
    }
    scratch_return(mark);
}

void patches_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int at_once = maps_at_once(s), columns = window_size(s);
    ScratchMark mark = scratch_mark();
    real *col = take_windows(s);
    for (int first = 0; first < s->N; first += at_once) {
        int count = fewer(at_once, s->N - first), rows = count * windows(s);
        gemm(col, matrix(dy + (size_t)first * (size_t)windows(s) * (size_t)s->O, rows, s->O), transposed(w, columns, s->O), 0);
        col2im(dx, col, s, first, count);
    }
    scratch_return(mark);
}

void patches_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int at_once = maps_at_once(s), columns = window_size(s);
    ScratchMark mark = scratch_mark();
    real *col = take_windows(s);
    for (int first = 0; first < s->N; first += at_once) {
        int count = fewer(at_once, s->N - first), rows = count * windows(s);
        im2col(col, x, s, first, count);
        gemm(dw, transposed(col, rows, columns), matrix(dy + (size_t)first * (size_t)windows(s) * (size_t)s->O, rows, s->O), 1);
    }
    scratch_return(mark);
}

void patches_add_bias(real *y, const real *bias, int pixels, int O)
{
    if (!bias)
        return;
    PARALLEL_FOR((size_t)pixels * (size_t)O)
    for (int i = 0; i < pixels; i++)
        for (int o = 0; o < O; o++)
            y[(size_t)i * (size_t)O + (size_t)o] += bias[o];
}

void kernel_flip(real *flipped, const real *w, int K, int C, int O)
{
    PARALLEL_FOR((size_t)K * (size_t)K * (size_t)C * (size_t)O)
    for (int k = 0; k < K * K; k++) {
        const real *from = w + (size_t)(K * K - 1 - k) * (size_t)C * (size_t)O;
        real *to = flipped + (size_t)k * (size_t)C * (size_t)O;
        for (int o = 0; o < O; o++)
            for (int c = 0; c < C; c++)
                to[o * C + c] = from[c * O + o];
    }
}
