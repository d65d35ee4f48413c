/* Chapter 14: two networks learn the same digits side by side, with batch norm and without; the inputs of one unit of the third
 * layer, as percentiles over the batch. */
#include "00_error.h"
#include "01_memory.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_digits.h"
#include "13_inference.h"
#include "14_shift.h"
#include "live.h"

enum { RATE, UNIT, OPTIONS };
enum { READ_STATE, READ_PAST };
enum { POOL = 1000, HELD = 300, BATCH = 60, WIDTH = 100, DEPTH = 3, PAST = 300, LOOK = 5, PIXELS = 28 * 28 };

typedef struct {
    Network *net;
    Optimizer sgd;
    int watched;          /* the layer whose outputs are the third layer's inputs to its sigmoid */
    double past[PAST][4]; /* three percentiles, accuracy on digits held back */
} Arm;

typedef struct {
    Images pool;
    Shuffle order;
    Arm arm[2];
    Tensor x, t, held, held_labels;
    int unit, n_past, stride;
    long step, looks;
} Bands;

static Arm arm_new(bool norm, double rate, uint64_t seed)
{
    Arm a = { 0 };
    Random r = random_stream(seed, "weights", 0);
    Layer *list[3 * DEPTH + 2];
    int n = 0;
    for (int k = 0; k < DEPTH; k++) {
        list[n++] = dense_new(k == 0 ? PIXELS : WIDTH, WIDTH, INIT_PYTORCH, &r);
        if (norm)
            list[n++] = batchnorm_new(WIDTH, batchnorm_pytorch());
        a.watched = n - 1;
        list[n++] = sigmoid_new();
    }
    list[n++] = dense_new(WIDTH, 10, INIT_PYTORCH, &r);
    list[n] = NULL;
    a.net = network_new("classifier", list);
    a.sgd = sgd_new(&a.net->base, rate);
    return a;
}

static void *bands_make(const double *option, uint64_t seed)
{
    Bands *b = memory_get(sizeof *b);
    *b = (Bands){ 0 };
    b->pool = digits_new(POOL + HELD, 1);
    b->order = shuffle_new(POOL, random_stream(seed, "order", 0));
    for (int k = 0; k < 2; k++)
        b->arm[k] = arm_new(k == 1, option[RATE], seed);
    images_rows(&b->pool, NULL, POOL, HELD, &b->held);
    labels_rows(&b->pool, NULL, POOL, HELD, &b->held_labels);
    REQUIRE(option[UNIT] >= 0 && option[UNIT] < WIDTH, "unit %g", option[UNIT]);
    b->unit = (int)option[UNIT], b->stride = 1;
    return b;
}

static void bands_set(void *figure, int what, double value)
{
    Bands *b = figure;
    REQUIRE(what == RATE, "option %d", what);
    b->arm[0].sgd.rate = b->arm[1].sgd.rate = value;
}

/* Every other record goes when the room is full, and from then on every second, fourth ... is kept. */
static void make_room(Bands *b)
{
    for (int k = 0; k < PAST / 2; k++)
        for (int a = 0; a < 2; a++)
            for (int c = 0; c < 4; c++)
                b->arm[a].past[k][c] = b->arm[a].past[2 * k][c];
    b->n_past = PAST / 2, b->stride *= 2;
}

static void look(Bands *b)
{
    if (b->looks++ % b->stride)
        return;
    if (b->n_past == PAST)
        make_room(b);
    for (int a = 0; a < 2; a++) {
        double *row = b->arm[a].past[b->n_past];
        const Tensor *y = network_forward(b->arm[a].net, &b->held, EVAL);
        double share = accuracy(y->data, b->held_labels.data, HELD, 10);
        Percentiles p = percentiles_of(b->arm[a].net->layer[b->arm[a].watched]->y.data + b->unit, HELD, WIDTH);
        row[0] = p.low, row[1] = p.middle, row[2] = p.high, row[3] = share;
    }
    b->n_past++;
}

static void bands_run(void *figure, int steps)
{
    Bands *b = figure;
    int index[BATCH];
    while (steps-- > 0) {
        shuffle_next(&b->order, index, BATCH);
        images_rows(&b->pool, index, 0, BATCH, &b->x);
        labels_rows(&b->pool, index, 0, BATCH, &b->t);
        for (int a = 0; a < 2; a++) {
            network_gradient(b->arm[a].net, &b->x, &b->t, softmax_cross_entropy, TRAIN);
            optimizer_step(&b->arm[a].sgd);
        }
        if (++b->step % LOOK == 0)
            look(b);
    }
}

static int bands_read(void *figure, int what, double *room)
{
    const Bands *b = figure;
    int n = 0;
    if (what == READ_PAST) { /* without batch norm, then with */
        for (int a = 0; a < 2; a++)
            for (int k = 0; k < b->n_past; k++)
                for (int c = 0; c < 4; c++)
                    room[n++] = b->arm[a].past[k][c];
        return n;
    }
    room[0] = (double)b->step, room[1] = b->stride * LOOK; /* the k-th record is of step LOOK + k times that */
    for (int a = 0; a < 2; a++)
        room[2 + a] = b->n_past ? b->arm[a].past[b->n_past - 1][3] : NAN;
    return 4;
}

static void bands_free(void *figure)
{
    Bands *b = figure;
    for (int a = 0; a < 2; a++)
        optimizer_free(&b->arm[a].sgd), network_free(b->arm[a].net);
    images_free(&b->pool), shuffle_free(&b->order);
    tensor_free(&b->x), tensor_free(&b->t), tensor_free(&b->held), tensor_free(&b->held_labels);
    memory_release(b);
}

const LiveFigure live_bands = { "bands", bands_make, bands_set, bands_run, bands_read, NULL, NULL, bands_free };
