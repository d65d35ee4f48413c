/* Chapter 17's program: trains the blog's GAN and writes down what happens:
 * a row of log.tsv and timing.tsv a step, sample grids an epoch, and at the
 * end the mean of samples pixel by pixel and the classes they cover. */
#include "17_mlp_gan.h"
#include "00_error.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_parallel.h"
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
#include "17_training.h"

#include <stdlib.h>
#include <string.h>

enum { GRID = 8, JUDGED = 10000, JUDGED_BATCH = 500 };

typedef struct {
    Experiment e;
    long epochs, batch, threads;
    double rate;
    const char *norm;
    char out[1000], samples[1024]; /* where the tables go, and the grids */
} Options;

static Options read_options(int argc, char **argv)
{
    Options o = { .epochs = 30, .batch = 256, .threads = threads_get(), .rate = 2e-4, .norm = "both" };
    const Option own[] = {
        { "epochs", OPTION_INTEGER, &o.epochs, "epochs to train, of ceil(images / batch) steps each", 1, 100000, NULL },
        { "batch", OPTION_INTEGER, &o.batch, "images of G's step; D sees half real, half generated", 4, 65536, NULL },
        { "norm", OPTION_CHOICE, &o.norm, "where batch norm stands", 0, 0, "both|generator|discriminator|none" },
        { "rate", OPTION_NUMBER, &o.rate, "Adam's learning rate", 1e-12, 1e30, NULL },
        { "threads", OPTION_INTEGER, &o.threads, "changes the time, not one byte of the result", 1, 1024, NULL },
        { 0 },
    };
    o.e = experiment_read(argc, argv,
                          "Chapter 17: trains the blog's GAN (dense, with batch norm) and samples from it.\n"
                          "Writes log.tsv, timing.tsv, samples/*.png, pixel_mean.tsv and summary.tsv.",
                          own);
    if (o.batch % 2 != 0)
        user_error("--batch: found %ld; expected an even number: D sees half of it", o.batch);
    int length = o.e.out_given ? snprintf(o.out, sizeof o.out, "%s", o.e.out)
                               : snprintf(o.out, sizeof o.out, "%s/17_%s", o.e.out, o.norm);
    if (length >= (int)sizeof o.out)
        user_error("--out: found a path of %zu characters; expected fewer than %zu", strlen(o.e.out), sizeof o.out);
    snprintf(o.samples, sizeof o.samples, "%s/samples", o.out);
    threads_set((int)o.threads);
    return o;
}

/* ---- looking at the generator ------------------------------------------------------------ */

static void write_grids(Gan *g, const Images *d, const Tensor *z, const char *directory, long epoch)
{
    char name[64];
    const Tensor *x = gan_sample(g, z, EVAL);
    snprintf(name, sizeof name, "epoch_%03ld_eval.png", epoch);
    image_grid_write(directory, name, x->data, (ImageGrid){ GRID, GRID, d->height, d->width, .zoom = 2 });
    x = network_forward(g->generator, z, PROBE);
    snprintf(name, sizeof name, "epoch_%03ld_train.png", epoch);
    image_grid_write(directory, name, x->data, (ImageGrid){ GRID, GRID, d->height, d->width, .zoom = 2 });
}

/* What JUDGED samples of a generator add up to. */
typedef struct {
    double *mean, *deviation; /* of each pixel */
    uint8_t *label;           /* JUDGED */
} Judged;

static Judged judge_samples(Gan *g, Network *classifier, int pixels, uint64_t seed)
{
    Judged j = { memory_get((size_t)pixels * sizeof(double)), memory_get((size_t)pixels * sizeof(double)), memory_get(JUDGED) };
    Random r = random_stream(seed, "judged noise", 0);
    Tensor z = tensor_new((Shape){ 2, { JUDGED_BATCH, g->noise_size } });
    for (int k = 0; k < pixels; k++)
        j.mean[k] = j.deviation[k] = 0;
    for (int first = 0; first < JUDGED; first += JUDGED_BATCH) {
        random_normal(&r, z.data, tensor_size(&z));
        const Tensor *x = gan_sample(g, &z, EVAL);
        for (int i = 0; i < JUDGED_BATCH; i++)
            for (int k = 0; k < pixels; k++) {
                double level = (double)x->data[i * pixels + k];
                j.mean[k] += level / JUDGED;
                j.deviation[k] += level * level / JUDGED; /* a mean square, until the end */
            }
        classifier_labels(classifier, x, j.label + first);
    }
    for (int k = 0; k < pixels; k++)
        j.deviation[k] = sqrt(fmax(j.deviation[k] - j.mean[k] * j.mean[k], 0));
    tensor_free(&z);
    return j;
}

/* ---- tables at the end ------------------------------------------------------------------------ */

/* Over the pixels that are the same in every image of the data: the mean
 * absolute error of the samples' mean, and the mean deviation of the samples. */
typedef struct {
    double error, deviation;
} Constant;

static Constant write_pixel_means(const char *out, const Images *d, const Judged *j)
{
    int pixels = images_pixels(d), constant = 0;
    Constant c = { 0, 0 };
    FILE *tsv = tsv_open(out, "pixel_mean.tsv", "row\tcolumn\tdata\tsamples\tdeviation\tconstant");
    for (int k = 0; k < pixels; k++) {
        double total = 0;
        bool same = true;
        for (int i = 0; i < d->n; i++) {
            uint8_t level = d->pixel[(size_t)i * (size_t)pixels + (size_t)k];
            total += level / 127.5 - 1;
            same &= level == d->pixel[k];
        }
        constant += same;
        c.error += same ? fabs(j->mean[k] - total / d->n) : 0;
        c.deviation += same ? j->deviation[k] : 0;
        fprintf(tsv, "%d\t%d\t%.5f\t%.5f\t%.5f\t%d\n", k / d->width, k % d->width, total / d->n, j->mean[k], j->deviation[k],
                same);
        if ((k + 1) % d->width == 0)
            fprintf(tsv, "\n");
    }
    output_close(tsv);
    return constant ? (Constant){ c.error / constant, c.deviation / constant } : c;
}

/* Means over the last tenth of the run. */
typedef struct {
    double loss_d, loss_g, on_real, on_fake;
} Late;

static void write_summary(const Options *o, const Late *late, double accuracy, const Judged *j, int classes, Constant c)
{
    double share[256], smallest = 1;
    int covered = classes_covered(j->label, JUDGED, classes, share);
    for (int k = 0; k < classes; k++)
        smallest = fmin(smallest, share[k]);
    FILE *tsv = tsv_open(
        o->out, "summary.tsv",
        "norm\tloss_d\tloss_g\ton_real\ton_fake\tclassifier_accuracy\tclasses_covered\tsmallest_share\tconstant_pixel_error\tconstant_pixel_deviation");
    fprintf(tsv, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%d\t%.4f\t%.4f\t%.4f\n", o->norm, late->loss_d, late->loss_g, late->on_real,
            late->on_fake, accuracy, covered, smallest, c.error, c.deviation);
    output_close(tsv);
    printf("batch norm %s: %d of %d classes with 1 %% or more of %d samples, by a classifier right on %.2f %% of the "
           "test set; mean error %.4f at pixels that are constant in the data\n",
           o->norm, covered, classes, JUDGED, 100 * accuracy, c.error);
}

static void finish(const Options *o, Gan *g, const Images *d, const Images *test, const Late *late)
{
    Network *classifier = classifier_new(images_pixels(d), d->classes, 1);
    Progress progress = progress_start("classifier", 5l * ((d->n + 127) / 128));
    classifier_train(classifier, d, 5, 1, &progress);
    progress_end(&progress);
    Judged j = judge_samples(g, classifier, images_pixels(d), (uint64_t)o->e.seed);
    Constant c = write_pixel_means(o->out, d, &j);
    write_summary(o, late, classifier_accuracy(classifier, test), &j, d->classes, c);
    memory_release(j.mean), memory_release(j.deviation), memory_release(j.label);
    network_free(classifier);
}

/* ---- training ------------------------------------------------------------------------------------ */

static void add_late(Late *late, const GanStep *s, double weight)
{
    late->loss_d += weight * (s->loss_real + s->loss_fake);
    late->loss_g += weight * s->loss_g;
    late->on_real += weight * s->on_real;
    late->on_fake += weight * s->on_fake;
}

static void train(const Options *o, Gan *g, const Images *d, Late *late)
{
    Random r = random_stream((uint64_t)o->e.seed, "fixed noise", 0);
    Tensor z = tensor_new((Shape){ 2, { GRID * GRID, g->noise_size } });
    random_normal(&r, z.data, tensor_size(&z));
    GanTraining t = gan_training_new(g, d, (int)o->batch, (uint64_t)o->e.seed);
    long per_epoch = gan_training_epoch_steps(&t), steps = per_epoch * o->epochs, tail = (steps + 9) / 10;
    FILE *log = tsv_open(o->out, "log.tsv", gan_step_columns);
    FILE *timing = tsv_open(o->out, "timing.tsv", "step\tstep_ms");
    char label[40];
    snprintf(label, sizeof label, "17_mlp_gan %s", o->norm);
    Progress progress = progress_start(label, steps);
    for (long step = 1; step <= steps; step++) {
        double start = seconds_now();
        GanStep s = gan_training_step(&t);
        double seconds = seconds_now() - start;
        gan_step_print(log, step, &s);
        fprintf(timing, "%ld\t%.3f\n", step, 1e3 * seconds);
        const char *why = gan_not_finite(g, &s);
        if (why) {
            output_close(log); /* up to this step, to be looked at */
            user_error("step %ld: %s; try a smaller learning rate", step, why);
        }
        if (step > steps - tail)
            add_late(late, &s, 1.0 / (double)tail);
        progress_show(&progress, step, "epoch %ld  D %.3f  G %.3f  %.0f images/s", (step - 1) / per_epoch + 1,
                      s.loss_real + s.loss_fake, s.loss_g, (double)o->batch / seconds);
        if (step % per_epoch == 0)
            write_grids(g, d, &z, o->samples, step / per_epoch);
    }
    progress_end(&progress);
    output_close(log);
    output_close(timing);
    gan_training_free(&t);
    tensor_free(&z);
}

int main(int argc, char **argv)
{
    Options o = read_options(argc, argv);
    directory_make(o.out);
    Images d, test;
    images_load_both(o.e.data, &d, &test, 1);
    if (o.batch / 2 > d.n)
        user_error("--batch: found %ld; expected at most %d, twice the number of images", o.batch, 2 * d.n);
    Gan g = mlp_gan_new(images_pixels(&d), norm_of_name(o.norm), o.rate, (uint64_t)o.e.seed);
    mlp_gan_summary_print(stdout, &g, images_pixels(&d));
    fflush(stdout);
    Late late = { 0 };
    train(&o, &g, &d, &late);
    finish(&o, &g, &d, &test, &late);
    gan_free(&g);
    images_free(&d), images_free(&test);
    return 0;
}
