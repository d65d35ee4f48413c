#include "13_inference.h"

#include "00_error.h"
#include "01_memory.h"
#include "03_subject.h"

#include <string.h>

/* ---- conventions ------------------------------------------------------------------------ */

BatchNormOptions batchnorm_pytorch(void) { return (BatchNormOptions){ .eps = 1e-5, .momentum = 0.1, .unbiased = true }; }

BatchNormOptions batchnorm_keras(void) { return (BatchNormOptions){ .eps = 1e-3, .momentum = 0.01 }; }

bool batchnorm_convention(const char *name, BatchNormOptions *o)
{
    if (strcmp(name, "pytorch") == 0)
        *o = batchnorm_pytorch();
    else if (strcmp(name, "keras") == 0)
        *o = batchnorm_keras();
    else
        return false;
    return true;
}

/* ---- the mathematics ----------------------------------------------------------------------- */

void running_update(real *running, const wide *batch, double weight, int C)
{
    for (int j = 0; j < C; j++)
        running[j] += (real)(weight * (batch[j] - (wide)running[j]));
}

void batchnorm_affine(real *scale, real *shift, const BatchNorm *n)
{
    for (int j = 0; j < n->C; j++) {
        scale[j] = n->gamma[j] * n->rstd[j];
        shift[j] = n->beta[j] - scale[j] * n->mean[j];
    }
}

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    BatchNormCore core;
    BatchNormOptions options;
    State *mean, *var; /* running */
    wide *room;        /* for 2 C numbers */
    int64_t batches;
    Mode mode; /* of the last forward */
} BatchNormLayer;

static Shape batchnorm_output_shape(const Layer *l, Shape x)
{
    const BatchNormLayer *b = (const BatchNormLayer *)l;
    REQUIRE(shape_columns(x) == b->core.C, "batch norm of %d columns: x is %s", b->core.C, shape_text(x));
    return x;
}

static void update_running(BatchNormLayer *b)
{
    BatchNormCore *c = &b->core;
    b->batches++;
    double weight = b->options.cumulative ? 1.0 / (double)b->batches : b->options.momentum;
    wide *var = b->room, factor = b->options.unbiased ? c->m / (c->m - 1) : 1;
    for (int j = 0; j < c->C; j++)
        var[j] = factor * c->var[j];
    running_update(b->mean->value.data, c->mean, weight, c->C);
    running_update(b->var->value.data, var, weight, c->C);
}

static void forward_by_running(BatchNormLayer *b, Tensor *y, const Tensor *x)
{
    int C = b->core.C;
    wide *mean = b->room, *var = b->room + C;
    for (int j = 0; j < C; j++) {
        mean[j] = (wide)b->mean->value.data[j];
        var[j] = (wide)b->var->value.data[j];
    }
    batchnorm_core_forward(&b->core, y, x, mean, var);
}

static const Tensor *batchnorm_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    BatchNormLayer *b = (BatchNormLayer *)l;
    BatchNormCore *c = &b->core;
    b->mode = mode;
    if (mode == EVAL) {
        forward_by_running(b, &l->y, x);
        return &l->y;
    }
    batchnorm_core_measure(c, x);
    batchnorm_core_forward(c, &l->y, x, c->mean, c->var);
    if (mode == TRAIN)
        update_running(b);
    return &l->y;
}

/* In EVAL the statistics are constants: only the direct path is left. */
static void batchnorm_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    BatchNormLayer *b = (BatchNormLayer *)l;
    batchnorm_core_backward(&b->core, dx, dy, l->x, want, b->mode == EVAL);
}

static int batchnorm_layer_terms(const Layer *l, const Tensor *dy, Term *term)
{
    const BatchNormLayer *b = (const BatchNormLayer *)l;
    return b->mode == EVAL ? 0 : batchnorm_core_terms(&b->core, dy, l->x, term);
}

static void batchnorm_layer_free(Layer *l)
{
    BatchNormLayer *b = (BatchNormLayer *)l;
    batchnorm_core_free(&b->core);
    memory_release(b->room);
}

static const LayerOps batchnorm_ops = { .name = "BatchNorm",
                                        .output_shape = batchnorm_output_shape,
                                        .forward = batchnorm_layer_forward,
                                        .backward = batchnorm_layer_backward,
                                        .terms = batchnorm_layer_terms,
                                        .free = batchnorm_layer_free };

Layer *batchnorm_new(int C, BatchNormOptions o)
{
    REQUIRE(o.momentum >= 0 && o.momentum <= 1, "momentum %g", o.momentum);
    BatchNormLayer *b = layer_new(&batchnorm_ops, sizeof *b, 2, 2);
    batchnorm_core_init(&b->core, &b->base, C, o.eps, o.over);
    b->options = o;
    b->mean = layer_state(&b->base, 0, "running_mean", (Shape){ 1, { C } });
    b->var = layer_state(&b->base, 1, "running_var", (Shape){ 1, { C } });
    b->room = memory_get(2 * (size_t)C * sizeof *b->room);
    tensor_fill(&b->mean->value, 0);
    tensor_fill(&b->var->value, 1);
    return &b->base;
}

bool is_batchnorm(const Layer *l) { return l->ops == &batchnorm_ops; }
int64_t *batchnorm_batches(Layer *l) { return &((BatchNormLayer *)l)->batches; }
double batchnorm_eps(const Layer *l) { return ((const BatchNormLayer *)l)->options.eps; }
