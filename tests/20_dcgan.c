/* The notebook's GANs: what they are made of, and that they train. */
#include "20_dcgan.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_directions.h"
#include "03_gradcheck.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "09_network_subject.h"
#include "13_inference.h"
#include "15_gan.h"
#include "15_gan_subject.h"
#include "17_mlp_gan.h"
#include "suite.h"

#include <string.h>

static Random r;

static DcganOptions options(DcganKind kind, int width, Norm norm)
{
    DcganOptions o = dcgan_options(kind);
    o.width = width, o.norm = norm;
    return o;
}

static Tensor images(int N)
{
    Tensor x = tensor_new((Shape){ 2, { N, 784 } });
    r = random_stream(1, "images", 0);
    random_normal(&r, x.data, tensor_size(&x));
    return x;
}

/* ---- what they are made of -------------------------------------------------------------------------- */

START_TEST(parameters_of_the_notebook)
{
    for (int kind = DCGAN_UPSAMPLE; kind <= DCGAN_TRANSPOSE; kind++) {
        DcganOptions o = options((DcganKind)kind, 64, NORM_GENERATOR);
        Gan g = dcgan_new(&o, 1);
        ck_assert_int_eq(layer_param_count(&g.generator->base) + layer_state_count(&g.generator->base), 840705);
        ck_assert_int_eq(layer_state_count(&g.generator->base), 384);
        ck_assert_int_eq(layer_param_count(&g.discriminator->base), 212865);
        ck_assert_int_eq(layer_state_count(&g.discriminator->base), 0);
        ck_assert_int_eq(g.noise_size, 100);
        gan_free(&g);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* "Dense 6272, Reshape 7x7x128" and so on, each layer with what it puts out. */
static const char *layers(const Network *n, Shape s)
{
    static char text[800];
    text[0] = '\0';
    for (int i = 0; i < n->n_layer; i++) {
        s = layer_output_shape(n->layer[i], s);
        Shape one = { s.rank - 1, { s.dim[1], s.dim[2], s.dim[3] } };
        sprintf(text + strlen(text), "%s%s %s", i ? ", " : "", n->layer[i]->ops->name, shape_text(one));
    }
    return text;
}

#define FIRST "Dense 6272, Reshape 7x7x128, "
#define LOW_NORMED "LeakyReLU 7x7x128, BatchNorm 7x7x128, "
#define MIDDLE_NORMED "LeakyReLU 14x14x64, BatchNorm 14x14x64, "
#define LAST "Tanh 28x28x1"
#define D_FIRST "Reshape 28x28x1, Conv 14x14x64, LeakyReLU 14x14x64, Conv 7x7x128, "

static const struct {
    DcganOptions o;
    const char *generator, *discriminator;
} made[] = { { { DCGAN_UPSAMPLE, NORM_GENERATOR, false, 64, 0, 1 },
               FIRST LOW_NORMED "UpsampleConv 14x14x64, " MIDDLE_NORMED "UpsampleConv 28x28x1, " LAST,
               D_FIRST "LeakyReLU 7x7x128, Dense 1" },
             { { DCGAN_TRANSPOSE, NORM_GENERATOR, false, 64, 0, 1 },
               FIRST LOW_NORMED "TransposedConv 14x14x64, " MIDDLE_NORMED "TransposedConv 28x28x1, " LAST,
               D_FIRST "LeakyReLU 7x7x128, Dense 1" },
             { { DCGAN_UPSAMPLE, NORM_BOTH, false, 64, 0, 1 },
               FIRST LOW_NORMED "UpsampleConv 14x14x64, " MIDDLE_NORMED "UpsampleConv 28x28x1, " LAST,
               D_FIRST "LeakyReLU 7x7x128, BatchNorm 7x7x128, Dense 1" },
             { { DCGAN_TRANSPOSE, NORM_BOTH, true, 64, 0, 1 },
               FIRST "BatchNorm 7x7x128, LeakyReLU 7x7x128, TransposedConv 14x14x64, BatchNorm 14x14x64, LeakyReLU 14x14x64, "
                     "TransposedConv 28x28x1, " LAST,
               D_FIRST "BatchNorm 7x7x128, LeakyReLU 7x7x128, Dense 1" },
             { { DCGAN_UPSAMPLE, NORM_DISCRIMINATOR, true, 64, 0, 1 },
               FIRST "LeakyReLU 7x7x128, UpsampleConv 14x14x64, LeakyReLU 14x14x64, UpsampleConv 28x28x1, " LAST,
               D_FIRST "BatchNorm 7x7x128, LeakyReLU 7x7x128, Dense 1" },
             { { DCGAN_TRANSPOSE, NORM_NONE, false, 64, 0, 1 },
               FIRST "LeakyReLU 7x7x128, TransposedConv 14x14x64, LeakyReLU 14x14x64, TransposedConv 28x28x1, " LAST,
               D_FIRST "LeakyReLU 7x7x128, Dense 1" } };

START_TEST(layers_in_the_order_of_the_options)
{
    for (size_t k = 0; k < sizeof made / sizeof *made; k++) {
        Gan g = dcgan_new(&made[k].o, 1);
        ck_assert_str_eq(layers(g.generator, (Shape){ 2, { 3, 100 } }), made[k].generator);
        ck_assert_str_eq(layers(g.discriminator, (Shape){ 2, { 3, 784 } }), made[k].discriminator);
        ck_assert_str_eq(layers(g.discriminator, (Shape){ 4, { 3, 28, 28, 1 } }), made[k].discriminator);
        gan_free(&g);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(outputs_have_their_shapes_and_tanh_s_range)
{
    DcganOptions o = options(DCGAN_UPSAMPLE, 4, NORM_BOTH);
    Gan g = dcgan_new(&o, 1);
    Tensor rows = images(3), logits = { .capacity = 0 };
    gan_noise(&g, 3);
    for (int mode = TRAIN; mode <= EVAL; mode++) {
        const Tensor *x = gan_sample(&g, &g.z, (Mode)mode);
        ck_assert(shape_equal(x->shape, (Shape){ 4, { 3, 28, 28, 1 } }));
        for (size_t i = 0; i < tensor_size(x); i++)
            ck_assert((double)x->data[i] > -1 && (double)x->data[i] < 1);
    }
    tensor_copy(&logits, network_forward(g.discriminator, &rows, TRAIN));
    ck_assert(shape_equal(logits.shape, (Shape){ 2, { 3, 1 } }));
    rows.shape = (Shape){ 4, { 3, 28, 28, 1 } }; /* as maps they are the same images */
    ck_assert_mem_eq(network_forward(g.discriminator, &rows, TRAIN)->data, logits.data, 3 * sizeof(real));
    tensor_free(&rows), tensor_free(&logits);
    gan_free(&g);
}
END_TEST

/* eps 1e-3; from 1, a batch of variance 4 makes 0.99 + 0.04, biased. */
static void assert_keras_norm(Layer *l)
{
    ck_assert(is_batchnorm(l) && batchnorm_eps(l) == 1e-3);
    int C = (int)tensor_size(&l->param[0]->value);
    Tensor x = tensor_new((Shape){ 2, { 2, C } });
    for (int j = 0; j < 2 * C; j++)
        x.data[j] = j < C ? 1 : 5;
    layer_forward(l, &x, TRAIN);
    for (int j = 0; j < C; j++)
        assert_close(l->state[1]->value.data[j], 1.03, TOLERANCE(2e-7, 3e-16));
    tensor_free(&x);
}

static void assert_slope_of_a_fifth(Layer *l, Shape s)
{
    Tensor x = tensor_new(s);
    tensor_fill(&x, -10);
    ck_assert_str_eq(l->ops->name, "LeakyReLU");
    assert_close(layer_forward(l, &x, TRAIN)->data[0], -2, TOLERANCE(2e-7, 5e-16));
    tensor_free(&x);
}

/* Glorot's bound for these fans is met and kept, and the bias is 0. */
static void assert_glorot(const Layer *l, double fan_in, double fan_out)
{
    double largest = 0, bound = sqrt(6 / (fan_in + fan_out));
    const Tensor *w = &l->param[0]->value, *b = &l->param[1]->value;
    for (size_t i = 0; i < tensor_size(w); i++)
        largest = fmax(largest, fabs((double)w->data[i]));
    ck_assert_msg(largest <= bound * (1 + 1e-6) && largest > 0.99 * bound, "%s: %g of %g", l->ops->name, largest, bound);
    for (size_t i = 0; i < tensor_size(b); i++)
        ck_assert(b->data[i] == 0);
}

START_TEST(conventions_are_keras_s)
{
    {
        DcganOptions o = dcgan_options(DCGAN_TRANSPOSE);
        ck_assert(o.kind == DCGAN_TRANSPOSE && o.norm == NORM_GENERATOR && !o.bn_first && o.width == 64 && o.rate == 2e-4);
        o.norm = NORM_BOTH, o.rate = 3e-4;
        Gan g = dcgan_new(&o, 1);
        const AdamOptions *both[] = { &g.generator_adam.adam, &g.discriminator_adam.adam };
        for (int i = 0; i < 2; i++) {
            ck_assert(both[i]->rate == 3e-4 && both[i]->beta1 == 0.5 && both[i]->beta2 == 0.999);
            ck_assert(both[i]->epsilon == 1e-7 && both[i]->epsilon_before_correction);
        }
        ck_assert(g.loss == NON_SATURATING && g.generator_adam.kind == ADAM && g.discriminator_adam.kind == ADAM);
        Layer **G = g.generator->layer, **D = g.discriminator->layer;
        assert_glorot(G[0], 100, 6272), assert_glorot(G[4], 25 * 128, 25 * 64), assert_glorot(G[7], 25 * 64, 25);
        assert_glorot(D[1], 25, 25 * 64), assert_glorot(D[3], 25 * 64, 25 * 128), assert_glorot(D[6], 6272, 1);
        assert_keras_norm(G[3]), assert_keras_norm(G[6]), assert_keras_norm(D[5]);
        assert_slope_of_a_fifth(G[2], (Shape){ 4, { 1, 7, 7, 128 } });
        assert_slope_of_a_fifth(G[5], (Shape){ 4, { 1, 14, 14, 64 } });
        assert_slope_of_a_fifth(D[2], (Shape){ 4, { 1, 14, 14, 64 } });
        assert_slope_of_a_fifth(D[4], (Shape){ 4, { 1, 7, 7, 128 } });
        gan_free(&g);
        o.bn_first = true;
        g = dcgan_new(&o, 1);
        assert_keras_norm(g.generator->layer[2]), assert_keras_norm(g.generator->layer[5]);
        assert_keras_norm(g.discriminator->layer[4]);
        gan_free(&g);
    }
}
END_TEST

/* In colour: each of the three channels is a map of its own, and D takes them all. */
START_TEST(three_channels_go_in_and_out)
{
    for (int kind = 0; kind < 2; kind++) {
        DcganOptions o = options((DcganKind)kind, 4, NORM_GENERATOR);
        o.channels = 3;
        Gan g = dcgan_new(&o, 5);
        gan_noise(&g, 4);
        const Tensor *x = gan_sample(&g, &g.z, TRAIN);
        ck_assert(shape_equal(x->shape, (Shape){ 4, { 4, 28, 28, 3 } }));
        ck_assert(x->data[0] != x->data[1] && x->data[1] != x->data[2]);
        ck_assert(shape_equal(network_forward(g.discriminator, x, TRAIN)->shape, (Shape){ 2, { 4, 1 } }));
        Tensor row = tensor_new((Shape){ 2, { 4, 28 * 28 * 3 } });
        tensor_fill(&row, 0);
        ck_assert(shape_equal(network_forward(g.discriminator, &row, TRAIN)->shape, (Shape){ 2, { 4, 1 } }));
        tensor_free(&row);
        gan_free(&g);
    }
}
END_TEST

/* ---- gradients ------------------------------------------------------------------------------------------------ */

static void assert_gradients(DcganKind kind, bool of_generator, bool bn_first)
{
    DcganOptions o = options(kind, 2, NORM_BOTH);
    o.bn_first = bn_first;
    Gan g = dcgan_new(&o, 3);
    Random along = random_stream(4, "gradcheck", 0);
    GanSubject s;
    CheckRow row;
    gan_subject_init(&s, &g, of_generator, 3, 784, &along);
    gradcheck_directions(&s.subject, 3, TOLERANCE(1, 1e-7), &along, &row);
    if (sizeof(real) == sizeof(double))
        ck_assert_msg(row.verdict == PASS, "%s: off by %g", verdict_name(row.verdict), row.error);
    ck_assert_msg(row.verdict != BUG, "off by %g", row.error);
    gan_subject_free(&s);
    gan_free(&g);
}

START_TEST(gradients_of_both_players_pass_the_checker)
{
    for (int k = 0; k < 8; k++)
        assert_gradients((DcganKind)(k % 2), k / 2 % 2, k / 4);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- training ---------------------------------------------------------------------------------------------------- */

static void assert_same_bytes(const Layer *a, const Layer *b)
{
    ck_assert(a->n_param == b->n_param && a->n_state == b->n_state);
    for (int k = 0; k < a->n_param; k++)
        ck_assert_mem_eq(a->param[k]->value.data, b->param[k]->value.data, tensor_size(&a->param[k]->value) * sizeof(real));
    for (int k = 0; k < a->n_state; k++)
        ck_assert_mem_eq(a->state[k]->value.data, b->state[k]->value.data, tensor_size(&a->state[k]->value) * sizeof(real));
}

/* Wide enough for Winograd, and for the loops to be cut. */
START_TEST(one_thread_and_two_give_the_same_bytes)
{
    for (int kind = DCGAN_UPSAMPLE; kind <= DCGAN_TRANSPOSE; kind++) {
        DcganOptions o = options((DcganKind)kind, 16, NORM_BOTH);
        Gan of[] = { dcgan_new(&o, 1), dcgan_new(&o, 1), dcgan_new(&o, 2) };
        Tensor x = images(4);
        ck_assert(of[0].generator->base.param[0]->value.data[0] != of[2].generator->base.param[0]->value.data[0]);
        ck_assert(of[0].discriminator->base.param[0]->value.data[0] != of[2].discriminator->base.param[0]->value.data[0]);
        for (int k = 0; k < 2; k++) {
            threads_set(k + 1);
            gan_step(&of[k], &x, 8);
            gan_step(&of[k], &x, 8);
        }
        assert_same_bytes(&of[0].generator->base, &of[1].generator->base);
        assert_same_bytes(&of[0].discriminator->base, &of[1].discriminator->base);
        for (int k = 0; k < 3; k++)
            gan_free(&of[k]);
        tensor_free(&x);
    }
}
END_TEST

/* G runs once for D's fakes and once for its own step. A twin that only runs
 * G on the same noise has the same statistics, to the byte. */
START_TEST(running_statistics_of_g_move_twice_a_step)
{
    DcganOptions o = options(DCGAN_UPSAMPLE, 4, NORM_GENERATOR);
    Gan g = dcgan_new(&o, 1), twin = dcgan_new(&o, 1);
    Tensor x = images(3);
    Layer *a = &g.generator->base, *b = &twin.generator->base;
    gan_step(&g, &x, 6);
    for (int run = 0; run < 2; run++) {
        ck_assert_mem_ne(a->state[0]->value.data, b->state[0]->value.data, tensor_size(&a->state[0]->value) * sizeof(real));
        gan_noise(&twin, run == 0 ? 3 : 6);
        gan_sample(&twin, &twin.z, TRAIN);
    }
    ck_assert_int_eq(a->n_state, 4);
    for (int k = 0; k < 4; k++)
        ck_assert_mem_eq(a->state[k]->value.data, b->state[k]->value.data, tensor_size(&a->state[k]->value) * sizeof(real));
    ck_assert_int_eq(*batchnorm_batches(g.generator->layer[3]), 2);
    gan_free(&g), gan_free(&twin);
    tensor_free(&x);
}
END_TEST

START_TEST(memory_settles_and_is_given_back)
{
    for (int kind = DCGAN_UPSAMPLE; kind <= DCGAN_TRANSPOSE; kind++) {
        DcganOptions o = options((DcganKind)kind, 4, NORM_BOTH);
        Gan g = dcgan_new(&o, 1);
        Tensor x = images(4);
        long calls = 0;
        for (int step = 0; step < 5; step++) {
            gan_step(&g, &x, 8);
            if (step == 1)
                calls = memory_calls();
        }
        ck_assert_int_eq(memory_calls(), calls);
        gan_free(&g);
        tensor_free(&x);
        ck_assert_int_eq(memory_blocks(), 0);
    }
}
END_TEST

/* D against a G that stands still, on images unlike noise: all of one grey. */
START_TEST(d_learns_to_tell_real_from_generated)
{
    DcganOptions o = options(DCGAN_TRANSPOSE, 4, NORM_GENERATOR);
    o.rate = 2e-3;
    Gan g = dcgan_new(&o, 1);
    Tensor x = images(8);
    tensor_fill(&x, (real)0.5);
    g.generator_adam.adam.rate = 0;
    GanStep first = gan_step(&g, &x, 8), last = first;
    for (int step = 0; step < 15; step++)
        last = gan_step(&g, &x, 8);
    ck_assert_msg(last.loss_real + last.loss_fake < 0.3 * (first.loss_real + first.loss_fake), "%g, then %g",
                  first.loss_real + first.loss_fake, last.loss_real + last.loss_fake);
    gan_free(&g);
    tensor_free(&x);
}
END_TEST

START_TEST(images_of_another_size_abort)
{
    DcganOptions o = options(DCGAN_UPSAMPLE, 4, NORM_NONE);
    layer_output_shape(&dcgan_new(&o, 1).discriminator->base, (Shape){ 2, { 3, 783 } });
}
END_TEST

START_TEST(noise_of_another_size_aborts)
{
    DcganOptions o = options(DCGAN_UPSAMPLE, 4, NORM_NONE);
    layer_output_shape(&dcgan_new(&o, 1).generator->base, (Shape){ 2, { 3, 99 } });
}
END_TEST

/* Checkpoints, the checker and other frameworks go by these names: they must not depend on a build. */
START_TEST(names_are_those_of_the_layers)
{
    static const char *const names[2][10] = { { "0.weight", "0.bias", "3.gamma", "3.beta", "4.weight", "4.bias", "6.gamma",
                                                "6.beta", "7.weight", "7.bias" },
                                              { "1.weight", "1.bias", "3.weight", "3.bias", "5.weight", "5.bias" } };
    for (int kind = DCGAN_UPSAMPLE; kind <= DCGAN_TRANSPOSE; kind++) {
        DcganOptions o = options((DcganKind)kind, 4, NORM_GENERATOR);
        Gan g = dcgan_new(&o, 1);
        const Network *of[] = { g.generator, g.discriminator };
        for (int p = 0; p < 2; p++) {
            CheckArray array[10];
            ck_assert_int_eq(of[p]->base.n_param, p == 0 ? 10 : 6);
            network_check_arrays(of[p], array);
            for (int k = 0; k < of[p]->base.n_param; k++)
                ck_assert_str_eq(array[k].name, names[p][k]);
        }
        gan_free(&g);
    }
}
END_TEST

SUITE("20 dcgan", RUNS(names_are_those_of_the_layers), RUNS(parameters_of_the_notebook),
      RUNS(layers_in_the_order_of_the_options), RUNS(outputs_have_their_shapes_and_tanh_s_range),
      RUNS(three_channels_go_in_and_out), RUNS(conventions_are_keras_s), RUNS(gradients_of_both_players_pass_the_checker),
      RUNS(one_thread_and_two_give_the_same_bytes), RUNS(running_statistics_of_g_move_twice_a_step),
      RUNS(memory_settles_and_is_given_back), RUNS(d_learns_to_tell_real_from_generated), ABORTS(images_of_another_size_abort),
      ABORTS(noise_of_another_size_aborts))
