/* Upsampling row by row; with a 5 x 5 convolution behind it, by phases. */
#include "19_upsample.h"

#include "01_parallel.h"
#include "01_scratch.h"
#include "18_phases.h"

#include <string.h>

void upsample_forward(real *y, const real *x, int N, int H, int W, int C)
{
    size_t pixel = (size_t)C, row = 2 * (size_t)W * pixel;
    PARALLEL_FOR((size_t)N * (size_t)H * row)
    for (int r = 0; r < N * H; r++) { /* a row becomes two */
        real *to = y + 2 * (size_t)r * row;
        for (size_t j = 0; j < (size_t)W; j++)
            for (size_t c = 0; c < pixel; c++)
                to[2 * j * pixel + c] = to[(2 * j + 1) * pixel + c] = x[((size_t)r * (size_t)W + j) * pixel + c];
        memcpy(to + row, to, row * sizeof *to);
    }
}

void upsample_backward(real *dx, const real *dy, int N, int H, int W, int C)
{
    size_t pixel = (size_t)C, row = 2 * (size_t)W * pixel;
    PARALLEL_FOR((size_t)N * (size_t)H * row)
    for (int r = 0; r < N * H; r++) {
        const real *up = dy + 2 * (size_t)r * row, *down = up + row;
        for (size_t j = 0; j < (size_t)W; j++)
            for (size_t c = 0; c < pixel; c++) {
                size_t left = 2 * j * pixel + c, right = left + pixel;
                dx[((size_t)r * (size_t)W + j) * pixel + c] = up[left] + up[right] + down[left] + down[right];
            }
    }
}

/* ---- upsampling and a convolution -------------------------------------------------------- */

static bool by_phases(const ConvSizes *s) { return s->K == 5; }
static PhaseSizes phases(const ConvSizes *s) { return (PhaseSizes){ UPSAMPLED, s->N, s->H, s->W, s->C, s->O }; }

/* The convolution of the large map, for kernels of another size; and room for that map. */
static ConvSizes large_conv(const ConvSizes *s)
{
    ConvSizes large = *s;
    large.H *= 2, large.W *= 2;
    return large;
}

static real *take_large(const ConvSizes *s)
{
    return scratch_take(4 * (size_t)s->N * (size_t)s->H * (size_t)s->W * (size_t)s->C);
}

void upsample_conv_forward(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s)
{
    PhaseSizes P = phases(s);
    if (by_phases(s)) {
        phases_forward(y, x, w, bias, &P);
        return;
    }
    ScratchMark mark = scratch_mark();
    ConvSizes conv = large_conv(s);
    real *large = take_large(s);
    upsample_forward(large, x, s->N, s->H, s->W, s->C);
    conv_forward(y, large, w, bias, &conv);
    scratch_return(mark);
}

void upsample_conv_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    PhaseSizes P = phases(s);
    if (by_phases(s)) {
        phases_backward_x(dx, dy, w, &P);
        return;
    }
    ScratchMark mark = scratch_mark();
    ConvSizes conv = large_conv(s);
    real *large = take_large(s);
    conv_backward_x(large, dy, w, &conv);
    upsample_backward(dx, large, s->N, s->H, s->W, s->C);
    scratch_return(mark);
}

void upsample_conv_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    PhaseSizes P = phases(s);
    if (by_phases(s)) {
        phases_backward_w(dw, x, dy, &P);
        return;
    }
    ScratchMark mark = scratch_mark();
    ConvSizes conv = large_conv(s);
    real *large = take_large(s);
    upsample_forward(large, x, s->N, s->H, s->W, s->C);
    conv_backward_w(dw, large, dy, &conv);
    scratch_return(mark);
}
