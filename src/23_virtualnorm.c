#include "23_virtualnorm.h"

/* Some rows of a column: their number, mean and (biased) variance. */
typedef struct {
    wide n, mean, var;
} Moments;

static Moments moments_of(const real *x, int first, int rows, int C, int j)
{
    Moments m = { rows, 0, 0 };
    for (int i = first; i < first + rows; i++)
        m.mean += (wide)x[i * C + j] / rows;
    for (int i = first; i < first + rows; i++)
        m.var += ((wide)x[i * C + j] - m.mean) * ((wide)x[i * C + j] - m.mean) / rows;
    return m;
}

/* Of both together: the variances within, and that of the two means.
 * Source: Chan, Golub and LeVeque, 1979. */
static Moments joined(Moments a, Moments b)
{
    wide n = a.n + b.n, apart = b.mean - a.mean;
    return (Moments){ n, a.mean + b.n / n * apart, (a.n * a.var + b.n * b.var) / n + a.n * b.n / (n * n) * apart * apart };
}

void virtualnorm_statistics(wide *mean, wide *rstd, const real *x, int N, int K, int P, int C, double eps)
{
    for (int j = 0; j < C; j++) {
        Moments reference = moments_of(x, 0, K * P, C, j);
        for (int e = 0; e < N; e++) {
            Moments m = e < K ? reference : joined(reference, moments_of(x, e * P, P, C, j));
            mean[e * C + j] = m.mean;
            rstd[e * C + j] = 1 / sqrt(m.var + eps);
        }
    }
}

static wide xhat_of(const VirtualNorm *n, int e, int row, int j)
{
    return ((wide)n->x[row * n->C + j] - n->mean[e * n->C + j]) * n->rstd[e * n->C + j];
}

void virtualnorm_forward(real *y, const VirtualNorm *n)
{
    for (int i = 0; i < n->N * n->P; i++)
        for (int j = 0; j < n->C; j++)
            y[i * n->C + j] = (real)((wide)n->gamma[j] * xhat_of(n, i / n->P, i, j) + (wide)n->beta[j]);
}

void virtualnorm_backward_sums(real *dgamma, real *dbeta, const real *dy, const VirtualNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide along = 0, total = 0;
        for (int i = 0; i < n->N * n->P; i++) {
            along += (wide)dy[i * n->C + j] * xhat_of(n, i / n->P, i, j);
            total += (wide)dy[i * n->C + j];
        }
        dgamma[j] += (real)along, dbeta[j] += (real)total;
    }
}

/* G = sum g and H = sum g xhat over some rows of example e, with g = gamma dy. */
static void sums_of(wide *G, wide *H, const real *dy, const VirtualNorm *n, int e, int first, int rows, int j)
{
    *G = *H = 0;
    for (int i = first; i < first + rows; i++) {
        wide g = (wide)n->gamma[j] * (wide)dy[i * n->C + j];
        *G += g, *H += g * xhat_of(n, e, i, j);
    }
}

/* dx of example e's own rows: rstd (g - G/M - xhat H/M). */
static void own_rows(real *dx, const real *dy, const VirtualNorm *n, int e, int first, int rows, int j, wide G, wide H, wide M)
{
    for (int i = first; i < first + rows; i++) {
        wide g = (wide)n->gamma[j] * (wide)dy[i * n->C + j];
        dx[i * n->C + j] = (real)(n->rstd[e * n->C + j] * (g - G / M - xhat_of(n, e, i, j) * H / M));
    }
}

/* What all other examples say of the reference's rows, where their own g is 0: -rstd (G/M + xhat H/M) each. With
 * xhat = (x - m + m - mean) rstd around the reference's mean m, the sums over the examples are three. */
static void reference_rows(real *dx, const VirtualNorm *n, int j, wide constant, wide slope)
{
    for (int i = 0; i < n->K * n->P; i++)
        dx[i * n->C + j] -= (real)(constant + ((wide)n->x[i * n->C + j] - n->mean[j]) * slope);
}

void virtualnorm_backward_x(real *dx, const real *dy, const VirtualNorm *n)
{
    int rows = n->K * n->P, M = rows + n->P;
    for (int j = 0; j < n->C; j++) {
        wide G, H, constant = 0, slope = 0;
        sums_of(&G, &H, dy, n, 0, 0, rows, j);
        own_rows(dx, dy, n, 0, 0, rows, j, G, H, rows); /* batch norm, among the reference */
        for (int e = n->K; e < n->N; e++) {
            wide rstd = n->rstd[e * n->C + j];
            sums_of(&G, &H, dy, n, e, e * n->P, n->P, j);
            own_rows(dx, dy, n, e, e * n->P, n->P, j, G, H, M);
            constant += rstd * (G + (n->mean[j] - n->mean[e * n->C + j]) * rstd * H) / M;
            slope += rstd * rstd * H / M;
        }
        reference_rows(dx, n, j, constant, slope);
    }
}

void virtualnorm_backward_paths(double *direct, double *through_mean, double *through_var, const real *dy, const VirtualNorm *n)
{
    int reference = n->K * n->P;
    for (int i = 0; i < n->N * n->P * n->C; i++)
        direct[i] = through_mean[i] = through_var[i] = 0;
    for (int e = n->K - 1; e < n->N; e++) /* the last of the reference stands for all of it */
        for (int j = 0; j < n->C; j++) {
            bool joins = e >= n->K;
            int first = joins ? e * n->P : 0, rows = joins ? n->P : reference, M = reference + (joins ? n->P : 0);
            wide rstd = n->rstd[e * n->C + j], G, H;
            sums_of(&G, &H, dy, n, e, first, rows, j);
            for (int i = first; i < first + rows; i++)
                direct[i * n->C + j] += (double)(rstd * (wide)n->gamma[j] * (wide)dy[i * n->C + j]);
            for (int k = 0; k < M; k++) {
                int i = k < reference ? k : first + k - reference;
                through_mean[i * n->C + j] -= (double)(rstd * G / M);
                through_var[i * n->C + j] -= (double)(rstd * xhat_of(n, e, i, j) * H / M);
            }
        }
}
