/* The generator against its published answers, its distributions against
 * statistics with known limits. Seeds are fixed, so a test that passes once
 * passes always. */
#include "02_random.h"
#include "01_parallel.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "suite.h"

#include <string.h>

enum { MANY = 200000 };
static real x[MANY + 1];

/* ---- the stream's number ------------------------------------------------------------------------ */

/* Known answers: the test vectors of FNV's authors. */
START_TEST(a_stream_is_the_fnv_1a_of_its_purpose)
{
    ck_assert(random_stream(1, "", 0).stream == 0xcbf29ce484222325u);
    ck_assert(random_stream(1, "a", 0).stream == 0xaf63dc4c8601ec8cu);
    ck_assert(random_stream(1, "foobar", 0).stream == 0x85944171f73967e8u);
}
END_TEST

/* ---- the block function ----------------------------------------------------------------------- */

/* Known answers: kat_vectors of the authors' library Random123. */
static void assert_philox(const uint32_t counter[4], const uint32_t key[2], const uint32_t expected[4])
{
    uint32_t out[4];
    philox(out, counter, key);
    ck_assert_mem_eq(out, expected, sizeof out);
}

START_TEST(philox_of_zeros_is_known)
{
    assert_philox((uint32_t[]){ 0, 0, 0, 0 }, (uint32_t[]){ 0, 0 },
                  (uint32_t[]){ 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 });
}
END_TEST

START_TEST(philox_of_ones_is_known)
{
    const uint32_t m = 0xffffffff;
    assert_philox((uint32_t[]){ m, m, m, m }, (uint32_t[]){ m, m },
                  (uint32_t[]){ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd });
}
END_TEST

START_TEST(philox_of_pi_is_known)
{
    assert_philox((uint32_t[]){ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, (uint32_t[]){ 0xa4093822, 0x299f31d0 },
                  (uint32_t[]){ 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 });
}
END_TEST

/* ---- streams ------------------------------------------------------------------------------------- */

/* What a Python program with its own Philox, FNV-1a and mpmath finds for this
 * stream: the numbers of a seed must never change. */
static Random known(void) { return random_stream((1ull << 40) + 7, "noise", 3); }

START_TEST(uniform_numbers_of_a_seed_are_known)
{
    static const double expected[] = { 11293208, 14293442, 1406852, 10148001, 10996394, 14376656, 13511404, 10461346 };
    Random r = known();
    random_uniform(&r, x, 8);
    for (int i = 0; i < 8; i++)
        assert_close(x[i], expected[i] * 0x1p-24, 0);
}
END_TEST

START_TEST(normal_numbers_of_a_seed_are_known)
{
    static const double expected[] = { 0.89380214264996520, -1.1989532266801487, -0.33091028370189251, -0.25624101067599549,
                                       0.90852519531599879, -1.1425995563685437, -1.2909057529207954,  -1.2675129300238706 };
    Random r = known();
    random_normal(&r, x, 8);
    assert_all_close(x, expected, 8, TOLERANCE(5e-7, 1e-15));
}
END_TEST

START_TEST(one_number_of_a_seed_is_known)
{
    Random r = known();
    assert_close(random_one(&r), 6062994894832440 * 0x1p-53, 0);
}
END_TEST

/* The arrays come from blocks computed side by side; each must be the plain
 * function's, and each normal number Box and Muller's, by the library. */
enum { COMPARED = 400000 };

static uint32_t word_of(const Random *r, size_t element)
{
    uint64_t number = r->next + element / 4;
    uint32_t out[4], key[2] = { (uint32_t)r->seed, (uint32_t)(r->seed >> 32) };
    uint32_t counter[4] = { (uint32_t)number, (uint32_t)(number >> 32), (uint32_t)r->stream, (uint32_t)(r->stream >> 32) };
    philox(out, counter, key);
    return out[element % 4];
}

START_TEST(uniform_numbers_are_the_words_of_philox)
{
    Random r = random_stream(7, "compared", 3), before = r;
    before.next = r.next = 0xfffffff0u; /* the counter's low word runs over */
    real *x = malloc(COMPARED * sizeof *x);
    random_uniform(&r, x, COMPARED);
    for (size_t i = 0; i < COMPARED; i++)
        ck_assert(x[i] == (real)((word_of(&before, i) >> 8) * 0x1p-24));
    free(x);
}
END_TEST

/* Wherever in a group the counter's low word runs over, and its high word goes on. */
START_TEST(counter_is_carried_inside_a_group_of_blocks)
{
    enum { GROUP = 4 * 16 };
    for (uint64_t high = 1; high <= 3; high += 2)
        for (uint64_t before_end = 0; before_end <= 16; before_end++) {
            Random r = random_stream(9, "compared", 5), before;
            r.next = (high << 32) - before_end;
            before = r;
            random_uniform(&r, x, 2 * GROUP + 1);
            for (size_t i = 0; i < 2 * GROUP + 1; i++)
                ck_assert_msg(x[i] == (real)((word_of(&before, i) >> 8) * 0x1p-24), "block %llx",
                              (unsigned long long)(before.next + i / 4));
            ck_assert(r.next == before.next + 2 * 16 + 1);
        }
}
END_TEST

START_TEST(counter_is_carried_from_one_number_to_the_next)
{
    Random r = random_stream(9, "compared", 5);
    r.next = (3ull << 32) - 2;
    for (int i = 0; i < 4; i++) {
        uint64_t word = (uint64_t)word_of(&r, 0) << 32 | word_of(&r, 1);
        assert_close(random_one(&r), (double)(word >> 11) * 0x1p-53, 0);
    }
}
END_TEST

START_TEST(normal_numbers_are_box_and_mullers_to_rounding)
{
    Random r = random_stream(8, "compared", 4), before = r;
    real *x = malloc(COMPARED * sizeof *x);
    random_normal(&r, x, COMPARED);
    for (size_t i = 0; i < COMPARED; i += 2) {
        double w = 1 - (word_of(&before, i) >> 8) * 0x1p-24, turn = (word_of(&before, i + 1) >> 8) * 0x1p-24;
        double radius = sqrt(-2 * log(w)), angle = 2 * 3.14159265358979323846 * turn;
        assert_close(x[i], radius * cos(angle), TOLERANCE(1e-6, 1e-14));
        assert_close(x[i + 1], radius * sin(angle), TOLERANCE(1e-6, 1e-14));
    }
    free(x);
}
END_TEST

START_TEST(copy_of_a_stream_replays_it)
{
    Random r = random_stream(1, "noise", 0);
    random_normal(&r, x, 7);
    Random copy = r;
    random_normal(&r, x, 50);
    random_normal(&copy, x + 50, 50);
    ck_assert_mem_eq(x, x + 50, 50 * sizeof *x);
    assert_close(random_one(&r), random_one(&copy), 0);
}
END_TEST

static double first_of(uint64_t seed, const char *purpose, uint64_t index)
{
    Random r = random_stream(seed, purpose, index);
    return random_one(&r);
}

START_TEST(seed_purpose_and_index_each_make_another_stream)
{
    double here = first_of(5, "noise", 0);
    ck_assert(first_of(5, "noise", 0) == here);
    ck_assert(first_of(6, "noise", 0) != here && first_of(5 + (1ull << 32), "noise", 0) != here);
    ck_assert(first_of(5, "nois", 0) != here && first_of(5, "noisf", 0) != here && first_of(5, "onise", 0) != here);
    ck_assert(first_of(5, "noise", 1) != here && first_of(5, "noise", 1ull << 32) != here);
}
END_TEST

static double correlation(const real *a, const real *b, size_t n) /* of numbers with mean 0, variance 1 */
{
    return dot(a, b, n) / (double)n;
}

START_TEST(streams_are_not_correlated)
{
    enum { N = MANY / 2 };
    Random r = random_stream(5, "noise", 0), next = random_stream(5, "noise", 1), seed = random_stream(6, "noise", 0);
    random_normal(&r, x, N);
    random_normal(&next, x + N, N);
    assert_close(correlation(x, x + N, N), 0, 4 / sqrt((double)N));
    random_normal(&seed, x + N, N);
    assert_close(correlation(x, x + N, N), 0, 4 / sqrt((double)N));
}
END_TEST

START_TEST(successive_numbers_and_their_squares_are_not_correlated)
{
    Random r = random_stream(7, "noise", 0);
    random_normal(&r, x, MANY);
    for (size_t lag = 1; lag <= 4; lag++)
        assert_close(correlation(x, x + lag, MANY - lag), 0, 4 / sqrt((double)MANY));
    for (size_t i = 0; i < MANY; i++)
        x[i] = (x[i] * x[i] - 1) / sqrt((real)2);
    for (size_t lag = 1; lag <= 4; lag++)
        assert_close(correlation(x, x + lag, MANY - lag), 0, 4 / sqrt((double)MANY));
}
END_TEST

/* ---- filling arrays ----------------------------------------------------------------------------------- */

typedef void Fill(Random *, real *, size_t);
static Fill *const fill[] = { random_uniform, random_normal };

START_TEST(fill_writes_n_numbers_and_no_more)
{
    for (size_t n = 0; n < 20; n++)
        for (int kind = 0; kind < 2; kind++) {
            Random r = random_stream(n, "fill", 0);
            for (int i = 0; i < 21; i++)
                x[i] = NAN;
            fill[kind](&r, x, n);
            ck_assert(all_finite(x, n));
            ck_assert(isnan(x[n]));
        }
}
END_TEST

START_TEST(fill_in_whole_blocks_of_four_goes_on_where_the_last_ended)
{
    for (int kind = 0; kind < 2; kind++) {
        Random once = random_stream(1, "fill", 0), twice = once;
        fill[kind](&once, x, 100);
        fill[kind](&twice, x + 100, 36);
        fill[kind](&twice, x + 136, 64);
        ck_assert_mem_eq(x, x + 100, 100 * sizeof *x);
    }
}
END_TEST

START_TEST(shorter_fill_is_the_beginning_of_a_longer_one)
{
    Random r = random_stream(1, "fill", 0), again = r;
    random_normal(&r, x, 1001);
    random_normal(&again, x + 1001, 997);
    ck_assert_mem_eq(x, x + 1001, 997 * sizeof *x);
}
END_TEST

START_TEST(successive_fills_never_repeat_a_number)
{
    Random r = random_stream(1, "fill", 0);
    for (int i = 0; i < 50; i++)
        random_normal(&r, &x[i], 1);
    for (int i = 0; i < 50; i++)
        for (int j = 0; j < i; j++)
            ck_assert(x[i] != x[j]);
}
END_TEST

START_TEST(fill_gives_the_same_bytes_for_any_number_of_threads)
{
    enum { N = 66001 };
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < 3; i++) {
            Random r = random_stream(1, "fill", 0);
            threads_set(i + 1);
            fill[kind](&r, x + (size_t)i * N, N);
        }
        ck_assert_mem_eq(x, x + N, N * sizeof *x);
        ck_assert_mem_eq(x, x + 2 * N, N * sizeof *x);
    }
}
END_TEST

/* ---- distributions ---------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    real d = *(const real *)a - *(const real *)b;
    return (d > 0) - (d < 0);
}

static double uniform_cdf(double t) { return t; }
static double normal_cdf(double t) { return erfc(-t * 0.70710678118654752) / 2; }

/* The largest distance of the sample's distribution from the true one, times
 * sqrt(n): exceeds 1.95 once in 1000 samples. Sorts x. */
static double kolmogorov_smirnov(double (*cdf)(double))
{
    double d = 0;
    qsort(x, MANY, sizeof *x, by_size);
    for (int i = 0; i < MANY; i++) {
        double f = cdf((double)x[i]);
        d = fmax(d, fmax((i + 1.0) / MANY - f, f - (double)i / MANY));
    }
    return d * sqrt((double)MANY);
}

static double moment(int power, double centre)
{
    double s = 0;
    for (int i = 0; i < MANY; i++)
        s += pow((double)x[i] - centre, power);
    return s / MANY;
}

START_TEST(uniform_is_a_multiple_of_2_to_the_minus_24_in_0_to_1)
{
    Random r = random_stream(2, "uniform", 0);
    bool odd = false;
    random_uniform(&r, x, MANY);
    for (int i = 0; i < MANY; i++) {
        double k = (double)x[i] * 0x1p24;
        ck_assert(k >= 0 && k < 0x1p24 && k == floor(k));
        odd |= fmod(k, 2) == 1;
    }
    ck_assert(odd);
}
END_TEST

/* Standard errors: a moment's is sqrt(its function's variance / n). */
START_TEST(uniform_has_the_moments_of_a_uniform)
{
    Random r = random_stream(2, "uniform", 0);
    random_uniform(&r, x, MANY);
    assert_close(moment(1, 0), 0.5, 4 * sqrt(1 / 12.0 / MANY));
    assert_close(moment(2, 0.5), 1 / 12.0, 4 * sqrt(1 / 180.0 / MANY));
}
END_TEST

START_TEST(normal_has_the_moments_of_a_normal)
{
    Random r = random_stream(2, "normal", 0);
    random_normal(&r, x, MANY);
    assert_close(moment(1, 0), 0, 4 * sqrt(1.0 / MANY));
    assert_close(moment(2, 0), 1, 4 * sqrt(2.0 / MANY));
    assert_close(moment(3, 0), 0, 4 * sqrt(15.0 / MANY));
    assert_close(moment(4, 0), 3, 4 * sqrt(96.0 / MANY));
}
END_TEST

START_TEST(uniform_is_distributed_as_one)
{
    Random r = random_stream(3, "uniform", 0);
    random_uniform(&r, x, MANY);
    ck_assert_double_lt(kolmogorov_smirnov(uniform_cdf), 1.95);
}
END_TEST

START_TEST(normal_is_distributed_as_one)
{
    Random r = random_stream(3, "normal", 0);
    random_normal(&r, x, MANY);
    ck_assert_double_lt(kolmogorov_smirnov(normal_cdf), 1.95);
    ck_assert(x[0] > -5.8 && x[MANY - 1] < 5.8 && x[0] < -4 && x[MANY - 1] > 4);
}
END_TEST

START_TEST(one_is_uniform_with_53_bits)
{
    Random r = random_stream(3, "one", 0);
    bool last_bit = false;
    for (int i = 0; i < MANY; i++) {
        double u = random_one(&r);
        ck_assert(u >= 0 && u < 1);
        last_bit |= fmod(u * 0x1p53, 2) == 1;
        x[i] = (real)u;
    }
    ck_assert(last_bit);
    ck_assert_double_lt(kolmogorov_smirnov(uniform_cdf), 1.95);
}
END_TEST

/* ---- indices and permutations ------------------------------------------------------------------------------- */

static double chi_square(const int *count, int cells, int draws)
{
    double s = 0, expected = (double)draws / cells;
    for (int i = 0; i < cells; i++)
        s += (count[i] - expected) * (count[i] - expected) / expected;
    return s;
}

/* Outside lies one sample in 1000 on either side; too even is wrong too. */
static void assert_among(double x2, double low, double high) { ck_assert_msg(x2 > low && x2 < high, "chi-square %g", x2); }

START_TEST(index_is_uniform)
{
    int count[10] = { 0 };
    Random r = random_stream(4, "index", 0);
    for (int i = 0; i < 100000; i++) {
        int j = random_index(&r, 10);
        ck_assert(j >= 0 && j < 10);
        count[j]++;
    }
    assert_among(chi_square(count, 10, 100000), 1.152, 27.88); /* 9 degrees */
}
END_TEST

START_TEST(index_of_a_huge_range_reaches_all_of_it)
{
    int count[3] = { 0 };
    Random r = random_stream(4, "index", 0);
    for (int i = 0; i < 30000; i++) {
        int j = random_index(&r, 2147483647);
        ck_assert(j >= 0 && j < 2147483647);
        count[j / 715827883]++;
    }
    ck_assert_double_lt(chi_square(count, 3, 30000), 13.8);
}
END_TEST

START_TEST(index_of_one_is_zero)
{
    Random r = random_stream(4, "index", 0);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(random_index(&r, 1), 0);
}
END_TEST

START_TEST(index_of_none_aborts) { random_index(&(Random){ 1, 1, 0 }, 0); }
END_TEST
START_TEST(index_of_fewer_than_none_aborts) { random_index(&(Random){ 1, 1, 0 }, -1); }
END_TEST

START_TEST(permutation_holds_every_index_once)
{
    static const int size[] = { 1, 2, 3, 50, 999 };
    Random r = random_stream(5, "order", 0);
    for (int k = 0; k < 5; k++) {
        int order[1000], seen[1000] = { 0 };
        order[size[k]] = -7;
        random_permutation(&r, order, size[k]);
        for (int i = 0; i < size[k]; i++)
            seen[order[i]]++;
        for (int i = 0; i < size[k]; i++)
            ck_assert_int_eq(seen[i], 1);
        ck_assert_int_eq(order[size[k]], -7);
    }
}
END_TEST

START_TEST(all_permutations_of_four_are_equally_likely)
{
    enum { DRAWS = 48000 };
    int cell[256] = { 0 }, count[24], n = 0;
    Random r = random_stream(5, "order", 0);
    for (int i = 0; i < DRAWS; i++) {
        int o[4];
        random_permutation(&r, o, 4);
        cell[o[0] << 6 | o[1] << 4 | o[2] << 2 | o[3]]++;
    }
    for (int i = 0; i < 256; i++)
        if (cell[i]) {
            ck_assert_int_lt(n, 24);
            count[n++] = cell[i];
        }
    ck_assert_int_eq(n, 24);
    assert_among(chi_square(count, 24, DRAWS), 7.529, 49.73); /* 23 degrees */
}
END_TEST

SUITE("02 random", RUNS(a_stream_is_the_fnv_1a_of_its_purpose), RUNS(philox_of_zeros_is_known), RUNS(philox_of_ones_is_known),
      RUNS(philox_of_pi_is_known), RUNS(uniform_numbers_of_a_seed_are_known), RUNS(normal_numbers_of_a_seed_are_known),
      RUNS(one_number_of_a_seed_is_known), RUNS(uniform_numbers_are_the_words_of_philox),
      RUNS(counter_is_carried_inside_a_group_of_blocks), RUNS(counter_is_carried_from_one_number_to_the_next),
      RUNS(normal_numbers_are_box_and_mullers_to_rounding), RUNS(copy_of_a_stream_replays_it),
      RUNS(seed_purpose_and_index_each_make_another_stream), RUNS(streams_are_not_correlated),
      RUNS(successive_numbers_and_their_squares_are_not_correlated), RUNS(fill_writes_n_numbers_and_no_more),
      RUNS(fill_in_whole_blocks_of_four_goes_on_where_the_last_ended), RUNS(shorter_fill_is_the_beginning_of_a_longer_one),
      RUNS(successive_fills_never_repeat_a_number), RUNS(fill_gives_the_same_bytes_for_any_number_of_threads),
      RUNS(uniform_is_a_multiple_of_2_to_the_minus_24_in_0_to_1), RUNS(uniform_has_the_moments_of_a_uniform),
      RUNS(normal_has_the_moments_of_a_normal), RUNS(uniform_is_distributed_as_one), RUNS(normal_is_distributed_as_one),
      RUNS(one_is_uniform_with_53_bits), RUNS(index_is_uniform), RUNS(index_of_a_huge_range_reaches_all_of_it),
      RUNS(index_of_one_is_zero), ABORTS(index_of_none_aborts), ABORTS(index_of_fewer_than_none_aborts),
      RUNS(permutation_holds_every_index_once), RUNS(all_permutations_of_four_are_equally_likely))
