/* Every gradient of the course: what there is to check, module by module. */
#include "gradcheck.h"

#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "09_network_subject.h"
#include "12_batchnorm_layer.h"
#include "13_inference.h"
#include "15_gan.h"
#include "15_gan_subject.h"
#include "17_mlp_gan.h"
#include "18_conv.h"
#include "18_conv_faults.h"
#include "18_conv_layer.h"
#include "18_reshape.h"
#include "19_upsample_layer.h"
#include "20_dcgan.h"
#include "23_groupnorm_layer.h"
#include "23_spectral.h"
#include "23_virtualnorm_layer.h"
#include "24_maxout.h"

#include <stdio.h>

enum { SMOOTH, NORMED };
#define BY_PRECISION(of_float, of_double) (sizeof(real) == sizeof(double) ? (of_double) : (of_float))
static const double limit_of[] = { BY_PRECISION(1e-3, 1e-8),
                                   BY_PRECISION(1e-3, 1e-7) }; /* the relative error a check must reach */

/* With the shape that the user asks for where the layer takes it, and not at all where not. */
static bool fits(const Layer *l, Shape *x)
{
    if (asked.shape.rank == 0)
        return true;
    bool same = asked.shape.rank == x->rank && !(x->rank > 2 && is_dense(l));
    same = same && (l->n_param == 0 || shape_columns(asked.shape) == shape_columns(*x));
    *x = same ? asked.shape : *x;
    return same;
}

/* A layer with several random inputs and upstream gradients; frees it. */
static void check_layer(const char *what, Layer *l, Shape x, Mode mode, double limit, const Fault *own)
{
    for (uint64_t repeat = 0; fits(l, &x) && repeat < (uint64_t)asked.seeds; repeat++) {
        Random r = random_stream((uint64_t)asked.seed + repeat, "gradcheck", 0);
        LayerSubject s;
        for (int k = 0; k < l->n_param; k++) /* away from ones and zeros */
            random_normal(&r, l->param[k]->value.data, tensor_size(&l->param[k]->value));
        layer_subject_init(&s, l, x, mode, &r);
        char name[64], at[32] = "";
        if (asked.shape.rank)
            snprintf(at, sizeof at, ", at %s", shape_text(x));
        snprintf(name, sizeof name, "%s%s", what, at);
        Breach b = layer_contract(&s);
        check_subject(name, (int)repeat + 1, &s.subject, limit, own);
        check_contract(name, (int)repeat + 1, &b);
        layer_subject_free(&s);
    }
    layer_free(l);
}

/* ---- the modules ------------------------------------------------------------------------------ */

static Shape vectors(int R, int C) { return (Shape){ 2, { R, C } }; }

static void check_dense(void)
{
    Random r = random_stream(1, "weights", 0);
    check_layer("5x4 -> 3", dense_new(4, 3, INIT_PYTORCH, &r), vectors(5, 4), PROBE, limit_of[SMOOTH], NULL);
    check_layer("1x1 -> 6", dense_new(1, 6, INIT_PYTORCH, &r), vectors(1, 1), PROBE, limit_of[SMOOTH], NULL);
    check_layer("2x12 -> 2", dense_new(12, 2, INIT_GLOROT, &r), (Shape){ 4, { 2, 2, 3, 2 } }, PROBE, limit_of[SMOOTH], NULL);
}

static void check_activation(void)
{
    check_layer("relu", relu_new(), vectors(6, 5), PROBE, limit_of[SMOOTH], NULL);
    check_layer("leaky", leaky_relu_new(0.2), vectors(6, 5), PROBE, limit_of[SMOOTH], NULL);
    check_layer("tanh", tanh_new(), vectors(6, 5), PROBE, limit_of[SMOOTH], NULL);
    check_layer("sigmoid", sigmoid_new(), vectors(6, 5), PROBE, limit_of[SMOOTH], NULL);
}

static void check_one_loss(const char *what, Loss *loss, int N, int C)
{
    for (uint64_t repeat = 0; repeat < (uint64_t)asked.seeds; repeat++) {
        Random r = random_stream((uint64_t)asked.seed + repeat, "gradcheck loss", 0);
        LossSubject s;
        loss_subject_init(&s, loss, N, C, &r);
        check_subject(what, (int)repeat + 1, &s.subject, limit_of[SMOOTH], NULL);
        loss_subject_free(&s);
    }
}

static void check_loss(void)
{
    check_one_loss("squared error", squared_error, 5, 3);
    check_one_loss("bce on logits", bce_logits, 8, 1);
    check_one_loss("softmax ce", softmax_cross_entropy, 5, 4);
}

static void check_network(void)
{
    Random r = random_stream(1, "weights", 0);
    Layer *first = dense_new(4, 6, INIT_PYTORCH, &r), *second = dense_new(6, 5, INIT_PYTORCH, &r);
    Layer *third = dense_new(5, 2, INIT_PYTORCH, &r);
    Network *n = network_new("mlp", (Layer *[]){ first, leaky_relu_new(0.2), second, tanh_new(), third, NULL });
    LayerSubject s;
    network_subject_init(&s, n, vectors(7, 4), PROBE, &r);
    check_subject("4-6-5-2", 0, &s.subject, limit_of[NORMED], NULL);
    layer_subject_free(&s);
    network_free(n);
}

static void check_batchnorm(void)
{
    check_layer("6x4", batchnorm_training_new(4, 1e-5), vectors(6, 4), PROBE, limit_of[NORMED], NULL);
    check_layer("2x2x2x3", batchnorm_training_new(3, 1e-3), (Shape){ 4, { 2, 2, 2, 3 } }, PROBE, limit_of[NORMED], NULL);
    check_layer("32x2", batchnorm_training_new(2, 1e-5), vectors(32, 2), PROBE, limit_of[NORMED], NULL);
}

static void check_inference(void)
{
    check_layer("train", batchnorm_new(4, batchnorm_pytorch()), vectors(6, 4), PROBE, limit_of[NORMED], NULL);
    Layer *l = batchnorm_new(4, batchnorm_keras());
    Random r = random_stream(1, "statistics", 0);
    random_uniform(&r, l->state[0]->value.data, 4);
    random_uniform(&r, l->state[1]->value.data, 4);
    check_layer("eval", l, vectors(6, 4), EVAL, limit_of[NORMED], NULL);
}

/* A small GAN: 3 -> 4 -> 8 -> 6 and 6 -> 8 -> 4 -> 1. */
static Gan small_gan(Norm norm, GeneratorLoss loss)
{
    Random r = random_stream(3, "weights", 0);
    Network *generator = mlp_generator(3, 4, 6, norm & NORM_GENERATOR, batchnorm_pytorch(), &r);
    Network *discriminator = mlp_discriminator(6, 4, norm & NORM_DISCRIMINATOR, batchnorm_pytorch(), &r);
    Gan g = gan_new(generator, discriminator, 3, adam_pytorch(2e-4, 0.5), 3);
    g.loss = loss;
    return g;
}

static void check_player(const char *what, Gan *g, bool of_generator, int N, int features)
{
    Random r = random_stream(4, "gradcheck", 0);
    GanSubject s;
    gan_subject_init(&s, g, of_generator, N, features, &r);
    check_subject(what, 0, &s.subject, limit_of[NORMED], NULL);
    gan_subject_free(&s);
}

static void check_gan(void)
{
    Gan g = small_gan(NORM_NONE, SATURATING);
    check_player("G saturating", &g, true, 8, 6);
    g.loss = NON_SATURATING;
    check_player("G", &g, true, 8, 6);
    check_player("D", &g, false, 8, 6);
    gan_free(&g);
}

/* Networks with too many weights to move one by one: along random directions. */
static void check_wide_player(const char *what, Gan *g, bool of_generator, int N, bool plant)
{
    Random r = random_stream(5, "gradcheck", 0);
    GanSubject s;
    threads_set(asked.threads);
    gan_subject_init(&s, g, of_generator, N, 784, &r);
    check_along(what, &s.subject, limit_of[NORMED], &r, plant);
    gan_subject_free(&s);
    threads_set(1);
}

static void check_mlp_gan(void)
{
    Gan g = small_gan(NORM_BOTH, NON_SATURATING);
    check_player("G narrow", &g, true, 8, 6);
    check_player("D narrow", &g, false, 8, 6);
    gan_free(&g);
    if (asked.narrow)
        return;
    g = mlp_gan_new(784, NORM_BOTH, 2e-4, 1); /* at the blog's width */
    check_wide_player("G full width", &g, true, 16, true);
    check_wide_player("D full width", &g, false, 16, true);
    gan_free(&g);
}

static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

/* The gradient as it comes out when the odd columns and the odd rows of the larger
 * map are exchanged on the way: the map turned about its diagonal within every
 * 2 x 2 square. */
static void swap_odd(Tensor *t)
{
    int H = t->shape.dim[1], W = t->shape.dim[2], C = t->shape.dim[3];
    for (int i = 0; i < t->shape.dim[0] * H; i += 2)
        for (int j = 0; j < W; j += 2)
            for (int c = 0; c < C; c++) {
                real *a = &t->data[(i * W + j + 1) * C + c], *b = &t->data[((i + 1) * W + j) * C + c], kept = *a;
                *a = *b, *b = kept;
            }
}

static bool fault_swapped(const Subject *subject, int array, double *dx)
{
    LayerSubject *s = subject->self;
    Tensor *large = tensor_size(&s->x) / (size_t)shape_columns(s->x.shape) >
                            tensor_size(&s->u) / (size_t)shape_columns(s->u.shape)
                        ? &s->x
                        : &s->u;
    if (array != 1) /* the weight */
        return false;
    swap_odd(large);
    subject->gradient(subject->self);
    for (size_t i = 0; i < subject->array[1].n; i++)
        dx[i] = (double)subject->array[1].dx[i];
    swap_odd(large);
    subject->gradient(subject->self); /* as it was */
    return true;
}

static const Fault swapped[] = { { "odd rows and columns exchanged", fault_swapped }, { NULL, NULL } };

/* With many channels there are thousands of weights: along directions. */
static void check_wide(const char *what, Layer *l, Shape x)
{
    Random r = random_stream(2, "wide", 0);
    LayerSubject s;
    layer_subject_init(&s, l, x, PROBE, &r);
    check_along(what, &s.subject, limit_of[SMOOTH], &r, false);
    layer_subject_free(&s);
    layer_free(l);
}

static void check_conv(void)
{
    Random r = random_stream(1, "weights", 0);
    const double limit = limit_of[SMOOTH];
    check_layer("3x3, 2 -> 3", conv_new(2, 3, 3, 1, PAD_KERAS, INIT_GLOROT, &r), maps(2, 4, 5, 2), PROBE, limit, conv_faults);
    check_layer("5x5 /2, 1 -> 2", conv_new(1, 2, 5, 2, PAD_KERAS, INIT_GLOROT, &r), maps(2, 6, 5, 1), PROBE, limit,
                conv_faults);
    check_layer("5x5 /2, PyTorch", conv_new(2, 1, 5, 2, PAD_PYTORCH, INIT_GLOROT, &r), maps(1, 6, 4, 2), PROBE, limit,
                conv_faults);
    check_layer("4x4 /3, 2 -> 2", conv_new(2, 2, 4, 3, PAD_KERAS, INIT_GLOROT, &r), maps(1, 7, 5, 2), PROBE, limit,
                conv_faults);
    check_layer("1x1, 3 -> 2", conv_new(3, 2, 1, 1, PAD_KERAS, INIT_GLOROT, &r), maps(2, 3, 2, 3), PROBE, limit, NULL);
    check_layer("5x5 /2, even", conv_new(2, 3, 5, 2, PAD_KERAS, INIT_GLOROT, &r), maps(1, 4, 6, 2), PROBE, limit, swapped);
    check_wide("3x3, wide", conv_new(16, 17, 3, 1, PAD_KERAS, INIT_GLOROT, &r), maps(2, 7, 5, 16));
    check_wide("5x5 /2, wide", conv_new(16, 17, 5, 2, PAD_KERAS, INIT_GLOROT, &r), maps(2, 6, 4, 16));
    check_layer("reshape", reshape_new(2, 3, 2), vectors(2, 12), PROBE, limit, NULL);
}

static void check_upsample(void)
{
    Random r = random_stream(1, "weights", 0);
    const double limit = limit_of[SMOOTH];
    check_layer("nearest", upsample_new(), maps(2, 3, 2, 2), PROBE, limit, NULL);
    check_layer("upsample 5x5", upsample_conv_new(2, 2, 5, INIT_GLOROT, &r), maps(1, 3, 2, 2), PROBE, limit, swapped);
    check_layer("upsample 5x5, thin", upsample_conv_new(5, 1, 5, INIT_GLOROT, &r), maps(1, 2, 2, 5), PROBE, limit, swapped);
    check_layer("upsample 3x3", upsample_conv_new(2, 3, 3, INIT_GLOROT, &r), maps(1, 3, 2, 2), PROBE, limit, NULL);
    check_wide("upsample 5x5, wide", upsample_conv_new(16, 17, 5, INIT_GLOROT, &r), maps(2, 5, 3, 16));
    check_wide("5x5 x2, wide", transposed_new(16, 17, 5, 2, PAD_KERAS, INIT_GLOROT, &r), maps(2, 5, 3, 16));
    check_layer("5x5 x2", transposed_new(2, 3, 5, 2, PAD_KERAS, INIT_GLOROT, &r), maps(2, 3, 2, 2), PROBE, limit, swapped);
    check_layer("5x5 x2, PyTorch", transposed_new(2, 1, 5, 2, PAD_PYTORCH, INIT_GLOROT, &r), maps(1, 2, 3, 2), PROBE, limit,
                NULL);
    check_layer("4x4 x3", transposed_new(1, 2, 4, 3, PAD_KERAS, INIT_GLOROT, &r), maps(1, 2, 2, 1), PROBE, limit, NULL);
}

static void check_dcgan(void)
{
    static const char *const what[2][2] = { { "G upsample", "D upsample" }, { "G transpose", "D transpose" } };
    for (int kind = 0; kind < 2; kind++)
        for (int of_d = 0; of_d < 2; of_d++) {
            DcganOptions o = dcgan_options((DcganKind)kind);
            char name[40];
            o.width = 4, o.norm = NORM_BOTH;
            Gan g = dcgan_new(&o, 1);
            snprintf(name, sizeof name, "%s, width 4", what[kind][of_d]);
            check_wide_player(name, &g, !of_d, 4, true);
            gan_free(&g);
            if (asked.narrow)
                continue;
            o.width = 64, o.norm = NORM_GENERATOR;
            g = dcgan_new(&o, 1); /* at the notebook's width */
            snprintf(name, sizeof name, "%s, width 64", what[kind][of_d]);
            check_wide_player(name, &g, !of_d, 4, false);
            gan_free(&g);
        }
}

static Layer *spectral(Layer *l, Random *r)
{
    spectral_norm(l, 0, 3, r);
    return l;
}

/* check_layer draws the parameters anew, and u and v are no singular vectors any more: sigma is u^T W v all the same. */
static void check_normalizers(void)
{
    Random r = random_stream(1, "weights", 0);
    const double limit = limit_of[NORMED];
    check_layer("layer, 5x6", layer_norm_new(6, 1e-5), vectors(5, 6), PROBE, limit, NULL);
    check_layer("layer, maps", layer_norm_new(4, 1e-5), maps(2, 3, 2, 4), PROBE, limit, NULL);
    check_layer("group, 2 of 6", group_norm_new(6, 2, 1e-5), maps(2, 2, 2, 6), PROBE, limit, NULL);
    check_layer("group, vectors", group_norm_new(6, 2, 1e-5), vectors(5, 6), PROBE, limit, NULL);
    check_layer("instance, maps", instance_norm_new(3, 1e-5), maps(2, 3, 2, 3), PROBE, limit, NULL);
    check_layer("virtual, 3 of 7", virtual_norm_new(4, 3, 1e-5), vectors(7, 4), PROBE, limit, NULL);
    check_layer("virtual, maps", virtual_norm_new(2, 2, 1e-5), maps(4, 2, 2, 2), PROBE, limit, NULL);
    check_layer("spectral dense", spectral(dense_new(4, 3, INIT_PYTORCH, &r), &r), vectors(5, 4), PROBE, limit, NULL);
    check_layer("spectral conv", spectral(conv_new(2, 3, 3, 1, PAD_KERAS, INIT_GLOROT, &r), &r), maps(1, 3, 4, 2), PROBE, limit,
                NULL);
    Tensor reference = tensor_new(vectors(4, 5));
    random_normal(&r, reference.data, tensor_size(&reference));
    Network *n = network_new("virtual", (Layer *[]){ dense_new(5, 4, INIT_PYTORCH, &r), virtual_norm_new(4, 4, 1e-5),
                                                     leaky_relu_new(0.2), dense_new(4, 2, INIT_PYTORCH, &r), NULL });
    check_layer("with reference", with_reference_new(n, &reference), vectors(6, 5), PROBE, limit, NULL);
    tensor_free(&reference);
}

static void check_maxout(void)
{
    check_layer("of 2 pieces", maxout_new(2), vectors(5, 6), PROBE, limit_of[SMOOTH], NULL);
    check_layer("of 5 pieces", maxout_new(5), vectors(4, 15), PROBE, limit_of[SMOOTH], NULL);
}

const Checked checked[] = {
    { "05_dense", check_dense },
    { "06_activation", check_activation },
    { "07_loss", check_loss },
    { "09_network", check_network },
    { "12_batchnorm", check_batchnorm },
    { "13_inference", check_inference },
    { "15_gan", check_gan },
    { "17_mlp_gan", check_mlp_gan },
    { "18_conv", check_conv },
    { "19_upsample", check_upsample },
    { "20_dcgan", check_dcgan },
    { "23_normalizers", check_normalizers },
    { "24_maxout", check_maxout },
    { NULL, NULL },
};
