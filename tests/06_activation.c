/* Activations against the mathematical library in long double, and by the
 * gradient checker. */
#include "06_activation.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "03_measure.h"
#include "04_layer.h"
#include "04_subject.h"
#include "06_activation_layer.h"
#include "backward.h"
#include "suite.h"

#include <float.h>
#include <string.h>

static real tanh_of(real x)
{
    real y;
    tanh_forward(&y, &x, 1);
    return y;
}

static real sigmoid_of(real x)
{
    real y;
    sigmoid_forward(&y, &x, 1);
    return y;
}

/* ---- tanh ------------------------------------------------------------------------------------------ */

#define SMALLEST TOLERANCE(0x1p-149, 0x1p-1074)
#define LARGEST TOLERANCE(FLT_MAX, DBL_MAX)

static void assert_tanh(real x)
{
    long double y = tanh_of(x), truth = tanhl(x), tolerance = TOLERANCE(2e-7, 0x1p-51) * fabsl(truth);
    ck_assert_msg(fabsl(y - truth) <= fmaxl(tolerance, SMALLEST) && fabsl(y) <= 1, "tanh %.9g = %.9Lg, not %.9Lg", (double)x, y,
                  truth);
}

START_TEST(tanh_is_right_at_every_size)
{
    for (int e = sizeof(real) == sizeof(float) ? -149 : -1074; e <= (sizeof(real) == sizeof(float) ? 127 : 1023); e++)
        for (int i = 0; i < 500; i++)
            assert_tanh((real)ldexp(1 + i / 500.0, e));
}
END_TEST

START_TEST(tanh_is_right_where_it_bends)
{
    for (int i = 0; i <= 250000; i++)
        assert_tanh((real)(i * 1e-4));
}
END_TEST

START_TEST(tanh_is_odd_to_the_bit)
{
    for (double size = 1e-50; size < 3e38; size *= 1.001) {
        real x = (real)size;
        ck_assert(tanh_of(-x) == -tanh_of(x));
    }
}
END_TEST

START_TEST(tanh_of_zero_keeps_its_sign)
{
    ck_assert(tanh_of(0) == 0 && !signbit(tanh_of(0)));
    ck_assert(tanh_of((real)-0.0) == 0 && signbit(tanh_of((real)-0.0)));
}
END_TEST

START_TEST(tanh_of_the_smallest_number_is_itself)
{
    ck_assert(tanh_of((real)SMALLEST) == (real)SMALLEST && tanh_of((real)-SMALLEST) == (real)-SMALLEST);
}
END_TEST

START_TEST(tanh_of_large_numbers_is_1)
{
    ck_assert(tanh_of(20) == 1 && tanh_of((real)-1e4) == -1);
    ck_assert(tanh_of((real)LARGEST) == 1 && tanh_of((real)-LARGEST) == -1);
}
END_TEST

START_TEST(tanh_of_infinity_is_1) { ck_assert(tanh_of(INFINITY) == 1 && tanh_of(-INFINITY) == -1); }
END_TEST
START_TEST(tanh_of_nan_is_nan) { ck_assert(isnan(tanh_of(NAN))); }
END_TEST

START_TEST(tanh_forward_is_tanh)
{
    real x[37], y[37];
    for (int i = 0; i < 37; i++)
        x[i] = (real)(i - 18) / 3;
    tanh_forward(y, x, 37);
    for (int i = 0; i < 37; i++)
        assert_close(y[i], tanhl(x[i]), TOLERANCE(2e-7, 0x1p-51) * fabs((double)y[i]));
}
END_TEST

START_TEST(slope_of_tanh_is_1_minus_y_squared)
{
    real y[] = { 0, (real)0.5, -1, (real)-0.25 }, dy[] = { 3, 2, 5, -16 }, dx[4];
    tanh_backward(dx, dy, y, 4);
    assert_all_close(dx, ((double[]){ 3, 1.5, 0, -15 }), 4, 0);
}
END_TEST

/* ---- sigmoid ------------------------------------------------------------------------------------------ */

START_TEST(sigmoid_is_right)
{
    for (int i = -250000; i <= 250000; i++) {
        real x = (real)(i * 2e-4);
        assert_close(sigmoid_of(x), 1 / (1 + expl(-(long double)x)), TOLERANCE(9e-8, 2e-16));
    }
}
END_TEST

START_TEST(sigmoid_of_extremes_is_0_or_1)
{
    ck_assert(sigmoid_of(0) == (real)0.5 && sigmoid_of(100) == 1 && sigmoid_of(-100) == 0);
    ck_assert(sigmoid_of((real)LARGEST) == 1 && sigmoid_of((real)-LARGEST) == 0 && isnan(sigmoid_of(NAN)));
}
END_TEST

START_TEST(sigmoid_of_infinity_is_0_or_1) { ck_assert(sigmoid_of(INFINITY) == 1 && sigmoid_of(-INFINITY) == 0); }
END_TEST

START_TEST(slope_of_sigmoid_is_y_times_1_minus_y)
{
    real y[] = { 0, (real)0.5, 1, (real)0.25 }, dy[] = { 3, 2, 5, -16 }, dx[4];
    sigmoid_backward(dx, dy, y, 4);
    assert_all_close(dx, ((double[]){ 0, 0.5, 0, -3 }), 4, 0);
}
END_TEST

/* ---- ReLU and LeakyReLU ---------------------------------------------------------------------------------- */

START_TEST(leaky_relu_is_x_or_slope_x)
{
    real x[] = { 2, -2, (real)0.5, -8, 0, (real)0x1p-100, (real)-0x1p-100 }, y[7];
    leaky_relu_forward(y, x, (real)0.25, 7);
    assert_all_close(y, ((double[]){ 2, -0.5, 0.5, -2, 0, 0x1p-100, -0x1p-102 }), 7, 0);
    leaky_relu_forward(y, x, 0, 7);
    assert_all_close(y, ((double[]){ 2, 0, 0.5, 0, 0, 0x1p-100, 0 }), 7, 0);
}
END_TEST

START_TEST(leaky_relu_passes_dy_or_slope_dy)
{
    real x[] = { 2, -2, (real)SMALLEST, (real)-SMALLEST }, dy[] = { 4, 8, -12, -16 }, dx[4];
    leaky_relu_backward(dx, dy, x, (real)0.25, 4);
    assert_all_close(dx, ((double[]){ 4, 2, -12, -4 }), 4, 0);
    leaky_relu_backward(dx, dy, x, 0, 4);
    assert_all_close(dx, ((double[]){ 4, 0, -12, 0 }), 4, 0);
}
END_TEST

START_TEST(derivative_at_the_kink_is_the_slope)
{
    real x[] = { 0, (real)-0.0 }, dy[] = { 8, 8 }, dx[2];
    leaky_relu_backward(dx, dy, x, (real)0.25, 2);
    assert_all_close(dx, ((double[]){ 2, 2 }), 2, 0);
    leaky_relu_backward(dx, dy, x, 0, 2);
    assert_all_close(dx, ((double[]){ 0, 0 }), 2, 0);
}
END_TEST

START_TEST(nan_passes_through_every_activation)
{
    real x = NAN, y = 0;
    leaky_relu_forward(&y, &x, (real)0.25, 1);
    ck_assert(isnan(y));
    y = 0;
    leaky_relu_forward(&y, &x, 0, 1);
    ck_assert(isnan(y));
}
END_TEST

/* ---- threads ------------------------------------------------------------------------------------------------ */

enum { MANY = 100003 };
static real x[MANY], dy[MANY], result[3][6][MANY];

START_TEST(same_bytes_for_any_number_of_threads)
{
    Random r = random_stream(1, "activation", 0);
    random_normal(&r, x, MANY);
    random_normal(&r, dy, MANY);
    for (int i = 0; i < 3; i++) {
        threads_set(i + 1);
        leaky_relu_forward(result[i][0], x, (real)0.2, MANY);
        leaky_relu_backward(result[i][1], dy, x, (real)0.2, MANY);
        tanh_forward(result[i][2], x, MANY);
        tanh_backward(result[i][3], dy, result[i][2], MANY);
        sigmoid_forward(result[i][4], x, MANY);
        sigmoid_backward(result[i][5], dy, result[i][4], MANY);
    }
    ck_assert_mem_eq(result[0], result[1], sizeof result[0]);
    ck_assert_mem_eq(result[0], result[2], sizeof result[0]);
}
END_TEST

/* A vector of numbers is computed as each of them alone. */
START_TEST(element_does_not_depend_on_its_place)
{
    Random r = random_stream(1, "activation", 0);
    random_normal(&r, x, 999);
    tanh_forward(result[0][0], x, 999);
    sigmoid_forward(result[0][1], x, 999);
    for (int i = 0; i < 999; i++) {
        assert_close(tanh_of(x[i]), result[0][0][i], TOLERANCE(1.2e-7, 0x1p-52));
        assert_close(sigmoid_of(x[i]), result[0][1][i], TOLERANCE(6e-8, 0x1p-53));
    }
}
END_TEST

/* ---- the layers --------------------------------------------------------------------------------------------- */

static Layer *make(int kind)
{
    return kind == 0 ? relu_new() : kind == 1 ? leaky_relu_new(0.2) : kind == 2 ? tanh_new() : sigmoid_new();
}

static long double f(int kind, long double v)
{
    switch (kind) {
    case 0: return v > 0 ? v : 0;
    case 1: return v > 0 ? v : (long double)(real)0.2 * v;
    case 2: return tanhl(v);
    default: return 1 / (1 + expl(-v));
    }
}

static Tensor normal(Shape s)
{
    Random r = random_stream(2, "activation", 0);
    Tensor t = tensor_new(s);
    random_normal(&r, t.data, tensor_size(&t));
    return t;
}

START_TEST(layers_apply_their_function_to_any_shape)
{
    for (int kind = 0; kind < 4; kind++) {
        Layer *l = make(kind);
        Tensor t = normal((Shape){ 4, { 2, 3, 4, 5 } });
        const Tensor *y = layer_forward(l, &t, TRAIN);
        ck_assert(shape_equal(y->shape, t.shape));
        for (int i = 0; i < 120; i++)
            assert_close(y->data[i], f(kind, t.data[i]), TOLERANCE(3e-7, 4e-16));
        const Tensor *dx = backward_of(l, &t, WITH_PARAM);
        ck_assert(shape_equal(dx->shape, t.shape));
        layer_forward(l, &t, EVAL);
        layer_backward(l, &t, NULL, WITH_PARAM);
        ck_assert(layer_param_count(l) == 0 && layer_state_count(l) == 0);
        tensor_free(&t);
        layer_free(l);
        ck_assert_int_eq(memory_blocks(), 0);
    }
}
END_TEST

START_TEST(layers_have_their_names)
{
    static const char *const name[] = { "ReLU", "LeakyReLU", "Tanh", "Sigmoid" };
    for (int kind = 0; kind < 4; kind++) {
        Layer *l = make(kind);
        ck_assert_str_eq(l->ops->name, name[kind]);
        layer_free(l);
    }
}
END_TEST

START_TEST(settled_layers_allocate_nothing)
{
    for (int kind = 0; kind < 4; kind++) {
        Layer *l = make(kind);
        Tensor t = normal((Shape){ 2, { 6, 7 } });
        long calls = 0;
        for (int round = 0; round < 3; round++) {
            layer_forward(l, &t, TRAIN);
            backward_of(l, &t, WITHOUT_PARAM);
            if (round == 0)
                calls = memory_calls();
        }
        ck_assert_int_eq(memory_calls(), calls);
        tensor_free(&t);
        layer_free(l);
    }
}
END_TEST

START_TEST(branches_are_the_sides_of_the_kink)
{
    for (int kind = 0; kind < 4; kind++) {
        Layer *l = make(kind);
        Tensor t = normal((Shape){ 2, { 2, 5 } });
        layer_forward(l, &t, TRAIN);
        uint64_t before = layer_branches(l);
        t.data[9] *= 2;
        layer_forward(l, &t, TRAIN);
        ck_assert(layer_branches(l) == before);
        t.data[9] *= -1;
        layer_forward(l, &t, TRAIN);
        ck_assert((layer_branches(l) != before) == (kind < 2));
        tensor_free(&t);
        layer_free(l);
    }
}
END_TEST

START_TEST(slope_1_aborts) { leaky_relu_new(1); }
END_TEST
START_TEST(negative_slope_aborts) { leaky_relu_new(-0.1); }
END_TEST
START_TEST(slope_nan_aborts) { leaky_relu_new(NAN); }
END_TEST

/* ---- the gradient check ---------------------------------------------------------------------------------------- */

#define LIMIT TOLERANCE(1e-2, 1e-8)

static Verdict check(int kind, bool on_the_kink, CheckRow *row, int *planted, int *caught)
{
    Random r = random_stream(3, "activation", 0);
    Layer *l = make(kind);
    LayerSubject s;
    layer_subject_init(&s, l, (Shape){ 2, { 5, 7 } }, PROBE, &r);
    if (on_the_kink)
        s.x.data[17] = 0;
    Verdict v = gradcheck(&s.subject, LIMIT, row);
    if (planted)
        gradcheck_faults(&s.subject, LIMIT, NULL, planted, caught, stderr);
    layer_subject_free(&s);
    layer_free(l);
    return v;
}

START_TEST(gradients_pass_the_check_and_planted_faults_do_not)
{
    for (int kind = 0; kind < 4; kind++) {
        CheckRow row;
        int planted = 0, caught = 0;
        ck_assert_msg(check(kind, false, &row, &planted, &caught) == PASS, "kind %d: %g, not %g, bar %g", kind, row.analytic,
                      row.numeric, row.bar);
        ck_assert_uint_eq(row.elements, 35);
        ck_assert_msg(planted == 6 && caught == 6, "kind %d: %d of %d", kind, caught, planted);
    }
}
END_TEST

START_TEST(a_zero_among_the_inputs_is_no_trouble)
{
    for (int kind = 0; kind < 4; kind++) {
        CheckRow row;
        Verdict v = check(kind, true, &row, NULL, NULL);
        ck_assert_msg(v == PASS, "kind %d, element %zu: %g, not %g, bar %g, scale %g", kind, row.worst, row.analytic,
                      row.numeric, row.bar, row.scale);
    }
}
END_TEST

/* One element of what was measured, with another claim. */
static Verdict judge_claim(const MeasuredArray *m, size_t i, double claim)
{
    MeasuredArray one = { 1, &claim, &m->noise[i], &m->slope[i], m->scale };
    return gradcheck_judge("x", &one, LIMIT).verdict;
}

/* All x are 0: dL/dx may be whatever lies between slope u and u, and nothing else. */
START_TEST(on_a_thousand_kinks_every_slope_between_both_sides_passes_and_none_beyond)
{
    for (int kind = 0; kind < 2; kind++) {
        Random r = random_stream(4, "kinks", 0);
        Layer *l = make(kind);
        LayerSubject s;
        layer_subject_init(&s, l, (Shape){ 2, { 40, 25 } }, PROBE, &r);
        memset(s.x.data, 0, 1000 * sizeof *s.x.data);
        Measurement m = gradcheck_measure(&s.subject);
        ck_assert_int_eq(gradcheck_judge("x", &m.array[0], LIMIT).verdict, PASS);
        for (size_t i = 0; i < 1000; i++) {
            double u = (double)s.u.data[i], low = kind == 0 ? 0 : 0.2 * u, bar = gradcheck_bar(&m.array[0], i);
            for (int k = 0; k <= 4; k++)
                ck_assert_int_eq(judge_claim(&m.array[0], i, low + (u - low) * k / 4), PASS);
            ck_assert_int_eq(judge_claim(&m.array[0], i, low - copysign(2.01 * bar, u)), BUG);
            ck_assert_int_eq(judge_claim(&m.array[0], i, u + copysign(2.01 * bar, u)), BUG);
        }
        measurement_free(&m);
        layer_subject_free(&s);
        layer_free(l);
    }
}
END_TEST

SUITE("06 activation", RUNS(tanh_is_right_at_every_size), RUNS(tanh_is_right_where_it_bends), RUNS(tanh_is_odd_to_the_bit),
      RUNS(tanh_of_zero_keeps_its_sign), RUNS(tanh_of_the_smallest_number_is_itself), RUNS(tanh_of_large_numbers_is_1),
      RUNS(tanh_of_infinity_is_1), RUNS(tanh_of_nan_is_nan), RUNS(tanh_forward_is_tanh),
      RUNS(slope_of_tanh_is_1_minus_y_squared), RUNS(sigmoid_is_right), RUNS(sigmoid_of_extremes_is_0_or_1),
      RUNS(sigmoid_of_infinity_is_0_or_1), RUNS(slope_of_sigmoid_is_y_times_1_minus_y), RUNS(leaky_relu_is_x_or_slope_x),
      RUNS(leaky_relu_passes_dy_or_slope_dy), RUNS(derivative_at_the_kink_is_the_slope),
      RUNS(nan_passes_through_every_activation), RUNS(same_bytes_for_any_number_of_threads),
      RUNS(element_does_not_depend_on_its_place), RUNS(layers_apply_their_function_to_any_shape), RUNS(layers_have_their_names),
      RUNS(settled_layers_allocate_nothing), RUNS(branches_are_the_sides_of_the_kink), ABORTS(slope_1_aborts),
      ABORTS(negative_slope_aborts), ABORTS(slope_nan_aborts), RUNS(gradients_pass_the_check_and_planted_faults_do_not),
      RUNS(a_zero_among_the_inputs_is_no_trouble),
      RUNS(on_a_thousand_kinks_every_slope_between_both_sides_passes_and_none_beyond))
