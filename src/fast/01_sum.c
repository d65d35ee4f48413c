/* Sums that need not wait for each other: see chapters/fast/01_sum.md. */
#include "01_sum.h"

#include "01_chunks.h"
#include "01_parallel.h"

/* LANES sums side by side, added up at the end: additions that need not wait
 * for each other, in an order that never changes. */
enum { LANES = 16 };

static wide add_up(const wide lane[LANES])
{
    wide s = 0;
    for (int j = 0; j < LANES; j++)
        s += lane[j];
    return s;
}

wide sum(const real *x, size_t n)
{
    wide lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (wide)x[i + j];
    for (size_t j = 0; i < n; i++, j++)
        lane[j] += (wide)x[i];
    return add_up(lane);
}

wide dot_serial(const real *x, const real *y, size_t n)
{
    wide lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (wide)x[i + j] * (wide)y[i + j];
    for (size_t j = 0; i < n; i++, j++)
        lane[j] += (wide)x[i] * (wide)y[i];
    return add_up(lane);
}

wide dot(const real *x, const real *y, size_t n)
{
    enum { PIECES = 64 };
    wide part[PIECES] = { 0 }, s = 0;
    size_t piece = n / PIECES + 1;
    PARALLEL_FOR(n)
    for (int p = 0; p < PIECES; p++) {
        size_t first = (size_t)p * piece;
        if (first < n)
            part[p] = dot_serial(x + first, y + first, n - first < piece ? n - first : piece);
    }
    for (int p = 0; p < PIECES; p++)
        s += part[p];
    return s;
}

void column_sums_add(real *total, const real *x, int R, int C)
{
    for (int j = 0; j < C; j += STRIP) {
        int n = strip_width(j, C);
        wide s[STRIP];
        strip_sums(s, x + j, R, C, n);
        for (int k = 0; k < n; k++)
            total[j + k] += (real)s[k];
    }
}
