/* Data: images as bytes, minibatches of them, standardisation.
 *
 * Images are kept as bytes, one a pixel, and become real numbers a batch at a
 * time. */
#ifndef DATA_H
#define DATA_H

#include "01_tensor.h"
#include "02_random.h"

/* ---- images ------------------------------------------------------------------------------- */

typedef struct {
    int n, height, width, classes;
    uint8_t *pixel; /* n x height x width, 0 black to 255 white */
    uint8_t *label; /* n, each below classes; NULL: none are known, and classes is 0 */
} Images;

void images_free(Images *d);
int images_pixels(const Images *d); /* of one image: height x width */

/* Images first .. first+n-1, or those that `order` lists there, as n rows of
 * pixels scaled to [-1, 1]; x is resized to n x (height x width). `order` may be NULL. */
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
