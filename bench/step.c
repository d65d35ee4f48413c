/* Times one training step of the blog's GAN: D on batch/2 real and batch/2
 * generated images, G on batch. Prints one line: threads, median and fastest
 * step in ms, peak memory in MB. The images are 512 of the drawn digits. */
#include "17_mlp_gan.h"

#include <sys/resource.h>

int main(int argc, char **argv)
{
    enum { WARM = 20, MOST = 10000 };
    static double ms[MOST];
    long threads = threads_get(), steps = 200, batch = 256;
    const Option option[] = {
        { "threads", OPTION_INTEGER, &threads, "threads", 1, 1024, NULL },
        { "steps", OPTION_INTEGER, &steps, "timed steps", 1, MOST, NULL },
        { "batch", OPTION_INTEGER, &batch, "images of G's step", 4, 65536, NULL },
        { 0 },
    };
    options_read(argc, argv, "Times the training step of the blog's GAN.", option);
    threads_set((int)threads);
    Images d = digits_new(512, 1);
    Gan g = mlp_gan_new(images_pixels(&d), NORM_BOTH, 2e-4, 1);
    GanTraining t = gan_training_new(&g, &d, (int)batch, 1);
    for (int i = 0; i < WARM; i++)
        gan_training_step(&t);
    long calls = memory_calls();
    for (long i = 0; i < steps; i++) {
        double start = seconds_now();
        gan_training_step(&t);
        ms[i] = 1e3 * (seconds_now() - start);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    sort_numbers(ms, (int)steps);
    printf("%ld\t%.3f\t%.3f\t%.1f\t%ld\n", threads, ms[steps / 2], ms[0], (double)usage.ru_maxrss / 1024,
           memory_calls() - calls);
    gan_training_free(&t);
    gan_free(&g);
    images_free(&d);
    return 0;
}
