/* Images one can look at: grids of samples as PNG files. */
#ifndef IMAGE_H
#define IMAGE_H

#include "01_tensor.h"

/* rows x columns pictures of height x width pixels, each pixel `zoom` wide. */
typedef struct {
    int rows, columns, height, width, zoom;
} ImageGrid;

/* Writes a grid, picture by picture and row by row from x (at least rows x columns x
 * height x width numbers, -1 black to 1 white; beyond is cut) to DIRECTORY/NAME as
 * a grey PNG, with a gap between pictures. NaN is shown as mid-grey. The file is
 * written whole or not at all; an unwritable place is a user's error. */
void image_grid_write(const char *directory, const char *name, const real *x, ImageGrid grid);

#endif
