/* A step of all parameters in one loop over pieces: a core sums, moves and
 * zeroes what is in its cache, and the cores wait for each other once. */
#include "08_optimizer.h"

#include "01_parallel.h"
#include "01_chunks.h"
#include "01_tensor.h"

#include <string.h>

enum { PIECES = 8 }; /* of every parameter, for any number of threads */

/* Returns the sum of the squares of its gradients. */
static double step_piece(Optimizer *o, int k, int p)
{
    Tensor *grad = &o->param[k]->grad;
    size_t size = tensor_size(grad), first = size * (size_t)p / PIECES, n = size * (size_t)(p + 1) / PIECES - first;
    real *dx = grad->data + first;
    double squares = (double)dot_serial(dx, dx, n);
    optimizer_update(o, k, first, n);
    memset(dx, 0, n * sizeof *dx);
    return squares;
}

static size_t numbers(const Optimizer *o)
{
    size_t n = 0;
    for (int k = 0; k < o->n_param; k++)
        n += tensor_size(&o->param[k]->grad);
    return n;
}

double optimizer_step(Optimizer *o)
{
    double squares[PIECES] = { 0 }, total = 0;
    o->step++;
    PARALLEL_FOR(numbers(o))
    for (int p = 0; p < PIECES; p++)
        for (int k = 0; k < o->n_param; k++)
            squares[p] += step_piece(o, k, p);
    for (int p = 0; p < PIECES; p++)
        total += squares[p];
    return sqrt(total);
}
