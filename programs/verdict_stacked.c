/* Stacked digits: three digits, one in each colour of an image, and so a thousand kinds of images. The notebook's second
 * system, with as many channels, with batch norm and without: how many of the thousand does it draw?
 * Source: Metz et al., "Unrolled generative adversarial networks", ICLR 2017; counted as in VEEGAN and PacGAN. */
#include "verdict.h"

#include "01_memory.h"
#include "08_optimizer.h"
#include "10_data.h"
#include "10_load.h"
#include "15_gan.h"
#include "16_modes.h"
#include "17_mlp_gan.h"
#include "20_dcgan.h"
#include "22_cached.h"
#include "22_features.h"

#include <string.h>

enum { COLOURS = 3, BATCH = 128, SAMPLED = 26000, SMOKE_SAMPLED = 500, DRAWN = 500, KINDS = 1000 };

/* n images of independently drawn digits, colour by colour: channels last. */
static void stack_images(Tensor *x, const Images *d, int n, Random *r)
{
    Tensor one = { 0 };
    int *order = memory_get((size_t)n * sizeof *order), pixels = images_pixels(d);
    tensor_resize(x, (Shape){ 2, { n, pixels * COLOURS } });
    for (int c = 0; c < COLOURS; c++) {
        for (int i = 0; i < n; i++)
            order[i] = random_index(r, d->n);
        images_rows(d, order, 0, n, &one);
        for (size_t k = 0; k < tensor_size(&one); k++)
            x->data[k * COLOURS + (size_t)c] = one.data[k];
    }
    tensor_free(&one);
    memory_release(order);
}

/* The kind of each image, 0 to 999: a digit a colour, by the classifier. */
static void kinds_of(FeatureNet *f, const Tensor *x, int *kind)
{
    int n = shape_rows(x->shape), pixels = (int)(tensor_size(x) / (size_t)(n * COLOURS));
    Tensor one = tensor_new((Shape){ 2, { n, pixels } }), features = { 0 }, p = { 0 };
    uint8_t *label = memory_get((size_t)n);
    for (int i = 0; i < n; i++)
        kind[i] = 0;
    for (int c = 0; c < COLOURS; c++) {
        for (size_t k = 0; k < tensor_size(&one); k++)
            one.data[k] = x->data[k * COLOURS + (size_t)c];
        features_of(f, &one, &features, &p);
        likeliest_classes(label, &p);
        for (int i = 0; i < n; i++)
            kind[i] = 10 * kind[i] + label[i];
    }
    memory_release(label);
    tensor_free(&one), tensor_free(&features), tensor_free(&p);
}

/* How many kinds there are among the samples, and the divergence of their shares from even ones. */
typedef struct {
    double modes, divergence;
} Kinds;

static Kinds kinds_count(const int *count, int samples)
{
    Kinds k = { 0, 0 };
    for (int i = 0; i < KINDS; i++)
        if (count[i] > 0) {
            double share = (double)count[i] / samples;
            k.modes++, k.divergence += share * log(share * KINDS);
        }
    return k;
}

/* Of what a generator draws in EVAL; of real images, where there is none. */
static Kinds kinds_drawn(const Run *run, FeatureNet *f, Gan *g, const Images *d)
{
    int sampled = run->scale == SMOKE ? SMOKE_SAMPLED : SAMPLED;
    static int count[KINDS], kind[DRAWN];
    Random r = random_stream((uint64_t)run->seed, "judged noise", 0);
    Tensor z = { 0 }, x = { 0 };
    memset(count, 0, sizeof count);
    for (int first = 0; first < sampled; first += DRAWN) {
        if (g) {
            tensor_resize(&z, (Shape){ 2, { DRAWN, g->noise_size } });
            random_normal(&r, z.data, tensor_size(&z));
            tensor_copy(&x, gan_sample(g, &z, EVAL));
            x.shape = (Shape){ 2, { DRAWN, (int)tensor_size(&x) / DRAWN } }; /* rows, whatever the network's shape was */
        } else
            stack_images(&x, d, DRAWN, &r);
        kinds_of(f, &x, kind);
        for (int i = 0; i < DRAWN; i++)
            count[kind[i]]++;
    }
    tensor_free(&z), tensor_free(&x);
    return kinds_count(count, sampled);
}

static Gan gan_of_arm(const Run *r)
{
    DcganOptions o = dcgan_options(DCGAN_TRANSPOSE);
    o.norm = norm_of_name(r->arm), o.rate = r->setting, o.channels = COLOURS;
    return dcgan_new(&o, (uint64_t)r->seed);
}

static void train(const Run *r, FeatureNet *f, const Images *d)
{
    Gan g = gan_of_arm(r);
    Random order = random_stream((uint64_t)r->seed, "stacked", 0);
    Tensor x = { 0 };
    double first_d = NAN, first_g = NAN;
    bool diverged = false;
    for (long step = 1; step <= r->steps; step++) {
        stack_images(&x, d, BATCH / 2, &order);
        if (!diverged) {
            GanStep s = gan_step(&g, &x, BATCH);
            if (step == 1)
                first_d = s.loss_real + s.loss_fake, first_g = s.loss_g;
            diverged = has_diverged(s.loss_real + s.loss_fake, first_d) || has_diverged(s.loss_g, first_g);
        }
        if (step != r->steps / 2 && step != r->steps)
            continue;
        Kinds k = diverged ? (Kinds){ NAN, NAN } : kinds_drawn(r, f, &g, d);
        run_row(r, step, (double[]){ k.modes, k.divergence, diverged });
    }
    tensor_free(&x);
    gan_free(&g);
}

/* The arm "data" is no GAN: real images, as the classifier sees them. */
void run_stacked(const Run *r)
{
    Images training, test;
    images_load_both(run_data(r), &training, &test, 1);
    FeatureNet f = feature_net_cached(r->kept, &training, r->scale == SMOKE ? 1 : FEATURE_EPOCHS, 1);
    if (arm_is(r, "data")) {
        Kinds k = kinds_drawn(r, &f, NULL, &test);
        run_row(r, r->steps, (double[]){ k.modes, k.divergence, 0 });
    } else
        train(r, &f, &training);
    feature_net_free(&f);
    images_free(&training), images_free(&test);
}
