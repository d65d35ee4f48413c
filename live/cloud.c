/* Chapter 13: one example among random batch mates, in training mode and in evaluation mode; running statistics that chase
 * the true ones. */
#include "00_error.h"
#include "01_memory.h"
#include "02_random.h"
#include "13_inference.h"
#include "live.h"

enum { EXAMPLE, BATCH, MOMENTUM, DRIFT, OPTIONS }; /* DRIFT: how far the true mean goes in a step */
enum { READ_STATE, READ_PAST };
enum { PAST = 600, MOST_BATCH = 256 };

typedef struct {
    double option[OPTIONS];
    Layer *norm;
    Random random;
    Tensor x, one;
    double true_mean;
    long step;
    int n_past;
    double past[PAST][5]; /* step, output in training, in evaluation, running mean, true mean */
} Cloud;

static void *cloud_make(const double *option, uint64_t seed)
{
    Cloud *c = memory_get(sizeof *c);
    *c = (Cloud){ 0 };
    for (int k = 0; k < OPTIONS; k++)
        c->option[k] = option[k];
    BatchNormOptions o = batchnorm_pytorch();
    o.momentum = option[MOMENTUM];
    c->norm = batchnorm_new(1, o);
    c->random = random_stream(seed, "mates", 0);
    c->one = tensor_new((Shape){ 2, { 1, 1 } });
    return c;
}

static void cloud_set(void *figure, int what, double value) { ((Cloud *)figure)->option[what] = value; }

/* A step: the example and its mates, which are normal around the true mean with a deviation of 1. */
static void cloud_step(Cloud *c)
{
    int m = (int)c->option[BATCH];
    REQUIRE(m >= 2 && m <= MOST_BATCH, "a batch of %d", m);
    tensor_resize(&c->x, (Shape){ 2, { m, 1 } });
    random_normal(&c->random, c->x.data, (size_t)m);
    for (int i = 0; i < m; i++)
        c->x.data[i] += (real)c->true_mean;
    c->x.data[0] = c->one.data[0] = (real)c->option[EXAMPLE];
    double in_training = (double)layer_forward(c->norm, &c->x, TRAIN)->data[0];
    double in_evaluation = (double)layer_forward(c->norm, &c->one, EVAL)->data[0];
    if (c->n_past == PAST) {
        for (int k = 1; k < PAST; k++)
            for (int j = 0; j < 5; j++)
                c->past[k - 1][j] = c->past[k][j];
        c->n_past--;
    }
    double *row = c->past[c->n_past++];
    row[0] = (double)++c->step, row[1] = in_training, row[2] = in_evaluation;
    row[3] = (double)c->norm->state[0]->value.data[0], row[4] = c->true_mean;
    c->true_mean += c->option[DRIFT];
}

static void cloud_run(void *figure, int steps)
{
    while (steps-- > 0)
        cloud_step(figure);
}

static int cloud_read(void *figure, int what, double *room)
{
    const Cloud *c = figure;
    if (what == READ_PAST) {
        for (int k = 0; k < 5 * c->n_past; k++)
            room[k] = c->past[k / 5][k % 5];
        return 5 * c->n_past;
    }
    double mean = 0, squares = 0; /* of the outputs in training, over what is kept */
    for (int k = 0; k < c->n_past; k++)
        mean += c->past[k][1] / c->n_past;
    for (int k = 0; k < c->n_past; k++)
        squares += (c->past[k][1] - mean) * (c->past[k][1] - mean) / c->n_past;
    room[0] = (double)c->step, room[1] = mean, room[2] = sqrt(squares);
    for (int j = 2; j < 5; j++)
        room[j + 1] = c->n_past ? c->past[c->n_past - 1][j] : NAN;
    return 6;
}

static void cloud_free(void *figure)
{
    Cloud *c = figure;
    layer_free(c->norm);
    tensor_free(&c->x), tensor_free(&c->one);
    memory_release(c);
}

const LiveFigure live_cloud = { "cloud", cloud_make, cloud_set, cloud_run, cloud_read, NULL, NULL, cloud_free };
