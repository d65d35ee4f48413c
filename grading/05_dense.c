#include "05_dense.h"

#include "01_memory.h"
#include "01_sum.h"
#include "task.h"

enum { N, IN, OUT };
static const int sizes[][3] = { { 2, 2, 1 }, { 5, 4, 3 }, { 1, 3, 2 }, { 4, 1, 6 }, { 7, 2, 5 }, { 3, 3, 3 }, { 2, 6, 4 } };
static const double x0[] = { 1, 2, 3, 4 }, W0[] = { 10, 100 }, b0[] = { 1000 }, dy0[] = { 1, 2 };

static void prepare_x(Call *c, int which, Random *r, const char *names)
{
    const int *s = sizes[which % 7];
    for (int k = 0; k < 3; k++)
        c->size[k] = s[k];
    const struct {
        const char *name;
        Shape shape;
        const double *number;
    } all[] = { { "x", table(s[N], s[IN]), x0 },
                { "W", table(s[IN], s[OUT]), W0 },
                { "b", vector(s[OUT]), b0 },
                { "d", table(s[N], s[OUT]), dy0 } };
    for (int k = 0; k < 4; k++)
        for (const char *n = names; *n; n++)
            if (*n == all[k].name[0] && which == 0)
                call_numbers(c, *n == 'd' ? "dy" : all[k].name, READS, all[k].shape, all[k].number);
            else if (*n == all[k].name[0])
                call_array(c, *n == 'd' ? "dy" : all[k].name, READS, all[k].shape, r);
}

static double loss(Call *c)
{
    size_t n = call_count(array_of(c, "dy"));
    real *y = memory_get(n * sizeof *y);
    dense_forward(y, AT("x"), AT("W"), AT("b"), c->size[N], c->size[IN], c->size[OUT]);
    double L = (double)dot(AT("dy"), y, n);
    memory_release(y);
    return L;
}

static void prepare_forward(Call *c, int which, Random *r)
{
    prepare_x(c, which, r, "xWb");
    call_array(c, "y", WRITES, table(c->size[N], c->size[OUT]), NULL);
}
static void run_forward(Call *c) { dense_forward(AT("y"), AT("x"), AT("W"), AT("b"), c->size[N], c->size[IN], c->size[OUT]); }

static void prepare_dx(Call *c, int which, Random *r)
{
    prepare_x(c, which, r, "xWbd");
    call_array(c, "dx", WRITES, array_of(c, "x")->shape, NULL);
}
static void run_dx(Call *c) { dense_backward_x(AT("dx"), AT("dy"), AT("W"), c->size[N], c->size[IN], c->size[OUT]); }

static void prepare_dW(Call *c, int which, Random *r)
{
    prepare_x(c, which, r, "xWbd");
    call_array(c, "dW", CHANGES, array_of(c, "W")->shape, which ? r : NULL);
}
static void run_dW(Call *c) { dense_backward_W(AT("dW"), AT("x"), AT("dy"), c->size[N], c->size[IN], c->size[OUT]); }

static void prepare_db(Call *c, int which, Random *r)
{
    prepare_x(c, which, r, "xWbd");
    call_array(c, "db", CHANGES, array_of(c, "b")->shape, which ? r : NULL);
}
static void run_db(Call *c) { dense_backward_b(AT("db"), AT("dy"), c->size[N], c->size[OUT]); }

static const Gradient of_x = { loss, NULL, { "x" }, { "dx" }, "dy", NULL, false };
static const Gradient of_W = { loss, NULL, { "W" }, { "dW" }, "dy", NULL, false };
static const Gradient of_b = { loss, NULL, { "b" }, { "db" }, "dy", NULL, false };

const Task tasks_05[] = {
    { "05_dense", "dense_forward", 1, "y = xW + b: one call of gemm_bias, or three loops.",
      "\"The code\" in chapter 5: matrix(x, N, in) is x as a factor of a product.", prepare_forward, run_forward, NULL },
    { "05_dense", "dense_backward_x", 2, "dx = dy W^T, overwritten: gemm with a transposed factor, or loops.",
      "\"The derivation\" in chapter 5: x_ni reaches the loss by every output; sum over those.", prepare_dx, run_dx, &of_x },
    { "05_dense", "dense_backward_W", 2, "dW += x^T dy.",
      "\"The derivation\" in chapter 5: W_ij reaches the loss by every example; sum over those, and add to what dW holds.",
      prepare_dW, run_dW, &of_W },
    { "05_dense", "dense_backward_b", 1, "db += the sum of dy over the batch.",
      "\"The derivation\" in chapter 5: b_j is added in every row.", prepare_db, run_db, &of_b },
    { 0 },
};
