/* Checkpoints: a training run that can be stopped anywhere and goes on as if
 * nothing had been.
 *
 * What the next step depends on must be in the file: the weights, the running
 * statistics, both moments of both Adams, the step, where each random stream
 * stands, and the order of the images with the place reached in it. What it
 * does not depend on must not be: no time, no thread count, no path. Then the
 * file of a run that was killed and resumed equals, byte for byte, the file of
 * one that was left alone. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "10_data.h"
#include "15_gan.h"
#include "17_training.h"

/* ---- a run ------------------------------------------------------------------------------ */

/* What decides every byte of a run. */
typedef struct {
    const char *model; /* one of model_names */
    const char *norm;  /* "both", "generator", "discriminator", "none" */
    const char *order; /* "given", or "bn-first" for batch norm before LeakyReLU; the mlp has it so */
    double rate;       /* Adam's */
    long batch;
    uint64_t seed;
    int height, width; /* of an image */
    uint64_t data;     /* a fingerprint of the training images; 0: no run on any data yet */
} Recipe;

/* The words that these may be, as in "given|bn-first". */
extern const char model_names[], norm_names[], order_names[];

/* FNV-1a over the sizes and pixels; never 0. */
uint64_t images_fingerprint(const Images *d);

/* Both networks, by the recipe. */
Gan recipe_gan(const Recipe *r);

/* A run holds pointers to itself: keep it where it is. */
typedef struct {
    Recipe recipe;
    Gan gan;
    GanTraining training;
} Run;

/* Begins a run at step 0. Without data (NULL), one that cannot train yet. */
void run_new(Run *run, const Recipe *r, const Images *d);
void run_free(Run *run); /* networks and training state; the images are the caller's */

/* ---- its checkpoint ------------------------------------------------------------------------ */

/* Writes the run as it stands; a user's error where that fails, and then the
 * file that was there before is whole. */
void run_save(Run *run, const char *path);

/* Makes the run that the file describes; whatever is wrong with the file is a
 * user's error. It has no images yet: see run_attach. */
void run_load(Run *run, const char *path);

/* Gives a loaded run its images; a user's error, which names the option, where
 * its recipe is not the one wanted. A run without data (imported) takes batch,
 * rate, seed and images from `wanted`, and begins its noise and its order of
 * the images. */
void run_attach(Run *run, const Recipe *wanted, const Images *d, const char *path);

/* One step. */
GanStep run_step(Run *run);

#endif
