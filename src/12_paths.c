#include "12_paths.h"

void batchnorm_normalise(real *xhat, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            xhat[i * n->C + j] = (n->x[i * n->C + j] - n->mean[j]) * n->rstd[j];
}

/* One column at a time, from the chain rule as chapter 12 writes it. */
void batchnorm_backward_paths(const BatchNormPaths *to, const real *dy, const BatchNorm *n)
{
    int R = n->R, C = n->C;
    for (int j = 0; j < C; j++) {
        double mean = (double)n->mean[j], rstd = (double)n->rstd[j], dmean = 0, dvar = 0;
        for (int i = 0; i < R; i++) {
            double dxhat = (double)n->gamma[j] * (double)dy[i * C + j];
            dmean -= rstd * dxhat;
            dvar -= dxhat * ((double)n->x[i * C + j] - mean) * rstd * rstd * rstd / 2;
        }
        for (int i = 0; i < R; i++) {
            int k = i * C + j;
            to->direct[k] = rstd * (double)n->gamma[j] * (double)dy[k];
            to->through_mean[k] = dmean / R;
            to->through_var[k] = dvar * 2 * ((double)n->x[k] - mean) / R;
        }
    }
}

void batchnorm_gradient_identity(double *dx_norm2, double *bound, const real *dy, double eps, const BatchNorm *n)
{
    int R = n->R, C = n->C;
    for (int j = 0; j < C; j++) {
        double dy_dy = 0, one_dy = 0, dy_xhat = 0, mean = (double)n->mean[j], rstd = (double)n->rstd[j];
        for (int i = 0; i < R; i++) {
            double dyi = (double)dy[i * C + j], xhat = ((double)n->x[i * C + j] - mean) * rstd;
            dy_dy += dyi * dyi, one_dy += dyi, dy_xhat += dyi * xhat;
        }
        double scale2 = pow((double)n->gamma[j] * rstd, 2), delta = eps * rstd * rstd;
        bound[j] = scale2 * dy_dy;
        dx_norm2[j] = scale2 * (dy_dy - one_dy * one_dy / R - (1 + delta) * dy_xhat * dy_xhat / R);
    }
}
