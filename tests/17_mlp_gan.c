#include "17_mlp_gan.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_digits.h"
#include "13_inference.h"
#include "15_gan.h"
#include "15_gan_subject.h"
#include "17_training.h"
#include "suite.h"

#include <string.h>

/* ---- the networks ----------------------------------------------------------------------------- */

START_TEST(parameters_of_the_blog)
{
    Gan g = mlp_gan_new(784, NORM_BOTH, 2e-4, 1);
    ck_assert_int_eq(layer_param_count(&g.generator->base), 248208);
    ck_assert_int_eq(layer_param_count(&g.discriminator->base), 234753);
    ck_assert_int_eq(layer_state_count(&g.generator->base), 768);
    ck_assert_int_eq(layer_state_count(&g.discriminator->base), 768);
    ck_assert_int_eq(g.noise_size, 100);
    gan_free(&g);
}
END_TEST

/* eps 1e-5; from 1, a batch of variance 4, or 8 when unbiased, makes 0.9 + 0.8. */
static void assert_pytorch(Layer *l)
{
    ck_assert(is_batchnorm(l) && batchnorm_eps(l) == 1e-5);
    int C = (int)tensor_size(&l->param[0]->value);
    Tensor x = tensor_new((Shape){ 2, { 2, C } });
    for (int j = 0; j < 2 * C; j++)
        x.data[j] = j < C ? 1 : 5;
    layer_forward(l, &x, TRAIN);
    for (int j = 0; j < C; j++)
        assert_close(l->state[1]->value.data[j], 1.7, TOLERANCE(2e-7, 3e-16));
    tensor_free(&x);
}

START_TEST(options_of_the_blog)
{
    Gan g = mlp_gan_new(784, NORM_BOTH, 3e-4, 1);
    const AdamOptions *both[] = { &g.generator_adam.adam, &g.discriminator_adam.adam };
    for (int i = 0; i < 2; i++) {
        ck_assert(both[i]->rate == 3e-4 && both[i]->beta1 == 0.5 && both[i]->beta2 == 0.999);
        ck_assert(both[i]->epsilon == 1e-8 && !both[i]->epsilon_before_correction);
    }
    ck_assert(g.loss == NON_SATURATING && g.generator_adam.kind == ADAM && g.discriminator_adam.kind == ADAM);
    for (int i = 1; i <= 4; i += 3) /* PyTorch's batch norm: unbiased, a tenth of the new */
        assert_pytorch(g.generator->layer[i]), assert_pytorch(g.discriminator->layer[i]);
    gan_free(&g);
}
END_TEST

/* "Dense BatchNorm ReLU" and so on, each layer with the columns it puts out. */
static const char *layers(const Network *n, int features)
{
    static char text[400];
    Shape s = { 2, { 4, features } };
    text[0] = '\0';
    for (int i = 0; i < n->n_layer; i++) {
        s = layer_output_shape(n->layer[i], s);
        sprintf(text + strlen(text), "%s%s %d", i ? ", " : "", n->layer[i]->ops->name, s.dim[1]);
    }
    return text;
}

#define G_NORMED "Dense 128, BatchNorm 128, ReLU 128, Dense 256, BatchNorm 256, ReLU 256, Dense 784, Tanh 784"
#define G_PLAIN "Dense 128, ReLU 128, Dense 256, ReLU 256, Dense 784, Tanh 784"
#define D_NORMED "Dense 256, BatchNorm 256, LeakyReLU 256, Dense 128, BatchNorm 128, LeakyReLU 128, Dense 1"
#define D_PLAIN "Dense 256, LeakyReLU 256, Dense 128, LeakyReLU 128, Dense 1"

static void assert_layers(const char *norm, const char *generator, const char *discriminator)
{
    Gan g = mlp_gan_new(784, norm_of_name(norm), 2e-4, 1);
    ck_assert_str_eq(layers(g.generator, 100), generator);
    ck_assert_str_eq(layers(g.discriminator, 784), discriminator);
    gan_free(&g);
}

START_TEST(batch_norm_in_both) { assert_layers("both", G_NORMED, D_NORMED); }
END_TEST
START_TEST(batch_norm_in_the_generator) { assert_layers("generator", G_NORMED, D_PLAIN); }
END_TEST
START_TEST(batch_norm_in_the_discriminator) { assert_layers("discriminator", G_PLAIN, D_NORMED); }
END_TEST
START_TEST(batch_norm_nowhere) { assert_layers("none", G_PLAIN, D_PLAIN); }
END_TEST
START_TEST(batch_norm_elsewhere_aborts) { norm_of_name("Both"); }
END_TEST

START_TEST(slope_of_d_is_a_fifth)
{
    Random r = random_stream(1, "weights", 0);
    Network *d = mlp_discriminator(2, 2, false, batchnorm_pytorch(), &r);
    real x[] = { -10, 10 };
    const Tensor *y = layer_forward(d->layer[1], &(Tensor){ { 2, { 1, 2 } }, 2, x }, TRAIN);
    assert_close(y->data[0], -2, TOLERANCE(2e-7, 5e-16));
    ck_assert(y->data[1] == 10);
    network_free(d);
}
END_TEST

START_TEST(initial_weights_are_pytorch_s_and_the_seed_s_own)
{
    Gan g = mlp_gan_new(784, NORM_BOTH, 2e-4, 1), same = mlp_gan_new(784, NORM_NONE, 2e-4, 1);
    Gan other = mlp_gan_new(784, NORM_BOTH, 2e-4, 2);
    const Tensor *W = &g.discriminator->base.param[0]->value;
    double largest = 0;
    for (size_t i = 0; i < tensor_size(W); i++)
        largest = fmax(largest, fabs((double)W->data[i]));
    assert_close(largest, 1 / sqrt(784.0), 1e-5); /* uniform within 1/sqrt(fan_in), 200,704 times */
    ck_assert(largest <= 1 / sqrt(784.0));
    ck_assert_mem_eq(W->data, same.discriminator->base.param[0]->value.data, tensor_size(W) * sizeof(real));
    ck_assert_mem_ne(W->data, other.discriminator->base.param[0]->value.data, tensor_size(W) * sizeof(real));
    gan_free(&g);
    gan_free(&same);
    gan_free(&other);
}
END_TEST

START_TEST(summary_holds_both_totals_and_the_sigmoid)
{
    char text[4000];
    Gan g = mlp_gan_new(784, NORM_BOTH, 2e-4, 1);
    FILE *file = tmpfile();
    mlp_gan_summary_print(file, &g, 784);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    static const char *expected[] = { "generator\n",
                                      "(input)          Nx100",
                                      "Dense            Nx784                  201488\n",
                                      "trainable parameters 248208; running statistics, not trainable: 768\n",
                                      "discriminator\n",
                                      "(input)          Nx784",
                                      "Dense            Nx1                       129\n",
                                      "trainable parameters 234753; running statistics, not trainable: 768\n",
                                      "Sigmoid          Nx1 " };
    const char *place = text;
    for (int i = 0; i < 9; i++, place++) { /* in this order */
        place = strstr(place, expected[i]);
        ck_assert_msg(place != NULL, "no '%s' in its place in:\n%s", expected[i], text);
    }
    gan_free(&g);
}
END_TEST

/* ---- gradients -------------------------------------------------------------------------------------- */

/* 3 -> 4 -> 8 -> 6 and 6 -> 8 -> 4 -> 1. */
static void assert_gradients(bool of_generator, Norm norm)
{
    Random r = random_stream(3, "weights", 0), s_random = random_stream(4, "gradcheck", 0);
    Network *generator = mlp_generator(3, 4, 6, norm & NORM_GENERATOR, batchnorm_pytorch(), &r);
    Network *discriminator = mlp_discriminator(6, 4, norm & NORM_DISCRIMINATOR, batchnorm_pytorch(), &r);
    Gan g = gan_new(generator, discriminator, 3, adam_pytorch(2e-4, 0.5), 3);
    GanSubject s;
    CheckRow row[10];
    int planted = 0, caught = 0;
    gan_subject_init(&s, &g, of_generator, 8, 6, &s_random);
    gradcheck(&s.subject, TOLERANCE(1, 1e-7), row);
    for (int i = 0; i < s.subject.n_array; i++)
        ck_assert_msg(row[i].verdict == PASS, "%s: %s", row[i].tensor, verdict_name(row[i].verdict));
    if (sizeof(real) == sizeof(double))
        gradcheck_faults(&s.subject, 1e-7, NULL, &planted, &caught, stderr);
    ck_assert(planted == caught && (planted > 0) == (sizeof(real) == sizeof(double)));
    gan_subject_free(&s);
    gan_free(&g);
}

START_TEST(gradients_of_g_pass_the_checker) { assert_gradients(true, NORM_BOTH); }
END_TEST
START_TEST(gradients_of_d_pass_the_checker) { assert_gradients(false, NORM_BOTH); }
END_TEST
START_TEST(gradients_of_g_with_its_norm_alone_pass_the_checker) { assert_gradients(true, NORM_GENERATOR); }
END_TEST
START_TEST(gradients_of_d_with_its_norm_alone_pass_the_checker) { assert_gradients(false, NORM_DISCRIMINATOR); }
END_TEST

/* ---- training ------------------------------------------------------------------------------------------ */

/* n images of one pixel, which is the image's number. */
static uint8_t numbers[256];

static Images numbered(int n)
{
    for (int i = 0; i < 256; i++)
        numbers[i] = (uint8_t)i;
    return (Images){ n, 1, 1, 10, numbers, numbers };
}

START_TEST(an_epoch_is_images_by_batch_rounded_up)
{
    static const int of[][3] = { { 8, 4, 2 }, { 9, 4, 3 }, { 11, 4, 3 }, { 12, 4, 3 }, { 3, 4, 1 }, { 256, 6, 43 } };
    Gan g = mlp_gan_new(1, NORM_BOTH, 2e-4, 1);
    for (int i = 0; i < 6; i++) {
        Images d = numbered(of[i][0]);
        GanTraining t = gan_training_new(&g, &d, of[i][1], 1);
        ck_assert_int_eq(gan_training_epoch_steps(&t), of[i][2]);
        gan_training_free(&t);
    }
    gan_free(&g);
}
END_TEST

/* Which images the last step saw. */
static void count_used(const GanTraining *t, int *used)
{
    ck_assert(shape_equal(t->x.shape, (Shape){ 2, { t->batch / 2, 1 } }));
    for (int i = 0; i < t->batch / 2; i++)
        used[(int)floor(((double)t->x.data[i] + 1) * 127.5 + 0.5)]++;
}

/* 10 images, 3 a step: three passes are ten steps, and passes end inside a step and an epoch. */
START_TEST(every_image_is_used_once_a_pass_across_epochs)
{
    Images d = numbered(10);
    Gan g = mlp_gan_new(1, NORM_BOTH, 2e-4, 1);
    GanTraining t = gan_training_new(&g, &d, 6, 1);
    int used[256] = { 0 };
    for (int step = 1; step <= 10; step++) {
        gan_training_step(&t);
        count_used(&t, used);
        ck_assert_int_eq(t.step, step);
        for (int i = 0; i < 10; i++) /* none is a whole pass ahead of another */
            ck_assert(used[i] >= 3 * step / 10 && used[i] <= (3 * step + 9) / 10);
    }
    gan_training_free(&t);
    gan_free(&g);
}
END_TEST

START_TEST(the_order_is_the_seed_s_own)
{
    Images d = numbered(200);
    Gan g = mlp_gan_new(1, NORM_BOTH, 2e-4, 1);
    GanTraining t = gan_training_new(&g, &d, 64, 1), other = gan_training_new(&g, &d, 64, 2);
    gan_training_step(&t);
    gan_training_step(&other);
    ck_assert_mem_ne(t.x.data, other.x.data, 32 * sizeof(real));
    gan_training_free(&t);
    gan_training_free(&other);
    gan_free(&g);
}
END_TEST

START_TEST(d_sees_half_the_batch_and_g_all_of_it)
{
    Images d = numbered(10);
    Gan g = mlp_gan_new(1, NORM_BOTH, 2e-4, 1);
    GanTraining t = gan_training_new(&g, &d, 8, 1);
    gan_training_step(&t);
    ck_assert_int_eq(t.x.shape.dim[0], 4);
    ck_assert_int_eq(g.z.shape.dim[0], 8);
    gan_training_free(&t);
    gan_free(&g);
}
END_TEST

static void train_in_batches_of(int batch)
{
    Images d = numbered(10);
    Gan g = mlp_gan_new(1, NORM_BOTH, 2e-4, 1);
    gan_training_new(&g, &d, batch, 1);
}

START_TEST(an_odd_batch_aborts) { train_in_batches_of(5); }
END_TEST
START_TEST(a_batch_of_two_aborts) { train_in_batches_of(2); }
END_TEST
START_TEST(a_batch_of_none_aborts) { train_in_batches_of(0); }
END_TEST

/* Five steps of the real width on drawn digits. */
static Gan trained(Norm norm, uint64_t seed, const Images *d)
{
    Gan g = mlp_gan_new(784, norm, 2e-4, seed);
    GanTraining t = gan_training_new(&g, d, 64, seed);
    for (int step = 1; step <= 5; step++) {
        GanStep s = gan_training_step(&t);
        ck_assert_ptr_null(gan_not_finite(&g, &s));
        ck_assert(s.on_real > 0 && s.on_real < 1 && s.on_fake > 0 && s.on_fake < 1);
    }
    gan_training_free(&t);
    return g;
}

static void assert_same_bytes(const Layer *a, const Layer *b)
{
    for (int k = 0; k < a->n_param; k++)
        ck_assert_mem_eq(a->param[k]->value.data, b->param[k]->value.data, tensor_size(&a->param[k]->value) * sizeof(real));
    for (int k = 0; k < a->n_state; k++)
        ck_assert_mem_eq(a->state[k]->value.data, b->state[k]->value.data, tensor_size(&a->state[k]->value) * sizeof(real));
}

START_TEST(one_thread_and_two_give_the_same_bytes)
{
    Images d = digits_new(200, 1);
    threads_set(1);
    Gan one = trained(NORM_BOTH, 1, &d);
    threads_set(2);
    Gan two = trained(NORM_BOTH, 1, &d), other = trained(NORM_BOTH, 2, &d);
    assert_same_bytes(&one.generator->base, &two.generator->base);
    assert_same_bytes(&one.discriminator->base, &two.discriminator->base);
    ck_assert(one.generator->base.param[0]->value.data[0] != other.generator->base.param[0]->value.data[0]);
    gan_free(&one);
    gan_free(&two);
    gan_free(&other);
    images_free(&d);
}
END_TEST

START_TEST(samples_lie_between_minus_one_and_one)
{
    Images d = digits_new(200, 1);
    Gan g = trained(NORM_BOTH, 1, &d);
    gan_noise(&g, 50);
    for (int mode = TRAIN; mode <= EVAL; mode++) {
        const Tensor *x = gan_sample(&g, &g.z, (Mode)mode);
        ck_assert(shape_equal(x->shape, (Shape){ 2, { 50, 784 } }));
        double low = 1, high = -1;
        for (size_t i = 0; i < tensor_size(x); i++) {
            ck_assert((double)x->data[i] >= -1 && (double)x->data[i] <= 1);
            low = fmin(low, (double)x->data[i]), high = fmax(high, (double)x->data[i]);
        }
        ck_assert(high - low > 0.1);
    }
    gan_free(&g);
    images_free(&d);
}
END_TEST

/* The first and the last of 30 steps in which the other player stands still. */
static void train_one(bool of_generator, GanStep *first, GanStep *last)
{
    Images d = digits_new(200, 1);
    Gan g = mlp_gan_new(784, NORM_GENERATOR, 1e-3, 1);
    GanTraining t = gan_training_new(&g, &d, 32, 1);
    (of_generator ? &g.discriminator_adam : &g.generator_adam)->adam.rate = 0;
    *first = gan_training_step(&t);
    for (int step = 1; step < 30; step++)
        *last = gan_training_step(&t);
    gan_training_free(&t);
    gan_free(&g);
    images_free(&d);
}

START_TEST(d_alone_learns_to_tell_real_from_generated)
{
    GanStep first, last;
    train_one(false, &first, &last);
    ck_assert_msg(first.loss_real + first.loss_fake > 1.2, "%g, %g", first.loss_real, first.loss_fake);
    ck_assert_msg(last.loss_real < 0.3 && last.loss_fake < 0.3, "%g, %g", last.loss_real, last.loss_fake);
    ck_assert_msg(last.on_real > 0.8 && last.on_fake < 0.2, "%g, %g", last.on_real, last.on_fake);
}
END_TEST

START_TEST(g_alone_learns_to_be_called_real)
{
    GanStep first, last;
    train_one(true, &first, &last);
    ck_assert_msg(first.loss_g > 0.5 && last.loss_g < 0.8 * first.loss_g, "%g, %g", first.loss_g, last.loss_g);
}
END_TEST

START_TEST(memory_settles_and_is_given_back)
{
    Images d = digits_new(50, 1);
    long blocks = memory_blocks(), calls = 0;
    Gan g = mlp_gan_new(784, NORM_BOTH, 2e-4, 1);
    GanTraining t = gan_training_new(&g, &d, 8, 1);
    for (int step = 0; step < 15; step++) {
        gan_training_step(&t);
        if (step == 1)
            calls = memory_calls();
    }
    ck_assert_int_eq(memory_calls(), calls);
    gan_training_free(&t);
    gan_free(&g);
    ck_assert_int_eq(memory_blocks(), blocks);
    images_free(&d);
}
END_TEST

SUITE("17 mlp gan", RUNS(parameters_of_the_blog), RUNS(options_of_the_blog), RUNS(batch_norm_in_both),
      RUNS(batch_norm_in_the_generator), RUNS(batch_norm_in_the_discriminator), RUNS(batch_norm_nowhere),
      ABORTS(batch_norm_elsewhere_aborts), RUNS(slope_of_d_is_a_fifth), RUNS(initial_weights_are_pytorch_s_and_the_seed_s_own),
      RUNS(summary_holds_both_totals_and_the_sigmoid), RUNS(gradients_of_g_pass_the_checker),
      RUNS(gradients_of_d_pass_the_checker), RUNS(gradients_of_g_with_its_norm_alone_pass_the_checker),
      RUNS(gradients_of_d_with_its_norm_alone_pass_the_checker), RUNS(an_epoch_is_images_by_batch_rounded_up),
      RUNS(every_image_is_used_once_a_pass_across_epochs), RUNS(the_order_is_the_seed_s_own),
      RUNS(d_sees_half_the_batch_and_g_all_of_it), ABORTS(an_odd_batch_aborts), ABORTS(a_batch_of_two_aborts),
      ABORTS(a_batch_of_none_aborts), RUNS(one_thread_and_two_give_the_same_bytes), RUNS(samples_lie_between_minus_one_and_one),
      RUNS(d_alone_learns_to_tell_real_from_generated), RUNS(g_alone_learns_to_be_called_real),
      RUNS(memory_settles_and_is_given_back))
