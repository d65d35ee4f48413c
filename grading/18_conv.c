#include "18_conv.h"

#include "01_memory.h"
#include "01_sum.h"
#include "task.h"

enum { N, H, W, C, K, S, O, PAD, HO, WO }; /* places in Call.size */
static const int sizes[][8] = { { 1, 3, 3, 1, 3, 1, 1, PAD_KERAS },  { 2, 4, 5, 2, 3, 1, 3, PAD_KERAS },
                                { 1, 6, 5, 1, 5, 2, 2, PAD_KERAS },  { 2, 4, 6, 2, 5, 2, 1, PAD_PYTORCH },
                                { 1, 7, 5, 2, 4, 3, 2, PAD_KERAS },  { 3, 3, 2, 3, 1, 1, 2, PAD_KERAS },
                                { 1, 5, 7, 1, 3, 2, 3, PAD_PYTORCH } };
static const double x0[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, w0[] = { 0, 1, 0, 0, 0, 0, 0, 0, 0 }, bias0[] = { 100 },
                    dy0[] = { 1, 0, 0, 0, 0, 0, 0, 0, 10 };

static ConvSizes sizes_of(const Call *c)
{
    const int *s = c->size;
    return conv_sizes((ConvSizes){ .N = s[N], .H = s[H], .W = s[W], .C = s[C], .K = s[K], .S = s[S], .O = s[O] },
                      (Padding)s[PAD]);
}

static void given(Call *c, const char *name, Shape shape, int which, const double *by_hand, Random *r)
{
    if (which == 0)
        call_numbers(c, name, READS, shape, by_hand);
    else
        call_array(c, name, READS, shape, r);
}

static void prepare(Call *c, int which, Random *r, bool backward)
{
    for (int k = 0; k < 8; k++)
        c->size[k] = sizes[which % 7][k];
    ConvSizes s = sizes_of(c);
    given(c, "x", maps(s.N, s.H, s.W, s.C), which, x0, r);
    given(c, "w", maps(s.K, s.K, s.C, s.O), which, w0, r);
    if (backward)
        given(c, "dy", maps(s.N, s.Ho, s.Wo, s.O), which, dy0, r);
    else
        given(c, "bias", vector(s.O), which, bias0, r);
}

static double loss(Call *c)
{
    ConvSizes s = sizes_of(c);
    size_t n = call_count(array_of(c, "dy"));
    real *y = memory_get(n * sizeof *y);
    conv_forward(y, AT("x"), AT("w"), NULL, &s);
    double L = (double)dot(AT("dy"), y, n);
    memory_release(y);
    return L;
}

static void prepare_forward(Call *c, int which, Random *r)
{
    prepare(c, which, r, false);
    ConvSizes s = sizes_of(c);
    call_array(c, "y", WRITES, maps(s.N, s.Ho, s.Wo, s.O), NULL);
}
static void run_forward(Call *c)
{
    ConvSizes s = sizes_of(c);
    conv_forward(AT("y"), AT("x"), AT("w"), AT("bias"), &s);
}

static void prepare_dx(Call *c, int which, Random *r)
{
    prepare(c, which, r, true);
    call_array(c, "dx", WRITES, array_of(c, "x")->shape, NULL);
}
static void run_dx(Call *c)
{
    ConvSizes s = sizes_of(c);
    conv_backward_x(AT("dx"), AT("dy"), AT("w"), &s);
}

static void prepare_dw(Call *c, int which, Random *r)
{
    prepare(c, which, r, true);
    call_array(c, "dw", CHANGES, array_of(c, "w")->shape, which ? r : NULL);
}
static void run_dw(Call *c)
{
    ConvSizes s = sizes_of(c);
    conv_backward_w(AT("dw"), AT("x"), AT("dy"), &s);
}

static const Gradient of_x = { loss, NULL, { "x" }, { "dx" }, "dy", NULL, false };
static const Gradient of_w = { loss, NULL, { "w" }, { "dw" }, "dy", NULL, false };

const Task tasks_18[] = {
    { "18_conv", "conv_forward", 2,
      "y[n][i][j][o] = bias[o] + sum over a, b, c of x[n][p][q][c] w[a][b][c][o], with p = S i + a - top, q = S j + b - left; outside(p, q, s) "
      "are zeros. bias may be NULL.",
      "\"The formula\" in chapter 18: seven loops; p and q say which pixel the kernel's weight (a, b) lies on.",
      prepare_forward, run_forward, NULL },
    { "18_conv", "conv_backward_x", 3,
      "dx[n][p][q][c] = the sum of dy[n][i][j][o] w[a][b][c][o] over all i, j, a, b, o with S i + a - top = p and S j + b - left = q: "
      "overwritten.",
      "\"The three gradients\" in chapter 18: the loops of forward, and every product there is one here, with dx and dy where x and y stood.",
      prepare_dx, run_dx, &of_x },
    { "18_conv", "conv_backward_w", 3,
      "dw[a][b][c][o] += the sum over n, i, j of x[n][p][q][c] dy[n][i][j][o], with p and q as in forward.",
      "\"The three gradients\" in chapter 18: a weight is used at every place; sum over the places, and add.", prepare_dw,
      run_dw, &of_w },
    { 0 },
};
