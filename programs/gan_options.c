#include "gan.h"

#include "00_error.h"
#include "01_parallel.h"
#include "20_dcgan.h"

#include <string.h>
#include <sys/stat.h>

Options defaults(void)
{
    return (Options){ .epochs = 50,
                      .batch = 256,
                      .seed = 1,
                      .threads = threads_get(),
                      .count = GRID * GRID,
                      .rate = 2e-4,
                      .model = "mlp",
                      .order = "given",
                      .data = "digits",
                      .mode = "eval",
                      .network = "generator",
                      .layout = "pytorch" };
}

/* As the sources give them: batch norm in both networks of the blog's GAN, in the notebook's generators. */
static const char *default_norm(const char *model) { return strcmp(model, "mlp") == 0 ? "both" : "generator"; }

/* The word behind the command that is no option, taken out of the arguments; NULL where there is none. */
static const char *take_word(int *argc, char **argv)
{
    if (*argc < 2 || argv[1][0] == '-')
        return NULL;
    const char *word = argv[1];
    for (int i = 1; i + 1 < *argc; i++)
        argv[i] = argv[i + 1];
    argv[--*argc] = NULL;
    return word;
}

/* The options, and the word, which must be there. */
const char *word_and_options(int argc, char **argv, const char *what, const char *about, const Option *option)
{
    const char *word = take_word(&argc, argv);
    options_read(argc, argv, about, option); /* --help ends here */
    if (!word)
        user_error("found no %s; expected it behind the command", what);
    return word;
}

Recipe recipe_of(Options *o, const Images *d)
{
    if (!o->norm)
        o->norm = default_norm(o->model);
    if (o->batch % 2 != 0)
        user_error("--batch: found %ld; expected an even number: D sees half of it", o->batch);
    bool mlp = strcmp(o->model, "mlp") == 0;
    if (mlp && strcmp(o->order, "given") != 0)
        user_error("--order: found %s; the mlp has batch norm before its activations as it is", o->order);
    Recipe r = { o->model, o->norm, o->order, o->rate, o->batch, (uint64_t)o->seed, DCGAN_SIDE, DCGAN_SIDE, 0 };
    if (!d)
        return r;
    r.height = d->height, r.width = d->width;
    if ((double)o->batch * d->height * d->width > INT32_MAX)
        user_error("--batch: found %ld images of %dx%d; expected at most %d", o->batch, d->height, d->width,
                   INT32_MAX / (d->height * d->width));
    if (!mlp && (d->height != DCGAN_SIDE || d->width != DCGAN_SIDE))
        user_error("--data: found images of %dx%d; %s needs 28x28", d->height, d->width, o->model);
    if (o->batch / 2 > d->n)
        user_error("--batch: found %ld; expected at most %d, twice the number of images", o->batch, 2 * d->n);
    return r;
}

bool same_file(const char *a, const char *b)
{
    struct stat s, t;
    return strcmp(a, b) == 0 || (stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev && s.st_ino == t.st_ino);
}

/* What is read must not be written over. */
void require_other_file(const char *option, const char *out, const char *in)
{
    if (out && in && same_file(out, in))
        user_error("--%s: found %s, the file that is read; expected another", option, out);
}
