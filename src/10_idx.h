/* Image files: MNIST's format, and what --data NAME means. */
#ifndef IDX_H
#define IDX_H

#include "10_data.h"

/* Images and labels from files in the IDX format of MNIST, plain or gzipped.
 * Whatever is wrong with a file is a user's error. */
Images idx_read(const char *image_path, const char *label_path);

typedef enum { TRAINING_SET, TEST_SET } Part;

/* --data NAME: "digits" draws them (DIGITS_POOL to train on, DIGITS_TEST
 * others to test); "mnist" reads $MNIST_DIR, else data/mnist; anything else
 * is a directory with the four files under MNIST's names. */
Images images_load(const char *name, Part part);

/* Both parts; a user's error where their images are not of one size, or where
 * either has fewer than `least` images. */
void images_load_both(const char *name, Images *training, Images *test, int least);

#endif
