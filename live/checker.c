/* Chapter 19: what a transposed convolution makes of a grey image, by kernel and stride. */
#include "00_error.h"
#include "01_memory.h"
#include "02_random.h"
#include "19_transposed.h"
#include "live.h"

enum { KERNEL, STRIDE, EVEN, OPTIONS }; /* EVEN: all taps alike, so that the map counts how often a pixel is painted */
enum { READ_STATE, READ_MAP, READ_KERNEL };
enum { SIDE = 8, MOST_KERNEL = 9, MOST_STRIDE = 4 };

typedef struct {
    ConvSizes s;
    real x[SIDE * SIDE], w[MOST_KERNEL * MOST_KERNEL], y[SIDE * SIDE * MOST_STRIDE * MOST_STRIDE];
} Checker;

static void *checker_make(const double *option, uint64_t seed)
{
    Checker *c = memory_get(sizeof *c);
    *c = (Checker){ 0 };
    int K = (int)option[KERNEL], S = (int)option[STRIDE];
    REQUIRE(K >= 1 && K <= MOST_KERNEL && S >= 1 && S <= MOST_STRIDE, "kernel %d, stride %d", K, S);
    Random r = random_stream(seed, "kernel", 0);
    c->s = transposed_sizes((ConvSizes){ .N = 1, .H = SIDE, .W = SIDE, .C = 1, .K = K, .S = S, .O = 1 }, PAD_KERAS);
    random_uniform(&r, c->w, (size_t)(K * K));
    for (int k = 0; k < K * K; k++)
        c->w[k] = option[EVEN] != 0 ? 1 : c->w[k];
    for (int i = 0; i < SIDE * SIDE; i++)
        c->x[i] = 1;
    transposed_forward(c->y, c->x, c->w, NULL, &c->s);
    return c;
}

static int write_numbers(const real *x, int n, double *room)
{
    for (int i = 0; i < n; i++)
        room[i] = (double)x[i];
    return n;
}

/* Away from the edges: the smallest and the largest number of one period. */
static int checker_read(void *figure, int what, double *room)
{
    const Checker *c = figure;
    int side = SIDE * c->s.S, K = c->s.K;
    if (what == READ_MAP)
        return write_numbers(c->y, side * side, room);
    if (what == READ_KERNEL)
        return write_numbers(c->w, K * K, room);
    room[0] = side, room[1] = K, room[2] = INFINITY, room[3] = -INFINITY;
    for (int i = side / 2; i < side / 2 + c->s.S; i++)
        for (int j = side / 2; j < side / 2 + c->s.S; j++) {
            double v = (double)c->y[i * side + j];
            room[2] = v < room[2] ? v : room[2], room[3] = v > room[3] ? v : room[3];
        }
    return 4;
}

static void checker_free(void *figure) { memory_release(figure); }

const LiveFigure live_checker = { "checker", checker_make, NULL, NULL, checker_read, NULL, NULL, checker_free };
