/* The table at the end names each one's family and class. The line above a function says
 * what is wrong with it. */
#include "wrong.h"

/* ==== batch normalisation, training ======================================== */

/* dbeta/m forgotten. */
static void bn_x_no_mean_path(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - xhat * dgamma[j] / m));
        }
}

/* Step by step, as in the paper, but the mean's own gradient holds only what comes by way of
 * the variance (which is zero), not the -rstd of the direct way. */
static void bn_x_mean_only_by_variance(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                       const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mu = n->mean[j], r = n->rstd[j], dvar = 0, dmean = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dvar += (wide)dy[k] * n->gamma[j] * (n->x[k] - mu) * -0.5 * r * r * r;
        }
        for (int i = 0; i < n->R; i++)
            dmean += dvar * -2 * (n->x[i * n->C + j] - mu) / m;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dx[k] = (real)((wide)dy[k] * n->gamma[j] * r + dvar * 2 * (n->x[k] - mu) / m + dmean / m);
        }
    }
}

/* xhat dgamma/m forgotten. */
static void bn_x_no_variance_path(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int R = n->R, C = n->C;
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++)
            dx[i * C + j] = (real)(n->gamma[j] * n->rstd[j] * (dy[i * C + j] - dbeta[j] / m));
}

/* The direct path alone, as if mean and rstd were given from outside. */
static void bn_x_direct_path_only(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->gamma[j] * n->rstd[j] * dy[i * n->C + j];
}

/* 1/R is an integer division: both statistics' paths are multiplied by 0. */
static void bn_x_integer_division(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    wide share = 1 / n->R;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - share * dbeta[j] - share * xhat * dgamma[j]));
        }
}

/* The unbiased variance's m - 1, everywhere. */
static void bn_x_bessel(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - (dbeta[j] + xhat * dgamma[j]) / (m - 1)));
        }
}

/* m - 1 in the variance's path only. */
static void bn_x_bessel_in_variance(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                    const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = dbeta[j] / m, slope = dgamma[j] / (m - 1);
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - mean_dy - xhat * slope));
        }
    }
}

/* dgamma and dbeta taken for means; they are sums. */
static void bn_x_sums_taken_for_means(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                      const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] - xhat * dgamma[j]));
        }
}

/* One bracket too few: the division belongs to both sums. */
static void bn_x_bracket_lost(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - (dbeta[j] / m + xhat * dgamma[j])));
        }
}

/* gamma rstd / m (m dy - dbeta - xhat dgamma), where the factor before the bracket lost its 1/m. */
static void bn_x_compact_form_without_m(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                        const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide scale = (wide)n->gamma[j] * n->rstd[j];
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(scale * (m * dy[k] - dbeta[j] - xhat * dgamma[j]));
        }
    }
}

/* The compact form with its 1/m in front, and the sums divided by m once more. */
static void bn_x_compact_form_m_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                      const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = dbeta[j] / m, mean_dy_xhat = dgamma[j] / m;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] / m * (m * dy[k] - mean_dy - xhat * mean_dy_xhat));
        }
    }
}

/* dvar is averaged where it is made, and 2 (x - mean)/m divides it again. */
static void bn_x_variance_by_m_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                     const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mu = n->mean[j], r = n->rstd[j], g = n->gamma[j], dvar = 0, dmean = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dvar += g * dy[k] * (n->x[k] - mu) * -0.5 * r * r * r / m;
            dmean += -g * dy[k] * r;
        }
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dx[k] = (real)(g * dy[k] * r + dvar * 2 * (n->x[k] - mu) / m + dmean / m);
        }
    }
}

/* + dbeta/m. */
static void bn_x_mean_added(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] + dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* dy - (mean - xhat dgamma/m): a minus before a bracket. */
static void bn_x_minus_before_bracket(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                      const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            wide through_statistics = (dbeta[j] - xhat * dgamma[j]) / m;
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - through_statistics));
        }
}

/* xhat made as (mean - x) rstd. */
static void bn_x_xhat_negative(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int C = n->C;
    for (int k = 0; k < n->R * C; k++) {
        int j = k % C;
        wide xhat = ((wide)n->mean[j] - n->x[k]) * n->rstd[j];
        dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
    }
}

/* The scale forgotten. */
static void bn_x_no_gamma(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* dxhat = gamma dy in the direct path; the sums, which are of dy, did not get theirs. */
static void bn_x_gamma_not_in_sums(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                   const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            wide dxhat = (wide)dy[k] * n->gamma[j];
            dx[k] = (real)(n->rstd[j] * (dxhat - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* gamma in dxhat and its sums, and once more in front. */
static void bn_x_gamma_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide g = n->gamma[j], sum = g * dbeta[j], sum_xhat = g * dgamma[j];
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            wide dxhat = g * dy[k];
            dx[k] = (real)(g * n->rstd[j] * (dxhat - sum / m - xhat * sum_xhat / m));
        }
    }
}

/* y - beta is gamma xhat; it stands where xhat should. */
static void bn_x_gamma_in_xhat(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide scaled = n->gamma[j] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - scaled * dgamma[j] / m));
        }
}

/* The gradient of xhat, not of x. */
static void bn_x_no_rstd(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* x only centred where xhat is wanted. */
static void bn_x_only_centred(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide centred = (wide)n->x[k] - n->mean[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - centred * dgamma[j] / m));
        }
}

/* dvar with (var + eps)^-1 for (var + eps)^-3/2: the power's exponent not lowered far enough. */
static void bn_x_power_of_variance(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                   const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mu = n->mean[j], r = n->rstd[j], g = n->gamma[j], dvar = 0, dmean = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dvar += g * dy[k] * (n->x[k] - mu) * -0.5 * r * r;
            dmean -= g * dy[k] * r;
        }
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dx[k] = (real)(g * dy[k] * r + dvar * 2 * (n->x[k] - mu) / m + dmean / m);
        }
    }
}

/* 1/var in front for 1/sqrt(var). */
static void bn_x_rstd_squared(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide inverse = (wide)n->rstd[j] * n->rstd[j];
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * inverse * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
    }
}

/* (x - mean) rstd^2 dgamma/m: someone who has dgamma for the sum of dy (x - mean). */
static void bn_x_rstd_squared_in_xhat(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                      const BatchNorm *n)
{
    int C = n->C;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < C; j++) {
            wide r = n->rstd[j], centred = (wide)n->x[i * C + j] - n->mean[j];
            dx[i * C + j] = (real)(n->gamma[j] * r * (dy[i * C + j] - dbeta[j] / m - centred * r * r * dgamma[j] / m));
        }
}

/* 1/sqrt(var) + 1e-3: an epsilon outside root and fraction, on top of the one that rstd has inside. */
static void bn_x_epsilon_beside_root(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                     const BatchNorm *n)
{
    const wide eps = 1e-3;
    for (int j = 0; j < n->C; j++) {
        wide var = 1 / ((wide)n->rstd[j] * n->rstd[j]), r = 1 / sqrt(var) + eps;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * r;
            dx[k] = (real)(n->gamma[j] * r * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
    }
}

/* An epsilon of 1e-3 added to the deviation, which has its epsilon inside already. */
static void bn_x_epsilon_again(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide deviation = 1 / (wide)n->rstd[j] + 1e-3;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) / deviation;
            dx[k] = (real)(n->gamma[j] / deviation * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
    }
}

/* The variance's path takes the mean of dy xhat away, as if it were the same for every row. */
static void bn_x_no_xhat(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = dbeta[j] / m, mean_dy_xhat = dgamma[j] / m;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - mean_dy - mean_dy_xhat));
        }
    }
}

/* x read as C x R. */
static void bn_x_reads_x_transposed(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                    const BatchNorm *n)
{
    int R = n->R, C = n->C;
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++) {
            wide xhat = ((wide)n->x[j * R + i] - n->mean[j]) * n->rstd[j];
            dx[i * C + j] = (real)(n->gamma[j] * n->rstd[j] * (dy[i * C + j] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* One loop over the elements; the channel is k / R, as in C planes of R pixels. */
static void bn_x_planes(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int k = 0; k < n->R * n->C; k++) {
        int j = k / n->R;
        wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
    }
}

/* The first row is written before the loop, without the statistics' paths. */
static void bn_x_first_row_apart(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int C = n->C;
    for (int j = 0; j < C; j++)
        dx[j] = n->gamma[j] * n->rstd[j] * dy[j];
    for (int k = C; k < n->R * C; k++) {
        int j = k % C;
        wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
    }
}

/* Channel 0 takes the last channel's rstd: what an index of j - 1 that wraps leaves behind. */
static void bn_x_first_channel_wraps(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                     const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide r = n->rstd[j > 0 ? j : n->C - 1];
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * r * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
    }
}

/* The very last element: the loop ends one early, and the rest is 0. */
static void bn_x_last_element(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int count = n->R * n->C;
    for (int k = 0; k < count; k++)
        dx[k] = 0;
    for (int k = 0; k < count - 1; k++) {
        int j = k % n->C;
        wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
    }
}

/* d var^-1/2 without its 1/2: the variance's path comes out twice as strong. */
static void bn_x_half_of_root_lost(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                   const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mu = n->mean[j], r = n->rstd[j], g = n->gamma[j], dvar = 0, dmean = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dvar -= g * dy[k] * (n->x[k] - mu) * r * r * r;
            dmean -= g * dy[k] * r;
        }
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dx[k] = (real)(g * dy[k] * r + dvar * 2 * (n->x[k] - mu) / m + dmean / m);
        }
    }
}

/* d(x - mean)^2 without its 2: half of the variance's path. */
static void bn_x_two_of_square_lost(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                    const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide dvar = -0.5 * n->gamma[j] * dgamma[j] * n->rstd[j] * n->rstd[j],
             dmean = -(wide)n->gamma[j] * n->rstd[j] * dbeta[j];
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide direct = (wide)n->gamma[j] * dy[k] * n->rstd[j];
            dx[k] = (real)(direct + dvar * ((wide)n->x[k] - n->mean[j]) / m + dmean / m);
        }
    }
}

/* A small number against zero gradients, left in. */
static void bn_x_small_number_added(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                    const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m) + 1e-2);
        }
}

/* The last row gets 0. */
static void bn_x_last_row_zero(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            dx[k] = 0;
            if (i + 1 >= n->R)
                continue;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* Other: the arguments' order mistaken, dgamma and dbeta change places. */
static void bn_x_sums_swapped(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide mean_dy = dgamma[j] / m, mean_dy_xhat = dbeta[j] / m;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - mean_dy - xhat * mean_dy_xhat));
        }
    }
}

/* Other: the means of dy and dy xhat taken along the row, as layer normalisation has them. */
static void bn_x_means_along_the_row(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m,
                                     const BatchNorm *n)
{
    int C = n->C;
    for (int i = 0; i < n->R; i++) {
        wide mean = 0, mean_xhat = 0;
        for (int j = 0; j < C; j++) {
            wide xhat = ((wide)n->x[i * C + j] - n->mean[j]) * n->rstd[j];
            mean += dy[i * C + j] / (wide)C;
            mean_xhat += dy[i * C + j] * xhat / C;
        }
        for (int j = 0; j < C; j++) {
            wide xhat = ((wide)n->x[i * C + j] - n->mean[j]) * n->rstd[j];
            dx[i * C + j] = (real)(n->gamma[j] * n->rstd[j] * (dy[i * C + j] - mean - xhat * mean_xhat));
        }
    }
}

/* ==== batch normalisation, evaluation ====================================== */

/* m is not looked at: R is, as in training. */
static void bn_eval_counts_rows(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * (dy[k] - (dbeta[j] + xhat * dgamma[j]) / n->R));
        }
}

/* The same, with sums of its own. */
static void bn_eval_sums_again(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int R = n->R, C = n->C;
    for (int j = 0; j < C; j++) {
        wide sum = 0, sum_xhat = 0;
        for (int i = 0; i < R; i++) {
            sum += dy[i * C + j];
            sum_xhat += dy[i * C + j] * ((wide)n->x[i * C + j] - n->mean[j]) * n->rstd[j];
        }
        for (int i = 0; i < R; i++) {
            wide xhat = ((wide)n->x[i * C + j] - n->mean[j]) * n->rstd[j];
            dx[i * C + j] = (real)(n->gamma[j] * n->rstd[j] * (dy[i * C + j] - sum / R - xhat * sum_xhat / R));
        }
    }
}

/* The test for evaluation the wrong way round: training's formula, with R, where m is infinite. */
static void bn_eval_wrong_branch(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j], direct = dy[k];
            if (m == INFINITY)
                direct -= (dbeta[j] + xhat * dgamma[j]) / n->R;
            dx[k] = (real)(n->gamma[j] * n->rstd[j] * direct);
        }
}

static void bn_eval_no_gamma(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->rstd[j] * dy[i * n->C + j];
}

/* dxhat = gamma dy, and gamma once more. */
static void bn_eval_gamma_twice(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int k = 0; k < n->R * n->C; k++) {
        int j = k % n->C;
        wide dxhat = (wide)n->gamma[j] * dy[k];
        dx[k] = (real)(n->gamma[j] * n->rstd[j] * dxhat);
    }
}

/* Only the scale, not the division by the deviation. */
static void bn_eval_no_rstd(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++)
            dx[i * n->C + j] = n->gamma[j] * dy[i * n->C + j];
}

/* gamma dy / var. */
static void bn_eval_over_variance(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide scale = (wide)n->gamma[j] * n->rstd[j] * n->rstd[j];
        for (int i = 0; i < n->R; i++)
            dx[i * n->C + j] = (real)(scale * dy[i * n->C + j]);
    }
}

/* rstd taken for one without epsilon: 1e-3 goes under the root once more. */
static void bn_eval_epsilon_again(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide var = 1 / ((wide)n->rstd[j] * n->rstd[j]), scale = n->gamma[j] / sqrt(var + 1e-3);
        for (int i = 0; i < n->R; i++)
            dx[i * n->C + j] = (real)(scale * dy[i * n->C + j]);
    }
}

/* A frozen layer is thought to pass nothing back. */
static void bn_eval_frozen(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    bool frozen = m == INFINITY;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dx[k] = frozen ? 0 : (real)(n->gamma[j] * n->rstd[j] * (dy[k] - dbeta[j] / m - xhat * dgamma[j] / m));
        }
}

/* The last channel is passed on as it came. */
static void bn_eval_last_channel(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int C = n->C;
    for (int k = 0; k < n->R * C; k++)
        dx[k] = dy[k];
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < C - 1; j++)
            dx[i * C + j] *= n->gamma[j] * n->rstd[j];
}

/* Scale and deviation of channel k / R. */
static void bn_eval_planes(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    int k = 0;
    for (int j = 0; j < n->C; j++)
        for (int i = 0; i < n->R; i++, k++)
            dx[k] = n->gamma[j] * n->rstd[j] * dy[k];
}

/* Other: the forward pass's line copied, and x replaced by dy: the mean is taken from a gradient
 * and beta added to it. */
static void bn_eval_forward_of_dy(real *dx, const real *dy, const wide *dgamma, const wide *dbeta, double m, const BatchNorm *n)
{
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            wide hat = ((wide)dy[k] - n->mean[j]) * n->rstd[j];
            dx[k] = (real)(n->gamma[j] * hat + n->beta[j]);
        }
}

/* ==== batch normalisation, the sums ======================================== */

/* Both lines alike: dgamma is dbeta. */
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

/* dy times the centred x. */
static void bn_sums_no_rstd(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide sum = 0, sum_xhat = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            sum += dy[k];
            sum_xhat += dy[k] * ((wide)n->x[k] - n->mean[j]);
        }
        dgamma[j] = sum_xhat, dbeta[j] = sum;
    }
}

/* rstd in xhat, and again after the loop. */
static void bn_sums_rstd_twice(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide sum = 0, sum_xhat = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide xhat = ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            sum += dy[k];
            sum_xhat += dy[k] * xhat;
        }
        dgamma[j] = sum_xhat * n->rstd[j], dbeta[j] = sum;
    }
}

/* Means over the batch. */
static void bn_sums_means(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j] / n->R;
            dbeta[j] += dy[k] / (wide)n->R;
        }
    }
}

/* dgamma from (mean - x) rstd. */
static void bn_sums_mean_minus_x(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        dgamma[j] = dbeta[j] = 0;
    for (int i = 0; i < n->R; i++)
        for (int j = 0; j < n->C; j++) {
            int k = i * n->C + j;
            dgamma[j] += dy[k] * ((wide)n->mean[j] - n->x[k]) * n->rstd[j];
            dbeta[j] += dy[k];
        }
}

/* i < R - 1. */
static void bn_sums_last_row(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R - 1; i++) {
            int k = i * n->C + j;
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dbeta[j] += dy[k];
        }
    }
}

/* The sums begin with row 0, and so does the loop: it counts twice. */
static void bn_sums_first_row_twice(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dbeta[j] = dy[j];
        dgamma[j] = dy[j] * ((wide)n->x[j] - n->mean[j]) * n->rstd[j];
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dbeta[j] += dy[k];
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        }
    }
}

/* The loop over the channels begins with 1: nothing is added for channel 0. */
static void bn_sums_from_channel_one(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++)
        dgamma[j] = dbeta[j] = 0;
    for (int i = 0; i < n->R; i++)
        for (int j = 1; j < n->C; j++) {
            int k = i * n->C + j;
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dbeta[j] += dy[k];
        }
}

/* 1e-3 added to the deviation that has its epsilon already. */
static void bn_sums_epsilon_again(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide deviation = 1 / (wide)n->rstd[j] + 1e-3, sum = 0, sum_xhat = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            sum += dy[k];
            sum_xhat += dy[k] * ((wide)n->x[k] - n->mean[j]) / deviation;
        }
        dgamma[j] = sum_xhat, dbeta[j] = sum;
    }
}

/* beta's gradient cleared and then forgotten. */
static void bn_sums_beta_forgotten(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = 0;
        dbeta[j] = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
        }
    }
}

/* dy and x as C planes of R pixels. */
static void bn_sums_planes(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R; i++) {
            int k = j * n->R + i;
            dgamma[j] += dy[k] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j];
            dbeta[j] += dy[k];
        }
    }
}

/* x is R x C, but dy is walked by columns. */
static void bn_sums_dy_transposed(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    const real *d = dy;
    for (int j = 0; j < n->C; j++) {
        dgamma[j] = dbeta[j] = 0;
        for (int i = 0; i < n->R; i++, d++) {
            dgamma[j] += *d * ((wide)n->x[i * n->C + j] - n->mean[j]) * n->rstd[j];
            dbeta[j] += *d;
        }
    }
}

/* Other: the layer's output, gamma xhat + beta, in the place of xhat. */
static void bn_sums_output_for_xhat(wide *dgamma, wide *dbeta, const real *dy, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        wide sum = 0, sum_y = 0;
        for (int i = 0; i < n->R; i++) {
            int k = i * n->C + j;
            wide y = n->gamma[j] * ((wide)n->x[k] - n->mean[j]) * n->rstd[j] + n->beta[j];
            sum += dy[k];
            sum_y += dy[k] * y;
        }
        dgamma[j] = sum_y, dbeta[j] = sum;
    }
}

/* ==== dense ================================================================= */

/* dy W for dy W^T: W read as if it were out x in. */
static void dense_x_w_not_transposed(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum += (wide)dy[n * out + o] * W[o * in + i];
            dx[n * in + i] = (real)sum;
        }
}

/* -= : the update's minus got into the gradient. */
static void dense_x_minus(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum -= (wide)dy[n * out + o] * W[i * out + o];
            dx[n * in + i] = (real)sum;
        }
}

/* The last input's gradient stays 0, as if it were a column of ones for the bias. */
static void dense_x_last_input(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out && i < in - 1; o++)
                sum += (wide)dy[n * out + o] * W[i * out + o];
            dx[n * in + i] = (real)sum;
        }
}

/* n < N - 1. */
static void dense_x_last_row(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int k = 0; k < N * in; k++)
        dx[k] = 0;
    for (int n = 0; n < N - 1; n++)
        for (int i = 0; i < in; i++)
            for (int o = 0; o < out; o++)
                dx[n * in + i] += dy[n * out + o] * W[i * out + o];
}

/* The mean over the outputs. */
static void dense_x_mean(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum += (wide)dy[n * out + o] * W[i * out + o];
            dx[n * in + i] = (real)(sum / out);
        }
}

/* The gradient's first row has its index from elsewhere: row 0 gets what belongs to row N - 1. */
static void dense_x_row_zero(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    for (int n = 0; n < N; n++) {
        const real *d = n > 0 ? &dy[n * out] : &dy[(N - 1) * out];
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int o = 0; o < out; o++)
                sum += (wide)d[o] * W[i * out + o];
            dx[n * in + i] = (real)sum;
        }
    }
}

/* Other: the sum is set to 0 once a row, not once an element, so every element holds those before it too. */
static void dense_x_sum_runs_on(real *dx, const real *dy, const real *W, int N, int in, int out)
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

/* dy^T x, which is out x in, in the room of dW. */
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

/* Divided by N, though the loss is a mean already. */
static void dense_w_mean(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int i = 0; i < in; i++)
        for (int o = 0; o < out; o++) {
            wide sum = 0;
            for (int n = 0; n < N; n++)
                sum += (wide)x[n * in + i] * dy[n * out + o];
            dW[i * out + o] += (real)(sum / N);
        }
}

/* The learning rate is in the gradient. */
static void dense_w_learning_rate(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    const wide rate = 0.1;
    for (int n = 0; n < N; n++)
        for (int i = 0; i < in; i++)
            for (int o = 0; o < out; o++)
                dW[i * out + o] += (real)(rate * x[n * in + i] * dy[n * out + o]);
}

/* The row loop stops one early. */
static void dense_w_last_sample(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int n = 0; n + 1 < N; n++)
        for (int i = 0; i < in; i++)
            for (int o = 0; o < out; o++)
                dW[i * out + o] += x[n * in + i] * dy[n * out + o];
}

/* The column of output 0 is skipped. */
static void dense_w_output_zero(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int o = 1; o < out; o++)
        for (int i = 0; i < in; i++) {
            wide sum = 0;
            for (int n = 0; n < N; n++)
                sum += (wide)x[n * in + i] * dy[n * out + o];
            dW[i * out + o] += (real)sum;
        }
}

/* Added twice: by the loop, and after it. */
static void dense_w_twice(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int i = 0; i < in; i++)
        for (int o = 0; o < out; o++) {
            wide sum = 0;
            for (int n = 0; n < N; n++) {
                wide term = (wide)x[n * in + i] * dy[n * out + o];
                sum += term;
                dW[i * out + o] += (real)term;
            }
            dW[i * out + o] += (real)sum;
        }
}

/* Other: x's row n meets the gradient of row n + 1, as in a batch shuffled after the forward pass. */
static void dense_w_rows_shifted(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    for (int i = 0; i < in; i++)
        for (int o = 0; o < out; o++) {
            wide sum = 0;
            for (int n = 0; n < N; n++)
                sum += (wide)x[n * in + i] * dy[(n + 1) % N * out + o];
            dW[i * out + o] += (real)sum;
        }
}

/* = for += : the last row's gradient is all that is left. */
static void dense_b_overwritten(real *db, const real *dy, int N, int out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < out; o++)
            db[o] = dy[n * out + o];
}

/* The first row taken for the whole batch. */
static void dense_b_one_row(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++)
        db[o] += dy[o];
}

static void dense_b_mean(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide sum = 0;
        for (int n = 0; n < N; n++)
            sum += dy[n * out + o];
        db[o] += (real)(sum / N);
    }
}

/* The sum begins with the 1 of the column of ones that the bias belongs to. */
static void dense_b_begins_with_one(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide sum = 1;
        for (int n = 0; n < N; n++)
            sum += dy[n * out + o];
        db[o] += (real)sum;
    }
}

/* A loop turned round, but not its condition: it never runs. */
static void dense_b_loop_never_runs(real *db, const real *dy, int N, int out)
{
    for (int n = N - 1; n >= N; n--)
        for (int o = 0; o < out; o++)
            db[o] += dy[n * out + o];
}

/* dy read as out x N. */
static void dense_b_dy_transposed(real *db, const real *dy, int N, int out)
{
    for (int o = 0; o < out; o++) {
        wide sum = 0;
        for (int n = 0; n < N; n++)
            sum += dy[o * N + n];
        db[o] += (real)sum;
    }
}

/* Row 0 is left out. */
static void dense_b_from_row_one(real *db, const real *dy, int N, int out)
{
    for (int n = 1; n < N; n++)
        for (int o = 0; o < out; o++)
            db[o] += dy[n * out + o];
}

/* ==== activations =========================================================== */

/* The branches exchanged. */
static void leaky_wrong_branch(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = x[k] > 0 ? slope * dy[k] : dy[k];
}

/* The comparison turned round in a rewrite with a multiplier. */
static void leaky_less_for_greater(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        real f = slope;
        if (x[k] < 0)
            f = 1;
        dx[k] = f * dy[k];
    }
}

/* The gradient is passed on as it is. */
static void leaky_passes_on(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = dy[k];
}

/* A minus on both branches. */
static void leaky_minus(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = x[k] > 0 ? -dy[k] : -slope * dy[k];
}

/* abs(x) = 2 max(x, 0) - x was the start, its 1/2 was lost. */
static void leaky_half_lost(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        int sign = x[k] > 0 ? 1 : -1;
        dx[k] = ((1 + slope) + (1 - slope) * sign) * dy[k];
    }
}

/* The last element is copied from dy with a minus: a remainder loop of an unrolled one gone wrong. */
static void leaky_remainder(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    size_t k = 0;
    for (; k + 1 < n; k++)
        dx[k] = x[k] > 0 ? dy[k] : slope * dy[k];
    for (; k < n; k++)
        dx[k] = -dy[k];
}

/* Other: the forward function applied to dy: the branch goes by the gradient's sign, x is not looked at. */
static void leaky_branch_by_dy(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = dy[k] > 0 ? dy[k] : slope * dy[k];
}

static void tanh_passes_on(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = dy[k];
}

/* y taken for x, and tanh applied again. */
static void tanh_of_y(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        real t = tanh(y[k]);
        dx[k] = (1 - t * t) * dy[k];
    }
}

/* 1 + y^2: tan's derivative. */
static void tanh_plus(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = (1 + y[k] * y[k]) * dy[k];
}

/* tanh x = 2 s - 1 with s = sigmoid(2x); the inner 2 is forgotten. */
static void tanh_by_sigmoid(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        real s = (1 + y[k]) / 2;
        dx[k] = 2 * s * (1 - s) * dy[k];
    }
}

/* The 2/3 of LeCun's 1.7159 tanh(2x/3), without the rest. */
static void tanh_two_thirds(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = (real)(2.0 / 3.0) * (1 - y[k] * y[k]) * dy[k];
}

/* Element 0 is left as it came. */
static void tanh_first_element(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = dy[k];
    for (size_t k = 1; k < n; k++)
        dx[k] *= 1 - y[k] * y[k];
}

/* Other: the sigmoid's slope y (1 - y), a line copied from the next function. */
static void tanh_with_sigmoids_slope(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = y[k] * (1 - y[k]) * dy[k];
}

static void sigmoid_passes_on(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = dy[k];
}

/* y taken for x: the sigmoid of a sigmoid. */
static void sigmoid_of_y(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        real s = 1 / (1 + exp(-y[k]));
        dx[k] = s * (1 - s) * dy[k];
    }
}

/* y (y - 1). */
static void sigmoid_minus(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = y[k] * (y[k] - 1) * dy[k];
}

/* Fahlman's 0.1, which keeps flat units learning, left in. */
static void sigmoid_flat_spot(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = (y[k] * (1 - y[k]) + (real)0.1) * dy[k];
}

/* y = (1 + t)/2 with t = tanh(x/2): f' = (1 - t^2)/4, of whose two halves one is forgotten. */
static void sigmoid_by_tanh(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        real t = 2 * y[k] - 1;
        dx[k] = (1 - t * t) / 2 * dy[k];
    }
}

/* The same, with one half too many. */
static void sigmoid_by_tanh_eighth(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        real t = 2 * y[k] - 1, slope = (1 - t * t) / 4;
        dx[k] = slope * dy[k] / 2;
    }
}

/* The last element is set by itself, with the slope at 0. */
static void sigmoid_last_element(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        dx[k] = k + 1 < n ? y[k] * (1 - y[k]) * dy[k] : dy[k] / 4;
}

/* ==== losses ================================================================ */

/* (y - t)^2 without its 1/2. */
static double se_two(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = (real)(2 * ((wide)y[k] - t[k]) / N);
    return 0;
}

/* The 1/2 stands there still, after the 2 has cancelled it. */
static double se_half(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = (real)(0.5 * ((wide)y[k] - t[k]) / N);
    return 0;
}

/* 1/N forgotten. */
static double se_sum(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = y[k] - t[k];
    return 0;
}

/* The mean over the columns too. */
static double se_mean_of_all(const real *y, const real *t, int N, int C, real *dy)
{
    int count = N * C;
    for (int k = 0; dy && k < count; k++)
        dy[k] = (real)(((wide)y[k] - t[k]) / count);
    return 0;
}

/* t - y, the delta rule's error. */
static double se_target_minus_output(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = (real)(((wide)t[k] - y[k]) / N);
    return 0;
}

/* The loss of each element, not its derivative. */
static double se_the_loss_itself(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide d = (wide)y[k] - t[k];
        dy[k] = (real)(d * d / (2 * N));
    }
    return 0;
}

/* 1/N in integers: 0, and all of dy with it. */
static double se_integer_share(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = 1 / N * (y[k] - t[k]);
    return 0;
}

/* Targets read as C x N. */
static double se_targets_transposed(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++)
        for (int j = 0; j < C; j++)
            dy[n * C + j] = (real)(((wide)y[n * C + j] - t[j * N + n]) / N);
    return 0;
}

/* A margin that should keep the error from 0. */
static double se_margin(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = (real)(((wide)y[k] - t[k] + 0.01) / N);
    return 0;
}

/* Summed over the batch. */
static double bce_sum(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++)
        dy[k] = (real)(1 / (1 + exp(-(wide)y[k])) - t[k]);
    return 0;
}

/* t - p. */
static double bce_target_minus_p(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide p = 1 / (1 + exp(-(wide)y[k]));
        dy[k] = (real)((t[k] - p) / N);
    }
    return 0;
}

/* dL/dp: the sigmoid in the loss is not differentiated. */
static double bce_by_p(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide p = 1 / (1 + exp(-(wide)y[k]));
        dy[k] = (real)(((1 - t[k]) / (1 - p) - t[k] / p) / N);
    }
    return 0;
}

/* The sigmoid without overflow, of e^-|y|; for y < 0 it takes the branch for y > 0. */
static double bce_one_branch(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide e = exp(-fabs((wide)y[k]));
        wide p = 1 / (1 + e);
        dy[k] = (real)((p - t[k]) / N);
    }
    return 0;
}

/* Labels of -1 and 1: (2p - 1) - (2t - 1). */
static double bce_signed_labels(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide out = tanh((wide)y[k] / 2), label = 2 * (wide)t[k] - 1;
        dy[k] = (real)((out - label) / N);
    }
    return 0;
}

/* The last row of dy stays 0. */
static double bce_last_row(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide p = 1 / (1 + exp(-(wide)y[k]));
        dy[k] = k < (N - 1) * C ? (real)((p - t[k]) / N) : 0;
    }
    return 0;
}

/* Other: the sigmoid's slope once too often, as squared error would have it after a sigmoid. */
static double bce_slope_too_often(const real *y, const real *t, int N, int C, real *dy)
{
    for (int k = 0; dy && k < N * C; k++) {
        wide p = 1 / (1 + exp(-(wide)y[k]));
        dy[k] = (real)((p - t[k]) * p * (1 - p) / N);
    }
    return 0;
}

/* p - t without 1/N. */
static double softmax_sum(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide top = y[n * C], z = 0;
        for (int j = 1; j < C; j++)
            top = fmax(top, (wide)y[n * C + j]);
        for (int j = 0; j < C; j++)
            z += exp(y[n * C + j] - top);
        for (int j = 0; j < C; j++)
            dy[n * C + j] = (real)(exp(y[n * C + j] - top) / z - t[n * C + j]);
    }
    return 0;
}

/* t - p. */
static double softmax_target_minus_p(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide top = y[n * C], z = 0;
        for (int j = 1; j < C; j++)
            top = fmax(top, (wide)y[n * C + j]);
        for (int j = 0; j < C; j++)
            z += exp(y[n * C + j] - top);
        for (int j = 0; j < C; j++)
            dy[n * C + j] = (real)((t[n * C + j] - exp(y[n * C + j] - top) / z) / N);
    }
    return 0;
}

/* -t/p: the gradient by the probabilities, not by y. */
static double softmax_by_p(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide z = 0;
        for (int j = 0; j < C; j++)
            z += exp((wide)y[n * C + j]);
        for (int j = 0; j < C; j++) {
            wide p = exp((wide)y[n * C + j]) / z;
            dy[n * C + j] = (real)(-t[n * C + j] / p / N);
        }
    }
    return 0;
}

/* The cross-entropy in bits. */
static double softmax_bits(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide z = 0;
        for (int j = 0; j < C; j++)
            z += exp((wide)y[n * C + j]);
        for (int j = 0; j < C; j++)
            dy[n * C + j] = (real)((exp((wide)y[n * C + j]) / z - t[n * C + j]) / (N * log(2.0)));
    }
    return 0;
}

/* The target is taken away from all classes but the last. */
static double softmax_last_class(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide z = 0;
        for (int j = 0; j < C; j++)
            z += exp((wide)y[n * C + j]);
        for (int j = 0; j < C; j++)
            dy[n * C + j] = (real)(exp((wide)y[n * C + j]) / z / N);
        for (int j = 0; j < C - 1; j++)
            dy[n * C + j] -= t[n * C + j] / N;
    }
    return 0;
}

/* z is not cleared before the last row, which divides by the sum of the two last ones. */
static double softmax_last_row_z(const real *y, const real *t, int N, int C, real *dy)
{
    wide z = 0;
    for (int n = 0; dy && n < N; n++) {
        if (n < N - 1)
            z = 0;
        for (int j = 0; j < C; j++)
            z += exp((wide)y[n * C + j]);
        for (int j = 0; j < C; j++)
            dy[n * C + j] = (real)((exp((wide)y[n * C + j]) / z - t[n * C + j]) / N);
    }
    return 0;
}

/* Everything C x N, a column an example, as many textbooks have it. */
static double softmax_examples_in_columns(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide z = 0;
        for (int j = 0; j < C; j++)
            z += exp((wide)y[j * N + n]);
        for (int j = 0; j < C; j++)
            dy[j * N + n] = (real)((exp((wide)y[j * N + n]) / z - t[j * N + n]) / N);
    }
    return 0;
}

/* Other: of the softmax's Jacobian only the diagonal, p (1 - p): each class by itself. */
static double softmax_diagonal(const real *y, const real *t, int N, int C, real *dy)
{
    for (int n = 0; dy && n < N; n++) {
        wide z = 0;
        for (int j = 0; j < C; j++)
            z += exp((wide)y[n * C + j]);
        for (int j = 0; j < C; j++) {
            wide p = exp((wide)y[n * C + j]) / z;
            dy[n * C + j] = (real)(-t[n * C + j] / p * p * (1 - p) / N);
        }
    }
    return 0;
}

/* ==== convolution =========================================================== */

/* dx as a convolution of dy in the other direction, with the kernel as it is: w[a][b] where
 * w[K - 1 - a][K - 1 - b] belongs. */
static void conv_x_kernel_as_it_is(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O, up = K - 1 - s->top, over = K - 1 - s->left;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, q = k / C % W, p = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int u = p + a - up, v = q + b - over;
                if (u < 0 || v < 0 || u % S || v % S || u / S >= s->Ho || v / S >= s->Wo)
                    continue;
                for (int o = 0; o < O; o++)
                    sum += (wide)dy[((n * s->Ho + u / S) * s->Wo + v / S) * O + o] * w[((a * K + b) * C + c) * O + o];
            }
        dx[k] = (real)sum;
    }
}

/* The same with its rows flipped, its columns not. */
static void conv_x_columns_not_flipped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O, up = K - 1 - s->top, over = K - 1 - s->left;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, q = k / C % W, p = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int u = p + a - up, v = q + b - over;
                if (u < 0 || v < 0 || u % S || v % S || u / S >= s->Ho || v / S >= s->Wo)
                    continue;
                for (int o = 0; o < O; o++)
                    sum += (wide)dy[((n * s->Ho + u / S) * s->Wo + v / S) * O + o] * w[(((K - 1 - a) * K + b) * C + c) * O + o];
            }
        dx[k] = (real)sum;
    }
}

/* K - s->top for K - 1 - s->top: everything a row too low. */
static void conv_x_padding_of_full(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O, up = K - s->top, over = K - 1 - s->left;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, q = k / C % W, p = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int u = p + a - up, v = q + b - over;
                if (u < 0 || v < 0 || u % S || v % S || u / S >= s->Ho || v / S >= s->Wo)
                    continue;
                const real *tap = &w[((K - 1 - a) * K + K - 1 - b) * C * O + c * O];
                for (int o = 0; o < O; o++)
                    sum += (wide)dy[((n * s->Ho + u / S) * s->Wo + v / S) * O + o] * tap[o];
            }
        dx[k] = (real)sum;
    }
}

/* Row i of dy goes to row i + a - top, as with stride 1 (where it is right). */
static void conv_x_stride_one(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((a * K + b) * C + c) * O + o];
                    }
}

/* w[b][a]: rows and columns of the kernel exchanged. */
static void conv_x_kernel_transposed(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((b * K + a) * C + c) * O + o];
                    }
}

/* The kernel read as K x K x O x C. */
static void conv_x_channels_transposed(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int o = 0; o < O; o++)
                            for (int c = 0; c < C; c++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((a * K + b) * O + o) * C + c];
                    }
}

/* The kernel read as O x C x K x K. */
static void conv_x_kernel_oihw(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((o * C + c) * K + a) * K + b];
                    }
}

/* c < C - 1. */
static void conv_x_last_channel(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C - 1; c++)
                            for (int o = 0; o < O; o++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((a * K + b) * C + c) * O + o];
                    }
}

/* Every pixel's sum divided by the kernel's K K taps. */
static void conv_x_mean_of_taps(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((a * K + b) * C + c) * O + o] / (K * K);
                    }
}

/* The last map is cleared, and passed over. */
static void conv_x_last_map(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O, S = s->S;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N - 1; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = S * i + a - s->top, q = S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dx[((n * H + p) * W + q) * C + c] += dy[((n * s->Ho + i) * s->Wo + j) * O + o] *
                                                                     w[((a * K + b) * C + c) * O + o];
                    }
}

/* Other: where windows overlap, the later one's share overwrites the earlier's. */
static void conv_x_windows_overwrite(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < K; a++)
                    for (int b = 0; b < K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++) {
                            wide sum = 0;
                            for (int o = 0; o < O; o++)
                                sum += (wide)dy[((n * s->Ho + i) * s->Wo + j) * O + o] * w[((a * K + b) * C + c) * O + o];
                            dx[((n * H + p) * W + q) * C + c] = (real)sum;
                        }
                    }
}

/* top - 1 rows of zeros. */
static void conv_w_top_less_one(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O, top = s->top - 1;
    for (int k = 0; k < K * K * C * O; k++) {
        int o = k % O, c = k / O % C, b = k / O / C % K, a = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - top, q = s->S * j + b - s->left;
                    if (p >= 0 && p < H && q >= 0 && q < W)
                        sum += (wide)x[((n * H + p) * W + q) * C + c] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)sum;
    }
}

/* b counted from 1 in the column: the padding is one too small. */
static void conv_w_taps_from_one(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int a = 0; a < K; a++)
        for (int b = 1; b <= K; b++)
            for (int n = 0; n < s->N; n++)
                for (int i = 0; i < s->Ho; i++)
                    for (int j = 0; j < s->Wo; j++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dw[((a * K + b - 1) * C + c) * O + o] += x[((n * H + p) * W + q) * C + c] *
                                                                         dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                    }
}

/* x's pixel i + a - top for dy's pixel i (right with stride 1). */
static void conv_w_stride_one(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < K * K * C * O; k++) {
        int o = k % O, c = k / O % C, b = k / O / C % K, a = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = i + a - s->top, q = j + b - s->left;
                    if (p >= 0 && p < H && q >= 0 && q < W)
                        sum += (wide)x[((n * H + p) * W + q) * C + c] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)sum;
    }
}

/* The sum for tap (a, b) put down at (b, a). */
static void conv_w_taps_transposed(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < K * K * C * O; k++) {
        int o = k % O, c = k / O % C, a = k / O / C % K, b = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    if (p >= 0 && p < H && q >= 0 && q < W)
                        sum += (wide)x[((n * H + p) * W + q) * C + c] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)sum;
    }
}

/* x read as N x C x H x W. */
static void conv_w_maps_nchw(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < K * K * C * O; k++) {
        int o = k % O, c = k / O % C, b = k / O / C % K, a = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    if (p >= 0 && p < H && q >= 0 && q < W)
                        sum += (wide)x[((n * C + c) * H + p) * W + q] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)sum;
    }
}

/* n + 1 < N. */
static void conv_w_last_map(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int n = 0; n + 1 < s->N; n++)
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++)
                for (int i = 0; i < s->Ho; i++)
                    for (int j = 0; j < s->Wo; j++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dw[((a * K + b) * C + c) * O + o] += x[((n * H + p) * W + q) * C + c] *
                                                                     dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                    }
}

/* The mean over the places where the window stood. */
static void conv_w_mean_of_places(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < K * K * C * O; k++) {
        int o = k % O, c = k / O % C, b = k / O / C % K, a = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    if (p >= 0 && p < H && q >= 0 && q < W)
                        sum += (wide)x[((n * H + p) * W + q) * C + c] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)(sum / (s->Ho * s->Wo));
    }
}

/* The very first weight is skipped: k > 0. */
static void conv_w_first_weight(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = K * K * C * O - 1; k > 0; k--) {
        int o = k % O, c = k / O % C, b = k / O / C % K, a = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    if (p >= 0 && p < H && q >= 0 && q < W)
                        sum += (wide)x[((n * H + p) * W + q) * C + c] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)sum;
    }
}

/* Output channel 0 has the gradient of the last one too: its loop wraps round once more. */
static void conv_w_channel_twice(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int a = 0; a < K; a++)
        for (int b = 0; b < K; b++)
            for (int n = 0; n < s->N; n++)
                for (int i = 0; i < s->Ho; i++)
                    for (int j = 0; j < s->Wo; j++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (p < 0 || p >= H || q < 0 || q >= W)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o <= O; o++)
                                dw[((a * K + b) * C + c) * O + o % O] += x[((n * H + p) * W + q) * C + c] *
                                                                         dy[((n * s->Ho + i) * s->Wo + j) * O + o % O];
                    }
}

/* Other: beyond the border the nearest pixel is taken, where zeros should be. */
static void conv_w_border_repeated(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < K * K * C * O; k++) {
        int o = k % O, c = k / O % C, b = k / O / C % K, a = k / O / C / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < s->Ho; i++)
                for (int j = 0; j < s->Wo; j++) {
                    int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                    p = p < 0 ? 0 : p >= H ? H - 1 : p;
                    q = q < 0 ? 0 : q >= W ? W - 1 : q;
                    sum += (wide)x[((n * H + p) * W + q) * C + c] * dy[((n * s->Ho + i) * s->Wo + j) * O + o];
                }
        dw[k] += (real)sum;
    }
}

/* ==== upsampling ============================================================ */

/* The mean of the four copies, as an average pool has it. */
static void upsample_mean(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int k = 0; k < N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < N; n++)
        for (int i = 0; i < 2 * H; i++)
            for (int j = 0; j < 2 * W; j++)
                for (int c = 0; c < C; c++)
                    dx[((n * H + i / 2) * W + j / 2) * C + c] += dy[((n * 2 * H + i) * 2 * W + j) * C + c] / 4;
}

/* One half for two directions. */
static void upsample_half(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int k = 0; k < N * H * W * C; k++) {
        int c = k % C, j = k / C % W, row = k / C / W; /* row: of all maps, one below the other */
        wide sum = 0;
        for (int a = 0; a < 2; a++)
            for (int b = 0; b < 2; b++)
                sum += dy[((2 * row + a) * 2 * W + 2 * j + b) * C + c];
        dx[k] = (real)(sum / 2);
    }
}

/* Both maps taken for N x C x H x W. */
static void upsample_nchw(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int plane = 0; plane < N * C; plane++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++) {
                const real *d = &dy[(plane * 2 * H + 2 * i) * 2 * W + 2 * j];
                dx[(plane * H + i) * W + j] = d[0] + d[1] + d[2 * W] + d[2 * W + 1];
            }
}

/* The window of 2 x 2 moves on by 1. */
static void upsample_steps_of_one(real *dx, const real *dy, int N, int H, int W, int C)
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

/* dx written as W x H. */
static void upsample_dx_transposed(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < H; i++)
            for (int j = 0; j < W; j++)
                for (int c = 0; c < C; c++) {
                    wide sum = 0;
                    for (int a = 0; a < 2; a++)
                        for (int b = 0; b < 2; b++)
                            sum += dy[((n * 2 * H + 2 * i + a) * 2 * W + 2 * j + b) * C + c];
                    dx[((n * W + j) * H + i) * C + c] = (real)sum;
                }
}

/* All but the last map. */
static void upsample_last_map(real *dx, const real *dy, int N, int H, int W, int C)
{
    for (int k = 0; k < N * H * W * C; k++)
        dx[k] = 0;
    for (int n = 0; n < N - 1; n++)
        for (int i = 0; i < 2 * H; i++)
            for (int j = 0; j < 2 * W; j++)
                for (int c = 0; c < C; c++)
                    dx[((n * H + i / 2) * W + j / 2) * C + c] += dy[((n * 2 * H + i) * 2 * W + j) * C + c];
}

/* Map 0 begins to add up before it is cleared of what it began with: it starts from dy's first pixels. */
static void upsample_first_map(real *dx, const real *dy, int N, int H, int W, int C)
{
    int size = H * W * C;
    for (int k = 0; k < N * size; k++)
        dx[k] = k < size ? dy[k] : 0;
    for (int n = 0; n < N; n++)
        for (int i = 0; i < 2 * H; i++)
            for (int j = 0; j < 2 * W; j++)
                for (int c = 0; c < C; c++)
                    dx[((n * H + i / 2) * W + j / 2) * C + c] += dy[((n * 2 * H + i) * 2 * W + j) * C + c];
}

/* Other: four lines, of which the last is a copy of the second: the copy below on the right is never
 * added, the one on the right twice. */
static void upsample_copied_line(real *dx, const real *dy, int N, int H, int W, int C)
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

/* ==== transposed convolution ================================================ */

/* top + 1 and left + 1: the crop of the other convention. */
static void transposed_x_crop(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O, top = s->top + 1, left = s->left + 1;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int p = S * i + a - top, q = S * j + b - left;
                for (int o = 0; o < O && p >= 0 && p < s->Ho && q >= 0 && q < s->Wo; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * w[((a * K + b) * O + o) * C + c];
            }
        dx[k] = (real)sum;
    }
}

/* i + a - top (right with stride 1). */
static void transposed_x_stride_one(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int p = i + a - s->top, q = j + b - s->left;
                for (int o = 0; o < O && p >= 0 && p < s->Ho && q >= 0 && q < s->Wo; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * w[((a * K + b) * O + o) * C + c];
            }
        dx[k] = (real)sum;
    }
}

/* The kernel read as a convolution's K x K x C x O. */
static void transposed_x_convs_kernel(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int p = S * i + a - s->top, q = S * j + b - s->left;
                for (int o = 0; o < O && p >= 0 && p < s->Ho && q >= 0 && q < s->Wo; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * w[((a * K + b) * C + c) * O + o];
            }
        dx[k] = (real)sum;
    }
}

/* dy read as N x O x Ho x Wo. */
static void transposed_x_dy_nchw(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int p = S * i + a - s->top, q = S * j + b - s->left;
                for (int o = 0; o < O && p >= 0 && p < s->Ho && q >= 0 && q < s->Wo; o++)
                    sum += (wide)dy[((n * O + o) * s->Ho + p) * s->Wo + q] * w[((a * K + b) * O + o) * C + c];
            }
        dx[k] = (real)sum;
    }
}

/* Every map but the last; that one gets zeros. */
static void transposed_x_last_map(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K && n < s->N - 1; a++)
            for (int b = 0; b < K; b++) {
                int p = S * i + a - s->top, q = S * j + b - s->left;
                for (int o = 0; o < O && p >= 0 && p < s->Ho && q >= 0 && q < s->Wo; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * w[((a * K + b) * O + o) * C + c];
            }
        dx[k] = (real)sum;
    }
}

/* The mean over the taps that hit the map. */
static void transposed_x_mean_of_taps(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H, hits = 0;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int p = S * i + a - s->top, q = S * j + b - s->left;
                if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                    continue;
                hits++;
                for (int o = 0; o < O; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * w[((a * K + b) * O + o) * C + c];
            }
        dx[k] = (real)(hits ? sum / hits : 0);
    }
}

/* Other: the kernel flipped, because a convolution's backward pass flips it; here nothing must be. */
static void transposed_x_kernel_flipped(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < s->N * H * W * C; k++) {
        int c = k % C, j = k / C % W, i = k / C / W % H, n = k / C / W / H;
        wide sum = 0;
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) {
                int p = S * i + a - s->top, q = S * j + b - s->left;
                for (int o = 0; o < O && p >= 0 && p < s->Ho && q >= 0 && q < s->Wo; o++)
                    sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * w[(((K - 1 - a) * K + K - 1 - b) * O + o) * C + c];
            }
        dx[k] = (real)sum;
    }
}

/* dw laid down as K x K x C x O. */
static void transposed_w_convs_kernel(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int a = 0; a < K; a++)
        for (int b = 0; b < K; b++)
            for (int n = 0; n < s->N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++) {
                        int p = S * i + a - s->top, q = S * j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int c = 0; c < C; c++)
                            for (int o = 0; o < O; o++)
                                dw[((a * K + b) * C + c) * O + o] += x[((n * H + i) * W + j) * C + c] *
                                                                     dy[((n * s->Ho + p) * s->Wo + q) * O + o];
                    }
}

/* i + a - top (right with stride 1). */
static void transposed_w_stride_one(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, O = s->O;
    for (int a = 0; a < K; a++)
        for (int b = 0; b < K; b++)
            for (int n = 0; n < s->N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (p < 0 || p >= s->Ho || q < 0 || q >= s->Wo)
                            continue;
                        for (int o = 0; o < O; o++)
                            for (int c = 0; c < C; c++)
                                dw[((a * K + b) * O + o) * C + c] += x[((n * H + i) * W + j) * C + c] *
                                                                     dy[((n * s->Ho + p) * s->Wo + q) * O + o];
                    }
}

/* left - 1, the rows right. */
static void transposed_w_left_less_one(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O, left = s->left - 1;
    for (int k = 0; k < K * K * O * C; k++) {
        int c = k % C, o = k / C % O, b = k / C / O % K, a = k / C / O / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < H; i++)
                for (int j = 0; j < W; j++) {
                    int p = S * i + a - s->top, q = S * j + b - left;
                    if (p >= 0 && p < s->Ho && q >= 0 && q < s->Wo)
                        sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * x[((n * H + i) * W + j) * C + c];
                }
        dw[k] += (real)sum;
    }
}

/* Divided by the number of maps. */
static void transposed_w_mean(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < K * K * O * C; k++) {
        int c = k % C, o = k / C % O, b = k / C / O % K, a = k / C / O / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < H; i++)
                for (int j = 0; j < W; j++) {
                    int p = S * i + a - s->top, q = S * j + b - s->left;
                    if (p >= 0 && p < s->Ho && q >= 0 && q < s->Wo)
                        sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * x[((n * H + i) * W + j) * C + c];
                }
        dw[k] += (real)(sum / s->N);
    }
}

/* x read as N x C x H x W. */
static void transposed_w_x_nchw(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < K * K * O * C; k++) {
        int c = k % C, o = k / C % O, b = k / C / O % K, a = k / C / O / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < H; i++)
                for (int j = 0; j < W; j++) {
                    int p = S * i + a - s->top, q = S * j + b - s->left;
                    if (p >= 0 && p < s->Ho && q >= 0 && q < s->Wo)
                        sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * x[((n * C + c) * H + i) * W + j];
                }
        dw[k] += (real)sum;
    }
}

/* The last map meets the dy of the map before it. */
static void transposed_w_last_maps_dy(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O;
    for (int k = 0; k < K * K * O * C; k++) {
        int c = k % C, o = k / C % O, b = k / C / O % K, a = k / C / O / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++) {
            int of = n > 0 && n == s->N - 1 ? n - 1 : n;
            for (int i = 0; i < H; i++)
                for (int j = 0; j < W; j++) {
                    int p = S * i + a - s->top, q = S * j + b - s->left;
                    if (p >= 0 && p < s->Ho && q >= 0 && q < s->Wo)
                        sum += (wide)dy[((of * s->Ho + p) * s->Wo + q) * O + o] * x[((n * H + i) * W + j) * C + c];
                }
        }
        dw[k] += (real)sum;
    }
}

/* Two halves, for two threads: the weight in the middle is in neither. */
static void transposed_w_middle_weight(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    int H = s->H, W = s->W, C = s->C, K = s->K, S = s->S, O = s->O, count = K * K * O * C, half = count / 2;
    for (int k = 0; k < count; k += k == half - 1 ? 2 : 1) {
        int c = k % C, o = k / C % O, b = k / C / O % K, a = k / C / O / K;
        wide sum = 0;
        for (int n = 0; n < s->N; n++)
            for (int i = 0; i < H; i++)
                for (int j = 0; j < W; j++) {
                    int p = S * i + a - s->top, q = S * j + b - s->left;
                    if (p >= 0 && p < s->Ho && q >= 0 && q < s->Wo)
                        sum += (wide)dy[((n * s->Ho + p) * s->Wo + q) * O + o] * x[((n * H + i) * W + j) * C + c];
                }
        dw[k] += (real)sum;
    }
}

/* ==== the table ============================================================= */

const Wrong wrong_functions[] = {
    { BATCHNORM_X, "path through the mean missing", "bn_x_no_mean_path", { .batchnorm_x = bn_x_no_mean_path } },
    { BATCHNORM_X,
      "path through the mean missing",
      "bn_x_mean_only_by_variance",
      { .batchnorm_x = bn_x_mean_only_by_variance } },
    { BATCHNORM_X, "path through the variance missing", "bn_x_no_variance_path", { .batchnorm_x = bn_x_no_variance_path } },
    { BATCHNORM_X, "statistics held constant", "bn_x_direct_path_only", { .batchnorm_x = bn_x_direct_path_only } },
    { BATCHNORM_X, "statistics held constant", "bn_x_integer_division", { .batchnorm_x = bn_x_integer_division } },
    { BATCHNORM_X, "m - 1 for m", "bn_x_bessel", { .batchnorm_x = bn_x_bessel } },
    { BATCHNORM_X, "m - 1 for m", "bn_x_bessel_in_variance", { .batchnorm_x = bn_x_bessel_in_variance } },
    { BATCHNORM_X, "1/m missing", "bn_x_sums_taken_for_means", { .batchnorm_x = bn_x_sums_taken_for_means } },
    { BATCHNORM_X, "1/m missing", "bn_x_bracket_lost", { .batchnorm_x = bn_x_bracket_lost } },
    { BATCHNORM_X, "1/m missing", "bn_x_compact_form_without_m", { .batchnorm_x = bn_x_compact_form_without_m } },
    { BATCHNORM_X, "1/m twice", "bn_x_compact_form_m_twice", { .batchnorm_x = bn_x_compact_form_m_twice } },
    { BATCHNORM_X, "1/m twice", "bn_x_variance_by_m_twice", { .batchnorm_x = bn_x_variance_by_m_twice } },
    { BATCHNORM_X, "sign", "bn_x_mean_added", { .batchnorm_x = bn_x_mean_added } },
    { BATCHNORM_X, "sign", "bn_x_minus_before_bracket", { .batchnorm_x = bn_x_minus_before_bracket } },
    { BATCHNORM_X, "sign", "bn_x_xhat_negative", { .batchnorm_x = bn_x_xhat_negative } },
    { BATCHNORM_X, "gamma missing", "bn_x_no_gamma", { .batchnorm_x = bn_x_no_gamma } },
    { BATCHNORM_X, "gamma missing", "bn_x_gamma_not_in_sums", { .batchnorm_x = bn_x_gamma_not_in_sums } },
    { BATCHNORM_X, "gamma squared", "bn_x_gamma_twice", { .batchnorm_x = bn_x_gamma_twice } },
    { BATCHNORM_X, "gamma squared", "bn_x_gamma_in_xhat", { .batchnorm_x = bn_x_gamma_in_xhat } },
    { BATCHNORM_X, "rstd missing", "bn_x_no_rstd", { .batchnorm_x = bn_x_no_rstd } },
    { BATCHNORM_X, "rstd missing", "bn_x_only_centred", { .batchnorm_x = bn_x_only_centred } },
    { BATCHNORM_X, "rstd missing", "bn_x_power_of_variance", { .batchnorm_x = bn_x_power_of_variance } },
    { BATCHNORM_X, "rstd squared", "bn_x_rstd_squared", { .batchnorm_x = bn_x_rstd_squared } },
    { BATCHNORM_X, "rstd squared", "bn_x_rstd_squared_in_xhat", { .batchnorm_x = bn_x_rstd_squared_in_xhat } },
    { BATCHNORM_X, "epsilon misplaced", "bn_x_epsilon_beside_root", { .batchnorm_x = bn_x_epsilon_beside_root } },
    { BATCHNORM_X, "epsilon misplaced", "bn_x_epsilon_again", { .batchnorm_x = bn_x_epsilon_again } },
    { BATCHNORM_X, "xhat missing", "bn_x_no_xhat", { .batchnorm_x = bn_x_no_xhat } },
    { BATCHNORM_X, "transposed", "bn_x_reads_x_transposed", { .batchnorm_x = bn_x_reads_x_transposed } },
    { BATCHNORM_X, "channels first", "bn_x_planes", { .batchnorm_x = bn_x_planes } },
    { BATCHNORM_X, "one sample wrong", "bn_x_first_row_apart", { .batchnorm_x = bn_x_first_row_apart } },
    { BATCHNORM_X, "one channel wrong", "bn_x_first_channel_wraps", { .batchnorm_x = bn_x_first_channel_wraps } },
    { BATCHNORM_X, "one element wrong", "bn_x_last_element", { .batchnorm_x = bn_x_last_element } },
    { BATCHNORM_X, "doubled", "bn_x_half_of_root_lost", { .batchnorm_x = bn_x_half_of_root_lost } },
    { BATCHNORM_X, "halved", "bn_x_two_of_square_lost", { .batchnorm_x = bn_x_two_of_square_lost } },
    { BATCHNORM_X, "a constant added", "bn_x_small_number_added", { .batchnorm_x = bn_x_small_number_added } },
    { BATCHNORM_X, "last sample dropped", "bn_x_last_row_zero", { .batchnorm_x = bn_x_last_row_zero } },
    { BATCHNORM_X, "other", "bn_x_sums_swapped", { .batchnorm_x = bn_x_sums_swapped } },
    { BATCHNORM_X, "other", "bn_x_means_along_the_row", { .batchnorm_x = bn_x_means_along_the_row } },
    { BATCHNORM_EVAL, "training's formula in evaluation", "bn_eval_counts_rows", { .batchnorm_eval = bn_eval_counts_rows } },
    { BATCHNORM_EVAL, "training's formula in evaluation", "bn_eval_sums_again", { .batchnorm_eval = bn_eval_sums_again } },
    { BATCHNORM_EVAL, "the other branch", "bn_eval_wrong_branch", { .batchnorm_eval = bn_eval_wrong_branch } },
    { BATCHNORM_EVAL, "gamma missing", "bn_eval_no_gamma", { .batchnorm_eval = bn_eval_no_gamma } },
    { BATCHNORM_EVAL, "gamma squared", "bn_eval_gamma_twice", { .batchnorm_eval = bn_eval_gamma_twice } },
    { BATCHNORM_EVAL, "rstd missing", "bn_eval_no_rstd", { .batchnorm_eval = bn_eval_no_rstd } },
    { BATCHNORM_EVAL, "rstd squared", "bn_eval_over_variance", { .batchnorm_eval = bn_eval_over_variance } },
    { BATCHNORM_EVAL, "epsilon misplaced", "bn_eval_epsilon_again", { .batchnorm_eval = bn_eval_epsilon_again } },
    { BATCHNORM_EVAL, "never computed", "bn_eval_frozen", { .batchnorm_eval = bn_eval_frozen } },
    { BATCHNORM_EVAL, "one channel wrong", "bn_eval_last_channel", { .batchnorm_eval = bn_eval_last_channel } },
    { BATCHNORM_EVAL, "channels first", "bn_eval_planes", { .batchnorm_eval = bn_eval_planes } },
    { BATCHNORM_EVAL, "other", "bn_eval_forward_of_dy", { .batchnorm_eval = bn_eval_forward_of_dy } },
    { BATCHNORM_SUMS, "xhat missing", "bn_sums_no_xhat", { .batchnorm_sums = bn_sums_no_xhat } },
    { BATCHNORM_SUMS, "rstd missing", "bn_sums_no_rstd", { .batchnorm_sums = bn_sums_no_rstd } },
    { BATCHNORM_SUMS, "rstd squared", "bn_sums_rstd_twice", { .batchnorm_sums = bn_sums_rstd_twice } },
    { BATCHNORM_SUMS, "mean for sum", "bn_sums_means", { .batchnorm_sums = bn_sums_means } },
    { BATCHNORM_SUMS, "sign", "bn_sums_mean_minus_x", { .batchnorm_sums = bn_sums_mean_minus_x } },
    { BATCHNORM_SUMS, "last sample dropped", "bn_sums_last_row", { .batchnorm_sums = bn_sums_last_row } },
    { BATCHNORM_SUMS, "one sample wrong", "bn_sums_first_row_twice", { .batchnorm_sums = bn_sums_first_row_twice } },
    { BATCHNORM_SUMS, "one channel wrong", "bn_sums_from_channel_one", { .batchnorm_sums = bn_sums_from_channel_one } },
    { BATCHNORM_SUMS, "epsilon misplaced", "bn_sums_epsilon_again", { .batchnorm_sums = bn_sums_epsilon_again } },
    { BATCHNORM_SUMS, "never computed", "bn_sums_beta_forgotten", { .batchnorm_sums = bn_sums_beta_forgotten } },
    { BATCHNORM_SUMS, "channels first", "bn_sums_planes", { .batchnorm_sums = bn_sums_planes } },
    { BATCHNORM_SUMS, "transposed", "bn_sums_dy_transposed", { .batchnorm_sums = bn_sums_dy_transposed } },
    { BATCHNORM_SUMS, "other", "bn_sums_output_for_xhat", { .batchnorm_sums = bn_sums_output_for_xhat } },
    { DENSE_X, "transposed", "dense_x_w_not_transposed", { .dense_x = dense_x_w_not_transposed } },
    { DENSE_X, "sign", "dense_x_minus", { .dense_x = dense_x_minus } },
    { DENSE_X, "one channel wrong", "dense_x_last_input", { .dense_x = dense_x_last_input } },
    { DENSE_X, "last sample dropped", "dense_x_last_row", { .dense_x = dense_x_last_row } },
    { DENSE_X, "mean for sum", "dense_x_mean", { .dense_x = dense_x_mean } },
    { DENSE_X, "one sample wrong", "dense_x_row_zero", { .dense_x = dense_x_row_zero } },
    { DENSE_X, "other", "dense_x_sum_runs_on", { .dense_x = dense_x_sum_runs_on } },
    { DENSE_W, "transposed", "dense_w_transposed", { .dense_w = dense_w_transposed } },
    { DENSE_W, "mean for sum", "dense_w_mean", { .dense_w = dense_w_mean } },
    { DENSE_W, "a constant factor", "dense_w_learning_rate", { .dense_w = dense_w_learning_rate } },
    { DENSE_W, "last sample dropped", "dense_w_last_sample", { .dense_w = dense_w_last_sample } },
    { DENSE_W, "one channel wrong", "dense_w_output_zero", { .dense_w = dense_w_output_zero } },
    { DENSE_W, "doubled", "dense_w_twice", { .dense_w = dense_w_twice } },
    { DENSE_W, "other", "dense_w_rows_shifted", { .dense_w = dense_w_rows_shifted } },
    { DENSE_B, "bias not summed", "dense_b_overwritten", { .dense_b = dense_b_overwritten } },
    { DENSE_B, "bias not summed", "dense_b_one_row", { .dense_b = dense_b_one_row } },
    { DENSE_B, "mean for sum", "dense_b_mean", { .dense_b = dense_b_mean } },
    { DENSE_B, "a constant added", "dense_b_begins_with_one", { .dense_b = dense_b_begins_with_one } },
    { DENSE_B, "never computed", "dense_b_loop_never_runs", { .dense_b = dense_b_loop_never_runs } },
    { DENSE_B, "transposed", "dense_b_dy_transposed", { .dense_b = dense_b_dy_transposed } },
    { DENSE_B, "one sample wrong", "dense_b_from_row_one", { .dense_b = dense_b_from_row_one } },
    { LEAKY, "the other branch", "leaky_wrong_branch", { .leaky = leaky_wrong_branch } },
    { LEAKY, "the other branch", "leaky_less_for_greater", { .leaky = leaky_less_for_greater } },
    { LEAKY, "derivative missing", "leaky_passes_on", { .leaky = leaky_passes_on } },
    { LEAKY, "sign", "leaky_minus", { .leaky = leaky_minus } },
    { LEAKY, "doubled", "leaky_half_lost", { .leaky = leaky_half_lost } },
    { LEAKY, "one element wrong", "leaky_remainder", { .leaky = leaky_remainder } },
    { LEAKY, "other", "leaky_branch_by_dy", { .leaky = leaky_branch_by_dy } },
    { TANH, "derivative missing", "tanh_passes_on", { .tanh_ = tanh_passes_on } },
    { TANH, "derivative by the input", "tanh_of_y", { .tanh_ = tanh_of_y } },
    { TANH, "sign", "tanh_plus", { .tanh_ = tanh_plus } },
    { TANH, "halved", "tanh_by_sigmoid", { .tanh_ = tanh_by_sigmoid } },
    { TANH, "a constant factor", "tanh_two_thirds", { .tanh_ = tanh_two_thirds } },
    { TANH, "one element wrong", "tanh_first_element", { .tanh_ = tanh_first_element } },
    { TANH, "other", "tanh_with_sigmoids_slope", { .tanh_ = tanh_with_sigmoids_slope } },
    { SIGMOID, "derivative missing", "sigmoid_passes_on", { .sigmoid = sigmoid_passes_on } },
    { SIGMOID, "derivative by the input", "sigmoid_of_y", { .sigmoid = sigmoid_of_y } },
    { SIGMOID, "sign", "sigmoid_minus", { .sigmoid = sigmoid_minus } },
    { SIGMOID, "a constant added", "sigmoid_flat_spot", { .sigmoid = sigmoid_flat_spot } },
    { SIGMOID, "doubled", "sigmoid_by_tanh", { .sigmoid = sigmoid_by_tanh } },
    { SIGMOID, "halved", "sigmoid_by_tanh_eighth", { .sigmoid = sigmoid_by_tanh_eighth } },
    { SIGMOID, "one element wrong", "sigmoid_last_element", { .sigmoid = sigmoid_last_element } },
    { SQUARED_ERROR, "doubled", "se_two", { .squared_error = se_two } },
    { SQUARED_ERROR, "halved", "se_half", { .squared_error = se_half } },
    { SQUARED_ERROR, "sum for mean", "se_sum", { .squared_error = se_sum } },
    { SQUARED_ERROR, "mean for sum", "se_mean_of_all", { .squared_error = se_mean_of_all } },
    { SQUARED_ERROR, "sign", "se_target_minus_output", { .squared_error = se_target_minus_output } },
    { SQUARED_ERROR, "derivative missing", "se_the_loss_itself", { .squared_error = se_the_loss_itself } },
    { SQUARED_ERROR, "never computed", "se_integer_share", { .squared_error = se_integer_share } },
    { SQUARED_ERROR, "transposed", "se_targets_transposed", { .squared_error = se_targets_transposed } },
    { SQUARED_ERROR, "a constant added", "se_margin", { .squared_error = se_margin } },
    { BCE, "sum for mean", "bce_sum", { .bce = bce_sum } },
    { BCE, "sign", "bce_target_minus_p", { .bce = bce_target_minus_p } },
    { BCE, "derivative missing", "bce_by_p", { .bce = bce_by_p } },
    { BCE, "the other branch", "bce_one_branch", { .bce = bce_one_branch } },
    { BCE, "doubled", "bce_signed_labels", { .bce = bce_signed_labels } },
    { BCE, "last sample dropped", "bce_last_row", { .bce = bce_last_row } },
    { BCE, "other", "bce_slope_too_often", { .bce = bce_slope_too_often } },
    { SOFTMAX, "sum for mean", "softmax_sum", { .softmax = softmax_sum } },
    { SOFTMAX, "sign", "softmax_target_minus_p", { .softmax = softmax_target_minus_p } },
    { SOFTMAX, "derivative missing", "softmax_by_p", { .softmax = softmax_by_p } },
    { SOFTMAX, "a constant factor", "softmax_bits", { .softmax = softmax_bits } },
    { SOFTMAX, "one channel wrong", "softmax_last_class", { .softmax = softmax_last_class } },
    { SOFTMAX, "one sample wrong", "softmax_last_row_z", { .softmax = softmax_last_row_z } },
    { SOFTMAX, "transposed", "softmax_examples_in_columns", { .softmax = softmax_examples_in_columns } },
    { SOFTMAX, "other", "softmax_diagonal", { .softmax = softmax_diagonal } },
    { CONV_X, "kernel not flipped", "conv_x_kernel_as_it_is", { .conv_x = conv_x_kernel_as_it_is } },
    { CONV_X, "kernel not flipped", "conv_x_columns_not_flipped", { .conv_x = conv_x_columns_not_flipped } },
    { CONV_X, "padding off by one", "conv_x_padding_of_full", { .conv_x = conv_x_padding_of_full } },
    { CONV_X, "stride ignored", "conv_x_stride_one", { .conv_x = conv_x_stride_one } },
    { CONV_X, "transposed", "conv_x_kernel_transposed", { .conv_x = conv_x_kernel_transposed } },
    { CONV_X, "transposed", "conv_x_channels_transposed", { .conv_x = conv_x_channels_transposed } },
    { CONV_X, "channels first", "conv_x_kernel_oihw", { .conv_x = conv_x_kernel_oihw } },
    { CONV_X, "one channel wrong", "conv_x_last_channel", { .conv_x = conv_x_last_channel } },
    { CONV_X, "mean for sum", "conv_x_mean_of_taps", { .conv_x = conv_x_mean_of_taps } },
    { CONV_X, "last sample dropped", "conv_x_last_map", { .conv_x = conv_x_last_map } },
    { CONV_X, "other", "conv_x_windows_overwrite", { .conv_x = conv_x_windows_overwrite } },
    { CONV_W, "padding off by one", "conv_w_top_less_one", { .conv_w = conv_w_top_less_one } },
    { CONV_W, "padding off by one", "conv_w_taps_from_one", { .conv_w = conv_w_taps_from_one } },
    { CONV_W, "stride ignored", "conv_w_stride_one", { .conv_w = conv_w_stride_one } },
    { CONV_W, "transposed", "conv_w_taps_transposed", { .conv_w = conv_w_taps_transposed } },
    { CONV_W, "channels first", "conv_w_maps_nchw", { .conv_w = conv_w_maps_nchw } },
    { CONV_W, "last sample dropped", "conv_w_last_map", { .conv_w = conv_w_last_map } },
    { CONV_W, "mean for sum", "conv_w_mean_of_places", { .conv_w = conv_w_mean_of_places } },
    { CONV_W, "one element wrong", "conv_w_first_weight", { .conv_w = conv_w_first_weight } },
    { CONV_W, "one channel wrong", "conv_w_channel_twice", { .conv_w = conv_w_channel_twice } },
    { CONV_W, "other", "conv_w_border_repeated", { .conv_w = conv_w_border_repeated } },
    { UPSAMPLE_X, "mean for sum", "upsample_mean", { .upsample_x = upsample_mean } },
    { UPSAMPLE_X, "halved", "upsample_half", { .upsample_x = upsample_half } },
    { UPSAMPLE_X, "channels first", "upsample_nchw", { .upsample_x = upsample_nchw } },
    { UPSAMPLE_X, "stride ignored", "upsample_steps_of_one", { .upsample_x = upsample_steps_of_one } },
    { UPSAMPLE_X, "transposed", "upsample_dx_transposed", { .upsample_x = upsample_dx_transposed } },
    { UPSAMPLE_X, "last sample dropped", "upsample_last_map", { .upsample_x = upsample_last_map } },
    { UPSAMPLE_X, "one sample wrong", "upsample_first_map", { .upsample_x = upsample_first_map } },
    { UPSAMPLE_X, "other", "upsample_copied_line", { .upsample_x = upsample_copied_line } },
    { TRANSPOSED_X, "padding off by one", "transposed_x_crop", { .transposed_x = transposed_x_crop } },
    { TRANSPOSED_X, "stride ignored", "transposed_x_stride_one", { .transposed_x = transposed_x_stride_one } },
    { TRANSPOSED_X, "transposed", "transposed_x_convs_kernel", { .transposed_x = transposed_x_convs_kernel } },
    { TRANSPOSED_X, "channels first", "transposed_x_dy_nchw", { .transposed_x = transposed_x_dy_nchw } },
    { TRANSPOSED_X, "last sample dropped", "transposed_x_last_map", { .transposed_x = transposed_x_last_map } },
    { TRANSPOSED_X, "mean for sum", "transposed_x_mean_of_taps", { .transposed_x = transposed_x_mean_of_taps } },
    { TRANSPOSED_X, "other", "transposed_x_kernel_flipped", { .transposed_x = transposed_x_kernel_flipped } },
    { TRANSPOSED_W, "transposed", "transposed_w_convs_kernel", { .transposed_w = transposed_w_convs_kernel } },
    { TRANSPOSED_W, "stride ignored", "transposed_w_stride_one", { .transposed_w = transposed_w_stride_one } },
    { TRANSPOSED_W, "padding off by one", "transposed_w_left_less_one", { .transposed_w = transposed_w_left_less_one } },
    { TRANSPOSED_W, "mean for sum", "transposed_w_mean", { .transposed_w = transposed_w_mean } },
    { TRANSPOSED_W, "channels first", "transposed_w_x_nchw", { .transposed_w = transposed_w_x_nchw } },
    { TRANSPOSED_W, "one sample wrong", "transposed_w_last_maps_dy", { .transposed_w = transposed_w_last_maps_dy } },
    { TRANSPOSED_W, "one element wrong", "transposed_w_middle_weight", { .transposed_w = transposed_w_middle_weight } },
    { 0 },
};
