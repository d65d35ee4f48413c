#include "23_groupnorm.h"

/* The numbers of group g of example e: at every place p its channels c. */
#define FOR_GROUP(n, e, g, p, c)     \
    for (int p = 0; p < (n)->P; p++) \
        for (int c = (n)->C / (n)->G * (g); c < (n)->C / (n)->G * ((g) + 1); c++)

static int at(const GroupNorm *n, int e, int p, int c) { return (e * n->P + p) * n->C + c; }

static int group_size(const GroupNorm *n) { return n->P * (n->C / n->G); }

static wide xhat_of(const GroupNorm *n, int e, int g, int i)
{
    return ((wide)n->x[i] - (wide)n->mean[e * n->G + g]) * (wide)n->rstd[e * n->G + g];
}

void groupnorm_statistics(real *mean, real *rstd, const real *x, int N, int P, int C, int G, double eps)
{
    GroupNorm n = { .N = N, .P = P, .C = C, .G = G };
    int m = group_size(&n);
    for (int e = 0; e < N; e++)
        for (int g = 0; g < G; g++) {
            wide sum = 0, squares = 0;
            FOR_GROUP(&n, e, g, p, c)
            sum += (wide)x[at(&n, e, p, c)];
            FOR_GROUP(&n, e, g, p, c)
            {
                wide off = (wide)x[at(&n, e, p, c)] - sum / m;
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
            FOR_GROUP(n, e, g, p, c)
            {
                int i = at(n, e, p, c);
                y[i] = (real)((wide)n->gamma[c] * xhat_of(n, e, g, i) + (wide)n->beta[c]);
            }
}

void groupnorm_backward_sums(real *dgamma, real *dbeta, const real *dy, const GroupNorm *n)
{
    for (int e = 0; e < n->N; e++)
        for (int g = 0; g < n->G; g++)
            FOR_GROUP(n, e, g, p, c)
            {
                int i = at(n, e, p, c);
                dgamma[c] += (real)((wide)dy[i] * xhat_of(n, e, g, i));
                dbeta[c] += dy[i];
            }
}

void groupnorm_backward_x(real *dx, const real *dy, const GroupNorm *n)
{
    int m = group_size(n);
    for (int e = 0; e < n->N; e++)
        for (int g = 0; g < n->G; g++) {
            wide rstd = (wide)n->rstd[e * n->G + g], sum = 0, along = 0;
            FOR_GROUP(n, e, g, p, c)
            {
                int i = at(n, e, p, c);
                wide dxhat = (wide)n->gamma[c] * (wide)dy[i];
                sum += dxhat, along += dxhat * xhat_of(n, e, g, i);
            }
            FOR_GROUP(n, e, g, p, c)
            {
                int i = at(n, e, p, c);
                wide dxhat = (wide)n->gamma[c] * (wide)dy[i];
                dx[i] = (real)(rstd * (dxhat - sum / m - xhat_of(n, e, g, i) * along / m));
            }
        }
}

void groupnorm_backward_paths(double *direct, double *through_mean, double *through_var, const real *dy, const GroupNorm *n)
{
    int m = group_size(n);
    for (int e = 0; e < n->N; e++)
        for (int g = 0; g < n->G; g++) {
            double rstd = (double)n->rstd[e * n->G + g], sum = 0, along = 0;
            FOR_GROUP(n, e, g, p, c)
            {
                int i = at(n, e, p, c);
                direct[i] = rstd * (double)n->gamma[c] * (double)dy[i];
                sum += direct[i], along += direct[i] * (double)xhat_of(n, e, g, i);
            }
            FOR_GROUP(n, e, g, p, c)
            {
                int i = at(n, e, p, c);
                through_mean[i] = -sum / m;
                through_var[i] = -(double)xhat_of(n, e, g, i) * along / m;
            }
        }
}
