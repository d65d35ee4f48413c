/* The metrics: by hand, by naive loops, and on sets of which we know what is wrong with them. */
#include "22_metrics.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "10_data.h"
#include "10_digits.h"
#include "22_cached.h"
#include "22_eigen.h"
#include "22_features.h"
#include "22_frechet.h"
#include "22_neighbours.h"
#include "suite.h"

#include <string.h>

/* ---- eigenvalues -------------------------------------------------------------------------- */

START_TEST(eigenvalues_of_two_by_two)
{
    double A[] = { 2, 1, 1, 2 }, value[2];
    symmetric_eigen(value, A, 2); /* 1 along (1, -1), 3 along (1, 1) */
    assert_close(value[0], 1, 1e-15);
    assert_close(value[1], 3, 1e-15);
    assert_close(A[0] + A[1], 0, 1e-15);
    assert_close(fabs(A[0]), sqrt(0.5), 1e-15);
    assert_close(A[2] - A[3], 0, 1e-15);
    assert_close(fabs(A[2]), sqrt(0.5), 1e-15);
}
END_TEST

/* V^T diag(value) V is A again, V V^T is the identity, and the values ascend. */
START_TEST(eigenvectors_make_the_matrix_again)
{
    enum { n = 17 };
    static double A[n * n], V[n * n], value[n];
    Random r = random_stream(3, "eigen", 0);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            A[i * n + j] = A[j * n + i] = 2 * random_one(&r) - 1;
    memcpy(V, A, sizeof V);
    symmetric_eigen(value, V, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double a = 0, one = 0;
            for (int k = 0; k < n; k++)
                a += V[k * n + i] * value[k] * V[k * n + j], one += V[i * n + k] * V[j * n + k];
            assert_close(a, A[i * n + j], 1e-13);
            assert_close(one, i == j, 1e-13);
        }
    for (int k = 1; k < n; k++)
        ck_assert(value[k - 1] <= value[k]);
}
END_TEST

START_TEST(diagonal_matrices_and_zeros_are_no_trouble)
{
    double A[] = { 5, 0, 0, 0, -2, 0, 0, 0, 0 }, value[3], zero[4] = { 0 };
    symmetric_eigen(value, A, 3);
    assert_close(value[0], -2, 0);
    assert_close(value[1], 0, 0);
    assert_close(value[2], 5, 0);
    symmetric_eigen(value, zero, 2);
    assert_close(value[0], 0, 0);
    assert_close(value[1], 0, 0);
}
END_TEST

/* ---- the Frechet distance ---------------------------------------------------------------------- */

START_TEST(gaussian_by_hand)
{
    real x[] = { 1, 0, 3, 0, 5, 3 };
    Gaussian g = gaussian_of(&(Tensor){ { 2, { 3, 2 } }, 6, x });
    assert_close(g.mean[0], 3, 1e-15);
    assert_close(g.mean[1], 1, 1e-15);
    assert_close(g.cov[0], 4, 1e-15);
    assert_close(g.cov[1], 3, 1e-15);
    assert_close(g.cov[2], 3, 1e-15);
    assert_close(g.cov[3], 3, 1e-15);
    gaussian_free(&g);
}
END_TEST

/* In one dimension it is (difference of the means)^2 + (difference of the deviations)^2. */
START_TEST(distance_in_one_dimension)
{
    double mean_a = 1, mean_b = 4, var_a = 4, var_b = 25;
    Gaussian a = { 1, &mean_a, &var_a }, b = { 1, &mean_b, &var_b };
    assert_close(frechet_distance(&a, &b), 9 + 9, 1e-13);
    assert_close(frechet_distance(&a, &a), 0, 1e-13);
}
END_TEST

/* Where the covariances commute it is that along each of their common axes; these two have (1, 1) and (1, -1):
 * variances 3 and 1, and 27 and 4. */
START_TEST(distance_along_common_axes)
{
    double mean[] = { 0, 0 }, of_a[] = { 2, 1, 1, 2 }, of_b[] = { 15.5, 11.5, 11.5, 15.5 };
    Gaussian a = { 2, mean, of_a }, b = { 2, mean, of_b };
    double d = (sqrt(27) - sqrt(3)) * (sqrt(27) - sqrt(3)) + 1;
    assert_close(frechet_distance(&a, &b), d, 1e-12);
    assert_close(frechet_distance(&b, &a), d, 1e-12);
}
END_TEST

/* Covariances that do not commute: tr (A B)^(1/2) for 2 x 2 is sqrt(tr AB + 2 sqrt(det AB)), a formula of its own. */
START_TEST(distance_of_two_by_two_by_another_formula)
{
    double mean[] = { 0, 0 }, A[] = { 2, 1, 1, 3 }, B[] = { 5, -2, -2, 1 };
    Gaussian a = { 2, mean, A }, b = { 2, mean, B };
    double trace = 2 * 5 - 2 - 2 + 3 * 1, det = 5.0 * 1;
    assert_close(frechet_distance(&a, &b), 2 + 3 + 5 + 1 - 2 * sqrt(trace + 2 * sqrt(det)), 1e-12);
}
END_TEST

/* ---- neighbours ------------------------------------------------------------------------------------ */

static Tensor points(int n, int C, uint64_t seed)
{
    Random r = random_stream(seed, "points", 0);
    Tensor x = tensor_new((Shape){ 2, { n, C } });
    random_normal(&r, x.data, tensor_size(&x));
    return x;
}

static double plain_distance2(const Tensor *a, int i, const Tensor *b, int j)
{
    int C = shape_columns(a->shape);
    double d2 = 0;
    for (int k = 0; k < C; k++) {
        double off = (double)a->data[i * C + k] - (double)b->data[j * C + k];
        d2 += off * off;
    }
    return d2;
}

START_TEST(distances_are_those_of_plain_loops)
{
    Tensor a = points(300, 7, 1), b = points(40, 7, 2); /* more rows than a block */
    real *d2 = memory_get(300 * 40 * sizeof *d2), *near = memory_get(300 * 2 * sizeof *near);
    squared_distances(d2, a.data, 300, b.data, 40, 7);
    nearest_distances(near, &a, &b, 2, false);
    for (int i = 0; i < 300; i++) {
        double first = INFINITY, second = INFINITY;
        for (int j = 0; j < 40; j++) {
            double d = plain_distance2(&a, i, &b, j);
            assert_close(d2[i * 40 + j], d, TOLERANCE(2e-5, 1e-13));
            second = fmin(second, fmax(first, d)), first = fmin(first, d);
        }
        assert_close(near[2 * i], first, TOLERANCE(2e-5, 1e-13));
        assert_close(near[2 * i + 1], second, TOLERANCE(2e-5, 1e-13));
    }
    memory_release(d2), memory_release(near), tensor_free(&a), tensor_free(&b);
}
END_TEST

START_TEST(no_row_is_its_own_neighbour)
{
    real x[] = { 0, 1, 3, 7 }, near[4];
    Tensor t = { { 2, { 4, 1 } }, 4, x };
    nearest_distances(near, &t, &t, 1, true);
    const real expected[] = { 1, 1, 4, 16 };
    assert_all_close(near, expected, 4, 1e-6);
    assert_close(median_nearest(&t, &t, true), 1.5, 1e-6); /* of 1, 1, 2, 4 */
}
END_TEST

/* On a line, k = 1: the data 0 1 5 reach 1, 1 and 4 far; the samples 2 and 20 reach 18 each. */
START_TEST(precision_and_recall_by_hand)
{
    real data[] = { 0, 1, 5 }, samples[] = { 2, 20, -1, -9 };
    Tensor d = { { 2, { 3, 1 } }, 3, data }, two = { { 2, { 2, 1 } }, 2, samples };
    PrecisionRecall p = precision_recall(&d, &two, 1);
    assert_close(p.precision, 0.5, 0);
    assert_close(p.recall, 1, 0);
    Tensor four = { { 2, { 4, 1 } }, 4, samples }; /* reach 3, 18, 3, 8: 5 is in the second's, 0 in the first's */
    p = precision_recall(&d, &four, 1);
    assert_close(p.precision, 0.5, 0);
    assert_close(p.recall, 1, 0);
    real away[] = { 100, 101 };
    p = precision_recall(&d, &(Tensor){ { 2, { 2, 1 } }, 2, away }, 1);
    assert_close(p.precision, 0, 0);
    assert_close(p.recall, 0, 0);
}
END_TEST

/* 30 items, each seen often: of n draws, n(n - 1)/60 pairs are the same on average. */
START_TEST(birthdays_count_what_is_there)
{
    enum { DRAWS = 2000, ITEMS = 30 };
    Random r = random_stream(4, "birthdays", 0);
    Tensor x = tensor_new((Shape){ 2, { DRAWS, 2 } });
    for (int i = 0; i < DRAWS; i++)
        x.data[2 * i] = (real)random_index(&r, ITEMS), x.data[2 * i + 1] = 1;
    assert_close(birthday_support(&x, 0.5), ITEMS, 1.5);
    for (int i = 0; i < DRAWS; i++)
        x.data[2 * i] = (real)i;
    ck_assert(isinf(birthday_support(&x, 0.5)));
    tensor_free(&x);
}
END_TEST

/* ---- the score ----------------------------------------------------------------------------------------- */

START_TEST(score_by_hand)
{
    real sure[] = { 1, 0, 0, 1, 1, 0, 0, 1 }, unsure[] = { 0.5, 0.5, 0.5, 0.5 }, same[] = { 1, 0, 1, 0 };
    assert_close(class_score(&(Tensor){ { 2, { 4, 2 } }, 8, sure }), 2, 1e-12);   /* each class, and always sure */
    assert_close(class_score(&(Tensor){ { 2, { 2, 2 } }, 4, unsure }), 1, 1e-12); /* never sure */
    assert_close(class_score(&(Tensor){ { 2, { 2, 2 } }, 4, same }), 1, 1e-12);   /* always the same */
    real some[] = { (real)0.75, (real)0.25, (real)0.25, (real)0.75 };             /* 3/4 log(3/2) + 1/4 log(1/2) */
    assert_close(class_score(&(Tensor){ { 2, { 2, 2 } }, 4, some }), pow(1.5, 0.75) * pow(0.5, 0.25), 1e-12);
}
END_TEST

/* ---- known sets ------------------------------------------------------------------------------------------ */

/* The builds of the sanitizers and of definitions are slow: there the net learns little, and only what does not
 * depend on it is looked at. */
#ifdef FILL_NAN
enum { SLOW = true };
#else
enum { SLOW = false };
#endif
enum { POOL = SLOW ? 128 : 1000, OTHERS = SLOW ? 40 : 300, EPOCHS = SLOW ? 1 : 10 };
static Images train, test;
static FeatureNet net;
static Reference reference;

static void set_up(void)
{
    train = digits_new(POOL, 1), test = digits_new(OTHERS, 2);
    net = feature_net_new(28, 28, 10, 1);
    feature_net_train(&net, &train, EPOCHS, 1, NULL);
    reference = reference_new(&net, &train, &test, 1000);
}

static void tear_down(void)
{
    reference_free(&reference), feature_net_free(&net);
    images_free(&train), images_free(&test);
}

static Metrics of_set(KnownSet set)
{
    Random r = random_stream(1, "known set", set);
    Tensor x = known_set(set, &train, reference.n, &r);
    Metrics m = metrics_of(&reference, &x);
    tensor_free(&x);
    return m;
}

/* A perfect sampler, a generator that has collapsed, a memoriser, and others: each metric says what it must. */
START_TEST(metrics_say_what_is_wrong_with_known_sets)
{
    set_up();
    ck_assert_int_eq(reference.n, OTHERS);
    if (SLOW) {
        for (KnownSet set = 0; set < KNOWN_SETS; set++)
            ck_assert(of_set(set).frechet >= 0);
        tear_down();
        return;
    }
    ck_assert(feature_net_accuracy(&net, &test) > 0.8);
    Metrics good = of_set(REAL_IMAGES), missing = of_set(CLASS_MISSING), blurred = of_set(BLURRED);
    Metrics noise = of_set(NOISE_IMAGES), hundred = of_set(HUNDRED_COPIES), one = of_set(ONE_IMAGE);
    ck_assert(good.score > 5 && good.classes == 10 && good.precision > 0.7 && good.recall > 0.7);
    ck_assert(isinf(good.support) || good.support > 1000);
    ck_assert(missing.classes == 9 && missing.score < good.score && missing.frechet > 1.5 * good.frechet);
    ck_assert(missing.divergence > 0.08 && good.divergence < 0.03);
    ck_assert(blurred.frechet > 2 * good.frechet && blurred.score < good.score && blurred.recall < good.recall);
    ck_assert(noise.frechet > 10 * good.frechet && noise.precision < 0.1 && noise.nearest > 2);
    ck_assert(hundred.nearest < 0.01 && hundred.support > 50 && hundred.support < 200 && hundred.precision > 0.7);
    ck_assert(hundred.frechet < noise.frechet && hundred.recall < good.recall);
    assert_close(one.score, 1, 1e-5);
    assert_close(one.support, 1, 0);
    assert_close(one.nearest, 0, 1e-2);
    ck_assert(one.classes == 1 && one.recall < 0.02 && one.frechet > 10 * good.frechet);
    tear_down();
}
END_TEST

/* As a generator's would: rows that were never in the data. */
START_TEST(unseen_images_are_as_near_as_test_images)
{
    set_up();
    Images others = digits_new(OTHERS, 3);
    Tensor x = { 0 };
    images_rows(&others, NULL, 0, OTHERS, &x);
    Metrics m = metrics_of(&reference, &x);
    assert_close(m.nearest, 1, 0.15);
    ck_assert(SLOW || (m.precision > 0.7 && m.recall > 0.7 && m.classes == 10 && m.score > 5));
    tensor_free(&x), images_free(&others);
    tear_down();
}
END_TEST

START_TEST(same_seed_gives_the_same_metrics)
{
    set_up();
    Metrics a = of_set(BLURRED), b = of_set(BLURRED);
    tear_down();
    set_up();
    Metrics c = of_set(BLURRED);
    ck_assert(memcmp(&a, &b, sizeof a) == 0 && memcmp(&a, &c, sizeof a) == 0);
    tear_down();
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- the classifier in a file ---------------------------------------------------------------------------- */

START_TEST(kept_classifier_is_the_one_that_was_trained)
{
    char directory[] = "/tmp/gradus-cache-XXXXXX", command[64];
    ck_assert(mkdtemp(directory));
    Images d = digits_new(300, 1), other = digits_new(300, 1);
    Tensor x = { 0 }, a = { 0 }, b = { 0 };
    images_rows(&d, NULL, 0, 50, &x);
    FeatureNet first = feature_net_cached(directory, &d, 1, 1), second = feature_net_cached(directory, &d, 1, 1);
    features_of(&first, &x, &a, NULL), features_of(&second, &x, &b, NULL);
    ck_assert(memcmp(a.data, b.data, tensor_size(&a) * sizeof(real)) == 0);
    other.label[7] = (uint8_t)((other.label[7] + 1) % 10); /* another label, another classifier */
    FeatureNet third = feature_net_cached(directory, &other, 1, 1);
    features_of(&third, &x, &b, NULL);
    ck_assert(memcmp(a.data, b.data, tensor_size(&a) * sizeof(real)) != 0);
    feature_net_free(&first), feature_net_free(&second), feature_net_free(&third);
    tensor_free(&x), tensor_free(&a), tensor_free(&b), images_free(&d), images_free(&other);
    snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("22 metrics", RUNS(eigenvalues_of_two_by_two), RUNS(eigenvectors_make_the_matrix_again),
      RUNS(diagonal_matrices_and_zeros_are_no_trouble), RUNS(gaussian_by_hand), RUNS(distance_in_one_dimension),
      RUNS(distance_along_common_axes), RUNS(distance_of_two_by_two_by_another_formula),
      RUNS(distances_are_those_of_plain_loops), RUNS(no_row_is_its_own_neighbour), RUNS(precision_and_recall_by_hand),
      RUNS(birthdays_count_what_is_there), RUNS(score_by_hand), RUNS(metrics_say_what_is_wrong_with_known_sets),
      RUNS(unseen_images_are_as_near_as_test_images), RUNS(same_seed_gives_the_same_metrics),
      RUNS(kept_classifier_is_the_one_that_was_trained))
