#include "11_image.h"

#include "01_memory.h"
#include "task.h"

enum { ROWS, COLUMNS, HEIGHT, WIDTH, ZOOM };
static const int sizes[][5] = { { 1, 2, 2, 2, 1 }, { 2, 2, 2, 3, 1 }, { 1, 3, 3, 2, 2 }, { 3, 1, 1, 2, 3 },
                                { 2, 3, 2, 2, 2 }, { 1, 1, 4, 3, 1 }, { 2, 2, 3, 2, 2 } };

static ImageGrid grid_of(const Call *c)
{
    return (ImageGrid){ c->size[ROWS], c->size[COLUMNS], c->size[HEIGHT], c->size[WIDTH], c->size[ZOOM] };
}

/* Every number is another grey. */
static void prepare(Call *c, int which, Random *r)
{
    (void)r;
    for (int k = 0; k < 5; k++)
        c->size[k] = sizes[which % 7][k];
    ImageGrid g = grid_of(c);
    Shape shape = { 3, { g.rows * g.columns, g.height, g.width } };
    real *x = call_array(c, "x", READS, shape, NULL);
    for (size_t i = 0; i < shape_size(shape); i++)
        x[i] = (real)(((double)(40 + 5 * i) - 127.5) / 127.5);
    call_array(c, "pixel", WRITES, table(image_grid_height(g), image_grid_width(g)), NULL);
}
static void run(Call *c)
{
    ImageGrid g = grid_of(c);
    CallArray *to = array_of(c, "pixel");
    uint8_t *pixel = memory_get(call_count(to));
    image_grid_pixels(pixel, AT("x"), g);
    for (size_t i = 0; i < call_count(to); i++)
        to->at[i] = pixel[i];
    memory_release(pixel);
}

const Task tasks_11[] = {
    { "11_image", "place_in", 2,
      "Row i and column j of the grid, gaps not counted, each pixel g.zoom wide: which picture is it in, which pixel of that picture, and "
      "where in x does its number stand? x holds picture by picture, each row by row.",
      "\"The idea\" in chapter 11: divide by the height of a picture and by the zoom; what is left over goes on.", prepare, run,
      NULL },
    { 0 },
};
