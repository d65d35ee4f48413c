/* Chapters 15 and 16: a GAN in the plane, on the ring, the grid, or what the reader draws. */
#include "01_memory.h"
#include "08_optimizer.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "16_modes.h"
#include "16_plane.h"
#include "game.h"

enum { NOISE = 16, BATCH = 128, SAMPLES = 2500, SHOWN = 500, MAP = 40, MOST_DRAWN = 2000, PAST = 400, LOOK = 100 };

/* Options, in this order; those from RATE_G on may change while it runs. */
enum { DATA, NORM_G, NORM_D, RATE_G, RATE_D, TURN, BY_BATCH, OPTIONS };
enum { RING, GRID, DRAWN };

/* What is read. */
enum { READ_STATE, READ_SAMPLES, READ_BELIEF, READ_ARROWS, READ_DATA, READ_PAST };

typedef struct {
    Gan gan;
    Mixture mixture;
    double option[OPTIONS];
    Random data, noise;
    Tensor x, z, place, arrow;
    double drawn[2 * MOST_DRAWN];
    int n_drawn, n_past;
    long step;
    Coverage coverage;
    GanStep last;
    double past[PAST][4]; /* step, D's loss, G's loss, modes */
} Plane;

static Network *player(const char *name, int in, int out, bool norm, bool leaky, Random *r)
{
    Layer *norms[2] = { NULL, NULL };
    for (int k = 0; k < 2 && norm; k++)
        norms[k] = batchnorm_new(PLANE_WIDTH, batchnorm_pytorch());
    return plane_network(name, in, out, norms, leaky, r);
}

static void plane_set(void *figure, int what, double value)
{
    Plane *p = figure;
    p->option[what] = value;
    p->gan.generator_adam.adam.rate = p->option[RATE_G];
    p->gan.discriminator_adam.adam.rate = p->option[RATE_D];
}

static void *plane_make(const double *option, uint64_t seed)
{
    Plane *p = memory_get(sizeof *p);
    *p = (Plane){ 0 };
    Random g = random_stream(seed, "generator", 0), d = random_stream(seed, "discriminator", 0);
    p->mixture = option[DATA] == GRID ? mixture_grid() : mixture_ring();
    p->gan = gan_new(player("generator", NOISE, 2, option[NORM_G] != 0, false, &g),
                     player("discriminator", 2, 1, option[NORM_D] != 0, true, &d), NOISE, adam_pytorch(1e-3, 0.5), seed);
    for (int k = 0; k < OPTIONS; k++)
        p->option[k] = option[k];
    plane_set(p, RATE_G, option[RATE_G]);
    p->data = random_stream(seed, "ring", 0), p->noise = random_stream(seed, "fixed noise", 0);
    p->x = tensor_new((Shape){ 2, { BATCH / 2, 2 } }), p->z = tensor_new((Shape){ 2, { SAMPLES, NOISE } });
    p->place = tensor_new((Shape){ 2, { MAP * MAP, 2 } });
    random_normal(&p->noise, p->z.data, tensor_size(&p->z));
    return p;
}

/* n points of the data: of the mixture, or near one that was drawn. */
static void draw_data(Plane *p, real *x, int n, Random *r)
{
    if (p->option[DATA] != DRAWN || p->n_drawn == 0) {
        mixture_sample(&p->mixture, x, n, r);
        return;
    }
    random_normal(r, x, 2 * (size_t)n);
    for (int i = 0; i < n; i++) {
        const double *at = p->drawn + 2 * random_index(r, p->n_drawn);
        x[2 * i] = (real)(at[0] + 0.02 * (double)x[2 * i]), x[2 * i + 1] = (real)(at[1] + 0.02 * (double)x[2 * i + 1]);
    }
}

static const Tensor *samples(Plane *p, int n)
{
    p->z.shape.dim[0] = n;
    const Tensor *y = gan_sample(&p->gan, &p->z, p->option[BY_BATCH] != 0 ? PROBE : EVAL);
    p->z.shape.dim[0] = SAMPLES;
    return y;
}

static void look(Plane *p)
{
    p->coverage = mixture_coverage(&p->mixture, samples(p, SAMPLES)->data, SAMPLES);
    if (p->n_past == PAST) { /* every other one of the past goes */
        for (int k = 0; k < PAST / 2; k++)
            for (int c = 0; c < 4; c++)
                p->past[k][c] = p->past[2 * k][c];
        p->n_past = PAST / 2;
    }
    double row[4] = { (double)p->step, p->last.loss_real + p->last.loss_fake, p->last.loss_g, p->coverage.modes };
    for (int c = 0; c < 4; c++)
        p->past[p->n_past][c] = row[c];
    p->n_past++;
}

static void plane_run(void *figure, int steps)
{
    Plane *p = figure;
    while (steps-- > 0) {
        draw_data(p, p->x.data, BATCH / 2, &p->data);
        p->last = game_step(&p->gan, &p->x, BATCH, (Turn)p->option[TURN]);
        if (++p->step % LOOK == 0)
            look(p);
    }
}

/* The half width of what is shown. */
static double reach(const Plane *p) { return p->option[DATA] == GRID ? 5.2 : 1.6; }

static int read_belief(Plane *p, double *room)
{
    for (int k = 0; k < MAP * MAP; k++) {
        p->place.data[2 * k] = (real)(reach(p) * (2.0 * (k % MAP + 0.5) / MAP - 1));
        p->place.data[2 * k + 1] = (real)(reach(p) * (2.0 * (k / MAP + 0.5) / MAP - 1));
    }
    const Tensor *a = network_forward(p->gan.discriminator, &p->place, EVAL);
    for (int k = 0; k < MAP * MAP; k++)
        room[k] = 1 / (1 + exp(-(double)a->data[k]));
    return MAP * MAP;
}

/* Of 100 samples: where each is, and where G's loss wants it (against the gradient by the sample). */
static int read_arrows(Plane *p, double *room)
{
    enum { ARROWS = 100 };
    Tensor fake = { 0 }, da = tensor_new((Shape){ 2, { ARROWS, 1 } });
    tensor_copy(&fake, samples(p, ARROWS));
    const Tensor *a = network_forward(p->gan.discriminator, &fake, PROBE);
    gan_generator_loss (&p->gan)(a->data, ARROWS, da.data);
    network_backward(p->gan.discriminator, &da, &p->arrow, WITHOUT_PARAM);
    for (int i = 0; i < ARROWS; i++) {
        room[4 * i] = (double)fake.data[2 * i], room[4 * i + 1] = (double)fake.data[2 * i + 1];
        room[4 * i + 2] = -(double)p->arrow.data[2 * i] * ARROWS, room[4 * i + 3] = -(double)p->arrow.data[2 * i + 1] * ARROWS;
    }
    tensor_free(&fake), tensor_free(&da);
    return 4 * ARROWS;
}

static int read_points(const real *x, int n, double *room)
{
    for (int i = 0; i < 2 * n; i++)
        room[i] = (double)x[i];
    return 2 * n;
}

/* The mean of the samples, and how far they lie from it, in the mean: a ring in the wrong place shows here. */
static void centre(Plane *p, double *to)
{
    const real *x = samples(p, SHOWN)->data;
    double mean[2] = { 0 }, radius = 0;
    for (int i = 0; i < 2 * SHOWN; i++)
        mean[i % 2] += (double)x[i] / SHOWN;
    for (int i = 0; i < SHOWN; i++)
        radius += hypot((double)x[2 * i] - mean[0], (double)x[2 * i + 1] - mean[1]) / SHOWN;
    to[0] = mean[0], to[1] = mean[1], to[2] = radius;
}

static int plane_read(void *figure, int what, double *room)
{
    Plane *p = figure;
    switch (what) {
    case READ_SAMPLES: return read_points(samples(p, SHOWN)->data, SHOWN, room);
    case READ_BELIEF: return read_belief(p, room);
    case READ_ARROWS: return read_arrows(p, room);
    case READ_PAST:
        for (int k = 0; k < 4 * p->n_past; k++)
            room[k] = p->past[k / 4][k % 4];
        return 4 * p->n_past;
    case READ_DATA: {
        Random r = random_stream(1, "shown data", 0);
        real x[2 * SHOWN];
        draw_data(p, x, SHOWN, &r);
        return read_points(x, SHOWN, room);
    }
    default: /* step, modes, of how many, good share, D's and G's loss, centre, radius, reach */
        room[0] = (double)p->step, room[1] = p->coverage.modes, room[2] = p->mixture.modes;
        room[3] = p->coverage.high_quality, room[4] = p->last.loss_real + p->last.loss_fake, room[5] = p->last.loss_g;
        centre(p, room + 6);
        room[9] = reach(p);
        return 10;
    }
}

static void plane_give(void *figure, const double *room, int n)
{
    Plane *p = figure;
    p->n_drawn = n / 2 < MOST_DRAWN ? n / 2 : MOST_DRAWN;
    for (int i = 0; i < 2 * p->n_drawn; i++)
        p->drawn[i] = room[i];
}

static uint64_t plane_hash(void *figure) { return game_hash(&((Plane *)figure)->gan); }

static void plane_free(void *figure)
{
    Plane *p = figure;
    gan_free(&p->gan);
    tensor_free(&p->x), tensor_free(&p->z), tensor_free(&p->place), tensor_free(&p->arrow);
    memory_release(p);
}

const LiveFigure live_plane = { "plane", plane_make, plane_set, plane_run, plane_read, plane_give, plane_hash, plane_free };
