/* gan judge: which classes do the samples cover? */
#include "gan.h"

#include "00_error.h"
#include "00_files.h"
#include "00_progress.h"
#include "01_parallel.h"
#include "09_network.h"
#include "10_load.h"
#include "16_classifier.h"
#include "16_modes.h"

enum { JUDGED = 10000 };

/* What a classifier, trained here, says of JUDGED samples. */
typedef struct {
    double accuracy, smallest; /* of the classifier on the test set; the rarest class's share */
    int covered, classes;
} Judgement;

static Judgement classify(const Tensor *x, const Images *d, const Images *test)
{
    static uint8_t label[JUDGED];
    double share[256];
    Judgement v = { .smallest = 1, .classes = d->classes };
    Network *classifier = classifier_new(images_pixels(d), d->classes, 1);
    Progress progress = progress_start("classifier", 5l * ((d->n + 127) / 128));
    classifier_train(classifier, d, 5, 1, &progress);
    progress_end(&progress);
    v.accuracy = classifier_accuracy(classifier, test);
    classifier_labels(classifier, x, label);
    v.covered = classes_covered(label, JUDGED, d->classes, share);
    for (int k = 0; k < d->classes; k++)
        v.smallest = fmin(v.smallest, share[k]);
    network_free(classifier);
    return v;
}

static void write_judgement(const Run *run, const Judgement *v, const char *directory)
{
    FILE *tsv = tsv_open(directory, "summary.tsv", "model\tnorm\tstep\tclasses_covered\tsmallest_share\tclassifier_accuracy");
    fprintf(tsv, "%s\t%s\t%ld\t%d\t%.4f\t%.4f\n", run->recipe.model, run->recipe.norm, run->training.step, v->covered,
            v->smallest, v->accuracy);
    output_close(tsv);
    printf("%s after %ld steps: %d of %d classes with 1 %% or more of %d samples, the rarest %.1f %%, by a classifier right on "
           "%.2f %% of the test set\n",
           run->recipe.model, run->training.step, v->covered, v->classes, JUDGED, 100 * v->smallest, 100 * v->accuracy);
}

int gan_judge(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = {
        { "data", OPTION_TEXT, &o.data, "digits, mnist or a directory: what the classifier learns from", 0, 0, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "out", OPTION_TEXT, &o.out, "directory for summary.tsv (the checkpoint's)", 0, 0, NULL },
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan judge CHECKPOINT: which classes do 10,000 samples cover? A dense classifier, trained here on the\n"
        "data for five epochs, sorts them (chapter 16). Writes summary.tsv.",
        option);
    char directory[PATH_SIZE], name[PATH_SIZE];
    path_split(checkpoint, directory, name);
    threads_set((int)o.threads);
    o.count = JUDGED;
    Run run;
    run_load(&run, checkpoint);
    directory_make(o.out ? o.out : directory); /* complains before the long work */
    Images d, test;
    images_load_both(o.data, &d, &test, 1);
    if (d.height != run.recipe.height || d.width != run.recipe.width)
        user_error("--data: found images of %dx%d; %s draws %dx%d", d.height, d.width, checkpoint, run.recipe.height,
                   run.recipe.width);
    Tensor z = noise_for(&o, &run), x = generate(&run, &z, "eval");
    Judgement v = classify(&x, &d, &test);
    write_judgement(&run, &v, o.out ? o.out : directory);
    tensor_free(&z), tensor_free(&x);
    images_free(&d), images_free(&test);
    run_free(&run);
    return 0;
}
