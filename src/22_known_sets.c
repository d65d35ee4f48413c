/* Sets of images of which we know what is wrong with them: the metrics' calibration. */
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "10_data.h"
#include "22_metrics.h"

#include <string.h>

const char *const known_set_names[KNOWN_SETS] = { "training images", "without one class", "blurred",
                                                  "noise",           "a hundred images",  "one image" };

static bool any_but_class_0(const Images *d)
{
    for (int i = 0; i < d->n; i++)
        if (d->label[i] != 0)
            return true;
    return false;
}

/* n training images: the first `distinct` are drawn, and then come again and again. Without class 0, but where there
 * is no other. */
static Tensor drawn(const Images *train, int n, int distinct, bool without_class_0, Random *r)
{
    Tensor x = { 0 };
    Shuffle s = shuffle_new(train->n, *r);
    int *index = memory_get((size_t)n * sizeof *index);
    bool skips = without_class_0 && any_but_class_0(train);
    for (int i = 0; i < n; i++)
        if (i < distinct)
            do
                shuffle_next(&s, index + i, 1);
            while (skips && train->label[index[i]] == 0);
        else
            index[i] = index[i - distinct];
    images_rows(train, index, 0, n, &x);
    memory_release(index), shuffle_free(&s);
    return x;
}

/* Each pixel the mean of the 3 x 3 around it; beyond the border it is black. */
static void blur(real *x, real *room, int height, int width)
{
    memcpy(room, x, (size_t)(height * width) * sizeof *x);
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++) {
            double sum = 0;
            for (int k = 0; k < 9; k++) {
                int a = i + k / 3 - 1, b = j + k % 3 - 1;
                bool inside = a >= 0 && a < height && b >= 0 && b < width;
                sum += inside ? (double)room[a * width + b] : -1;
            }
            x[i * width + j] = (real)(sum / 9);
        }
}

Tensor known_set(KnownSet set, const Images *train, int n, Random *r)
{
    int pixels = images_pixels(train), distinct = set == HUNDRED_COPIES ? 100 : set == ONE_IMAGE ? 1 : n;
    Tensor x = drawn(train, n, distinct, set == CLASS_MISSING, r);
    real *room = memory_get((size_t)pixels * sizeof *room);
    for (int i = 0; set == BLURRED && i < 2 * n; i++)
        blur(x.data + (size_t)(i / 2) * (size_t)pixels, room, train->height, train->width);
    memory_release(room);
    if (set == NOISE_IMAGES) {
        random_uniform(r, x.data, tensor_size(&x));
        for (size_t i = 0; i < tensor_size(&x); i++)
            x.data[i] = 2 * x.data[i] - 1;
    }
    return x;
}
