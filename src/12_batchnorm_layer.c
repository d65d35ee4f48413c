#include "12_batchnorm_layer.h"

#include "00_error.h"
#include "01_memory.h"
#include "12_batchnorm.h"
#include "12_paths.h"

#include <string.h>

/* ---- what any batch norm keeps ----------------------------------------------------------- */

void batchnorm_core_init(BatchNormCore *c, Layer *l, int C, double eps, Reduction over)
{
    REQUIRE(C > 0 && eps >= 0, "batch norm of %d columns, eps %g", C, eps);
    c->C = C, c->eps = eps, c->over = over;
    c->gamma = layer_param(l, 0, "gamma", (Shape){ 1, { C } });
    c->beta = layer_param(l, 1, "beta", (Shape){ 1, { C } });
    tensor_fill(&c->gamma->value, 1);
    tensor_fill(&c->beta->value, 0);
    wide *w = memory_get(4 * (size_t)C * sizeof *w);
    c->mean = w, c->var = w + C, c->dgamma = w + 2 * C, c->dbeta = w + 3 * C;
    c->used_mean = memory_get(2 * (size_t)C * sizeof *c->used_mean);
    c->rstd = c->used_mean + C;
}

void batchnorm_core_free(BatchNormCore *c)
{
    memory_release(c->mean);
    memory_release(c->used_mean);
}

static void sum_over_all(const BatchNormCore *c, wide *x, int n)
{
    if (c->over.sum)
        c->over.sum(c->over.self, x, n);
}

void batchnorm_core_measure(BatchNormCore *c, const Tensor *x)
{
    int R = shape_rows(x->shape);
    c->m = R;
    sum_over_all(c, &c->m, 1);
    REQUIRE(c->m >= 2, "batch norm in training needs two rows; x is %s", shape_text(x->shape));
    batchnorm_mean(c->mean, x->data, R, c->C, (double)c->m);
    sum_over_all(c, c->mean, c->C);
    batchnorm_var(c->var, x->data, c->mean, R, c->C, (double)c->m);
    sum_over_all(c, c->var, c->C);
}

static BatchNorm batch(const BatchNormCore *c, const Tensor *x)
{
    return (BatchNorm){ .R = shape_rows(x->shape),
                        .C = c->C,
                        .x = x->data,
                        .mean = c->used_mean,
                        .rstd = c->rstd,
                        .gamma = param_value(c->gamma),
                        .beta = param_value(c->beta) };
}

void batchnorm_core_forward(BatchNormCore *c, Tensor *y, const Tensor *x, const wide *mean, const wide *var)
{
    for (int j = 0; j < c->C; j++) {
        c->used_mean[j] = (real)mean[j];
        c->rstd[j] = (real)(1 / sqrt(var[j] + c->eps));
    }
    BatchNorm n = batch(c, x);
    tensor_resize(y, x->shape);
    batchnorm_forward(y->data, &n);
}

static void add_narrowed(real *total, const wide *x, int n)
{
    for (int j = 0; j < n; j++)
        total[j] += (real)x[j];
}

/* The parameters' gradients are this process's own; dx needs those of all. */
void batchnorm_core_backward(BatchNormCore *c, Tensor *dx, const Tensor *dy, const Tensor *x, Want want, bool constant)
{
    BatchNorm n = batch(c, x);
    batchnorm_backward_sums(c->dgamma, c->dbeta, dy->data, &n);
    if (want == WITH_PARAM) {
        add_narrowed(param_gradient(c->gamma), c->dgamma, c->C);
        add_narrowed(param_gradient(c->beta), c->dbeta, c->C);
    }
    if (!constant) {
        sum_over_all(c, c->dgamma, c->C);
        sum_over_all(c, c->dbeta, c->C);
    }
    if (dx)
        batchnorm_backward_x(dx->data, dy->data, c->dgamma, c->dbeta, constant ? INFINITY : (double)c->m, &n);
}

int batchnorm_core_terms(const BatchNormCore *c, const Tensor *dy, const Tensor *x, Term *term)
{
    BatchNorm n = batch(c, x);
    term[0].name = "direct path", term[1].name = "path through the mean", term[2].name = "path through the variance";
    batchnorm_backward_paths(&(BatchNormPaths){ term[0].value, term[1].value, term[2].value }, dy->data, &n);
    return 3;
}

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    BatchNormCore core;
} TrainingLayer;

static BatchNormCore *core_of(Layer *l) { return &((TrainingLayer *)l)->core; }

static Shape training_output_shape(const Layer *l, Shape x)
{
    const BatchNormCore *c = &((const TrainingLayer *)l)->core;
    REQUIRE(shape_columns(x) == c->C, "batch norm of %d columns: x is %s", c->C, shape_text(x));
    return x;
}

static const Tensor *training_forward(Layer *l, const Tensor *x, Mode mode)
{
    BatchNormCore *c = core_of(l);
    (void)mode;
    batchnorm_core_measure(c, x);
    batchnorm_core_forward(c, &l->y, x, c->mean, c->var);
    return &l->y;
}

static void training_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    batchnorm_core_backward(core_of(l), dx, dy, l->x, want, false);
}

static int training_terms(const Layer *l, const Tensor *dy, Term *term)
{
    return batchnorm_core_terms(&((const TrainingLayer *)l)->core, dy, l->x, term);
}

static void training_free(Layer *l) { batchnorm_core_free(core_of(l)); }

static const LayerOps training_ops = { .name = "BatchNorm",
                                       .output_shape = training_output_shape,
                                       .forward = training_forward,
                                       .backward = training_backward,
                                       .terms = training_terms,
                                       .free = training_free };

Layer *batchnorm_training_new(int C, double eps)
{
    TrainingLayer *b = layer_new(&training_ops, sizeof *b, 2, 0);
    batchnorm_core_init(&b->core, &b->base, C, eps, (Reduction){ 0 });
    return &b->base;
}
