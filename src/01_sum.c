#include "01_sum.h"

wide sum(const real *x, size_t n)
{
    wide s = 0;
    for (size_t i = 0; i < n; i++)
        s += (wide)x[i];
    return s;
}

wide dot(const real *x, const real *y, size_t n)
{
    wide s = 0;
    for (size_t i = 0; i < n; i++)
        s += (wide)x[i] * (wide)y[i];
    return s;
}

void column_sums_add(real *total, const real *x, int R, int C)
{
    for (int j = 0; j < C; j++) {
        wide s = 0;
        for (int i = 0; i < R; i++)
            s += (wide)x[i * C + j];
        total[j] += (real)s;
    }
}
