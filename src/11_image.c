#include "11_image.h"

#include "00_error.h"

#include <math.h>
#include <string.h>

static uint8_t grey(real x)
{
    if (isnan(x))
        return 128;
    double level = (double)x * 127.5 + 127.5;
    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level + 0.5);
}

/* Pixel (i, j) of the grid, gaps not counted: where its number stands in x. */
static size_t place_in(ImageGrid g, int i, int j)
{
    int high = g.height * g.zoom, broad = g.width * g.zoom;
    int picture = i / high * g.columns + j / broad, y = i % high / g.zoom, x = j % broad / g.zoom;
    return ((size_t)picture * (size_t)g.height + (size_t)y) * (size_t)g.width + (size_t)x;
}

void image_grid_pixels(uint8_t *pixel, const real *x, ImageGrid g)
{
    REQUIRE(g.rows > 0 && g.columns > 0 && g.height > 0 && g.width > 0 && g.zoom > 0, "grid %dx%d of %dx%d, zoom %d", g.rows,
            g.columns, g.height, g.width, g.zoom);
    int gap = g.zoom, high = g.height * g.zoom, broad = g.width * g.zoom;
    size_t width = (size_t)image_grid_width(g);
    memset(pixel, 96, (size_t)image_grid_height(g) * width);
    for (int i = 0; i < g.rows * high; i++)
        for (int j = 0; j < g.columns * broad; j++) {
            int down = i + (i / high + 1) * gap, right = j + (j / broad + 1) * gap;
            pixel[(size_t)down * width + (size_t)right] = grey(x[place_in(g, i, j)]);
        }
}
