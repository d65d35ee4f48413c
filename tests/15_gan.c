#include "15_gan.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "13_inference.h"
#include "15_gan_subject.h"
#include "suite.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the losses -------------------------------------------------------------------------- */

/* sigmoid(log 3) = 3/4, sigmoid(0) = 1/2, sigmoid(-log 9) = 1/10. */
static const double p[] = { 0.75, 0.5, 0.1 };

static void assert_loss(double (*loss)(const real *, int, real *), double expected, const double slope[3])
{
    real da[3], logit[] = { (real)log(3.0), 0, (real)-log(9.0) };
    assert_close(loss(logit, 3, da), expected, TOLERANCE(2e-7, 4e-16));
    assert_close(loss(logit, 3, NULL), expected, TOLERANCE(2e-7, 4e-16));
    assert_all_close(da, slope, 3, TOLERANCE(4e-8, 1e-16));
}

START_TEST(calling_real_costs_minus_log_sigmoid)
{
    const double slope[] = { (p[0] - 1) / 3, (p[1] - 1) / 3, (p[2] - 1) / 3 };
    assert_loss(loss_as_real, -log(p[0] * p[1] * p[2]) / 3, slope);
}
END_TEST

START_TEST(calling_fake_costs_minus_log_of_the_rest)
{
    const double slope[] = { p[0] / 3, p[1] / 3, p[2] / 3 };
    assert_loss(loss_as_fake, -log((1 - p[0]) * (1 - p[1]) * (1 - p[2])) / 3, slope);
}
END_TEST

START_TEST(saturating_is_the_negative_of_calling_fake)
{
    const double slope[] = { -p[0] / 3, -p[1] / 3, -p[2] / 3 };
    assert_loss(loss_saturating, log((1 - p[0]) * (1 - p[1]) * (1 - p[2])) / 3, slope);
}
END_TEST

START_TEST(sure_of_a_fake_one_gradient_vanishes_and_the_other_does_not)
{
    real a[] = { -40 }, saturating[1], not_saturating[1];
    loss_saturating(a, 1, saturating);
    assert_close(loss_as_real(a, 1, not_saturating), 40, 1e-15);
    assert_close(not_saturating[0], -1, 1e-15);
    assert_close(saturating[0] / -exp(-40.0), 1, TOLERANCE(1e-7, 1e-15));
}
END_TEST

START_TEST(losses_of_extreme_logits_are_finite)
{
    real a[] = { -1000, 1000 }, da[2];
    assert_close(loss_as_real(a, 2, da), 500, 0);
    ck_assert((double)da[0] == -0.5 && da[1] == 0);
    assert_close(loss_as_fake(a, 2, da), 500, 0);
    assert_close(loss_saturating(a, 2, da), -500, 0);
    ck_assert(da[0] == 0 && (double)da[1] == -0.5);
}
END_TEST

/* ---- a small game -------------------------------------------------------------------------- */

enum { NOISE = 3, FEATURES = 6, N = 8 };
static const double rate = 1e-3;

static Network *player(const char *name, int in, int hidden, int out, bool norm, Layer *last, Random *r)
{
    Layer *middle = norm ? batchnorm_new(hidden, batchnorm_pytorch()) : tanh_new();
    Layer *list[] = { dense_new(in, hidden, INIT_PYTORCH, r),  middle, leaky_relu_new(0.2),
                      dense_new(hidden, out, INIT_PYTORCH, r), last,   NULL };
    return network_new(name, list);
}

static Gan game_of(int noise, int features, int hidden, bool norm)
{
    Random r = random_stream(1, "weights", 0);
    Network *generator = player("generator", noise, hidden, features, norm, tanh_new(), &r);
    return gan_new(generator, player("discriminator", features, hidden, 1, norm, NULL, &r), noise, adam_pytorch(rate, 0.5), 1);
}

static Gan game(bool norm) { return game_of(NOISE, FEATURES, 5, norm); }

static Tensor examples(int n, int features)
{
    Tensor x = tensor_new((Shape){ 2, { n, features } });
    Random r = random_stream(2, "examples", 0);
    random_normal(&r, x.data, tensor_size(&x));
    return x;
}

/* All numbers of a player, one after the other: what it learned, its gradients, its running statistics. */
enum { VALUES = 1, GRADIENTS = 2, STATES = 4 };

static Tensor gather(const Network *n, int what)
{
    Tensor all = tensor_new((Shape){ 1, { 40000 } });
    const Layer *l = &n->base;
    real *to = all.data;
    for (int k = 0; k < l->n_param + l->n_state; k++)
        for (int part = VALUES; part <= STATES; part *= 2) {
            if (!(part & what) || (part == STATES) != (k >= l->n_param))
                continue;
            const Tensor *from = part == VALUES      ? &l->param[k]->value
                                 : part == GRADIENTS ? &l->param[k]->grad
                                                     : &l->state[k - l->n_param]->value;
            memcpy(to, from->data, tensor_size(from) * sizeof *to);
            to += tensor_size(from);
        }
    all.shape.dim[0] = (int)(to - all.data);
    return all;
}

static double gradients_of(const Network *n) { return gradient_norm(n->base.param, n->base.n_param); }

/* ---- gradients -------------------------------------------------------------------------------- */

/* D's gradient on one batch, with the slope of the loss written out: (sigmoid(a) - target) / N. */
static void add_batch(Network *d, const Tensor *x, double target)
{
    const Tensor *a = network_forward(d, x, TRAIN);
    Tensor da = tensor_new(a->shape);
    int n = a->shape.dim[0];
    for (int i = 0; i < n; i++)
        da.data[i] = (real)((1 / (1 + exp(-(double)a->data[i])) - target) / n);
    network_backward(d, &da, NULL, WITH_PARAM);
    tensor_free(&da);
}

static void assert_same(Tensor a, Tensor b, double tolerance)
{
    ck_assert(shape_equal(a.shape, b.shape));
    assert_all_close(a.data, b.data, tensor_size(&a), tolerance);
    tensor_free(&a);
    tensor_free(&b);
}

START_TEST(gradient_of_d_is_the_sum_over_two_batches)
{
    Gan g = game(true), twin = game(true);
    Tensor x = examples(N, FEATURES);
    GanStep s;
    gan_noise(&g, N), gan_noise(&twin, N);
    gan_discriminator_gradient(&g, &x, TRAIN, &s);
    Tensor by_real, by_fake, both = gather(g.discriminator, GRADIENTS);
    add_batch(twin.discriminator, &x, 1);
    by_real = gather(twin.discriminator, GRADIENTS);
    layer_zero_gradients(&twin.discriminator->base);
    add_batch(twin.discriminator, gan_sample(&twin, &twin.z, TRAIN), 0);
    by_fake = gather(twin.discriminator, GRADIENTS);
    for (size_t i = 0; i < tensor_size(&both); i++)
        assert_close(both.data[i], by_real.data[i] + by_fake.data[i], TOLERANCE(2e-7, 4e-16));
    tensor_free(&by_real);
    tensor_free(&by_fake);
    tensor_free(&both);
    tensor_free(&x);
    gan_free(&g);
    gan_free(&twin);
}
END_TEST

START_TEST(d_s_turn_gives_g_no_gradient)
{
    Gan g = game(true);
    Tensor x = examples(N, FEATURES);
    GanStep s;
    gan_noise(&g, N);
    gan_discriminator_gradient(&g, &x, TRAIN, &s);
    ck_assert(gradients_of(g.discriminator) > 0 && gradients_of(g.generator) == 0);
    tensor_free(&x);
    gan_free(&g);
}
END_TEST

START_TEST(g_s_turn_gives_d_no_gradient)
{
    Gan g = game(true);
    GanStep s;
    gan_noise(&g, N);
    gan_generator_gradient(&g, TRAIN, &s);
    ck_assert(gradients_of(g.generator) > 0 && gradients_of(g.discriminator) == 0);
    gan_free(&g);
}
END_TEST

static void assert_gradients(bool of_generator, bool norm, GeneratorLoss loss)
{
    Gan g = game(norm);
    GanSubject s;
    CheckRow row[8];
    int planted = 0, caught = 0;
    double limit = TOLERANCE(0.5, 1e-7);
    Random r = random_stream(3, "gradcheck", 0);
    g.loss = loss;
    gan_subject_init(&s, &g, of_generator, N, FEATURES, &r);
    gradcheck(&s.subject, limit, row);
    for (int i = 0; i < s.subject.n_array; i++)
        ck_assert_msg(row[i].verdict == PASS, "%s: %s", row[i].tensor, verdict_name(row[i].verdict));
    if (sizeof(real) == sizeof(double))
        gradcheck_faults(&s.subject, limit, NULL, &planted, &caught, stderr);
    ck_assert(planted == caught && (planted > 0) == (sizeof(real) == sizeof(double)));
    gan_subject_free(&s);
    gan_free(&g);
}

START_TEST(gradients_of_d_pass_the_checker) { assert_gradients(false, false, NON_SATURATING); }
END_TEST
START_TEST(gradients_of_g_pass_the_checker) { assert_gradients(true, false, NON_SATURATING); }
END_TEST
START_TEST(gradients_of_g_with_the_saturating_loss_pass_the_checker) { assert_gradients(true, false, SATURATING); }
END_TEST

/* ---- one step ------------------------------------------------------------------------------------ */

/* The twin plays the step in its parts. */
START_TEST(a_step_is_d_s_turn_then_g_s_turn_on_new_noise)
{
    Gan g = game(true), twin = game(true);
    Tensor x = examples(N / 2, FEATURES);
    GanStep t, s = gan_step(&g, &x, N);
    gan_noise(&twin, N / 2);
    gan_discriminator_gradient(&twin, &x, TRAIN, &t);
    assert_close(s.norm_d, gradients_of(twin.discriminator), 0);
    assert_close(s.norm_d, optimizer_step(&twin.discriminator_adam), 0);
    gan_noise(&twin, N);
    gan_generator_gradient(&twin, TRAIN, &t);
    assert_close(s.norm_g, gradients_of(twin.generator), 0);
    assert_close(s.norm_g, optimizer_step(&twin.generator_adam), 0);
    ck_assert(s.loss_real == t.loss_real && s.loss_fake == t.loss_fake && s.loss_g == t.loss_g);
    assert_same(gather(g.generator, VALUES | STATES), gather(twin.generator, VALUES | STATES), 0);
    assert_same(gather(g.discriminator, VALUES | STATES), gather(twin.discriminator, VALUES | STATES), 0);
    tensor_free(&x);
    gan_free(&g);
    gan_free(&twin);
}
END_TEST

/* Adam's first step moves every number by the rate, against the sign of its gradient; so no gradient
 * of D's turn is left over for G's, and each optimiser has a memory of its own. */
static void assert_first_move(const Tensor *before, const Tensor *after, const Tensor *gradient)
{
    int moved = 0;
    for (size_t i = 0; i < tensor_size(before); i++) {
        double g = (double)gradient->data[i];
        if (fabs(g) < 1e-3)
            continue;
        assert_close(after->data[i] - before->data[i], g > 0 ? -rate : rate, TOLERANCE(3e-7, 1e-7));
        moved++;
    }
    ck_assert_int_gt(moved, (int)tensor_size(before) / 2);
}

START_TEST(a_first_step_moves_both_players_by_the_rate)
{
    Gan g = game(false), twin = game(false);
    Tensor x = examples(N, FEATURES);
    Tensor before_g = gather(g.generator, VALUES), before_d = gather(g.discriminator, VALUES);
    GanStep s;
    gan_step(&g, &x, N);
    gan_noise(&twin, N);
    gan_discriminator_gradient(&twin, &x, TRAIN, &s);
    Tensor of_d = gather(twin.discriminator, GRADIENTS), after_d = gather(g.discriminator, VALUES);
    assert_first_move(&before_d, &after_d, &of_d);
    optimizer_step(&twin.discriminator_adam);
    gan_noise(&twin, N);
    gan_generator_gradient(&twin, TRAIN, &s);
    Tensor of_g = gather(twin.generator, GRADIENTS), after_g = gather(g.generator, VALUES);
    assert_first_move(&before_g, &after_g, &of_g);
    Tensor *used[] = { &x, &before_g, &before_d, &of_d, &after_d, &of_g, &after_g };
    for (int i = 0; i < 7; i++)
        tensor_free(used[i]);
    gan_free(&g);
    gan_free(&twin);
}
END_TEST

START_TEST(losses_and_probabilities_are_those_before_the_update)
{
    Gan g = game(false), twin = game(false);
    Tensor x = examples(N, FEATURES);
    GanStep s = gan_step(&g, &x, N);
    const Tensor *a = network_forward(twin.discriminator, &x, TRAIN);
    double loss = 0, probability = 0;
    for (int i = 0; i < N; i++)
        loss += log(1 + exp(-(double)a->data[i])) / N, probability += 1 / (1 + exp(-(double)a->data[i])) / N;
    assert_close(s.loss_real, loss, TOLERANCE(1e-7, 1e-15));
    assert_close(s.on_real, probability, TOLERANCE(1e-7, 1e-15));
    gan_noise(&twin, N);
    a = network_forward(twin.discriminator, gan_sample(&twin, &twin.z, TRAIN), TRAIN);
    loss = probability = 0;
    for (int i = 0; i < N; i++)
        loss += log(1 + exp((double)a->data[i])) / N, probability += 1 / (1 + exp(-(double)a->data[i])) / N;
    assert_close(s.loss_fake, loss, TOLERANCE(1e-7, 1e-15));
    assert_close(s.on_fake, probability, TOLERANCE(1e-7, 1e-15));
    tensor_free(&x);
    gan_free(&g);
    gan_free(&twin);
}
END_TEST

START_TEST(in_a_step_g_runs_twice_and_d_three_times)
{
    Gan g = game(true);
    Tensor x = examples(N, FEATURES);
    for (int step = 1; step <= 3; step++) {
        gan_step(&g, &x, N);
        ck_assert_int_eq(*batchnorm_batches(g.generator->layer[1]), 2 * step);
        ck_assert_int_eq(*batchnorm_batches(g.discriminator->layer[1]), 3 * step);
    }
    tensor_free(&x);
    gan_free(&g);
}
END_TEST

START_TEST(gradients_are_used_up_by_a_step)
{
    Gan g = game(true);
    Tensor x = examples(N, FEATURES);
    gan_step(&g, &x, N);
    ck_assert(gradients_of(g.generator) == 0 && gradients_of(g.discriminator) == 0);
    tensor_free(&x);
    gan_free(&g);
}
END_TEST

START_TEST(samples_in_evaluation_leave_the_statistics_alone)
{
    Gan g = game(true);
    gan_noise(&g, N);
    const Tensor *fake = gan_sample(&g, &g.z, EVAL);
    ck_assert(shape_equal(fake->shape, (Shape){ 2, { N, FEATURES } }));
    ck_assert_int_eq(*batchnorm_batches(g.generator->layer[1]), 0);
    gan_free(&g);
}
END_TEST

START_TEST(noise_is_new_each_time_and_the_seed_s_own)
{
    Random r = random_stream(1, "weights", 0);
    Gan g = game(false), same = game(false);
    Gan other = gan_new(player("g", 3, 2, 2, false, NULL, &r), player("d", 2, 2, 1, false, NULL, &r), NOISE,
                        adam_pytorch(rate, 0.5), 2);
    real first[N * NOISE];
    gan_noise(&g, N);
    memcpy(first, g.z.data, sizeof first);
    gan_noise(&same, N), gan_noise(&other, N);
    ck_assert(shape_equal(g.z.shape, (Shape){ 2, { N, NOISE } }));
    ck_assert_mem_eq(same.z.data, first, sizeof first);
    ck_assert_mem_ne(other.z.data, first, sizeof first);
    gan_noise(&g, N);
    ck_assert_mem_ne(g.z.data, first, sizeof first);
    gan_free(&g);
    gan_free(&same);
    gan_free(&other);
}
END_TEST

/* ---- bytes and memory --------------------------------------------------------------------------------- */

START_TEST(one_thread_and_two_give_the_same_bytes)
{
    Tensor of_g[2], of_d[2], x = examples(128, 96);
    for (int k = 0; k < 2; k++) {
        threads_set(k + 1);
        Gan g = game_of(64, 96, 160, true);
        for (int step = 0; step < 5; step++)
            gan_step(&g, &x, 256);
        of_g[k] = gather(g.generator, VALUES | STATES);
        of_d[k] = gather(g.discriminator, VALUES | STATES);
        gan_free(&g);
    }
    assert_same(of_g[0], of_g[1], 0);
    assert_same(of_d[0], of_d[1], 0);
    tensor_free(&x);
}
END_TEST

START_TEST(after_the_second_step_nothing_is_allocated_and_all_is_given_back)
{
    long blocks = memory_blocks(), calls = 0;
    Gan g = game(true);
    Tensor x = examples(N / 2, FEATURES);
    for (int step = 0; step < 6; step++) {
        gan_step(&g, &x, N);
        if (step == 1)
            calls = memory_calls();
    }
    ck_assert_int_eq(memory_calls(), calls);
    tensor_free(&x);
    gan_free(&g);
    ck_assert_int_eq(memory_blocks(), blocks);
}
END_TEST

/* ---- what is not finite ------------------------------------------------------------------------------------ */

/* A step of a game in which one weight is NaN is noticed, in these words. */
static void assert_noticed(bool in_generator, int param, const char *words)
{
    Gan g = game(true);
    Tensor x = examples(N, FEATURES);
    GanStep s = gan_step(&g, &x, N);
    ck_assert_ptr_null(gan_not_finite(&g, &s));
    (in_generator ? g.generator : g.discriminator)->base.param[param]->value.data[0] = NAN;
    s = gan_step(&g, &x, N);
    const char *why = gan_not_finite(&g, &s);
    ck_assert_msg(why && strstr(why, words), "%s", why ? why : "nothing noticed");
    tensor_free(&x);
    gan_free(&g);
}

START_TEST(nan_in_g_is_named_with_its_layer) { assert_noticed(true, 4, "layer 3 (Dense) of the generator"); }
END_TEST
START_TEST(nan_in_g_s_batch_norm_is_named) { assert_noticed(true, 2, "layer 1 (BatchNorm) of the generator"); }
END_TEST
START_TEST(nan_in_d_is_named_with_its_layer) { assert_noticed(false, 0, "layer 0 (Dense) of the disc"); }
END_TEST

START_TEST(a_gradient_that_alone_is_infinite_is_noticed)
{
    Gan g = game(false);
    Tensor x = examples(N, FEATURES);
    GanStep s = gan_step(&g, &x, N);
    s.norm_g = INFINITY;
    ck_assert_ptr_nonnull(strstr(gan_not_finite(&g, &s), "a gradient"));
    tensor_free(&x);
    gan_free(&g);
}
END_TEST

SUITE("15 gan", RUNS(calling_real_costs_minus_log_sigmoid), RUNS(calling_fake_costs_minus_log_of_the_rest),
      RUNS(saturating_is_the_negative_of_calling_fake), RUNS(sure_of_a_fake_one_gradient_vanishes_and_the_other_does_not),
      RUNS(losses_of_extreme_logits_are_finite), RUNS(gradient_of_d_is_the_sum_over_two_batches),
      RUNS(d_s_turn_gives_g_no_gradient), RUNS(g_s_turn_gives_d_no_gradient), RUNS(gradients_of_d_pass_the_checker),
      RUNS(gradients_of_g_pass_the_checker), RUNS(gradients_of_g_with_the_saturating_loss_pass_the_checker),
      RUNS(a_step_is_d_s_turn_then_g_s_turn_on_new_noise), RUNS(a_first_step_moves_both_players_by_the_rate),
      RUNS(losses_and_probabilities_are_those_before_the_update), RUNS(in_a_step_g_runs_twice_and_d_three_times),
      RUNS(gradients_are_used_up_by_a_step), RUNS(samples_in_evaluation_leave_the_statistics_alone),
      RUNS(noise_is_new_each_time_and_the_seed_s_own), RUNS(one_thread_and_two_give_the_same_bytes),
      RUNS(after_the_second_step_nothing_is_allocated_and_all_is_given_back), RUNS(nan_in_g_is_named_with_its_layer),
      RUNS(nan_in_g_s_batch_norm_is_named), RUNS(nan_in_d_is_named_with_its_layer),
      RUNS(a_gradient_that_alone_is_infinite_is_noticed))
