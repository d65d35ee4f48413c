/* GANs on images: the blog's, and the notebook's first, with batch norm here or there, and with batches put together in
 * other ways. How far what they draw is from the data is
 * measured forty times in a run, all else twice. */
#include "verdict.h"

#include "00_error.h"
#include "01_memory.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "10_data.h"
#include "10_load.h"
#include "13_inference.h"
#include "15_gan.h"
#include "16_modes.h"
#include "17_mlp_gan.h"
#include "17_training.h"
#include "20_dcgan.h"
#include "22_cached.h"
#include "22_features.h"
#include "22_frechet.h"
#include "22_metrics.h"
#include "22_neighbours.h"

#include <string.h>

enum { BATCH = 256, LOOKS = 40, MOST = 2000, SMOKE_MOST = 200, DRAWN = 500, NEIGHBOURS = 3, AGAIN = 100 };

/* ---- what samples are held against --------------------------------------------------------------------- */

typedef struct {
    FeatureNet net;
    int n, pixels, classes;
    Tensor features; /* of n test images */
    Gaussian gaussian;
    double *mean; /* of each pixel of the training images; NaN where it is not the same in all */
} Judge;

/* The level of each pixel that is the same in every image. */
static double *constant_pixels(const Images *d)
{
    int pixels = images_pixels(d);
    double *level = memory_get((size_t)pixels * sizeof *level);
    for (int k = 0; k < pixels; k++) {
        level[k] = d->pixel[k] / 127.5 - 1;
        for (int i = 1; i < d->n; i++)
            if (d->pixel[(size_t)i * (size_t)pixels + (size_t)k] != d->pixel[k])
                level[k] = NAN;
    }
    return level;
}

static Judge judge_new(const Run *r, const Images *training, const Images *test)
{
    int most = r->scale == SMOKE ? SMOKE_MOST : MOST;
    Judge j = { .n = test->n < most ? test->n : most, .pixels = images_pixels(training), .classes = training->classes };
    j.net = feature_net_cached(r->kept, training, r->scale == SMOKE ? 1 : FEATURE_EPOCHS, 1);
    Tensor x = { 0 };
    images_rows(test, NULL, 0, j.n, &x);
    features_of(&j.net, &x, &j.features, NULL);
    j.gaussian = gaussian_of(&j.features);
    j.mean = constant_pixels(training);
    tensor_free(&x);
    return j;
}

static void judge_free(Judge *j)
{
    feature_net_free(&j->net);
    tensor_free(&j->features);
    gaussian_free(&j->gaussian);
    memory_release(j->mean);
}

/* As many samples as there are test images, a part at a time, from the same noise whenever it is asked. */
static void draw(Tensor *x, Gan *g, const Judge *j, long seed, Mode mode)
{
    Random r = random_stream((uint64_t)seed, "judged noise", 0);
    Tensor z = { 0 };
    tensor_resize(x, (Shape){ 2, { j->n, j->pixels } });
    for (int first = 0; first < j->n; first += DRAWN) {
        int n = j->n - first < DRAWN ? j->n - first : DRAWN;
        tensor_resize(&z, (Shape){ 2, { n, g->noise_size } });
        random_normal(&r, z.data, tensor_size(&z));
        const Tensor *y = gan_sample(g, &z, mode);
        memcpy(x->data + (size_t)first * (size_t)j->pixels, y->data, tensor_size(y) * sizeof *y->data);
    }
    tensor_free(&z);
}

static double frechet_of(Judge *j, const Tensor *x)
{
    Tensor features = { 0 };
    features_of(&j->net, x, &features, NULL);
    Gaussian g = gaussian_of(&features);
    double distance = frechet_distance(&j->gaussian, &g);
    gaussian_free(&g);
    tensor_free(&features);
    return distance;
}

/* The mean error of the samples' mean, over pixels that are the same in all training images. */
static double constant_error(const Judge *j, const Tensor *x)
{
    double error = 0;
    int constant = 0;
    for (int k = 0; k < j->pixels; k++) {
        double mean = 0;
        for (int i = 0; i < j->n; i++)
            mean += (double)x->data[(size_t)i * (size_t)j->pixels + (size_t)k] / j->n;
        if (!isnan(j->mean[k]))
            constant++, error += fabs(mean - j->mean[k]);
    }
    return error / constant;
}

/* ---- statistics estimated anew ------------------------------------------------------------------------------ */

/* The Frechet distance in EVAL after AGAIN batches more, with weights that stand still; the running statistics are as
 * before when it returns. */
static double frechet_anew(Judge *j, Gan *g, long seed)
{
    Layer *l = &g->generator->base;
    Tensor *saved = memory_get((size_t)l->n_state * sizeof *saved), z = tensor_new((Shape){ 2, { BATCH, g->noise_size } }),
           x = { 0 };
    Random r = random_stream((uint64_t)seed, "anew", 0);
    for (int k = 0; k < l->n_state; k++) {
        saved[k] = (Tensor){ 0 };
        tensor_copy(&saved[k], &l->state[k]->value);
    }
    for (int k = 0; k < AGAIN; k++) {
        random_normal(&r, z.data, tensor_size(&z));
        gan_sample(g, &z, TRAIN);
    }
    draw(&x, g, j, seed, EVAL);
    for (int k = 0; k < l->n_state; k++) {
        tensor_copy(&l->state[k]->value, &saved[k]);
        tensor_free(&saved[k]);
    }
    double distance = frechet_of(j, &x);
    memory_release(saved);
    tensor_free(&z), tensor_free(&x);
    return distance;
}

/* ---- the arms --------------------------------------------------------------------------------------------------- */

/* Arms that put their batches together in other ways; all have batch norm in both. */
static bool other_batches(const Run *r) { return arm_is(r, "mixed") || arm_is(r, "together") || arm_is(r, "judged"); }

/* "slow" has batch norm in G, with a tenth of the momentum. */
static Norm norm_of_arm(const Run *r)
{
    if (other_batches(r))
        return NORM_BOTH;
    return arm_is(r, "slow") ? NORM_GENERATOR : norm_of_name(r->arm);
}

static Gan gan_of_arm(const Run *r, int pixels)
{
    uint64_t seed = (uint64_t)r->seed;
    Norm norm = norm_of_arm(r);
    if (strncmp(r->study->name, "dcgan", 5) == 0) {
        DcganOptions o = dcgan_options(DCGAN_UPSAMPLE);
        o.norm = norm, o.rate = r->setting;
        return dcgan_new(&o, seed);
    }
    if (!arm_is(r, "slow"))
        return mlp_gan_new(pixels, norm, r->setting, seed);
    Random of_g = random_stream(seed, "generator weights", 0), of_d = random_stream(seed, "discriminator weights", 0);
    BatchNormOptions slow = batchnorm_pytorch();
    slow.momentum /= 10;
    return gan_new(mlp_generator(MLP_NOISE, MLP_HIDDEN, pixels, true, slow, &of_g),
                   mlp_discriminator(pixels, MLP_HIDDEN, false, slow, &of_d), MLP_NOISE, adam_pytorch(r->setting, 0.5), seed);
}

/* D's logits on real and fake images in one batch: its batch norm sees the mean of both. The first N are real; where
 * there are fewer than fakes, they come again, so that there are as many. */
static const Tensor *forward_mixed(Gan *g, const Tensor *real_images, const Tensor *fake, Tensor *both)
{
    int N = shape_rows(fake->shape), pixels = shape_columns(fake->shape);
    size_t half = tensor_size(fake), of_real = tensor_size(real_images);
    tensor_resize(both, (Shape){ 2, { 2 * N, pixels } });
    for (size_t at = 0; at < half; at += of_real)
        memcpy(both->data + at, real_images->data, of_real * sizeof *both->data);
    memcpy(both->data + half, fake->data, half * sizeof *both->data);
    const Tensor *a = network_forward(g->discriminator, both, TRAIN);
    tensor_resize(&g->da, a->shape);
    return a;
}

static void mixed_gradient(Gan *g, const Tensor *real_images, Tensor *both, GanStep *s)
{
    int N = shape_rows(real_images->shape);
    const Tensor *a = forward_mixed(g, real_images, gan_sample(g, &g->z, TRAIN), both);
    s->loss_real = loss_as_real(a->data, N, g->da.data);
    s->loss_fake = loss_as_fake(a->data + N, N, g->da.data + N);
    network_backward(g->discriminator, &g->da, NULL, WITH_PARAM);
}

/* G's step likewise, with as many real images beside its own. */
static void together_gradient(Gan *g, const Tensor *real_images, Tensor *both, GanStep *s)
{
    const Tensor *fake = gan_sample(g, &g->z, TRAIN), *a = forward_mixed(g, real_images, fake, both);
    int N = shape_rows(fake->shape);
    size_t half = tensor_size(fake);
    Tensor dboth = { 0 };
    tensor_fill(&g->da, 0);
    s->loss_g = gan_generator_loss(g)(a->data + N, N, g->da.data + N);
    network_backward(g->discriminator, &g->da, &dboth, WITHOUT_PARAM);
    tensor_resize(&g->dfake, fake->shape);
    memcpy(g->dfake.data, dboth.data + half, half * sizeof *dboth.data);
    network_backward(g->generator, &g->dfake, NULL, WITH_PARAM);
    tensor_free(&dboth);
}

/* G's step through a D that takes its running statistics, as who freezes D by setting it to evaluation would have it. */
static void judged_gradient(Gan *g, GanStep *s)
{
    const Tensor *fake = gan_sample(g, &g->z, TRAIN), *a = network_forward(g->discriminator, fake, EVAL);
    tensor_resize(&g->da, a->shape);
    s->loss_g = gan_generator_loss(g)(a->data, shape_rows(a->shape), g->da.data);
    network_backward(g->discriminator, &g->da, &g->dfake, WITHOUT_PARAM);
    network_backward(g->generator, &g->dfake, NULL, WITH_PARAM);
}

static GanStep other_step(const Run *r, GanTraining *t, Tensor *both)
{
    GanStep s = { 0 };
    Gan *g = t->gan;
    shuffle_next(&t->shuffle, t->index, BATCH / 2);
    images_rows(t->data, t->index, 0, BATCH / 2, &t->x);
    gan_noise(g, BATCH / 2);
    if (arm_is(r, "mixed") || arm_is(r, "together"))
        mixed_gradient(g, &t->x, both, &s);
    else
        gan_discriminator_gradient(g, &t->x, TRAIN, &s);
    optimizer_step(&g->discriminator_adam);
    gan_noise(g, BATCH);
    if (arm_is(r, "judged"))
        judged_gradient(g, &s);
    else if (arm_is(r, "together"))
        together_gradient(g, &t->x, both, &s);
    else
        gan_generator_gradient(g, TRAIN, &s);
    optimizer_step(&g->generator_adam);
    return s;
}

/* ---- a run ---------------------------------------------------------------------------------------------------------- */

enum { FRECHET, FRECHET_TRAIN, FRECHET_ANEW, SCORE, RECALL, CLASSES, CONSTANT, SWING, LOSS_D, LOSS_G, DIVERGED, MEASURES };

/* Both losses of every step so far. */
typedef struct {
    double *d, *g;
} Losses;

/* What the classifier says of samples: their score, how much of the data they reach, how many classes they have. */
static void look_at_classes(double *m, Judge *j, const Tensor *x)
{
    double share[256];
    Tensor features = { 0 }, p = { 0 };
    uint8_t *label = memory_get((size_t)j->n);
    features_of(&j->net, x, &features, &p);
    likeliest_classes(label, &p);
    m[SCORE] = class_score(&p);
    m[RECALL] = precision_recall(&j->features, &features, NEIGHBOURS).recall;
    m[CLASSES] = classes_covered(label, j->n, j->classes, share);
    memory_release(label);
    tensor_free(&features), tensor_free(&p);
}

/* D's swings over the last half of the steps so far, and both losses over the last tenth. */
static void look_at_losses(double *m, const Losses *loss, long step)
{
    long tail = (step + 9) / 10;
    m[SWING] = deviation_of(loss->d + step / 2, step - step / 2);
    m[LOSS_D] = m[LOSS_G] = 0;
    for (long k = step - tail; k < step; k++)
        m[LOSS_D] += loss->d[k] / (double)tail, m[LOSS_G] += loss->g[k] / (double)tail;
}

/* A row: the distance in evaluation mode, and where the whole is wanted, all else. */
static void look(const Run *r, Gan *g, Judge *j, const Losses *loss, long step, bool whole)
{
    double m[MEASURES];
    Tensor x = { 0 };
    for (int k = 0; k < MEASURES; k++)
        m[k] = NAN;
    draw(&x, g, j, r->seed, EVAL);
    m[DIVERGED] = 0;
    m[FRECHET] = frechet_of(j, &x);
    if (whole) {
        look_at_classes(m, j, &x);
        look_at_losses(m, loss, step);
        m[CONSTANT] = constant_error(j, &x);
        draw(&x, g, j, r->seed, PROBE);
        m[FRECHET_TRAIN] = frechet_of(j, &x);
        m[FRECHET_ANEW] = frechet_anew(j, g, r->seed);
    }
    run_row(r, step, m);
    tensor_free(&x);
}

static void diverged_row(const Run *r, long step)
{
    double m[MEASURES];
    for (int k = 0; k < MEASURES; k++)
        m[k] = NAN;
    m[DIVERGED] = 1;
    run_row(r, step, m);
}

static void train(const Run *r, GanTraining *t, Judge *j)
{
    Losses loss = { memory_get((size_t)r->steps * sizeof(double)), memory_get((size_t)r->steps * sizeof(double)) };
    Tensor both = { 0 };
    long looks = r->study->sweep ? 2 : LOOKS;
    bool other = other_batches(r), diverged = false;
    for (long step = 1; step <= r->steps; step++) {
        if (!diverged) {
            GanStep s = other ? other_step(r, t, &both) : gan_training_step(t);
            loss.d[step - 1] = s.loss_real + s.loss_fake, loss.g[step - 1] = s.loss_g;
            diverged = has_diverged(loss.d[step - 1], loss.d[0]) || has_diverged(s.loss_g, loss.g[0]);
        }
        if (step * looks / r->steps == (step - 1) * looks / r->steps)
            continue;
        if (diverged)
            diverged_row(r, step);
        else
            look(r, t->gan, j, &loss, step, step == r->steps || step == r->steps / 2);
    }
    tensor_free(&both);
    memory_release(loss.d), memory_release(loss.g);
}

void run_images(const Run *r)
{
    Images training, test;
    images_load_both(run_data(r), &training, &test, 1);
    Judge j = judge_new(r, &training, &test);
    Gan g = gan_of_arm(r, j.pixels);
    GanTraining t = gan_training_new(&g, &training, BATCH, (uint64_t)r->seed);
    train(r, &t, &j);
    gan_training_free(&t);
    gan_free(&g);
    judge_free(&j);
    images_free(&training), images_free(&test);
}
