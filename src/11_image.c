#include "11_image.h"

#include "00_error.h"
#include "00_files.h"
#include "01_memory.h"

#include <png.h>
#include <string.h>

static uint8_t grey(real x)
{
    if (isnan(x))
        return 128;
    double level = (double)x * 127.5 + 127.5;
    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level + 0.5);
}

static void png_write(const char *directory, const char *name, const uint8_t *pixel, int height, int width)
{
    FILE *file = output_open(directory, name);
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = (png_uint_32)width, .height = (png_uint_32)height, .format = PNG_FORMAT_GRAY
    };
    if (!png_image_write_to_stdio(&image, file, 0, pixel, width, NULL))
        user_error("%s/%s: cannot write the image: %s", directory, name, image.message);
    output_close(file);
}

/* Pixel (i, j) of the grid, gaps not counted: where its number stands in x. */
static size_t place_in(ImageGrid g, int i, int j)
{
    int high = g.height * g.zoom, broad = g.width * g.zoom;
    int picture = i / high * g.columns + j / broad, y = i % high / g.zoom, x = j % broad / g.zoom;
    return ((size_t)picture * (size_t)g.height + (size_t)y) * (size_t)g.width + (size_t)x;
}

void image_grid_write(const char *directory, const char *name, const real *x, ImageGrid g)
{
    REQUIRE(g.rows > 0 && g.columns > 0 && g.height > 0 && g.width > 0 && g.zoom > 0, "grid %dx%d of %dx%d, zoom %d", g.rows,
            g.columns, g.height, g.width, g.zoom);
    int gap = g.zoom, high = g.height * g.zoom, broad = g.width * g.zoom;
    int height = g.rows * (high + gap) + gap, width = g.columns * (broad + gap) + gap;
    uint8_t *pixel = memory_get((size_t)height * (size_t)width);
    memset(pixel, 96, (size_t)height * (size_t)width);
    for (int i = 0; i < g.rows * high; i++)
        for (int j = 0; j < g.columns * broad; j++) {
            size_t to = (size_t)(i + (i / high + 1) * gap) * (size_t)width + (size_t)(j + (j / broad + 1) * gap);
            pixel[to] = grey(x[place_in(g, i, j)]);
        }
    png_write(directory, name, pixel, height, width);
    memory_release(pixel);
}
