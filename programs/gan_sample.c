/* gan sample: images from a trained generator. */
#include "gan.h"

#include "01_parallel.h"

int gan_draw(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = {
        { "count", OPTION_INTEGER, &o.count, "images", 1, 100000, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "noise", OPTION_TEXT, &o.noise, "take the noise from this NumPy array (.npy), an image a row", 0, 0, NULL },
        { "mode", OPTION_CHOICE, &o.mode, "batch norm by running statistics, or by the batch itself", 0, 0, "eval|train" },
        { "png", OPTION_TEXT, &o.png, "write a grid here", 0, 0, NULL },
        NPY_OPTION(&o),
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(argc, argv, "checkpoint",
                                              "gan sample CHECKPOINT: draws images from a trained generator.", option);
    require_target(&o, checkpoint);
    threads_set((int)o.threads);
    Run run;
    run_load(&run, checkpoint);
    Tensor z = noise_for(&o, &run), x = generate(&run, &z, o.mode);
    write_images(&o, &run, &x, (int)ceil(sqrt((double)x.shape.dim[0])));
    tensor_free(&z), tensor_free(&x);
    run_free(&run);
    return 0;
}
