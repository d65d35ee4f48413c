/* gan evaluate: how good are the samples? */
#include "gan.h"

#include "00_error.h"
#include "00_files.h"
#include "01_parallel.h"
#include "02_random.h"
#include "10_load.h"
#include "22_cached.h"
#include "22_metrics.h"

enum { MOST = 10000, LEAST = 4 };

static const char columns[] = "images\tdigit_score\tfrechet\tclasses\tdivergence\tprecision\trecall\tnearest\tdifferent";

/* What the samples are held against: sets of which we know what is wrong with them. */
static const KnownSet ladder[] = { REAL_IMAGES, CLASS_MISSING, BLURRED, NOISE_IMAGES };

static void write_row(FILE *tsv, const char *images, const Metrics *m)
{
    fprintf(tsv, "%s\t%.3f\t%.3f\t%d\t%.4f\t%.3f\t%.3f\t%.3f\t%.4g\n", images, m->score, m->frechet, m->classes, m->divergence,
            m->precision, m->recall, m->nearest, m->support);
    printf("%-34s %6.2f %9.2f %5d %8.3f %7.3f %7.3f %8.2f %10.3g\n", images, m->score, m->frechet, m->classes, m->divergence,
           m->precision, m->recall, m->nearest, m->support);
    fflush(stdout);
}

/* One row, for tables of several runs. */
static void write_summary(const Run *run, const Metrics *m, double accuracy, const char *directory)
{
    FILE *tsv = tsv_open(
        directory, "summary.tsv",
        "model\tnorm\tstep\tclasses_covered\tsmallest_share\tclassifier_accuracy\tdigit_score\tfrechet\tprecision\trecall");
    fprintf(tsv, "%s\t%s\t%ld\t%d\t%.4f\t%.4f\t%.2f\t%.2f\t%.3f\t%.3f\n", run->recipe.model, run->recipe.norm,
            run->training.step, m->classes, m->smallest, accuracy, m->score, m->frechet, m->precision, m->recall);
    output_close(tsv);
}

static void evaluate(const Run *run, const Tensor *x, const Images *d, const Reference *r, double accuracy,
                     const char *directory)
{
    char name[80];
    FILE *tsv = tsv_open(directory, "metrics.tsv", columns);
    printf("%-34s %6s %9s %5s %8s %7s %7s %8s %10s\n", "", "digit", "Frechet", "", "diver-", "preci-", "", "nearest",
           "different");
    printf("%-34s %6s %9s %5s %8s %7s %7s %8s %10s\n", "", "score", "distance", "class", "gence", "sion", "recall", "training",
           "images");
    snprintf(name, sizeof name, "%s, %s, step %ld", run->recipe.model, run->recipe.norm, run->training.step);
    Metrics m = metrics_of(r, x);
    write_row(tsv, name, &m);
    write_summary(run, &m, accuracy, directory);
    for (size_t k = 0; k < sizeof ladder / sizeof *ladder; k++) {
        Random random = random_stream(1, "known set", ladder[k]);
        Tensor known = known_set(ladder[k], d, r->n, &random);
        m = metrics_of(r, &known);
        write_row(tsv, known_set_names[ladder[k]], &m);
        tensor_free(&known);
    }
    output_close(tsv);
}

int gan_evaluate(int argc, char **argv)
{
    Options o = defaults();
    const char *cache = "build/cache";
    const Option option[] = {
        { "data", OPTION_TEXT, &o.data, "digits, mnist or a directory: what the samples should be like", 0, 0, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "out", OPTION_TEXT, &o.out, "directory for summary.tsv and metrics.tsv (the checkpoint's)", 0, 0, NULL },
        { "cache", OPTION_TEXT, &cache, "directory where the classifier is kept", 0, 0, NULL },
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan evaluate CHECKPOINT: the metrics of chapter 22, of as many samples as there are test images (10,000\n"
        "at most), beside those of training images, of all but one class, of blurred ones and of noise. The\n"
        "classifier behind them is trained once and kept. Writes summary.tsv (a row) and metrics.tsv (the whole table).",
        option);
    char directory[PATH_SIZE], name[PATH_SIZE];
    path_split(checkpoint, directory, name);
    threads_set((int)o.threads);
    Run run;
    run_load(&run, checkpoint);
    directory_make(o.out ? o.out : directory); /* complains before the long work */
    Images d, test;
    images_load_both(o.data, &d, &test, LEAST);
    if (d.height != run.recipe.height || d.width != run.recipe.width)
        user_error("--data: found images of %dx%d; %s draws %dx%d", d.height, d.width, checkpoint, run.recipe.height,
                   run.recipe.width);
    FeatureNet f = feature_net_cached(cache, &d, FEATURE_EPOCHS, 1);
    double right = feature_net_accuracy(&f, &test);
    printf("classifier: right on %.2f %% of the test set\n", 100 * right);
    Reference r = reference_new(&f, &d, &test, MOST);
    o.count = r.n;
    Tensor z = noise_for(&o, &run), x = generate(&run, &z, "eval");
    x.shape = (Shape){ 2, { r.n, images_pixels(&d) } }; /* whatever the network's last shape was */
    evaluate(&run, &x, &d, &r, right, o.out ? o.out : directory);
    tensor_free(&z), tensor_free(&x);
    reference_free(&r), feature_net_free(&f);
    images_free(&d), images_free(&test);
    run_free(&run);
    return 0;
}
