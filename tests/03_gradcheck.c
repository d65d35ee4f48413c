/* The checker itself: slopes with a known truth, noise of a known size, and
 * gradients that are right, wrong, or not to be told. */
#include "03_gradcheck.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_directions.h"
#include "03_fault.h"
#include "03_report.h"
#include "03_single.h"
#include "03_slope.h"
#include "suite.h"

#include <string.h>

/* ---- slopes of functions of one number ------------------------------------------------------------ */

typedef struct {
    double (*f)(double), (*slope)(double);
    double (*size)(double); /* of the largest number met on the way to f: what is rounded */
    double low, high;
} Known;

static double f_exp(double x) { return exp(x); }
static double f_sin(double x) { return sin(x); }
static double f_cos(double x) { return cos(x); }
static double one(double x) { return 1 + 0 * x; }
static double cubic(double x) { return x * x * x - 2 * x; }
static double cubic_slope(double x) { return 3 * x * x - 2; }
static double cubic_size(double x) { return fabs(x * x * x) + 2 * fabs(x); }
static double quintic(double x) { return x * x * x * x * x / 120 - x; }
static double quintic_slope(double x) { return x * x * x * x / 24 - 1; }
static double quintic_size(double x) { return fabs(x * x * x * x * x) / 60 + fabs(x); }
static double inverse(double x) { return 1 / x; }
static double inverse_slope(double x) { return -1 / (x * x); }
static double root(double x) { return sqrt(x); }
static double root_slope(double x) { return 0.5 / sqrt(x); }
static double steep(double x) { return tanh(5 * x); }
static double steep_slope(double x) { return 5 - 5 * tanh(5 * x) * tanh(5 * x); }

static const Known known[] = {
    { f_exp, f_exp, f_exp, -3, 3 },
    { f_sin, f_cos, one, -6, 6 },
    { cubic, cubic_slope, cubic_size, -3, 3 },
    { quintic, quintic_slope, quintic_size, -4, 4 },
    { inverse, inverse_slope, inverse, 0.6, 5 },
    { root, root_slope, root, 0.6, 5 },
    { steep, steep_slope, one, -1, 1 },
};
enum { KNOWN = sizeof known / sizeof *known, POINTS = 500 };

typedef struct {
    double (*f)(double);
    double x, kink; /* branches part at kink */
} Line;

static Probe probe(void *line, double t)
{
    const Line *l = line;
    volatile double moved = l->x + t;
    return (Probe){ moved - l->x, l->f(moved), moved > l->kink };
}

static double point(const Known *k, int i) { return k->low + (k->high - k->low) * (i + 0.37) / POINTS; }

static Slope known_slope(const Known *k, double x, double h)
{
    return slope_ridders(probe, &(Line){ k->f, x, -1e300 }, h, 0x1p-52 * k->size(x));
}

START_TEST(slope_is_right_to_near_machine_precision)
{
    for (int i = 0; i < KNOWN * POINTS; i++) {
        const Known *k = &known[i / POINTS];
        double x = point(k, i % POINTS), scale = fabs(k->slope(x)) + k->size(x);
        Slope s = known_slope(k, x, 0.25);
        ck_assert(s.bend == 0);
        assert_close(s.value, k->slope(x), 2e-13 * scale);
        ck_assert_msg(s.error < 1e-12 * scale, "function %d at %g: a bar of %g", i / POINTS, x, s.error);
    }
}
END_TEST

START_TEST(truth_lies_within_the_bar_whatever_the_step)
{
    static const double step[] = { 0.5, 0.3, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-7 };
    for (int i = 0; i < KNOWN * POINTS; i++)
        for (int j = 0; j < 8; j++) {
            const Known *k = &known[i / POINTS];
            double x = point(k, i % POINTS);
            Slope s = known_slope(k, x, step[j]);
            assert_close(s.value, k->slope(x), 2 * s.error + 0x1p-52 * fabs(s.value)); /* and its own rounding */
        }
}
END_TEST

static double bent(double x) { return x > 0 ? exp(x) : 1 - 3 * x; }

START_TEST(slope_beside_a_kink_is_that_of_its_own_side)
{
    for (double distance = 0.2; distance > 1e-5; distance /= 3) {
        Slope right = slope_ridders(probe, &(Line){ bent, distance, 0 }, 0.25, 0x1p-52);
        Slope left = slope_ridders(probe, &(Line){ bent, -distance, 0 }, 0.25, 0x1p-52);
        ck_assert(right.bend == 0 && left.bend == 0);
        assert_close(right.value, exp(distance), 1e-13 / distance);
        assert_close(left.value, -3, 1e-13 / distance);
        assert_close(right.value, exp(distance), 2 * right.error);
        assert_close(left.value, -3, 2 * left.error);
    }
}
END_TEST

/* e^x to the right, 1 - 3x to the left. */
static void assert_bent(Slope s)
{
    assert_close(s.value + s.bend, 1, 1e-11);
    assert_close(s.value - s.bend, -3, 1e-11);
    assert_close(s.value + s.bend, 1, 2 * s.error);
    ck_assert(s.error < 1e-11);
}

START_TEST(slope_on_a_kink_is_one_to_each_side) { assert_bent(slope_ridders(probe, &(Line){ bent, 0, 0 }, 0.25, 0x1p-52)); }
END_TEST

START_TEST(kink_without_a_hash_is_seen_all_the_same)
{
    assert_bent(slope_ridders(probe, &(Line){ bent, 0, -1e300 }, 0.25, 0x1p-52));
    for (double distance = 0.2; distance > 1e-4; distance /= 3) {
        Slope s = slope_ridders(probe, &(Line){ bent, distance, -1e300 }, 0.25, 0x1p-52);
        assert_close(s.value, exp(distance), 2 * s.error);
    }
}
END_TEST

/* Numbers lie less close above 1 than below, as everywhere at a power of two. */
static Probe probe_grid(void *line, double t)
{
    const Line *l = line;
    double spacing = l->x + t > 1 ? 0x1p-20 : 0x1p-24, moved = rint((l->x + t) / spacing) * spacing;
    return (Probe){ moved - l->x, l->f(moved), 0 };
}

START_TEST(steps_are_as_long_to_either_side)
{
    for (int i = 1; i < 200; i++) {
        double x = 1 - i * 0x1p-13 - 0x1p-24;
        Slope s = slope_ridders(probe_grid, &(Line){ f_exp, x, 0 }, 0.3, 0x1p-52);
        assert_close(s.value, exp(x), 2 * s.error);
        ck_assert_double_lt(s.error, 1e-9);
    }
}
END_TEST

START_TEST(nearest_slope_is_the_slope_or_any_between_both_sides)
{
    Slope smooth = { 2, 0, 0 }, bend = { 1, 0, -2 };
    assert_close(slope_nearest(&smooth, 7), 2, 0);
    assert_close(slope_nearest(&bend, 7), 3, 0);
    assert_close(slope_nearest(&bend, -7), -1, 0);
    assert_close(slope_nearest(&bend, 0.25), 0.25, 0);
}
END_TEST

/* So fast a wave that all the usual steps lie many waves apart. */
static double wave(double x) { return sin(1e6 * x); }
static double coarse(double x) { return (double)(float)(3 + sin(x)); }
static double periodic(double x) { return sin(64 * 3.14159265358979323846 * x); } /* 0 at every step down to 1/64 */

START_TEST(wave_shorter_than_the_steps_is_resolved_or_said_not_to_be)
{
    int found = 0;
    for (int i = 0; i < 200; i++) {
        double x = i * 0.0137;
        Line l = { wave, x, -1e300 };
        Slope s = slope_ridders(probe, &l, 0.25, fmax(loss_noise(probe, &l, 4e-9), 1e6 * x * 0x1p-53));
        assert_close(s.value, 1e6 * cos(1e6 * x), 2 * s.error);
        found += s.error < 1e2;
    }
    ck_assert_int_ge(found, 190);
    Slope s = slope_ridders(probe, &(Line){ periodic, 0, -1e300 }, 0.25, 0x1p-53);
    assert_close(s.value, 64 * 3.14159265358979323846, fmin(2 * s.error, 1e-6));
}
END_TEST

START_TEST(loss_printed_with_few_digits_has_their_noise)
{
    for (int i = 0; i < 200; i++) {
        Line l = { coarse, i * 0.03, -1e300 };
        double noise = loss_noise(probe, &l, 4e-9);
        ck_assert_msg(noise > 1e-8 && noise < 1e-6, "noise %g", noise);
        Slope s = slope_ridders(probe, &l, 0.25, noise);
        assert_close(s.value, cos(i * 0.03), 2 * s.error);
        ck_assert_double_lt(s.error, 1e-4);
    }
}
END_TEST

START_TEST(slope_with_few_steps_beside_a_kink_is_within_its_bars)
{
    for (double distance = 0.25; distance > 0x1p-60; distance /= 1.3) {
        Slope s = slope_ridders(probe, &(Line){ bent, distance, 0 }, 0.25, 0x1p-52);
        ck_assert_msg(fabs(slope_nearest(&s, exp(distance)) - exp(distance)) <= 2 * s.error, "at %g: %g, bar %g", distance,
                      s.value, s.error);
    }
}
END_TEST

/* ---- noise ------------------------------------------------------------------------------------------ */

static uint64_t dice;
static double uniform(void)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (double)(dice >> 11) * 0x1p-53;
}
static double spread; /* of the noise */
static double noisy(double x) { return sin(x) + spread * sqrt(12.0) * (uniform() - 0.5); }

/* Nine values leave the estimate itself uncertain: it is out by more than 3
 * once in 25. */
START_TEST(noise_of_known_size_is_found)
{
    enum { N = 1000 };
    double logs = 0;
    int within = 0;
    for (int i = 0; i < N; i++) {
        spread = pow(10, -13 + i % 10);
        double ratio = loss_noise(probe, &(Line){ noisy, 1, 0 }, 1e-9) / spread;
        within += ratio > 1 / 3.0 && ratio < 3;
        logs += log(ratio) / N;
    }
    ck_assert_int_ge(within, N * 92 / 100);
    assert_close(logs, 0, log(1.3));
}
END_TEST

START_TEST(slope_of_a_noisy_loss_is_within_its_bars_though_the_noise_be_guessed_three_times_too_low)
{
    int outside = 0;
    spread = 1e-8;
    for (int i = 0; i < 1000; i++) {
        Slope s = slope_ridders(probe, &(Line){ noisy, i * 0.01, -1 }, 0.5, spread / 3);
        outside += !(fabs(s.value - cos(i * 0.01)) <= 2 * s.error);
        ck_assert_double_lt(s.error, 1e-5);
    }
    ck_assert_int_eq(outside, 0);
}
END_TEST

START_TEST(noise_of_a_smooth_loss_is_its_rounding)
{
    double n = loss_noise(probe, &(Line){ f_exp, 1, 0 }, 1e-9);
    ck_assert_msg(n >= 0x1p-53 * exp(1) && n < 0x1p-50, "%g", n);
}
END_TEST

START_TEST(noise_of_a_constant_is_half_a_unit_of_it)
{
    assert_close(loss_noise(probe, &(Line){ one, 1, 0 }, 1e-9), 0x1p-53, 0);
}
END_TEST

/* ---- a subject like batch norm: s = uA + b + c less its mean, L = sum w log(1 + s^2) ------------------- */

enum { ROWS = 3, COLUMNS = 4 };

static CheckRow row[3]; /* of the last check */

typedef struct Toy {
    real A[ROWS * COLUMNS], b[COLUMNS], c[1], dA[ROWS * COLUMNS], db[COLUMNS], dc[1];
    void (*spoil)(struct Toy *);
    double noise; /* added to the loss */
    CheckArray array[3];
    Subject subject;
} Toy;

static const double u[ROWS] = { 0.5, -1, 2 }, w[COLUMNS] = { 1, -2, 0.5, 3 };

static void take_mean_away(double s[COLUMNS])
{
    double mean = (s[0] + s[1] + s[2] + s[3]) / 4;
    for (int j = 0; j < COLUMNS; j++)
        s[j] -= mean;
}

static void find_s(const Toy *t, double s[COLUMNS])
{
    for (int j = 0; j < COLUMNS; j++) {
        s[j] = (double)t->b[j] + (double)t->c[0];
        for (int i = 0; i < ROWS; i++)
            s[j] += u[i] * (double)t->A[i * COLUMNS + j];
    }
    take_mean_away(s);
}

static double toy_evaluate(void *self)
{
    const Toy *t = self;
    double s[COLUMNS], L = t->noise * uniform();
    find_s(t, s);
    for (int j = 0; j < COLUMNS; j++)
        L += w[j] * log1p(s[j] * s[j]);
    return L;
}

static void toy_gradient(void *self)
{
    Toy *t = self;
    double s[COLUMNS], g[COLUMNS];
    find_s(t, s);
    for (int j = 0; j < COLUMNS; j++)
        g[j] = w[j] * 2 * s[j] / (1 + s[j] * s[j]);
    take_mean_away(g);
    for (int j = 0; j < COLUMNS; j++) {
        t->db[j] = (real)g[j];
        for (int i = 0; i < ROWS; i++)
            t->dA[i * COLUMNS + j] = (real)(u[i] * g[j]);
    }
    t->dc[0] = (real)(g[0] + g[1] + g[2] + g[3]); /* nothing but rounding */
    if (t->spoil)
        t->spoil(t);
}

static void toy_begin(Toy *t)
{
    *t = (Toy){ .c = { (real)0.3 },
                .array = { { "A", t->A, t->dA, ROWS * COLUMNS, { 2, { ROWS, COLUMNS } }, 1 },
                           { "b", t->b, t->db, COLUMNS, { 0 }, 1 },
                           { "c", t->c, t->dc, 1, { 0 }, 1 } } };
    t->subject = (Subject){ .self = t, .evaluate = toy_evaluate, .gradient = toy_gradient, .array = t->array, .n_array = 3 };
    for (int i = 0; i < ROWS * COLUMNS; i++)
        t->A[i] = (real)sin(3 * i + 1.0);
    for (int j = 0; j < COLUMNS; j++)
        t->b[j] = (real)cos(2 * j + 1.0);
}

#define LIMIT TOLERANCE(1e-4, 1e-10)

static Verdict check_spoilt(void (*spoil)(Toy *))
{
    Toy t;
    toy_begin(&t);
    t.spoil = spoil;
    return gradcheck(&t.subject, LIMIT, row);
}

START_TEST(right_gradient_passes)
{
    ck_assert_int_eq(check_spoilt(NULL), PASS);
    for (int a = 0; a < 3; a++)
        ck_assert(row[a].verdict == PASS && row[a].inconclusive == 0 && row[a].error <= row[a].bar / row[a].scale);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(row_describes_its_array)
{
    Toy t;
    toy_begin(&t);
    gradcheck(&t.subject, LIMIT, row);
    double largest = 0;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        largest = fmax(largest, fabs((double)t.dA[i]));
    ck_assert_str_eq(row[0].tensor, "A");
    ck_assert_uint_eq(row[0].elements, ROWS * COLUMNS);
    assert_close(row[0].scale, largest, LIMIT);
    assert_close(row[0].analytic, t.dA[row[0].worst], 0);
    assert_close(row[0].numeric, row[0].analytic, LIMIT);
    assert_close(row[0].error, fabs(row[0].analytic - row[0].numeric) / row[0].scale, 1e-20);
}
END_TEST

START_TEST(arrays_are_as_they_were_after_a_check)
{
    Toy t;
    toy_begin(&t);
    t.A[0] = (real)-0.0, t.A[1] = (real)1e-40, t.b[2] = (real)(1 / 3.0);
    Toy before = t;
    Random r = random_stream(1, "directions", 0);
    gradcheck(&t.subject, LIMIT, row);
    ck_assert_mem_eq(t.A, before.A, sizeof t.A + sizeof t.b + sizeof t.c);
    gradcheck_directions(&t.subject, 3, LIMIT, &r, row);
    ck_assert_mem_eq(t.A, before.A, sizeof t.A + sizeof t.b + sizeof t.c);
}
END_TEST

static void off_by_a_thousandth(Toy *t) { t->dA[5] *= (real)1.001; }
static void two_swapped(Toy *t)
{
    real first = t->db[0];
    t->db[0] = t->db[1], t->db[1] = first;
}
static void doubled(Toy *t)
{
    for (int i = 0; i < COLUMNS; i++)
        t->db[i] *= 2;
}
static void not_centred(Toy *t) /* the path through the mean is missing */
{
    double s[COLUMNS];
    find_s(t, s);
    for (int j = 0; j < COLUMNS; j++)
        t->db[j] = (real)(w[j] * 2 * s[j] / (1 + s[j] * s[j]));
}
static void first_off_and_last_nan(Toy *t) { t->dA[0] *= 2, t->dA[ROWS * COLUMNS - 1] = NAN; }
static void last_is_nan(Toy *t) { t->dA[ROWS * COLUMNS - 1] = NAN; }
static void first_is_infinite(Toy *t) { t->db[0] = -INFINITY; }
static void zero_is_not_zero(Toy *t) { t->dc[0] = (real)1e-2; }

static void assert_bug(void (*spoil)(Toy *), int array, size_t worst)
{
    ck_assert_int_eq(check_spoilt(spoil), BUG);
    for (int a = 0; a < 3; a++)
        ck_assert_msg((row[a].verdict == BUG) == (a == array), "array %d is called %d", a, row[a].verdict);
    ck_assert(row[array].worst == worst && row[array].inconclusive == 0);
}

START_TEST(one_element_a_thousandth_off_is_a_bug) { assert_bug(off_by_a_thousandth, 0, 5); }
END_TEST
START_TEST(nan_is_a_bug) { assert_bug(last_is_nan, 0, ROWS * COLUMNS - 1); }
END_TEST
START_TEST(nan_is_the_worst_error) { assert_bug(first_off_and_last_nan, 0, ROWS * COLUMNS - 1); }
END_TEST
START_TEST(infinity_is_a_bug) { assert_bug(first_is_infinite, 1, 0); }
END_TEST
START_TEST(something_where_nothing_should_be_is_a_bug) { assert_bug(zero_is_not_zero, 2, 0); }
END_TEST

START_TEST(swapped_doubled_or_incomplete_gradient_is_a_bug)
{
    ck_assert_int_eq(check_spoilt(two_swapped), BUG);
    ck_assert_int_eq(check_spoilt(doubled), BUG);
    ck_assert_int_eq(check_spoilt(not_centred), BUG);
}
END_TEST

START_TEST(zero_gradient_is_judged_on_the_scale_of_its_group)
{
    Toy t;
    toy_begin(&t);
    ck_assert_int_eq(gradcheck(&t.subject, LIMIT, row), PASS);
    assert_close(row[2].scale, fmax(row[0].scale, row[1].scale), 0);
    ck_assert(row[2].error < 1e-9);
}
END_TEST

START_TEST(zero_gradient_on_its_own_is_inconclusive)
{
    Toy t;
    toy_begin(&t);
    t.array[2].group = 2;
    t.noise = TOLERANCE(1e-9, 0); /* in float the sums here are exact */
    ck_assert_int_eq(gradcheck(&t.subject, LIMIT, row), INCONCLUSIVE);
    ck_assert(row[0].inconclusive == 0 && row[1].verdict == PASS && row[2].inconclusive == 1);
}
END_TEST

START_TEST(limit_below_the_bars_is_inconclusive)
{
    Toy t;
    toy_begin(&t);
    ck_assert_int_eq(gradcheck(&t.subject, REAL_EPSILON, row), INCONCLUSIVE);
    ck_assert_uint_eq(row[0].inconclusive, ROWS * COLUMNS);
}
END_TEST

START_TEST(limit_below_the_noise_is_inconclusive)
{
    Toy t;
    toy_begin(&t);
    t.noise = 1e-5;
    gradcheck(&t.subject, LIMIT / 4, row);
    ck_assert_uint_eq(row[0].inconclusive, ROWS * COLUMNS);
    gradcheck(&t.subject, 1e-1, row);
    ck_assert_uint_eq(row[0].inconclusive, 0);
}
END_TEST

START_TEST(large_fault_under_noise_is_still_a_bug)
{
    Toy t;
    toy_begin(&t);
    t.noise = 1e-5, t.spoil = doubled;
    ck_assert_int_eq(gradcheck(&t.subject, LIMIT, row), BUG);
}
END_TEST

/* ---- at the edge of the bar ---------------------------------------------------------------------------- */

static Verdict judge_one(double analytic, double noise, Slope slope, double scale, double limit)
{
    MeasuredArray m = { 1, &analytic, &noise, &slope, scale };
    return gradcheck_judge("x", &m, limit).verdict;
}

START_TEST(bar_is_two_errors_four_times_the_noise_and_sixteen_roundings_and_not_one_more)
{
    static const double error[] = { 0, 0x1p-10, 0, 0x1p-9 }, noise[] = { 0, 0, 0x1p-10, 0x1p-12 };
    for (int i = 0; i < 4; i++)
        for (int side = -1; side <= 1; side += 2) {
            double bar = 2 * error[i] + 4 * noise[i] + 16 * REAL_EPSILON * 2;
            ck_assert_int_eq(judge_one(1 + side * bar, noise[i], (Slope){ 1, error[i], 0 }, 2, 0.1), PASS);
            ck_assert_int_eq(judge_one(1 + side * (bar + 0x1p-50), noise[i], (Slope){ 1, error[i], 0 }, 2, 0.1), BUG);
        }
}
END_TEST

START_TEST(bar_beyond_the_limit_is_inconclusive)
{
    Slope s = { 1, 0x1p-10, 0 };
    double bar = 0x1p-9 + 16 * REAL_EPSILON;
    ck_assert_int_eq(judge_one(1, 0, s, 1, bar), PASS);
    ck_assert_int_eq(judge_one(1, 0, s, 1, bar - 0x1p-40), INCONCLUSIVE);
    ck_assert_int_eq(judge_one(1, 0, (Slope){ NAN, INFINITY, 0 }, 1, 1), INCONCLUSIVE);
    ck_assert_int_eq(judge_one(NAN, 0, (Slope){ NAN, INFINITY, 0 }, 1, 1), BUG);
    ck_assert_int_eq(judge_one(1, 0, (Slope){ NAN, NAN, 0 }, 1, 1), BUG);
}
END_TEST

START_TEST(on_a_kink_any_slope_between_both_sides_will_do)
{
    Slope s = { 0.5, 0, 0.5 };
    double bar = 16 * REAL_EPSILON;
    for (int i = 0; i <= 10; i++)
        ck_assert_int_eq(judge_one(i / 10.0, 0, s, 1, 1e-3), PASS);
    ck_assert_int_eq(judge_one(-bar, 0, s, 1, 1e-3), PASS);
    ck_assert_int_eq(judge_one(-1.1 * bar, 0, s, 1, 1e-3), BUG);
    ck_assert_int_eq(judge_one(1 + 1.5 * bar, 0, s, 1, 1e-3), BUG);
}
END_TEST

/* size + slope (x - 1) + 2 (y - 1), with claims of the test's own. */
typedef struct {
    double size, slope;
    real x[2], dx[2], claim[2];
    CheckArray array[2];
    Subject subject;
} Ramp;

static double ramp_evaluate(void *self)
{
    const Ramp *r = self;
    return r->size + r->slope * ((double)r->x[0] - 1) + 2 * ((double)r->x[1] - 1);
}
static void ramp_gradient(void *self)
{
    Ramp *r = self;
    r->dx[0] = r->claim[0], r->dx[1] = r->claim[1];
}

static void ramp_begin(Ramp *r, double size, double slope)
{
    *r = (Ramp){ .size = size,
                 .slope = slope,
                 .x = { 1, 1 },
                 .claim = { (real)slope, 2 },
                 .array = { { "x", r->x, r->dx, 1, { 0 }, 0 }, { "y", r->x + 1, r->dx + 1, 1, { 0 }, 0 } } };
    r->subject = (Subject){ .self = r, .evaluate = ramp_evaluate, .gradient = ramp_gradient, .array = r->array, .n_array = 2 };
}

/* x is judged on its own slope; where that is 0 within its bar, on its claim; where that is nothing, on y's. */
START_TEST(slope_of_zero_has_no_scale_of_its_own)
{
    Ramp r;
    ramp_begin(&r, 0, 0x1p-10);
    gradcheck(&r.subject, 0.1, row);
    assert_close(row[0].scale, 0x1p-10, 1e-12);
    ramp_begin(&r, 0, 0);
    ck_assert_int_eq(gradcheck(&r.subject, 0.1, row), PASS);
    assert_close(row[0].scale, 2, 1e-5);
    r.claim[0] = (real)0x1p-10;
    ck_assert_int_eq(gradcheck(&r.subject, 0.1, row), BUG);
    assert_close(row[0].scale, 0x1p-10, 0);
}
END_TEST

/* A slope that the loss's own rounding hides proves nothing, whatever is claimed. */
START_TEST(slope_drowned_in_a_large_loss_is_inconclusive)
{
    for (int claim = -1; claim <= 1; claim++) {
        Ramp r;
        ramp_begin(&r, 1e16, 1);
        r.claim[0] = (real)claim;
        ck_assert_int_eq(gradcheck(&r.subject, 0.1, row), INCONCLUSIVE);
        ck_assert(row[0].verdict == INCONCLUSIVE && row[1].verdict == INCONCLUSIVE);
    }
}
END_TEST

/* ---- functions of one small array ---------------------------------------------------------------------- */

typedef struct {
    real x[6], dx[6];
    double (*f)(const real *x);
    double (*d)(const real *x, int i);
    CheckArray array;
    Subject subject;
} Small;

static double small_evaluate(void *self) { return ((Small *)self)->f(((Small *)self)->x); }

static void small_gradient(void *self)
{
    Small *s = self;
    for (int i = 0; i < 6; i++)
        s->dx[i] = (real)s->d(s->x, i);
}

static void small_begin(Small *s, double (*f)(const real *), double (*d)(const real *, int))
{
    *s = (Small){ .x = { 1, -2, (real)0.5, (real)0.1, 3, (real)-0.7 }, .f = f, .d = d };
    s->array = (CheckArray){ "x", s->x, s->dx, 6, { 2, { 2, 3 } }, 0, false };
    s->subject = (Subject){
        .self = s, .evaluate = small_evaluate, .gradient = small_gradient, .array = &s->array, .n_array = 1
    };
}

static Verdict check_small(double (*f)(const real *), double (*d)(const real *, int))
{
    Small s;
    small_begin(&s, f, d);
    return gradcheck(&s.subject, LIMIT, row);
}

static double exps(const real *x)
{
    double s = 0;
    for (int i = 0; i < 6; i++)
        s += exp((double)x[i]);
    return s;
}
static double log_sum_exp(const real *x) { return log(exps(x)); }
static double softmax(const real *x, int i) { return exp((double)x[i]) / exps(x); }
static double product(const real *x) { return (double)x[0] * x[1] * x[2] * x[3] * x[4] * x[5]; }
static double product_of_others(const real *x, int i) { return product(x) / (double)x[i]; }
static double quadratic(const real *x)
{
    return (double)x[0] * x[1] + 2 * (double)x[2] * x[2] - (double)x[3] * x[5] / 2 + x[4];
}
static double quadratic_slope(const real *x, int i)
{
    return ((double[]){ x[1], x[0], 4 * (double)x[2], -(double)x[5] / 2, 1, -(double)x[3] / 2 })[i];
}
static double nothing(const real *x) { return 0 * (double)x[0]; }
static double no_slope(const real *x, int i) { return 0 * (double)x[i]; }
static double some_slope(const real *x, int i) { return i == 4 ? 1e-30 : 0 * (double)x[i]; }
static double not_a_number(const real *x) { return NAN * (double)x[0]; }

START_TEST(log_sum_exp_passes) { ck_assert_int_eq(check_small(log_sum_exp, softmax), PASS); }
END_TEST
START_TEST(product_passes) { ck_assert_int_eq(check_small(product, product_of_others), PASS); }
END_TEST
START_TEST(quadratic_passes) { ck_assert_int_eq(check_small(quadratic, quadratic_slope), PASS); }
END_TEST
START_TEST(nan_loss_is_a_bug) { ck_assert_int_eq(check_small(not_a_number, no_slope), BUG); }
END_TEST
START_TEST(any_slope_of_nothing_is_a_bug) { ck_assert_int_eq(check_small(nothing, some_slope), BUG); }
END_TEST

START_TEST(zero_gradient_of_a_zero_loss_passes)
{
    ck_assert_int_eq(check_small(nothing, no_slope), PASS);
    assert_close(row->error, 0, 0);
}
END_TEST

/* Sum of |x|, with its branches. */
static double size(const real *x)
{
    double s = 0;
    for (int i = 0; i < 6; i++)
        s += fabs((double)x[i]);
    return s;
}
static double sign(const real *x, int i) { return x[i] > 0 ? 1 : -1; }
static double wrong_at_3(const real *x, int i) { return i == 3 ? 0.999 : sign(x, i); }
static double nan_at_0(const real *x, int i) { return i == 0 ? NAN : sign(x, i); }
static uint64_t sides(void *self)
{
    uint64_t bits = 0;
    for (int i = 0; i < 6; i++)
        bits = bits << 1 | (((Small *)self)->x[i] > 0);
    return bits;
}

static Verdict check_size(double first, double (*d)(const real *, int))
{
    Small s;
    small_begin(&s, size, d);
    s.subject.branches = sides;
    s.x[0] = (real)first;
    return gradcheck(&s.subject, TOLERANCE(1e-2, 1e-9), row);
}

START_TEST(element_near_a_kink_passes)
{
    ck_assert_int_eq(check_size(1e-3, sign), PASS);
    ck_assert_int_eq(check_size(-1e-3, sign), PASS);
}
END_TEST

START_TEST(kink_close_by_is_not_taken_for_noise)
{
    check_size(TOLERANCE(1e-4, 1e-9), sign);
    ck_assert_uint_le(row->inconclusive, 1);
}
END_TEST

static double outside_at_0(const real *x, int i) { return i == 0 ? 1.001 : sign(x, i); }
static double between_at_0(const real *x, int i) { return i == 0 ? -0.3 : sign(x, i); }

START_TEST(slope_on_a_kink_must_lie_between_both_sides)
{
    ck_assert_int_eq(check_size(0, sign), PASS);
    ck_assert_int_eq(check_size(0, between_at_0), PASS);
    ck_assert_int_eq(check_size(0, outside_at_0), BUG);
    ck_assert_uint_eq(row->worst, 0);
}
END_TEST

START_TEST(nan_on_a_kink_is_a_bug) { ck_assert_int_eq(check_size(0, nan_at_0), BUG); }
END_TEST

START_TEST(bug_beside_a_kink_is_a_bug)
{
    ck_assert_int_eq(check_size(0, wrong_at_3), BUG);
    ck_assert_uint_eq(row->worst, 3);
}
END_TEST

/* One number, bent at a distance below 1 that leaves few steps on its side,
 * or none: 2x above, x below, joined. */
typedef struct {
    real x, dx;
    double kink;
} Bend;

static double bend_evaluate(void *self)
{
    const Bend *b = self;
    double x = (double)b->x;
    return x > b->kink ? 2 * x : x + b->kink;
}
static void bend_gradient(void *self) { ((Bend *)self)->dx = 2; }
static uint64_t bend_branch(void *self) { return (double)((Bend *)self)->x > ((Bend *)self)->kink; }

START_TEST(right_gradient_is_no_bug_however_near_the_kink)
{
    for (int k = 1; k < 52; k++) {
        Bend b = { 1, 0, 1 - ldexp(1, -k) };
        CheckArray array = { "x", &b.x, &b.dx, 1, { 0 }, 0, false };
        Subject s = { .self = &b,
                      .evaluate = bend_evaluate,
                      .gradient = bend_gradient,
                      .branches = bend_branch,
                      .array = &array,
                      .n_array = 1 };
        ck_assert_msg(gradcheck(&s, 1e-2, row) != BUG, "kink at 1 - 2^-%d: %g +- %g", k, row->numeric, row->bar);
    }
}
END_TEST

/* ---- the contract --------------------------------------------------------------------------------------- */

/* L = x0^2 + 3 x1, told rightly, but for one thing. */
typedef enum {
    NOTHING_WRONG,
    EVALUATE_WRITES,
    GRADIENT_WRITES,
    ADDS,
    ONE_UNWRITTEN,
    RIGHT_ONCE,
    NOISY,
    OTHER_BRANCHES,
    NEEDS_FORWARD
} Wrong;

typedef struct {
    Wrong wrong;
    int evaluated, given;
    real x[2], dx[2];
    double seen; /* x0 at the last evaluate */
    CheckArray array;
    Subject subject;
} Contracted;

static double contracted_evaluate(void *self)
{
    Contracted *c = self;
    c->evaluated++;
    c->seen = (double)c->x[0];
    double loss = (double)c->x[0] * (double)c->x[0] + 3 * (double)c->x[1];
    if (c->wrong == EVALUATE_WRITES)
        c->x[1] += (real)0.001;
    return c->wrong == NOISY ? loss + 1e-3 * uniform() : loss;
}

static void contracted_gradient(void *self)
{
    Contracted *c = self;
    double at = c->wrong == NEEDS_FORWARD ? c->seen : (double)c->x[0];
    c->dx[0] = (real)(2 * at + (c->wrong == ADDS ? (double)c->dx[0] : 0));
    if (c->wrong != ONE_UNWRITTEN)
        c->dx[1] = c->wrong == RIGHT_ONCE && c->given > 0 ? 4 : 3;
    if (c->wrong == GRADIENT_WRITES)
        c->x[0] = -c->x[0];
    c->given++;
}

static uint64_t contracted_branches(void *self)
{
    const Contracted *c = self;
    return c->wrong == OTHER_BRANCHES ? (uint64_t)c->evaluated : 0;
}

static Verdict check_contract(Wrong wrong)
{
    static Contracted c;
    c = (Contracted){ .wrong = wrong, .x = { 1, 2 }, .seen = NAN };
    c.array = (CheckArray){ .name = "x", .x = c.x, .dx = c.dx, .n = 2 };
    c.subject = (Subject){ .self = &c,
                           .evaluate = contracted_evaluate,
                           .gradient = contracted_gradient,
                           .branches = contracted_branches,
                           .array = &c.array,
                           .n_array = 1 };
    return gradcheck(&c.subject, LIMIT, row);
}

static void assert_said(Wrong wrong, Verdict verdict, const char *words)
{
    ck_assert_int_eq(check_contract(wrong), verdict);
    ck_assert_msg(strstr(row->note, words) != NULL, "expected '%s', found '%s'", words, row->note);
}

START_TEST(breach_of_the_contract_is_a_bug_and_named)
{
    ck_assert_int_eq(check_contract(NOTHING_WRONG), PASS);
    ck_assert_str_eq(row->note, "");
    ck_assert_int_eq(check_contract(NEEDS_FORWARD), PASS);
    assert_said(EVALUATE_WRITES, BUG, "evaluate changes its input: element 1 of x");
    assert_said(GRADIENT_WRITES, BUG, "gradient changes its input: element 0 of x");
    assert_said(ADDS, BUG, "adds to what dx held");
    assert_said(ONE_UNWRITTEN, BUG, "leaves element 1 of dx as it was");
    assert_said(RIGHT_ONCE, BUG, "another gradient at the second call: element 1");
}
END_TEST

START_TEST(loss_that_differs_from_call_to_call_never_passes)
{
    assert_said(NOISY, INCONCLUSIVE, "not deterministic: the loss");
    assert_said(OTHER_BRANCHES, INCONCLUSIVE, "not deterministic: the hash of branches");
}
END_TEST

/* ---- directions ------------------------------------------------------------------------------------------- */

static Verdict check_directions(void (*spoil)(Toy *), int count)
{
    Toy t;
    toy_begin(&t);
    t.spoil = spoil;
    Random r = random_stream(1, "directions", 0);
    return gradcheck_directions(&t.subject, count, TOLERANCE(1e-3, 1e-9), &r, row);
}

START_TEST(right_gradient_passes_along_directions)
{
    ck_assert_int_eq(check_directions(NULL, 10), PASS);
    ck_assert(row->verdict == PASS && row->elements == 10 && row->inconclusive == 0);
    ck_assert(row->scale > 0.1);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(wrong_gradient_is_a_bug_along_directions)
{
    ck_assert_int_eq(check_directions(off_by_a_thousandth, 10), BUG);
    ck_assert_int_eq(check_directions(doubled, 10), BUG);
    ck_assert_int_eq(check_directions(not_centred, 10), BUG);
    ck_assert_int_eq(check_directions(last_is_nan, 1), BUG);
    ck_assert_int_eq(check_directions(zero_is_not_zero, 10), BUG);
}
END_TEST

/* ---- planted faults ----------------------------------------------------------------------------------------- */

static bool plants_nothing(const Subject *s, int array, double *dx) { return s && dx && array == 0; }
static const Fault nothing_planted[] = { { "nothing at all", plants_nothing }, { NULL, NULL } };

START_TEST(every_fault_of_the_catalogue_is_caught)
{
    Toy t;
    int planted = 0, caught = 0;
    toy_begin(&t);
    gradcheck_faults(&t.subject, LIMIT, NULL, &planted, &caught, stderr);
    ck_assert_int_eq(planted, 6 + 5); /* a vector has no transpose; c has no gradient to spoil */
    ck_assert_int_eq(caught, planted);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(fault_that_gets_away_is_counted_and_named)
{
    Toy t;
    int planted = 0, caught = 0;
    char *text;
    size_t length;
    FILE *log = open_memstream(&text, &length);
    toy_begin(&t);
    gradcheck_faults(&t.subject, LIMIT, nothing_planted, &planted, &caught, log);
    fclose(log);
    ck_assert(planted == 12 && caught == 11);
    ck_assert(strstr(text, "nothing at all") && strchr(text, '\n') == text + length - 1);
    free(text);
    gradcheck_faults(&t.subject, LIMIT, nothing_planted, &planted, &caught, NULL);
    ck_assert(planted == 24 && caught == 22);
}
END_TEST

START_TEST(wrong_gradient_has_no_faults_planted)
{
    Toy t;
    int planted = 0, caught = 0;
    toy_begin(&t);
    t.spoil = off_by_a_thousandth;
    gradcheck_faults(&t.subject, LIMIT, NULL, &planted, &caught, stderr);
    ck_assert(planted == 5 && caught == 5); /* those of b, whose gradient is right */
}
END_TEST

static const Fault *fault(const char *name)
{
    const Fault *f = fault_catalogue;
    while (f->name && !strstr(f->name, name))
        f++;
    ck_assert_msg(f->name != NULL, "no fault '%s'", name);
    return f;
}

START_TEST(catalogue_holds_what_its_header_says)
{
    int n = 0;
    while (fault_catalogue[n].name)
        n++;
    ck_assert_int_eq(n, 6);
    fault("zero"), fault("sign"), fault("large"), fault("transposed"), fault("one element"), fault("NaN");
}
END_TEST

START_TEST(fault_that_would_change_nothing_is_not_planted)
{
    Toy t;
    double dx[ROWS * COLUMNS] = { 0 };
    toy_begin(&t);
    ck_assert(!fault("zero")->plant(&t.subject, 0, dx) && !fault("sign")->plant(&t.subject, 0, dx));
    ck_assert(!fault("large")->plant(&t.subject, 0, dx) && !fault("one element")->plant(&t.subject, 0, dx));
    ck_assert(!fault("transposed")->plant(&t.subject, 1, (double[]){ 1, 2, 3, 4 }));
}
END_TEST

START_TEST(transpose_that_would_change_nothing_is_not_planted)
{
    Toy t;
    double dx[ROWS * COLUMNS];
    toy_begin(&t);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        dx[i] = 1;
    ck_assert(!fault("transposed")->plant(&t.subject, 0, dx));
}
END_TEST

START_TEST(transposed_fault_transposes)
{
    double dx[] = { 1, 2, 3, 4 }, x[4];
    CheckArray a = { .x = (real *)x, .n = 4, .shape = { 2, { 2, 2 } } };
    ck_assert(fault("transposed")->plant(&(Subject){ .array = &a, .n_array = 1 }, 0, dx));
    assert_all_close(dx, ((double[]){ 1, 3, 2, 4 }), 4, 0);
}
END_TEST

/* ---- the report ------------------------------------------------------------------------------------------------ */

START_TEST(report_names_what_was_checked)
{
    CheckRow bug = { "weight", 12, 0, 5, 0.25, 0.5, 1e-3, 0.125, 2, BUG, "adds to what dx held" };
    static const char *word[] = { "verdict",      "05_dense", "weight",
                                  "12",           "5",        "2.500000e-01",
                                  "5.000000e-01", "BUG",      "\n    adds to what dx held\n" };
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    check_header_print(file);
    check_row_print(file, "05_dense", &bug);
    fclose(file);
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        ck_assert_msg(strstr(text, word[i]) != NULL, "no '%s' in: %s", word[i], text);
    free(text);
}
END_TEST

START_TEST(verdicts_have_names_and_an_order)
{
    ck_assert(PASS < INCONCLUSIVE && INCONCLUSIVE < BUG);
    ck_assert_str_eq(verdict_name(PASS), "PASS");
    ck_assert_str_eq(verdict_name(INCONCLUSIVE), "INCONCLUSIVE");
    ck_assert_str_eq(verdict_name(BUG), "BUG");
}
END_TEST

/* ---- domains, and losses of any size ------------------------------------------------------- */

/* A loss of one number x, times a factor, with its slope. */
typedef struct {
    double (*f)(double), (*slope)(double);
    double factor;
    real x, dx;
    CheckArray array;
    Subject subject;
} Curve;

static double curve_evaluate(void *self)
{
    Curve *c = self;
    return c->factor * c->f((double)c->x);
}

static void curve_gradient(void *self)
{
    Curve *c = self;
    c->dx = (real)(c->factor * c->slope((double)c->x));
}

static CheckRow check_curve(double (*f)(double), double (*slope)(double), double x, double factor)
{
    static Curve c;
    CheckRow found;
    c = (Curve){ .f = f, .slope = slope, .factor = factor, .x = (real)x };
    c.array = (CheckArray){ "x", &c.x, &c.dx, 1, { 0 }, 0, false };
    c.subject = (Subject){
        .self = &c, .evaluate = curve_evaluate, .gradient = curve_gradient, .array = &c.array, .n_array = 1
    };
    gradcheck(&c.subject, TOLERANCE(1e-1, 1e-6), &found);
    return found;
}

static double logarithm(double x) { return log(x); }
static double logarithm_slope(double x) { return 1 / x; }
static double arcsine(double x) { return asin(x); }
static double arcsine_slope(double x) { return 1 / sqrt(1 - x * x); }
static double twice(double (*slope)(double), double x) { return 2 * slope(x); }
static double root_wrong(double x) { return twice(root_slope, x); }
static double arcsine_wrong(double x) { return twice(arcsine_slope, x); }

/* The first step, a quarter of x, may lie beyond the end of the domain: it is halved, and no sign of a bug. */
START_TEST(a_step_out_of_the_domain_is_halved)
{
    static const double near_0[] = { 1e-6, 1e-3, 0.3, 2 }, near_1[] = { 0.5, 0.9, 0.99, -0.99, 0.999 };
    for (int k = 0; k < 4; k++) {
        ck_assert_msg(check_curve(root, root_slope, near_0[k], 1).verdict == PASS, "root at %g", near_0[k]);
        ck_assert_msg(check_curve(logarithm, logarithm_slope, near_0[k], 1).verdict == PASS, "log at %g", near_0[k]);
        ck_assert_msg(check_curve(root, root_wrong, near_0[k], 1).verdict == BUG, "a wrong root at %g", near_0[k]);
    }
    for (int k = 0; k < 5; k++) {
        ck_assert_msg(check_curve(arcsine, arcsine_slope, near_1[k], 1).verdict == PASS, "asin at %g", near_1[k]);
        ck_assert_msg(check_curve(arcsine, arcsine_wrong, near_1[k], 1).verdict == BUG, "a wrong asin at %g", near_1[k]);
    }
}
END_TEST

START_TEST(a_loss_that_is_no_number_is_a_bug) { ck_assert_int_eq(check_curve(root, root_slope, -1, 1).verdict, BUG); }
END_TEST

/* Where squares would be infinite, or nothing. In float the gradient itself would be. */
START_TEST(losses_of_any_size_are_judged_alike)
{
    for (int k = 0; k < 3; k++) {
        double factor = sizeof(real) == sizeof(float) ? pow(1e30, k - 1) : pow(1e200, k - 1);
        ck_assert_msg(check_curve(root, root_slope, 0.7, factor).verdict == PASS, "times %g", factor);
        ck_assert_msg(check_curve(root, root_wrong, 0.7, factor).verdict == BUG, "a wrong one times %g", factor);
    }
}
END_TEST

/* ---- a function of floats --------------------------------------------------------------------- */

/* L = the sum of log(1 + e^(w x)) over three x, all in float. */
static struct {
    float w[3], x[3], dw[3], dx[3], factor;
} soft;

static double soft_evaluate(void *self)
{
    float L = 0;
    (void)self;
    for (int i = 0; i < 3; i++)
        L += logf(1 + expf(soft.w[i] * soft.x[i]));
    return (double)L;
}

static void soft_gradient(void *self)
{
    (void)self;
    for (int i = 0; i < 3; i++) {
        float s = 1 / (1 + expf(-soft.w[i] * soft.x[i]));
        soft.dw[i] = soft.factor * s * soft.x[i], soft.dx[i] = s * soft.w[i];
    }
}

START_TEST(function_of_floats_is_checked_whatever_real_is)
{
    static const float factor[] = { 1, 1.01F, -1 };
    for (int k = 0; k < 3; k++) {
        SingleArray array[] = { { "w", soft.w, soft.dw, 3, { 0 } }, { "x", soft.x, soft.dx, 3, { 0 } } };
        SingleSubject s = { .evaluate = soft_evaluate, .gradient = soft_gradient, .array = array, .n_array = 2 };
        for (int i = 0; i < 3; i++)
            soft.w[i] = 0.7F * (float)(i + 1), soft.x[i] = 1.3F - (float)i, soft.factor = factor[k];
        single_init(&s);
        gradcheck(&s.subject, 1e-3, row);
        ck_assert_int_eq(row[0].verdict, k == 0 ? PASS : BUG);
        ck_assert_int_eq(row[1].verdict, PASS);
        ck_assert(k < 2 || strstr(row[0].note, "the sign is turned"));
        ck_assert(row[0].bar > 1e-8); /* the float's rounding is seen */
        ck_assert(soft.w[1] == 1.4F);
        single_free(&s);
        ck_assert_int_eq(memory_blocks(), 0);
    }
}
END_TEST

/* ---- measuring and judging apart ------------------------------------------------------------- */

START_TEST(what_was_measured_can_be_judged_again)
{
    Toy t;
    toy_begin(&t);
    Measurement m = gradcheck_measure(&t.subject);
    CheckRow strict = gradcheck_judge("A", &m.array[0], LIMIT), impossible = gradcheck_judge("A", &m.array[0], 1e-30);
    m.array[0].analytic[1] += 0.1 * m.array[0].scale;
    CheckRow wrong = gradcheck_judge("A", &m.array[0], LIMIT);
    ck_assert(strict.verdict == PASS && impossible.verdict == INCONCLUSIVE && wrong.verdict == BUG && wrong.worst == 1);
    measurement_free(&m);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("03 gradcheck", RUNS(a_step_out_of_the_domain_is_halved), RUNS(a_loss_that_is_no_number_is_a_bug),
      RUNS(losses_of_any_size_are_judged_alike), RUNS(what_was_measured_can_be_judged_again),
      RUNS(function_of_floats_is_checked_whatever_real_is), RUNS(slope_is_right_to_near_machine_precision),
      RUNS(truth_lies_within_the_bar_whatever_the_step), RUNS(slope_beside_a_kink_is_that_of_its_own_side),
      RUNS(slope_on_a_kink_is_one_to_each_side), RUNS(kink_without_a_hash_is_seen_all_the_same),
      RUNS(steps_are_as_long_to_either_side), RUNS(nearest_slope_is_the_slope_or_any_between_both_sides),
      RUNS(wave_shorter_than_the_steps_is_resolved_or_said_not_to_be), RUNS(loss_printed_with_few_digits_has_their_noise),
      RUNS(slope_with_few_steps_beside_a_kink_is_within_its_bars), RUNS(noise_of_known_size_is_found),
      RUNS(slope_of_a_noisy_loss_is_within_its_bars_though_the_noise_be_guessed_three_times_too_low),
      RUNS(noise_of_a_smooth_loss_is_its_rounding), RUNS(noise_of_a_constant_is_half_a_unit_of_it), RUNS(right_gradient_passes),
      RUNS(row_describes_its_array), RUNS(arrays_are_as_they_were_after_a_check), RUNS(one_element_a_thousandth_off_is_a_bug),
      RUNS(nan_is_a_bug), RUNS(nan_is_the_worst_error), RUNS(infinity_is_a_bug),
      RUNS(something_where_nothing_should_be_is_a_bug), RUNS(swapped_doubled_or_incomplete_gradient_is_a_bug),
      RUNS(zero_gradient_is_judged_on_the_scale_of_its_group), RUNS(zero_gradient_on_its_own_is_inconclusive),
      RUNS(limit_below_the_bars_is_inconclusive), RUNS(limit_below_the_noise_is_inconclusive),
      RUNS(breach_of_the_contract_is_a_bug_and_named), RUNS(loss_that_differs_from_call_to_call_never_passes),
      RUNS(large_fault_under_noise_is_still_a_bug),
      RUNS(bar_is_two_errors_four_times_the_noise_and_sixteen_roundings_and_not_one_more),
      RUNS(bar_beyond_the_limit_is_inconclusive), RUNS(on_a_kink_any_slope_between_both_sides_will_do),
      RUNS(slope_drowned_in_a_large_loss_is_inconclusive), RUNS(slope_of_zero_has_no_scale_of_its_own),
      RUNS(log_sum_exp_passes), RUNS(product_passes), RUNS(quadratic_passes), RUNS(nan_loss_is_a_bug),
      RUNS(any_slope_of_nothing_is_a_bug), RUNS(zero_gradient_of_a_zero_loss_passes), RUNS(element_near_a_kink_passes),
      RUNS(kink_close_by_is_not_taken_for_noise), RUNS(slope_on_a_kink_must_lie_between_both_sides),
      RUNS(nan_on_a_kink_is_a_bug), RUNS(bug_beside_a_kink_is_a_bug), RUNS(right_gradient_is_no_bug_however_near_the_kink),
      RUNS(right_gradient_passes_along_directions), RUNS(wrong_gradient_is_a_bug_along_directions),
      RUNS(every_fault_of_the_catalogue_is_caught), RUNS(fault_that_gets_away_is_counted_and_named),
      RUNS(wrong_gradient_has_no_faults_planted), RUNS(catalogue_holds_what_its_header_says),
      RUNS(fault_that_would_change_nothing_is_not_planted), RUNS(transpose_that_would_change_nothing_is_not_planted),
      RUNS(transposed_fault_transposes), RUNS(report_names_what_was_checked), RUNS(verdicts_have_names_and_an_order))
