/* A second set of wrong backward functions, written on 2026-11-27 by somebody else, who had seen headers and
 * the names of classes, after the checker had learned from the first; kept as handed in. Above each stands its
 * family, its class and, where it needs one, a word on the mistake. The table is at the end. */
#include "wrong.h"

/* ---- batch normalisation: dx in training ------------------------------------ */

/* BATCHNORM_X | path through the mean missing */
static void bn_x_no_mean_path(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | path through the variance missing */
static void bn_x_no_var_path(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = dbeta[j] / m;
        for (int i = 0; i < n->R; i++)
            dx[i * n->C + j] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[i * n->C + j] - mean_dy));
    }
}

/* BATCHNORM_X | statistics held constant */
static void bn_x_constants(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->gamma[j] * n->rstd[j] * dy[i * n->C + j];
}

/* BATCHNORM_X | m - 1 for m: in the variance's path, as if var were the unbiased one */
static void bn_x_unbiased(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            wide through_mean = dbeta[j] / m, through_var = xhat * dgamma[j] / (m - 1);
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - through_mean - through_var));
        }
}

/* BATCHNORM_X | 1/m missing: in the mean's path, where the sum is taken for the mean */
static void bn_x_dbeta_not_divided(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                   const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | 1/m twice: dgamma is averaged before the loop and again in it */
static void bn_x_dgamma_averaged_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                       const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide a = dbeta[j] / m, b = dgamma[j] / m;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - a - xhat * b / m));
        }
    }
}

/* BATCHNORM_X | sign: dy - (dbeta + xhat dgamma)/m lost its brackets */
static void bn_x_brackets(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m + xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | gamma missing */
static void bn_x_no_gamma(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->rstd[j] * (dy[k] - (dbeta[j] + xhat * dgamma[j]) / m));
        }
}

/* BATCHNORM_X | gamma squared: dy was multiplied by gamma to make dxhat, the sums too, and the old factor left in front */
static void bn_x_gamma_squared(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide g = n->gamma[j], xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            wide dxhat = g * dy[k], sum = g * dbeta[j], sum_xhat = g * dgamma[j];
            dx[k] = (real)(g * n->rstd[j] * (dxhat - sum / m - xhat * sum_xhat / m));
        }
}

/* BATCHNORM_X | rstd missing: in front */
static void bn_x_no_rstd(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* BATCHNORM_X | rstd missing: in xhat, which is only centred */
static void bn_x_xhat_only_centred(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                   const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide centred = (wide)n->x[k] - n->mean[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - centred * dgamma[j] / m));
        }
}

/* BATCHNORM_X | rstd squared: in front, where 1/var is taken for 1/sqrt(var) */
static void bn_x_rstd_squared(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide rstd = n->rstd[j], rvar = rstd * rstd;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * rstd;
            dx[k] = (real)(n->gamma[j] * rvar * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
    }
}

/* BATCHNORM_X | epsilon misplaced: 1/rstd^2 already is var + eps, and eps is added a second time */
static void bn_x_epsilon_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    const wide eps = 1e-3;
    for (int j = 0; j < n->C; j++) {
        wide var = 1 / ((wide)n->rstd[j] * n->rstd[j]), rstd = 1 / sqrt(var + eps);
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * rstd;
            dx[k] = (real)(n->gamma[j] * rstd * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
    }
}

/* BATCHNORM_X | xhat missing */
static void bn_x_no_xhat(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - dgamma[j] / m));
        }
}

/* BATCHNORM_X | halved: the variance's path, step by step as in the paper, where d(x - mean)^2 = 2 (x - mean) lost its 2 */
static void bn_x_square_without_its_two(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                        const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = n->gamma[j], rstd = n->rstd[j], sum = 0, sum_centred = 0;
        for (int i = 0; i < n->R; i++) {
            sum += g * dy[i * n->C + j];
            sum_centred += g * dy[i * n->C + j] * ((wide)n->x[i * n->C + j] - n->mean[j]);
        }
        wide dvar = -0.5 * rstd * rstd * rstd * sum_centred, dmean = -rstd * sum;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dx[k] = (real)(g * dy[k] * rstd + dvar * ((wide)n->x[k] - n->mean[j]) / m + dmean / m);
        }
    }
}

/* BATCHNORM_X | other: the constants of a channel are fetched before the loop over channels, so all have channel 0's scale */
static void bn_x_scale_of_channel_0(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                    const BatchNorm *n)
{
    wide scale = (wide)n->gamma[0] * n->rstd[0];
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(scale * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* ---- batch normalisation: dx in evaluation ------------------------------------- */

/* BATCHNORM_EVAL | training's formula in evaluation: R is taken for m */
static void bn_eval_as_in_training(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                   const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide sum = 0, sum_xhat = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            sum += dy[k];
            sum_xhat += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        }
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)((wide)n->gamma[j] * n->rstd[j] * (dy[k] - sum / n->R - xhat * sum_xhat / n->R));
        }
    }
}

/* BATCHNORM_EVAL | gamma missing */
static void bn_eval_no_gamma(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->rstd[j] * dy[i * n->C + j];
}

/* BATCHNORM_EVAL | one channel wrong: the loop that scales by gamma stops one channel early */
static void bn_eval_last_channel_unscaled(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                          const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++) {
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->rstd[j] * dy[i * n->C + j];
        for (int j = 0; j < n->C - 1; j++)
            dx[i * n->C + j] *= n->gamma[j];
    }
}

/* BATCHNORM_EVAL | other: rstd is taken for the standard deviation, and divided by */
static void bn_eval_divided_by_rstd(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                    const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->gamma[j] * dy[i * n->C + j] / n->rstd[j];
}

/* ---- batch normalisation: the sums ----------------------------------------------- */

/* BATCHNORM_SUMS | xhat missing: dgamma is summed like dbeta */
static void bn_sums_no_xhat(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R; i++) {
            dgamma[j] += dy[i * n->C + j];
            dbeta[j] += dy[i * n->C + j];
        }
    }
}

/* BATCHNORM_SUMS | rstd missing */
static void bn_sums_only_centred(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = 0, b = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            g += dy[k] * ((wide)n->x[k] - n->mean[j]);
            b += dy[k];
        }
        dgamma[j] = g;
        dbeta[j] = b;
    }
}

/* BATCHNORM_SUMS | mean for sum */
static void bn_sums_averaged(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = 0, b = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            g += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            b += dy[k];
        }
        dgamma[j] = g / n->R;
        dbeta[j] = b / n->R;
    }
}

/* BATCHNORM_SUMS | bias not summed: = for +=, so dbeta is the last row's dy */
static void bn_sums_beta_assigned(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        dgamma[j] = dbeta[j] = 0;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            wide xhat = ((wide)n->x[i * n->C + j] - n->mean[j]) * n->rstd[j];
            dgamma[j] += dy[i * n->C + j] * xhat;
            dbeta[j] = dy[i * n->C + j];
        }
}

/* BATCHNORM_SUMS | other: the accumulator of dgamma is not set back to 0 between channels */
static void bn_sums_running_on(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    wide g = 0;
    for (int j = 0; j < n->C; j++) {
        wide b = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            g += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            b += dy[k];
        }
        dgamma[j] = g;
        dbeta[j] = b;
    }
}

/* ---- the dense layer ---------------------------------------------------------------- */

/* DENSE_X | transposed: W is read as out x in */
static void dense_x_transposed(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum += (wide)dy[n * out + o] * W[o * in + i];
            dx[n * in + i] = (real)sum;
        }
}

/* DENSE_X | mean for sum: divided by N once more, though the loss did it */
static void dense_x_averaged(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum += (wide)dy[n * out + o] * W[i * out + o];
            dx[n * in + i] = (real)(sum / N);
        }
}

/* DENSE_X | one sample wrong: the first example is skipped, and its dx stays 0 */
static void dense_x_first_row_skipped(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int k = 0; k < N * in; k++)
        dx[k] = 0;
    for (int n = 1; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum += (wide)dy[n * out + o] * W[i * out + o];
            dx[n * in + i] = (real)sum;
        }
}

/* DENSE_X | other: the sum runs on over i, for it is set to 0 once for each row only */
static void dense_x_sum_not_reset(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++) {
        wide sum = 0;
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++)
                sum += (wide)dy[n * out + o] * W[i * out + o];
            dx[n * in + i] = (real)sum;
        }
    }
}

/* DENSE_W | transposed: dy^T x, written as out x in */
static void dense_w_transposed(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int o = 0; o < out; o++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int n = 0; n < N; n++)
                sum += (wide)dy[n * out + o] * x[n * in + i];
            dW[o * in + i] += (real)sum;
        }
}

/* DENSE_W | last sample dropped */
static void dense_w_last_row_dropped(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int i = 0; i < in; i++)
        for (int o = 0; o < out; o++) {
            wide sum = 0;
            for (int n = 0; n < N - 1; n++)
                sum += (wide)x[n * in + i] * dy[n * out + o];
            dW[i * out + o] += (real)sum;
        }
}

/* DENSE_W | doubled: added to dW inside and once more at the end */
static void dense_w_added_twice(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int i = 0; i < in; i++)
        for (int o = 0; o < out; o++) {
            wide sum = 0;
            for (int n = 0; n < N; n++) {
                dW[i * out + o] += x[n * in + i] * dy[n * out + o];
                sum += (wide)x[n * in + i] * dy[n * out + o];
            }
            dW[i * out + o] += (real)sum;
        }
}

/* DENSE_W | one element wrong: a flat loop that ends before the last weight */
static void dense_w_last_weight_missing(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int k = 0; k < in * out - 1; k++) {
        wide sum = 0;
        for (int n = 0; n < N; n++)
            sum += (wide)x[n * in + k / out] * dy[n * out + k % out];
        dW[k] += (real)sum;
    }
}

/* DENSE_W | other: the cached x is one row ahead of dy, for the pointer was moved before its use; the last row meets row 0 */
static void dense_w_cache_one_row_ahead(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    int row = 0;
    for (int n = 0; n < N; n++) {
        row = (row + 1) % N;
        for (int i = 0; i < in; i++)
            for (int o = 0; o < out; o++)
                dW[i * out + o] += x[row * in + i] * dy[n * out + o];
    }
}

/* DENSE_B | bias not summed: the first example's dy alone */
static void dense_b_first_row(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++)
        db[o] += dy[o];
}

/* DENSE_B | mean for sum */
static void dense_b_averaged(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide sum = 0;
        for (int n = 0; n < N; n++)
            sum += dy[n * out + o];
        db[o] += (real)(sum / N);
    }
}

/* DENSE_B | never computed: the array is cleared for the sums, and they were never written */
static void dense_b_todo(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++)
        db[o] = 0;
}

/* ---- activations --------------------------------------------------------------------- */

/* LEAKY | the other branch */
static void leaky_other_branch(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] < 0 ? dy[i] : slope * dy[i];
}

/* LEAKY | derivative missing */
static void leaky_no_derivative(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i];
}

/* LEAKY | other: the sign that is asked for is that of dy, not of x */
static void leaky_sign_of_dy(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] > 0 ? dy[i] : slope * dy[i];
}

/* TANH | derivative by the input: y is taken for x, and tanh is applied once more */
static void tanh_of_the_output(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        wide t = tanh((wide)y[i]);
        dx[i] = (real)((1 - t * t) * dy[i]);
    }
}

/* TANH | sign */
static void tanh_sign(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = (y[i] * y[i] - 1) * dy[i];
}

/* TANH | a constant factor: the 2/3 of LeCun's 1.7159 tanh(2x/3), which this network does not use */
static void tanh_two_thirds(real *dx, const real *dy, const real *y, size_t n)
{
    const real inner = (real)(2.0 / 3.0);
    for (size_t i = 0; i < n; i++)
        dx[i] = inner * (1 - y[i] * y[i]) * dy[i];
}

/* TANH | one element wrong: the loop ends early, and the last element was set to dy beforehand */
static void tanh_last_element(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i];
    for (size_t i = 0; i + 1 < n; i++)
        dx[i] *= 1 - y[i] * y[i];
}

/* TANH | other: the square forgotten, 1 - y for 1 - y^2 */
static void tanh_not_squared(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = (1 - y[i]) * dy[i];
}

/* SIGMOID | derivative missing */
static void sigmoid_no_derivative(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i];
}

/* SIGMOID | derivative by the input: y is taken for x */
static void sigmoid_of_the_output(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        wide p = 1 / (1 + exp(-(wide)y[i]));
        dx[i] = (real)(p * (1 - p) * dy[i]);
    }
}

/* SIGMOID | doubled: by way of (1 + tanh(x/2))/2, with one of the two halves forgotten */
static void sigmoid_one_half_forgotten(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        real t = 2 * y[i] - 1;
        dx[i] = (1 - t * t) / 2 * dy[i];
    }
}

/* SIGMOID | a constant added: Fahlman's 0.1 on the slope, against flat spots */
static void sigmoid_flat_spots(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = (y[i] * (1 - y[i]) + (real)0.1) * dy[i];
}

/* ---- losses ---------------------------------------------------------------------------- */

/* SQUARED_ERROR | sign */
static double squared_error_sign(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++)
        dy[k] = (t[k] - y[k]) / N;
    return 0;
}

/* SQUARED_ERROR | mean for sum: over the C outputs as well as over the examples (it is right where C = 1) */
static double squared_error_over_all(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    int size = N * C;
    for (int k = 0; k < size; k++)
        dy[k] = (y[k] - t[k]) / size;
    return 0;
}

/* SQUARED_ERROR | halved: the loss's 1/(2N) kept, the exponent's 2 forgotten */
static double squared_error_exponent_forgotten(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++)
        dy[k] = (y[k] - t[k]) / (2 * N);
    return 0;
}

/* SQUARED_ERROR | one sample wrong: the pass that divides by N begins at the second example */
static double squared_error_first_not_divided(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++)
        dy[k] = y[k] - t[k];
    for (int n = 1; n < N; n++)
        for (int c = 0; c < C; c++)
            dy[n * C + c] /= N;
    return 0;
}

/* BCE | sum for mean */
static double bce_sum(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++)
        dy[k] = (real)(1 / (1 + exp(-(wide)y[k])) - t[k]);
    return 0;
}

/* BCE | derivative missing: that of the sigmoid; what is written is dL/dp */
static double bce_by_p(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++) {
        wide p = 1 / (1 + exp(-(wide)y[k]));
        dy[k] = (real)((-t[k] / p + (1 - t[k]) / (1 - p)) / N);
    }
    return 0;
}

/* BCE | the other branch: in the sigmoid that cannot overflow, negative logits have the wrong line, which gives 1 - p */
static double bce_negative_logits(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++) {
        wide e = exp(-fabs((wide)y[k]));
        wide p = 1 / (1 + e);
        dy[k] = (real)((p - t[k]) / N);
    }
    return 0;
}

/* BCE | other: p - t has the sigmoid's slope in it already, and is multiplied by p (1 - p) once more */
static double bce_slope_twice(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++) {
        wide p = 1 / (1 + exp(-(wide)y[k]));
        dy[k] = (real)((p - t[k]) * p * (1 - p) / N);
    }
    return 0;
}

/* SOFTMAX | 1/m twice */
static double softmax_averaged_twice(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int n = 0; n < N; n++) {
        wide top = y[n * C], sum = 0;
        for (int c = 1; c < C; c++)
            top = y[n * C + c] > top ? y[n * C + c] : top;
        for (int c = 0; c < C; c++)
            sum += exp(y[n * C + c] - top);
        for (int c = 0; c < C; c++)
            dy[n * C + c] = (real)((exp(y[n * C + c] - top) / sum - t[n * C + c]) / N);
    }
    for (int k = 0; k < N * C; k++)
        dy[k] /= N;
    return 0;
}

/* SOFTMAX | last sample dropped */
static double softmax_last_row_dropped(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int k = 0; k < N * C; k++)
        dy[k] = 0;
    for (int n = 0; n < N - 1; n++) {
        wide top = y[n * C], sum = 0;
        for (int c = 1; c < C; c++)
            top = y[n * C + c] > top ? y[n * C + c] : top;
        for (int c = 0; c < C; c++)
            sum += exp(y[n * C + c] - top);
        for (int c = 0; c < C; c++)
            dy[n * C + c] = (real)((exp(y[n * C + c] - top) / sum - t[n * C + c]) / N);
    }
    return 0;
}

/* SOFTMAX | one channel wrong: the target of class 0 is not taken away */
static double softmax_class_0_without_target(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int n = 0; n < N; n++) {
        wide top = y[n * C], sum = 0;
        for (int c = 1; c < C; c++)
            top = y[n * C + c] > top ? y[n * C + c] : top;
        for (int c = 0; c < C; c++)
            sum += exp(y[n * C + c] - top);
        for (int c = 0; c < C; c++)
            dy[n * C + c] = (real)(exp(y[n * C + c] - top) / sum / N);
        for (int c = 1; c < C; c++)
            dy[n * C + c] -= t[n * C + c] / N;
    }
    return 0;
}

/* SOFTMAX | other: of the softmax's Jacobian only the diagonal p (1 - p), as for a sigmoid */
static double softmax_diagonal(const real *y, const real *t, int N, int C, real *dy)
{
    if (!dy)
        return 0;
    for (int n = 0; n < N; n++) {
        wide top = y[n * C], sum = 0;
        for (int c = 1; c < C; c++)
            top = y[n * C + c] > top ? y[n * C + c] : top;
        for (int c = 0; c < C; c++)
            sum += exp(y[n * C + c] - top);
        for (int c = 0; c < C; c++) {
            wide p = exp(y[n * C + c] - top) / sum;
            dy[n * C + c] = (real)(-t[n * C + c] / p * p * (1 - p) / N);
        }
    }
    return 0;
}

/* ---- convolution --------------------------------------------------------------------------- */

/* CONV_X | kernel not flipped: dy is gathered around each pixel, and w[a][b] stands where w[K-1-a][K-1-b] belongs */
static void conv_x_not_flipped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K, S = s->S;
    for (int n = 0; n < s->N; n++)
        for (int p = 0; p < s->H; p++)
            for (int q = 0; q < s->W; q++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < K; a++)
                        for (int b = 0; b < K; b++) {
                            int u = p + s->top - (K - 1) + a, v = q + s->left - (K - 1) + b;
                            if (u < 0 || v < 0 || u % S || v % S || u / S >= s->Ho || v / S >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + u / S) * s->Wo + v / S) * s->O + o] *
                                       w[((a * K + b) * s->C + c) * s->O + o];
                        }
                    dx[((n * s->H + p) * s->W + q) * s->C + c] = (real)sum;
                }
}

/* CONV_X | padding off by one: one row and one column too far down and right */
static void conv_x_padding(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K;
    for (int k = 0; k < s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - (s->top - 1), q = s->S * j + b - (s->left - 1);
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((a * K + b) * s->C + c) * s->O + o];
                    }
}

/* CONV_X | stride ignored (it is right where S = 1) */
static void conv_x_stride_ignored(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K;
    for (int k = 0; k < s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((a * K + b) * s->C + c) * s->O + o];
                    }
}

/* CONV_X | transposed: w[b][a], the kernel's rows for its columns */
static void conv_x_kernel_transposed(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K;
    for (int k = 0; k < s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((b * K + a) * s->C + c) * s->O + o];
                    }
}

/* CONV_X | other: what falls outside the map is given to the nearest pixel of the border, as if the padding repeated it */
static void conv_x_clamped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K;
    for (int k = 0; k < s->N * s->H * s->W * s->C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        p = p < 0 ? 0 : p >= s->H ? s->H - 1 : p;
                        q = q < 0 ? 0 : q >= s->W ? s->W - 1 : q;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[((n * s->H + p) * s->W + q) * s->C + c] += dy[((n * s->Ho + i) * s->Wo + j) * s->O + o] *
                                                                              w[((a * K + b) * s->C + c) * s->O + o];
                    }
}

/* CONV_W | channels first: x is read as N x C x H x W */
static void conv_w_channels_first(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int K = s->K;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * K + b) * s->C + c) * s->O + o] += x[((n * s->C + c) * s->H + p) * s->W + q] *
                                                                           dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* CONV_W | one element wrong: the flat loop over the kernel begins at 1 */
static void conv_w_first_weight_missing(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    for (int k = 1; k < s->K * s->K * s->C * s->O; k++) {
        int o = k % s->O, c = k / s->O % s->C, b = k / (s->O * s->C) % s->K, a = k / (s->O * s->C * s->K);
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                        continue;
                    sum += (wide)x[((n * s->H + p) * s->W + q) * s->C + c] * dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                }
        dw[k] += (real)sum;
    }
}

/* CONV_W | mean for sum: over the places where the kernel stops */
static void conv_w_averaged(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int K = s->K;
    for (int a = 0; a < K; a++)
        for (int b = 0; b < K; b++)
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
                    dw[((a * K + b) * s->C + c) * s->O + o] += (real)(sum / (s->Ho * s->Wo));
                }
}

/* CONV_W | padding off by one */
static void conv_w_padding(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int K = s->K;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top - 1, q = s->S * j + b - s->left - 1;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * K + b) * s->C + c) * s->O + o] += x[((n * s->H + p) * s->W + q) * s->C + c] *
                                                                           dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* CONV_W | other: = for +=, so of all places only the last one at which the weight meets the map remains */
static void conv_w_assigned(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int K = s->K;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->H || q < 0 || q >= s->W)
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[((a * K + b) * s->C + c) * s->O + o] = x[((n * s->H + p) * s->W + q) * s->C + c] *
                                                                          dy[((n * s->Ho + i) * s->Wo + j) * s->O + o];
                    }
}

/* ---- upsampling ------------------------------------------------------------------------------ */

/* UPSAMPLE_X | mean for sum: of the four copies */
static void upsample_x_averaged(real *dx, const real *dy, int N, int H, int W, int C)
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

/* UPSAMPLE_X | channels first: both maps are indexed as N x C x H x W */
static void upsample_x_channels_first(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++)
            for (int i = 0; i < H; i++)
                for (int j = 0; j < W; j++) {
                    wide sum = 0;
                    for (int a = 0; a < 2; a++)
                        for (int b = 0; b < 2; b++)
                            sum += dy[((n * C + c) * 2 * H + 2 * i + a) * 2 * W + 2 * j + b];
                    dx[((n * C + c) * H + i) * W + j] = (real)sum;
                }
}

/* UPSAMPLE_X | stride ignored: the four copies are looked for at i + a, j + b */
static void upsample_x_stride_ignored(real *dx, const real *dy, int N, int H, int W, int C)
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

/* UPSAMPLE_X | other: the last of four copied lines was not changed: the upper right copy counts twice, the lower right one never */
static void upsample_x_copied_line(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++)
                for (int c = 0; c < C; c++) {
                    wide sum = dy[((n * 2 * H + 2 * i) * 2 * W + 2 * j) * C + c];
                    sum += dy[((n * 2 * H + 2 * i) * 2 * W + 2 * j + 1) * C + c];
                    sum += dy[((n * 2 * H + 2 * i + 1) * 2 * W + 2 * j) * C + c];
                    sum += dy[((n * 2 * H + 2 * i) * 2 * W + 2 * j + 1) * C + c];
                    dx[((n * H + i) * W + j) * C + c] = (real)sum;
                }
}

/* ---- the transposed convolution ------------------------------------------------------------------ */

/* TRANSPOSED_X | transposed: the kernel is read as K x K x C x O, as a convolution's */
static void transposed_x_channels_swapped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < K; a++)
                        for (int b = 0; b < K; b++) {
                            int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                       w[((a * K + b) * s->C + c) * s->O + o];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_X | other: the kernel is flipped, w[K-1-a][K-1-b], which a convolution's backward needs and this one does not */
static void transposed_x_flipped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int K = s->K;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int c = 0; c < s->C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < K; a++)
                        for (int b = 0; b < K; b++) {
                            int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                            if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                                continue;
                            int tap = (K - 1 - a) * K + K - 1 - b;
                            for (int o = 0; o < s->O; o++)
                                sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] * w[(tap * s->O + o) * s->C + c];
                        }
                    dx[((n * s->H + i) * s->W + j) * s->C + c] = (real)sum;
                }
}

/* TRANSPOSED_W | last sample dropped */
static void transposed_w_last_dropped(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int K = s->K;
    for (int n = 0; n < s->N - 1; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((a * K + b) * s->O + o) * s->C + c] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                           x[((n * s->H + i) * s->W + j) * s->C + c];
                    }
}

/* TRANSPOSED_W | other: the pixel of x that painted (p, q) is looked for at (p/S, q/S), as in upsampling, and not at (i, j) */
static void transposed_w_source_by_division(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int K = s->K, S = s->S;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = S * i + a - s->top, q = S * j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[((a * K + b) * s->O + o) * s->C + c] += dy[((n * s->Ho + p) * s->Wo + q) * s->O + o] *
                                                                           x[((n * s->H + p / S) * s->W + q / S) * s->C + c];
                    }
}

/* ---- the table ------------------------------------------------------------ */

const Wrong wrong_functions_second[] = {
    { BATCHNORM_X, "path through the mean missing", "bn_x_no_mean_path", { .batchnorm_x = bn_x_no_mean_path } },
    { BATCHNORM_X, "path through the variance missing", "bn_x_no_var_path", { .batchnorm_x = bn_x_no_var_path } },
    { BATCHNORM_X, "statistics held constant", "bn_x_constants", { .batchnorm_x = bn_x_constants } },
    { BATCHNORM_X, "m - 1 for m", "bn_x_unbiased", { .batchnorm_x = bn_x_unbiased } },
    { BATCHNORM_X, "1/m missing", "bn_x_dbeta_not_divided", { .batchnorm_x = bn_x_dbeta_not_divided } },
    { BATCHNORM_X, "1/m twice", "bn_x_dgamma_averaged_twice", { .batchnorm_x = bn_x_dgamma_averaged_twice } },
    { BATCHNORM_X, "sign", "bn_x_brackets", { .batchnorm_x = bn_x_brackets } },
    { BATCHNORM_X, "gamma missing", "bn_x_no_gamma", { .batchnorm_x = bn_x_no_gamma } },
    { BATCHNORM_X, "gamma squared", "bn_x_gamma_squared", { .batchnorm_x = bn_x_gamma_squared } },
    { BATCHNORM_X, "rstd missing", "bn_x_no_rstd", { .batchnorm_x = bn_x_no_rstd } },
    { BATCHNORM_X, "rstd missing", "bn_x_xhat_only_centred", { .batchnorm_x = bn_x_xhat_only_centred } },
    { BATCHNORM_X, "rstd squared", "bn_x_rstd_squared", { .batchnorm_x = bn_x_rstd_squared } },
    { BATCHNORM_X, "epsilon misplaced", "bn_x_epsilon_twice", { .batchnorm_x = bn_x_epsilon_twice } },
    { BATCHNORM_X, "xhat missing", "bn_x_no_xhat", { .batchnorm_x = bn_x_no_xhat } },
    { BATCHNORM_X, "halved", "bn_x_square_without_its_two", { .batchnorm_x = bn_x_square_without_its_two } },
    { BATCHNORM_X, "other", "bn_x_scale_of_channel_0", { .batchnorm_x = bn_x_scale_of_channel_0 } },
    { BATCHNORM_EVAL,
      "training's formula in evaluation",
      "bn_eval_as_in_training",
      { .batchnorm_eval = bn_eval_as_in_training } },
    { BATCHNORM_EVAL, "gamma missing", "bn_eval_no_gamma", { .batchnorm_eval = bn_eval_no_gamma } },
    { BATCHNORM_EVAL,
      "one channel wrong",
      "bn_eval_last_channel_unscaled",
      { .batchnorm_eval = bn_eval_last_channel_unscaled } },
    { BATCHNORM_EVAL, "other", "bn_eval_divided_by_rstd", { .batchnorm_eval = bn_eval_divided_by_rstd } },
    { BATCHNORM_SUMS, "xhat missing", "bn_sums_no_xhat", { .batchnorm_sums = bn_sums_no_xhat } },
    { BATCHNORM_SUMS, "rstd missing", "bn_sums_only_centred", { .batchnorm_sums = bn_sums_only_centred } },
    { BATCHNORM_SUMS, "mean for sum", "bn_sums_averaged", { .batchnorm_sums = bn_sums_averaged } },
    { BATCHNORM_SUMS, "bias not summed", "bn_sums_beta_assigned", { .batchnorm_sums = bn_sums_beta_assigned } },
    { BATCHNORM_SUMS, "other", "bn_sums_running_on", { .batchnorm_sums = bn_sums_running_on } },
    { DENSE_X, "transposed", "dense_x_transposed", { .dense_x = dense_x_transposed } },
    { DENSE_X, "mean for sum", "dense_x_averaged", { .dense_x = dense_x_averaged } },
    { DENSE_X, "one sample wrong", "dense_x_first_row_skipped", { .dense_x = dense_x_first_row_skipped } },
    { DENSE_X, "other", "dense_x_sum_not_reset", { .dense_x = dense_x_sum_not_reset } },
    { DENSE_W, "transposed", "dense_w_transposed", { .dense_w = dense_w_transposed } },
    { DENSE_W, "last sample dropped", "dense_w_last_row_dropped", { .dense_w = dense_w_last_row_dropped } },
    { DENSE_W, "doubled", "dense_w_added_twice", { .dense_w = dense_w_added_twice } },
    { DENSE_W, "one element wrong", "dense_w_last_weight_missing", { .dense_w = dense_w_last_weight_missing } },
    { DENSE_W, "other", "dense_w_cache_one_row_ahead", { .dense_w = dense_w_cache_one_row_ahead } },
    { DENSE_B, "bias not summed", "dense_b_first_row", { .dense_b = dense_b_first_row } },
    { DENSE_B, "mean for sum", "dense_b_averaged", { .dense_b = dense_b_averaged } },
    { DENSE_B, "never computed", "dense_b_todo", { .dense_b = dense_b_todo } },
    { LEAKY, "the other branch", "leaky_other_branch", { .leaky = leaky_other_branch } },
    { LEAKY, "derivative missing", "leaky_no_derivative", { .leaky = leaky_no_derivative } },
    { LEAKY, "other", "leaky_sign_of_dy", { .leaky = leaky_sign_of_dy } },
    { TANH, "derivative by the input", "tanh_of_the_output", { .tanh_ = tanh_of_the_output } },
    { TANH, "sign", "tanh_sign", { .tanh_ = tanh_sign } },
    { TANH, "a constant factor", "tanh_two_thirds", { .tanh_ = tanh_two_thirds } },
    { TANH, "one element wrong", "tanh_last_element", { .tanh_ = tanh_last_element } },
    { TANH, "other", "tanh_not_squared", { .tanh_ = tanh_not_squared } },
    { SIGMOID, "derivative missing", "sigmoid_no_derivative", { .sigmoid = sigmoid_no_derivative } },
    { SIGMOID, "derivative by the input", "sigmoid_of_the_output", { .sigmoid = sigmoid_of_the_output } },
    { SIGMOID, "doubled", "sigmoid_one_half_forgotten", { .sigmoid = sigmoid_one_half_forgotten } },
    { SIGMOID, "a constant added", "sigmoid_flat_spots", { .sigmoid = sigmoid_flat_spots } },
    { SQUARED_ERROR, "sign", "squared_error_sign", { .squared_error = squared_error_sign } },
    { SQUARED_ERROR, "mean for sum", "squared_error_over_all", { .squared_error = squared_error_over_all } },
    { SQUARED_ERROR, "halved", "squared_error_exponent_forgotten", { .squared_error = squared_error_exponent_forgotten } },
    { SQUARED_ERROR,
      "one sample wrong",
      "squared_error_first_not_divided",
      { .squared_error = squared_error_first_not_divided } },
    { BCE, "sum for mean", "bce_sum", { .bce = bce_sum } },
    { BCE, "derivative missing", "bce_by_p", { .bce = bce_by_p } },
    { BCE, "the other branch", "bce_negative_logits", { .bce = bce_negative_logits } },
    { BCE, "other", "bce_slope_twice", { .bce = bce_slope_twice } },
    { SOFTMAX, "1/m twice", "softmax_averaged_twice", { .softmax = softmax_averaged_twice } },
    { SOFTMAX, "last sample dropped", "softmax_last_row_dropped", { .softmax = softmax_last_row_dropped } },
    { SOFTMAX, "one channel wrong", "softmax_class_0_without_target", { .softmax = softmax_class_0_without_target } },
    { SOFTMAX, "other", "softmax_diagonal", { .softmax = softmax_diagonal } },
    { CONV_X, "kernel not flipped", "conv_x_not_flipped", { .conv_x = conv_x_not_flipped } },
    { CONV_X, "padding off by one", "conv_x_padding", { .conv_x = conv_x_padding } },
    { CONV_X, "stride ignored", "conv_x_stride_ignored", { .conv_x = conv_x_stride_ignored } },
    { CONV_X, "transposed", "conv_x_kernel_transposed", { .conv_x = conv_x_kernel_transposed } },
    { CONV_X, "other", "conv_x_clamped", { .conv_x = conv_x_clamped } },
    { CONV_W, "channels first", "conv_w_channels_first", { .conv_w = conv_w_channels_first } },
    { CONV_W, "one element wrong", "conv_w_first_weight_missing", { .conv_w = conv_w_first_weight_missing } },
    { CONV_W, "mean for sum", "conv_w_averaged", { .conv_w = conv_w_averaged } },
    { CONV_W, "padding off by one", "conv_w_padding", { .conv_w = conv_w_padding } },
    { CONV_W, "other", "conv_w_assigned", { .conv_w = conv_w_assigned } },
    { UPSAMPLE_X, "mean for sum", "upsample_x_averaged", { .upsample_x = upsample_x_averaged } },
    { UPSAMPLE_X, "channels first", "upsample_x_channels_first", { .upsample_x = upsample_x_channels_first } },
    { UPSAMPLE_X, "stride ignored", "upsample_x_stride_ignored", { .upsample_x = upsample_x_stride_ignored } },
    { UPSAMPLE_X, "other", "upsample_x_copied_line", { .upsample_x = upsample_x_copied_line } },
    { TRANSPOSED_X, "transposed", "transposed_x_channels_swapped", { .transposed_x = transposed_x_channels_swapped } },
    { TRANSPOSED_X, "other", "transposed_x_flipped", { .transposed_x = transposed_x_flipped } },
    { TRANSPOSED_W, "last sample dropped", "transposed_w_last_dropped", { .transposed_w = transposed_w_last_dropped } },
    { TRANSPOSED_W, "other", "transposed_w_source_by_division", { .transposed_w = transposed_w_source_by_division } },
    { 0 }
};
