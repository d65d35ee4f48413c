#include "13_inference.h"

#include <string.h>

/* ---- conventions ------------------------------------------------------------------------ */

BatchNormOptions batchnorm_pytorch(void)
{
    return (BatchNormOptions){ .eps = 1e-5, .momentum = 0.1, .unbiased = true };
}

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

void running_update(real *running, const real *batch, double weight, int C)
{
    for (int j = 0; j < C; j++)
        running[j] += (real)weight * (batch[j] - running[j]);
}

void batchnorm_affine(real *scale, real *shift, const real *gamma, const real *beta, const real *mean,
                      const real *var, double eps, int C)
{
    batchnorm_rstd(scale, var, eps, C);
    for (int j = 0; j < C; j++) {
        scale[j] *= gamma[j];
        shift[j] = beta[j] - scale[j] * mean[j];
    }
}

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    BatchNormCore core;
    BatchNormOptions options;
    State *mean, *var; /* running */
    int64_t batches;
    Mode mode;         /* of the last forward */
    int frozen;        /* above 0: leave the running statistics alone in TRAIN too */
} BatchNorm;

static Shape inference_output_shape(const Layer *l, Shape x)
{
    const BatchNorm *b = (const BatchNorm *)l;
    REQUIRE(shape_columns(x) == b->core.C, "batch norm of %d columns: x is %s", b->core.C, shape_text(x));
    return x;
}

static void update_running(BatchNorm *b, int R)
{
    int C = b->core.C;
    b->batches++;
    double weight = b->options.cumulative ? 1.0 / (double)b->batches : b->options.momentum;
    running_update(b->mean->value.data, b->core.mean, weight, C);
    real *var = b->core.var; /* not needed again: backward uses rstd */
    for (int j = 0; b->options.unbiased && j < C; j++)
        var[j] *= (real)R / (real)(R - 1);
    running_update(b->var->value.data, var, weight, C);
}

static const Tensor *inference_forward(Layer *l, const Tensor *x, Mode mode)
{
    BatchNorm *b = (BatchNorm *)l;
    BatchNormCore *c = &b->core;
    int R = shape_rows(x->shape);
    b->mode = mode;
    if (mode == TRAIN) {
        REQUIRE(R >= 2, "batch norm in training needs two rows; x is %s", shape_text(x->shape));
        batchnorm_core_forward(c, &l->y, x);
        if (!b->frozen)
            update_running(b, R);
        return &l->y;
    }
    tensor_resize(&l->y, x->shape);
    memcpy(c->mean, b->mean->value.data, (size_t)c->C * sizeof *c->mean);
    batchnorm_rstd(c->rstd, b->var->value.data, c->eps, c->C);
    batchnorm_forward(l->y.data, x->data, c->mean, c->rstd, c->gamma->value.data, c->beta->value.data, R, c->C);
    return &l->y;
}

/* In EVAL the statistics are constants: only the direct path is left, which
 * is the formula of training with both means 0. */
static const Tensor *inference_backward(Layer *l, const Tensor *dy, unsigned want)
{
    BatchNorm *b = (BatchNorm *)l;
    BatchNormCore *c = &b->core;
    if (b->mode == TRAIN) {
        batchnorm_core_backward(c, &l->dx, dy, l->x, want);
        return want & WANT_DX ? &l->dx : NULL;
    }
    batchnorm_core_backward(c, NULL, dy, l->x, want & WANT_PARAM);
    if (!(want & WANT_DX))
        return NULL;
    memset(c->mean_dy, 0, (size_t)c->C * sizeof *c->mean_dy);
    memset(c->mean_dy_xhat, 0, (size_t)c->C * sizeof *c->mean_dy_xhat);
    tensor_resize(&l->dx, dy->shape);
    batchnorm_backward_x(l->dx.data, dy->data, l->x->data, c->mean, c->rstd, c->gamma->value.data, c->mean_dy,
                         c->mean_dy_xhat, shape_rows(dy->shape), c->C);
    return &l->dx;
}

static void inference_free(Layer *l) { batchnorm_core_free(&((BatchNorm *)l)->core); }

static const LayerOps batchnorm_ops = { "BatchNorm", inference_output_shape, inference_forward, inference_backward,
                                        NULL, inference_free };

Layer *batchnorm_new(int C, BatchNormOptions o)
{
    REQUIRE(o.momentum >= 0 && o.momentum <= 1, "momentum %g", o.momentum);
    BatchNorm *b = layer_new(&batchnorm_ops, sizeof *b, 2, 2);
    batchnorm_core_init(&b->core, &b->base, C, o.eps);
    b->options = o;
    b->mean = layer_state(&b->base, 0, "running_mean", (Shape){ 1, { C } });
    b->var = layer_state(&b->base, 1, "running_var", (Shape){ 1, { C } });
    tensor_fill(&b->mean->value, 0);
    tensor_fill(&b->var->value, 1);
    return &b->base;
}

void network_freeze(Network *n, bool frozen)
{
    for (int i = 0; i < n->n_layer; i++)
        if (is_batchnorm(n->layer[i]))
            ((BatchNorm *)n->layer[i])->frozen += frozen ? 1 : -1;
        else if (is_network(n->layer[i]))
            network_freeze((Network *)n->layer[i], frozen);
}

const Tensor *network_peek(Network *n, const Tensor *x)
{
    network_freeze(n, true);
    const Tensor *y = network_forward(n, x, TRAIN);
    network_freeze(n, false);
    n->base.awaits_backward = false; /* its caches are not a training step's */
    return y;
}

bool is_batchnorm(const Layer *l) { return l->ops == &batchnorm_ops; }
int64_t *batchnorm_batches(Layer *l) { return &((BatchNorm *)l)->batches; }
double batchnorm_eps(const Layer *l) { return ((const BatchNorm *)l)->options.eps; }

/* ---- folding --------------------------------------------------------------------------------- */

/* scale (xW + b) + shift = x (W scale) + (b scale + shift), column by column. */
static void fold_into_dense(Layer *dense, const real *scale, const real *shift, int C)
{
    Tensor *W = &dense->param[0]->value, *b = &dense->param[1]->value;
    for (size_t i = 0; i < tensor_size(W); i++)
        W->data[i] *= scale[i % (size_t)C];
    for (int j = 0; j < C; j++)
        b->data[j] = b->data[j] * scale[j] + shift[j];
}

const char *batchnorm_fold(Network *n, int i)
{
    if (i < 0 || i >= n->n_layer || !is_batchnorm(n->layer[i]))
        return "this layer is no batch norm with running statistics";
    if (i == 0)
        return "no layer stands before it in the network";
    if (!is_dense(n->layer[i - 1]))
        return "the layer before it is not affine: a shift cannot pass through it";
    BatchNorm *b = (BatchNorm *)n->layer[i];
    int C = b->core.C;
    Tensor map = tensor_new((Shape){ 2, { 2, C } });
    batchnorm_affine(map.data, map.data + C, b->core.gamma->value.data, b->core.beta->value.data, b->mean->value.data,
                     b->var->value.data, b->core.eps, C);
    fold_into_dense(n->layer[i - 1], map.data, map.data + C, C);
    tensor_free(&map);
    network_remove(n, i);
    return NULL;
}
