/* NumPy's .npy files: one array, for whoever wants to look at it elsewhere.
 *
 * Format: NumPy Enhancement Proposal 1 and numpy.lib.format. */
#ifndef NUMPY_H
#define NUMPY_H

#include "01_tensor.h"

/* Writes t as little-endian floats (float32, or float64 in double precision);
 * a user's error where that fails, and then no file is left. */
void numpy_write(const char *path, const Tensor *t);

/* Reads n bytes of such a file: floats of 2, 4 or 8 bytes, whole numbers or
 * booleans, of either byte order, in C or Fortran order, of 1 to MAX_RANK
 * dimensions. Returns NULL, or what is wrong; then *t is untouched. */
const char *numpy_parse(Tensor *t, const unsigned char *bytes, size_t n);

/* The same of a file; whatever is wrong is a user's error. */
Tensor numpy_read(const char *path);

#endif
