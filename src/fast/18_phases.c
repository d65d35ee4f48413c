#include "18_phases.h"

#include "01_parallel.h"
#include "01_scratch.h"
#include "18_conv.h"
#include "18_patches.h"
#include "18_winograd.h"
#include "18_winograd_transform.h"

#include <string.h>

/* ---- phases ---------------------------------------------------------------------------- */

/* Where phase (p, q) of low pixel number i, counted over all maps, lies in the
 * high map. */
static size_t high_pixel(size_t i, int p, int q, int W)
{
    size_t row = i / (size_t)W, column = i % (size_t)W;
    return (2 * row + (size_t)p) * 2 * (size_t)W + 2 * column + (size_t)q;
}

void space_to_depth(real *low, const real *high, int N, int H, int W, int C)
{
    size_t pixels = (size_t)N * (size_t)H * (size_t)W, n = (size_t)C;
    PARALLEL_FOR(4 * pixels * n)
    for (size_t i = 0; i < pixels; i++)
        for (int phase = 0; phase < 4; phase++) {
            const real *from = high + high_pixel(i, phase / 2, phase % 2, W) * n;
            real *to = low + (4 * i + (size_t)phase) * n;
            for (size_t c = 0; c < n; c++)
                to[c] = from[c];
        }
}

void depth_to_space(real *high, const real *low, const real *b, int N, int H, int W, int C)
{
    size_t pixels = (size_t)N * (size_t)H * (size_t)W, n = (size_t)C;
    PARALLEL_FOR(4 * pixels * n)
    for (size_t i = 0; i < pixels; i++)
        for (int phase = 0; phase < 4; phase++) {
            const real *from = low + (4 * i + (size_t)phase) * n;
            real *to = high + high_pixel(i, phase / 2, phase % 2, W) * n;
            for (size_t c = 0; c < n; c++)
                to[c] = b ? from[c] + b[c] : from[c];
        }
}

/* ---- the fold ---------------------------------------------------------------------------- */

/* From the text: output 2i + p of an upsampled map reads pixel i + floor((p + a - 2)/2);
 * tap a of pixel i + t - 1 falls on 2i + p where a = 3 - 2t + p; window i
 * of stride 2 meets phase p of pixel i + t - 1 at a = 2t + p - 1. */
int phase_tap(PhaseKind kind, int p, int a)
{
    if (kind == UPSAMPLED)
        return (p + a) / 2;
    int twice = kind == TRANSPOSED_CONV ? 3 + p - a : a + 1 - p; /* 2t */
    return twice % 2 == 0 && twice >= 0 && twice <= 4 ? twice / 2 : -1;
}

/* The O numbers of phase, low tap t and input channel c in the low kernel. */
static size_t low_place(PhaseKind kind, int t, int phase, int c, int C, int O)
{
    if (kind == STRIDED)
        return (size_t)((t * 4 + phase) * C + c) * (size_t)O;
    return (size_t)((t * C + c) * 4 + phase) * (size_t)O;
}

/* Tap a = k % 25 of w, as phase k / 25 sees it, for input channel c: where its O
 * numbers lie in w, and where they fall in the low kernel, if it has a part. */
typedef struct {
    bool has_part;
    size_t in_w, in_low;
} TapPlaces;

static TapPlaces tap_places(PhaseKind kind, int k, int c, int C, int O)
{
    int phase = k / 25, a = k % 25;
    int t = phase_tap(kind, phase / 2, a / 5), u = phase_tap(kind, phase % 2, a % 5);
    if (t < 0 || u < 0)
        return (TapPlaces){ .has_part = false };
    size_t in_w = (size_t)a * (size_t)C * (size_t)O + (size_t)c * (kind == TRANSPOSED_CONV ? 1 : (size_t)O);
    return (TapPlaces){ true, in_w, low_place(kind, 3 * t + u, phase, c, C, O) };
}

/* In w, from one output channel to the next. */
static size_t channel_step(PhaseKind kind, int C) { return kind == TRANSPOSED_CONV ? (size_t)C : 1; }

void phases_fold(real *low, const real *w, PhaseKind kind, int C, int O)
{
    size_t n = (size_t)O, step = channel_step(kind, C);
    memset(low, 0, 36 * (size_t)C * n * sizeof *low);
    PARALLEL_FOR(100 * (size_t)C * n)
    for (int c = 0; c < C; c++)
        for (int k = 0; k < 100; k++) { /* 4 phases of 25 taps */
            TapPlaces at = tap_places(kind, k, c, C, O);
            for (size_t o = 0; o < n && at.has_part; o++)
                low[at.in_low + o] += w[at.in_w + o * step];
        }
}

void phases_unfold_add(real *dw, const real *dlow, PhaseKind kind, int C, int O)
{
    size_t n = (size_t)O, step = channel_step(kind, C);
    PARALLEL_FOR(100 * (size_t)C * n)
    for (int c = 0; c < C; c++)
        for (int k = 0; k < 100; k++) {
            TapPlaces at = tap_places(kind, k, c, C, O);
            for (size_t o = 0; o < n && at.has_part; o++)
                dw[at.in_w + o * step] += dlow[at.in_low + o];
        }
}

/* ---- the 3 x 3 convolution at low resolution -------------------------------------------------- */

/* Three ways to the same numbers: Winograd where both sides have many
 * channels; else windows written out, of the side that has fewer. For the
 * output's side, the convolution is the transpose of the flipped one. */
typedef enum { BY_WINOGRAD, BY_INPUT_WINDOWS, BY_OUTPUT_WINDOWS } Way;

typedef struct {
    Way way;
    WinogradSizes size; /* from C to O channels */
    ConvSizes windows;  /* of the convolution, or of the flipped one */
    size_t kernel;      /* elements of the 3 x 3 kernel */
} LowConv;

/* The low convolution of these sizes. Winograd's tiles can be read from the high
 * map and written to it as they are, phase by phase; otherwise the phases are
 * taken apart and joined here. */
static LowConv low_conv(const PhaseSizes *s)
{
    bool strided = s->kind == STRIDED;
    int C = strided ? 4 * s->C : s->C, O = strided ? s->O : 4 * s->O;
    LowConv l = { .size = { .N = s->N, .H = s->H, .W = s->W, .C = C, .O = O }, .kernel = 9 * (size_t)C * (size_t)O };
    l.way = winograd_pays(C, O) ? BY_WINOGRAD : C <= O ? BY_INPUT_WINDOWS : BY_OUTPUT_WINDOWS;
    bool turned = l.way == BY_OUTPUT_WINDOWS;
    l.windows = conv_sizes(
        (ConvSizes){ .N = s->N, .H = s->H, .W = s->W, .C = turned ? O : C, .O = turned ? C : O, .K = 3, .S = 1 }, PAD_KERAS);
    bool in_place = l.way == BY_WINOGRAD && (strided ? s->C : s->O) % LANES == 0;
    l.size.x_in_phases = in_place && strided;
    l.size.y_in_phases = in_place && !strided;
    l.size.known = !in_place ? NOTHING : s->kind == UPSAMPLED ? SAME_SUM : TWO_TAPS;
    return l;
}

static bool in_place(const LowConv *l) { return l->size.x_in_phases || l->size.y_in_phases; }

static void low_forward(real *y, const real *x, const real *w, const real *b, const LowConv *l)
{
    if (l->way == BY_WINOGRAD)
        winograd_forward(y, x, w, b, &l->size);
    else if (l->way == BY_INPUT_WINDOWS)
        patches_forward(y, x, w, b, &l->windows);
    else {
        real *flipped = scratch_take(l->kernel);
        kernel_flip(flipped, w, 3, l->size.C, l->size.O);
        patches_backward_x(y, x, flipped, &l->windows);
        patches_add_bias(y, b, l->size.N * l->size.H * l->size.W, l->size.O);
    }
}

static void low_backward_x(real *dx, const real *dy, const real *w, const LowConv *l)
{
    if (l->way == BY_WINOGRAD)
        winograd_backward_x(dx, dy, w, &l->size);
    else if (l->way == BY_INPUT_WINDOWS)
        patches_backward_x(dx, dy, w, &l->windows);
    else {
        real *flipped = scratch_take(l->kernel);
        kernel_flip(flipped, w, 3, l->size.C, l->size.O);
        patches_forward(dx, dy, flipped, NULL, &l->windows);
    }
}

/* Overwrites dw. */
static void low_backward_w(real *dw, const real *x, const real *dy, const LowConv *l)
{
    real *flipped = l->way == BY_OUTPUT_WINDOWS ? scratch_take(l->kernel) : dw;
    memset(flipped, 0, l->kernel * sizeof *dw);
    if (l->way == BY_WINOGRAD)
        winograd_backward_w(dw, x, dy, &l->size);
    else if (l->way == BY_INPUT_WINDOWS)
        patches_backward_w(dw, x, dy, &l->windows);
    else {
        patches_backward_w(flipped, dy, x, &l->windows);
        kernel_flip(dw, flipped, 3, l->size.O, l->size.C);
    }
}

/* ---- the convolutions ---------------------------------------------------------------------------- */

static size_t high_size(const PhaseSizes *s)
{
    return 4 * (size_t)s->N * (size_t)s->H * (size_t)s->W * (size_t)(s->kind == STRIDED ? s->C : s->O);
}

/* The map on the high side as a low one with four times the channels. */
static const real *in_phases(const real *high, const PhaseSizes *s)
{
    real *low = scratch_take(high_size(s));
    space_to_depth(low, high, s->N, s->H, s->W, s->kind == STRIDED ? s->C : s->O);
    return low;
}

static const real *fold(const real *w, const PhaseSizes *s, const LowConv *l)
{
    real *low = scratch_take(l->kernel);
    phases_fold(low, w, s->kind, s->C, s->O);
    return low;
}

void phases_forward(real *y, const real *x, const real *w, const real *bias, const PhaseSizes *s)
{
    LowConv l = low_conv(s);
    ScratchMark mark = scratch_mark();
    const real *low = fold(w, s, &l);
    if (in_place(&l))
        low_forward(y, x, low, bias, &l);
    else if (s->kind == STRIDED)
        low_forward(y, in_phases(x, s), low, bias, &l);
    else {
        real *phases = scratch_take(high_size(s));
        low_forward(phases, x, low, NULL, &l);
        depth_to_space(y, phases, bias, s->N, s->H, s->W, s->O);
    }
    scratch_return(mark);
}

void phases_backward_x(real *dx, const real *dy, const real *w, const PhaseSizes *s)
{
    LowConv l = low_conv(s);
    ScratchMark mark = scratch_mark();
    const real *low = fold(w, s, &l);
    if (in_place(&l))
        low_backward_x(dx, dy, low, &l);
    else if (s->kind == STRIDED) {
        real *phases = scratch_take(high_size(s));
        low_backward_x(phases, dy, low, &l);
        depth_to_space(dx, phases, NULL, s->N, s->H, s->W, s->C);
    } else
        low_backward_x(dx, in_phases(dy, s), low, &l);
    scratch_return(mark);
}

void phases_backward_w(real *dw, const real *x, const real *dy, const PhaseSizes *s)
{
    LowConv l = low_conv(s);
    ScratchMark mark = scratch_mark();
    real *dlow = scratch_take(l.kernel);
    bool strided = s->kind == STRIDED;
    low_backward_w(dlow, strided && !in_place(&l) ? in_phases(x, s) : x, !strided && !in_place(&l) ? in_phases(dy, s) : dy, &l);
    phases_unfold_add(dw, dlow, s->kind, s->C, s->O);
    scratch_return(mark);
}
