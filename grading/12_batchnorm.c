#include "12_batchnorm.h"

#include "01_memory.h"
#include "01_sum.h"
#include "12_paths.h"
#include "task.h"

/* ---- what the functions are handed ---------------------------------------------------------- */

enum { R, C }; /* places in Call.size */
static const int rows[] = { 4, 6, 3, 32, 5, 2, 17 }, columns[] = { 1, 4, 1, 2, 3, 5, 4 };
static const double by_hand[] = { 0, 0, 2, 2 }, one[] = { 1 }, zero[] = { 0 }, dy_by_hand[] = { 1, 0, 0, 0 };

static BatchNorm norm_of(Call *c)
{
    return (BatchNorm){ .R = c->size[R],
                        .C = c->size[C],
                        .x = AT("x"),
                        .mean = AT("mean"),
                        .rstd = AT("rstd"),
                        .gamma = AT("gamma"),
                        .beta = AT("beta") };
}

static void prepare_x(Call *c, int which, Random *r)
{
    c->size[R] = rows[which % 7], c->size[C] = columns[which % 7];
    if (which == 0)
        call_numbers(c, "x", READS, table(4, 1), by_hand);
    else
        call_array(c, "x", READS, table(c->size[R], c->size[C]), r);
}

static void prepare_parameters(Call *c, int which, Random *r)
{
    Shape shape = vector(c->size[C]);
    call_array(c, "mean", READS, shape, NULL), call_array(c, "rstd", READS, shape, NULL);
    if (which == 0)
        call_numbers(c, "gamma", READS, shape, one), call_numbers(c, "beta", READS, shape, zero);
    else
        call_array(c, "gamma", READS, shape, r), call_array(c, "beta", READS, shape, r);
}

/* The mean and rstd of x, as they stand in training; eps is 0. */
static void derive_statistics(Call *c)
{
    batchnorm_mean(AT("mean"), AT("x"), c->size[R], c->size[C], c->size[R]);
    batchnorm_var(AT("rstd"), AT("x"), AT("mean"), c->size[R], c->size[C], c->size[R]);
    for (int j = 0; j < c->size[C]; j++)
        AT("rstd")[j] = 1 / sqrt(AT("rstd")[j]);
}

static double loss(Call *c)
{
    size_t n = call_count(array_of(c, "x"));
    real *y = memory_get(n * sizeof *y);
    derive_statistics(c);
    BatchNorm b = norm_of(c);
    batchnorm_forward(y, &b);
    double L = (double)dot(AT("dy"), y, n);
    memory_release(y);
    return L;
}

/* ---- the statistics --------------------------------------------------------------------------- */

static void prepare_mean(Call *c, int which, Random *r)
{
    prepare_x(c, which, r);
    call_array(c, "mean", WRITES, vector(c->size[C]), NULL);
}
static void run_mean(Call *c) { batchnorm_mean(AT("mean"), AT("x"), c->size[R], c->size[C], c->size[R]); }

static void prepare_var(Call *c, int which, Random *r)
{
    prepare_x(c, which, r);
    batchnorm_mean(call_array(c, "mean", READS, vector(c->size[C]), NULL), AT("x"), c->size[R], c->size[C], c->size[R]);
    call_array(c, "var", WRITES, vector(c->size[C]), NULL);
}
static void run_var(Call *c) { batchnorm_var(AT("var"), AT("x"), AT("mean"), c->size[R], c->size[C], c->size[R]); }

/* ---- forward ------------------------------------------------------------------------------------ */

static void prepare_forward(Call *c, int which, Random *r)
{
    prepare_x(c, which, r);
    prepare_parameters(c, which, r);
    derive_statistics(c);
    call_array(c, "y", WRITES, array_of(c, "x")->shape, NULL);
}
static void run_forward(Call *c)
{
    BatchNorm b = norm_of(c);
    batchnorm_forward(AT("y"), &b);
}

/* ---- backward ------------------------------------------------------------------------------------- */

static void prepare_dy(Call *c, int which, Random *r)
{
    prepare_x(c, which, r);
    prepare_parameters(c, which, r);
    derive_statistics(c);
    if (which == 0)
        call_numbers(c, "dy", READS, array_of(c, "x")->shape, dy_by_hand);
    else
        call_array(c, "dy", READS, array_of(c, "x")->shape, r);
}

static void prepare_sums(Call *c, int which, Random *r)
{
    prepare_dy(c, which, r);
    call_array(c, "dgamma", WRITES, vector(c->size[C]), NULL), call_array(c, "dbeta", WRITES, vector(c->size[C]), NULL);
}
static void run_sums(Call *c)
{
    BatchNorm b = norm_of(c);
    batchnorm_backward_sums(AT("dgamma"), AT("dbeta"), AT("dy"), &b);
}

static void derive_sums(Call *c)
{
    derive_statistics(c);
    run_sums(c);
}
static void prepare_backward_x(Call *c, int which, Random *r)
{
    prepare_dy(c, which, r);
    call_array(c, "dgamma", READS, vector(c->size[C]), NULL), call_array(c, "dbeta", READS, vector(c->size[C]), NULL);
    derive_sums(c);
    call_array(c, "dx", WRITES, array_of(c, "x")->shape, NULL);
}
static void run_backward_x(Call *c)
{
    BatchNorm b = norm_of(c);
    batchnorm_backward_x(AT("dx"), AT("dy"), AT("dgamma"), AT("dbeta"), c->size[R], &b);
}

static int paths(void *call, int array, Term *term)
{
    Call *c = call;
    if (array != 0)
        return 0;
    derive_statistics(c);
    BatchNorm b = norm_of(c);
    term[0].name = "direct", term[1].name = "path through the mean", term[2].name = "path through the variance";
    BatchNormPaths to = { term[0].value, term[1].value, term[2].value };
    batchnorm_backward_paths(&to, AT("dy"), &b);
    return 3;
}

static const Gradient of_parameters = {
    loss, derive_statistics, { "gamma", "beta" }, { "dgamma", "dbeta" }, "dy", NULL, false
};
static const Gradient of_x = { loss, derive_sums, { "x" }, { "dx" }, "dy", paths, false };

const Task tasks_12[] = {
    { "12_batchnorm", "batchnorm_mean", 1, "mean[j] = 1/m sum over i of x[i][j], for every column j.",
      "\"The idea\" in chapter 12: the mean is taken down a column, over the rows, and m is how many there are.", prepare_mean,
      run_mean, NULL },
    { "12_batchnorm", "batchnorm_var", 1, "var[j] = 1/m sum over i of (x[i][j] - mean[j])^2, for every column j.",
      "\"The idea\" in chapter 12: the mean is given; square the differences from it, not the numbers.", prepare_var, run_var,
      NULL },
    { "12_batchnorm", "batchnorm_forward", 1, "xhat = (x - mean) rstd, then y = gamma xhat + beta, element by element.",
      "\"The idea\" in chapter 12: rstd is already 1/sqrt(var + eps), so it multiplies.", prepare_forward, run_forward, NULL },
    { "12_batchnorm", "batchnorm_backward_sums", 2,
      "dgamma[j] = sum over i of dy xhat, dbeta[j] = sum over i of dy: overwritten, not added to.",
      "\"The backward pass, line by line\" in chapter 12: gamma multiplies xhat in every row, beta is added in every row. What does the chain rule sum "
      "over?",
      prepare_sums, run_sums, &of_parameters },
    { "12_batchnorm", "batchnorm_backward_x", 3, "dx = gamma rstd (dy - dbeta/m - xhat dgamma/m).",
      "\"The backward pass, line by line\" in chapter 12: every x reaches the loss in three ways: by its own xhat, by the mean of its column, and by "
      "its variance. Which of the three does your line have?",
      prepare_backward_x, run_backward_x, &of_x },
    { 0 },
};
