/* One side of the parity proof: inputs, weights and what this library makes of
 * them, as named tensors in a file. bench/parity.py computes the same with
 * PyTorch and compares.
 *
 * Names, for a layer: CASE.x, CASE.u (the upstream gradient), CASE.y, CASE.dx,
 * CASE.value.weight, CASE.grad.weight, CASE.state.running_mean before and
 * CASE.after.running_mean behind the forward. For a GAN: GAN.before.G.0.weight,
 * GAN.grad.G.0.weight, GAN.after.G.0.weight and the activations GAN.real.D.2,
 * GAN.fake.D.2, GAN.step.G.2, GAN.step.D.2 (all of its first step), and the
 * noise, images and losses of STEPS steps.
 *
 * usage: parity FILE      (bench/parity.sh) */
#include "00_error.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_digits.h"
#include "13_inference.h"
#include "15_gan.h"
#include "17_mlp_gan.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "19_upsample_layer.h"
#include "20_dcgan.h"
#include "21_safetensors.h"

#include <string.h>

enum { STEPS = 50, IMAGES = 512 };

static Safetensors file; /* of copies: a layer's tensors change with its next forward */

static void put(const char *prefix, const char *name, const Tensor *t)
{
    Tensor copy = { 0 };
    tensor_copy(&copy, t);
    safetensors_add_tensor(&file, &copy, "%s.%s", prefix, name);
}

static void put_numbers(const char *prefix, const char *name, int rank, const int *dim, const double *x)
{
    size_t n = 1;
    for (int i = 0; i < rank; i++)
        n *= (size_t)dim[i];
    double *copy = memory_get(n * sizeof *copy);
    memcpy(copy, x, n * sizeof *copy);
    safetensors_add(&file, F64, rank, dim, copy, "%s.%s", prefix, name);
}

/* ---- one layer at a time -------------------------------------------------------------------- */

enum { VALUES = 1, GRADIENTS = 2, STATES = 4 };

/* PREFIX.WHAT.NAME, for every parameter or state of a layer. */
static void put_layer(const char *prefix, const char *what, const Layer *l, int which)
{
    char p[2 * MAX_NAME];
    snprintf(p, sizeof p, "%s.%s", prefix, what);
    for (int k = 0; k < l->n_param; k++) {
        if (which & VALUES)
            put(p, l->param[k]->name, &l->param[k]->value);
        if (which & GRADIENTS)
            put(p, l->param[k]->name, &l->param[k]->grad);
    }
    for (int k = 0; which & STATES && k < l->n_state; k++)
        put(p, l->state[k]->name, &l->state[k]->value);
}

/* Batch norm begins with ones and zeros, which would hide mistakes. */
static void stir(const Layer *l, Random *r)
{
    for (int k = 0; l->n_state && k < l->n_param; k++)
        random_normal(r, l->param[k]->value.data, tensor_size(&l->param[k]->value));
    for (int k = 0; k < l->n_state; k++) /* a variance is positive */
        random_uniform(r, l->state[k]->value.data, tensor_size(&l->state[k]->value));
}

/* One forward and backward; takes the layer over. */
static void layer_case(const char *name, Layer *l, Mode mode, Shape shape)
{
    Random r = random_stream(1, name, 0);
    Tensor x = tensor_new(shape), u = tensor_new(layer_output_shape(l, shape)), dx = { 0 };
    random_normal(&r, x.data, tensor_size(&x));
    random_normal(&r, u.data, tensor_size(&u));
    stir(l, &r);
    put(name, "x", &x);
    put(name, "u", &u);
    put_layer(name, "value", l, VALUES);
    put_layer(name, "state", l, STATES);
    put(name, "y", layer_forward(l, &x, mode));
    layer_backward(l, &u, &dx, WITH_PARAM);
    put(name, "dx", &dx);
    put_layer(name, "grad", l, GRADIENTS);
    put_layer(name, "after", l, STATES);
    tensor_free(&x), tensor_free(&u), tensor_free(&dx);
    layer_free(l);
}

/* Maps have unequal sides, which are no multiples of Winograd's tiles. */
static void all_layers(void)
{
    Random random = random_stream(1, "weights", 0), *r = &random;
    Shape rows = { 2, { 33, 20 } }, map = { 4, { 3, 10, 14, 5 } }, low = { 4, { 3, 5, 7, 6 } };
    layer_case("dense", dense_new(20, 30, INIT_PYTORCH, r), TRAIN, rows);
    layer_case("relu", relu_new(), TRAIN, rows);
    layer_case("leaky_relu", leaky_relu_new(0.2), TRAIN, rows);
    layer_case("tanh", tanh_new(), TRAIN, rows);
    layer_case("sigmoid", sigmoid_new(), TRAIN, rows);
    layer_case("batch_norm_pytorch", batchnorm_new(20, batchnorm_pytorch()), TRAIN, rows);
    layer_case("batch_norm_pytorch_eval", batchnorm_new(20, batchnorm_pytorch()), EVAL, rows);
    layer_case("batch_norm_keras", batchnorm_new(5, batchnorm_keras()), TRAIN, map);
    layer_case("batch_norm_keras_eval", batchnorm_new(5, batchnorm_keras()), EVAL, map);
    layer_case("conv_keras", conv_new(5, 8, 5, 2, PAD_KERAS, INIT_PYTORCH, r), TRAIN, map);
    layer_case("conv_pytorch", conv_new(5, 8, 5, 2, PAD_PYTORCH, INIT_PYTORCH, r), TRAIN, map);
    layer_case("conv_stride_1", conv_new(5, 8, 5, 1, PAD_KERAS, INIT_PYTORCH, r), TRAIN, map);
    layer_case("winograd", conv_new(16, 24, 3, 1, PAD_KERAS, INIT_PYTORCH, r), TRAIN, (Shape){ 4, { 3, 10, 14, 16 } });
    layer_case("upsample", upsample_new(), TRAIN, low);
    layer_case("transposed_keras", transposed_new(6, 4, 5, 2, PAD_KERAS, INIT_PYTORCH, r), TRAIN, low);
    layer_case("transposed_pytorch", transposed_new(6, 4, 5, 2, PAD_PYTORCH, INIT_PYTORCH, r), TRAIN, low);
    /* With so many channels that each is computed in each of its ways. */
    static const struct {
        const char *name;
        int C, O;
    } wide_up[] = { { "1", 20, 6 }, { "2", 3, 2 }, { "3", 7, 1 } },
      wide_down[] = { { "1", 20, 17 }, { "2", 1, 7 }, { "3", 16, 32 } };
    for (int i = 0; i < 3; i++) {
        char name[40];
        Shape up = { 4, { 3, 5, 7, wide_up[i].C } }, down = { 4, { 3, 10, 14, wide_down[i].C } };
        snprintf(name, sizeof name, "wide_upsampled_%s", wide_up[i].name);
        layer_case(name, upsample_conv_new(wide_up[i].C, wide_up[i].O, 5, INIT_PYTORCH, r), TRAIN, up);
        snprintf(name, sizeof name, "wide_transposed_%s", wide_up[i].name);
        layer_case(name, transposed_new(wide_up[i].C, wide_up[i].O, 5, 2, PAD_KERAS, INIT_PYTORCH, r), TRAIN, up);
        snprintf(name, sizeof name, "wide_strided_%s", wide_down[i].name);
        layer_case(name, conv_new(wide_down[i].C, wide_down[i].O, 5, 2, PAD_KERAS, INIT_PYTORCH, r), TRAIN, down);
    }
}

/* ---- losses ----------------------------------------------------------------------------------- */

static double soft(const real *a, int N, real *da) /* to the targets 0, 1/N, 2/N, ... */
{
    Tensor t = tensor_new((Shape){ 2, { N, 1 } });
    for (int i = 0; i < N; i++)
        t.data[i] = (real)i / (real)N;
    double L = bce_logits(a, t.data, N, 1, da);
    tensor_free(&t);
    return L;
}

static void loss_case(const char *name, double (*loss)(const real *, int, real *))
{
    enum { N = 64 };
    Random r = random_stream(1, "logits", 0);
    Tensor a = tensor_new((Shape){ 2, { N, 1 } }), da = tensor_new(a.shape);
    random_normal(&r, a.data, N);
    for (int i = 0; i < N; i++)
        a.data[i] *= 5;
    double L = loss(a.data, N, da.data);
    put(name, "x", &a);
    put(name, "dx", &da);
    put_numbers(name, "loss", 0, NULL, &L);
    tensor_free(&a);
    tensor_free(&da);
}

/* ---- GANs -------------------------------------------------------------------------------------- */

static void put_network(const char *gan, const char *what, const char *player, const Network *n, int which)
{
    char prefix[MAX_NAME], layer[16];
    snprintf(prefix, sizeof prefix, "%s.%s.%s", gan, what, player);
    for (int i = 0; i < n->n_layer; i++) {
        snprintf(layer, sizeof layer, "%d", i);
        put_layer(prefix, layer, n->layer[i], which);
    }
}

/* The outputs of the layers with a kink, ReLU and LeakyReLU, in the last forward: their signs tell the side taken. */
static void put_activations(const char *gan, const char *pass, const char *player, const Network *n)
{
    char prefix[MAX_NAME], layer[16];
    snprintf(prefix, sizeof prefix, "%s.%s.%s", gan, pass, player);
    for (int i = 0; i < n->n_layer; i++) {
        snprintf(layer, sizeof layer, "%d", i);
        if (n->layer[i]->ops->branches)
            put(prefix, layer, &n->layer[i]->y);
    }
}

/* Keeps x as number t of a row of STEPS. */
static void record(Tensor *all, int t, const Tensor *x)
{
    size_t n = tensor_size(x);
    if (t == 0)
        tensor_resize(all, (Shape){ 3, { STEPS, x->shape.dim[0], x->shape.dim[1] } });
    memcpy(all->data + (size_t)t * n, x->data, n * sizeof *x->data);
}

/* STEPS training steps, as gan_step has them, with the first one's gradients. */
static void gan_case(const char *name, Gan g, const Images *d, int batch)
{
    double loss[STEPS][3];
    int index[IMAGES];
    Tensor x = { 0 }, images = { 0 }, noise_d = { 0 }, noise_g = { 0 };
    Shuffle order = shuffle_new(d->n, random_stream(1, name, 0));
    put_network(name, "before", "G", g.generator, VALUES | STATES);
    put_network(name, "before", "D", g.discriminator, VALUES | STATES);
    for (int t = 0; t < STEPS; t++) {
        GanStep s;
        shuffle_next(&order, index, batch / 2);
        images_rows(d, index, 0, batch / 2, &x);
        record(&images, t, &x);
        if (t == 0) {
            network_forward(g.discriminator, &x, PROBE);
            put_activations(name, "real", "D", g.discriminator);
        }
        gan_noise(&g, batch / 2);
        record(&noise_d, t, &g.z);
        gan_discriminator_gradient(&g, &x, TRAIN, &s);
        if (t == 0) {
            put_activations(name, "fake", "D", g.discriminator);
            put_network(name, "grad", "D", g.discriminator, GRADIENTS);
        }
        optimizer_step(&g.discriminator_adam);
        gan_noise(&g, batch);
        record(&noise_g, t, &g.z);
        gan_generator_gradient(&g, TRAIN, &s);
        if (t == 0) {
            put_activations(name, "step", "G", g.generator);
            put_activations(name, "step", "D", g.discriminator);
            put_network(name, "grad", "G", g.generator, GRADIENTS);
        }
        optimizer_step(&g.generator_adam);
        if (t == 0) {
            put_network(name, "after", "G", g.generator, VALUES | STATES);
            put_network(name, "after", "D", g.discriminator, VALUES | STATES);
        }
        loss[t][0] = s.loss_real, loss[t][1] = s.loss_fake, loss[t][2] = s.loss_g;
    }
    put(name, "images", &images);
    put(name, "noise_d", &noise_d);
    put(name, "noise_g", &noise_g);
    put_numbers(name, "losses", 2, (int[]){ STEPS, 3 }, loss[0]);
    shuffle_free(&order);
    tensor_free(&x);
    tensor_free(&images);
    tensor_free(&noise_d);
    tensor_free(&noise_g);
    gan_free(&g);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        user_error("found %d arguments; expected the file to write", argc - 1);
    DcganOptions upsample = dcgan_options(DCGAN_UPSAMPLE), transpose = dcgan_options(DCGAN_TRANSPOSE);
    threads_set(1); /* the machine may have other work, and the bytes are the same */
    Images d = digits_new(IMAGES, 1);
    all_layers();
    loss_case("loss_as_real", loss_as_real);
    loss_case("loss_as_fake", loss_as_fake);
    loss_case("loss_saturating", loss_saturating);
    loss_case("loss_soft", soft);
    gan_case("S1", mlp_gan_new(images_pixels(&d), NORM_BOTH, 2e-4, 1), &d, 64);
    gan_case("S2a", dcgan_new(&upsample, 1), &d, 32);
    gan_case("S2b", dcgan_new(&transpose, 1), &d, 32);
    safetensors_write(&file, argv[1]);
    for (int i = 0; i < file.n; i++)
        memory_release(file.slot[i].data);
    safetensors_free(&file);
    images_free(&d);
    REQUIRE(memory_blocks() == 0, "%ld blocks left", memory_blocks());
    return 0;
}
