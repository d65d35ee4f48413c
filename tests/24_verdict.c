/* Claims judged from tables whose answers are known by hand. */
#include "24_verdict.h"

#include "suite.h"

#include <string.h>

/* A table in a file of this process's own. */
static RunTable table_of(const char *text)
{
    char path[] = "/tmp/verdict_XXXXXX";
    int file = mkstemp(path);
    ck_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    RunTable t = run_table_read(path);
    unlink(path);
    return t;
}

#define HEAD "arm\tsetting\tseed\tstep\tmodes\tdiverged\n"

static const char five_pairs[] = HEAD "with\t1\t1\t10\t8\t0\nwith\t1\t2\t10\t7\t0\nwith\t1\t3\t10\t8\t0\nwith\t1\t4\t10\t8\t0\n"
                                      "with\t1\t5\t10\t8\t0\nwithout\t1\t1\t10\t5\t0\nwithout\t1\t2\t10\t5\t0\n"
                                      "without\t1\t3\t10\t5\t0\nwithout\t1\t4\t10\t5\t0\nwithout\t1\t5\t10\t5\t0\n";

static const Claim more_modes = { AT_SETTING, { "with", "modes", 1 }, { "without", "modes", 1 }, DIFFERENCE, 1, false };

START_TEST(a_difference_by_hand)
{
    RunTable t = table_of(five_pairs);
    double d[MOST_PAIRS];
    Judgement j = claim_judge(&more_modes, &t, false, d);
    ck_assert_int_eq(j.pairs, 5);
    assert_close(j.effect.value, 3, 1e-12); /* 3 2 3 3 3: the middle half are all 3 */
    assert_close(j.more, 8, 1e-12);
    assert_close(j.less, 5, 1e-12);
    assert_close(j.wins.value, 1, 0);
    assert_close(d[1], 2, 0);
    ck_assert_int_eq(j.finding, CONFIRMED);
    Claim turned = more_modes;
    turned.more = more_modes.less, turned.less = more_modes.more;
    ck_assert_int_eq(claim_judge(&turned, &t, false, NULL).finding, NOT_CONFIRMED);
    run_table_free(&t);
}
END_TEST

START_TEST(a_ratio_is_judged_by_its_logarithm)
{
    RunTable t = table_of(five_pairs);
    Claim c = more_modes;
    c.by = RATIO, c.smallest = 1.5;
    Judgement j = claim_judge(&c, &t, false, NULL);
    assert_close(j.effect.value, log(1.6), 1e-12);
    assert_close(j.smallest, log(1.5), 1e-15);
    ck_assert_int_eq(j.finding, UNDECIDED); /* 7/5 is below 1.5, and in some draws carries the mean there */
    c.smallest = 2;
    ck_assert_int_eq(claim_judge(&c, &t, false, NULL).finding, NOT_CONFIRMED);
    run_table_free(&t);
}
END_TEST

START_TEST(few_pairs_decide_nothing)
{
    RunTable t = table_of(HEAD "with\t1\t1\t10\t8\t0\nwithout\t1\t1\t10\t1\t0\nwith\t1\t2\t10\t8\t0\nwithout\t1\t2\t10\t1\t0\n"
                               "with\t1\t3\t10\t8\t0\n");
    Judgement j = claim_judge(&more_modes, &t, false, NULL);
    ck_assert_int_eq(j.pairs, 2); /* seed 3 has one side alone */
    ck_assert_int_eq(j.finding, UNDECIDED);
    assert_close(j.effect.value, 7, 0);
    Claim c = more_modes;
    c.more.arm = "nobody";
    ck_assert_int_eq(claim_judge(&c, &t, false, NULL).pairs, 0);
    run_table_free(&t);
}
END_TEST

/* A run without a number is the worst of all; a time that never came, all steps. */
START_TEST(nothing_is_left_out)
{
    RunTable t = table_of(HEAD
                          "with\t1\t1\t10\tnan\t1\nwithout\t1\t1\t10\t5\t0\nwith\t1\t2\t10\t3\t0\nwithout\t1\t2\t10\tinf\t0\n");
    double d[MOST_PAIRS];
    Judgement j = claim_judge(&more_modes, &t, false, d);
    ck_assert_int_eq(j.diverged, 1);
    ck_assert_int_eq(j.censored, 1);
    assert_close(d[0], 3 - 5, 0); /* many modes are good: the worst is 3 */
    assert_close(d[1], 3 - 10, 0);
    Claim c = more_modes;
    c.low_is_good = true;
    claim_judge(&c, &t, false, d);
    assert_close(d[0], 5 - 5, 0);
    run_table_free(&t);
}
END_TEST

START_TEST(half_the_steps_have_rows_of_their_own)
{
    RunTable t = table_of(HEAD "with\t1\t1\t5\t1\t0\nwith\t1\t1\t10\t8\t0\nwithout\t1\t1\t5\t4\t0\nwithout\t1\t1\t10\t5\t0\n");
    assert_close(claim_judge(&more_modes, &t, false, NULL).effect.value, 3, 0);
    assert_close(claim_judge(&more_modes, &t, true, NULL).effect.value, -3, 0);
    run_table_free(&t);
}
END_TEST

/* One seed, four rates: with diverges at the last alone, without at the last two. */
START_TEST(sweeps_over_settings_by_hand)
{
    RunTable t = table_of(
        HEAD "with\t1\t1\t10\t8\t0\nwith\t2\t1\t10\t8\t0\nwith\t4\t1\t10\t8\t0\nwith\t8\t1\t10\tnan\t1\n"
             "without\t1\t1\t10\t8\t0\nwithout\t2\t1\t10\t8\t0\nwithout\t4\t1\t10\tnan\t1\nwithout\t8\t1\t10\tnan\t1\n");
    Claim c = { LARGEST_WITHOUT, { "with", "diverged", 0 }, { "without", "diverged", 0 }, RATIO, 2, false };
    Judgement j = claim_judge(&c, &t, false, NULL);
    ck_assert_int_eq(j.pairs, 1);
    assert_close(j.more, 4, 0);
    assert_close(j.less, 2, 0);
    c = (Claim){ SHARE_OF_ONES, { "without", "diverged", 0 }, { "with", "diverged", 0 }, DIFFERENCE, 10, true };
    j = claim_judge(&c, &t, false, NULL);
    assert_close(j.more, 50, 1e-12);
    assert_close(j.less, 25, 1e-12);
    run_table_free(&t);
}
END_TEST

START_TEST(the_largest_setting_that_works)
{
    RunTable t = table_of(HEAD "with\t1\t1\t10\t8\t0\nwith\t2\t1\t10\t1\t0\nwith\t4\t1\t10\tnan\t1\nwith\t8\t1\t10\t5\t0\n"
                               "without\t1\t1\t10\t0\t0\nwithout\t2\t1\t10\t8\t0\n");
    Claim c = { LARGEST_WITH, { "with", "modes", 0 }, { "without", "modes", 0 }, RATIO, 2, false };
    Judgement j = claim_judge(&c, &t, false, NULL);
    assert_close(j.more, 2, 0); /* at 4 there is no number; what works beyond does not count */
    assert_close(j.less, 0.5, 0);
    run_table_free(&t);
}
END_TEST

START_TEST(where_none_is_without_the_largest_is_half_the_smallest)
{
    RunTable t = table_of(HEAD
                          "with\t2\t1\t10\tnan\t1\nwith\t4\t1\t10\t8\t0\nwithout\t2\t1\t10\t8\t0\nwithout\t4\t1\t10\t8\t0\n");
    Claim c = { LARGEST_WITHOUT, { "with", "diverged", 0 }, { "without", "diverged", 0 }, RATIO, 2, false };
    Judgement j = claim_judge(&c, &t, false, NULL);
    assert_close(j.more, 1, 0); /* above a rate that diverges nothing counts */
    assert_close(j.less, 4, 0);
    run_table_free(&t);
}
END_TEST

/* The smallest distances of the four runs are 1, 2, 5 and 9: half of them reach 3.5. An arm that is not asked about,
 * and another rate, change nothing. */
START_TEST(the_first_step_below_what_half_reach)
{
    RunTable t = table_of(HEAD
                          "with\t1\t1\t5\t3\t0\nwith\t1\t1\t10\t1\t0\nwith\t1\t2\t5\t4\t0\nwith\t1\t2\t10\t2\t0\n"
                          "without\t1\t1\t5\t9\t0\nwithout\t1\t1\t10\t5\t0\nwithout\t1\t2\t5\t10\t0\nwithout\t1\t2\t10\t9\t0\n"
                          "other\t1\t1\t10\t99\t0\nother\t1\t2\t10\t99\t0\nwith\t7\t1\t10\t99\t0\nwith\t7\t3\t10\t1\t0\n"
                          "without\t7\t3\t10\t1\t0\n");
    Claim c = { FIRST_BELOW, { "without", "modes", 1 }, { "with", "modes", 1 }, RATIO, 1.5, true };
    double d[MOST_PAIRS];
    Judgement j = claim_judge(&c, &t, false, d);
    ck_assert_int_eq(j.pairs, 2);
    ck_assert_int_eq(j.censored, 2); /* without never comes there */
    assert_close(d[0], log(10 / 5.0), 1e-12);
    assert_close(d[1], log(10 / 10.0), 1e-12);
    run_table_free(&t);
}
END_TEST

START_TEST(a_bound_holds_in_every_run_or_it_does_not)
{
    RunTable t = table_of(HEAD "all\t1\t1\t1\t1e-15\t0\nall\t1\t2\t1\t1e-16\t1\n");
    Claim c = { AT_SETTING, { NULL, NULL, 0 }, { "all", "modes", 1 }, AT_MOST, 1e-10, true };
    ck_assert_int_eq(claim_judge(&c, &t, false, NULL).finding, CONFIRMED);
    ck_assert(isnan(claim_judge(&c, &t, false, NULL).p));
    c.smallest = 5e-16;
    ck_assert_int_eq(claim_judge(&c, &t, false, NULL).finding, UNDECIDED);
    c.smallest = 1e-17;
    ck_assert_int_eq(claim_judge(&c, &t, false, NULL).finding, NOT_CONFIRMED);
    run_table_free(&t);
}
END_TEST

START_TEST(a_table_of_something_else_exits)
{
    ignore_leaks();
    table_of("step\tloss\n1\t2\n");
}
END_TEST

START_TEST(a_row_with_a_field_too_few_exits)
{
    ignore_leaks();
    table_of(HEAD "with\t1\t1\t10\t8\n");
}
END_TEST

START_TEST(a_missing_table_exits)
{
    ignore_leaks();
    run_table_read("/nowhere/at/all.tsv");
}
END_TEST

SUITE("24 verdict", RUNS(a_difference_by_hand), RUNS(a_ratio_is_judged_by_its_logarithm), RUNS(few_pairs_decide_nothing),
      RUNS(nothing_is_left_out), RUNS(half_the_steps_have_rows_of_their_own), RUNS(sweeps_over_settings_by_hand),
      RUNS(the_largest_setting_that_works), RUNS(where_none_is_without_the_largest_is_half_the_smallest),
      RUNS(the_first_step_below_what_half_reach), RUNS(a_bound_holds_in_every_run_or_it_does_not),
      EXITS(a_table_of_something_else_exits, 2), EXITS(a_row_with_a_field_too_few_exits, 2), EXITS(a_missing_table_exits, 2))
