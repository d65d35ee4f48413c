#include "23_virtualnorm.h"

#include <string.h>

/* ---- statistics ---------------------------------------------------------------------------- */

/* Mean and (biased) variance of every column of some rows. */
static void moments(wide *mean, wide *var, const real *x, int rows, int C)
{
    for (int j = 0; j < C; j++)
        mean[j] = var[j] = 0;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < C; j++)
            mean[j] += (wide)x[i * C + j] / rows;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < C; j++)
            var[j] += ((wide)x[i * C + j] - mean[j]) * ((wide)x[i * C + j] - mean[j]) / rows;
}

/* Moments of n rows become those of these and k others together: the variances within, and that of the two means.
 * Source: Chan, Golub and LeVeque, 1979. */
static void join(wide *mean, wide *var, int n, const wide *other_mean, const wide *other_var, int k, int C)
{
    wide all = n + k;
    for (int j = 0; j < C; j++) {
        wide apart = other_mean[j] - mean[j];
        var[j] = (n * var[j] + k * other_var[j]) / all + n * k / (all * all) * apart * apart;
        mean[j] += k / all * apart;
    }
}

void virtualnorm_statistics(wide *mean, wide *rstd, const real *x, int N, int K, int P, int C, double eps)
{
    wide *var = rstd; /* until the end */
    moments(mean, var, x, K * P, C);
    for (int e = 1; e < N; e++) {
        wide *mean_e = mean + e * C, *var_e = var + e * C;
        if (e < K) {
            memcpy(mean_e, mean, (size_t)C * sizeof *mean), memcpy(var_e, var, (size_t)C * sizeof *var);
            continue;
        }
        moments(mean_e, var_e, x + e * P * C, P, C);
        join(mean_e, var_e, P, mean, var, K * P, C);
    }
    for (int k = 0; k < N * C; k++)
        rstd[k] = 1 / sqrt(var[k] + eps);
}

/* ---- forward, and the parameters ------------------------------------------------------------- */

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
    for (int i = 0; i < n->N * n->P; i++)
        for (int j = 0; j < n->C; j++) {
            dgamma[j] += (real)((wide)dy[i * n->C + j] * xhat_of(n, i / n->P, i, j));
            dbeta[j] += dy[i * n->C + j];
        }
}

/* ---- backward ---------------------------------------------------------------------------------- */

/* The rows of an example, or of the whole reference, and the number of rows of its set. */
typedef struct {
    int e, first, rows, M;
} Part;

static Part reference_part(const VirtualNorm *n) { return (Part){ 0, 0, n->K * n->P, n->K * n->P }; }
static Part example_part(const VirtualNorm *n, int e) { return (Part){ e, e * n->P, n->P, (n->K + 1) * n->P }; }

/* G = sum g and H = sum g xhat over the part's rows, with g = gamma dy; and their dx, rstd (g - G/M - xhat H/M). */
static void backward_part(real *dx, wide *G, wide *H, const real *dy, const VirtualNorm *n, Part p)
{
    int C = n->C;
    for (int j = 0; j < C; j++)
        G[j] = H[j] = 0;
    for (int i = p.first; i < p.first + p.rows; i++)
        for (int j = 0; j < C; j++) {
            wide g = (wide)n->gamma[j] * (wide)dy[i * C + j];
            G[j] += g, H[j] += g * xhat_of(n, p.e, i, j);
        }
    for (int i = p.first; dx && i < p.first + p.rows; i++)
        for (int j = 0; j < C; j++) {
            wide g = (wide)n->gamma[j] * (wide)dy[i * C + j];
            dx[i * C + j] = (real)(n->rstd[p.e * C + j] * (g - G[j] / p.M - xhat_of(n, p.e, i, j) * H[j] / p.M));
        }
}

/* On the reference's rows an example's g is 0: it adds -rstd (G/M + xhat H/M). Around the reference's own mean m, with
 * xhat = (x - m + m - mean) rstd, the sum over all examples is constant + slope (x - m). */
void virtualnorm_backward_x(real *dx, const real *dy, const VirtualNorm *n, wide *room)
{
    int C = n->C;
    wide *G = room, *H = room + C, *constant = room + 2 * C, *slope = room + 3 * C;
    for (int j = 0; j < C; j++)
        constant[j] = slope[j] = 0;
    backward_part(dx, G, H, dy, n, reference_part(n)); /* batch norm, among themselves */
    for (int e = n->K; e < n->N; e++) {
        Part p = example_part(n, e);
        backward_part(dx, G, H, dy, n, p);
        for (int j = 0; j < C; j++) {
            wide rstd = n->rstd[e * C + j], off = n->mean[j] - n->mean[e * C + j];
            constant[j] += rstd * (G[j] + off * rstd * H[j]) / p.M;
            slope[j] += rstd * rstd * H[j] / p.M;
        }
    }
    for (int i = 0; i < n->K * n->P; i++)
        for (int j = 0; j < C; j++)
            dx[i * C + j] -= (real)(constant[j] + ((wide)n->x[i * C + j] - n->mean[j]) * slope[j]);
}

void virtualnorm_backward_paths(double *direct, double *through_mean, double *through_var, const real *dy, const VirtualNorm *n,
                                wide *room)
{
    int C = n->C, reference = n->K * n->P;
    wide *G = room, *H = room + C;
    for (int i = 0; i < n->N * n->P * C; i++)
        direct[i] = through_mean[i] = through_var[i] = 0;
    for (int e = n->K - 1; e < n->N; e++) { /* the last of the reference stands for all of it */
        Part p = e < n->K ? reference_part(n) : example_part(n, e);
        backward_part(NULL, G, H, dy, n, p);
        for (int i = p.first; i < p.first + p.rows; i++)
            for (int j = 0; j < C; j++)
                direct[i * C + j] = (double)(n->rstd[p.e * C + j] * (wide)n->gamma[j] * (wide)dy[i * C + j]);
        for (int k = 0; k < p.M; k++) { /* the rows of its set: the reference, and its own */
            int i = k < reference ? k : p.first + k - reference;
            for (int j = 0; j < C; j++) {
                wide rstd = n->rstd[p.e * C + j];
                through_mean[i * C + j] -= (double)(rstd * G[j] / p.M);
                through_var[i * C + j] -= (double)(rstd * xhat_of(n, p.e, i, j) * H[j] / p.M);
            }
        }
    }
}
