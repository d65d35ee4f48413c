#include "11_image.h"

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
    png_image image = { .version = PNG_IMAGE_VERSION, .width = (png_uint_32)width, .height = (png_uint_32)height,
                        .format = PNG_FORMAT_GRAY };
    if (!png_image_write_to_stdio(&image, file, 0, pixel, width, NULL))
        user_error("%s/%s: cannot write the image: %s", directory, name, image.message);
    output_close(file);
}

void image_grid_write(const char *directory, const char *name, const real *x, int rows, int columns, int height,
                      int width, int zoom)
{
    REQUIRE(rows > 0 && columns > 0 && height > 0 && width > 0 && zoom > 0, "grid %dx%d of %dx%d, zoom %d", rows,
            columns, height, width, zoom);
    int gap = zoom, high = rows * (height * zoom + gap) + gap, wide = columns * (width * zoom + gap) + gap;
    uint8_t *pixel = memory_get((size_t)high * (size_t)wide);
    memset(pixel, 96, (size_t)high * (size_t)wide);
    for (int i = 0; i < rows * height * zoom; i++)
        for (int j = 0; j < columns * width * zoom; j++) {
            int row = i / (height * zoom), column = j / (width * zoom);
            int y = i % (height * zoom) / zoom, z = j % (width * zoom) / zoom;
            size_t from = (((size_t)row * (size_t)columns + (size_t)column) * (size_t)height + (size_t)y) * (size_t)width;
            pixel[(size_t)(i + (row + 1) * gap) * (size_t)wide + (size_t)(j + (column + 1) * gap)] =
                grey(x[from + (size_t)z]);
        }
    png_write(directory, name, pixel, high, wide);
    memory_release(pixel);
}
