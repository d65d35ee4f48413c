/* Images as PNG files. */
#ifndef PNG_FILE_H
#define PNG_FILE_H

#include "01_tensor.h"
#include "11_image.h"

/* Writes a grid to DIRECTORY/NAME as a grey PNG. The file is written whole or not at
 * all; an unwritable place is a user's error. */
void image_grid_write(const char *directory, const char *name, const real *x, ImageGrid grid);

#endif
