/* Images one can look at: grids of samples as PNG files. */
#ifndef IMAGE_H
#define IMAGE_H

#include "10_data.h"

/* Writes `rows` x `columns` pictures, row by row from x (at least rows
 * columns of height x width numbers, -1 black to 1 white; beyond is cut) to
 * DIRECTORY/NAME as a grey PNG, every pixel `zoom` pixels wide, with a gap
 * between pictures. NaN is shown as mid-grey. The file is written whole or
 * not at all; an unwritable place is a user's error. */
void image_grid_write(const char *directory, const char *name, const real *x, int rows, int columns, int height,
                      int width, int zoom);

#endif
