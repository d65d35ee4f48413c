#include "23_groupnorm.h"

/* Where number k of group g of an example stands in it: place by place, the group's channels side by side. */
static int at(const GroupNorm *n, int example, int g, int k)
{
    int width = n->C / n->G;
    return (example * n->P + k / width) * n->C + g * width + k % width;
}

static int group_size(const GroupNorm *n) { return n->P * (n->C / n->G); }

void groupnorm_statistics(real *mean, real *rstd, const real *x, int N, int P, int C, int G, double eps)
{
    GroupNorm n = { .N = N, .P = P, .C = C, .G = G };
    int m = group_size(&n);
    for (int e = 0; e < N; e++)
        for (int g = 0; g < G; g++) {
            wide sum = 0, squares = 0;
            for (int k = 0; k < m; k++)
                sum += (wide)x[at(&n, e, g, k)];
            for (int k = 0; k < m; k++) {
                wide off = (wide)x[at(&n, e, g, k)] - sum / m;
                squares += off * off;
            }
            mean[e * G + g] = (real)(sum / m);
            rstd[e * G + g] = (real)(1 / sqrt(squares / m + eps));
        }
}

void groupnorm_forward(real *y, const GroupNorm *n)
{
    for (int e = 0; e < n->N; e++)
        for (int g = 0; g < n->G; g++)
            for (int k = 0; k < group_size(n); k++) {
                int i = at(n, e, g, k), c = i % n->C;
                real xhat = (n->x[i] - n->mean[e * n->G + g]) * n->rstd[e * n->G + g];
                y[i] = n->gamma[c] * xhat + n->beta[c];
            }
}

void groupnorm_backward_sums(real *dgamma, real *dbeta, const real *dy, const GroupNorm *n)
{
    for (int c = 0; c < n->C; c++) {
        wide along = 0, total = 0;
        int g = c / (n->C / n->G);
        for (int e = 0; e < n->N; e++)
            for (int p = 0; p < n->P; p++) {
                int i = (e * n->P + p) * n->C + c;
                real xhat = (n->x[i] - n->mean[e * n->G + g]) * n->rstd[e * n->G + g];
                along += (wide)dy[i] * (wide)xhat;
                total += (wide)dy[i];
            }
        dgamma[c] += (real)along;
        dbeta[c] += (real)total;
    }
}

void groupnorm_backward_x(real *dx, const real *dy, const GroupNorm *n)
{
    int m = group_size(n);
    for (int e = 0; e < n->N; e++)
        for (int g = 0; g < n->G; g++) {
            real mean = n->mean[e * n->G + g], rstd = n->rstd[e * n->G + g];
            wide sum = 0, along = 0;
            for (int k = 0; k < m; k++) {
                int i = at(n, e, g, k);
                wide gi = (wide)n->gamma[i % n->C] * (wide)dy[i], xhat = ((wide)n->x[i] - (wide)mean) * (wide)rstd;
                sum += gi;
                along += gi * xhat;
            }
            for (int k = 0; k < m; k++) {
                int i = at(n, e, g, k);
                wide gi = (wide)n->gamma[i % n->C] * (wide)dy[i], xhat = ((wide)n->x[i] - (wide)mean) * (wide)rstd;
                dx[i] = (real)((wide)rstd * (gi - sum / m - xhat * along / m));
            }
        }
}

void groupnorm_backward_paths(double *direct, double *through_mean, double *through_var, const real *dy, const GroupNorm *n)
{
    int m = group_size(n);
    for (int e = 0; e < n->N; e++)
        for (int g = 0; g < n->G; g++) {
            double mean = (double)n->mean[e * n->G + g], rstd = (double)n->rstd[e * n->G + g], sum = 0, along = 0;
            for (int k = 0; k < m; k++) {
                int i = at(n, e, g, k);
                direct[i] = rstd * (double)n->gamma[i % n->C] * (double)dy[i];
                sum += direct[i], along += direct[i] * ((double)n->x[i] - mean) * rstd;
            }
            for (int k = 0; k < m; k++) {
                int i = at(n, e, g, k);
                through_mean[i] = -sum / m;
                through_var[i] = -((double)n->x[i] - mean) * rstd * along / m;
            }
        }
}
