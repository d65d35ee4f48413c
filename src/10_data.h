/* Data: points of a mixture, drawn digits, image files, minibatches.
 *
 * Images are kept as bytes, one a pixel, and become real numbers a batch at a
 * time. */
#ifndef DATA_H
#define DATA_H

#include "00_program.h"
#include "09_network.h"

/* ---- mixtures of Gaussians in the plane ------------------------------------------------ */

enum { MAX_MODES = 25 };

typedef struct {
    int modes;
    double centre[MAX_MODES][2], sigma;
} Mixture;

/* 8 modes on a circle of radius 1, sigma 0.01; 25 on {-4, -2, 0, 2, 4}^2,
 * sigma 0.05. Source: Srivastava et al., "VEEGAN", NeurIPS 2017, section 4.1. */
Mixture mixture_ring(void);
Mixture mixture_grid(void);

/* n points (n x 2), each from a mode drawn at random. */
void mixture_sample(const Mixture *m, real *x, int n, Random *r);

/* ---- images ------------------------------------------------------------------------------- */

typedef struct {
    int n, height, width, classes;
    uint8_t *pixel; /* n x height x width, 0 black to 255 white */
    uint8_t *label; /* n, each below classes */
} Images;

void images_free(Images *d);
int images_pixels(const Images *d); /* of one image: height x width */

/* n drawn digits, 28 x 28: strokes with random slant, turn, size, thickness,
 * place and wobble. Image i depends on seed and i alone; its label is i mod
 * 10. A border of two pixels is black in every image. */
Images digits_new(int n, uint64_t seed);

/* Images and labels from files in the IDX format of MNIST, plain or gzipped.
 * Whatever is wrong with a file is a user's error. */
Images idx_read(const char *image_path, const char *label_path);

enum { DIGITS_POOL = 10000, DIGITS_TEST = 2000 };
typedef enum { TRAINING_SET, TEST_SET } Part;

/* --data NAME: "digits" draws them (DIGITS_POOL to train on, DIGITS_TEST
 * others to test); "mnist" reads $MNIST_DIR, else data/mnist; anything else
 * is a directory with the four files under MNIST's names. */
Images images_load(const char *name, Part part);

/* Both parts; a user's error where their images are not of one size, or where
 * the first has fewer than `least` images. */
void images_load_both(const char *name, Images *training, Images *test, int least);

/* Images first .. first+n-1, or those that `order` lists there, as n rows of
 * pixels scaled to [-1, 1]; x is resized to n x (height width). */
void images_rows(const Images *d, const int *order, int first, int n, Tensor *x);
void labels_rows(const Images *d, const int *order, int first, int n, Tensor *t); /* one-hot */

/* ---- minibatches ------------------------------------------------------------------------------ */

/* Walks through a random permutation of 0 .. n-1, and a new one when that is
 * used up, so that every example comes once before any comes twice. */
typedef struct {
    Random random;
    int *order, n, next;
} Shuffle;

Shuffle shuffle_new(int n, Random r);
void shuffle_free(Shuffle *s);

/* The next `count` indices, in index. */
void shuffle_next(Shuffle *s, int *index, int count);

/* ---- standardisation ---------------------------------------------------------------------------- */

/* Mean and reciprocal standard deviation of each column of x (R x C); a
 * column that does not vary (but for rounding) gets rstd 0, and so becomes 0. */
void standardise_fit(real *mean, real *rstd, const real *x, int R, int C);

/* x = (x - mean) rstd, column by column. */
void standardise_apply(real *x, const real *mean, const real *rstd, int R, int C);

#endif
