/* Chapter 22's experiment: what do the metrics say of images of which we know what is wrong
 * with them, and what of the blog's GAN with batch norm and without? */
#include "22_metrics.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_load.h"
#include "11_image.h"
#include "11_png.h"
#include "15_gan.h"
#include "16_classifier.h"
#include "16_modes.h"
#include "17_mlp_gan.h"
#include "17_training.h"
#include "22_cached.h"
#include "22_features.h"
#include "22_frechet.h"

#include <string.h>

enum { ARMS = 3, SETS = KNOWN_SETS + ARMS, SHOWN = 12, BATCH = 64, MOST = 10000 };
static const char *const norm_name[ARMS] = { "none", "generator", "both" };
static const char *const arm_name[ARMS] = { "GAN without batch norm", "GAN with it in G", "GAN with it in both" };

/* ---- samples of the blog's GAN ------------------------------------------------------------------- */

static Tensor samples_of(int arm, const Images *d, int n, int epochs, uint64_t seed)
{
    Gan g = mlp_gan_new(images_pixels(d), norm_of_name(norm_name[arm]), 2e-4, seed);
    GanTraining t = gan_training_new(&g, d, BATCH, seed);
    long steps = epochs * gan_training_epoch_steps(&t);
    Progress progress = progress_start(arm_name[arm], steps);
    for (long k = 0; k < steps; k++) {
        gan_training_step(&t);
        progress_show(&progress, k + 1, "epoch %ld", k / gan_training_epoch_steps(&t) + 1);
    }
    progress_end(&progress);
    Random r = random_stream(seed, "sampled noise", 0);
    Tensor z = tensor_new((Shape){ 2, { n, g.noise_size } }), x = { 0 };
    random_normal(&r, z.data, tensor_size(&z));
    tensor_copy(&x, gan_sample(&g, &z, EVAL));
    tensor_free(&z);
    gan_training_free(&t), gan_free(&g);
    return x;
}

/* ---- tables and images ----------------------------------------------------------------------------- */

static const char columns[] =
    "images\tdigit_score\tfrechet\tclasses\tclasses_dense\tdivergence\tprecision\trecall\tnearest\tdifferent";

static void write_row(FILE *tsv, const char *name, const Metrics *m, int dense)
{
    fprintf(tsv, "%s\t%.2f\t%.2f\t%d\t%d\t%.3f\t%.3f\t%.3f\t%.2f\t%.3g\n", name, m->score, m->frechet, m->classes, dense,
            m->divergence, m->precision, m->recall, m->nearest, m->support);
}

/* The dense classifier of chapter 16, and the classes that it finds. */
static Network *dense_classifier(const Images *d)
{
    Network *c = classifier_new(images_pixels(d), d->classes, 1);
    classifier_train(c, d, 5, 1, NULL);
    return c;
}

static int classes_by(Network *c, const Tensor *x, int classes)
{
    int n = shape_rows(x->shape);
    uint8_t *label = memory_get((size_t)n);
    classifier_labels(c, x, label);
    int covered = classes_covered(label, n, classes, NULL);
    memory_release(label);
    return covered;
}

/* The first images of each set, a row a set. */
static void write_images(const char *out, const real *shown, const Images *d)
{
    ImageGrid grid = { SETS, SHOWN, d->height, d->width, .zoom = 2 };
    image_grid_write(out, "22_metrics_images.png", shown, grid);
}

/* How the Frechet distance depends on the number of samples: training images against test images. */
static void write_bias(const char *out, const Reference *r, const Images *d, uint64_t seed)
{
    FILE *tsv = tsv_open(out, "22_metrics_bias.tsv", "samples\tfrechet");
    for (int n = FEATURES + 1; n <= r->n; n = n < r->n && 3 * n / 2 > r->n ? r->n : 3 * n / 2) {
        Random random = random_stream(seed, "bias", (uint64_t)n);
        Tensor x = known_set(REAL_IMAGES, d, n, &random), features = { 0 };
        features_of(r->net, &x, &features, NULL);
        Gaussian g = gaussian_of(&features);
        fprintf(tsv, "%d\t%.4f\n", n, frechet_distance(&g, &r->gaussian));
        gaussian_free(&g), tensor_free(&x), tensor_free(&features);
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv,
                                   "Chapter 22: the metrics of known sets and of the blog's GAN, with batch norm and without.\n"
                                   "Writes 22_metrics.tsv, 22_metrics_bias.tsv and 22_metrics_images.png.",
                                   NULL);
    uint64_t seed = (uint64_t)e.seed;
    Images d, test;
    images_load_both(e.data, &d, &test, 10);
    FeatureNet f = feature_net_cached(e.out, &d, FEATURE_EPOCHS, 1);
    Reference r = reference_new(&f, &d, &test, MOST);
    Network *dense = dense_classifier(&d);
    FILE *tsv = tsv_open(e.out, "22_metrics.tsv", columns);
    size_t strip = (size_t)SHOWN * (size_t)images_pixels(&d);
    real *shown = memory_get(SETS * strip * sizeof *shown);
    for (int k = 0; k < SETS; k++) {
        Random random = random_stream(seed, "known set", (uint64_t)k);
        Tensor x = k < KNOWN_SETS ? known_set((KnownSet)k, &d, r.n, &random)
                                  : samples_of(k - KNOWN_SETS, &d, r.n, e.full ? 60 : 30, seed);
        Metrics m = metrics_of(&r, &x);
        write_row(tsv, k < KNOWN_SETS ? known_set_names[k] : arm_name[k - KNOWN_SETS], &m, classes_by(dense, &x, d.classes));
        memcpy(shown + (size_t)k * strip, x.data, strip * sizeof *shown);
        tensor_free(&x);
    }
    output_close(tsv);
    write_images(e.out, shown, &d);
    write_bias(e.out, &r, &d, seed);
    memory_release(shown), network_free(dense);
    reference_free(&r), feature_net_free(&f);
    images_free(&d), images_free(&test);
    return 0;
}
