#include "08_optimizer.h"

#include <string.h>

/* ---- the mathematics ------------------------------------------------------------- */

void sgd_update(real *x, const real *dx, size_t n, real rate)
{
    for (size_t i = 0; i < n; i++)
        x[i] -= rate * dx[i];
}

void momentum_update(real *x, const real *dx, real *v, size_t n, real rate, real friction)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = friction * v[i] + dx[i];
        x[i] -= rate * v[i];
    }
}

AdamOptions adam_pytorch(double rate, double beta1) { return (AdamOptions){ rate, beta1, 0.999, 1e-8, false }; }
AdamOptions adam_keras(double rate, double beta1) { return (AdamOptions){ rate, beta1, 0.999, 1e-7, true }; }

/* rate M / (sqrt(V) + epsilon) is a m / (sqrt(v) + e), where the corrections
 * of a whole step are two numbers: a = rate sqrt(1 - beta2^t)/(1 - beta1^t),
 * and e = epsilon sqrt(1 - beta2^t), or plain epsilon where Keras adds it. */
void adam_update(real *x, const real *dx, real *m, real *v, size_t n, const AdamOptions *o, long t)
{
    double root = sqrt(1 - pow(o->beta2, (double)t));
    real a = (real)(o->rate * root / (1 - pow(o->beta1, (double)t)));
    real e = (real)(o->epsilon_before_correction ? o->epsilon : o->epsilon * root);
    real beta1 = (real)o->beta1, beta2 = (real)o->beta2;
    real rest1 = (real)(1 - o->beta1), rest2 = (real)(1 - o->beta2);
    for (size_t i = 0; i < n; i++) {
        m[i] = beta1 * m[i] + rest1 * dx[i];
        v[i] = beta2 * v[i] + rest2 * dx[i] * dx[i];
        x[i] -= a * m[i] / (sqrt(v[i]) + e);
    }
}

/* ---- for a list of parameters ------------------------------------------------------- */

static Optimizer optimizer_new(Layer *l, OptimizerKind kind)
{
    Optimizer o = { .kind = kind, .param = l->param, .n_param = l->n_param };
    o.m = memory_get((size_t)o.n_param * sizeof *o.m);
    o.v = memory_get((size_t)o.n_param * sizeof *o.v);
    for (int k = 0; k < o.n_param; k++) {
        o.m[k] = o.v[k] = (Tensor){ 0 };
        if (kind != SGD)
            o.m[k] = tensor_new(o.param[k]->value.shape), tensor_fill(&o.m[k], 0);
        if (kind == ADAM)
            o.v[k] = tensor_new(o.param[k]->value.shape), tensor_fill(&o.v[k], 0);
    }
    return o;
}

Optimizer sgd_new(Layer *l, double rate)
{
    Optimizer o = optimizer_new(l, SGD);
    o.rate = rate;
    return o;
}

Optimizer momentum_new(Layer *l, double rate, double friction)
{
    Optimizer o = optimizer_new(l, MOMENTUM);
    o.rate = rate, o.friction = friction;
    return o;
}

Optimizer adam_new(Layer *l, AdamOptions options)
{
    Optimizer o = optimizer_new(l, ADAM);
    o.adam = options;
    return o;
}

void optimizer_free(Optimizer *o)
{
    for (int k = 0; k < o->n_param; k++) {
        tensor_free(&o->m[k]);
        tensor_free(&o->v[k]);
    }
    memory_release(o->m);
    memory_release(o->v);
}

enum { PIECES = 8 };

/* Where piece p of a parameter begins, and the sum of its gradient's squares. */
static size_t piece_start(const Param *q, int p) { return tensor_size(&q->value) * (size_t)p / PIECES; }

static double piece_squares(const Param *q, int p)
{
    const real *dx = q->grad.data + piece_start(q, p);
    return dot_serial(dx, dx, piece_start(q, p + 1) - piece_start(q, p));
}

static double norm_of(const double squares[PIECES])
{
    double total = 0;
    for (int p = 0; p < PIECES; p++)
        total += squares[p];
    return sqrt(total);
}

static void update_piece(Optimizer *o, int k, int p)
{
    const Param *q = o->param[k];
    size_t first = piece_start(q, p), n = piece_start(q, p + 1) - first;
    real *x = q->value.data + first, *dx = q->grad.data + first;
    if (n == 0)
        return;
    switch (o->kind) {
    case SGD: sgd_update(x, dx, n, (real)o->rate); break;
    case MOMENTUM: momentum_update(x, dx, o->m[k].data + first, n, (real)o->rate, (real)o->friction); break;
    case ADAM: adam_update(x, dx, o->m[k].data + first, o->v[k].data + first, n, &o->adam, o->step); break;
    }
    memset(dx, 0, n * sizeof *dx);
}

double optimizer_step(Optimizer *o)
{
    double squares[PIECES] = { 0 };
    size_t size = 0;
    for (int k = 0; k < o->n_param; k++)
        size += tensor_size(&o->param[k]->value);
    o->step++;
    PARALLEL_FOR(size)
    for (int p = 0; p < PIECES; p++)
        for (int k = 0; k < o->n_param; k++) {
            squares[p] += piece_squares(o->param[k], p);
            update_piece(o, k, p);
        }
    return norm_of(squares);
}

double gradient_norm(Param *const *param, int n_param)
{
    double squares[PIECES] = { 0 };
    for (int p = 0; p < PIECES; p++)
        for (int k = 0; k < n_param; k++)
            squares[p] += piece_squares(param[k], p);
    return norm_of(squares);
}
