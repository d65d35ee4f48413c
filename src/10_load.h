/* What --data NAME means, and the files that people have.
 *
 * NAME is "digits" (drawn here: DIGITS_POOL to train on, DIGITS_TEST others to
 * test), "mnist" ($MNIST_DIR, else data/mnist) or a directory. In a directory
 * the files are found under MNIST's own names, train-images-idx3-ubyte and so
 * on, or such: with a point, train-images.idx3-ubyte; in a folder of that name;
 * with a word before it, emnist-letters-train-...; "test" for "t10k"; each
 * plain or .gz. */
#ifndef LOAD_H
#define LOAD_H

#include "10_data.h"

typedef enum { TRAINING_SET, TEST_SET } Part;

/* Images and their labels. */
Images images_load(const char *name, Part part);

/* Images alone: their labels are neither read nor asked for. */
Images images_load_unlabelled(const char *name, Part part);

/* Both parts, their classes counted from 0 over both; a user's error where their
 * images are not of one size, or where either has fewer than `least` images. */
void images_load_both(const char *name, Images *training, Images *test, int least);

#endif
