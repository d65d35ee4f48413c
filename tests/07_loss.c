/* Losses by hand, at extremes, and by the gradient checker. */
#include "07_loss.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "suite.h"

#include <string.h>

/* ---- squared error ------------------------------------------------------------------------------ */

START_TEST(squared_error_by_hand)
{
    real y[] = { 1, 2, 3, 4 }, t[] = { 0, 2, 5, 1 }, dy[4];
    assert_close(squared_error(y, t, 2, 2, dy), 3.5, 1e-15); /* (1 + 0 + 4 + 9) / (2 x 2) */
    assert_all_close(dy, ((double[]){ 0.5, 0, -1, 1.5 }), 4, 0);
}
END_TEST

START_TEST(squared_error_of_the_target_is_zero)
{
    real y[] = { (real)0.1, -7, (real)1e30 }, dy[3];
    assert_close(squared_error(y, y, 1, 3, dy), 0, 0);
    assert_all_close(dy, ((double[3]){ 0 }), 3, 0);
}
END_TEST

/* ---- binary cross-entropy -------------------------------------------------------------------------- */

static double bce_of(double logit, double target, real *dy)
{
    real y = (real)logit, t = (real)target;
    return bce_logits(&y, &t, 1, 1, dy);
}

START_TEST(bce_of_no_opinion_is_log_2)
{
    real dy;
    assert_close(bce_of(0, 0.25, &dy), 0.69314718055994531, 1e-16);
    assert_close(dy, 0.25, 0);
}
END_TEST

START_TEST(bce_is_the_formula_in_long_double)
{
    for (int i = -200; i <= 200; i++)
        for (int k = 0; k <= 4; k++) {
            real y = (real)(i * 0.1), t = (real)(k / 4.0), dy;
            long double p = 1 / (1 + expl(-(long double)y)), q = 1 / (1 + expl((long double)y));
            double loss = bce_logits(&y, &t, 1, 1, &dy);
            assert_close(loss, -t * logl(p) - (1 - t) * logl(q), 1e-15 * (1 + loss));
            assert_close(dy, t == 0 ? p : t == 1 ? -q : p - t, REAL_EPSILON * fabs((double)dy) + 0x1p-52);
        }
}
END_TEST

START_TEST(bce_is_a_mean_over_rows_and_a_sum_over_columns)
{
    real y[] = { 1, -2, 0, 3, (real)0.5, -1 }, t[] = { 1, 0, 0, 1, 1, 0 }, dy[6], alone;
    double sum = 0;
    for (int i = 0; i < 6; i++)
        sum += bce_of((double)y[i], (double)t[i], NULL);
    assert_close(bce_logits(y, t, 6, 1, NULL), sum / 6, 1e-15);
    assert_close(bce_logits(y, t, 3, 2, dy), sum / 3, 1e-15);
    for (int i = 0; i < 6; i++) {
        bce_of((double)y[i], (double)t[i], &alone);
        assert_close(dy[i], alone / 3, REAL_EPSILON);
    }
}
END_TEST

START_TEST(bce_of_extreme_logits_is_exact)
{
    static const struct {
        double y, t, loss, dy;
    } extreme[] = { { 1e4, 1, 0, 0 },  { 1e4, 0, 1e4, 1 },        { -1e4, 1, 1e4, -1 },
                    { -1e4, 0, 0, 0 }, { 1e4, 0.25, 7500, 0.75 }, { 1e30, 0, (double)(real)1e30, 1 },
                    { -1e30, 0, 0, 0 } };
    for (size_t i = 0; i < sizeof extreme / sizeof *extreme; i++) {
        real dy;
        assert_close(bce_of(extreme[i].y, extreme[i].t, &dy), extreme[i].loss, 0);
        assert_close(dy, extreme[i].dy, 0);
    }
}
END_TEST

START_TEST(bce_keeps_the_smallest_losses)
{
    real dy;
    assert_close(bce_of(50, 1, &dy), 1.9287498479639178e-22, 1e-37); /* e^-50 */
    assert_close(bce_of(-50, 0, &dy), 1.9287498479639178e-22, 1e-37);
    assert_close(dy, 1.9287498479639178e-22, TOLERANCE(1e-29, 1e-37));
}
END_TEST

START_TEST(bce_logits_is_bce_plain_where_that_works)
{
    for (int i = -20; i <= 20; i++)
        for (int k = 0; k <= 2; k++) {
            real y = (real)(i * 0.1), t = (real)(k / 2.0);
            assert_close(bce_logits(&y, &t, 1, 1, NULL), bce_plain(&y, &t, 1, 1), TOLERANCE(1e-6, 2e-15));
        }
    real y[] = { 1, -1, 2, 0 }, t[] = { 1, 0, 0, 1 };
    assert_close(bce_logits(y, t, 2, 2, NULL), bce_plain(y, t, 2, 2), TOLERANCE(1e-6, 2e-15));
}
END_TEST

START_TEST(bce_plain_breaks_where_p_rounds_to_0_or_1)
{
    static const double logit[] = { 20, -200, 1e4 }; /* 20: in float alone */
    for (int i = sizeof(real) == sizeof(float) ? 0 : 2; i < 3; i++)
        for (int t = 0; t <= 1; t++) {
            real y = (real)logit[i], target = (real)t;
            ck_assert_msg(!isfinite(bce_plain(&y, &target, 1, 1)), "%g against %d", logit[i], t);
            ck_assert(isfinite(bce_logits(&y, &target, 1, 1, NULL)));
        }
}
END_TEST

START_TEST(bce_of_infinite_logits_is_nothing_or_infinite)
{
    real y[] = { (real)INFINITY, -(real)INFINITY }, right[] = { 1, 0 }, wrong[] = { 0, 1 }, dy[2];
    assert_close(bce_logits(y, right, 2, 1, dy), 0, 0);
    assert_all_close(dy, ((double[]){ 0, 0 }), 2, 0);
    ck_assert(bce_logits(y, wrong, 2, 1, dy) == INFINITY);
    assert_all_close(dy, ((double[]){ 0.5, -0.5 }), 2, 0);
}
END_TEST

START_TEST(a_target_of_two_stops) { bce_logits((real[]){ 0 }, (real[]){ 2 }, 1, 1, NULL); }
END_TEST
START_TEST(a_target_of_minus_one_stops) { bce_logits((real[]){ 0 }, (real[]){ -1 }, 1, 1, NULL); }
END_TEST
START_TEST(a_target_that_is_nan_stops) { bce_logits((real[]){ 0 }, (real[]){ (real)NAN }, 1, 1, NULL); }
END_TEST
START_TEST(targets_that_are_no_probabilities_stop) { softmax_cross_entropy((real[]){ 0, 0 }, (real[]){ 1, 1 }, 1, 2, NULL); }
END_TEST
START_TEST(a_target_below_zero_stops) { softmax_cross_entropy((real[]){ 0, 0 }, (real[]){ 2, -1 }, 1, 2, NULL); }
END_TEST

/* ---- softmax cross-entropy ------------------------------------------------------------------------------ */

START_TEST(softmax_by_hand)
{
    real y[] = { (real)log(1.0), (real)log(2.0), (real)log(5.0) }, t[] = { 0, 1, 0 }, dy[3]; /* p = 1/8, 2/8, 5/8 */
    assert_close(softmax_cross_entropy(y, t, 1, 3, dy), log(4.0), TOLERANCE(1e-7, 1e-15));
    assert_all_close(dy, ((double[]){ 0.125, -0.75, 0.625 }), 3, TOLERANCE(1e-7, 1e-15));
}
END_TEST

START_TEST(softmax_of_equal_outputs_is_log_of_their_number)
{
    real y[10] = { 0 }, t[10] = { 0 }, dy[10];
    t[7] = 1;
    assert_close(softmax_cross_entropy(y, t, 1, 10, dy), 2.302585092994046, 1e-15);
    assert_close(dy[0], 0.1, REAL_EPSILON / 8);
    assert_close(dy[7], -0.9, REAL_EPSILON);
}
END_TEST

START_TEST(softmax_with_soft_targets_is_the_formula_in_long_double)
{
    enum { N = 7, C = 5 };
    Random r = random_stream(1, "loss", 0);
    real y[N * C], t[N * C], dy[N * C];
    long double loss = 0, p[N * C];
    random_normal(&r, y, N * C);
    for (int i = 0; i < N; i++) {
        long double total = 0;
        for (int j = 0; j < C; j++)
            t[i * C + j] = (real)((j == i % C ? 0.5 : 0.125)), total += expl(y[i * C + j]);
        for (int j = 0; j < C; j++) {
            p[i * C + j] = expl(y[i * C + j]) / total;
            loss -= t[i * C + j] * logl(p[i * C + j]) / N;
        }
    }
    assert_close(softmax_cross_entropy(y, t, N, C, dy), loss, 1e-14);
    for (int i = 0; i < N * C; i++)
        assert_close(dy[i], (p[i] - t[i]) / N, REAL_EPSILON / 8);
}
END_TEST

START_TEST(softmax_does_not_see_a_shift_of_a_row)
{
    real y[] = { 1, (real)-0.5, 2, 0, (real)0.25, 3 }, t[] = { 0, 1, 0, 1, 0, 0 }, dy[6], shifted[6];
    double loss = softmax_cross_entropy(y, t, 2, 3, dy);
    for (int j = 0; j < 3; j++)
        y[j] += 1024, y[3 + j] -= 2048;
    assert_close(softmax_cross_entropy(y, t, 2, 3, shifted), loss, 0);
    assert_all_close(shifted, dy, 6, 0);
}
END_TEST

START_TEST(softmax_takes_every_row_for_itself)
{
    real y[] = { 1, (real)-0.5, 2, 0, (real)0.25, 3 }, t[] = { 0, 1, 0, 1, 0, 0 }, dy[6], alone[3];
    double first = softmax_cross_entropy(y, t, 1, 3, NULL), second = softmax_cross_entropy(y + 3, t + 3, 1, 3, alone);
    assert_close(softmax_cross_entropy(y, t, 2, 3, dy), (first + second) / 2, 1e-15);
    for (int j = 0; j < 3; j++)
        assert_close(dy[3 + j], alone[j] / 2, REAL_EPSILON);
}
END_TEST

START_TEST(softmax_of_extreme_outputs_is_exact)
{
    real y[] = { (real)1e4, (real)-1e4, 0 }, right[] = { 1, 0, 0 }, wrong[] = { 0, 1, 0 }, dy[3];
    assert_close(softmax_cross_entropy(y, right, 1, 3, dy), 0, 0);
    assert_all_close(dy, ((double[3]){ 0 }), 3, 0);
    assert_close(softmax_cross_entropy(y, wrong, 1, 3, dy), 2e4, 0);
    assert_all_close(dy, ((double[]){ 1, -1, 0 }), 3, 0);
}
END_TEST

/* A class ruled out by -inf, as a mask does it: right for the others, and infinitely wrong where it was the one. */
START_TEST(softmax_takes_a_class_that_is_ruled_out)
{
    real y[] = { 0, -(real)INFINITY, 0 }, t[] = { 1, 0, 0 }, ruled_out[] = { 0, 1, 0 }, dy[3];
    assert_close(softmax_cross_entropy(y, t, 1, 3, dy), log(2), TOLERANCE(1e-7, 1e-15));
    assert_all_close(dy, ((double[]){ -0.5, 0, 0.5 }), 3, 0);
    ck_assert(softmax_cross_entropy(y, ruled_out, 1, 3, dy) == INFINITY);
}
END_TEST

START_TEST(softmax_of_two_is_bce_of_the_difference)
{
    for (int i = -30; i <= 30; i++) {
        real y[] = { (real)(i / 4.0), 0 }, t[] = { 1, 0 };
        assert_close(softmax_cross_entropy(y, t, 1, 2, NULL), bce_logits(y, t, 1, 1, NULL), 2e-15);
    }
}
END_TEST

/* ---- classes ------------------------------------------------------------------------------------------- */

START_TEST(one_hot_has_a_1_at_the_label)
{
    uint8_t label[] = { 2, 0, 1 };
    real t[10] = { 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 };
    one_hot(t, label, 3, 3);
    assert_all_close(t, ((double[]){ 0, 0, 1, 1, 0, 0, 0, 1, 0, 7 }), 10, 0);
}
END_TEST

START_TEST(accuracy_is_the_share_of_right_rows)
{
    real y[] = { 1, 3, 2, -1, -3, -2, 0, 0, 5, 2, 1, 0 }, t[] = { 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    assert_close(accuracy(y, t, 4, 3), 0.5, 0);
    assert_close(accuracy(y, t, 2, 3), 1, 0);
    assert_close(accuracy(y + 6, t + 6, 2, 3), 0, 0);
}
END_TEST

/* Of equal outputs the first counts: a network that says nothing names class 0. */
START_TEST(accuracy_takes_the_first_of_equal_outputs)
{
    real y[] = { 0, 0, 0, 1, 4, 4, 2, 1, 2 }, t[3][9] = { { 0 } };
    for (int i = 0; i < 3; i++)
        for (int place = 0; place < 3; place++)
            t[place][3 * i + place] = 1;
    assert_close(accuracy(y, t[0], 3, 3), 2 / 3.0, 0);
    assert_close(accuracy(y, t[1], 3, 3), 1 / 3.0, 0);
    assert_close(accuracy(y, t[2], 3, 3), 0, 0);
}
END_TEST

/* ---- all three ------------------------------------------------------------------------------------------- */

static Loss *const loss[] = { squared_error, bce_logits, softmax_cross_entropy };

START_TEST(nan_output_makes_the_loss_nan)
{
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 2; i++) {
            real y[] = { 1, 2 }, t[] = { 0, 1 };
            y[i] = NAN;
            ck_assert_msg(isnan(loss[k](y, t, 1, 2, NULL)), "loss %d, output %d", k, i);
        }
}
END_TEST

START_TEST(dy_is_overwritten_and_does_not_change_the_loss)
{
    for (int k = 0; k < 3; k++) {
        real y[] = { 1, 2, -1, 0 }, t[] = { 0, 1, 1, 0 }, dy[5] = { NAN, NAN, NAN, NAN, 7 };
        assert_close(loss[k](y, t, 2, 2, dy), loss[k](y, t, 2, 2, NULL), 0);
        ck_assert(all_finite(dy, 4) && dy[4] == 7);
    }
}
END_TEST

START_TEST(subject_has_proper_targets)
{
    Random r = random_stream(1, "loss", 0);
    LossSubject s;
    loss_subject_init(&s, softmax_cross_entropy, 4, 6, &r);
    for (int i = 0; i < 4; i++) {
        double total = 0;
        for (int j = 0; j < 6; j++)
            total += (double)s.t.data[i * 6 + j];
        assert_close(total, 1, TOLERANCE(3e-7, 1e-15));
    }
    for (int i = 0; i < 24; i++)
        ck_assert(s.t.data[i] >= 0);
    loss_subject_free(&s);
    loss_subject_init(&s, bce_logits, 50, 1, &r);
    for (int i = 0; i < 50; i++)
        ck_assert(s.t.data[i] >= 0 && s.t.data[i] < 1);
    ck_assert(s.t.data[0] != s.t.data[1]);
    loss_subject_free(&s);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(gradients_pass_the_check_and_planted_faults_do_not)
{
    for (int k = 0; k < 3; k++)
        for (int C = k == 2 ? 5 : 1; C <= 5; C += 4) {
            Random r = random_stream(2, "loss", 0);
            LossSubject s;
            CheckRow row;
            int planted = 0, caught = 0;
            loss_subject_init(&s, loss[k], 8, C, &r);
            ck_assert_int_eq(gradcheck(&s.subject, TOLERANCE(1e-4, 1e-8), &row), PASS);
            gradcheck_faults(&s.subject, TOLERANCE(1e-4, 1e-8), NULL, &planted, &caught, stderr);
            ck_assert(row.elements == (size_t)(8 * C) && planted == (C == 1 ? 5 : 6) && caught == planted);
            loss_subject_free(&s);
        }
}
END_TEST

SUITE("07 loss", RUNS(squared_error_by_hand), RUNS(squared_error_of_the_target_is_zero), RUNS(bce_of_no_opinion_is_log_2),
      RUNS(bce_is_the_formula_in_long_double), RUNS(bce_is_a_mean_over_rows_and_a_sum_over_columns),
      RUNS(bce_of_extreme_logits_is_exact), RUNS(bce_keeps_the_smallest_losses), RUNS(bce_logits_is_bce_plain_where_that_works),
      RUNS(bce_plain_breaks_where_p_rounds_to_0_or_1), RUNS(softmax_by_hand),
      RUNS(softmax_of_equal_outputs_is_log_of_their_number), RUNS(softmax_with_soft_targets_is_the_formula_in_long_double),
      RUNS(softmax_does_not_see_a_shift_of_a_row), RUNS(softmax_takes_every_row_for_itself),
      RUNS(softmax_of_extreme_outputs_is_exact), RUNS(bce_of_infinite_logits_is_nothing_or_infinite),
      RUNS(softmax_takes_a_class_that_is_ruled_out), ABORTS(a_target_of_two_stops), ABORTS(a_target_of_minus_one_stops),
      ABORTS(a_target_that_is_nan_stops), ABORTS(targets_that_are_no_probabilities_stop), ABORTS(a_target_below_zero_stops),
      RUNS(softmax_of_two_is_bce_of_the_difference), RUNS(one_hot_has_a_1_at_the_label),
      RUNS(accuracy_is_the_share_of_right_rows), RUNS(accuracy_takes_the_first_of_equal_outputs),
      RUNS(nan_output_makes_the_loss_nan), RUNS(dy_is_overwritten_and_does_not_change_the_loss),
      RUNS(subject_has_proper_targets), RUNS(gradients_pass_the_check_and_planted_faults_do_not))
