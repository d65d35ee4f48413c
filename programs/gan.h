/* What the commands of gan share. */
#ifndef GAN_PROGRAM_H
#define GAN_PROGRAM_H

#include "00_options.h"
#include "01_tensor.h"
#include "10_data.h"
#include "21_checkpoint.h"

enum { GRID = 8 };

/* ---- options ------------------------------------------------------------------------------ */

typedef struct {
    long epochs, steps, batch, seed, threads, save, count;
    double rate;
    const char *model, *norm, *order, *data, *out, *noise, *mode, *png, *npy, *network, *layout, *into;
    bool resume;
} Options;

/* What holds where nothing is given. */
Options defaults(void);

#define MODEL_OPTION(o) \
    (Option) { "model", OPTION_CHOICE, &(o)->model, "the blog's GAN (mlp), or one of the notebook's two", 0, 0, model_names }
#define NORM_OPTION(o) \
    (Option) { "norm", OPTION_CHOICE, &(o)->norm, "where batch norm stands (mlp: both; dcgan: generator)", 0, 0, norm_names }
#define ORDER_OPTION(o) \
    (Option) { "order", OPTION_CHOICE, &(o)->order, "dcgan: LeakyReLU then batch norm, or the reverse", 0, 0, order_names }
#define SEED_OPTION(o, help) \
    (Option) { "seed", OPTION_INTEGER, &(o)->seed, help, 0, 4294967295.0, NULL }
#define NPY_OPTION(o) \
    (Option) { "npy", OPTION_TEXT, &(o)->npy, "write a NumPy array here, N x H x W in [-1, 1]", 0, 0, NULL }
#define THREADS_OPTION(o) \
    (Option) { "threads", OPTION_INTEGER, &(o)->threads, "changes the time, not one byte of the result", 1, 1024, NULL }

/* The options, and the word behind the command, which must be there. */
const char *word_and_options(int argc, char **argv, const char *what, const char *about, const Option *option);

/* The run that the options describe, on these images (NULL: none yet); a user's error
 * where they contradict each other. */
Recipe recipe_of(Options *o, const Images *d);

/* What is read must not be written over: a user's error where `out` is `in`. */
void require_other_file(const char *option, const char *out, const char *in);
bool same_file(const char *a, const char *b);

/* ---- images ----------------------------------------------------------------------------------- */

/* Rows of noise: from a file, or from the seed. */
Tensor noise_for(const Options *o, const Run *run);

/* The images of a generator, one a row of z; mode is "eval" or "train". */
Tensor generate(Run *run, const Tensor *z, const char *mode);

/* The images as the options want them: a grid, an array, or both. */
void write_images(const Options *o, const Run *run, const Tensor *x, int columns);

/* A user's error where neither --png nor --npy is given, or one would write over what is read. */
void require_target(const Options *o, const char *checkpoint);

void print_summary(const Run *run);

/* ---- the commands -------------------------------------------------------------------------------- */

int gan_train(int argc, char **argv);
int gan_draw(int argc, char **argv);
int gan_interpolate(int argc, char **argv);
int gan_evaluate(int argc, char **argv);
int gan_summary(int argc, char **argv);
int gan_export(int argc, char **argv);
int gan_import(int argc, char **argv);

#endif
