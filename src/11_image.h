/* Images one can look at: grids of samples, as pixels. */
#ifndef IMAGE_H
#define IMAGE_H

#include "01_tensor.h"

#include <stdint.h>

/* rows x columns pictures of height x width pixels, each pixel `zoom` wide, with a
 * gap of `zoom` around each. */
typedef struct {
    int rows, columns, height, width, zoom;
} ImageGrid;

/* Of the whole grid, in pixels, gaps included. */
static inline int image_grid_height(ImageGrid g) { return (g.rows * (g.height + 1) + 1) * g.zoom; }
static inline int image_grid_width(ImageGrid g) { return (g.columns * (g.width + 1) + 1) * g.zoom; }

/* Paints a grid, row by row, into image_grid_height x image_grid_width greys, from 0
 * black to 255 white: picture by picture from x (rows x columns x height x width
 * numbers, -1 black to 1 white; beyond is cut; NaN is shown as mid-grey). The gaps are
 * dark grey. */
void image_grid_pixels(uint8_t *pixel, const real *x, ImageGrid grid);

#endif
