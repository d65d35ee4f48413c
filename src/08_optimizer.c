#include "08_optimizer.h"

#include "01_memory.h"

/* ---- the mathematics ------------------------------------------------------------- */

void sgd_update(real *x, const real *dx, size_t n, real rate)
{
    for (size_t i = 0; i < n; i++)
        x[i] -= rate * dx[i];
}

void momentum_update(real *x, const real *dx, real *v, size_t n, real rate, real momentum)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = momentum * v[i] + dx[i];
        x[i] -= rate * v[i];
    }
}

AdamOptions adam_pytorch(double rate, double beta1) { return (AdamOptions){ rate, beta1, 0.999, 1e-8, false }; }
AdamOptions adam_keras(double rate, double beta1) { return (AdamOptions){ rate, beta1, 0.999, 1e-7, true }; }

/* Keras adds epsilon to sqrt(v), which is sqrt(V) sqrt(1 - beta2^t): seen from
 * V, its epsilon is divided by that root. */
void adam_update(real *x, const real *dx, real *m, real *v, size_t n, const AdamOptions *o, long t)
{
    double rest1 = 1 - pow(o->beta1, (double)t), rest2 = 1 - pow(o->beta2, (double)t);
    real rate = (real)o->rate, beta1 = (real)o->beta1, beta2 = (real)o->beta2;
    real one_less_beta1 = (real)(1 - o->beta1), one_less_beta2 = (real)(1 - o->beta2);
    real correct1 = (real)(1 / rest1), correct2 = (real)(1 / rest2);
    real epsilon = (real)(o->epsilon_before_correction ? o->epsilon / sqrt(rest2) : o->epsilon);
    for (size_t i = 0; i < n; i++) {
        m[i] = beta1 * m[i] + one_less_beta1 * dx[i];
        v[i] = beta2 * v[i] + one_less_beta2 * dx[i] * dx[i];
        real M = m[i] * correct1, V = v[i] * correct2;
        x[i] -= rate * M / (sqrt(V) + epsilon);
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
        if (kind == ADAM)
            o.m[k] = tensor_new(o.param[k]->value.shape), tensor_fill(&o.m[k], 0);
        if (kind != SGD)
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

Optimizer momentum_new(Layer *l, double rate, double momentum)
{
    Optimizer o = optimizer_new(l, MOMENTUM);
    o.rate = rate, o.momentum = momentum;
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

void optimizer_update(Optimizer *o, int k, size_t first, size_t n)
{
    real *x = o->param[k]->value.data + first, *dx = o->param[k]->grad.data + first;
    switch (o->kind) {
    case SGD: sgd_update(x, dx, n, (real)o->rate); break;
    case MOMENTUM: momentum_update(x, dx, o->v[k].data + first, n, (real)o->rate, (real)o->momentum); break;
    case ADAM: adam_update(x, dx, o->m[k].data + first, o->v[k].data + first, n, &o->adam, o->step); break;
    }
}
