#include "19_phases.h"

#include <string.h>

/* ---- the cut ---------------------------------------------------------------------------- */

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
 * tap a of pixel i + t - 1 is painted on 2i + p where a = 3 - 2t + p; window i
 * of stride 2 meets phase p of pixel i + t - 1 at a = 2t + p - 1. */
int phase_tap(Rewriting kind, int p, int a)
{
    if (kind == UPSAMPLED)
        return (p + a) / 2;
    int twice = kind == PAINTED ? 3 + p - a : a + 1 - p; /* 2t */
    return twice % 2 == 0 && twice >= 0 && twice <= 4 ? twice / 2 : -1;
}

/* The O numbers of phase, low tap t and input channel c in the low kernel. */
static size_t low_place(Rewriting kind, int t, int phase, int c, int C, int O)
{
    if (kind == STRIDED)
        return (size_t)((t * 4 + phase) * C + c) * (size_t)O;
    return (size_t)((t * C + c) * 4 + phase) * (size_t)O;
}

/* Tap number `a` of 25, as phase `phase` sees it, for input channel c: where
 * its O numbers lie in w, and where they fall in low. False: it has no part. */
static bool tap_places(Rewriting kind, int phase, int a, int c, int C, int O, size_t *in_w, size_t *in_low)
{
    int t = phase_tap(kind, phase / 2, a / 5), u = phase_tap(kind, phase % 2, a % 5);
    if (t < 0 || u < 0)
        return false;
    *in_w = (size_t)a * (size_t)C * (size_t)O + (size_t)c * (kind == PAINTED ? 1 : (size_t)O);
    *in_low = low_place(kind, 3 * t + u, phase, c, C, O);
    return true;
}

/* In w, from one output channel to the next. */
static size_t channel_step(Rewriting kind, int C) { return kind == PAINTED ? (size_t)C : 1; }

void phases_fold(real *low, const real *w, Rewriting kind, int C, int O)
{
    size_t n = (size_t)O, step = channel_step(kind, C);
    memset(low, 0, 36 * (size_t)C * n * sizeof *low);
    PARALLEL_FOR(100 * (size_t)C * n)
    for (int c = 0; c < C; c++)
        for (int k = 0; k < 100; k++) { /* 4 phases of 25 taps */
            size_t v, l;
            if (!tap_places(kind, k / 25, k % 25, c, C, O, &v, &l))
                continue;
            for (size_t o = 0; o < n; o++)
                low[l + o] += w[v + o * step];
        }
}

void phases_unfold_add(real *dw, const real *dlow, Rewriting kind, int C, int O)
{
    size_t n = (size_t)O, step = channel_step(kind, C);
    PARALLEL_FOR(100 * (size_t)C * n)
    for (int c = 0; c < C; c++)
        for (int k = 0; k < 100; k++) {
            size_t v, l;
            if (!tap_places(kind, k / 25, k % 25, c, C, O, &v, &l))
                continue;
            for (size_t o = 0; o < n; o++)
                dw[v + o * step] += dlow[l + o];
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

static LowConv low_conv(int N, int H, int W, int C, int O)
{
    enum { MANY = 16 }; /* below it the transforms cost more than they save: chapter 18 */
    LowConv l = { .size = { .N = N, .H = H, .W = W, .C = C, .O = O }, .kernel = 9 * (size_t)C * (size_t)O };
    l.way = C >= MANY && O >= MANY ? BY_WINOGRAD : C <= O ? BY_INPUT_WINDOWS : BY_OUTPUT_WINDOWS;
    l.windows = l.way == BY_OUTPUT_WINDOWS ? conv_sizes(N, H, W, O, C, 3, 1, PAD_KERAS)
                                           : conv_sizes(N, H, W, C, O, 3, 1, PAD_KERAS);
    return l;
}

/* Room for the way's own work, and for a flipped kernel where it needs one. */
static size_t low_work_size(const LowConv *l)
{
    if (l->way == BY_WINOGRAD)
        return winograd_work_size(&l->size);
    return conv_work_size(&l->windows) + (l->way == BY_OUTPUT_WINDOWS ? l->kernel : 0);
}

static void low_forward(real *y, const real *x, const real *w, const real *b, const LowConv *l, real *work)
{
    real *flipped = work, *rest = work + l->kernel;
    switch (l->way) {
    case BY_WINOGRAD: winograd_forward(y, x, w, b, &l->size, work); break;
    case BY_INPUT_WINDOWS: conv_forward(y, x, w, b, &l->windows, work); break;
    case BY_OUTPUT_WINDOWS:
        conv_flip(flipped, w, 3, l->size.C, l->size.O);
        transposed_forward(y, x, flipped, b, &l->windows, rest);
    }
}

static void low_backward_x(real *dx, const real *dy, const real *w, const LowConv *l, real *work)
{
    real *flipped = work, *rest = work + l->kernel;
    switch (l->way) {
    case BY_WINOGRAD: winograd_backward_x(dx, dy, w, &l->size, work); break;
    case BY_INPUT_WINDOWS: conv_backward_x(dx, dy, w, &l->windows, work); break;
    case BY_OUTPUT_WINDOWS:
        conv_flip(flipped, w, 3, l->size.C, l->size.O);
        transposed_backward_x(dx, dy, flipped, &l->windows, rest);
    }
}

/* Overwrites dw. */
static void low_backward_w(real *dw, const real *x, const real *dy, const LowConv *l, real *work)
{
    real *flipped = work, *rest = work + l->kernel;
    memset(l->way == BY_OUTPUT_WINDOWS ? flipped : dw, 0, l->kernel * sizeof *dw);
    switch (l->way) {
    case BY_WINOGRAD: winograd_backward_w(dw, x, dy, &l->size, work); break;
    case BY_INPUT_WINDOWS: conv_backward_w(dw, x, dy, &l->windows, work); break;
    case BY_OUTPUT_WINDOWS:
        transposed_backward_w(flipped, x, dy, &l->windows, rest);
        conv_flip(dw, flipped, 3, l->size.O, l->size.C);
    }
}

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    Param *weight, *bias;
    Rewriting kind;
    int C, O;
    Tensor low;         /* the folded kernel */
    Tensor phases;      /* the high map as phases: of x where STRIDED, else of y and then of dy */
} Phases;

/* The low convolution for an input of this shape; H and W count low pixels.
 * Winograd's tiles can be read from the high map and written to it as they
 * are, which saves the cut; otherwise the phases are cut and joined here. */
static LowConv low_conv_of(const Phases *p, Shape x)
{
    bool strided = p->kind == STRIDED;
    LowConv l = strided ? low_conv(x.dim[0], x.dim[1] / 2, x.dim[2] / 2, 4 * p->C, p->O)
                        : low_conv(x.dim[0], x.dim[1], x.dim[2], p->C, 4 * p->O);
    bool cut = l.way == BY_WINOGRAD && (strided ? p->C : p->O) % WINOGRAD_LANES == 0;
    l.size.cut_x = cut && strided;
    l.size.cut_y = cut && !strided;
    l.size.known = !cut ? NOTHING : p->kind == UPSAMPLED ? SAME_SUM : TWO_TAPS;
    return l;
}

static bool cuts_itself(const LowConv *c) { return c->size.cut_x || c->size.cut_y; }

static Shape phases_output_shape(const Layer *l, Shape x)
{
    const Phases *p = (const Phases *)l;
    REQUIRE(x.rank == 4 && x.dim[3] == p->C, "convolution of %d channels: x is %s", p->C, shape_text(x));
    if (p->kind != STRIDED)
        return (Shape){ 4, { x.dim[0], 2 * x.dim[1], 2 * x.dim[2], p->O } };
    REQUIRE(x.dim[1] % 2 == 0 && x.dim[2] % 2 == 0, "a map has four phases when its sides are even: x is %s", shape_text(x));
    return (Shape){ 4, { x.dim[0], x.dim[1] / 2, x.dim[2] / 2, p->O } };
}

static void prepare(Phases *p, const LowConv *c, Shape x)
{
    int channels = p->kind == STRIDED ? c->size.C : c->size.O;
    tensor_resize(&p->base.y, p->base.y_shape);
    tensor_resize(&p->low, (Shape){ 1, { (int)c->kernel } });
    if (!cuts_itself(c))
        tensor_resize(&p->phases, (Shape){ 4, { x.dim[0], c->size.H, c->size.W, channels } });
}

static const Tensor *phases_forward(Layer *l, const Tensor *x, Mode mode)
{
    Phases *p = (Phases *)l;
    LowConv c = low_conv_of(p, x->shape);
    int N = c.size.N, H = c.size.H, W = c.size.W;
    (void)mode;
    prepare(p, &c, x->shape);
    real *work = workroom(c.kernel + low_work_size(&c)) + c.kernel; /* as much as backward will need */
    phases_fold(p->low.data, p->weight->value.data, p->kind, p->C, p->O);
    if (cuts_itself(&c))
        low_forward(l->y.data, x->data, p->low.data, p->bias->value.data, &c, work);
    else if (p->kind == STRIDED) {
        space_to_depth(p->phases.data, x->data, N, H, W, p->C);
        low_forward(l->y.data, p->phases.data, p->low.data, p->bias->value.data, &c, work);
    } else {
        low_forward(p->phases.data, x->data, p->low.data, NULL, &c, work);
        depth_to_space(l->y.data, p->phases.data, p->bias->value.data, N, H, W, p->O);
    }
    return &l->y;
}

static const Tensor *phases_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Phases *p = (Phases *)l;
    LowConv c = low_conv_of(p, l->x->shape);
    int N = c.size.N, H = c.size.H, W = c.size.W;
    real *dlow = workroom(c.kernel + low_work_size(&c)), *work = dlow + c.kernel; /* the low kernel's gradient first */
    bool strided = p->kind == STRIDED, by_hand = !cuts_itself(&c);
    const real *x = strided && by_hand ? p->phases.data : l->x->data, *low_dy = dy->data;
    if (!strided && by_hand) {
        space_to_depth(p->phases.data, dy->data, N, H, W, p->O);
        low_dy = p->phases.data;
    }
    if (want & WANT_PARAM) {
        low_backward_w(dlow, x, low_dy, &c, work);
        phases_unfold_add(p->weight->grad.data, dlow, p->kind, p->C, p->O);
        column_sums_add(p->bias->grad.data, dy->data, shape_rows(dy->shape), p->O);
    }
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, l->x->shape);
    if (strided && by_hand) { /* x's phases are spent: their place takes those of dx */
        low_backward_x(p->phases.data, low_dy, p->low.data, &c, work);
        depth_to_space(l->dx.data, p->phases.data, NULL, N, H, W, p->C);
    } else
        low_backward_x(l->dx.data, low_dy, p->low.data, &c, work);
    return &l->dx;
}

static void phases_free(Layer *l)
{
    Phases *p = (Phases *)l;
    tensor_free(&p->low);
    tensor_free(&p->phases);
    workroom_leave(l);
}

static const LayerOps upsampled_ops = { "UpsampleConv", phases_output_shape, phases_forward, phases_backward, NULL, phases_free };
static const LayerOps painted_ops = { "TransposedConv", phases_output_shape, phases_forward, phases_backward, NULL, phases_free };
static const LayerOps strided_ops = { "Conv", phases_output_shape, phases_forward, phases_backward, NULL, phases_free };

Layer *phases_new(Rewriting kind, int C, int O, Init init, Random *r)
{
    const LayerOps *ops = kind == UPSAMPLED ? &upsampled_ops : kind == PAINTED ? &painted_ops : &strided_ops;
    REQUIRE(C > 0 && O > 0, "%s %d -> %d", ops->name, C, O);
    Phases *p = layer_new(ops, sizeof *p, 2, 0);
    workroom_enter();
    p->kind = kind, p->C = C, p->O = O;
    p->weight = layer_param(&p->base, 0, "weight", (Shape){ 4, { 5, 5, kind == PAINTED ? O : C, kind == PAINTED ? C : O } });
    p->bias = layer_param(&p->base, 1, "bias", (Shape){ 1, { O } });
    init_weight(&p->weight->value, init, 25 * C, 25 * O, r);
    init_bias(&p->bias->value, init, 25 * C, r);
    return &p->base;
}

/* ---- faults for the checker to catch --------------------------------------------------------------- */

/* The gradient as it comes out when the maps of phases 1 and 2, odd columns
 * and odd rows, are exchanged on the way: the high map turned about its
 * diagonal within every 2 x 2 square. */
static void swap_phases(Tensor *t)
{
    int H = t->shape.dim[1] / 2, W = t->shape.dim[2] / 2, C = t->shape.dim[3];
    for (size_t i = 0; i < (size_t)(t->shape.dim[0] * H * W); i++)
        for (int c = 0; c < C; c++) {
            real *a = &t->data[high_pixel(i, 0, 1, W) * (size_t)C + (size_t)c];
            real *b = &t->data[high_pixel(i, 1, 0, W) * (size_t)C + (size_t)c], kept = *a;
            *a = *b, *b = kept;
        }
}

static bool fault_swapped(const Subject *subject, int array, double *dx)
{
    LayerSubject *s = subject->self;
    Tensor *high = ((const Phases *)s->layer)->kind == STRIDED ? &s->x : &s->u;
    if (array != 1) /* the weight */
        return false;
    swap_phases(high);
    subject->gradient(subject->self);
    for (size_t i = 0; i < subject->array[1].n; i++)
        dx[i] = (double)subject->array[1].dx[i];
    swap_phases(high);
    subject->gradient(subject->self); /* as it was */
    return true;
}

const Fault phases_faults[] = {
    { "phases swapped", fault_swapped },
    { NULL, NULL },
};
