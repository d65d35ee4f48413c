/* Chapter 8: four optimisers on the bowl of a linear neuron with two inputs, raw or standardised. */
#include "01_memory.h"
#include "02_random.h"
#include "08_optimizer.h"
#include "live.h"

enum { SPREAD, CORRELATION, STANDARDISED, RATE, START_1, START_2, OPTIONS };
enum { READ_STATE, READ_PATHS, READ_MAP };
enum { POINTS = 200, STEPS = 60, RACERS = 4, MAP = 96, BATCH = 8 };
enum { DESCENT, STOCHASTIC, HEAVY, ADAM_RACER };

typedef struct {
    double option[OPTIONS], x[POINTS][2], t[POINTS];
    double h[2][2], eigen[2];
    double best[2]; /* where the bowl's bottom is */
    double path[RACERS][STEPS + 1][2];
} Bowl;

static double dot(const double *a, const double *b) { return a[0] * b[0] + a[1] * b[1]; }

/* Mean squared error over two, of n examples from `first` on, and its gradient. */
static double cost(const Bowl *b, const double *w, int first, int n, double *dw)
{
    double sum = 0;
    dw[0] = dw[1] = 0;
    for (int k = 0; k < n; k++) {
        int i = (first + k) % POINTS;
        double off = dot(b->x[i], w) - b->t[i];
        sum += 0.5 * off * off / n;
        dw[0] += off * b->x[i][0] / n, dw[1] += off * b->x[i][1] / n;
    }
    return sum;
}

static void draw_points(Bowl *b, uint64_t seed)
{
    Random r = random_stream(seed, "bowl", 0);
    real normal[3];
    double spread = b->option[STANDARDISED] != 0 ? 1 : b->option[SPREAD], c = b->option[CORRELATION];
    for (int i = 0; i < POINTS; i++) {
        random_normal(&r, normal, 3);
        b->x[i][0] = spread * (double)normal[0];
        b->x[i][1] = c * (double)normal[0] + sqrt(1 - c * c) * (double)normal[1];
        b->t[i] = b->x[i][0] + b->x[i][1] + 0.3 * (double)normal[2];
    }
}

/* H = x'x / N, its eigenvalues, and the best w, where H w = x't / N. */
static void measure(Bowl *b)
{
    double right[2] = { 0 };
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < 2; j++) {
            b->h[j][0] += b->x[i][j] * b->x[i][0] / POINTS, b->h[j][1] += b->x[i][j] * b->x[i][1] / POINTS;
            right[j] += b->x[i][j] * b->t[i] / POINTS;
        }
    double trace = b->h[0][0] + b->h[1][1], det = b->h[0][0] * b->h[1][1] - b->h[0][1] * b->h[1][0];
    double root = sqrt(fmax(0, trace * trace / 4 - det));
    b->eigen[0] = trace / 2 + root, b->eigen[1] = trace / 2 - root;
    b->best[0] = (right[0] * b->h[1][1] - right[1] * b->h[0][1]) / det;
    b->best[1] = (right[1] * b->h[0][0] - right[0] * b->h[1][0]) / det;
}

/* RATE counts in the best rate of gradient descent, 2/(largest + smallest eigenvalue); momentum has 0.3 of it, Adam 0.1 at 1. */
static void race(Bowl *b, int racer)
{
    double rate = b->option[RATE] * 2 / (b->eigen[0] + b->eigen[1]);
    AdamOptions adam = adam_pytorch(0.1 * b->option[RATE], 0.9);
    real w[2] = { (real)b->option[START_1], (real)b->option[START_2] }, dw[2], v[2] = { 0 }, m[2] = { 0 };
    for (int step = 0; step <= STEPS; step++) {
        double at[2] = { (double)w[0], (double)w[1] }, slope[2];
        b->path[racer][step][0] = at[0], b->path[racer][step][1] = at[1];
        cost(b, at, racer == STOCHASTIC ? BATCH * step : 0, racer == STOCHASTIC ? BATCH : POINTS, slope);
        dw[0] = (real)slope[0], dw[1] = (real)slope[1];
        if (racer == ADAM_RACER)
            adam_update(w, dw, m, v, 2, &adam, step + 1);
        else if (racer == HEAVY)
            momentum_update(w, dw, v, 2, (real)(0.3 * rate), (real)0.7);
        else
            sgd_update(w, dw, 2, (real)rate);
    }
}

static void *bowl_make(const double *option, uint64_t seed)
{
    Bowl *b = memory_get(sizeof *b);
    *b = (Bowl){ 0 };
    for (int k = 0; k < OPTIONS; k++)
        b->option[k] = option[k];
    draw_points(b, seed);
    measure(b);
    for (int k = 0; k < RACERS; k++)
        race(b, k);
    return b;
}

static double map_place(int k) { return -2 + 6 * (k + 0.5) / MAP; } /* -2 to 4, both ways */

static int bowl_read(void *figure, int what, double *room)
{
    const Bowl *b = figure;
    double unused[2], bottom = cost(b, b->best, 0, POINTS, unused);
    switch (what) {
    case READ_PATHS:
        for (int k = 0; k < RACERS * (STEPS + 1) * 2; k++)
            room[k] = (&b->path[0][0][0])[k];
        return RACERS * (STEPS + 1) * 2;
    case READ_MAP:
        for (int k = 0; k < MAP * MAP; k++)
            room[k] = cost(b, (double[]){ map_place(k % MAP), map_place(k / MAP) }, 0, POINTS, unused) - bottom;
        return MAP * MAP;
    default: /* condition number, best rate, bottom; how far each racer still is from it */
        room[0] = b->eigen[0] / b->eigen[1], room[1] = 2 / (b->eigen[0] + b->eigen[1]), room[2] = b->best[0],
        room[3] = b->best[1];
        for (int k = 0; k < RACERS; k++)
            room[4 + k] = hypot(b->path[k][STEPS][0] - b->best[0], b->path[k][STEPS][1] - b->best[1]);
        return 4 + RACERS;
    }
}

static void bowl_free(void *figure) { memory_release(figure); }

const LiveFigure live_bowl = { "bowl", bowl_make, NULL, NULL, bowl_read, NULL, NULL, bowl_free };
