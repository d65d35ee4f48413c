/* Winograd's convolution against the published matrices and against conv. */
#include "18_winograd.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "18_winograd_transform.h"
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

/* ---- one tile -------------------------------------------------------------------------------------- */

/* Lavin and Gray, section 4.3. */
static const double B_transposed[6][6] = { { 4, 0, -5, 0, 1, 0 },  { 0, -4, -4, 1, 1, 0 }, { 0, 4, -4, -1, 1, 0 },
                                           { 0, -2, -1, 2, 1, 0 }, { 0, 2, -1, -2, 1, 0 }, { 0, 4, 0, -5, 0, 1 } };
static const double G[6][3] = { { 1 / 4., 0, 0 },
                                { -1 / 6., -1 / 6., -1 / 6. },
                                { -1 / 6., 1 / 6., -1 / 6. },
                                { 1 / 24., 1 / 12., 1 / 6. },
                                { 1 / 24., -1 / 12., 1 / 6. },
                                { 0, 0, 1 } };
static const double A_transposed[4][6] = {
    { 1, 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, -2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, -1, 8, -8, 1 }
};

/* The same for three outputs, from the points 0, 1, -1, 2 and infinity, worked
 * out by hand; row 4, of the point -2, is empty, and G is the one above. */
static const double B_transposed_3[6][6] = { { 4, -2, -4, 2, 0, 0 }, { 0, -6, -3, 3, 0, 0 }, { 0, 2, -3, 1, 0, 0 },
                                             { 0, -4, 0, 4, 0, 0 },  { 0, 0, 0, 0, 0, 0 },   { 0, 2, -1, -2, 1, 0 } };
static const double A_transposed_3[4][6] = {
    { 1, 1, 1, 1, 0, 0 }, { 0, 1, -1, 2, 0, 0 }, { 0, 1, 1, 4, 0, 1 }, { 0, 0, 0, 0, 0, 0 }
};

/* out = m in m^T; m is rows x columns. */
static void sandwich(double *out, const double *m, const double *in, int rows, int columns)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < rows; j++) {
            out[i * rows + j] = 0;
            for (int k = 0; k < columns * columns; k++)
                out[i * rows + j] += m[i * columns + k / columns] * in[k] * m[j * columns + k % columns];
        }
}

static void draw(double *x, int n)
{
    real drawn[POINTS];
    random_normal(&r, drawn, (size_t)n);
    for (int i = 0; i < n; i++)
        x[i] = (double)drawn[i];
}

START_TEST(transforms_are_the_published_matrices)
{
    r = random_stream(1, "tiles", 0);
    for (int round = 0; round < 20; round++) {
        double d[6][6], g[3][3], V[6][6], U[6][6], y[4][4], truth[36];
        draw(d[0], 36), draw(g[0], 9);
        winograd_input(V, d, 4);
        sandwich(truth, B_transposed[0], d[0], 6, 6);
        assert_all_close(&V[0][0], truth, 36, TOLERANCE(1e-4, 2e-13));
        winograd_kernel(U, g);
        sandwich(truth, G[0], g[0], 6, 3);
        assert_all_close(&U[0][0], truth, 36, TOLERANCE(2e-6, 4e-15));
        winograd_output(y, d, 4);
        sandwich(truth, A_transposed[0], d[0], 4, 6);
        assert_all_close(&y[0][0], truth, 16, TOLERANCE(2e-4, 4e-13));
        winograd_input(V, d, 3);
        sandwich(truth, B_transposed_3[0], d[0], 6, 6);
        assert_all_close(&V[0][0], truth, 36, TOLERANCE(1e-4, 2e-13));
        winograd_output(y, d, 3);
        sandwich(truth, A_transposed_3[0], d[0], 4, 6);
        assert_all_close(&y[0][0], truth, 16, TOLERANCE(2e-4, 4e-13));
    }
}
END_TEST

/* y from the products of U and V, for one tile. Returns how many of them are needed. */
static int products(double y[4][4], double d[6][6], double g[3][3], int tile)
{
    double V[6][6], U[6][6], M[6][6] = { { 0 } };
    int count = 0;
    winograd_input(V, d, tile), winograd_kernel(U, g);
    for (int k = 0; k < POINTS; k++)
        if (tile == TILE || (k / WINDOW != LEFT_OUT && k % WINDOW != LEFT_OUT)) {
            M[k / WINDOW][k % WINDOW] = U[k / WINDOW][k % WINDOW] * V[k / WINDOW][k % WINDOW];
            count++;
        }
    winograd_output(y, M, tile);
    return count;
}

/* 36 products for 16 outputs and 25 for 9, from the same U; the definition takes 9 for each output. */
START_TEST(few_products_are_the_sums)
{
    r = random_stream(2, "tiles", 0);
    for (int round = 0; round < 40; round++) {
        int tile = round % 2 ? 3 : 4;
        int direct = 0;
        double d[6][6], g[3][3], y[4][4];
        draw(d[0], 36), draw(g[0], 9);
        ck_assert_int_eq(products(y, d, g, tile), tile == 4 ? 36 : 25);
        for (int i = 0; i < tile; i++)
            for (int j = 0; j < tile; j++) {
                double sum = 0;
                for (int k = 0; k < 9; k++, direct++)
                    sum += d[i + k / 3][j + k % 3] * g[k / 3][k % 3];
                assert_close(y[i][j], sum, TOLERANCE(3e-5, 1e-13));
            }
        ck_assert_int_eq(direct, tile == 4 ? 144 : 81);
    }
}
END_TEST

/* ---- a convolution -------------------------------------------------------------------------------------- */

/* Forward and backward of a layer on the same x and dy; the parameters' gradients begin at 1. */
typedef struct {
    Tensor y, dx, dw, db;
} Result;

static Result run(Layer *l, Shape x_shape)
{
    Result of = { .y = { .capacity = 0 } };
    r = random_stream(3, "maps", 0);
    Tensor x = filled(x_shape), dy = filled(layer_output_shape(l, x_shape));
    tensor_fill(&l->param[0]->grad, 1), tensor_fill(&l->param[1]->grad, 1);
    tensor_copy(&of.y, layer_forward(l, &x, TRAIN));
    tensor_copy(&of.dx, backward_of(l, &dy, WITH_PARAM));
    tensor_copy(&of.dw, &l->param[0]->grad);
    tensor_copy(&of.db, &l->param[1]->grad);
    tensor_free(&x), tensor_free(&dy);
    return of;
}

static void result_free(Result *of) { tensor_free(&of->y), tensor_free(&of->dx), tensor_free(&of->dw), tensor_free(&of->db); }

/* Of numbers of size about `size`; the transforms cost some digits. */
static void assert_near(const char *what, const Tensor *a, const Tensor *b, double size)
{
    ck_assert(shape_equal(a->shape, b->shape));
    for (size_t i = 0; i < tensor_size(a); i++) {
        double off = fabs((double)a->data[i] - (double)b->data[i]) / size;
        ck_assert_msg(off <= TOLERANCE(2e-5, 4e-14), "%s[%zu]: %g and %g, off by %g of %g", what, i, (double)a->data[i],
                      (double)b->data[i], off, size);
    }
}

static WinogradSizes winograd_sizes(const ConvSizes *s)
{
    return (WinogradSizes){ .N = s->N, .H = s->H, .W = s->W, .C = s->C, .O = s->O };
}

static void forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s)
{
    WinogradSizes W = winograd_sizes(s);
    winograd_forward(y, x, w, b, &W);
}

static void backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    WinogradSizes W = winograd_sizes(s);
    winograd_backward_x(dx, dy, w, &W);
}

static void backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    WinogradSizes W = winograd_sizes(s);
    winograd_backward_w(dw, x, dy, &W);
}

/* Layers of the two kinds, whatever the number of channels. */
static Layer *winograd_new(int C, int O, Init init, Random *random)
{
    static const ConvKind kind = { "Winograd", false, conv_sizes, forward, backward_x, backward_w };
    return conv_kind_new(&kind, (ConvSizes){ .C = C, .O = O, .K = 3, .S = 1 }, PAD_KERAS, init, random);
}

static Layer *plain_new(int C, int O, Init init, Random *random)
{
    static const ConvKind kind = {
        "Plain", false, conv_sizes, plain_conv_forward, plain_conv_backward_x, plain_conv_backward_w
    };
    return conv_kind_new(&kind, (ConvSizes){ .C = C, .O = O, .K = 3, .S = 1 }, PAD_KERAS, init, random);
}

static Layer *winograd(int C, int O, Init init)
{
    r = random_stream(4, "weights", 0);
    return winograd_new(C, O, init, &r);
}

static Layer *plain(int C, int O, Init init)
{
    r = random_stream(4, "weights", 0);
    return plain_new(C, O, init, &r);
}

/* Both layers from the same random numbers; weights within 1/sqrt(9 C). */
static void assert_equal_to_conv(int N, int H, int W, int C, int O)
{
    Layer *l = winograd(C, O, INIT_PYTORCH), *known = plain(C, O, INIT_PYTORCH);
    Result a = run(l, maps(N, H, W, C)), b = run(known, maps(N, H, W, C));
    assert_near("y", &a.y, &b.y, 1);
    assert_near("dx", &a.dx, &b.dx, sqrt(1.0 + (double)O / C));
    assert_near("dw", &a.dw, &b.dw, 2 * sqrt((double)N * H * W) + 8);
    assert_near("db", &a.db, &b.db, sqrt((double)N * H * W) + 1);
    result_free(&a), result_free(&b);
    layer_free(l), layer_free(known);
}

START_TEST(maps_of_every_size_up_to_9_are_conv_s)
{
    for (int k = 0; k < 81; k++)
        assert_equal_to_conv(2, 1 + k / 9, 1 + k % 9, 3, 2);
}
END_TEST

/* Below, at and above the number of lanes, 16 in float and 8 in double. */
START_TEST(any_number_of_channels_is_conv_s)
{
    static const int of[] = { 1, 3, 8, 16, 17, 33 };
    for (int k = 0; k < 36; k++)
        assert_equal_to_conv(2, 5, 6, of[k / 6], of[k % 6]);
}
END_TEST

/* 128 tiles at a time: maps of 1, of 9 (14 maps at once; 2 and 1 are left) and of 289 tiles. */
START_TEST(many_maps_are_conv_s)
{
    static const int of[][5] = { { 300, 3, 4, 2, 1 }, { 30, 9, 9, 3, 17 }, { 57, 9, 10, 1, 2 }, { 3, 65, 66, 1, 2 } };
    for (int k = 0; k < 4; k++)
        assert_equal_to_conv(of[k][0], of[k][1], of[k][2], of[k][3], of[k][4]);
}
END_TEST

/* Through the functions: arrays of exactly their size, b may be NULL, dx is overwritten. */
START_TEST(functions_stay_within_their_arrays)
{
    static const WinogradSizes of[] = { { .N = 30, .H = 9, .W = 9, .C = 3, .O = 17 },
                                        { .N = 2, .H = 5, .W = 6, .C = 17, .O = 3 },
                                        { .N = 1, .H = 1, .W = 1, .C = 1, .O = 1 } };
    r = random_stream(5, "maps", 0);
    for (int k = 0; k < 3; k++) {
        WinogradSizes s = of[k];
        ConvSizes c = conv_sizes((ConvSizes){ .N = s.N, .H = s.H, .W = s.W, .C = s.C, .O = s.O, .K = 3, .S = 1 }, PAD_KERAS);
        Tensor x = filled(maps(s.N, s.H, s.W, s.C)), y = tensor_new(maps(s.N, s.H, s.W, s.O)), w = filled(maps(3, 3, s.C, s.O));
        Tensor y_plain = tensor_new(y.shape), dx = tensor_new(x.shape), dx_plain = tensor_new(x.shape);
        winograd_forward(y.data, x.data, w.data, NULL, &s);
        plain_conv_forward(y_plain.data, x.data, w.data, NULL, &c);
        assert_near("y", &y, &y_plain, 3 * sqrt((double)s.C));
        winograd_backward_x(dx.data, y_plain.data, w.data, &s);
        plain_conv_backward_x(dx_plain.data, y_plain.data, w.data, &c);
        assert_near("dx", &dx, &dx_plain, 9 * sqrt((double)s.C * s.O));
        tensor_free(&x), tensor_free(&y), tensor_free(&w), tensor_free(&y_plain), tensor_free(&dx), tensor_free(&dx_plain);
    }
}
END_TEST

/* The price in digits, against sums in long double: four bits or so, relative
 * to the size of an output, 3 sqrt(C). */
START_TEST(error_is_some_ten_roundings)
{
    WinogradSizes s = { .N = 4, .H = 14, .W = 14, .C = 64, .O = 16 };
    r = random_stream(6, "maps", 0);
    Tensor x = filled(maps(s.N, s.H, s.W, s.C)), w = filled(maps(3, 3, s.C, s.O)), y = tensor_new(maps(s.N, s.H, s.W, s.O));
    double squares = 0, worst = 0;
    winograd_forward(y.data, x.data, w.data, NULL, &s);
    for (int k = 0; k < s.N * s.H * s.W * s.O; k++) {
        int o = k % s.O, j = k / s.O % s.W, i = k / s.O / s.W % s.H, n = k / s.O / s.W / s.H;
        long double sum = 0;
        for (int a = 0; a < 9; a++) {
            int row = i + a / 3 - 1, column = j + a % 3 - 1;
            for (int c = 0; c < s.C && row >= 0 && row < s.H && column >= 0 && column < s.W; c++)
                sum += (long double)x.data[((n * s.H + row) * s.W + column) * s.C + c] * w.data[(a * s.C + c) * s.O + o];
        }
        double off = (double)(y.data[k] - sum) / (3 * sqrt((double)s.C) * REAL_EPSILON);
        squares += off * off, worst = fmax(worst, fabs(off));
    }
    double typical = sqrt(squares / (s.N * s.H * s.W * s.O));
    ck_assert_msg(typical < 16 && worst < 250, "typical %g, worst %g roundings", typical, worst);
    tensor_free(&x), tensor_free(&w), tensor_free(&y);
}
END_TEST

/* ---- the layer --------------------------------------------------------------------------------------------- */

START_TEST(only_what_is_wanted_is_computed_and_gradients_add_up)
{
    Layer *l = winograd(3, 2, INIT_PYTORCH);
    Tensor x = filled(maps(2, 5, 6, 3)), dy = filled(maps(2, 5, 6, 2)), once = { .capacity = 0 };
    layer_forward(l, &x, TRAIN);
    backward_of(l, &dy, WITHOUT_PARAM);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < tensor_size(&l->param[k]->grad); i++)
            ck_assert(l->param[k]->grad.data[i] == 0);
    for (int round = 0; round < 2; round++) {
        layer_forward(l, &x, EVAL);
        layer_backward(l, &dy, NULL, WITH_PARAM);
        if (round == 0)
            tensor_copy(&once, &l->param[0]->grad);
    }
    for (size_t i = 0; i < tensor_size(&once); i++)
        assert_close(l->param[0]->grad.data[i], 2 * once.data[i], 4 * REAL_EPSILON * fabs(once.data[i]));
    layer_free(l);
    tensor_free(&x), tensor_free(&dy), tensor_free(&once);
}
END_TEST

START_TEST(gradients_pass_the_checker_and_faults_are_caught)
{
    static const int of[][5] = { { 1, 7, 7, 2, 3 }, { 2, 4, 9, 1, 2 }, { 1, 1, 2, 3, 1 }, { 1, 3, 5, 1, 17 } };
    for (int k = 0; k < 4; k++) {
        LayerSubject s;
        CheckRow row[3];
        int planted = 0, caught = 0;
        Layer *l = winograd(of[k][3], of[k][4], INIT_PYTORCH);
        layer_subject_init(&s, l, maps(of[k][0], of[k][1], of[k][2], of[k][3]), PROBE, &r);
        gradcheck(&s.subject, TOLERANCE(0.2, 1e-8), row);
        for (int i = 0; i < 3; i++)
            ck_assert_msg(row[i].verdict == PASS, "%d, %s: %s", k, row[i].tensor, verdict_name(row[i].verdict));
        if (sizeof(real) == sizeof(double))
            gradcheck_faults(&s.subject, 1e-8, NULL, &planted, &caught, stderr);
        ck_assert(planted == caught && (planted > 0) == (sizeof(real) == sizeof(double)));
        layer_subject_free(&s);
        layer_free(l);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(same_bytes_for_any_number_of_threads)
{
    Result of[3];
    for (int k = 0; k < 3; k++) {
        threads_set(k + 1);
        Layer *l = winograd(18, 20, INIT_PYTORCH);
        of[k] = run(l, maps(33, 14, 13, 18));
        layer_free(l);
    }
    for (int k = 1; k < 3; k++) {
        ck_assert_mem_eq(of[0].y.data, of[k].y.data, tensor_size(&of[0].y) * sizeof(real));
        ck_assert_mem_eq(of[0].dx.data, of[k].dx.data, tensor_size(&of[0].dx) * sizeof(real));
        ck_assert_mem_eq(of[0].dw.data, of[k].dw.data, tensor_size(&of[0].dw) * sizeof(real));
        ck_assert_mem_eq(of[0].db.data, of[k].db.data, tensor_size(&of[0].db) * sizeof(real));
    }
    for (int k = 0; k < 3; k++)
        result_free(&of[k]);
}
END_TEST

START_TEST(settled_layer_allocates_nothing)
{
    Layer *l = winograd(3, 5, INIT_PYTORCH);
    Tensor x = filled(maps(8, 7, 6, 3)), dy = filled(maps(8, 7, 6, 5));
    ck_assert_int_eq(calls_once_settled(l, &x, &dy), 0);
    layer_free(l);
    tensor_free(&x), tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(phases_of_no_whole_vector_aborts)
{
    WinogradSizes s = { .N = 1, .H = 4, .W = 4, .C = 2 * LANES, .O = 16, .x_in_phases = true }; /* half a vector each */
    winograd_forward(NULL, NULL, NULL, NULL, &s);
}
END_TEST

SUITE("18 winograd", RUNS(transforms_are_the_published_matrices), RUNS(few_products_are_the_sums),
      RUNS(maps_of_every_size_up_to_9_are_conv_s), RUNS(any_number_of_channels_is_conv_s), RUNS(many_maps_are_conv_s),
      RUNS(functions_stay_within_their_arrays), RUNS(error_is_some_ten_roundings),
      RUNS(only_what_is_wanted_is_computed_and_gradients_add_up), RUNS(gradients_pass_the_checker_and_faults_are_caught),
      RUNS(same_bytes_for_any_number_of_threads), RUNS(settled_layer_allocates_nothing),
      ABORTS(phases_of_no_whole_vector_aborts))
