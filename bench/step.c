/* Times the training step of one of the three GANs: D on batch/2 real and
 * batch/2 generated images, G on batch. Prints one line: threads, median and
 * fastest step in ms, peak memory in MB, allocations. The images are 512 of
 * the drawn digits. */
#include "00_error.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "10_data.h"
#include "10_digits.h"
#include "21_checkpoint.h"

#include <sys/resource.h>

int main(int argc, char **argv)
{
    enum { MOST = 10000 };
    static double ms[MOST];
    long threads = threads_get(), steps = 200, warm = 20, batch = 256;
    const char *model = "mlp";
    const Option option[] = {
        { "model", OPTION_CHOICE, &model, "which GAN", 0, 0, model_names },
        { "threads", OPTION_INTEGER, &threads, "threads", 1, 1024, NULL },
        { "steps", OPTION_INTEGER, &steps, "timed steps", 1, MOST, NULL },
        { "warm", OPTION_INTEGER, &warm, "steps before them", 2, MOST, NULL },
        { "batch", OPTION_INTEGER, &batch, "images of G's step", 4, 65536, NULL },
        { 0 },
    };
    options_read(argc, argv, "Times the training step of a GAN.", option);
    if (batch % 2 != 0)
        user_error("--batch: found %ld; expected an even number", batch);
    threads_set((int)threads);
    Images d = digits_new(512, 1);
    Recipe recipe = { model, model[0] == 'm' ? "both" : "generator", "given", 2e-4, batch, 1, d.height, d.width, 0 };
    Run run;
    run_new(&run, &recipe, &d);
    for (int i = 0; i < warm; i++)
        run_step(&run);
    long calls = memory_calls();
    for (long i = 0; i < steps; i++) {
        double start = seconds_now();
        run_step(&run);
        ms[i] = 1e3 * (seconds_now() - start);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    sort_numbers(ms, (int)steps);
    printf("%ld\t%.3f\t%.3f\t%.1f\t%ld\n", threads, ms[steps / 2], ms[0], (double)usage.ru_maxrss / 1024,
           memory_calls() - calls);
    run_free(&run);
    images_free(&d);
    return 0;
}
