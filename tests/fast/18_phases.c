/* Layers by phases against the plain layers they rewrite. */
#include "18_phases.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_directions.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "18_winograd.h"
#include "18_winograd_transform.h"
#include "19_transposed.h"
#include "19_upsample.h"
#include "backward.h"
#include "suite.h"
#include "twins.h"

#include <string.h>

static Random r;

static Tensor filled(Shape s)
{
    Tensor t = tensor_new(s);
    random_normal(&r, t.data, tensor_size(&t));
    return t;
}

static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

static const PhaseKind kinds[] = { UPSAMPLED, TRANSPOSED_CONV, STRIDED };
static const char *const name[] = { "upsampled", "transposed", "strided" };

/* ---- the cut ---------------------------------------------------------------------------------------- */

/* 2 x 4 pixels of two channels: row 0 holds 0 to 7, row 1 holds 8 to 15. */
START_TEST(cut_by_hand)
{
    static const double low_true[] = { 0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15 };
    real high[16], low[16];
    for (int i = 0; i < 16; i++)
        high[i] = (real)i;
    space_to_depth(low, high, 1, 1, 2, 2);
    assert_all_close(low, low_true, 16, 0);
    memset(high, 0xff, sizeof high);
    depth_to_space(high, low, (real[]){ 100, 200 }, 1, 1, 2, 2);
    for (int i = 0; i < 16; i++)
        ck_assert(high[i] == i + (i % 2 ? 200 : 100));
}
END_TEST

START_TEST(cut_and_join_are_inverse)
{
    static const int of[][4] = { { 1, 1, 1, 1 }, { 3, 2, 5, 3 }, { 2, 7, 7, 64 } }; /* the last in parallel */
    r = random_stream(1, "cut", 0);
    for (int k = 0; k < 3; k++) {
        int N = of[k][0], H = of[k][1], W = of[k][2], C = of[k][3];
        Tensor high = filled(maps(N, 2 * H, 2 * W, C)), low = tensor_new(maps(N, H, W, 4 * C)), again = tensor_new(high.shape);
        space_to_depth(low.data, high.data, N, H, W, C);
        for (int i = 0; i < N * H * W * 4 * C; i++) {
            int c = i % C, q = i / C % 2, p = i / C / 2 % 2, column = i / C / 4 % W, row = i / C / 4 / W; /* rows of all maps */
            ck_assert(low.data[i] == high.data[((2 * row + p) * 2 * W + 2 * column + q) * C + c]);
        }
        depth_to_space(again.data, low.data, NULL, N, H, W, C);
        ck_assert_mem_eq(again.data, high.data, tensor_size(&high) * sizeof(real));
        tensor_free(&high), tensor_free(&low), tensor_free(&again);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- the fold ------------------------------------------------------------------------------------------ */

/* In one dimension, far from every border: does tap a of the 5-kernel, for
 * phase p of low place 10, join it to low place 10 + t - 1? By the definitions:
 * padding 2 for stride 1, padding and crop 1 for stride 2. */
static bool joins(PhaseKind kind, int p, int a, int t)
{
    int here = 10, there = here + t - 1;
    switch (kind) {
    case UPSAMPLED: return (2 * here + p + a - 2) / 2 == there;     /* the pixel whose copy is read */
    case TRANSPOSED_CONV: return 2 * there + a - 1 == 2 * here + p; /* it paints where phase p lies */
    default: return 2 * here + a - 1 == 2 * there + p;              /* the window reads what is phase p there */
    }
}

static int tap_true(PhaseKind kind, int p, int a)
{
    for (int t = 0; t < 3; t++)
        if (joins(kind, p, a, t))
            return t;
    return -1;
}

START_TEST(taps_are_those_of_the_definition)
{
    for (int k = 0; k < 3; k++)
        for (int p = 0; p < 2; p++)
            for (int a = 0; a < 5; a++)
                ck_assert_msg(phase_tap(kinds[k], p, a) == tap_true(kinds[k], p, a), "%s, phase %d, tap %d: %d", name[k], p, a,
                              phase_tap(kinds[k], p, a));
}
END_TEST

START_TEST(fold_sums_the_taps_and_unfold_is_its_transpose)
{
    enum { MAX = 36 * 3 * 5 };
    static const int of[][2] = { { 1, 1 }, { 2, 3 }, { 3, 5 } };
    r = random_stream(2, "fold", 0);
    for (int k = 0; k < 9; k++) {
        PhaseKind kind = kinds[k / 3];
        int C = of[k % 3][0], O = of[k % 3][1], n = 36 * C * O, m = 25 * C * O;
        real low[MAX], w[MAX], dlow[MAX], dw[MAX], dw_old[MAX];
        double low_true[MAX] = { 0 };
        random_normal(&r, w, (size_t)m), random_normal(&r, dlow, (size_t)n), random_normal(&r, dw, (size_t)m);
        memcpy(dw_old, dw, sizeof dw), memset(low, 0xff, sizeof low);
        for (int i = 0; i < m * 4; i++) { /* every number of w, for every phase */
            int phase = i % 4, o = i / 4 % O, c = i / 4 / O % C, tap = i / 4 / O / C;
            int t = tap_true(kind, phase / 2, tap / 5), u = tap_true(kind, phase % 2, tap % 5);
            int from = kind == TRANSPOSED_CONV ? (tap * O + o) * C + c : (tap * C + c) * O + o;
            int to = kind == STRIDED ? ((3 * t + u) * 4 + phase) * C + c : ((3 * t + u) * C + c) * 4 + phase;
            if (t >= 0 && u >= 0)
                low_true[to * O + o] += (double)w[from];
        }
        phases_fold(low, w, kind, C, O);
        assert_all_close(low, low_true, n, 16 * REAL_EPSILON);
        phases_unfold_add(dw, dlow, kind, C, O);
        for (int i = 0; i < m; i++)
            dw[i] -= dw_old[i];
        assert_close(dot(low, dlow, (size_t)n), dot(w, dw, (size_t)m), sqrt(100.0 * C * O) * TOLERANCE(1e-6, 2e-15));
    }
}
END_TEST

/* ---- the layer and the plain ones ------------------------------------------------------------------------- */

#define BY_PHASES(name, kind, low_H, low_W)                                                              \
    static void name##_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s) \
    {                                                                                                    \
        phases_forward(y, x, w, b, &(PhaseSizes){ kind, s->N, s->low_H, s->low_W, s->C, s->O });         \
    }                                                                                                    \
    static void name##_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s)           \
    {                                                                                                    \
        phases_backward_x(dx, dy, w, &(PhaseSizes){ kind, s->N, s->low_H, s->low_W, s->C, s->O });       \
    }                                                                                                    \
    static void name##_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s)           \
    {                                                                                                    \
        phases_backward_w(dw, x, dy, &(PhaseSizes){ kind, s->N, s->low_H, s->low_W, s->C, s->O });       \
    }
BY_PHASES(upsampled, UPSAMPLED, H, W)
BY_PHASES(turned, TRANSPOSED_CONV, H, W)
BY_PHASES(strided, STRIDED, Ho, Wo)

static ConvSizes upsampled_sizes(ConvSizes given, Padding p) { return (void)p, upsample_conv_sizes(given); }

/* Layers of each kind by phases and by definition, whatever the number of channels. */
static const ConvKind by_phases[] = {
    { "upsampled", false, upsampled_sizes, upsampled_forward, upsampled_backward_x, upsampled_backward_w },
    { "transposed", true, transposed_sizes, turned_forward, turned_backward_x, turned_backward_w },
    { "strided", false, conv_sizes, strided_forward, strided_backward_x, strided_backward_w }
};
static const ConvKind by_definition[] = { { "upsampled", false, upsampled_sizes, plain_upsample_conv_forward,
                                            plain_upsample_conv_backward_x, plain_upsample_conv_backward_w },
                                          { "transposed", true, transposed_sizes, plain_transposed_forward,
                                            plain_transposed_backward_x, plain_transposed_backward_w },
                                          { "strided", false, conv_sizes, plain_conv_forward, plain_conv_backward_x,
                                            plain_conv_backward_w } };

static Layer *layer(const ConvKind *kind, int C, int O, Init init)
{
    r = random_stream(3, "weights", 0);
    return conv_kind_new(kind, (ConvSizes){ .C = C, .O = O, .K = 5, .S = kind->sizes == upsampled_sizes ? 1 : 2 }, PAD_KERAS,
                         init, &r);
}

static Layer *phases(PhaseKind kind, int C, int O, Init init) { return layer(&by_phases[kind], C, O, init); }
static Layer *plain(PhaseKind kind, int C, int O, Init init) { return layer(&by_definition[kind], C, O, init); }

/* Of numbers of size about `size`. */
static void assert_near(const char *what, const Tensor *a, const Tensor *b, double size)
{
    ck_assert(shape_equal(a->shape, b->shape));
    for (size_t i = 0; i < tensor_size(a); i++) {
        double off = fabs((double)a->data[i] - (double)b->data[i]) / size;
        ck_assert_msg(off <= TOLERANCE(2e-5, 4e-14), "%s[%zu]: %g and %g, off by %g of %g", what, i, (double)a->data[i],
                      (double)b->data[i], off, size);
    }
}

/* Channels as the way at low resolution wants them (16 on both sides for
 * Winograd; else the side with fewer is written out): C and 4O, or 4C and O
 * where strided. H and W are those of the low map. */
static const struct {
    int N, H, W, C, O;
} equal_at[] = {
    { 2, 3, 5, 2, 3 },  { 1, 1, 1, 1, 1 },                        /* windows of the input; strided: of the output */
    { 3, 4, 2, 1, 5 },  { 2, 3, 3, 15, 17 },                      /* of the input in all kinds; strided: Winograd */
    { 3, 2, 5, 13, 1 }, { 1, 7, 7, 64, 1 },                       /* of the output in all kinds */
    { 2, 5, 4, 16, 4 }, { 2, 6, 3, 17, 16 }, { 3, 9, 9, 18, 16 }, /* Winograd, where O is 16 in all kinds */
    { 1, 1, 2, 33, 5 }, { 2, 2, 1, 4, 16 },  { 2, 7, 7, 16, 16 }, { 1, 4, 11, 32, 16 }
}; /* the same with the phases in place */
enum { EQUAL_AT = sizeof equal_at / sizeof *equal_at };

static Shape input_of(PhaseKind kind, int N, int H, int W, int C)
{
    return kind == STRIDED ? maps(N, 2 * H, 2 * W, C) : maps(N, H, W, C);
}

static void assert_equal_to_plain(PhaseKind kind, int N, int H, int W, int C, int O)
{
    Layer *l = phases(kind, C, O, INIT_PYTORCH);
    Layer *known = plain(kind, C, O, INIT_PYTORCH);
    Tensor x = filled(input_of(kind, N, H, W, C)), dy = filled(layer_output_shape(l, x.shape));
    double sums = sqrt(4.0 * N * H * W) + 1;   /* the size of a gradient that sums over all pixels */
    for (int round = 1; round <= 2; round++) { /* the second adds to the first */
        assert_near(name[kind], layer_forward(l, &x, TRAIN), layer_forward(known, &x, TRAIN), 1);
        assert_near("dx", backward_of(l, &dy, WITH_PARAM), backward_of(known, &dy, WITH_PARAM), 1 + sqrt((double)O / C));
        assert_near("dw", &l->param[0]->grad, &known->param[0]->grad, 4 * round * sums);
        assert_near("db", &l->param[1]->grad, &known->param[1]->grad, round * sums);
    }
    layer_free(l), layer_free(known);
    tensor_free(&x), tensor_free(&dy);
}

static void assert_kind_is_plain(PhaseKind kind)
{
    for (int k = 0; k < EQUAL_AT; k++)
        assert_equal_to_plain(kind, equal_at[k].N, equal_at[k].H, equal_at[k].W, equal_at[k].C, equal_at[k].O);
    ck_assert_int_eq(memory_blocks(), 0);
}

START_TEST(upsampled_is_upsampling_and_a_convolution) { assert_kind_is_plain(UPSAMPLED); }
END_TEST
START_TEST(transposed_is_the_transposed_convolution) { assert_kind_is_plain(TRANSPOSED_CONV); }
END_TEST
START_TEST(strided_is_the_convolution_of_stride_2) { assert_kind_is_plain(STRIDED); }
END_TEST

START_TEST(only_what_is_wanted_is_computed)
{
    for (int k = 0; k < 3; k++) {
        Layer *l = phases(kinds[k], 2, 3, INIT_PYTORCH);
        Tensor x = filled(input_of(kinds[k], 2, 2, 3, 2)), dy = filled(layer_output_shape(l, x.shape)), dx = { .capacity = 0 };
        layer_forward(l, &x, EVAL);
        tensor_copy(&dx, backward_of(l, &dy, WITHOUT_PARAM));
        for (int i = 0; i < 2; i++)
            for (size_t j = 0; j < tensor_size(&l->param[i]->grad); j++)
                ck_assert(l->param[i]->grad.data[j] == 0);
        layer_forward(l, &x, TRAIN);
        layer_backward(l, &dy, NULL, WITH_PARAM);
        ck_assert(l->param[0]->grad.data[0] != 0 && l->param[1]->grad.data[0] != 0);
        layer_forward(l, &x, TRAIN); /* dx does not depend on what else is wanted */
        ck_assert_mem_eq(backward_of(l, &dy, WITH_PARAM)->data, dx.data, tensor_size(&dx) * sizeof(real));
        layer_free(l);
        tensor_free(&x), tensor_free(&dy), tensor_free(&dx);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- the gradient check ------------------------------------------------------------------------------------ */

START_TEST(gradients_pass_the_checker_and_every_fault_is_caught)
{
    static const int of[][5] = { { 1, 3, 2, 2, 2 }, { 2, 1, 2, 5, 1 }, { 1, 2, 2, 1, 4 } }; /* all narrow ways */
    for (int k = 0; k < 9; k++) {
        const int *size = of[k % 3];
        LayerSubject s;
        CheckRow row[3];
        int n[2] = { 0 }; /* planted, caught */
        Layer *l = phases(kinds[k / 3], size[3], size[4], INIT_PYTORCH);
        layer_subject_init(&s, l, input_of(kinds[k / 3], size[0], size[1], size[2], size[3]), PROBE, &r);
        gradcheck(&s.subject, TOLERANCE(0.2, 1e-8), row);
        for (int i = 0; i < 3; i++)
            ck_assert_msg(row[i].verdict == PASS, "%s %d, %s: %s", name[k / 3], k % 3, row[i].tensor,
                          verdict_name(row[i].verdict));
        if (sizeof(real) == sizeof(double)) {
            double loss = s.subject.evaluate(s.subject.self);
            gradcheck_faults(&s.subject, 1e-8, NULL, &n[0], &n[1], stderr);
            ck_assert_msg(n[0] == n[1] && n[0] > 0, "%s %d: %d planted, %d caught", name[k / 3], k % 3, n[0], n[1]);
            ck_assert(s.subject.evaluate(s.subject.self) == loss); /* a fault leaves the subject as it was */
        }
        layer_subject_free(&s);
        layer_free(l);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* With the channels that Winograd wants there are too many weights to move one by one. */
START_TEST(gradients_of_wide_layers_pass_along_directions)
{
    for (int k = 0; k < 6; k++) { /* 16 outputs: of the map as it lies, in all kinds */
        LayerSubject s;
        CheckRow row;
        Layer *l = phases(kinds[k % 3], 16, k < 3 ? 16 : 17, INIT_PYTORCH);
        layer_subject_init(&s, l, input_of(kinds[k % 3], 2, 3, 2, 16), PROBE, &r);
        ck_assert_int_eq(gradcheck_directions(&s.subject, 4, TOLERANCE(0.2, 1e-8), &r, &row), PASS);
        layer_subject_free(&s);
        layer_free(l);
    }
}
END_TEST

/* ---- the layer as any other ----------------------------------------------------------------------------------- */

/* By Winograd, of the map as it lies and by hand; by windows of the input and of the output. */
enum { WAYS = 4 };
static const int way[WAYS][2] = { { 16, 17 }, { 17, 16 }, { 3, 16 }, { 15, 2 } };

START_TEST(same_bytes_for_any_number_of_threads)
{
    for (int k = 0; k < 3 * WAYS; k++) {
        Tensor result[3][4] = { { { .capacity = 0 } } };
        for (int threads = 0; threads < 3; threads++) {
            threads_set(threads + 1);
            Layer *l = phases(kinds[k / WAYS], way[k % WAYS][0], way[k % WAYS][1], INIT_PYTORCH);
            Tensor x = filled(input_of(kinds[k / WAYS], 17, 7, 6, way[k % WAYS][0])),
                   dy = filled(layer_output_shape(l, x.shape));
            tensor_copy(&result[threads][0], layer_forward(l, &x, TRAIN));
            tensor_copy(&result[threads][1], backward_of(l, &dy, WITH_PARAM));
            tensor_copy(&result[threads][2], &l->param[0]->grad);
            tensor_copy(&result[threads][3], &l->param[1]->grad);
            layer_free(l);
            tensor_free(&x), tensor_free(&dy);
        }
        for (int i = 0; i < 12; i++)
            ck_assert_mem_eq(result[i / 4][i % 4].data, result[0][i % 4].data, tensor_size(&result[0][i % 4]) * sizeof(real));
        for (int i = 0; i < 12; i++)
            tensor_free(&result[i / 4][i % 4]);
    }
}
END_TEST

START_TEST(settled_layer_allocates_nothing)
{
    for (int k = 0; k < 3 * WAYS; k++) {
        Layer *l = phases(kinds[k / WAYS], way[k % WAYS][0], way[k % WAYS][1], INIT_PYTORCH);
        Tensor x = filled(input_of(kinds[k / WAYS], 8, 3, 2, way[k % WAYS][0])), dy = filled(layer_output_shape(l, x.shape));
        ck_assert_int_eq(calls_once_settled(l, &x, &dy), 0);
        layer_free(l);
        tensor_free(&x), tensor_free(&dy);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* Winograd's tiles read from and written to maps that are cut in four, against
 * the same with the cut made by hand. */
START_TEST(winograd_takes_maps_that_are_cut_in_four)
{
    enum { N = 3, H = 7, W = 11, Q = 2 * LANES, C = 4 * Q, O = 3, PIXELS = N * H * W };
    WinogradSizes plain = { .N = N, .H = H, .W = W, .C = C, .O = O }, cut = plain;
    Random r = random_stream(1, "cut", 0);
    cut.x_in_phases = true;
    size_t in = PIXELS * C, out = PIXELS * O, kernel = 9 * C * O;
    real *room = memory_get((4 * in + 3 * out + 3 * kernel) * sizeof *room);
    real *high = room, *low = high + in, *dhigh = low + in, *dlow = dhigh + in, *y = dlow + in, *y2 = y + out, *dy = y2 + out;
    real *w = dy + out, *dw = w + kernel, *dw2 = dw + kernel;
    random_normal(&r, high, in), random_normal(&r, dy, out), random_normal(&r, w, kernel);
    space_to_depth(low, high, N, H, W, Q);
    winograd_forward(y, low, w, NULL, &plain);
    winograd_forward(y2, high, w, NULL, &cut);
    ck_assert_mem_eq(y, y2, out * sizeof *y);
    memset(dw, 0, 2 * kernel * sizeof *dw);
    winograd_backward_w(dw, low, dy, &plain);
    winograd_backward_w(dw2, high, dy, &cut);
    ck_assert_mem_eq(dw, dw2, kernel * sizeof *dw);
    winograd_backward_x(low, dy, w, &plain);
    depth_to_space(dhigh, low, NULL, N, H, W, Q);
    winograd_backward_x(dlow, dy, w, &cut);
    ck_assert_mem_eq(dhigh, dlow, in * sizeof *dhigh);
    /* And the other side: from O to C channels, with a bias that all four share. */
    WinogradSizes back = { .N = N, .H = H, .W = W, .C = O, .O = C }, cut_back = back;
    cut_back.y_in_phases = true;
    real *b = w, *v = dw; /* Q numbers; a kernel */
    random_normal(&r, v, kernel);
    winograd_forward(low, dy, v, NULL, &back);
    depth_to_space(dhigh, low, b, N, H, W, Q);
    winograd_forward(high, dy, v, b, &cut_back);
    assert_all_close(high, dhigh, in, 0);
    memory_release(room);
}
END_TEST

/* ---- what is known of the folded kernels ------------------------------------------------------------ */

/* A convolution between a map of Q channels that is cut in four and one of O,
 * with and without what is known of its kernel. */
typedef struct {
    WinogradSizes all, fewer;
    size_t x, y, low, w;
    real *room;
} Known;

static Known known_of(PhaseKind kind, int Q, int O)
{
    bool strided = kind == STRIDED;
    Known k = { .all = { .N = 5,
                         .H = 7,
                         .W = 7,
                         .C = strided ? 4 * Q : O,
                         .O = strided ? O : 4 * Q,
                         .x_in_phases = strided,
                         .y_in_phases = !strided } };
    size_t pixels = (size_t)(k.all.N * k.all.H * k.all.W);
    k.fewer = k.all;
    k.fewer.known = kind == UPSAMPLED ? SAME_SUM : TWO_TAPS;
    k.x = pixels * (size_t)k.all.C, k.y = pixels * (size_t)k.all.O;
    k.w = 25 * (size_t)(Q * O), k.low = 36 * (size_t)(Q * O);
    k.room = memory_get((3 * k.x + 3 * k.y + 4 * k.low) * sizeof(real));
    return k;
}

/* Winograd leaves out the products of which the result is known: no result changes. */
static void assert_fewer_are_enough(PhaseKind kind, int Q, int O)
{
    Known k = known_of(kind, Q, O);
    real *x = k.room, *dx = x + k.x, *dx2 = dx + k.x, *dy = dx2 + k.x, *y = dy + k.y, *y2 = y + k.y;
    real *low = y2 + k.y, *dlow = low + k.low, *dw = dlow + k.low, *dw2 = dw + k.low;
    int C = kind == STRIDED ? Q : O, outputs = kind == STRIDED ? O : Q;
    r = random_stream(4, "known", 0);
    random_normal(&r, x, k.x), random_normal(&r, dy, k.y), random_normal(&r, dlow, k.w);
    phases_fold(low, dlow, kind, C, outputs);
    winograd_forward(y, x, low, NULL, &k.all), winograd_forward(y2, x, low, NULL, &k.fewer);
    assert_all_close(y, y2, k.y, TOLERANCE(1e-3, 2e-12));
    winograd_backward_x(dx, dy, low, &k.all), winograd_backward_x(dx2, dy, low, &k.fewer);
    assert_all_close(dx, dx2, k.x, TOLERANCE(1e-3, 2e-12));
    memset(dw, 0, 2 * k.low * sizeof *dw), memset(dlow, 0, k.low * sizeof *dlow);
    winograd_backward_w(dlow, x, dy, &k.all), phases_unfold_add(dw, dlow, kind, C, outputs);
    memset(dlow, 0, k.low * sizeof *dlow);
    winograd_backward_w(dlow, x, dy, &k.fewer), phases_unfold_add(dw2, dlow, kind, C, outputs);
    assert_all_close(dw, dw2, k.w, TOLERANCE(1e-3, 2e-12));
    /* A kernel that is not folded: the products are really left out. */
    low[0] += 1, low[8 * (k.low / 9)] += 1;
    winograd_forward(y, x, low, NULL, &k.all), winograd_forward(y2, x, low, NULL, &k.fewer);
    double most = 0;
    for (size_t i = 0; i < k.y; i++)
        most = fmax(most, fabs((double)(y[i] - y2[i])));
    ck_assert(most > 0.1);
    memory_release(k.room);
}

START_TEST(products_known_beforehand_are_left_out)
{
    for (int kind = 0; kind < 3; kind++) {
        assert_fewer_are_enough(kinds[kind], LANES, 20);
        assert_fewer_are_enough(kinds[kind], 3 * LANES, 3);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("18 phases", RUNS(products_known_beforehand_are_left_out), RUNS(winograd_takes_maps_that_are_cut_in_four),
      RUNS(cut_by_hand), RUNS(cut_and_join_are_inverse), RUNS(taps_are_those_of_the_definition),
      RUNS(fold_sums_the_taps_and_unfold_is_its_transpose), RUNS(upsampled_is_upsampling_and_a_convolution),
      RUNS(transposed_is_the_transposed_convolution), RUNS(strided_is_the_convolution_of_stride_2),
      RUNS(only_what_is_wanted_is_computed), RUNS(gradients_pass_the_checker_and_every_fault_is_caught),
      RUNS(gradients_of_wide_layers_pass_along_directions), RUNS(same_bytes_for_any_number_of_threads),
      RUNS(settled_layer_allocates_nothing))
