#include "11_png.h"

#include "00_error.h"
#include "00_files.h"
#include "01_memory.h"

#include <png.h>
#include <stdio.h>

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

void image_grid_write(const char *directory, const char *name, const real *x, ImageGrid g)
{
    REQUIRE(g.rows > 0 && g.columns > 0 && g.height > 0 && g.width > 0 && g.zoom > 0, "grid %dx%d of %dx%d, zoom %d", g.rows,
            g.columns, g.height, g.width, g.zoom);
    int height = image_grid_height(g), width = image_grid_width(g);
    uint8_t *pixel = memory_get((size_t)height * (size_t)width);
    image_grid_pixels(pixel, x, g);
    png_write(directory, name, pixel, height, width);
    memory_release(pixel);
}
