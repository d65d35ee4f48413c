#include "16_modes.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_digits.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "16_classifier.h"
#include "16_plane.h"
#include "suite.h"

#include <string.h>

/* ---- coverage of a mixture ------------------------------------------------------------------ */

/* Two modes 10 apart, sigma 1: good is what lies within 3 of one. */
static const Mixture two = { 2, { { 0, 0 }, { 10, 0 } }, 1 };

START_TEST(good_is_within_three_sigma_in_any_direction)
{
    const real x[] = { (real)2.99, 0, 0, (real)-2.99, (real)2.12, (real)2.12,   /* the last at 2.998 */
                       (real)3.01, 0, 0, (real)-3.01, (real)2.13, (real)2.13 }; /* the last at 3.012 */
    Coverage c = mixture_coverage(&two, x, 6);
    ck_assert_int_eq(c.modes, 1);
    assert_close(c.high_quality, 0.5, 0);
}
END_TEST

START_TEST(one_good_sample_makes_a_mode)
{
    const real x[] = { 0, 0, 0, 0, 0, 0, 10, 1, 5, 0 };
    Coverage c = mixture_coverage(&two, x, 5);
    ck_assert_int_eq(c.modes, 2);
    assert_close(c.high_quality, 0.8, 1e-16);
}
END_TEST

/* Shares 3/4 and 1/4 of the good ones: 3/4 log(3/4 * 2) + 1/4 log(1/4 * 2). */
START_TEST(divergence_is_that_of_the_good_shares_from_uniform)
{
    const real x[] = { 0, 0, 1, 0, 0, 1, 10, 1, 5, 0, 5, 5, -90, 2 };
    assert_close(mixture_coverage(&two, x, 7).divergence, 0.75 * log(1.5) + 0.25 * log(0.5), 1e-15);
    Mixture ring = mixture_ring();
    const real y[] = { 1, 0, 1, 0, 1, 0, 0, 1 };
    assert_close(mixture_coverage(&ring, y, 4).divergence, 0.75 * log(6.0) + 0.25 * log(2.0), 1e-15);
}
END_TEST

START_TEST(even_shares_have_no_divergence)
{
    const real x[] = { 0, 0, 10, 0, 10, 1, 1, 1 };
    assert_close(mixture_coverage(&two, x, 4).divergence, 0, 1e-16);
}
END_TEST

START_TEST(all_in_one_mode_diverge_by_the_log_of_the_number)
{
    real x[20];
    for (int i = 0; i < 10; i++)
        x[2 * i] = 0, x[2 * i + 1] = -1;
    Mixture ring = mixture_ring();
    Coverage c = mixture_coverage(&ring, x, 10);
    ck_assert(c.modes == 1 && c.high_quality == 1);
    assert_close(c.divergence, log(8.0), 1e-15);
}
END_TEST

START_TEST(without_a_good_sample_the_divergence_is_nan)
{
    const real x[] = { 5, 0, NAN, 0, 0, NAN, INFINITY, 0 };
    Coverage c = mixture_coverage(&two, x, 4);
    ck_assert(c.modes == 0 && c.high_quality == 0 && isnan(c.divergence));
}
END_TEST

START_TEST(a_sample_that_is_nan_is_not_good)
{
    const real x[] = { 0, 0, NAN, NAN };
    Coverage c = mixture_coverage(&two, x, 2);
    ck_assert_int_eq(c.modes, 1);
    assert_close(c.high_quality, 0.5, 0);
}
END_TEST

/* A radius within 3 sigma in two dimensions: 1 - exp(-9/2) of the samples. Five standard errors. The
 * divergence of n even draws from K modes is about (K - 1)/(2 n). */
static void assert_perfect(Mixture m)
{
    enum { N = 100000 };
    static real x[2 * N];
    Random r = random_stream(1, "mixture", 0);
    mixture_sample(&m, x, N, &r);
    Coverage c = mixture_coverage(&m, x, N);
    double share = 1 - exp(-4.5);
    ck_assert_int_eq(c.modes, m.modes);
    assert_close(c.high_quality, share, 5 * sqrt(share * (1 - share) / N));
    ck_assert(c.divergence > 0 && c.divergence < 4.0 * (m.modes - 1) / (2.0 * N));
}

START_TEST(the_ring_itself_has_8_modes_and_98_9_percent) { assert_perfect(mixture_ring()); }
END_TEST
START_TEST(the_grid_itself_has_25_modes_and_98_9_percent) { assert_perfect(mixture_grid()); }
END_TEST

/* ---- the players ------------------------------------------------------------------------------------ */

/* The bits of r's draws in the order of the layers; a normaliser, which draws nothing, changes no weight. */
START_TEST(players_differ_in_the_normaliser_alone)
{
    Random a = random_stream(1, "generator", 0), b = a, c = a;
    Network *plain = plane_network("generator", 16, 2, (Layer *[2]){ NULL, NULL }, false, &a);
    Layer *norm[2] = { batchnorm_new(PLANE_WIDTH, batchnorm_pytorch()), batchnorm_new(PLANE_WIDTH, batchnorm_pytorch()) };
    Network *normed = plane_network("generator", 16, 2, norm, false, &b);
    const int plain_at[] = { 0, 2, 4 }, normed_at[] = { 0, 3, 6 }, width[] = { 16, PLANE_WIDTH, PLANE_WIDTH, 2 };
    for (int k = 0; k < 3; k++) {
        Layer *by_hand = dense_new(width[k], width[k + 1], INIT_PYTORCH, &c);
        size_t bytes = tensor_size(&by_hand->param[0]->value) * sizeof(real);
        ck_assert_mem_eq(plain->layer[plain_at[k]]->param[0]->value.data, by_hand->param[0]->value.data, bytes);
        ck_assert_mem_eq(normed->layer[normed_at[k]]->param[0]->value.data, by_hand->param[0]->value.data, bytes);
        layer_free(by_hand);
    }
    ck_assert_ptr_eq(normed->layer[1], norm[0]);
    ck_assert_ptr_eq(normed->layer[4], norm[1]);
    network_free(plain), network_free(normed);
}
END_TEST

/* Below 0 a leaky player still has a slope. */
START_TEST(leaky_players_pass_on_what_is_negative)
{
    Random r = random_stream(1, "discriminator", 0);
    Network *d = plane_network("discriminator", 2, 1, (Layer *[2]){ NULL, NULL }, true, &r);
    Tensor x = tensor_new((Shape){ 2, { 2, PLANE_WIDTH } });
    for (size_t i = 0; i < tensor_size(&x); i++)
        x.data[i] = i < PLANE_WIDTH ? -1 : 1;
    const real *y = layer_forward(d->layer[1], &x, EVAL)->data;
    assert_close(y[0], -0.2, 1e-7);
    assert_close(y[PLANE_WIDTH], 1, 0);
    tensor_free(&x), network_free(d);
}
END_TEST

/* ---- coverage of classes -------------------------------------------------------------------------- */

START_TEST(a_class_is_covered_from_one_percent_on)
{
    uint8_t label[1000] = { 0 };
    double share[4];
    memset(label, 1, 10), memset(label + 10, 2, 9);
    ck_assert_int_eq(classes_covered(label, 1000, 4, share), 2); /* 0 and 1; 2 has 0.9 %, 3 none */
    assert_all_close(share, ((double[]){ 0.981, 0.010, 0.009, 0 }), 4, 1e-16);
    label[19] = 2;
    ck_assert_int_eq(classes_covered(label, 1000, 4, NULL), 3);
}
END_TEST

START_TEST(just_under_one_percent_is_not_covered)
{
    uint8_t label[1001] = { 0 };
    memset(label, 1, 10); /* 0.999 % */
    ck_assert_int_eq(classes_covered(label, 1001, 2, NULL), 1);
    ck_assert_int_eq(classes_covered(label, 1000, 2, NULL), 2);
}
END_TEST

START_TEST(a_class_without_a_label_is_not_covered_however_few_there_are)
{
    const uint8_t label[] = { 4, 4, 7 };
    ck_assert_int_eq(classes_covered(label, 3, 10, NULL), 2);
    ck_assert_int_eq(classes_covered(label, 0, 10, NULL), 0);
}
END_TEST

/* ---- the classifier ----------------------------------------------------------------------------------- */

START_TEST(the_classifier_has_the_layers_and_numbers_it_says)
{
    const char *name[] = { "Dense", "ReLU", "Dense", "ReLU", "Dense" };
    Network *c = classifier_new(784, 10, 1);
    ck_assert_int_eq(c->n_layer, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(c->layer[i]->ops->name, name[i]);
    ck_assert_int_eq(layer_param_count(&c->base), 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10);
    network_free(c);
}
END_TEST

/* Puts out what is put in. */
static Network *identity(int n)
{
    Random r = random_stream(1, "weights", 0);
    Layer *l = dense_new(n, n, INIT_HE, &r);
    for (int i = 0; i < n * n; i++)
        l->param[0]->value.data[i] = i % (n + 1) == 0;
    return network_new("identity", (Layer *[]){ l, NULL });
}

START_TEST(labels_are_the_places_of_the_largest_outputs)
{
    real x_data[] = { 1, 2, 3, -1, -2, -3, 0, 5, 0, 4, 4, 1 }; /* the last is a tie: the first wins */
    Tensor x = { { 2, { 4, 3 } }, 12, x_data };
    uint8_t label[4];
    Network *c = identity(3);
    classifier_labels(c, &x, label);
    ck_assert_mem_eq(label, ((uint8_t[]){ 2, 0, 1, 0 }), 4);
    network_free(c);
}
END_TEST

/* 1003 images of two pixels, more than a batch of any size divides. */
START_TEST(accuracy_is_the_share_of_labels_that_are_right)
{
    enum { N = 1003 };
    static uint8_t pixel[2 * N], label[N];
    int right = 0;
    for (int i = 0; i < N; i++) {
        pixel[2 * i] = (uint8_t)(i % 256), pixel[2 * i + 1] = 100;
        label[i] = i % 7 == 0;
        right += (pixel[2 * i] < 100) == label[i];
    }
    Images d = { N, 1, 2, 2, pixel, label };
    Network *c = identity(2);
    assert_close(classifier_accuracy(c, &d), (double)right / N, 1e-16);
    network_free(c);
}
END_TEST

static double weight_after_training(uint64_t seed, const Images *d)
{
    Network *c = classifier_new(784, 10, 3);
    classifier_train(c, d, 1, seed, NULL);
    double weight = (double)c->base.param[4]->value.data[77];
    network_free(c);
    return weight;
}

START_TEST(training_is_the_seed_s_own_and_gives_its_memory_back)
{
    Images d = digits_new(300, 1);
    long blocks = memory_blocks();
    double weight = weight_after_training(1, &d);
    ck_assert(weight_after_training(1, &d) == weight && weight_after_training(2, &d) != weight);
    ck_assert_int_eq(memory_blocks(), blocks);
    images_free(&d);
}
END_TEST

/* Training takes seconds in float with BLAS, and minutes elsewhere, where it would show nothing new. */
#ifdef USE_BLAS
enum { FAST = sizeof(real) == sizeof(float) };
#else
enum { FAST = false };
#endif

START_TEST(the_classifier_knows_the_digits)
{
    if (!FAST)
        SKIP("takes seconds in float with BLAS, minutes without");
    Images train = digits_new(10000, 1), test = digits_new(2000, 2);
    Network *c = classifier_new(784, 10, 1);
    Tensor x = { 0 };
    static uint8_t label[2000];
    classifier_train(c, &train, 12, 1, NULL);
    double share = classifier_accuracy(c, &test);
    ck_assert_msg(share >= 0.97, "%.4f", share);
    images_rows(&test, NULL, 0, test.n, &x);
    classifier_labels(c, &x, label);
    ck_assert_int_eq(classes_covered(label, test.n, 10, NULL), 10);
    tensor_free(&x);
    network_free(c);
    images_free(&train);
    images_free(&test);
}
END_TEST

SUITE("16 modes", RUNS(good_is_within_three_sigma_in_any_direction), RUNS(one_good_sample_makes_a_mode),
      RUNS(divergence_is_that_of_the_good_shares_from_uniform), RUNS(even_shares_have_no_divergence),
      RUNS(all_in_one_mode_diverge_by_the_log_of_the_number), RUNS(without_a_good_sample_the_divergence_is_nan),
      RUNS(a_sample_that_is_nan_is_not_good), RUNS(the_ring_itself_has_8_modes_and_98_9_percent),
      RUNS(the_grid_itself_has_25_modes_and_98_9_percent), RUNS(a_class_is_covered_from_one_percent_on),
      RUNS(just_under_one_percent_is_not_covered), RUNS(a_class_without_a_label_is_not_covered_however_few_there_are),
      RUNS(the_classifier_has_the_layers_and_numbers_it_says), RUNS(labels_are_the_places_of_the_largest_outputs),
      RUNS(accuracy_is_the_share_of_labels_that_are_right), RUNS(training_is_the_seed_s_own_and_gives_its_memory_back),
      RUNS(the_classifier_knows_the_digits), RUNS(players_differ_in_the_normaliser_alone),
      RUNS(leaky_players_pass_on_what_is_negative))
