/* Image files in MNIST's format, IDX. */
#ifndef IDX_H
#define IDX_H

#include "10_data.h"

/* Images and labels from two IDX files, plain or gzipped; as many classes as the
 * largest label asks for. Without labels where that path is NULL: `label` is NULL,
 * and there are 0 classes. Whatever is wrong with a file is a user's error. */
Images idx_read(const char *image_path, const char *label_path);

#endif
