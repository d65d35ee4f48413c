/* The lists of names and shapes are those that Keras and PyTorch print for the
 * notebook's and the blog's models. PyTorch itself is not asked: its layers
 * are written out below as their documentation defines them, and run on the
 * exported files. */
#include "21_layout.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"
#include "09_network.h"
#include "13_inference.h"
#include "15_gan.h"
#include "17_mlp_gan.h"
#include "20_dcgan.h"
#include "21_safetensors.h"
#include "suite.h"

#include <string.h>
#include <unistd.h>

enum { MOST = 64 };

/* ---- networks with numbers of their own ---------------------------------------------------------- */

typedef struct {
    const char *name;
    bool mlp;
    DcganKind kind;
    Norm norm;
    bool bn_first;
} Model;

static Gan gan_of(Model m, uint64_t seed)
{
    if (m.mlp)
        return mlp_gan_new(784, m.norm, 2e-4, seed);
    DcganOptions o = dcgan_options(m.kind);
    o.norm = m.norm, o.bn_first = m.bn_first;
    return dcgan_new(&o, seed);
}

/* Every parameter and statistic another number, as after some training. */
static void fill(Network *n, uint64_t seed)
{
    Random r = random_stream(seed, "test", 0);
    for (int i = 0; i < n->n_layer; i++) {
        Layer *l = n->layer[i];
        for (int k = 0; k < l->n_param; k++) {
            Tensor *t = &l->param[k]->value;
            random_normal(&r, t->data, tensor_size(t));
            for (size_t j = 0; j < tensor_size(t); j++)
                t->data[j] *= (real)0.05;
        }
        if (!is_batchnorm(l))
            continue;
        for (size_t j = 0; j < tensor_size(&l->state[0]->value); j++) {
            l->param[0]->value.data[j] += 1;
            l->state[0]->value.data[j] = (real)(0.2 * random_one(&r) - 0.1);
            l->state[1]->value.data[j] = (real)(0.5 + random_one(&r));
        }
        *batchnorm_batches(l) = 1000 * (int64_t)seed + i;
    }
}

static bool same(const Network *a, const Network *b)
{
    bool same = true;
    for (int i = 0; i < a->n_layer; i++) {
        Layer *x = a->layer[i], *y = b->layer[i];
        for (int k = 0; k < x->n_param; k++)
            same &= memcmp(x->param[k]->value.data, y->param[k]->value.data, tensor_size(&x->param[k]->value) * sizeof(real)) ==
                    0;
        for (int k = 0; k < x->n_state; k++)
            same &= memcmp(x->state[k]->value.data, y->state[k]->value.data, tensor_size(&x->state[k]->value) * sizeof(real)) ==
                    0;
    }
    return same;
}

static char dir[32], path[64];

static void disk_begin(void)
{
    threads_set(1);
    strcpy(dir, "/tmp/gradus-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/file.safetensors", dir);
}

static void disk_end(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(dir), 0);
}

static Safetensors exported(Network *n, Layout layout, const char *prefix)
{
    Relayout r[MOST];
    layout_write(r, layout_of(n, layout, prefix, r, MOST), path);
    return safetensors_read(path);
}

/* ---- names and shapes ------------------------------------------------------------------------------- */

/* "0.weight 6272x100, 0.bias 6272, ..."; a counter has no shape. */
static const char *list_of(Network *n, Layout layout, const char *prefix)
{
    static char text[4000];
    Relayout r[MOST];
    int count = layout_of(n, layout, prefix, r, MOST), at = 0;
    for (int i = 0; i < count; i++) {
        Shape s = { r[i].rank, { 0 } };
        memcpy(s.dim, r[i].theirs, sizeof s.dim);
        at += snprintf(text + at, sizeof text - (size_t)at, "%s%s%s%s", i ? ", " : "", r[i].name, r[i].rank ? " " : "",
                       shape_text(s));
        ck_assert(r[i].counter == (r[i].rank == 0) && r[i].counter == (strstr(r[i].name, "num_batches_tracked") != NULL));
        ck_assert(r[i].not_negative == (strstr(r[i].name, "var") != NULL));
    }
    return text;
}

static void assert_list(Model m, bool generator, Layout layout, const char *prefix, const char *expected)
{
    Gan g = gan_of(m, 1);
    ck_assert_str_eq(list_of(generator ? g.generator : g.discriminator, layout, prefix), expected);
    gan_free(&g);
}

#define BN_KERAS(a, b, c, d, C)                                                                          \
#a ".BatchNorm.gamma " #C ", " #b ".BatchNorm.beta " #C ", " #c ".BatchNorm.moving_mean " #C ", " #d \
       ".BatchNorm.moving_variance " #C
#define BN_TORCH(i, C) \
#i ".weight " #C ", " #i ".bias " #C ", " #i ".running_mean " #C ", " #i ".running_var " #C ", " #i ".num_batches_tracked"

static const Model blog = { "mlp", true, 0, NORM_BOTH, false };
static const Model upsample = { "upsample", false, DCGAN_UPSAMPLE, NORM_GENERATOR, false };
static const Model transpose = { "transpose", false, DCGAN_TRANSPOSE, NORM_GENERATOR, false };
static const Model everywhere = { "upsample, bn both", false, DCGAN_UPSAMPLE, NORM_BOTH, false };
static const Model bn_first = { "transpose, bn both, first", false, DCGAN_TRANSPOSE, NORM_BOTH, true };
static const Model nowhere = { "upsample, no bn", false, DCGAN_UPSAMPLE, NORM_NONE, false };
static const Model crop_nowhere = { "transpose, no bn", false, DCGAN_TRANSPOSE, NORM_NONE, false };
static const Model bare_blog = { "mlp, no bn", true, 0, NORM_NONE, false };

START_TEST(keras_lists_its_weights_so)
{
    assert_list(
        upsample, true, LAYOUT_KERAS, "",
        "00.Dense.kernel 100x6272, 01.Dense.bias 6272, " BN_KERAS(
            02, 03, 04, 05,
            128) ", 06.UpsampleConv.kernel 5x5x128x64, 07.UpsampleConv.bias 64, " BN_KERAS(08, 09, 10, 11,
                                                                                           64) ", 12.UpsampleConv.kernel 5x5x64x1, 13.UpsampleConv.bias 1");
    assert_list(
        transpose, true, LAYOUT_KERAS, "",
        "00.Dense.kernel 100x6272, 01.Dense.bias 6272, " BN_KERAS(02, 03, 04, 05, 128) ", 06.TransposedConv.kernel 5x5x64x128, 07.TransposedConv.bias 64, " BN_KERAS(
            08, 09, 10, 11, 64) ", 12.TransposedConv.kernel 5x5x1x64, 13.TransposedConv.bias 1");
    assert_list(upsample, false, LAYOUT_KERAS, "",
                "00.Conv.kernel 5x5x1x64, 01.Conv.bias 64, 02.Conv.kernel 5x5x64x128, 03.Conv.bias 128, "
                "04.Dense.kernel 6272x1, 05.Dense.bias 1");
    assert_list(everywhere, false, LAYOUT_KERAS, "",
                "00.Conv.kernel 5x5x1x64, 01.Conv.bias 64, 02.Conv.kernel 5x5x64x128, 03.Conv.bias 128, " BN_KERAS(
                    04, 05, 06, 07, 128) ", 08.Dense.kernel 6272x1, 09.Dense.bias 1");
}
END_TEST

START_TEST(pytorch_lists_the_blog_s_weights_so)
{
#define N "network."
#define BLOG_BN(i, C)                                                                                             \
    N #i ".weight " #C ", " N #i ".bias " #C ", " N #i ".running_mean " #C ", " N #i ".running_var " #C ", " N #i \
         ".num_batches_tracked"
    assert_list(blog, true, LAYOUT_PYTORCH, N,
                N "0.weight 128x100, " N
                  "0.bias 128, " BLOG_BN(1, 128) ", " N "3.weight 256x128, " N
                                                 "3.bias 256, " BLOG_BN(4, 256) ", " N "6.weight 784x256, " N "6.bias 784");
    assert_list(blog, false, LAYOUT_PYTORCH, N,
                N "0.weight 256x784, " N
                  "0.bias 256, " BLOG_BN(1, 256) ", " N "3.weight 128x256, " N
                                                 "3.bias 128, " BLOG_BN(4, 128) ", " N "6.weight 1x128, " N "6.bias 1");
    assert_list(bare_blog, true, LAYOUT_PYTORCH, "",
                "0.weight 128x100, 0.bias 128, 2.weight 256x128, 2.bias 256, 4.weight 784x256, 4.bias 784");
}
END_TEST

START_TEST(pytorch_lists_the_notebook_s_weights_so)
{
    assert_list(upsample, true, LAYOUT_PYTORCH, "",
                "0.weight 6272x100, 0.bias 6272, " BN_TORCH(3, 128) ", 5.weight 64x128x5x5, 5.bias 64, " BN_TORCH(
                    7, 64) ", 9.weight 1x64x5x5, 9.bias 1");
    assert_list(transpose, true, LAYOUT_PYTORCH, "",
                "0.weight 6272x100, 0.bias 6272, " BN_TORCH(3, 128) ", 4.weight 128x64x5x5, 4.bias 64, " BN_TORCH(
                    7, 64) ", 8.weight 64x1x5x5, 8.bias 1");
    assert_list(upsample, false, LAYOUT_PYTORCH, "",
                "2.weight 64x1x5x5, 2.bias 64, 5.weight 128x64x5x5, 5.bias 128, 8.weight 1x6272, 8.bias 1");
}
END_TEST

START_TEST(where_batch_norm_stands_moves_the_numbers)
{
    assert_list(
        everywhere, false, LAYOUT_PYTORCH, "",
        "2.weight 64x1x5x5, 2.bias 64, 5.weight 128x64x5x5, 5.bias 128, " BN_TORCH(7, 128) ", 9.weight 1x6272, 9.bias 1");
    assert_list(
        bn_first, false, LAYOUT_PYTORCH, "",
        "2.weight 64x1x5x5, 2.bias 64, 5.weight 128x64x5x5, 5.bias 128, " BN_TORCH(6, 128) ", 9.weight 1x6272, 9.bias 1");
    assert_list(bn_first, true, LAYOUT_PYTORCH, "",
                "0.weight 6272x100, 0.bias 6272, " BN_TORCH(2, 128) ", 4.weight 128x64x5x5, 4.bias 64, " BN_TORCH(
                    6, 64) ", 8.weight 64x1x5x5, 8.bias 1");
    assert_list(nowhere, true, LAYOUT_PYTORCH, "",
                "0.weight 6272x100, 0.bias 6272, 4.weight 64x128x5x5, 4.bias 64, 7.weight 1x64x5x5, 7.bias 1");
    assert_list(crop_nowhere, true, LAYOUT_PYTORCH, "",
                "0.weight 6272x100, 0.bias 6272, 3.weight 128x64x5x5, 3.bias 64, 6.weight 64x1x5x5, 6.bias 1");
}
END_TEST

START_TEST(too_little_room_aborts)
{
    Relayout r[3];
    Gan g = gan_of(blog, 1);
    layout_of(g.generator, LAYOUT_PYTORCH, "", r, 3);
}
END_TEST

/* ---- where single numbers go ------------------------------------------------------------------------- */

/* Each parameter holds 0, 1, 2, ...: a number tells its own place. */
static void number(Network *n)
{
    for (int k = 0; k < n->base.n_param; k++)
        for (size_t i = 0; i < tensor_size(&n->base.param[k]->value); i++)
            n->base.param[k]->value.data[i] = (real)i;
}

static const real *numbers(const Safetensors *s, const char *name)
{
    const Slot *t = safetensors_find(s, name);
    ck_assert_msg(t != NULL, "no %s", name);
    return t->data;
}

/* Theirs (out, in, 5, 5) at (o, i, a, b) is ours (5, 5, in, out); transposed (in, out, 5, 5) and (5, 5, out, in):
 * the same with the two channels' names exchanged. */
static void assert_kernel(const real *w, int out, int in)
{
    for (int o = 0; o < out; o++)
        for (int i = 0; i < in; i++)
            for (int a = 0; a < 5; a++)
                for (int b = 0; b < 5; b++)
                    ck_assert_int_eq((long)w[((o * in + i) * 5 + a) * 5 + b], ((a * 5 + b) * in + i) * out + o);
}

START_TEST(numbers_of_the_generators_go_where_pytorch_has_them)
{
    disk_begin();
    for (int kind = 0; kind < 2; kind++) {
        Gan g = gan_of(kind ? transpose : upsample, 1);
        number(g.generator);
        Safetensors s = exported(g.generator, LAYOUT_PYTORCH, "");
        const real *w = numbers(&s, "0.weight"), *b = numbers(&s, "0.bias");
        /* row c 49 + h 7 + w of theirs is column h 7 128 + w 128 + c of ours; by hand: c 1, h 0, w 0; c 0, h 0, w 1; c 2, h 3, w 4 */
        ck_assert_int_eq((long)w[49 * 100], 1);
        ck_assert_int_eq((long)w[1 * 100 + 7], 7 * 6272 + 128);
        ck_assert_int_eq((long)w[(98 + 25) * 100 + 99], 99 * 6272 + 25 * 128 + 2);
        ck_assert_int_eq((long)b[98 + 25], 25 * 128 + 2);
        for (int c = 0; c < 128; c++)
            for (int p = 0; p < 49; p++) {
                ck_assert_int_eq((long)b[c * 49 + p], p * 128 + c);
                for (int z = 0; z < 100; z += 33)
                    ck_assert_int_eq((long)w[(c * 49 + p) * 100 + z], z * 6272 + p * 128 + c);
            }
        assert_kernel(numbers(&s, kind ? "4.weight" : "5.weight"), kind ? 128 : 64, kind ? 64 : 128);
        assert_kernel(numbers(&s, kind ? "8.weight" : "9.weight"), kind ? 64 : 1, kind ? 1 : 64);
        safetensors_free(&s);
        gan_free(&g);
    }
    disk_end();
}
END_TEST

START_TEST(numbers_of_the_discriminator_go_where_pytorch_has_them)
{
    disk_begin();
    Gan g = gan_of(upsample, 1);
    number(g.discriminator);
    Safetensors s = exported(g.discriminator, LAYOUT_PYTORCH, "");
    assert_kernel(numbers(&s, "2.weight"), 64, 1);
    assert_kernel(numbers(&s, "5.weight"), 128, 64);
    const real *w = numbers(&s, "8.weight");
    for (int c = 0; c < 128; c++)
        for (int p = 0; p < 49; p++)
            ck_assert_int_eq((long)w[c * 49 + p], p * 128 + c);
    safetensors_free(&s);
    gan_free(&g);
    disk_end();
}
END_TEST

START_TEST(dense_weights_of_the_blog_are_transposed)
{
    disk_begin();
    Gan g = gan_of(blog, 1);
    number(g.generator);
    Safetensors s = exported(g.generator, LAYOUT_PYTORCH, "network.");
    const real *w = numbers(&s, "network.0.weight");
    ck_assert_int_eq((long)w[1], 128); /* (out 0, in 1) */
    ck_assert_int_eq((long)w[100], 1); /* (out 1, in 0) */
    for (int o = 0; o < 128; o++)
        for (int i = 0; i < 100; i++)
            ck_assert_int_eq((long)w[o * 100 + i], i * 128 + o);
    ck_assert_int_eq((long)numbers(&s, "network.6.bias")[783], 783);
    safetensors_free(&s);
    gan_free(&g);
    disk_end();
}
END_TEST

START_TEST(keras_has_every_number_where_it_is_here)
{
    disk_begin();
    Gan g = gan_of(transpose, 1);
    fill(g.generator, 1);
    Safetensors s = exported(g.generator, LAYOUT_KERAS, "");
    int next = 0;
    for (int i = 0; i < g.generator->n_layer; i++) {
        Layer *l = g.generator->layer[i];
        for (int k = 0; k < l->n_param + l->n_state; k++) {
            const Tensor *t = k < l->n_param ? &l->param[k]->value : &l->state[k - l->n_param]->value;
            ck_assert_int_eq(s.slot[next].rank, t->shape.rank);
            ck_assert_mem_eq(s.slot[next++].data, t->data, tensor_size(t) * sizeof(real));
        }
    }
    ck_assert_int_eq(next, s.n);
    safetensors_free(&s);
    gan_free(&g);
    disk_end();
}
END_TEST

/* ---- PyTorch's layers by their definitions: maps of channels x side x side ----------------------------- */

enum { ROOM = 64 * 28 * 28 };

static double leaky(double a) { return a > 0 ? a : 0.2 * a; }

static void linear(double *y, const double *x, const Safetensors *s, const char *weight, const char *bias, int in, int out)
{
    const real *w = numbers(s, weight), *b = numbers(s, bias);
    for (int o = 0; o < out; o++) {
        y[o] = (double)b[o];
        for (int i = 0; i < in; i++)
            y[o] += (double)w[o * in + i] * x[i];
    }
}

static void batch_norm_2d(double *x, const Safetensors *s, const char *index, int C, int pixels)
{
    static const char *const label[] = { "weight", "bias", "running_mean", "running_var" };
    const real *v[4];
    for (int k = 0; k < 4; k++) {
        char name[40];
        snprintf(name, sizeof name, "%s.%s", index, label[k]);
        v[k] = numbers(s, name);
    }
    for (int i = 0; i < C * pixels; i++) {
        int c = i / pixels;
        x[i] = (double)v[0][c] * (x[i] - (double)v[2][c]) / sqrt((double)v[3][c] + 1e-3) + (double)v[1][c];
    }
}

/* y[o][i][j] = b[o] + sum x[c][i S + a - pad][j S + b - pad] w[o][c][a][b]: `pad` rows of zeros before, enough behind. */
static void conv_2d(double *y, const double *x, const real *w, const real *b, int C, int side, int O, int S, int pad)
{
    int out = side / S;
    for (int k = 0; k < O * out * out; k++) {
        int o = k / (out * out), i = k / out % out, j = k % out;
        double sum = (double)b[o];
        for (int t = 0; t < 25; t++) {
            int row = i * S + t / 5 - pad, column = j * S + t % 5 - pad;
            if (row >= 0 && row < side && column >= 0 && column < side)
                for (int c = 0; c < C; c++)
                    sum += x[(c * side + row) * side + column] * (double)w[(o * C + c) * 25 + t];
        }
        y[k] = sum;
    }
}

static void upsample_nearest(double *y, const double *x, int C, int side)
{
    for (int k = 0; k < C * 4 * side * side; k++) {
        int c = k / (4 * side * side), i = k / (2 * side) % (2 * side), j = k % (2 * side);
        y[k] = x[(c * side + i / 2) * side + j / 2];
    }
}

/* ConvTranspose2d(C, O, 5, stride 2), then ZeroPad2d((-1, -2, -1, -2)): pixel (i, j) paints 5 x 5 from (2 i, 2 j) on, and the
 * first row and column and the last two are cut off. */
static void conv_transpose_2d(double *y, const double *x, const real *w, const real *b, int C, int side, int O)
{
    int out = 2 * side;
    for (int k = 0; k < O * out * out; k++)
        y[k] = (double)b[k / (out * out)];
    for (int k = 0; k < C * side * side; k++)
        for (int o = 0; o < O; o++)
            for (int t = 0; t < 25; t++) {
                int c = k / (side * side), row = 2 * (k / side % side) + t / 5 - 1, column = 2 * (k % side) + t % 5 - 1;
                if (row >= 0 && row < out && column >= 0 && column < out)
                    y[(o * out + row) * out + column] += x[k] * (double)w[(c * O + o) * 25 + t];
            }
}

/* The layers that get a generator's map from one side to twice that. */
static void step_up(double *y, const double *x, const Safetensors *s, bool painted, int layer, int C, int side, int O)
{
    static double wide[ROOM];
    char weight[40], bias[40];
    snprintf(weight, sizeof weight, "%d.weight", layer), snprintf(bias, sizeof bias, "%d.bias", layer);
    if (painted) {
        conv_transpose_2d(y, x, numbers(s, weight), numbers(s, bias), C, side, O);
        return;
    }
    upsample_nearest(wide, x, C, side);
    conv_2d(y, wide, numbers(s, weight), numbers(s, bias), C, 2 * side, O, 1, 2);
}

static void pytorch_generator(double *y, const Safetensors *s, bool painted, const double *z)
{
    static double a[ROOM], b[ROOM];
    linear(a, z, s, "0.weight", "0.bias", 100, 6272);
    for (int i = 0; i < 6272; i++)
        a[i] = leaky(a[i]);
    batch_norm_2d(a, s, "3", 128, 49);
    step_up(b, a, s, painted, painted ? 4 : 5, 128, 7, 64);
    for (int i = 0; i < 64 * 196; i++)
        b[i] = leaky(b[i]);
    batch_norm_2d(b, s, "7", 64, 196);
    step_up(y, b, s, painted, painted ? 8 : 9, 64, 14, 1);
    for (int i = 0; i < 784; i++)
        y[i] = tanh(y[i]);
}

static double pytorch_discriminator(const Safetensors *s, bool norm, const double *x)
{
    static double a[ROOM], b[ROOM], y[1];
    conv_2d(a, x, numbers(s, "2.weight"), numbers(s, "2.bias"), 1, 28, 64, 2, 1);
    for (int i = 0; i < 64 * 196; i++)
        a[i] = leaky(a[i]);
    conv_2d(b, a, numbers(s, "5.weight"), numbers(s, "5.bias"), 64, 14, 128, 2, 1);
    for (int i = 0; i < 6272; i++)
        b[i] = leaky(b[i]);
    if (norm)
        batch_norm_2d(b, s, "7", 128, 49);
    linear(y, b, s, norm ? "9.weight" : "8.weight", norm ? "9.bias" : "8.bias", 6272, 1);
    return y[0];
}

/* The two networks here against the exported files there. */
static void assert_the_same_in_pytorch(Model m)
{
    static double z[100], image[784], fake[784];
    if (SANITIZED && !long_tests())
        SKIP("long under the sanitizers: see make test-long");
    disk_begin();
    Gan g = gan_of(m, 1);
    fill(g.generator, 2), fill(g.discriminator, 3);
    Random r = random_stream(4, "test", 0);
    Tensor noise = tensor_new((Shape){ 2, { 1, 100 } }), x = tensor_new((Shape){ 2, { 1, 784 } });
    random_normal(&r, noise.data, 100), random_normal(&r, x.data, 784);
    for (int i = 0; i < 784; i++)
        z[i % 100] = (double)noise.data[i % 100], image[i] = (double)x.data[i];
    Safetensors G = exported(g.generator, LAYOUT_PYTORCH, "");
    pytorch_generator(fake, &G, m.kind == DCGAN_TRANSPOSE, z);
    assert_all_close(network_forward(g.generator, &noise, EVAL)->data, fake, 784, TOLERANCE(2e-5, 1e-12));
    double low = 1, high = -1;
    for (int i = 0; i < 784; i++)
        low = fmin(low, fake[i]), high = fmax(high, fake[i]);
    ck_assert(low < -0.1 && high > 0.1 && low > -1 && high < 1); /* neither grey nor saturated */
    Safetensors D = exported(g.discriminator, LAYOUT_PYTORCH, "");
    assert_close(network_forward(g.discriminator, &x, EVAL)->data[0],
                 pytorch_discriminator(&D, m.norm & NORM_DISCRIMINATOR, image), TOLERANCE(2e-4, 1e-11));
    safetensors_free(&G), safetensors_free(&D);
    tensor_free(&noise), tensor_free(&x);
    gan_free(&g);
    disk_end();
}

START_TEST(pytorch_draws_the_same_by_upsampling) { assert_the_same_in_pytorch(everywhere); }
END_TEST
START_TEST(pytorch_draws_the_same_by_transposed_convolution) { assert_the_same_in_pytorch(transpose); }
END_TEST

/* ---- there and back --------------------------------------------------------------------------------------- */

static void assert_there_and_back(Network *from, Network *to, Layout layout, const char *name)
{
    Relayout r[MOST];
    Safetensors s = exported(from, layout, "x.");
    ck_assert_msg(!same(from, to), "%s: the same before", name);
    const char *why = layout_read(r, layout_of(to, layout, "x.", r, MOST), &s);
    ck_assert_msg(why == NULL, "%s: %s", name, why);
    ck_assert_msg(same(from, to), "%s: another network", name);
    for (int i = 0; i < from->n_layer; i++)
        if (is_batchnorm(from->layer[i]))
            ck_assert((*batchnorm_batches(from->layer[i]) == *batchnorm_batches(to->layer[i])) == (layout == LAYOUT_PYTORCH));
    safetensors_free(&s);
}

START_TEST(what_was_exported_is_imported)
{
    const Model models[] = { blog, bare_blog, upsample, transpose, everywhere, bn_first, nowhere };
    disk_begin();
    long blocks = memory_blocks();
    for (size_t k = 0; k < sizeof models / sizeof *models; k++)
        for (int layout = LAYOUT_PYTORCH; layout <= LAYOUT_KERAS; layout++) {
            Gan a = gan_of(models[k], 1), b = gan_of(models[k], 2);
            fill(a.generator, 3), fill(a.discriminator, 4);
            assert_there_and_back(a.generator, b.generator, (Layout)layout, models[k].name);
            assert_there_and_back(a.discriminator, b.discriminator, (Layout)layout, models[k].name);
            gan_free(&a), gan_free(&b);
        }
    ck_assert_int_eq(memory_blocks(), blocks);
    disk_end();
}
END_TEST

/* Written twice, through a network between: the same file. */
START_TEST(exporting_again_gives_the_same_bytes)
{
    disk_begin();
    Relayout r[MOST];
    Gan a = gan_of(upsample, 1), b = gan_of(upsample, 2);
    Safetensors first = exported(a.generator, LAYOUT_PYTORCH, "");
    ck_assert_ptr_null(layout_read(r, layout_of(b.generator, LAYOUT_PYTORCH, "", r, MOST), &first));
    Safetensors again = exported(b.generator, LAYOUT_PYTORCH, "");
    ck_assert_int_eq(first.n, again.n);
    for (int i = 0; i < first.n; i++) {
        size_t bytes = first.slot[i].rank ? sizeof(real) : 8;
        for (int k = 0; k < first.slot[i].rank; k++)
            bytes *= (size_t)first.slot[i].dim[k];
        ck_assert_mem_eq(first.slot[i].data, again.slot[i].data, bytes);
    }
    safetensors_free(&first), safetensors_free(&again);
    gan_free(&a), gan_free(&b);
    disk_end();
}
END_TEST

/* ---- files of another network ------------------------------------------------------------------------------ */

static void assert_not_imported(const Safetensors *s, Network *to, Layout layout, const char *words)
{
    Relayout r[MOST];
    Gan before = gan_of(upsample, 7);
    long blocks = memory_blocks();
    const char *why = layout_read(r, layout_of(to, layout, "", r, MOST), s);
    ck_assert_msg(why && strstr(why, words), "no '%s' in '%s'", words, why ? why : "");
    ck_assert(same(to, before.generator));
    ck_assert_int_eq(memory_blocks(), blocks);
    gan_free(&before);
}

START_TEST(another_network_s_file_is_refused_and_nothing_touched)
{
    disk_begin();
    Gan to = gan_of(upsample, 7), other = gan_of(transpose, 1), plain = gan_of(nowhere, 1);
    const struct {
        Network *from;
        Layout written, read;
        const char *words;
    } cases[] = { { other.generator, LAYOUT_PYTORCH, LAYOUT_PYTORCH, "'4.weight', which does not belong" },
                  { other.generator, LAYOUT_KERAS, LAYOUT_KERAS, "TransposedConv.kernel', which does not belong" },
                  { to.generator, LAYOUT_KERAS, LAYOUT_PYTORCH, "does not belong" },
                  { to.generator, LAYOUT_PYTORCH, LAYOUT_KERAS, "does not belong" },
                  { to.discriminator, LAYOUT_PYTORCH, LAYOUT_PYTORCH, "does not belong" },
                  { plain.generator, LAYOUT_PYTORCH, LAYOUT_PYTORCH, "does not belong" } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Safetensors s = exported(cases[k].from, cases[k].written, "");
        assert_not_imported(&s, to.generator, cases[k].read, cases[k].words);
        safetensors_free(&s);
    }
    gan_free(&to), gan_free(&other), gan_free(&plain);
    disk_end();
}
END_TEST

START_TEST(one_wrong_number_is_refused_and_nothing_touched)
{
    disk_begin();
    Gan to = gan_of(upsample, 7);
    const struct {
        const char *name;
        int element;
        double value;
        const char *words;
    } cases[] = { { "9.bias", 0, NAN, "'9.bias': element 0 is NaN" },
                  { "0.weight", 627199, INFINITY, "'0.weight': element 627199" },
                  { "7.running_var", 63, -1, "'7.running_var': element 63 is -1" } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Safetensors s = exported(to.generator, LAYOUT_PYTORCH, "");
        ((real *)safetensors_find(&s, cases[k].name)->data)[cases[k].element] = (real)cases[k].value;
        assert_not_imported(&s, to.generator, LAYOUT_PYTORCH, cases[k].words);
        safetensors_free(&s);
    }
    gan_free(&to);
    disk_end();
}
END_TEST

SUITE("21 layout", RUNS(keras_lists_its_weights_so), RUNS(pytorch_lists_the_blog_s_weights_so),
      RUNS(pytorch_lists_the_notebook_s_weights_so), RUNS(where_batch_norm_stands_moves_the_numbers),
      ABORTS(too_little_room_aborts), RUNS(numbers_of_the_generators_go_where_pytorch_has_them),
      RUNS(numbers_of_the_discriminator_go_where_pytorch_has_them), RUNS(dense_weights_of_the_blog_are_transposed),
      RUNS(keras_has_every_number_where_it_is_here), RUNS(pytorch_draws_the_same_by_upsampling),
      RUNS(pytorch_draws_the_same_by_transposed_convolution), RUNS(what_was_exported_is_imported),
      RUNS(exporting_again_gives_the_same_bytes), RUNS(another_network_s_file_is_refused_and_nothing_touched),
      RUNS(one_wrong_number_is_refused_and_nothing_touched))
