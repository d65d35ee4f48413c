/* Batch normalisation on several cores: see chapters/fast/01_sum.md. */
#include "12_batchnorm.h"

#include "01_chunks.h"
#include "01_parallel.h"

#include <string.h>

void batchnorm_mean(wide *mean, const real *x, int R, int C, double m)
{
    for (int start = 0; start < C; start += STRIP) {
        int n = strip_width(start, C);
        strip_sums(mean + start, x + start, R, C, n);
        for (int j = start; j < start + n; j++)
            mean[j] /= m;
    }
}

/* The sums of (x - mean)^2 of a strip's n columns. */
static void strip_squares(wide *total, const real *x, const wide *mean, int R, int C, int n)
{
    ChunkSums part;
    PARALLEL_FOR((size_t)R * (size_t)n)
    for (int p = 0; p < CHUNKS; p++) {
        memset(part[p], 0, (size_t)n * sizeof *part[p]);
        for (int i = chunk_start(p, R); i < chunk_start(p + 1, R); i++)
            for (int j = 0; j < n; j++) {
                wide d = (wide)x[(size_t)i * C + j] - mean[j];
                part[p][j] += d * d;
            }
    }
    chunks_add_up(total, part, n);
}

void batchnorm_var(wide *var, const real *x, const wide *mean, int R, int C, double m)
{
    for (int start = 0; start < C; start += STRIP) {
        int n = strip_width(start, C);
        strip_squares(var + start, x + start, mean + start, R, C, n);
        for (int j = start; j < start + n; j++)
            var[j] /= m;
    }
}

static inline real normalised(real x, real mean, real rstd) { return (x - mean) * rstd; }

void batchnorm_forward(real *y, const BatchNorm *n)
{
    int R = n->R, C = n->C;
    const real *mean = n->mean, *rstd = n->rstd, *gamma = n->gamma, *beta = n->beta;
    PARALLEL_FOR((size_t)R * (size_t)C)
    for (int i = 0; i < R; i++) {
        const real *xi = n->x + (size_t)i * C;
        real *yi = y + (size_t)i * C;
        for (int j = 0; j < C; j++)
            yi[j] = gamma[j] * normalised(xi[j], mean[j], rstd[j]) + beta[j];
    }
}

/* The sums of dy xhat and of dy of the n columns from `start` on. */
static void strip_backward_sums(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *b, int start, int n)
{
    ChunkSums along, ones;
    const real *mean = b->mean + start, *rstd = b->rstd + start;
    PARALLEL_FOR((size_t)b->R * (size_t)n)
    for (int p = 0; p < CHUNKS; p++) {
        memset(along[p], 0, (size_t)n * sizeof *along[p]);
        memset(ones[p], 0, (size_t)n * sizeof *ones[p]);
        for (int i = chunk_start(p, b->R); i < chunk_start(p + 1, b->R); i++) {
            const real *xi = b->x + (size_t)i * b->C + start, *dyi = dy + (size_t)i * b->C + start;
            for (int j = 0; j < n; j++) {
                ones[p][j] += (wide)dyi[j];
                along[p][j] += (wide)dyi[j] * (wide)normalised(xi[j], mean[j], rstd[j]);
            }
        }
    }
    chunks_add_up(dgamma + start, along, n);
    chunks_add_up(dbeta + start, ones, n);
}

void batchnorm_backward_sums(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int start = 0; start < n->C; start += STRIP)
        strip_backward_sums(dgamma, dbeta, dy, n, start, strip_width(start, n->C));
}

/* A strip of the two means, narrowed once for all rows. */
static void strip_backward_x(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *b,
                             int start)
{
    real mean_dy[STRIP], along[STRIP], scale[STRIP];
    int n = strip_width(start, b->C);
    const real *mean = b->mean + start, *rstd = b->rstd + start;
    for (int j = 0; j < n; j++) {
        mean_dy[j] = (real)(dbeta[start + j] / m), along[j] = (real)(dgamma[start + j] / m);
        scale[j] = b->gamma[start + j] * rstd[j];
    }
    PARALLEL_FOR((size_t)b->R * (size_t)n)
    for (int i = 0; i < b->R; i++) {
        size_t row = (size_t)i * b->C + start;
        const real *xi = b->x + row, *dyi = dy + row;
        real *dxi = dx + row;
        for (int j = 0; j < n; j++)
            dxi[j] = scale[j] * (dyi[j] - mean_dy[j] - normalised(xi[j], mean[j], rstd[j]) * along[j]);
    }
}

void batchnorm_backward_x(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int start = 0; start < n->C; start += STRIP)
        strip_backward_x(dx, dy, dgamma, dbeta, m, n, start);
}
