/* A step of all parameters in one loop over pieces: a core sums, moves and
 * zeroes what is in its cache, and the cores wait for each other once. */
#include "08_optimizer.h"

#include "01_chunks.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "04_layer.h"

#include <string.h>

enum { PIECES = 8 }; /* of every parameter, for any number of threads */

static size_t piece_start(const Param *q, int p) { return tensor_size(&q->grad) * (size_t)p / PIECES; }
static size_t piece_size(const Param *q, int p) { return piece_start(q, p + 1) - piece_start(q, p); }

static double piece_squares(const Param *q, int p)
{
    const real *dx = q->grad.data + piece_start(q, p);
    return (double)dot_serial(dx, dx, piece_size(q, p));
}

static void move_piece(Optimizer *o, int k, int p)
{
    Param *q = o->param[k];
    size_t first = piece_start(q, p), n = piece_size(q, p);
    optimizer_update(o, k, first, n);
    memset(q->grad.data + first, 0, n * sizeof *q->grad.data);
}

static size_t numbers(Param *const *param, int n_param)
{
    size_t n = 0;
    for (int k = 0; k < n_param; k++)
        n += tensor_size(&param[k]->grad);
    return n;
}

static double norm_of(const double squares[PIECES])
{
    double total = 0;
    for (int p = 0; p < PIECES; p++)
        total += squares[p];
    return sqrt(total);
}

double gradient_norm(Param *const *param, int n_param)
{
    double squares[PIECES] = { 0 };
    PARALLEL_FOR(numbers(param, n_param))
    for (int p = 0; p < PIECES; p++)
        for (int k = 0; k < n_param; k++)
            squares[p] += piece_squares(param[k], p);
    return norm_of(squares);
}

double optimizer_step(Optimizer *o)
{
    double squares[PIECES] = { 0 };
    o->step++;
    PARALLEL_FOR(numbers(o->param, o->n_param))
    for (int p = 0; p < PIECES; p++)
        for (int k = 0; k < o->n_param; k++) {
            squares[p] += piece_squares(o->param[k], p);
            move_piece(o, k, p);
        }
    return norm_of(squares);
}
