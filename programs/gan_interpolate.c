/* gan interpolate: what lies between two noise vectors. */
#include "gan.h"

#include "01_parallel.h"
#include "01_sum.h"

/* Between rows a and b of n numbers, at share t of the angle between them: on
 * the sphere, where noise lives, rather than through its empty middle.
 * Source: White, "Sampling generative networks", 2016, section 2.1. */
static void slerp(real *z, const real *a, const real *b, double t, size_t n)
{
    double cosine = (double)dot(a, b, n) / sqrt((double)dot(a, a, n) * (double)dot(b, b, n)),
           angle = acos(fmax(-1, fmin(1, cosine)));
    double of_a = angle > 1e-6 ? sin((1 - t) * angle) / sin(angle) : 1 - t;
    double of_b = angle > 1e-6 ? sin(t * angle) / sin(angle) : t;
    for (size_t i = 0; i < n; i++)
        z[i] = (real)(of_a * (double)a[i] + of_b * (double)b[i]);
}

int gan_interpolate(int argc, char **argv)
{
    Options o = defaults();
    o.count = GRID;
    long across = 11;
    const Option option[] = {
        { "count", OPTION_INTEGER, &o.count, "rows: pairs of noise", 1, 1000, NULL },
        { "across", OPTION_INTEGER, &across, "images from one end to the other", 2, 1000, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "png", OPTION_TEXT, &o.png, "write a grid here, a row a pair", 0, 0, NULL },
        NPY_OPTION(&o),
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan interpolate CHECKPOINT: walks from one noise vector to another and draws what lies between.", option);
    require_target(&o, checkpoint);
    threads_set((int)o.threads);
    Run run;
    run_load(&run, checkpoint);
    size_t size = (size_t)run.gan.noise_size;
    long rows = o.count;
    o.count = 2 * rows;
    Tensor ends = noise_for(&o, &run), z = tensor_new((Shape){ 2, { (int)(rows * across), (int)size } });
    for (long i = 0; i < rows * across; i++) {
        const real *a = ends.data + (size_t)(i / across) * 2 * size;
        slerp(z.data + (size_t)i * size, a, a + size, (double)(i % across) / (double)(across - 1), size);
    }
    Tensor x = generate(&run, &z, "eval");
    write_images(&o, &run, &x, (int)across);
    tensor_free(&ends), tensor_free(&z), tensor_free(&x);
    run_free(&run);
    return 0;
}
