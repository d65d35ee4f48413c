/* Update rules against the papers' formulas in long double. */
#include "08_optimizer.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "suite.h"

#include <string.h>

/* ---- SGD and momentum, by hand ----------------------------------------------------------------------- */

START_TEST(sgd_moves_against_the_gradient)
{
    real x[] = { 1, -2, 0 }, dx[] = { 4, -8, 0 };
    sgd_update(x, dx, 3, (real)0.125);
    assert_all_close(x, ((double[]){ 0.5, -1, 0 }), 3, 0);
    assert_all_close(dx, ((double[]){ 4, -8, 0 }), 3, 0);
}
END_TEST

START_TEST(momentum_is_a_heavy_ball_as_pytorch_has_it)
{
    static const double v_after[] = { 4, 4, 0, -8 }, x_after[] = { -1, -2, -2, 0 };
    static const double gradient[] = { 4, 2, -2, -8 };
    real x = 0, v = 0;
    for (int t = 0; t < 4; t++) { /* v = v/2 + dx; x -= v/4 */
        real dx = (real)gradient[t];
        momentum_update(&x, &dx, &v, 1, (real)0.25, (real)0.5);
        assert_close(v, v_after[t], 0);
        assert_close(x, x_after[t], 0);
    }
}
END_TEST

START_TEST(momentum_without_friction_left_is_sgd)
{
    real a[] = { 1, 2 }, b[] = { 1, 2 }, dx[] = { 3, -5 }, v[] = { 7, 9 };
    sgd_update(a, dx, 2, (real)0.25);
    momentum_update(b, dx, v, 2, (real)0.25, 0);
    assert_all_close(a, b, 2, 0);
}
END_TEST

/* ---- Adam --------------------------------------------------------------------------------------------------- */

enum { N = 5, STEPS = 6 };

/* The gradient of step t, at element i: of many sizes, of changing sign; down
 * to where epsilon matters. */
static long double gradient(int t, int i)
{
    static const double size[N] = { 1, 1e-3, 1e-6, 3e-8, 0 };
    return (real)(size[i] * sin(1.0 + 2 * t + i));
}

/* Kingma and Ba's algorithm 1. Keras: the form at the end of their section 2,
 * whose epsilon hat is added before the correction. */
static void adam_of_the_paper(long double x[N], const AdamOptions *o, int steps)
{
    long double m[N] = { 0 }, v[N] = { 0 };
    for (int t = 1; t <= steps; t++)
        for (int i = 0; i < N; i++) {
            long double g = gradient(t, i), c1 = 1 - powl(o->beta1, t), c2 = 1 - powl(o->beta2, t);
            m[i] = o->beta1 * m[i] + (1 - (long double)o->beta1) * g;
            v[i] = o->beta2 * v[i] + (1 - (long double)o->beta2) * g * g;
            if (o->epsilon_before_correction)
                x[i] -= o->rate * sqrtl(c2) / c1 * m[i] / (sqrtl(v[i]) + o->epsilon);
            else
                x[i] -= o->rate * (m[i] / c1) / (sqrtl(v[i] / c2) + o->epsilon);
        }
}

static void assert_adam(AdamOptions o)
{
    real x[N] = { 1, -1, 0, (real)0.5, 3 }, m[N] = { 0 }, v[N] = { 0 }, dx[N];
    for (int t = 1; t <= STEPS; t++) {
        long double expected[N] = { 1, -1, 0, (real)0.5, 3 };
        for (int i = 0; i < N; i++)
            dx[i] = (real)gradient(t, i);
        adam_update(x, dx, m, v, N, &o, t);
        adam_of_the_paper(expected, &o, t);
        assert_all_close(x, expected, N, TOLERANCE(2e-6, 3e-15) * (double)t * o.rate + REAL_EPSILON * t);
    }
}

START_TEST(adam_with_epsilon_after_the_correction_is_algorithm_1) { assert_adam(adam_pytorch(0.1, 0.9)); }
END_TEST
START_TEST(adam_with_epsilon_before_the_correction_is_that_of_keras) { assert_adam(adam_keras(0.1, 0.9)); }
END_TEST
START_TEST(adam_of_the_gans_is_right) { assert_adam(adam_pytorch(2e-4, 0.5)), assert_adam(adam_keras(2e-4, 0.5)); }
END_TEST

START_TEST(adam_options_are_those_of_each_framework)
{
    AdamOptions p = adam_pytorch(0.25, 0.5), k = adam_keras(0.125, 0.75);
    ck_assert(p.rate == 0.25 && p.beta1 == 0.5 && p.beta2 == 0.999 && p.epsilon == 1e-8);
    ck_assert(k.rate == 0.125 && k.beta1 == 0.75 && k.beta2 == 0.999 && k.epsilon == 1e-7);
    ck_assert(!p.epsilon_before_correction && k.epsilon_before_correction);
}
END_TEST

/* With g = epsilon the first step is rate/2 where epsilon comes after, and
 * rate / (1 + 1/sqrt(1 - beta2)) where it comes before. */
START_TEST(the_two_places_of_epsilon_differ_by_hand)
{
    real after = 0, before = 0, dx = (real)1e-8, dx7 = (real)1e-7, m = 0, v = 0;
    AdamOptions p = adam_pytorch(1, 0.9), k = adam_keras(1, 0.9);
    adam_update(&after, &dx, &m, &v, 1, &p, 1);
    m = v = 0;
    adam_update(&before, &dx7, &m, &v, 1, &k, 1);
    assert_close(after, -0.5, TOLERANCE(1e-6, 1e-14));
    assert_close(before, -0.030653430031715508, TOLERANCE(1e-6, 1e-14));
}
END_TEST

START_TEST(first_step_of_adam_is_the_rate_whatever_the_gradient)
{
    real x[] = { 0, 0, 0 }, dx[] = { 1000, -1, (real)0.01 }, m[3] = { 0 }, v[3] = { 0 };
    AdamOptions o = adam_pytorch(0.5, 0.9);
    adam_update(x, dx, m, v, 3, &o, 1);
    assert_all_close(x, ((double[]){ -0.5, 0.5, -0.5 }), 3, 1e-6);
}
END_TEST

START_TEST(adam_stays_where_the_gradient_is_zero)
{
    real x = 3, dx = 0, m = 0, v = 0;
    AdamOptions o = adam_pytorch(0.5, 0.9);
    for (int t = 1; t <= 3; t++)
        adam_update(&x, &dx, &m, &v, 1, &o, t);
    ck_assert(x == 3 && m == 0 && v == 0);
}
END_TEST

START_TEST(adam_keeps_its_step_after_many)
{
    real x = 0, dx = (real)0.3, m = 0, v = 0;
    AdamOptions o = adam_pytorch(1e-3, 0.9);
    for (long t = 1; t <= 2000; t++)
        adam_update(&x, &dx, &m, &v, 1, &o, t);
    assert_close(x, -2, TOLERANCE(1e-3, 1e-7)); /* a constant gradient: rate a step */
    real far = x;
    adam_update(&x, &dx, &m, &v, 1, &o, 10000000);
    assert_close(x, far - 1e-3 * sqrt(0.3 * 0.3 / (double)v), TOLERANCE(1e-6, 1e-10));
}
END_TEST

/* ---- for a list of parameters: a dense layer's ----------------------------------------------------------- */

enum { KINDS = 4 };

static Layer *dense(void) /* 2 x 3 weights and 3 biases */
{
    Random r = random_stream(1, "optimizer", 0);
    return dense_new(2, 3, INIT_PYTORCH, &r);
}

static Optimizer make(int kind, Layer *l, double rate)
{
    switch (kind) {
    case 0: return sgd_new(l, rate);
    case 1: return momentum_new(l, rate, 0.5);
    case 2: return adam_new(l, adam_pytorch(rate, 0.9));
    default: return adam_new(l, adam_keras(rate, 0.9));
    }
}

static void give_gradients(Layer *l, int t)
{
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < tensor_size(&l->param[k]->grad); i++)
            l->param[k]->grad.data[i] = (real)sin(t + 3.0 * k + (double)i);
}

/* One number the slow way. */
static double followed(int kind, double start, int k, int i, double rate, int steps)
{
    long double p = start, s = 0, q = 0;
    for (int t = 1; t <= steps; t++) {
        long double g = (real)sin(t + 3.0 * k + i), c1 = 1 - powl(0.9L, t), c2 = 1 - powl(0.999L, t);
        long double after = kind == 2 ? 1e-8L : 0, before = kind == 3 ? 1e-7L : 0;
        switch (kind) {
        case 0: p -= rate * g; break;
        case 1: s = 0.5L * s + g, p -= rate * s; break;
        default:
            s = 0.9L * s + 0.1L * g, q = 0.999L * q + 0.001L * g * g;
            p -= rate * s / c1 / (sqrtl(q / c2) + after + before / sqrtl(c2));
        }
    }
    return (double)p;
}

enum { WEIGHTS = 32100, ALL = WEIGHTS + 100 };

/* The parameters, the weights' moments (0 where there are none) and the norms
 * after three steps of 321 x 100 weights and 100 biases. */
static void train_wide(int kind, int threads, real after[ALL + 2 * WEIGHTS], double *norm)
{
    Random r = random_stream(1, "optimizer", 0);
    Layer *l = dense_new(321, 100, INIT_PYTORCH, &r);
    Optimizer o = make(kind, l, 0.1);
    threads_set(threads);
    for (int t = 0; t < 3; t++) {
        give_gradients(l, t);
        norm[t] = optimizer_step(&o);
    }
    memcpy(after, l->param[0]->value.data, WEIGHTS * sizeof *after);
    memcpy(after + WEIGHTS, l->param[1]->value.data, 100 * sizeof *after);
    memset(after + ALL, 0, 2 * WEIGHTS * sizeof *after);
    if (kind > 1)
        memcpy(after + ALL, o.m[0].data, WEIGHTS * sizeof *after);
    if (kind > 0)
        memcpy(after + ALL + WEIGHTS, o.v[0].data, WEIGHTS * sizeof *after);
    optimizer_free(&o);
    layer_free(l);
}

START_TEST(same_bytes_for_any_number_of_threads)
{
    static real after[3][ALL + 2 * WEIGHTS];
    double norm[3][3];
    for (int kind = 0; kind < KINDS; kind++) {
        for (int i = 0; i < 3; i++)
            train_wide(kind, i + 1, after[i], norm[i]);
        ck_assert(after[0][WEIGHTS - 1] != 0 && after[0][ALL - 1] != 0);
        for (int i = 1; i < 3; i++) {
            ck_assert_mem_eq(after[0], after[i], sizeof after[0]);
            ck_assert_mem_eq(norm[0], norm[i], sizeof norm[0]);
        }
    }
}
END_TEST

START_TEST(step_returns_the_norm_of_the_gradient_that_it_used)
{
    for (int kind = 0; kind < KINDS; kind++) {
        Random r = random_stream(1, "optimizer", 0);
        Layer *l = dense_new(321, 100, INIT_PYTORCH, &r);
        Optimizer o = make(kind, l, 0.1);
        give_gradients(l, 1);
        long double squares = 0;
        for (int k = 0; k < 2; k++)
            for (size_t i = 0; i < tensor_size(&l->param[k]->grad); i++)
                squares += (long double)l->param[k]->grad.data[i] * (long double)l->param[k]->grad.data[i];
        assert_close(optimizer_step(&o) / (double)sqrtl(squares), 1, 1e-14); /* 32200 terms, added one by one */
        assert_close(optimizer_step(&o), 0, 0);                              /* used up */
        l->param[1]->grad.data[99] = NAN;
        ck_assert(isnan(optimizer_step(&o)));
        optimizer_free(&o);
        layer_free(l);
    }
}
END_TEST

START_TEST(every_parameter_takes_every_step)
{
    for (int kind = 0; kind < KINDS; kind++) {
        Layer *l = dense(), *start = dense();
        Optimizer o = make(kind, l, 0.1);
        for (int t = 1; t <= 4; t++) {
            give_gradients(l, t);
            optimizer_step(&o);
            ck_assert_int_eq(o.step, t);
        }
        for (int k = 0; k < 2; k++)
            for (int i = 0; i < (int)tensor_size(&l->param[k]->value); i++)
                assert_close(l->param[k]->value.data[i], followed(kind, (double)start->param[k]->value.data[i], k, i, 0.1, 4),
                             TOLERANCE(2e-6, 3e-15));
        optimizer_free(&o);
        layer_free(l), layer_free(start);
        ck_assert_int_eq(memory_blocks(), 0);
    }
}
END_TEST

START_TEST(gradients_are_zero_after_a_step)
{
    for (int kind = 0; kind < KINDS; kind++) {
        Layer *l = dense();
        Optimizer o = make(kind, l, 0.1);
        give_gradients(l, 1);
        optimizer_step(&o);
        assert_all_close(l->param[0]->grad.data, ((double[6]){ 0 }), 6, 0);
        assert_all_close(l->param[1]->grad.data, ((double[3]){ 0 }), 3, 0);
        optimizer_free(&o);
        layer_free(l);
    }
}
END_TEST

START_TEST(step_allocates_nothing)
{
    for (int kind = 0; kind < KINDS; kind++) {
        Layer *l = dense();
        Optimizer o = make(kind, l, 0.1);
        long calls = memory_calls();
        for (int t = 0; t < 3; t++)
            optimizer_step(&o);
        ck_assert_int_eq(memory_calls(), calls);
        optimizer_free(&o);
        layer_free(l);
    }
}
END_TEST

START_TEST(two_optimizers_share_no_memory)
{
    Layer *a = dense(), *b = dense(), *alone = dense();
    Optimizer oa = make(2, a, 0.1), ob = make(2, b, 0.1), oalone = make(2, alone, 0.1);
    for (int t = 1; t <= 3; t++) {
        give_gradients(a, t), give_gradients(b, 100 * t), give_gradients(alone, t);
        optimizer_step(&oa), optimizer_step(&ob), optimizer_step(&oalone);
    }
    ck_assert_mem_eq(a->param[0]->value.data, alone->param[0]->value.data, 6 * sizeof(real));
    optimizer_free(&oa), optimizer_free(&ob), optimizer_free(&oalone);
    layer_free(a), layer_free(b), layer_free(alone);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(gradient_norm_is_euclidean_over_all_parameters)
{
    Layer *l = dense();
    layer_zero_gradients(l);
    assert_close(gradient_norm(l->param, 2), 0, 0);
    l->param[0]->grad.data[5] = 3;
    l->param[1]->grad.data[0] = -4;
    assert_close(gradient_norm(l->param, 2), 5, 0);
    assert_close(gradient_norm(l->param, 1), 3, 0);
    l->param[1]->grad.data[2] = NAN;
    ck_assert(isnan(gradient_norm(l->param, 2)));
    layer_free(l);
}
END_TEST

/* L = 1/2 sum c (p - 2)^2 with c from 1 to 3. */
START_TEST(every_optimizer_reaches_the_bottom_of_a_bowl)
{
    for (int kind = 0; kind < KINDS; kind++) {
        Layer *l = dense();
        Tensor *p = &l->param[0]->value, *g = &l->param[0]->grad;
        Optimizer o = make(kind, l, kind < 2 ? 0.2 : 0.02);
        for (int t = 0; t < 3000; t++) {
            for (int i = 0; i < 6; i++)
                g->data[i] = (real)(1 + 0.4 * i) * (p->data[i] - 2);
            optimizer_step(&o);
        }
        for (int i = 0; i < 6; i++)
            assert_close(p->data[i], 2, TOLERANCE(1e-5, 1e-9));
        optimizer_free(&o);
        layer_free(l);
    }
}
END_TEST

START_TEST(layer_without_parameters_can_be_optimized)
{
    Layer *l = relu_new();
    Optimizer o = adam_new(l, adam_pytorch(0.1, 0.9));
    optimizer_step(&o);
    optimizer_free(&o);
    layer_free(l);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("08 optimizer", RUNS(sgd_moves_against_the_gradient), RUNS(momentum_is_a_heavy_ball_as_pytorch_has_it),
      RUNS(momentum_without_friction_left_is_sgd), RUNS(adam_with_epsilon_after_the_correction_is_algorithm_1),
      RUNS(adam_with_epsilon_before_the_correction_is_that_of_keras), RUNS(adam_of_the_gans_is_right),
      RUNS(adam_options_are_those_of_each_framework), RUNS(the_two_places_of_epsilon_differ_by_hand),
      RUNS(first_step_of_adam_is_the_rate_whatever_the_gradient), RUNS(adam_stays_where_the_gradient_is_zero),
      RUNS(adam_keeps_its_step_after_many), RUNS(same_bytes_for_any_number_of_threads), RUNS(every_parameter_takes_every_step),
      RUNS(step_returns_the_norm_of_the_gradient_that_it_used), RUNS(gradients_are_zero_after_a_step),
      RUNS(step_allocates_nothing), RUNS(two_optimizers_share_no_memory), RUNS(gradient_norm_is_euclidean_over_all_parameters),
      RUNS(every_optimizer_reaches_the_bottom_of_a_bowl), RUNS(layer_without_parameters_can_be_optimized))
