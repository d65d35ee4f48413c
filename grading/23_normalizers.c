#include "23_groupnorm.h"

#include "01_memory.h"
#include "01_sum.h"
#include "23_spectral.h"
#include "task.h"

/* ---- group norm ---------------------------------------------------------------------------- */

enum { N, P, C, G }; /* places in Call.size */
static const int shapes[][4] = { { 1, 1, 4, 1 }, { 3, 1, 6, 2 }, { 2, 4, 3, 3 }, { 4, 2, 6, 1 },
                                 { 2, 3, 4, 2 }, { 5, 1, 4, 1 }, { 1, 6, 2, 1 } };
static const double x0[] = { 0, 0, 2, 2 }, gamma0[] = { 1, 1, 1, 1 }, dy0[] = { 1, 0, 0, 0 };

static GroupNorm norm_of(Call *c)
{
    return (
        GroupNorm){ c->size[N], c->size[P], c->size[C], c->size[G], AT("x"), AT("mean"), AT("rstd"), AT("gamma"), AT("beta") };
}

static void derive_statistics(Call *c)
{
    groupnorm_statistics(AT("mean"), AT("rstd"), AT("x"), c->size[N], c->size[P], c->size[C], c->size[G], 1e-5);
}

static void prepare_group(Call *c, int which, Random *r)
{
    for (int k = 0; k < 4; k++)
        c->size[k] = shapes[which % 7][k];
    Shape x = table(c->size[N] * c->size[P], c->size[C]), of_groups = table(c->size[N], c->size[G]);
    if (which == 0) {
        call_numbers(c, "x", READS, x, x0), call_numbers(c, "gamma", READS, vector(4), gamma0);
        call_numbers(c, "dy", READS, x, dy0);
    } else {
        call_array(c, "x", READS, x, r), call_array(c, "gamma", READS, vector(c->size[C]), r);
        call_array(c, "dy", READS, x, r);
    }
    call_array(c, "beta", READS, vector(c->size[C]), NULL);
    call_array(c, "mean", READS, of_groups, NULL), call_array(c, "rstd", READS, of_groups, NULL);
    derive_statistics(c);
    call_array(c, "dx", WRITES, x, NULL);
}
static void run_group(Call *c)
{
    GroupNorm n = norm_of(c);
    groupnorm_backward_x(AT("dx"), AT("dy"), &n);
}
static double loss_group(Call *c)
{
    size_t size = call_count(array_of(c, "x"));
    real *y = memory_get(size * sizeof *y);
    derive_statistics(c);
    GroupNorm n = norm_of(c);
    groupnorm_forward(y, &n);
    double L = (double)dot(AT("dy"), y, size);
    memory_release(y);
    return L;
}
static int terms_group(void *call, int array, Term *term)
{
    Call *c = call;
    derive_statistics(c);
    GroupNorm n = norm_of(c);
    (void)array;
    term[0].name = "direct", term[1].name = "path through the mean", term[2].name = "path through the variance";
    groupnorm_backward_paths(term[0].value, term[1].value, term[2].value, AT("dy"), &n);
    return 3;
}

/* ---- spectral norm ----------------------------------------------------------------------------- */

static const int rows[] = { 2, 3, 5, 4, 1, 6, 2 }, columns[] = { 2, 4, 3, 4, 3, 2, 7 };
static const double W0[] = { 3, 0, 0, 2 }, u0[] = { 0.6, 0.8 }, v0[] = { 1, 0 }, dN0[] = { 1, 2, 3, 4 };

static void to_unit(real *x, int n)
{
    double length = sqrt((double)dot(x, x, (size_t)n));
    for (int i = 0; i < n; i++)
        x[i] = (real)((double)x[i] / length);
}

static void prepare_matrix(Call *c, int which, Random *r)
{
    int m = c->size[0] = rows[which % 7], n = c->size[1] = columns[which % 7];
    if (which == 0)
        call_numbers(c, "W", READS, table(m, n), W0);
    else
        call_array(c, "W", READS, table(m, n), r);
}
static void prepare_power(Call *c, int which, Random *r)
{
    prepare_matrix(c, which, r);
    real *u = which == 0 ? call_numbers(c, "u", CHANGES, vector(2), u0) : call_array(c, "u", CHANGES, vector(c->size[0]), r);
    to_unit(u, c->size[0]);
    call_array(c, "v", WRITES, vector(c->size[1]), NULL);
}
static void run_power(Call *c) { power_iteration(AT("u"), AT("v"), AT("W"), c->size[0], c->size[1]); }

static void prepare_spectral(Call *c, int which, Random *r)
{
    prepare_matrix(c, which, r);
    int m = c->size[0], n = c->size[1];
    if (which == 0) {
        call_numbers(c, "u", READS, vector(2), u0), call_numbers(c, "v", READS, vector(2), v0);
        call_numbers(c, "dN", READS, table(2, 2), dN0);
    } else {
        to_unit(call_array(c, "u", READS, vector(m), r), m), to_unit(call_array(c, "v", READS, vector(n), r), n);
        call_array(c, "dN", READS, table(m, n), r);
    }
    call_array(c, "dW", CHANGES, table(m, n), r);
}
static void run_spectral(Call *c) { spectral_backward(AT("dW"), AT("dN"), AT("W"), AT("u"), AT("v"), c->size[0], c->size[1]); }
static double sigma_of(Call *c) { return spectral_sigma(AT("u"), AT("v"), AT("W"), c->size[0], c->size[1]); }
static double loss_spectral(Call *c) { return (double)dot(AT("dN"), AT("W"), call_count(array_of(c, "W"))) / sigma_of(c); }
static int terms_spectral(void *call, int array, Term *term)
{
    Call *c = call;
    double sigma = sigma_of(c), along = loss_spectral(c);
    (void)array;
    term[0].name = "dN/sigma", term[1].name = "path through sigma";
    for (int i = 0; i < c->size[0]; i++)
        for (int j = 0; j < c->size[1]; j++) {
            int k = i * c->size[1] + j;
            term[0].value[k] = (double)AT("dN")[k] / sigma;
            term[1].value[k] = -along * (double)AT("u")[i] * (double)AT("v")[j] / sigma;
        }
    return 2;
}

static const Gradient of_group = { loss_group, derive_statistics, { "x" }, { "dx" }, "dy", terms_group, false };
static const Gradient of_spectral = { loss_spectral, NULL, { "W" }, { "dW" }, "dN", terms_spectral, false };

const Task tasks_23[] = {
    { "23_groupnorm", "groupnorm_backward_x", 3,
      "With dxhat = gamma dy, and sums over a group's m numbers: dx = rstd (dxhat - sum dxhat/m - xhat sum (dxhat xhat)/m). FOR_GROUP visits them, at() "
      "and xhat_of() say where they are and what xhat is.",
      "\"One example at a time\" in chapter 23: gamma differs within a group, so it goes in before the sums are taken.",
      prepare_group, run_group, &of_group },
    { "23_spectral", "power_iteration", 2,
      "v = W^T u, and then v/|v|; u = W v, and then u/|u|. W is R x C, row by row; to_unit divides by the length, product_with is <row, v>.",
      "\"Spectral norm\" in chapter 23: W^T u is the sum of W's rows, each times its u_i.", prepare_power, run_power, NULL },
    { "23_spectral", "spectral_backward", 2,
      "dW += (dN - <dN, N> u v^T)/sigma with N = W/sigma, sigma = u^T W v (spectral_sigma).",
      "\"Spectral norm\" in chapter 23: the quotient rule; the derivative of sigma by W_ij is u_i v_j.", prepare_spectral,
      run_spectral, &of_spectral },
    { 0 },
};
