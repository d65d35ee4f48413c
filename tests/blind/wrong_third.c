/* A third set of wrong backward functions, written on 2026-11-27 by somebody else again, who had seen headers and the
 * names of classes; kept as handed in. */
#include "wrong.h"

/* ---- batch normalisation, dx --------------------------------------------- */

/* BATCHNORM_X | path through the mean missing */
static void bn_x_no_mean_path(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dbeta;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | path through the variance missing | only the centring is differentiated */
static void bn_x_no_var_path(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma;
    for (int j = 0; j < n->C; j++) {
        wide scale = (wide)n->gamma[j] * n->rstd[j], mean_dy = dbeta[j] / m;
        for (int i = 0; i < n->R; i++)
            dx[(size_t)i * n->C + j] = (real)(scale * (dy[(size_t)i * n->C + j] - mean_dy));
    }
}

/* BATCHNORM_X | statistics held constant | evaluation's formula in training */
static void bn_x_constant_statistics(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                     const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    size_t size = (size_t)n->R * n->C;
    for (size_t k = 0; k < size; k++)
        dx[k] = (real)((wide)dy[k] * n->gamma[k % n->C] * n->rstd[k % n->C]);
}

/* BATCHNORM_X | m - 1 for m | in the whole */
static void bn_x_m_minus_1(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    double rows = m - 1;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] / rows * (rows * dy[k] - dbeta[j] - xhat * dgamma[j]));
        }
}

/* BATCHNORM_X | m - 1 for m | in the path through the variance only, as if the variance were unbiased */
static void bn_x_bessel(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            wide dxhat = dy[k] - dbeta[j] / m - xhat * dgamma[j] / (m - 1);
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * dxhat);
        }
}

/* BATCHNORM_X | 1/m missing | the sums stand for the means */
static void bn_x_sums_for_means(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)m;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] - xhat * dgamma[j]));
        }
}

/* BATCHNORM_X | 1/m twice | the formula with m dy - ..., its 1/m taken in both places */
static void bn_x_m_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = dbeta[j] / m, mean_dy_xhat = dgamma[j] / m;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] / m * (m * dy[k] - mean_dy - xhat * mean_dy_xhat));
        }
    }
}

/* BATCHNORM_X | gamma missing */
static void bn_x_no_gamma(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide r = n->rstd[j], xhat = ((wide)n->x[k] - n->mean[j]) * r;
            dx[k] = (real)(r * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | gamma missing | dxhat = gamma dy in the direct path, but the sums are those of dy */
static void bn_x_no_gamma_in_sums(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide dxhat = (wide)n->gamma[j] * dy[k], xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->rstd[j] * (dxhat - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | gamma squared | dxhat has gamma already, and the scale has it again */
static void bn_x_gamma_squared(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = n->gamma[j], scale = g * n->rstd[j];
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(scale * (g * dy[k] - g * dbeta[j] / m - xhat * g * dgamma[j] / m));
        }
    }
}

/* BATCHNORM_X | rstd missing */
static void bn_x_no_rstd(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | rstd missing | x - mean for xhat in the path through the variance */
static void bn_x_centred_for_xhat(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide centred = (wide)n->x[k] - n->mean[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - centred * dgamma[j] / m));
        }
}

/* BATCHNORM_X | rstd squared | the variance's path has rstd^2 with xhat, which has one already */
static void bn_x_rstd_squared(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide r = n->rstd[j], xhat = ((wide)n->x[k] - n->mean[j]) * r;
            wide by_var = -(wide)n->gamma[j] * dgamma[j] * r * r * xhat / m;
            dx[k] = (real)(n->gamma[j] * r * (dy[k] - dbeta[j] / m) + by_var);
        }
}

/* BATCHNORM_X | sign | of the path through the variance */
static void bn_x_var_sign(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - (dbeta[j] - xhat * dgamma[j]) / m));
        }
}

/* BATCHNORM_X | doubled | the path through the variance: -1/2 of the power -1/2 is forgotten beside the 2 of the square */
static void bn_x_var_doubled(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = n->gamma[j], r = n->rstd[j];
        wide dvar = -g * dgamma[j] * r * r; /* sum dy g (x - mean) r^3, less the 1/2 */
        wide dmean = -g * r * dbeta[j];
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            dx[k] = (real)(g * r * dy[k] + dvar * 2 * ((wide)n->x[k] - n->mean[j]) / m + dmean / m);
        }
    }
}

/* BATCHNORM_X | channels first | the channel of element k is taken to be k / R */
static void bn_x_channels_first(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)j * n->R + i;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | xhat missing */
static void bn_x_no_xhat(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide scale = (wide)n->gamma[j] * n->rstd[j], shift = (dbeta[j] + dgamma[j]) / m;
        for (int i = 0; i < n->R; i++)
            dx[(size_t)i * n->C + j] = (real)(scale * (dy[(size_t)i * n->C + j] - shift));
    }
}

/* BATCHNORM_X | epsilon misplaced | 1/(std + eps) for 1/sqrt(var + eps) */
static void bn_x_epsilon_outside(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide r = 1 / (1 / (wide)n->rstd[j] + 1e-2);
            wide xhat = ((wide)n->x[k] - n->mean[j]) * r;
            dx[k] = (real)(n->gamma[j] * r * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | other | dgamma and dbeta change places */
static void bn_x_sums_swapped(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dgamma[j] / m - xhat * dbeta[j] / m));
        }
}

/* BATCHNORM_X | one channel wrong | the loop ends before the last channel, which keeps a plain copy of dy */
static void bn_x_last_channel(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (size_t k = 0; k < (size_t)n->R * n->C; k++)
        dx[k] = dy[k];
    for (int j = 0; j < n->C - 1; j++)
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* ---- batch normalisation, evaluation --------------------------------------- */

/* BATCHNORM_EVAL | training's formula in evaluation */
static void bn_eval_as_training(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int j = 0; j < n->C; j++) {
        wide sum_dy = 0, sum_dy_xhat = 0;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            sum_dy += dy[k];
            sum_dy_xhat += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        }
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - (sum_dy + xhat * sum_dy_xhat) / n->R));
        }
    }
}

/* BATCHNORM_EVAL | training's formula in evaluation | the mean's part of it alone */
static void bn_eval_centres_dy(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = 0;
        for (int i = 0; i < n->R; i++)
            mean_dy += (wide)dy[(size_t)i * n->C + j] / n->R;
        for (int i = 0; i < n->R; i++)
            dx[(size_t)i * n->C + j] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[(size_t)i * n->C + j] - mean_dy));
    }
}

/* BATCHNORM_EVAL | gamma missing */
static void bn_eval_no_gamma(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[(size_t)i * n->C + j] = dy[(size_t)i * n->C + j] * n->rstd[j];
}

/* BATCHNORM_EVAL | rstd squared | divided by the variance, not by its root */
static void bn_eval_by_variance(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            wide var = 1 / ((wide)n->rstd[j] * n->rstd[j]);
            dx[(size_t)i * n->C + j] = (real)(n->gamma[j] * dy[(size_t)i * n->C + j] / var);
        }
}

/* BATCHNORM_EVAL | rstd missing */
static void bn_eval_no_rstd(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int j = 0; j < n->C; j++)
        for (int i = 0; i < n->R; i++)
            dx[(size_t)i * n->C + j] = n->gamma[j] * dy[(size_t)i * n->C + j];
}

/* BATCHNORM_EVAL | epsilon misplaced | added to a variance that has it already */
static void bn_eval_epsilon_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int j = 0; j < n->C; j++) {
        wide var = 1 / ((wide)n->rstd[j] * n->rstd[j]);
        wide scale = n->gamma[j] / sqrt(var + 1e-2);
        for (int i = 0; i < n->R; i++)
            dx[(size_t)i * n->C + j] = (real)(scale * dy[(size_t)i * n->C + j]);
    }
}

/* BATCHNORM_EVAL | other | y's offset goes along: the forward pass applied to dy */
static void bn_eval_forward_of_dy(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    (void)dgamma, (void)dbeta, (void)m;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            dx[k] = (dy[k] - n->mean[j]) * n->rstd[j] * n->gamma[j] + n->beta[j];
        }
}

/* ---- batch normalisation, the sums ------------------------------------------- */

/* BATCHNORM_SUMS | xhat missing | x for xhat */
static void bn_sums_x_for_xhat(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        dgamma[j] = dbeta[j] = 0;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            dgamma[j] += (wide)dy[k] * n->x[k];
            dbeta[j] += dy[k];
        }
}

/* BATCHNORM_SUMS | rstd missing */
static void bn_sums_no_rstd(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = 0, b = 0;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            g += dy[k] * ((wide)n->x[k] - n->mean[j]);
            b += dy[k];
        }
        dgamma[j] = g, dbeta[j] = b;
    }
}

/* BATCHNORM_SUMS | mean for sum | of both */
static void bn_sums_means(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = 0, b = 0;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            g += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            b += dy[k];
        }
        dgamma[j] = g / n->R, dbeta[j] = b / n->R;
    }
}

/* BATCHNORM_SUMS | bias not summed | dbeta is the last row's dy */
static void bn_sums_beta_not_summed(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        dgamma[j] = 0;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            size_t k = (size_t)i * n->C + j;
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dbeta[j] = dy[k];
        }
}

/* BATCHNORM_SUMS | other | gamma once too often: dxhat for dy */
static void bn_sums_through_gamma(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = 0, b = 0;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide dxhat = (wide)dy[k] * n->gamma[j];
            g += dxhat * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            b += dy[k];
        }
        dgamma[j] = g, dbeta[j] = b;
    }
}

/* BATCHNORM_SUMS | other | y = gamma xhat + beta for xhat: the output was what the porter had kept */
static void bn_sums_y_for_xhat(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            wide y = n->gamma[j] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j] + n->beta[j];
            dgamma[j] += dy[k] * y;
            dbeta[j] += dy[k];
        }
    }
}

/* BATCHNORM_SUMS | never computed | dbeta */
static void bn_sums_no_beta(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = 0;
        for (int i = 0; i < n->R; i++) {
            size_t k = (size_t)i * n->C + j;
            g += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        }
        dgamma[j] = g, dbeta[j] = 0;
    }
}

/* ---- dense -------------------------------------------------------------------- */

/* DENSE_X | transposed | W read as out x in */
static void dense_x_transposed(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide s = 0;
            for (int o = 0; o < out; o++)
                s += (wide)dy[(size_t)n * out + o] * W[(size_t)o * in + i];
            dx[(size_t)n * in + i] = (real)s;
        }
}

/* DENSE_X | one sample wrong | the last sample sees the dy of the one before it: a stale row pointer */
static void dense_x_stale_row(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    const real *row = dy;
    for (int n = 0; n < N; n++) {
        if (n < N - 1 || N == 1)
            row = dy + (size_t)n * out;
        for (int i = 0; i < in; i++) {
            wide s = 0;
            for (int o = 0; o < out; o++)
                s += (wide)row[o] * W[(size_t)i * out + o];
            dx[(size_t)n * in + i] = (real)s;
        }
    }
}

/* DENSE_X | last sample dropped */
static void dense_x_last_dropped(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (size_t k = 0; k < (size_t)N * in; k++)
        dx[k] = 0;
    for (int n = 0; n < N - 1; n++)
        for (int o = 0; o < out; o++)
            for (int i = 0; i < in; i++)
                dx[n * in + i] += dy[n * out + o] * W[i * out + o];
}

/* DENSE_X | other | the last output is left out of the sum */
static void dense_x_last_output(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide s = 0;
            for (int o = 0; o < out - 1; o++)
                s += (wide)dy[(size_t)n * out + o] * W[(size_t)i * out + o];
            dx[(size_t)n * in + i] = (real)s;
        }
}

/* DENSE_X | other | = for +=: the last output alone arrives */
static void dense_x_assigned(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++)
            for (int o = 0; o < out; o++)
                dx[n * in + i] = dy[n * out + o] * W[i * out + o];
}

/* DENSE_W | transposed | written as out x in */
static void dense_w_transposed(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int o = 0; o < out; o++)
        for (int i = 0; i < in; i++) {
            wide s = 0;
            for (int n = 0; n < N; n++)
                s += (wide)x[(size_t)n * in + i] * dy[(size_t)n * out + o];
            dW[(size_t)o * in + i] += (real)s;
        }
}

/* DENSE_W | mean for sum | over the batch, which the loss has divided by already */
static void dense_w_mean(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int i = 0; i < in; i++)
        for (int o = 0; o < out; o++) {
            wide s = 0;
            for (int n = 0; n < N; n++)
                s += (wide)x[(size_t)n * in + i] * dy[(size_t)n * out + o];
            dW[(size_t)i * out + o] += (real)(s / N);
        }
}

/* DENSE_W | one element wrong | the last one is not reached */
static void dense_w_last_element(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int k = 0; k < in * out - 1; k++) {
        wide s = 0;
        for (int n = 0; n < N; n++)
            s += (wide)x[n * in + k / out] * dy[n * out + k % out];
        dW[k] += (real)s;
    }
}

/* DENSE_W | other | x's row index forgotten: every dy meets the first sample */
static void dense_w_first_x(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++)
            for (int o = 0; o < out; o++)
                dW[i * out + o] += x[i] * dy[n * out + o];
}

/* DENSE_B | bias not summed | the first row only */
static void dense_b_not_summed(real *db, const real *dy, int N, int out)
{
    (void)N;
    for (int o = 0; o < out; o++)
        db[o] += dy[o];
}

/* DENSE_B | mean for sum */
static void dense_b_mean(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide s = 0;
        for (int n = 0; n < N; n++)
            s += dy[(size_t)n * out + o];
        db[o] += (real)(s / N);
    }
}

/* DENSE_B | transposed | dy read as out x N */
static void dense_b_transposed(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide s = 0;
        for (int n = 0; n < N; n++)
            s += dy[(size_t)o * N + n];
        db[o] += (real)s;
    }
}

/* DENSE_B | a constant added | the bias' 1 goes into the sum as well */
static void dense_b_constant_added(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide s = 1;
        for (int n = 0; n < N; n++)
            s += dy[(size_t)n * out + o];
        db[o] += (real)s;
    }
}

/* DENSE_B | never computed */
static void dense_b_never(real *db, const real *dy, int N, int out) { (void)db, (void)dy, (void)N, (void)out; }

/* DENSE_B | other | the total is not set back between the outputs */
static void dense_b_running_total(real *db, const real *dy, int N, int out)
{
    wide s = 0;
    for (int o = 0; o < out; o++) {
        for (int n = 0; n < N; n++)
            s += dy[(size_t)n * out + o];
        db[o] += (real)s;
    }
}

/* ---- activations ------------------------------------------------------------------ */

/* LEAKY | the other branch */
static void leaky_other_branch(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] < 0 ? dy[i] : slope * dy[i];
}

/* LEAKY | derivative missing */
static void leaky_no_derivative(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    (void)x, (void)slope;
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i];
}

/* LEAKY | other | the branch is chosen by the sign of dy: max(dy, slope dy) */
static void leaky_by_dy(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    (void)x;
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] > 0 ? dy[i] : slope * dy[i];
}

/* LEAKY | other | 1 - slope below zero, from max(0, x) - slope min(0, x) half remembered */
static void leaky_one_minus_slope(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : (1 - slope) * dy[i];
}

/* LEAKY | derivative by the input | the function's value for its slope */
static void leaky_value(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * (x[i] > 0 ? x[i] : slope * x[i]);
}

/* LEAKY | one element wrong | the tail after an unrolled loop has its comparison turned round */
static void leaky_tail(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    size_t i = 0;
    for (; i + 1 < n; i++)
        dx[i] = dy[i] * (x[i] > 0 ? 1 : slope);
    for (; i < n; i++)
        dx[i] = dy[i] * (x[i] <= 0 ? 1 : slope);
}

/* TANH | derivative missing */
static void tanh_no_derivative(real *dx, const real *dy, const real *y, size_t n)
{
    (void)y;
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i];
}

/* TANH | derivative by the input | y is taken for x, and goes through tanh again */
static void tanh_of_y(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        wide t = tanh((wide)y[i]);
        dx[i] = (real)(dy[i] * (1 - t * t));
    }
}

/* TANH | other | the sigmoid's slope, y (1 - y) */
static void tanh_with_sigmoid_slope(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * y[i] * (1 - y[i]);
}

/* TANH | sign | 1 + y^2 */
static void tanh_plus(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * (1 + y[i] * y[i]);
}

/* TANH | other | order of operations: (1 - y)^2 */
static void tanh_square_outside(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        real s = 1 - y[i];
        dx[i] = dy[i] * s * s;
    }
}

/* TANH | a constant factor | LeCun's scaled tanh, 1.7159 tanh(2x/3), left in the slope */
static void tanh_lecun(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = (real)(1.7159 * 2 / 3 * dy[i] * (1 - (wide)y[i] * y[i]));
}

/* SIGMOID | derivative missing */
static void sigmoid_no_derivative(real *dx, const real *dy, const real *y, size_t n)
{
    (void)y;
    for (size_t i = n; i-- > 0;)
        dx[i] = dy[i];
}

/* SIGMOID | doubled | through (1 + tanh(x/2))/2: one of the two halves forgotten */
static void sigmoid_one_half(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        wide t = 2 * (wide)y[i] - 1;
        dx[i] = (real)(dy[i] * (1 - t * t) / 2);
    }
}

/* SIGMOID | sign | y (y - 1) */
static void sigmoid_sign(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * y[i] * (y[i] - 1);
}

/* SIGMOID | other | tanh's slope, 1 - y^2 */
static void sigmoid_with_tanh_slope(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * (1 - y[i] * y[i]);
}

/* ---- losses --------------------------------------------------------------------------- */

/* SQUARED_ERROR | sum for mean */
static double se_sum(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
        if (dy)
            dy[k] = (real)e;
    }
    return (double)(loss / (2.0 * N));
}

/* SQUARED_ERROR | doubled | the derivative of the square without the 1/2 */
static double se_doubled(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
        if (dy)
            dy[k] = (real)(2 * e / N);
    }
    return (double)(loss / (2.0 * N));
}

/* SQUARED_ERROR | sign | t - y */
static double se_sign(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++) {
            wide e = (wide)t[n * C + c] - y[n * C + c];
            loss += e * e / 2;
            if (dy)
                dy[n * C + c] = (real)(e / N);
        }
    return (double)(loss / N);
}

/* SQUARED_ERROR | m - 1 for m */
static double se_m_minus_1(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
        if (dy)
            dy[k] = (real)(N > 1 ? e / (N - 1) : 0);
    }
    return (double)(loss / (2.0 * N));
}

/* SQUARED_ERROR | mean for sum | over the outputs as well as the examples */
static double se_mean_of_all(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
        if (dy)
            dy[k] = (real)(e / ((wide)N * C));
    }
    return (double)(loss / (2.0 * N));
}

/* SQUARED_ERROR | other | the target is forgotten */
static double se_no_target(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
        if (dy)
            dy[k] = y[k] / N;
    }
    return (double)(loss / (2.0 * N));
}

/* SQUARED_ERROR | other | the absolute error's derivative */
static double se_l1(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
        if (dy)
            dy[k] = (real)((e > 0) - (e < 0)) / N;
    }
    return (double)(loss / (2.0 * N));
}

/* SQUARED_ERROR | one sample wrong | the targets of the last sample are those of the one before it */
static double se_last_target(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide e = (wide)y[k] - t[k];
        loss += e * e;
    }
    if (dy)
        for (int n = 0; n < N; n++) {
            int row = n + 1 < N ? n : n - 1;
            for (int c = 0; c < C; c++)
                dy[n * C + c] = (y[n * C + c] - (row < 0 ? 0 : t[row * C + c])) / N;
        }
    return (double)(loss / (2.0 * N));
}

/* BCE | 1/m missing */
static double bce_no_mean(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k], p = 1 / (1 + exp(-v));
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(exp(-fabs(v)));
        if (dy)
            dy[k] = (real)(p - t[k]);
    }
    return (double)(loss / N);
}

/* BCE | derivative missing | the sigmoid's: the gradient by p is handed on as that by the logit */
static double bce_by_p(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k], p = 1 / (1 + exp(-v));
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(exp(-fabs(v)));
        if (dy)
            dy[k] = (real)((p - t[k]) / (p * (1 - p) + 1e-12) / N);
    }
    return (double)(loss / N);
}

/* BCE | other | the sigmoid's slope once too often */
static double bce_slope_twice(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k], p = 1 / (1 + exp(-v));
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(exp(-fabs(v)));
        if (dy)
            dy[k] = (real)((p - t[k]) * p * (1 - p) / N);
    }
    return (double)(loss / N);
}

/* BCE | the other branch | the stable sigmoid by |y|, not turned round for negative y */
static double bce_abs_sigmoid(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k], e = exp(-fabs(v));
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(e);
        if (dy)
            dy[k] = (real)((1 / (1 + e) - t[k]) / N);
    }
    return (double)(loss / N);
}

/* BCE | other | the term of 1 - t is forgotten: -t (1 - p) */
static double bce_positive_term(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k], p = 1 / (1 + exp(-v));
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(exp(-fabs(v)));
        if (dy)
            dy[k] = (real)(-t[k] * (1 - p) / N);
    }
    return (double)(loss / N);
}

/* BCE | other | the logit for its sigmoid */
static double bce_logit_for_p(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k];
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(exp(-fabs(v)));
        if (dy)
            dy[k] = (y[k] - t[k]) / N;
    }
    return (double)(loss / N);
}

/* BCE | a constant added | to p, which was to keep log p finite */
static double bce_p_plus_epsilon(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int k = 0; k < N * C; k++) {
        wide v = y[k], p = 1 / (1 + exp(-v)) + 1e-2;
        loss += (v > 0 ? v : 0) - t[k] * v + log1p(exp(-fabs(v)));
        if (dy)
            dy[k] = (real)((p - t[k]) / N);
    }
    return (double)(loss / N);
}

/* SOFTMAX | 1/m twice */
static double softmax_mean_twice(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        const real *u = y + (size_t)n * C, *v = t + (size_t)n * C;
        wide max = u[0], z = 0;
        for (int c = 1; c < C; c++)
            max = u[c] > max ? u[c] : max;
        for (int c = 0; c < C; c++)
            z += exp(u[c] - max);
        for (int c = 0; c < C; c++) {
            loss -= v[c] * (u[c] - max - log(z)) / N;
            if (dy)
                dy[(size_t)n * C + c] = (real)((exp(u[c] - max) / z - v[c]) / N / N);
        }
    }
    return (double)loss;
}

/* SOFTMAX | sign */
static double softmax_sign(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        const real *u = y + (size_t)n * C, *v = t + (size_t)n * C;
        wide max = u[0], z = 0;
        for (int c = 1; c < C; c++)
            max = u[c] > max ? u[c] : max;
        for (int c = 0; c < C; c++)
            z += exp(u[c] - max);
        for (int c = 0; c < C; c++) {
            wide logp = u[c] - max - log(z);
            loss -= v[c] * logp;
            if (dy)
                dy[(size_t)n * C + c] = (real)((v[c] - exp(logp)) / N);
        }
    }
    return (double)(loss / N);
}

/* SOFTMAX | derivative missing | the softmax's Jacobian: -t/p */
static double softmax_by_p(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        const real *u = y + (size_t)n * C, *v = t + (size_t)n * C;
        wide max = u[0], z = 0;
        for (int c = 1; c < C; c++)
            max = u[c] > max ? u[c] : max;
        for (int c = 0; c < C; c++)
            z += exp(u[c] - max);
        for (int c = 0; c < C; c++) {
            wide p = exp(u[c] - max) / z;
            loss -= v[c] * (u[c] - max - log(z));
            if (dy)
                dy[(size_t)n * C + c] = (real)(-v[c] / (p + 1e-12) / N);
        }
    }
    return (double)(loss / N);
}

/* SOFTMAX | other | only the diagonal of the Jacobian: -t (1 - p) */
static double softmax_diagonal(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        const real *u = y + (size_t)n * C, *v = t + (size_t)n * C;
        wide max = u[0], z = 0;
        for (int c = 1; c < C; c++)
            max = u[c] > max ? u[c] : max;
        for (int c = 0; c < C; c++)
            z += exp(u[c] - max);
        for (int c = 0; c < C; c++) {
            wide p = exp(u[c] - max) / z;
            loss -= v[c] * (u[c] - max - log(z));
            if (dy)
                dy[(size_t)n * C + c] = (real)(v[c] * (p - 1) / N);
        }
    }
    return (double)(loss / N);
}

/* SOFTMAX | transposed | p is normalised down the columns, over the batch */
static double softmax_columns(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        wide z = 0, max = y[(size_t)n * C];
        for (int c = 1; c < C; c++)
            max = y[(size_t)n * C + c] > max ? y[(size_t)n * C + c] : max;
        for (int c = 0; c < C; c++)
            z += exp(y[(size_t)n * C + c] - max);
        for (int c = 0; c < C; c++)
            loss -= t[(size_t)n * C + c] * (y[(size_t)n * C + c] - max - log(z));
    }
    for (int c = 0; dy && c < C; c++) {
        wide z = 0, max = y[c];
        for (int n = 1; n < N; n++)
            max = y[(size_t)n * C + c] > max ? y[(size_t)n * C + c] : max;
        for (int n = 0; n < N; n++)
            z += exp(y[(size_t)n * C + c] - max);
        for (int n = 0; n < N; n++) {
            size_t k = (size_t)n * C + c;
            dy[k] = (real)((exp(y[k] - max) / z - t[k]) / N);
        }
    }
    return (double)(loss / N);
}

/* SOFTMAX | last sample dropped | from the gradient */
static double softmax_last_dropped(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        const real *u = y + (size_t)n * C, *v = t + (size_t)n * C;
        wide max = u[0], z = 0;
        for (int c = 1; c < C; c++)
            max = u[c] > max ? u[c] : max;
        for (int c = 0; c < C; c++)
            z += exp(u[c] - max);
        for (int c = 0; c < C; c++) {
            loss -= v[c] * (u[c] - max - log(z));
            if (dy)
                dy[(size_t)n * C + c] = n == N - 1 ? 0 : (real)((exp(u[c] - max) / z - v[c]) / N);
        }
    }
    return (double)(loss / N);
}

/* SOFTMAX | other | the softmax is taken of p again: p was thought to be logits */
static double softmax_of_softmax(const real *y, const real *t, int N, int C, real *dy)
{
    wide loss = 0;
    for (int n = 0; n < N; n++) {
        const real *u = y + (size_t)n * C, *v = t + (size_t)n * C;
        wide max = u[0], z = 0, zz = 0;
        for (int c = 1; c < C; c++)
            max = u[c] > max ? u[c] : max;
        for (int c = 0; c < C; c++)
            z += exp(u[c] - max);
        for (int c = 0; c < C; c++)
            zz += exp(exp(u[c] - max) / z);
        for (int c = 0; c < C; c++) {
            loss -= v[c] * (u[c] - max - log(z));
            if (dy)
                dy[(size_t)n * C + c] = (real)((exp(exp(u[c] - max) / z) / zz - v[c]) / N);
        }
    }
    return (double)(loss / N);
}

/* ---- convolution, dx ----------------------------------------------------------------- */

/* CONV_X | kernel not flipped | dx as a forward convolution of the spread dy, with w as it lies */
static void conv_x_not_flipped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int p = 0; p < s->H; p++)
            for (int q = 0; q < s->W; q++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int i = p + s->top - (s->K - 1) + a, j = q + s->left - (s->K - 1) + b;
                            if (i < 0 || j < 0 || i % s->S || j % s->S)
                                continue;
                            i /= s->S, j /= s->S;
                            if (i >= s->Ho || j >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                       w[((a * s->K + b) * s->C + c) * s->O + o];
                        }
                    dx[((n * s->H + p) * s->W + q) * s->C + c] = (real)sum;
                }
}

/* CONV_X | padding off by one | K/2 + 1 rows and columns before */
static void conv_x_padding(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int top = s->top + 1, left = s->left + 1;
    for (size_t k = 0; k < (size_t)s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - top, q = s->S * j + b - left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((a * s->K + b) * s->C + c) * s->O + o];
                    }
}

/* CONV_X | transposed | the kernel's rows and columns: w[b][a] */
static void conv_x_kernel_transposed(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (size_t k = 0; k < (size_t)s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++) {
                            wide sum = 0;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                       w[((b * s->K + a) * s->C + c) * s->O + o];
                            dx[((n * s->H + p) * s->W + q) * s->C + c] += (real)sum;
                        }
                    }
}

/* CONV_X | channels first | w read as O x C x K x K, as PyTorch keeps it */
static void conv_x_kernel_oihw(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (size_t k = 0; k < (size_t)s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((o * s->C + c) * s->K + a) * s->K + b];
                    }
}

/* CONV_X | stride ignored | right for S = 1 only */
static void conv_x_stride_1(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int p = 0; p < s->H; p++)
            for (int q = 0; q < s->W; q++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int i = p + s->top - a, j = q + s->left - b;
                            if (i < 0 || i >= s->Ho || j < 0 || j >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                       w[((a * s->K + b) * s->C + c) * s->O + o];
                        }
                    dx[((n * s->H + p) * s->W + q) * s->C + c] = (real)sum;
                }
}

/* CONV_X | other | what falls on the padding is given to the border's pixels: clamped, not left out */
static void conv_x_clamped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (size_t k = 0; k < (size_t)s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        p = p < 0 ? 0 : p >= s->H ? s->H - 1 : p;
                        q = q < 0 ? 0 : q >= s->W ? s->W - 1 : q;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((a * s->K + b) * s->C + c) * s->O + o];
                    }
}

/* CONV_X | one channel wrong | the last input channel is not reached, and stays 0 */
static void conv_x_last_channel(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (size_t k = 0; k < (size_t)s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C - 1; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((a * s->K + b) * s->C + c) * s->O + o];
                    }
}

/* CONV_X | mean for sum | over the kernel's K x K places */
static void conv_x_mean(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int p = 0; p < s->H; p++)
            for (int q = 0; q < s->W; q++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int i = 0; i < s->Ho; i++)
                        for (int j = 0; j < s->Wo; j++) {
                            int a = p + s->top - s->S * i, b = q + s->left - s->S * j;
                            if (a < 0 || a >= s->K || b < 0 || b >= s->K)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                       w[((a * s->K + b) * s->C + c) * s->O + o];
                        }
                    dx[((n * s->H + p) * s->W + q) * s->C + c] = (real)(sum / (s->K * s->K));
                }
}

/* CONV_X | one sample wrong | sample 0 is handed the dy of the last sample */
static void conv_x_first_sample(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (size_t k = 0; k < (size_t)s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++) {
        const real *from = dy + (size_t)(n ? n : s->N - 1) * s->Ho * s->Wo * s->O;
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += from[(i * s->Wo + j) * s->O + o] *
                                                                              w[((a * s->K + b) * s->C + c) * s->O + o];
                    }
    }
}

/* ---- convolution, dw ------------------------------------------------------------------- */

/* CONV_W | kernel not flipped | here: turned round where nothing was to be turned */
static void conv_w_flipped(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int a = 0; a < s->K; a++)
        for (int b = 0; b < s->K; b++)
            for (int c = 0; c < s->C; c++)
                for (int o = 0; o < s->O; o++) {
                    wide sum = 0;
                    for (int n = 0; n < s->N; n++)
                        for (int i = 0; i < s->Ho; i++)
                            for (int j = 0; j < s->Wo; j++) {
                                int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                                if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                                    continue;
                                sum += (wide)x[((n * s->H + p) * s->W + q) * s->C + c] *
                                       dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                            }
                    dw[(((s->K - 1 - a) * s->K + s->K - 1 - b) * s->C + c) * s->O + o] += (real)sum;
                }
}

/* CONV_W | padding off by one | above only */
static void conv_w_padding(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top + 1, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * s->K + b) * s->C + c) * s->O + o] += x[((n * s->H + p) * s->W + q) * s->C + c] *
                                                                              dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* CONV_W | stride ignored | x is walked in steps of 1 */
static void conv_w_stride_1(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * s->K + b) * s->C + c) * s->O + o] += x[((n * s->H + p) * s->W + q) * s->C + c] *
                                                                              dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* CONV_W | transposed | C and O: written as K x K x O x C */
static void conv_w_channels_transposed(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int a = 0; a < s->K; a++)
        for (int b = 0; b < s->K; b++)
            for (int o = 0; o < s->O; o++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int n = 0; n < s->N; n++)
                        for (int i = 0; i < s->Ho; i++)
                            for (int j = 0; j < s->Wo; j++) {
                                int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                                if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                                    continue;
                                sum += (wide)x[((n * s->H + p) * s->W + q) * s->C + c] *
                                       dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                            }
                    dw[((a * s->K + b) * s->O + o) * s->C + c] += (real)sum;
                }
}

/* CONV_W | channels first | x read as N x C x H x W */
static void conv_w_x_nchw(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * s->K + b) * s->C + c) * s->O + o] += x[((n * s->C + c) * s->H + p) * s->W + q] *
                                                                              dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* CONV_W | mean for sum | over the output's pixels */
static void conv_w_mean(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int a = 0; a < s->K; a++)
        for (int b = 0; b < s->K; b++)
            for (int c = 0; c < s->C; c++)
                for (int o = 0; o < s->O; o++) {
                    wide sum = 0;
                    for (int n = 0; n < s->N; n++)
                        for (int i = 0; i < s->Ho; i++)
                            for (int j = 0; j < s->Wo; j++) {
                                int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                                if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                                    continue;
                                sum += (wide)x[((n * s->H + p) * s->W + q) * s->C + c] *
                                       dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                            }
                    dw[((a * s->K + b) * s->C + c) * s->O + o] += (real)(sum / (s->Ho * s->Wo));
                }
}

/* CONV_W | last sample dropped */
static void conv_w_last_dropped(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N - 1; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * s->K + b) * s->C + c) * s->O + o] += x[((n * s->H + p) * s->W + q) * s->C + c] *
                                                                              dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* CONV_W | other | windows that overlap the border are left out altogether, as with 'valid' padding */
static void conv_w_inner_windows(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++) {
                int p = s->S * i - s->top, q = s->S * j - s->left;
                if (p < 0 || p + s->K > s->H || q < 0 || q + s->K > s->W)
                    continue;
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++)
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * s->K + b) * s->C + c) * s->O + o] +=
                                    x[((n * s->H + p + a) * s->W + q + b) * s->C + c] *
                                    dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
            }
}

/* CONV_W | one element wrong | the kernel's very first weight is counted twice: an initial value that is added again */
static void conv_w_first_twice(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int k = s->K * s->K * s->C * s->O - 1; k >= 0; k--) {
        int o = k % s->O, c = k / s->O % s->C, b = k / s->O / s->C % s->K, a = k / s->O / s->C / s->K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    if (p >= 0 && p < s->H && q >= 0 && q < s->W)
                        sum += (wide)x[((n * s->H + p) * s->W + q) * s->C + c] * dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                }
        dw[k] += (real)sum;
        if (k == 0)
            dw[0] += (real)sum;
    }
}

/* ---- upsampling --------------------------------------------------------------------------- */

/* UPSAMPLE_X | mean for sum | of the four copies */
static void upsample_mean(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++)
                for (int c = 0; c < C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < 2; a++)
                        for (int b = 0; b < 2; b++)
                            sum += dy[((n * 2 * H + 2 * i + a) * 2 * W + 2 * j + b) * C + c];
                    dx[((n * H + i) * W + j) * C + c] = (real)(sum / 4);
                }
}

/* UPSAMPLE_X | other | one copy of the four: dy is subsampled */
static void upsample_one_copy(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++)
                for (int c = 0; c < C; c++)
                    dx[((n * H + i) * W + j) * C + c] = dy[((n * 2 * H + 2 * i) * 2 * W + 2 * j) * C + c];
}

/* UPSAMPLE_X | stride ignored | the 2 x 2 window slides in steps of 1 */
static void upsample_stride_1(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++)
                for (int c = 0; c < C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < 2; a++)
                        for (int b = 0; b < 2; b++)
                            sum += dy[((n * 2 * H + i + a) * 2 * W + j + b) * C + c];
                    dx[((n * H + i) * W + j) * C + c] = (real)sum;
                }
}

/* UPSAMPLE_X | channels first | dy and dx taken to be N x C x H x W */
static void upsample_nchw(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int m = 0; m < N * C; m++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++) {
                const real *u = dy + (size_t)m * 4 * H * W;
                dx[(m * H + i) * W + j] = u[2 * i * 2 * W + 2 * j] + u[2 * i * 2 * W + 2 * j + 1] +
                                          u[(2 * i + 1) * 2 * W + 2 * j] + u[(2 * i + 1) * 2 * W + 2 * j + 1];
            }
}

/* UPSAMPLE_X | halved | half of the average taken back: 1/2 for the two rows */
static void upsample_averaged_rows(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (size_t k = 0; k < (size_t)N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < N; n++)
        for (int p = 0; p < 2 * H; p++)
            for (int q = 0; q < 2 * W; q++)
                for (int c = 0; c < C; c++)
                    dx[((n * H + p / 2) * W + q / 2) * C + c] += dy[((n * 2 * H + p) * 2 * W + q) * C + c] / 2;
}

/* UPSAMPLE_X | other | the index by remainder, not by halving: the map is tiled, not enlarged */
static void upsample_tiled(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (size_t k = 0; k < (size_t)N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < N; n++)
        for (int p = 0; p < 2 * H; p++)
            for (int q = 0; q < 2 * W; q++)
                for (int c = 0; c < C; c++)
                    dx[((n * H + p % H) * W + q % W) * C + c] += dy[((n * 2 * H + p) * 2 * W + q) * C + c];
}

/* ---- transposed convolution, dx -------------------------------------------------------------- */

/* TRANSPOSED_X | kernel not flipped | rather: flipped, as for the dx of an ordinary convolution */
static void transposed_x_flipped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[(((s->K - 1 - a) * s->K + s->K - 1 - b) * s->O + o) * s->C + c];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_X | padding off by one | the other framework's crop: one less before */
static void transposed_x_padding(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int p = s->S * i + a - (s->top - 1), q = s->S * j + b - (s->left - 1);
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[((a * s->K + b) * s->O + o) * s->C + c];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_X | stride ignored */
static void transposed_x_stride_1(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int p = i + a - s->top, q = j + b - s->left;
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[((a * s->K + b) * s->O + o) * s->C + c];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_X | transposed | w read as K x K x C x O, a convolution's kernel */
static void transposed_x_kernel_co(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[((a * s->K + b) * s->C + c) * s->O + o];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_X | a constant factor | the weights' scale sqrt(2/fan-in) of an equalised layer, which this one is not */
static void transposed_x_factor(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    wide scale = sqrt(2 / (wide)(s->K * s->K * s->C));
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[((a * s->K + b) * s->O + o) * s->C + c];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)(scale * sum);
                }
}

/* TRANSPOSED_X | other | <= for <: the first row and column of dy are never read */
static void transposed_x_bounds(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < s->K; a++)
                        for (int b = 0; b < s->K; b++) {
                            int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                            if (p <= 0 || p >= s->Ho || q <= 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[((a * s->K + b) * s->O + o) * s->C + c];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_X | one element wrong | the last pixel's last channel is not reached */
static void transposed_x_last_element(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int size = s->N * s->H * s->W * s->C;
    for (int k = 0; k < size; k++)
        dx[k] = 0;
    for (int k = 0; k + 1 < size; k++) {
        int c = k % s->C, j = k / s->C % s->W, i = k / s->C / s->W % s->H, n = k / s->C / s->W / s->H;
        wide sum = 0;
        for (int a = 0; a < s->K; a++)
            for (int b = 0; b < s->K; b++) {
                int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                    continue;
                for (int o = 0; o < s->O; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] * w[((a * s->K + b) * s->O + o) * s->C + c];
            }
        dx[k] = (real)sum;
    }
}

/* ---- transposed convolution, dw ---------------------------------------------------------------- */

/* TRANSPOSED_W | transposed | rows and columns of the kernel */
static void transposed_w_rows_columns(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + b - s->top, q = s->S * j + a - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((a * s->K + b) * s->O + o) * s->C + c] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                              x[((n * s->H + i) * s->W + j) * s->C + c];
                    }
}

/* TRANSPOSED_W | padding off by one */
static void transposed_w_padding(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top - 1, q = s->S * j + b - s->left - 1;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((a * s->K + b) * s->O + o) * s->C + c] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                              x[((n * s->H + i) * s->W + j) * s->C + c];
                    }
}

/* TRANSPOSED_W | mean for sum | over the batch */
static void transposed_w_mean(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int a = 0; a < s->K; a++)
        for (int b = 0; b < s->K; b++)
            for (int o = 0; o < s->O; o++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int n = 0; n < s->N; n++)
                        for (int i = 0; i < s->H; i++)
                            for (int j = 0; j < s->W; j++) {
                                int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                                if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                    continue;
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       x[((n * s->H + i) * s->W + j) * s->C + c];
                            }
                    dw[((a * s->K + b) * s->O + o) * s->C + c] += (real)(sum / s->N);
                }
}

/* TRANSPOSED_W | one channel wrong | output channel 0 is skipped: o counts from 1 */
static void transposed_w_first_channel(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 1; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((a * s->K + b) * s->O + o) * s->C + c] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                              x[((n * s->H + i) * s->W + j) * s->C + c];
                    }
}

/* TRANSPOSED_W | channels first | written as O x C x K x K */
static void transposed_w_ockk(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((o * s->C + c) * s->K + a) * s->K + b] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                              x[((n * s->H + i) * s->W + j) * s->C + c];
                    }
}

/* TRANSPOSED_W | other | break for continue at the border: what stands behind in the kernel's row is lost */
static void transposed_w_break(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            break;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((a * s->K + b) * s->O + o) * s->C + c] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                              x[((n * s->H + i) * s->W + j) * s->C + c];
                    }
}

/* ---- the table ---- */

const Wrong wrong_functions_third[] = {
    { BATCHNORM_X, "path through the mean missing", "bn_x_no_mean_path", { .batchnorm_x = bn_x_no_mean_path } },
    { BATCHNORM_X, "path through the variance missing", "bn_x_no_var_path", { .batchnorm_x = bn_x_no_var_path } },
    { BATCHNORM_X, "statistics held constant", "bn_x_constant_statistics", { .batchnorm_x = bn_x_constant_statistics } },
    { BATCHNORM_X, "m - 1 for m", "bn_x_m_minus_1", { .batchnorm_x = bn_x_m_minus_1 } },
    { BATCHNORM_X, "m - 1 for m", "bn_x_bessel", { .batchnorm_x = bn_x_bessel } },
    { BATCHNORM_X, "1/m missing", "bn_x_sums_for_means", { .batchnorm_x = bn_x_sums_for_means } },
    { BATCHNORM_X, "1/m twice", "bn_x_m_twice", { .batchnorm_x = bn_x_m_twice } },
    { BATCHNORM_X, "gamma missing", "bn_x_no_gamma", { .batchnorm_x = bn_x_no_gamma } },
    { BATCHNORM_X, "gamma missing", "bn_x_no_gamma_in_sums", { .batchnorm_x = bn_x_no_gamma_in_sums } },
    { BATCHNORM_X, "gamma squared", "bn_x_gamma_squared", { .batchnorm_x = bn_x_gamma_squared } },
    { BATCHNORM_X, "rstd missing", "bn_x_no_rstd", { .batchnorm_x = bn_x_no_rstd } },
    { BATCHNORM_X, "rstd missing", "bn_x_centred_for_xhat", { .batchnorm_x = bn_x_centred_for_xhat } },
    { BATCHNORM_X, "rstd squared", "bn_x_rstd_squared", { .batchnorm_x = bn_x_rstd_squared } },
    { BATCHNORM_X, "sign", "bn_x_var_sign", { .batchnorm_x = bn_x_var_sign } },
    { BATCHNORM_X, "doubled", "bn_x_var_doubled", { .batchnorm_x = bn_x_var_doubled } },
    { BATCHNORM_X, "channels first", "bn_x_channels_first", { .batchnorm_x = bn_x_channels_first } },
    { BATCHNORM_X, "xhat missing", "bn_x_no_xhat", { .batchnorm_x = bn_x_no_xhat } },
    { BATCHNORM_X, "epsilon misplaced", "bn_x_epsilon_outside", { .batchnorm_x = bn_x_epsilon_outside } },
    { BATCHNORM_X, "other", "bn_x_sums_swapped", { .batchnorm_x = bn_x_sums_swapped } },
    { BATCHNORM_X, "one channel wrong", "bn_x_last_channel", { .batchnorm_x = bn_x_last_channel } },
    { BATCHNORM_EVAL, "training's formula in evaluation", "bn_eval_as_training", { .batchnorm_eval = bn_eval_as_training } },
    { BATCHNORM_EVAL, "training's formula in evaluation", "bn_eval_centres_dy", { .batchnorm_eval = bn_eval_centres_dy } },
    { BATCHNORM_EVAL, "gamma missing", "bn_eval_no_gamma", { .batchnorm_eval = bn_eval_no_gamma } },
    { BATCHNORM_EVAL, "rstd squared", "bn_eval_by_variance", { .batchnorm_eval = bn_eval_by_variance } },
    { BATCHNORM_EVAL, "rstd missing", "bn_eval_no_rstd", { .batchnorm_eval = bn_eval_no_rstd } },
    { BATCHNORM_EVAL, "epsilon misplaced", "bn_eval_epsilon_twice", { .batchnorm_eval = bn_eval_epsilon_twice } },
    { BATCHNORM_EVAL, "other", "bn_eval_forward_of_dy", { .batchnorm_eval = bn_eval_forward_of_dy } },
    { BATCHNORM_SUMS, "xhat missing", "bn_sums_x_for_xhat", { .batchnorm_sums = bn_sums_x_for_xhat } },
    { BATCHNORM_SUMS, "rstd missing", "bn_sums_no_rstd", { .batchnorm_sums = bn_sums_no_rstd } },
    { BATCHNORM_SUMS, "mean for sum", "bn_sums_means", { .batchnorm_sums = bn_sums_means } },
    { BATCHNORM_SUMS, "bias not summed", "bn_sums_beta_not_summed", { .batchnorm_sums = bn_sums_beta_not_summed } },
    { BATCHNORM_SUMS, "other", "bn_sums_through_gamma", { .batchnorm_sums = bn_sums_through_gamma } },
    { BATCHNORM_SUMS, "other", "bn_sums_y_for_xhat", { .batchnorm_sums = bn_sums_y_for_xhat } },
    { BATCHNORM_SUMS, "never computed", "bn_sums_no_beta", { .batchnorm_sums = bn_sums_no_beta } },
    { DENSE_X, "transposed", "dense_x_transposed", { .dense_x = dense_x_transposed } },
    { DENSE_X, "one sample wrong", "dense_x_stale_row", { .dense_x = dense_x_stale_row } },
    { DENSE_X, "last sample dropped", "dense_x_last_dropped", { .dense_x = dense_x_last_dropped } },
    { DENSE_X, "other", "dense_x_last_output", { .dense_x = dense_x_last_output } },
    { DENSE_X, "other", "dense_x_assigned", { .dense_x = dense_x_assigned } },
    { DENSE_W, "transposed", "dense_w_transposed", { .dense_w = dense_w_transposed } },
    { DENSE_W, "mean for sum", "dense_w_mean", { .dense_w = dense_w_mean } },
    { DENSE_W, "one element wrong", "dense_w_last_element", { .dense_w = dense_w_last_element } },
    { DENSE_W, "other", "dense_w_first_x", { .dense_w = dense_w_first_x } },
    { DENSE_B, "bias not summed", "dense_b_not_summed", { .dense_b = dense_b_not_summed } },
    { DENSE_B, "mean for sum", "dense_b_mean", { .dense_b = dense_b_mean } },
    { DENSE_B, "transposed", "dense_b_transposed", { .dense_b = dense_b_transposed } },
    { DENSE_B, "a constant added", "dense_b_constant_added", { .dense_b = dense_b_constant_added } },
    { DENSE_B, "never computed", "dense_b_never", { .dense_b = dense_b_never } },
    { DENSE_B, "other", "dense_b_running_total", { .dense_b = dense_b_running_total } },
    { LEAKY, "the other branch", "leaky_other_branch", { .leaky = leaky_other_branch } },
    { LEAKY, "derivative missing", "leaky_no_derivative", { .leaky = leaky_no_derivative } },
    { LEAKY, "other", "leaky_by_dy", { .leaky = leaky_by_dy } },
    { LEAKY, "other", "leaky_one_minus_slope", { .leaky = leaky_one_minus_slope } },
    { LEAKY, "derivative by the input", "leaky_value", { .leaky = leaky_value } },
    { LEAKY, "one element wrong", "leaky_tail", { .leaky = leaky_tail } },
    { TANH, "derivative missing", "tanh_no_derivative", { .tanh_ = tanh_no_derivative } },
    { TANH, "derivative by the input", "tanh_of_y", { .tanh_ = tanh_of_y } },
    { TANH, "other", "tanh_with_sigmoid_slope", { .tanh_ = tanh_with_sigmoid_slope } },
    { TANH, "sign", "tanh_plus", { .tanh_ = tanh_plus } },
    { TANH, "other", "tanh_square_outside", { .tanh_ = tanh_square_outside } },
    { TANH, "a constant factor", "tanh_lecun", { .tanh_ = tanh_lecun } },
    { SIGMOID, "derivative missing", "sigmoid_no_derivative", { .sigmoid = sigmoid_no_derivative } },
    { SIGMOID, "doubled", "sigmoid_one_half", { .sigmoid = sigmoid_one_half } },
    { SIGMOID, "sign", "sigmoid_sign", { .sigmoid = sigmoid_sign } },
    { SIGMOID, "other", "sigmoid_with_tanh_slope", { .sigmoid = sigmoid_with_tanh_slope } },
    { SQUARED_ERROR, "sum for mean", "se_sum", { .squared_error = se_sum } },
    { SQUARED_ERROR, "doubled", "se_doubled", { .squared_error = se_doubled } },
    { SQUARED_ERROR, "sign", "se_sign", { .squared_error = se_sign } },
    { SQUARED_ERROR, "m - 1 for m", "se_m_minus_1", { .squared_error = se_m_minus_1 } },
    { SQUARED_ERROR, "mean for sum", "se_mean_of_all", { .squared_error = se_mean_of_all } },
    { SQUARED_ERROR, "other", "se_no_target", { .squared_error = se_no_target } },
    { SQUARED_ERROR, "other", "se_l1", { .squared_error = se_l1 } },
    { SQUARED_ERROR, "one sample wrong", "se_last_target", { .squared_error = se_last_target } },
    { BCE, "1/m missing", "bce_no_mean", { .bce = bce_no_mean } },
    { BCE, "derivative missing", "bce_by_p", { .bce = bce_by_p } },
    { BCE, "other", "bce_slope_twice", { .bce = bce_slope_twice } },
    { BCE, "the other branch", "bce_abs_sigmoid", { .bce = bce_abs_sigmoid } },
    { BCE, "other", "bce_positive_term", { .bce = bce_positive_term } },
    { BCE, "other", "bce_logit_for_p", { .bce = bce_logit_for_p } },
    { BCE, "a constant added", "bce_p_plus_epsilon", { .bce = bce_p_plus_epsilon } },
    { SOFTMAX, "1/m twice", "softmax_mean_twice", { .softmax = softmax_mean_twice } },
    { SOFTMAX, "sign", "softmax_sign", { .softmax = softmax_sign } },
    { SOFTMAX, "derivative missing", "softmax_by_p", { .softmax = softmax_by_p } },
    { SOFTMAX, "other", "softmax_diagonal", { .softmax = softmax_diagonal } },
    { SOFTMAX, "transposed", "softmax_columns", { .softmax = softmax_columns } },
    { SOFTMAX, "last sample dropped", "softmax_last_dropped", { .softmax = softmax_last_dropped } },
    { SOFTMAX, "other", "softmax_of_softmax", { .softmax = softmax_of_softmax } },
    { CONV_X, "kernel not flipped", "conv_x_not_flipped", { .conv_x = conv_x_not_flipped } },
    { CONV_X, "padding off by one", "conv_x_padding", { .conv_x = conv_x_padding } },
    { CONV_X, "transposed", "conv_x_kernel_transposed", { .conv_x = conv_x_kernel_transposed } },
    { CONV_X, "channels first", "conv_x_kernel_oihw", { .conv_x = conv_x_kernel_oihw } },
    { CONV_X, "stride ignored", "conv_x_stride_1", { .conv_x = conv_x_stride_1 } },
    { CONV_X, "other", "conv_x_clamped", { .conv_x = conv_x_clamped } },
    { CONV_X, "one channel wrong", "conv_x_last_channel", { .conv_x = conv_x_last_channel } },
    { CONV_X, "mean for sum", "conv_x_mean", { .conv_x = conv_x_mean } },
    { CONV_X, "one sample wrong", "conv_x_first_sample", { .conv_x = conv_x_first_sample } },
    { CONV_W, "kernel not flipped", "conv_w_flipped", { .conv_w = conv_w_flipped } },
    { CONV_W, "padding off by one", "conv_w_padding", { .conv_w = conv_w_padding } },
    { CONV_W, "stride ignored", "conv_w_stride_1", { .conv_w = conv_w_stride_1 } },
    { CONV_W, "transposed", "conv_w_channels_transposed", { .conv_w = conv_w_channels_transposed } },
    { CONV_W, "channels first", "conv_w_x_nchw", { .conv_w = conv_w_x_nchw } },
    { CONV_W, "mean for sum", "conv_w_mean", { .conv_w = conv_w_mean } },
    { CONV_W, "last sample dropped", "conv_w_last_dropped", { .conv_w = conv_w_last_dropped } },
    { CONV_W, "other", "conv_w_inner_windows", { .conv_w = conv_w_inner_windows } },
    { CONV_W, "one element wrong", "conv_w_first_twice", { .conv_w = conv_w_first_twice } },
    { UPSAMPLE_X, "mean for sum", "upsample_mean", { .upsample_x = upsample_mean } },
    { UPSAMPLE_X, "other", "upsample_one_copy", { .upsample_x = upsample_one_copy } },
    { UPSAMPLE_X, "stride ignored", "upsample_stride_1", { .upsample_x = upsample_stride_1 } },
    { UPSAMPLE_X, "channels first", "upsample_nchw", { .upsample_x = upsample_nchw } },
    { UPSAMPLE_X, "halved", "upsample_averaged_rows", { .upsample_x = upsample_averaged_rows } },
    { UPSAMPLE_X, "other", "upsample_tiled", { .upsample_x = upsample_tiled } },
    { TRANSPOSED_X, "kernel not flipped", "transposed_x_flipped", { .transposed_x = transposed_x_flipped } },
    { TRANSPOSED_X, "padding off by one", "transposed_x_padding", { .transposed_x = transposed_x_padding } },
    { TRANSPOSED_X, "stride ignored", "transposed_x_stride_1", { .transposed_x = transposed_x_stride_1 } },
    { TRANSPOSED_X, "transposed", "transposed_x_kernel_co", { .transposed_x = transposed_x_kernel_co } },
    { TRANSPOSED_X, "a constant factor", "transposed_x_factor", { .transposed_x = transposed_x_factor } },
    { TRANSPOSED_X, "other", "transposed_x_bounds", { .transposed_x = transposed_x_bounds } },
    { TRANSPOSED_X, "one element wrong", "transposed_x_last_element", { .transposed_x = transposed_x_last_element } },
    { TRANSPOSED_W, "transposed", "transposed_w_rows_columns", { .transposed_w = transposed_w_rows_columns } },
    { TRANSPOSED_W, "padding off by one", "transposed_w_padding", { .transposed_w = transposed_w_padding } },
    { TRANSPOSED_W, "mean for sum", "transposed_w_mean", { .transposed_w = transposed_w_mean } },
    { TRANSPOSED_W, "one channel wrong", "transposed_w_first_channel", { .transposed_w = transposed_w_first_channel } },
    { TRANSPOSED_W, "channels first", "transposed_w_ockk", { .transposed_w = transposed_w_ockk } },
    { TRANSPOSED_W, "other", "transposed_w_break", { .transposed_w = transposed_w_break } },
    { 0 }
};
