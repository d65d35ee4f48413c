/* Noise in, images out. */
#include "gan.h"

#include "00_error.h"
#include "00_files.h"
#include "02_random.h"
#include "04_layer.h"
#include "11_image.h"
#include "11_png.h"
#include "15_gan.h"
#include "21_numpy.h"

#include <string.h>

Tensor noise_for(const Options *o, const Run *run)
{
    int size = run->gan.noise_size;
    if (o->noise) {
        Tensor z = numpy_read(o->noise);
        if (z.shape.rank != 2 || z.shape.dim[1] != size)
            user_error("%s: found an array of %s; expected rows of %d numbers", o->noise, shape_text(z.shape), size);
        if (!all_finite(z.data, tensor_size(&z)))
            user_error("%s: found NaN or infinity", o->noise);
        return z;
    }
    Random r = random_stream((uint64_t)o->seed, "sampled noise", 0);
    Tensor z = tensor_new((Shape){ 2, { (int)o->count, size } });
    random_normal(&r, z.data, tensor_size(&z));
    return z;
}

void write_images(const Options *o, const Run *run, const Tensor *x, int columns)
{
    char directory[PATH_SIZE], name[PATH_SIZE];
    int n = x->shape.dim[0], H = run->recipe.height, W = run->recipe.width;
    if (o->npy) {
        Tensor images = *x; /* as N x H x W, whatever the network's last shape was */
        images.shape = (Shape){ 3, { n, H, W } };
        numpy_write(o->npy, &images);
    }
    if (!o->png)
        return;
    path_split(o->png, directory, name);
    int rows = (n + columns - 1) / columns;
    Tensor grid = tensor_new((Shape){ 2, { rows * columns, H * W } });
    tensor_fill(&grid, -1); /* what the last row lacks is black */
    memcpy(grid.data, x->data, (size_t)n * (size_t)(H * W) * sizeof *grid.data);
    image_grid_write(directory, name, grid.data, (ImageGrid){ rows, columns, H, W, .zoom = 2 });
    tensor_free(&grid);
}

void require_target(const Options *o, const char *checkpoint)
{
    if (!o->png && !o->npy)
        user_error("found neither --png nor --npy; expected a file to write to");
    if (o->png && o->npy && same_file(o->png, o->npy))
        user_error("--npy: found %s, the file of --png; expected another", o->npy);
    require_other_file("png", o->png, checkpoint), require_other_file("npy", o->npy, checkpoint);
    require_other_file("png", o->png, o->noise), require_other_file("npy", o->npy, o->noise);
}

/* In batches where each image stands for itself; all at once where the batch decides. */
Tensor generate(Run *run, const Tensor *z, const char *mode)
{
    enum { AT_ONCE = 256, MOST_NUMBERS = 1 << 27, MOST_TOGETHER = 10000 };
    int n = z->shape.dim[0], pixels = run->recipe.height * run->recipe.width, size = run->gan.noise_size;
    bool train = strcmp(mode, "train") == 0;
    if (train && n < 2)
        user_error("--mode: found train with one image; batch norm in training needs two");
    if ((double)n * pixels > MOST_NUMBERS)
        user_error("found %d images of %dx%d to draw; expected at most %d at a time", n, run->recipe.height, run->recipe.width,
                   MOST_NUMBERS / pixels);
    if (train && n > MOST_TOGETHER)
        user_error("--mode: found train with %d images; expected at most %d, as they are one batch", n, MOST_TOGETHER);
    Tensor all = tensor_new((Shape){ 2, { n, pixels } }), part = { 0 };
    for (int first = 0, count; first < n; first += count) {
        count = train || n - first < AT_ONCE ? n - first : AT_ONCE;
        tensor_resize(&part, (Shape){ 2, { count, size } });
        memcpy(part.data, z->data + (size_t)first * (size_t)size, tensor_size(&part) * sizeof *part.data);
        const Tensor *x = gan_sample(&run->gan, &part, train ? PROBE : EVAL);
        memcpy(all.data + (size_t)first * (size_t)pixels, x->data, tensor_size(x) * sizeof *x->data);
    }
    tensor_free(&part);
    return all;
}
