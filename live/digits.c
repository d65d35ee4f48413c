/* Chapter 17: the blog's GAN learns digits that are drawn here. */
#include "01_memory.h"
#include "08_optimizer.h"
#include "10_digits.h"
#include "17_mlp_gan.h"
#include "game.h"

enum { POOL = 2000, BATCH = 64, SHOWN = 36, PIXELS = 28 * 28, AVERAGED = 200, PAST = 400, LOOK = 20, BORDER = 2 };
enum { NORM, RATE, TURN, BY_BATCH, MATES, OPTIONS }; /* from RATE on they may change while it runs */
enum { READ_STATE, READ_IMAGES, READ_MEAN, READ_PAST };

typedef struct {
    Gan gan;
    Images pool;
    Shuffle order;
    double option[OPTIONS];
    uint64_t seed;
    Tensor x, z;
    GanStep last;
    long step;
    int n_past;
    double past[PAST][3]; /* step, D's loss, G's loss */
} Digits;

/* The first row's noise is always the same; its batch mates are others for every value of MATES. */
static void draw_mates(Digits *d)
{
    Random first = random_stream(d->seed, "fixed noise", 0),
           mates = random_stream(d->seed, "mates", (uint64_t)d->option[MATES]);
    random_normal(&mates, d->z.data, tensor_size(&d->z));
    random_normal(&first, d->z.data, MLP_NOISE);
}

static void digits_set(void *figure, int what, double value)
{
    Digits *d = figure;
    d->option[what] = value;
    d->gan.generator_adam.adam.rate = d->gan.discriminator_adam.adam.rate = d->option[RATE];
    if (what == MATES)
        draw_mates(d);
}

static void *digits_make(const double *option, uint64_t seed)
{
    Digits *d = memory_get(sizeof *d);
    *d = (Digits){ 0 };
    for (int k = 0; k < OPTIONS; k++)
        d->option[k] = option[k];
    d->seed = seed;
    d->pool = digits_new(POOL, 1);
    d->order = shuffle_new(POOL, random_stream(seed, "order", 0));
    d->gan = mlp_gan_new(PIXELS, (Norm)option[NORM], option[RATE], seed);
    d->z = tensor_new((Shape){ 2, { AVERAGED, MLP_NOISE } });
    draw_mates(d);
    return d;
}

static void digits_run(void *figure, int steps)
{
    Digits *d = figure;
    int index[BATCH / 2];
    while (steps-- > 0) {
        shuffle_next(&d->order, index, BATCH / 2);
        images_rows(&d->pool, index, 0, BATCH / 2, &d->x);
        d->last = game_step(&d->gan, &d->x, BATCH, (Turn)d->option[TURN]);
        if (++d->step % LOOK)
            continue;
        if (d->n_past == PAST) {
            for (int k = 0; k < PAST / 2; k++)
                for (int c = 0; c < 3; c++)
                    d->past[k][c] = d->past[2 * k][c];
            d->n_past = PAST / 2;
        }
        double *row = d->past[d->n_past++];
        row[0] = (double)d->step, row[1] = d->last.loss_real + d->last.loss_fake, row[2] = d->last.loss_g;
    }
}

static const Tensor *samples(Digits *d, int n)
{
    d->z.shape.dim[0] = n;
    const Tensor *y = gan_sample(&d->gan, &d->z, d->option[BY_BATCH] != 0 ? PROBE : EVAL);
    d->z.shape.dim[0] = AVERAGED;
    return y;
}

static int read_mean(Digits *d, double *room)
{
    const real *y = samples(d, AVERAGED)->data;
    for (int p = 0; p < PIXELS; p++)
        room[p] = 0;
    for (int i = 0; i < AVERAGED * PIXELS; i++)
        room[i % PIXELS] += (double)y[i] / AVERAGED;
    return PIXELS;
}

static bool in_border(int pixel)
{
    int row = pixel / 28, column = pixel % 28;
    return row < BORDER || column < BORDER || row >= 28 - BORDER || column >= 28 - BORDER;
}

/* How far the samples' mean is from black, -1, in the border where every digit is black: root of the mean square. */
static double border_error(Digits *d, double *room)
{
    double squares = 0;
    int n = 0;
    read_mean(d, room);
    for (int p = 0; p < PIXELS; p++)
        if (in_border(p))
            squares += (room[p] + 1) * (room[p] + 1), n++;
    return sqrt(squares / n);
}

static int digits_read(void *figure, int what, double *room)
{
    Digits *d = figure;
    switch (what) {
    case READ_IMAGES: {
        const real *y = samples(d, SHOWN)->data;
        for (int i = 0; i < SHOWN * PIXELS; i++)
            room[i] = (double)y[i];
        return SHOWN * PIXELS;
    }
    case READ_MEAN: return read_mean(d, room);
    case READ_PAST:
        for (int k = 0; k < 3 * d->n_past; k++)
            room[k] = d->past[k / 3][k % 3];
        return 3 * d->n_past;
    default: { /* step, D's and G's loss, D's belief in real and fake, error in the border */
        double error = border_error(d, room);
        room[0] = (double)d->step, room[1] = d->last.loss_real + d->last.loss_fake, room[2] = d->last.loss_g;
        room[3] = d->last.on_real, room[4] = d->last.on_fake, room[5] = error;
        return 6;
    }
    }
}

static uint64_t digits_hash(void *figure) { return game_hash(&((Digits *)figure)->gan); }

static void digits_free(void *figure)
{
    Digits *d = figure;
    gan_free(&d->gan), images_free(&d->pool), shuffle_free(&d->order);
    tensor_free(&d->x), tensor_free(&d->z);
    memory_release(d);
}

const LiveFigure live_digits = { "digits", digits_make, digits_set, digits_run, digits_read, NULL, digits_hash, digits_free };
