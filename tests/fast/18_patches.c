/* Convolution by patches: the rows they are, and what becomes of them. */
#include "18_patches.h"
#include "01_memory.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "18_conv.h"
#include "suite.h"

#include <string.h>

static Random r;

static ConvSizes sizes(int N, int H, int W, int C, int O, int K, int S, Padding p)
{
    return conv_sizes((ConvSizes){ .N = N, .H = H, .W = W, .C = C, .O = O, .K = K, .S = S }, p);
}

/* ---- windows as rows ------------------------------------------------------------------------------ */

/* 3 x 3 by 3 x 3, stride 2: one zero all round, four windows. Only the middle one of three maps is read. */
START_TEST(windows_by_hand)
{
    const real x[27] = { [9] = 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    static const double rows[36] = { 0, 0, 0, 0, 1, 2, 0, 4, 5, 0, 0, 0, 2, 3, 0, 5, 6, 0,
                                     0, 4, 5, 0, 7, 8, 0, 0, 0, 5, 6, 0, 8, 9, 0, 0, 0, 0 };
    static const double back[9] = { 1, 4, 3, 8, 20, 12, 7, 16, 9 }; /* each as often as it was read */
    real col[37], dx[27];
    ConvSizes s = sizes(3, 3, 3, 1, 1, 3, 2, PAD_KERAS);
    col[36] = -1;
    im2col(col, x, &s, 1, 1);
    assert_all_close(col, rows, 36, 0);
    for (int i = 0; i < 27; i++)
        dx[i] = -1;
    col2im(dx, col, &s, 1, 1);
    assert_all_close(dx + 9, back, 9, 0);
    for (int i = 0; i < 9; i++)
        ck_assert(dx[i] == -1 && dx[18 + i] == -1);
    ck_assert(col[36] == -1);
}
END_TEST

/* Keras puts one zero before 4 pixels for K 5, S 2 and two behind; PyTorch the other way round. */
START_TEST(windows_of_both_paddings)
{
    static const double rows[2][10] = { { 0, 1, 2, 3, 4, 2, 3, 4, 0, 0 }, { 0, 0, 1, 2, 3, 1, 2, 3, 4, 0 } };
    const real x[] = { 1, 2, 3, 4 };
    for (int p = PAD_KERAS; p <= PAD_PYTORCH; p++) {
        ConvSizes s = sizes(1, 1, 4, 1, 1, 5, 2, (Padding)p);
        real col[50];
        im2col(col, x, &s, 0, 1);
        assert_all_close(col + 5 * 2, rows[p], 5, 0); /* the middle rows of both windows */
        assert_all_close(col + 25 + 5 * 2, rows[p] + 5, 5, 0);
    }
}
END_TEST

static real *normal(size_t n)
{
    real *x = memory_get(n * sizeof *x);
    random_normal(&r, x, n);
    return x;
}

/* <im2col(x), u> = <x, col2im(u)>, of the last map. */
START_TEST(col2im_is_the_adjoint_of_im2col)
{
    static const int of[][7] = {
        { 2, 5, 4, 3, 1, 2, 4 }, { 3, 9, 7, 4, 5, 2, 5 }, { 2, 11, 4, 3, 4, 3, 2 }, { 1, 2, 3, 1, 5, 1, 2 }
    };
    r = random_stream(1, "patches", 0);
    for (int k = 0; k < 8; k++) {
        const int *q = of[k / 2];
        ConvSizes s = sizes(q[0], q[1], q[2], q[3], q[6], q[4], q[5], (Padding)(k % 2));
        size_t map = (size_t)(s.H * s.W * s.C), n = (size_t)(s.Ho * s.Wo * s.K * s.K * s.C), last = map * (size_t)(s.N - 1);
        real *x = normal(map * (size_t)s.N), *u = normal(n), *col = memory_get(n * sizeof *col),
             *dx = memory_get(map * (size_t)s.N * sizeof *dx);
        im2col(col, x, &s, s.N - 1, 1);
        col2im(dx, u, &s, s.N - 1, 1);
        assert_close(dot(col, u, n), dot(x + last, dx + last, map), (sqrt((double)n) + 4) * TOLERANCE(2e-6, 4e-15));
        memory_release(x), memory_release(u), memory_release(col), memory_release(dx);
    }
}
END_TEST

START_TEST(flip_by_hand)
{
    const real w[] = { 1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 9 };
    real flipped[24]; /* 2 x 2 x 2 x 3 */
    kernel_flip(flipped, w, 2, 2, 3);
    assert_all_close(flipped, ((double[]){ 8, 8, 8, 8, 8, 9 }), 6, 0); /* 8 8 8 over 8 8 9, transposed */
    assert_all_close(flipped + 12, ((double[]){ 10, 40, 20, 50, 30, 60 }), 6, 0);
    assert_all_close(flipped + 18, ((double[]){ 1, 4, 2, 5, 3, 6 }), 6, 0);
}
END_TEST

/* With stride 1 and an odd kernel, backward is forward with the flipped kernel. */
START_TEST(flip_turns_backward_into_forward)
{
    r = random_stream(2, "patches", 0);
    for (int k = 0; k < 3; k++) {
        ConvSizes s = sizes(2, 6, 5, 3, 4, 1 + 2 * k, 1, PAD_KERAS), back = sizes(2, 6, 5, 4, 3, 1 + 2 * k, 1, PAD_KERAS);
        size_t kernel = (size_t)(s.K * s.K * s.C * s.O), in = 2 * 6 * 5 * 3, out = 2 * 6 * 5 * 4;
        real *w = normal(kernel), *dy = normal(out), *flipped = memory_get(kernel * sizeof *w),
             *again = memory_get(kernel * sizeof *w);
        real *dx = memory_get(in * sizeof *dx), *dx2 = memory_get(in * sizeof *dx);
        kernel_flip(flipped, w, s.K, s.C, s.O), kernel_flip(again, flipped, s.K, s.O, s.C);
        ck_assert_mem_eq(again, w, kernel * sizeof *w);
        patches_backward_x(dx, dy, w, &s);
        patches_forward(dx2, dy, flipped, NULL, &back);
        assert_all_close(dx, dx2, in, TOLERANCE(1e-4, 1e-13));
        real *of[] = { w, dy, flipped, again, dx, dx2 };
        for (int i = 0; i < 6; i++)
            memory_release(of[i]);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("18 patches", RUNS(windows_by_hand), RUNS(windows_of_both_paddings), RUNS(col2im_is_the_adjoint_of_im2col),
      RUNS(flip_by_hand), RUNS(flip_turns_backward_into_forward))
