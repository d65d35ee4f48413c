/* All studies: their arms, their settings, how long and how often at each scale. */
#include "verdict.h"

#include "00_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const scale_names[SCALES] = { "smoke", "pilot", "quick", "full" };

#define PLACES "none|generator|discriminator|both"
#define DIGITS                                 \
    {                                          \
        "digits", "digits", "digits", "digits" \
    }
#define MNIST_LAST                           \
    {                                        \
        "digits", "mnist", "digits", "mnist" \
    }
#define MNIST_ALONE                  \
    {                                \
        NULL, "mnist", NULL, "mnist" \
    }

#define PLANE "modes\tgood\tdivergence\tswing\tdiverged"
#define IMAGES "frechet\tfrechet_train\tfrechet_anew\tscore\trecall\tclasses\tconstant_error\tswing\tloss_d\tloss_g\tdiverged"

/* clang-format off */
const Study studies[] = {
    { "identities", "all",
      "condition\tcondition_standardised\tsteps\tsteps_standardised\tidentity_error\tspread_of_bound\teval_error\ttrain_error\tfixed_distance\tbatch_distance",
      run_identities, { 1 }, true, true, NULL, DIGITS, { { 1, 2 }, { 1, 0 }, { 600, 3 }, { 1, 10 } } },
    { "depth", "relu-he|relu-he-batch|relu-small|relu-small-batch|linear|linear-batch", "growth\tbend",
      run_depth, { 4, 8, 16, 32, 64, 128 }, true, false, NULL, { NULL }, { { 1, 2 }, { 1, 5 }, { 1, 5 }, { 1, 20 } } },
    { "units", "relu|leaky", "dead\taccuracy",
      run_units, { 0.1 }, false, false, NULL, MNIST_LAST, { { 10, 2 }, { 1000, 5 }, { 500, 5 }, { 1000, 20 } } },
    { "shift", "raw|training|own", "accuracy\taccuracy_brighter",
      run_shift, { 0.1 }, false, false, NULL, MNIST_LAST, { { 20, 2 }, { 1000, 5 }, { 500, 5 }, { 1000, 20 } } },
    { "linear", "none|batch", "diverged\tloss\taccuracy",
      run_linear, { 1.0 / 128, 1.0 / 64, 1.0 / 32, 1.0 / 16, 0.125, 0.25, 0.5, 1, 2, 4, 8 }, true, false, NULL, MNIST_LAST,
      { { 60, 2 }, { 555, 5 }, { 555, 5 }, { 555, 10 } } },
    { "sigmoids", "none|batch", "wander\tgradient_shift\tloss_range\taccuracy",
      run_sigmoids, { 0.5 }, false, false, NULL, MNIST_LAST, { { 200, 2 }, { 10000, 5 }, { 3000, 5 }, { 50000, 8 } } },
    { "speed", "none|batch", "steps\taccuracy",
      run_speed, { 0.5, 0.03, 0.1, 0.25, 1, 2, 4, 8 }, false, false, "none 4|batch 4", MNIST_LAST, { { 200, 2 }, { 8000, 5 }, { 5000, 5 }, { 20000, 10 } } },
    { "small", "none-8|batch-8|none-32|batch-32|none-128|batch-128", "accuracy\tepochs",
      run_small, { 0.1, 0.01, 0.03, 0.3, 1 }, false, false, "batch-128 0.3", MNIST_LAST, { { 2, 2 }, { 100, 5 }, { 60, 5 }, { 100, 10 } } },
    { "ring", PLACES "|virtual|frozen", PLANE,
      run_plane, { 1e-3 }, false, false, NULL, { NULL }, { { 200, 2 }, { 10000, 5 }, { 4000, 5 }, { 10000, 34 } } },
    { "grid", PLACES "|virtual|frozen", PLANE,
      run_plane, { 1e-3 }, false, false, NULL, { NULL }, { { 200, 2 }, { 10000, 5 }, { 4000, 5 }, { 10000, 40 } } },
    { "ring-rates", PLACES, PLANE,
      run_plane, { 1e-3, 2e-3, 4e-3, 8e-3, 16e-3, 32e-3, 64e-3, 0.128, 0.256, 0.512, 1.024 }, true, false, NULL, { NULL },
      { { 100, 2 }, { 1000, 5 }, { 500, 5 }, { 1000, 10 } } },
    { "digits-rates", PLACES, IMAGES,
      run_images, { 2e-4, 4e-4, 8e-4, 16e-4, 32e-4, 64e-4, 128e-4, 256e-4, 512e-4, 0.1024 }, true, false, NULL, DIGITS,
      { { 20, 2 }, { 240, 3 }, { 0, 0 }, { 240, 10 } } },
    { "digits", PLACES "|slow|mixed|together|judged", IMAGES,
      run_images, { 2e-4, 1e-4, 5e-4, 1e-3, 2e-3, 4e-3 }, false, false, "none 0.002|generator 0.001|discriminator 0.002|both 0.0005", DIGITS, { { 20, 2 }, { 1200, 2 }, { 400, 3 }, { 2400, 10 } } },
    { "mnist", PLACES "|together", IMAGES,
      run_images, { 2e-4 }, false, false, NULL, MNIST_ALONE, { { 0, 0 }, { 7050, 0 }, { 0, 0 }, { 7050, 5 } } },
    { "stacked", "data|none|generator", "modes\tdivergence\tdiverged",
      run_stacked, { 2e-4 }, false, false, NULL, MNIST_LAST, { { 2, 1 }, { 10000, 0 }, { 0, 0 }, { 10000, 5 } } },
    { "published", "ring|grid", "modes\tgood\tdiverged",
      run_published, { 1e-4 }, false, false, NULL, { NULL }, { { 8, 2 }, { 20000, 0 }, { 0, 0 }, { 20000, 10 } } },
    { "dcgan", PLACES, IMAGES,
      run_images, { 2e-4 }, false, false, NULL, MNIST_ALONE, { { 0, 0 }, { 700, 0 }, { 0, 0 }, { 700, 5 } } },
};
/* clang-format on */
const int n_studies = sizeof studies / sizeof *studies;

const Study *study_of_name(const char *name)
{
    for (int k = 0; k < n_studies; k++)
        if (strcmp(studies[k].name, name) == 0)
            return &studies[k];
    return NULL;
}

/* ---- what they share ------------------------------------------------------------------------------------------- */

bool arm_is(const Run *r, const char *name) { return strcmp(r->arm, name) == 0; }
bool has_diverged(double loss, double first) { return !(loss < 1e3 * fmax(first, 0.1)); }
const char *run_data(const Run *r) { return r->study->data[r->scale]; }

double deviation_of(const double *x, long n)
{
    double mean = 0, squares = 0;
    for (long i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (long i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean) / (double)n;
    return sqrt(squares);
}

void run_row(const Run *r, long step, const double *measure)
{
    int n = 1;
    for (const char *c = r->study->measures; *c; c++)
        n += *c == '\t';
    numbers_begin();
    fprintf(r->tsv, "%s\t%g\t%ld\t%ld", r->arm, r->setting, r->seed, step);
    for (int k = 0; k < n; k++)
        fprintf(r->tsv, isnan(measure[k]) ? "\tnan" : "\t%.6g", measure[k]);
    fprintf(r->tsv, "\n");
    numbers_end();
}

double tuned_setting(const Study *s, const char *arm)
{
    size_t n = strlen(arm);
    for (const char *word = s->tuned; word; word = strchr(word, '|') ? strchr(word, '|') + 1 : NULL)
        if (strncmp(word, arm, n) == 0 && word[n] == ' ')
            return strtod(word + n, NULL);
    return s->settings[0];
}
