/* Chapter 12: batch norm of four numbers, and the three paths of its gradient. */
#include "01_memory.h"
#include "12_batchnorm.h"
#include "12_paths.h"
#include "live.h"

enum { M = 4, X = 0, DY = M, GAMMA = 2 * M, BETA, EPS, OPTIONS };

typedef struct {
    double option[OPTIONS];
} Four;

static void *four_make(const double *option, uint64_t seed)
{
    Four *f = memory_get(sizeof *f);
    (void)seed;
    for (int k = 0; k < OPTIONS; k++)
        f->option[k] = option[k];
    return f;
}

static void four_set(void *figure, int what, double value) { ((Four *)figure)->option[what] = value; }

/* mean, variance, rstd; then four numbers each: xhat, y, dx, its direct path, that through the mean, through the variance. */
static int four_read(void *figure, int what, double *room)
{
    const Four *f = figure;
    (void)what;
    real x[M], dy[M], y[M], xhat[M], dx[M], gamma = (real)f->option[GAMMA], beta = (real)f->option[BETA];
    wide mean, var, dgamma, dbeta;
    double direct[M], through_mean[M], through_var[M];
    for (int i = 0; i < M; i++)
        x[i] = (real)f->option[X + i], dy[i] = (real)f->option[DY + i];
    batchnorm_mean(&mean, x, M, 1, M);
    batchnorm_var(&var, x, &mean, M, 1, M);
    real narrow_mean = (real)mean, rstd = (real)(1 / sqrt(var + f->option[EPS]));
    BatchNorm n = { M, 1, x, &narrow_mean, &rstd, &gamma, &beta };
    batchnorm_normalise(xhat, &n);
    batchnorm_forward(y, &n);
    batchnorm_backward_sums(&dgamma, &dbeta, dy, &n);
    batchnorm_backward_x(dx, dy, &dgamma, &dbeta, M, &n);
    batchnorm_backward_paths(&(BatchNormPaths){ direct, through_mean, through_var }, dy, &n);
    room[0] = (double)mean, room[1] = (double)var, room[2] = (double)rstd;
    for (int i = 0; i < M; i++) {
        double *at = room + 3 + i;
        at[0] = (double)xhat[i], at[M] = (double)y[i], at[2 * M] = (double)dx[i];
        at[3 * M] = direct[i], at[4 * M] = through_mean[i], at[5 * M] = through_var[i];
    }
    return 3 + 6 * M;
}

static void four_free(void *figure) { memory_release(figure); }

const LiveFigure live_four = { "four", four_make, four_set, NULL, four_read, NULL, NULL, four_free };
