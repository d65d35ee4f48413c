/* Chapter 11's experiment: a grid of the drawn digits, a column a class, and
 * how much ink each class takes. */
#include "11_image.h"
#include "11_png.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "10_data.h"
#include "10_load.h"

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 11: a grid of images as a PNG file.", NULL);
    enum { ROWS = 8 };
    Images d = images_load(e.data, TRAINING_SET);
    int order[ROWS * 10] = { 0 }, found[10] = { 0 };
    for (int i = 0; i < d.n; i++)
        if (d.label[i] < 10 && found[d.label[i]] < ROWS) /* of more classes, the first ten */
            order[found[d.label[i]]++ * 10 + d.label[i]] = i;
    Tensor x = { 0 };
    images_rows(&d, order, 0, ROWS * 10, &x);
    for (int k = 0; k < 10; k++) /* a class with few images leaves black places */
        for (int row = found[k]; row < ROWS; row++)
            for (int j = 0; j < images_pixels(&d); j++)
                x.data[(row * 10 + k) * images_pixels(&d) + j] = -1;
    image_grid_write(e.out, "11_image_grid.png", x.data, (ImageGrid){ ROWS, 10, d.height, d.width, .zoom = 3 });
    FILE *tsv = tsv_open(e.out, "11_image.tsv", "class\timages\tmean_level\tshare_black");
    for (int k = 0; k < d.classes; k++) {
        long count = 0, level = 0, black = 0, F = images_pixels(&d);
        for (int i = 0; i < d.n; i++)
            if (d.label[i] == k) {
                count++;
                for (long j = 0; j < F; j++) {
                    level += d.pixel[i * F + j];
                    black += d.pixel[i * F + j] == 0;
                }
            }
        double pixels = count > 0 ? (double)(count * F) : 1;
        fprintf(tsv, "%d\t%ld\t%.3f\t%.4f\n", k, count, (double)level / pixels, (double)black / pixels);
    }
    output_close(tsv);
    tensor_free(&x);
    images_free(&d);
    return 0;
}
