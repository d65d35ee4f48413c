/* What a few runs can say: by hand, and by how often the intervals are right. */
#include "24_statistics.h"
#include "01_memory.h"
#include "02_random.h"
#include "suite.h"

START_TEST(interquartile_mean_by_hand)
{
    const double eight[] = { 100, 3, 1, 4, 2, -50, 5, 6 }; /* the middle four: 2 3 4 5 */
    assert_close(interquartile_mean(eight, 8), 3.5, 1e-15);
    const double five[] = { 1, 2, 3, 4, 100 }; /* 1/4 of 1.25: three quarters of 2 and of 4, and 3 */
    assert_close(interquartile_mean(five, 5), (0.75 * 2 + 3 + 0.75 * 4) / 2.5, 1e-15);
    const double one[] = { 7 }, two[] = { 1, 3 };
    assert_close(interquartile_mean(one, 1), 7, 1e-15);
    assert_close(interquartile_mean(two, 2), 2, 1e-15);
}
END_TEST

/* Of 400 samples of ten normal numbers, the intervals hold the true value about as often as they say: a bootstrap of ten
 * is known to be somewhat too narrow. */
START_TEST(intervals_hold_the_truth_nearly_as_often_as_they_say)
{
    int held = 0, rounds = 400;
    for (int k = 0; k < rounds; k++) {
        Random r = random_stream(5, "coverage", (uint64_t)k);
        double a[10], b[10];
        for (int i = 0; i < 10; i++) {
            double u = 0;
            for (int j = 0; j < 12; j++)
                u += random_one(&r);
            a[i] = 1 + (u - 6), b[i] = 0;
        }
        Interval e = paired_effect(a, b, 10, (uint64_t)k);
        ck_assert(e.low <= e.value && e.value <= e.high);
        held += e.low <= 1 && 1 <= e.high;
    }
    assert_close((double)held / rounds, 0.92, 0.05);
}
END_TEST

START_TEST(wins_are_counted_in_pairs)
{
    const double a[] = { 5, 1, 3, 3 }, b[] = { 4, 0, 2, 3 };
    Interval w = share_of_wins(a, b, 4, 1);
    assert_close(w.value, 3.5 / 4, 1e-15);
    ck_assert(w.low >= 0.5 && w.high <= 1);
    const double nan_a[] = { NAN, 1 }, c[] = { 0, 0 };
    ck_assert(isnan(share_of_wins(nan_a, c, 2, 1).value));
}
END_TEST

/* All five differences alike: 2 of the 32 choices of signs are as far from 0. */
START_TEST(sign_flips_by_hand)
{
    const double a[] = { 1, 1, 1, 1, 1 }, b[] = { 0, 0, 0, 0, 0 }, c[] = { 1, -1, 1, -1 };
    assert_close(sign_flip_p(a, b, 5, 1), 2.0 / 32, 0);
    assert_close(sign_flip_p(c, b, 4, 1), 1, 0);
    const double d[] = { 3, 1, 1 }; /* sums 5, 3, 3, 1 and their opposites */
    assert_close(sign_flip_p(d, b, 3, 1), 2.0 / 8, 0);
    const double bad[] = { 1, NAN };
    ck_assert(isnan(sign_flip_p(bad, b, 2, 1)));
}
END_TEST

/* Without a difference p is below 0.05 in one of twenty; with many pairs, signs are drawn. */
START_TEST(sign_flips_are_right_as_often_as_they_say)
{
    for (int n = 8; n <= 20; n += 12) {
        int below = 0, rounds = n == 8 ? 1000 : 120;
        for (int k = 0; k < rounds; k++) {
            Random r = random_stream(6, "null", (uint64_t)k);
            double a[20], b[20];
            for (int i = 0; i < n; i++)
                a[i] = random_one(&r), b[i] = random_one(&r);
            below += sign_flip_p(a, b, n, (uint64_t)k) <= 0.05;
        }
        assert_close((double)below / rounds, 0.05, n == 8 ? 0.025 : 0.06);
    }
}
END_TEST

START_TEST(holm_by_hand)
{
    const double p[] = { 0.01, 0.04, 0.03, 0.005 }, expected[] = { 0.03, 0.06, 0.06, 0.02 };
    double adjusted[4];
    holm_adjust(adjusted, p, 4);
    assert_all_close(adjusted, expected, 4, 1e-15);
    const double large[] = { 0.9, 0.8 };
    holm_adjust(adjusted, large, 2);
    assert_close(adjusted[0], 1, 0);
    assert_close(adjusted[1], 1, 0);
}
END_TEST

START_TEST(findings_are_held_against_what_matters)
{
    ck_assert_int_eq(finding_of((Interval){ 3, 2, 4 }, 1), CONFIRMED);
    ck_assert_int_eq(finding_of((Interval){ 0.2, -0.3, 0.7 }, 1), NOT_CONFIRMED);
    ck_assert_int_eq(finding_of((Interval){ -3, -4, -2 }, 1), NOT_CONFIRMED);
    ck_assert_int_eq(finding_of((Interval){ 2, 0.5, 4 }, 1), UNDECIDED);
    ck_assert_int_eq(finding_of((Interval){ 0, -5, 5 }, 1), UNDECIDED);
    ck_assert_int_eq(finding_of((Interval){ NAN, NAN, NAN }, 1), UNDECIDED);
    ck_assert_str_eq(finding_name(UNDECIDED), "inconclusive");
}
END_TEST

/* Published for 80 % power: 1.68 standard deviations with 5 pairs, 0.99 with 10, 0.66 with 20. */
START_TEST(pairs_that_are_needed)
{
    ck_assert_int_eq(pairs_needed(1.68), 5);
    ck_assert_int_eq(pairs_needed(0.99), 10);
    ck_assert_int_eq(pairs_needed(0.66), 20);
}
END_TEST

START_TEST(same_seed_gives_the_same_interval)
{
    const double x[] = { 3, 1, 4, 1, 5, 9, 2, 6 };
    Interval a = bootstrap(interquartile_mean, x, 8, 7), b = bootstrap(interquartile_mean, x, 8, 7);
    ck_assert(a.low == b.low && a.high == b.high);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("24 statistics", RUNS(interquartile_mean_by_hand), RUNS(intervals_hold_the_truth_nearly_as_often_as_they_say),
      RUNS(wins_are_counted_in_pairs), RUNS(sign_flips_by_hand), RUNS(sign_flips_are_right_as_often_as_they_say),
      RUNS(holm_by_hand), RUNS(findings_are_held_against_what_matters), RUNS(pairs_that_are_needed),
      RUNS(same_seed_gives_the_same_interval))
