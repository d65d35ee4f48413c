#include "12_batchnorm.h"

void batchnorm_mean(wide *mean, const real *x, int R, int C, double m)
{
    for (int j = 0; j < C; j++) {
        wide sum = 0;
        for (int i = 0; i < R; i++)
            sum += (wide)x[i * C + j];
        mean[j] = sum / m;
    }
}

void batchnorm_var(wide *var, const real *x, const wide *mean, int R, int C, double m)
{
    for (int j = 0; j < C; j++) {
        wide sum = 0;
        for (int i = 0; i < R; i++) {
            wide d = (wide)x[i * C + j] - mean[j];
            sum += d * d;
        }
        var[j] = sum / m;
    }
}

void batchnorm_forward(real *y, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            real xhat = (n->x[i * n->C + j] - n->mean[j]) * n->rstd[j];
            y[i * n->C + j] = n->gamma[j] * xhat + n->beta[j];
        }
}

void batchnorm_backward_sums(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R; i++) {
            real xhat = (n->x[i * n->C + j] - n->mean[j]) * n->rstd[j];
            dgamma[j] += (wide)dy[i * n->C + j] * (wide)xhat;
            dbeta[j] += (wide)dy[i * n->C + j];
        }
    }
}

void batchnorm_backward_x(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            real xhat = (n->x[i * n->C + j] - n->mean[j]) * n->rstd[j];
            real direct = dy[i * n->C + j], mean_dy = (real)(dbeta[j] / m), along = (real)(dgamma[j] / m);
            dx[i * n->C + j] = n->gamma[j] * n->rstd[j] * (direct - mean_dy - xhat * along);
        }
}
