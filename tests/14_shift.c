#include "14_shift.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "13_inference.h"
#include "suite.h"

#include <string.h>

/* ---- bands ------------------------------------------------------------------------------ */

/* Of 0 .. 20 in any order the 15th percentile is 3, the median 10, the 85th 17. */
START_TEST(percentiles_of_21_numbers_are_order_statistics)
{
    real x[21];
    for (int i = 0; i < 21; i++)
        x[i] = (real)(i * 8 % 21);
    Percentiles b = percentiles_of(x, 21, 1);
    assert_close(b.low, 3, 1e-14);
    assert_close(b.middle, 10, 1e-14);
    assert_close(b.high, 17, 1e-14);
}
END_TEST

START_TEST(percentiles_between_two_numbers_are_interpolated)
{
    Percentiles b = percentiles_of((real[]){ 30, 10 }, 2, 1);
    assert_close(b.low, 13, 1e-14);
    assert_close(b.middle, 20, 1e-14);
    assert_close(b.high, 27, 1e-14);
}
END_TEST

START_TEST(percentiles_of_one_number_are_it)
{
    Percentiles b = percentiles_of((real[]){ 7 }, 1, 1);
    ck_assert(b.low == 7 && b.middle == 7 && b.high == 7);
}
END_TEST

/* The k-th smallest by counting: as many as k are smaller, more than k not larger. */
static double naive_order_statistic(const real *x, int n, int stride, int k)
{
    for (int i = 0; i < n; i++) {
        int smaller = 0, not_larger = 0;
        for (int j = 0; j < n; j++)
            smaller += x[j * stride] < x[i * stride], not_larger += x[j * stride] <= x[i * stride];
        if (smaller <= k && k < not_larger)
            return (double)x[i * stride];
    }
    return NAN;
}

static double naive_percentile(const real *x, int n, int stride, double share)
{
    int below = (int)floor(share * (n - 1)), above = (int)ceil(share * (n - 1));
    double part = share * (n - 1) - below, low = naive_order_statistic(x, n, stride, below);
    return low + part * (naive_order_statistic(x, n, stride, above) - low);
}

START_TEST(percentiles_of_a_column_with_ties_are_those_of_counting)
{
    static real x[5 * 200];
    Random r = random_stream(1, "test", 0);
    random_normal(&r, x, 1000);
    for (int i = 0; i < 1000; i += 3)
        x[i] = (real)(i % 4);
    for (int n = 1; n <= 200; n += 13) {
        Percentiles b = percentiles_of(x + 2, n, 5);
        assert_close(b.low, naive_percentile(x + 2, n, 5, 0.15), 1e-14);
        assert_close(b.middle, naive_percentile(x + 2, n, 5, 0.50), 1e-14);
        assert_close(b.high, naive_percentile(x + 2, n, 5, 0.85), 1e-14);
    }
}
END_TEST

START_TEST(a_still_band_neither_drifts_nor_wanders)
{
    const Percentiles still[] = { { -1, 0.1, 2 }, { -1, 0.1, 2 }, { -1, 0.1, 2 } };
    ck_assert(percentile_drift(still, 3) == 0);
    assert_close(percentile_wander(still, 3), 0, 1e-16);
}
END_TEST

/* Changes 1 + 2 + 3, then 0 + 1 + 2: mean 9/6; widths 2, 4 and 6: mean 4. Medians 1, 3, 2: deviation sqrt(2/3). */
START_TEST(drift_and_wander_by_hand)
{
    const Percentiles band[] = { { 0, 1, 2 }, { 1, 3, 5 }, { 1, 2, 7 } };
    assert_close(percentile_drift(band, 3), 0.375, 1e-15);
    assert_close(percentile_wander(band, 3), sqrt(2.0 / 3) / 4, 1e-15);
}
END_TEST

START_TEST(a_slow_walk_wanders_farther_than_jitter_of_the_same_drift)
{
    Percentiles walk[50], jitter[50];
    for (int i = 0; i < 50; i++) {
        walk[i] = (Percentiles){ i, i + 1, i + 2 };
        jitter[i] = (Percentiles){ i % 2, i % 2 + 1, i % 2 + 2 };
    }
    assert_close(percentile_drift(walk, 50), 0.5, 1e-15);
    assert_close(percentile_drift(jitter, 50), 0.5, 1e-15);
    assert_close(percentile_wander(jitter, 50), 0.25, 1e-15);
    assert_close(percentile_wander(walk, 50), sqrt((50 * 50 - 1) / 12.0) / 2, 1e-13);
}
END_TEST

/* ---- the shift of a gradient ------------------------------------------------------------------- */

/* y = w2 (w1 x + b1) + b2 with L = (y - t)^2 / 2, at x = 2, t = 1; w1 = 1/2, b1 = 1/4, w2 = -1, b2 = 1/2. */
static real x_data[] = { 2 }, t_data[] = { 1 };
static const Tensor one_x = { { 2, { 1, 1 } }, 1, x_data }, one_t = { { 2, { 1, 1 } }, 1, t_data };

static Network *linear_network(void)
{
    Random r = random_stream(1, "weights", 0);
    Layer *lower = dense_new(1, 1, INIT_HE, &r), *upper = dense_new(1, 1, INIT_HE, &r);
    lower->param[0]->value.data[0] = (real)0.5, lower->param[1]->value.data[0] = (real)0.25;
    upper->param[0]->value.data[0] = -1, upper->param[1]->value.data[0] = (real)0.5;
    return network_new("linear", (Layer *[]){ lower, upper, NULL });
}

/* h = 5/4, y = -3/4, e = y - t = -7/4; upper gradient (e h, e), lower (e w2 x, e w2). */
START_TEST(network_gradient_by_hand_accumulates)
{
    const double g[] = { 3.5, 1.75, -2.1875, -1.75 };
    Network *n = linear_network();
    for (int times = 1; times <= 2; times++) {
        assert_close(network_gradient(n, &one_x, &one_t, squared_error, TRAIN), 1.53125, 0);
        for (int k = 0; k < 4; k++)
            assert_close(n->base.param[k]->grad.data[0], times * g[k], 0);
    }
    network_free(n);
}
END_TEST

/* A step of rate 1/8 below: w1 = 1/16, b1 = 1/32, h = 5/32, y = 11/32, e = -21/32. The upper
 * gradient (-35/16, -7/4) becomes (-105/1024, -21/32): in 1/1024, (-2240, -1792) and (-105, -672). */
START_TEST(gradient_shift_by_hand)
{
    Network *n = linear_network();
    GradientShift s = gradient_shift(n, 1, &one_x, &one_t, squared_error, 0.125);
    double distance = hypot(2135.0, 1120.0) / hypot(2240.0, 1792.0);
    double cosine = (2240.0 * 105 + 1792.0 * 672) / (hypot(2240.0, 1792.0) * hypot(105.0, 672.0));
    assert_close(s.distance, distance, 1e-15);
    assert_close(s.cosine, cosine, 1e-15);
    network_free(n);
}
END_TEST

/* To first order in the rate, h moves by -5 rate e w2 = -8.75 rate and e by w2 times that, so (e h, e)
 * moves by (26.25, 8.75) rate. A distance so small drowns where it is a difference of squares. */
START_TEST(a_small_shift_is_measured_as_exactly_as_a_large_one)
{
    Network *n = linear_network();
    double rate = TOLERANCE(1e-3, 1e-9);
    GradientShift s = gradient_shift(n, 1, &one_x, &one_t, squared_error, rate);
    double first_order = rate * hypot(26.25, 8.75) / hypot(2.1875, 1.75);
    assert_close(s.distance / first_order, 1, TOLERANCE(6e-3, 1e-6));
    network_free(n);
}
END_TEST

/* A network of some width, with batch norm and a batch for it. */
static Network *n;
static Tensor x, t;

static void begin(void)
{
    Random r = random_stream(1, "weights", 0);
    n = network_new("n", (Layer *[]){ dense_new(5, 7, INIT_PYTORCH, &r), batchnorm_new(7, batchnorm_pytorch()), tanh_new(),
                                      dense_new(7, 6, INIT_PYTORCH, &r), tanh_new(), dense_new(6, 3, INIT_PYTORCH, &r), NULL });
    x = tensor_new((Shape){ 2, { 10, 5 } });
    t = tensor_new((Shape){ 2, { 10, 3 } });
    random_normal(&r, x.data, 50);
    random_normal(&r, t.data, 30);
}

static void end(void)
{
    network_free(n);
    tensor_free(&x);
    tensor_free(&t);
}

START_TEST(without_a_step_nothing_shifts)
{
    static const int with_parameters[] = { 0, 1, 3, 5 };
    begin();
    for (int k = 0; k < 4; k++) {
        GradientShift s = gradient_shift(n, with_parameters[k], &x, &t, squared_error, 0);
        ck_assert(s.distance == 0);
        assert_close(s.cosine, 1, 4e-16);
    }
    end();
}
END_TEST

START_TEST(the_first_layer_has_nothing_below_and_does_not_shift)
{
    begin();
    GradientShift s = gradient_shift(n, 0, &x, &t, squared_error, 0.5);
    ck_assert(s.distance == 0);
    assert_close(s.cosine, 1, 4e-16);
    end();
}
END_TEST

START_TEST(a_layer_above_shifts_by_more_for_a_larger_step)
{
    begin();
    double small = gradient_shift(n, 5, &x, &t, squared_error, 0.01).distance;
    double large = gradient_shift(n, 5, &x, &t, squared_error, 0.1).distance;
    ck_assert(small > 0 && large > 5 * small);
    end();
}
END_TEST

START_TEST(parameters_are_put_back_and_gradients_end_as_0)
{
    real before[6][64];
    begin();
    network_gradient(n, &x, &t, squared_error, TRAIN); /* leaves gradients behind, which must not count */
    for (int k = 0; k < 6; k++)
        memcpy(before[k], n->base.param[k]->value.data, tensor_size(&n->base.param[k]->value) * sizeof(real));
    double first = gradient_shift(n, 5, &x, &t, squared_error, 0.1).distance;
    for (int k = 0; k < 6; k++)
        ck_assert_mem_eq(before[k], n->base.param[k]->value.data, tensor_size(&n->base.param[k]->value) * sizeof(real));
    ck_assert(gradient_norm(n->base.param, n->base.n_param) == 0);
    ck_assert(gradient_shift(n, 5, &x, &t, squared_error, 0.1).distance == first);
    end();
}
END_TEST

/* Both of its forwards are in training mode; and after it training goes on as before. */
START_TEST(running_statistics_are_as_they_were)
{
    real mean[7], var[7];
    begin();
    const real *running_mean = n->layer[1]->state[0]->value.data, *running_var = n->layer[1]->state[1]->value.data;
    network_forward(n, &x, TRAIN); /* away from 0 and 1 */
    memcpy(mean, running_mean, sizeof mean), memcpy(var, running_var, sizeof var);
    gradient_shift(n, 5, &x, &t, squared_error, 0.1);
    ck_assert_mem_eq(mean, running_mean, sizeof mean);
    ck_assert_mem_eq(var, running_var, sizeof var);
    ck_assert_int_eq(*batchnorm_batches(n->layer[1]), 1);
    network_forward(n, &x, TRAIN);
    ck_assert_mem_ne(mean, running_mean, sizeof mean);
    ck_assert_int_eq(*batchnorm_batches(n->layer[1]), 2);
    end();
}
END_TEST

START_TEST(memory_is_given_back)
{
    begin();
    network_gradient(n, &x, &t, squared_error, TRAIN);
    long blocks = memory_blocks();
    gradient_shift(n, 3, &x, &t, squared_error, 0.1);
    percentiles_of(x.data, 10, 5);
    network_gradient(n, &x, &t, squared_error, TRAIN);
    ck_assert_int_eq(memory_blocks(), blocks);
    end();
}
END_TEST

SUITE("14 shift", RUNS(percentiles_of_21_numbers_are_order_statistics), RUNS(percentiles_between_two_numbers_are_interpolated),
      RUNS(percentiles_of_one_number_are_it), RUNS(percentiles_of_a_column_with_ties_are_those_of_counting),
      RUNS(a_still_band_neither_drifts_nor_wanders), RUNS(drift_and_wander_by_hand),
      RUNS(a_slow_walk_wanders_farther_than_jitter_of_the_same_drift), RUNS(network_gradient_by_hand_accumulates),
      RUNS(gradient_shift_by_hand), RUNS(a_small_shift_is_measured_as_exactly_as_a_large_one),
      RUNS(without_a_step_nothing_shifts), RUNS(the_first_layer_has_nothing_below_and_does_not_shift),
      RUNS(a_layer_above_shifts_by_more_for_a_larger_step), RUNS(parameters_are_put_back_and_gradients_end_as_0),
      RUNS(running_statistics_are_as_they_were), RUNS(memory_is_given_back))
