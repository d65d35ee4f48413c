#include "19_upsample.h"

#include "01_memory.h"
#include "01_sum.h"
#include "19_transposed.h"
#include "task.h"

enum { N, H, W, C, K, S, O, PAD };
static const int sizes[][8] = { { 1, 1, 2, 1, 2, 2, 1, PAD_KERAS }, { 2, 3, 2, 2, 5, 2, 3, PAD_KERAS },
                                { 1, 2, 4, 1, 3, 1, 2, PAD_KERAS }, { 2, 2, 3, 2, 5, 2, 1, PAD_PYTORCH },
                                { 1, 3, 1, 2, 4, 3, 2, PAD_KERAS }, { 3, 1, 1, 3, 3, 2, 1, PAD_KERAS },
                                { 1, 2, 2, 2, 4, 2, 2, PAD_KERAS } };
static const double x0[] = { 1, 10 }, dy0[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, w0[] = { 1, 2, 3, 4 }, bias0[] = { 100 };

static void given(Call *c, const char *name, Shape shape, int which, const double *by_hand, Random *r)
{
    if (which == 0)
        call_numbers(c, name, READS, shape, by_hand);
    else
        call_array(c, name, READS, shape, r);
}

static void prepare_sizes(Call *c, int which, Random *r)
{
    for (int k = 0; k < 8; k++)
        c->size[k] = sizes[which % 7][k];
    given(c, "x", maps(c->size[N], c->size[H], c->size[W], c->size[C]), which, x0, r);
}

/* ---- nearest neighbour --------------------------------------------------------------------------- */

static Shape large(const Call *c) { return maps(c->size[N], 2 * c->size[H], 2 * c->size[W], c->size[C]); }

static void prepare_up(Call *c, int which, Random *r)
{
    prepare_sizes(c, which, r);
    call_array(c, "y", WRITES, large(c), NULL);
}
static void run_up(Call *c) { upsample_forward(AT("y"), AT("x"), c->size[N], c->size[H], c->size[W], c->size[C]); }

static void prepare_down(Call *c, int which, Random *r)
{
    prepare_sizes(c, which, r);
    given(c, "dy", large(c), which, dy0, r);
    call_array(c, "dx", WRITES, array_of(c, "x")->shape, NULL);
}
static void run_down(Call *c) { upsample_backward(AT("dx"), AT("dy"), c->size[N], c->size[H], c->size[W], c->size[C]); }
static double loss_up(Call *c)
{
    size_t n = call_count(array_of(c, "dy"));
    real *y = memory_get(n * sizeof *y);
    upsample_forward(y, AT("x"), c->size[N], c->size[H], c->size[W], c->size[C]);
    double L = (double)dot(AT("dy"), y, n);
    memory_release(y);
    return L;
}

/* ---- transposed ------------------------------------------------------------------------------------ */

static ConvSizes sizes_of(const Call *c)
{
    const int *s = c->size;
    return transposed_sizes((ConvSizes){ .N = s[N], .H = s[H], .W = s[W], .C = s[C], .K = s[K], .S = s[S], .O = s[O] },
                            (Padding)s[PAD]);
}

static void prepare_transposed(Call *c, int which, Random *r, bool backward)
{
    prepare_sizes(c, which, r);
    ConvSizes s = sizes_of(c);
    given(c, "w", maps(s.K, s.K, s.O, s.C), which, w0, r);
    if (backward)
        given(c, "dy", maps(s.N, s.Ho, s.Wo, s.O), which, dy0, r);
    else
        given(c, "bias", vector(s.O), which, bias0, r);
}

static void prepare_forward(Call *c, int which, Random *r)
{
    prepare_transposed(c, which, r, false);
    ConvSizes s = sizes_of(c);
    call_array(c, "y", WRITES, maps(s.N, s.Ho, s.Wo, s.O), NULL);
}
static void run_forward(Call *c)
{
    ConvSizes s = sizes_of(c);
    transposed_forward(AT("y"), AT("x"), AT("w"), AT("bias"), &s);
}

static void prepare_dx(Call *c, int which, Random *r)
{
    prepare_transposed(c, which, r, true);
    call_array(c, "dx", WRITES, array_of(c, "x")->shape, NULL);
}
static void run_dx(Call *c)
{
    ConvSizes s = sizes_of(c);
    transposed_backward_x(AT("dx"), AT("dy"), AT("w"), &s);
}

static void prepare_dw(Call *c, int which, Random *r)
{
    prepare_transposed(c, which, r, true);
    call_array(c, "dw", CHANGES, array_of(c, "w")->shape, which ? r : NULL);
}
static void run_dw(Call *c)
{
    ConvSizes s = sizes_of(c);
    transposed_backward_w(AT("dw"), AT("x"), AT("dy"), &s);
}

static double loss_transposed(Call *c)
{
    ConvSizes s = sizes_of(c);
    size_t n = call_count(array_of(c, "dy"));
    real *y = memory_get(n * sizeof *y);
    transposed_forward(y, AT("x"), AT("w"), NULL, &s);
    double L = (double)dot(AT("dy"), y, n);
    memory_release(y);
    return L;
}

static const Gradient of_up = { loss_up, NULL, { "x" }, { "dx" }, "dy", NULL, false };
static const Gradient of_x = { loss_transposed, NULL, { "x" }, { "dx" }, "dy", NULL, false };
static const Gradient of_w = { loss_transposed, NULL, { "w" }, { "dw" }, "dy", NULL, false };

const Task tasks_19[] = {
    { "19_upsample", "upsample_forward", 1, "y[n][i][j][c] = x[n][i/2][j/2][c]: every pixel four times.",
      "\"The idea\" in chapter 19: integers divide without a rest, and that is what finds the pixel.", prepare_up, run_up,
      NULL },
    { "19_upsample", "upsample_backward", 1, "dx[n][i][j][c] = the sum of its four copies' gradients: overwritten.",
      "\"The idea\" in chapter 19: four pixels of y are copies of one of x.", prepare_down, run_down, &of_up },
    { "19_transposed", "transposed_forward", 2,
      "y[n][p][q][o] = bias[o] + the sum of x[n][i][j][c] w[a][b][o][c] over all with S i + a - top = p and S j + b - left = q: every pixel of "
      "x paints the kernel; cropped(p, q, s) falls off the map. bias may be NULL.",
      "\"A convolution turned round\" in chapter 19: the loops of chapter 18's dx.", prepare_forward, run_forward, NULL },
    { "19_transposed", "transposed_backward_x", 2,
      "dx[n][i][j][c] = sum over a, b, o of dy[n][p][q][o] w[a][b][o][c], with p = S i + a - top, q = S j + b - left: overwritten.",
      "\"A convolution turned round\" in chapter 19: the transpose of the transpose is the convolution itself.", prepare_dx,
      run_dx, &of_x },
    { "19_transposed", "transposed_backward_w", 2, "dw[a][b][o][c] += the sum over n, i, j of dy[n][p][q][o] x[n][i][j][c].",
      "\"A convolution turned round\" in chapter 19: a weight is used wherever it paints; add up all of that.", prepare_dw,
      run_dw, &of_w },
    { 0 },
};
