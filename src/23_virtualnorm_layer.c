#include "23_virtualnorm_layer.h"

#include "00_error.h"
#include "01_memory.h"
#include "03_subject.h"
#include "23_groupnorm.h"
#include "23_virtualnorm.h"

#include <string.h>

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    Param *gamma, *beta;
    int C, K, room;
    double eps;
    wide *mean, *rstd; /* N x C, of the last forward; there is room for `room` numbers each */
    wide *sums;        /* room for 4 C numbers */
} VirtualNormLayer;

static Shape virtual_output_shape(const Layer *l, Shape x)
{
    const VirtualNormLayer *b = (const VirtualNormLayer *)l;
    REQUIRE(shape_columns(x) == b->C, "virtual batch norm of %d channels: x is %s", b->C, shape_text(x));
    REQUIRE(x.dim[0] >= b->K, "virtual batch norm with %d reference examples: x is %s", b->K, shape_text(x));
    return x;
}

static VirtualNorm norm_of(const VirtualNormLayer *b, const Tensor *x)
{
    int P = example_places(x->shape), N = shape_rows(x->shape) / P;
    return (VirtualNorm){ N, b->K, P, b->C, x->data, b->mean, b->rstd, param_value(b->gamma), param_value(b->beta) };
}

static const Tensor *virtual_forward(Layer *l, const Tensor *x, Mode mode)
{
    VirtualNormLayer *b = (VirtualNormLayer *)l;
    int P = example_places(x->shape), N = shape_rows(x->shape) / P, numbers = N * b->C;
    (void)mode;
    if (numbers > b->room) {
        memory_release(b->mean), memory_release(b->rstd);
        b->mean = memory_get((size_t)numbers * sizeof(wide)), b->rstd = memory_get((size_t)numbers * sizeof(wide));
        b->room = numbers;
    }
    virtualnorm_statistics(b->mean, b->rstd, x->data, N, b->K, P, b->C, b->eps);
    VirtualNorm n = norm_of(b, x);
    tensor_resize(&l->y, x->shape);
    virtualnorm_forward(l->y.data, &n);
    return &l->y;
}

static void virtual_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    VirtualNormLayer *b = (VirtualNormLayer *)l;
    VirtualNorm n = norm_of(b, l->x);
    if (want == WITH_PARAM)
        virtualnorm_backward_sums(param_gradient(b->gamma), param_gradient(b->beta), dy->data, &n);
    if (dx)
        virtualnorm_backward_x(dx->data, dy->data, &n, b->sums);
}

static int virtual_terms(const Layer *l, const Tensor *dy, Term *term)
{
    const VirtualNormLayer *b = (const VirtualNormLayer *)l;
    VirtualNorm n = norm_of(b, l->x);
    term[0].name = "direct path", term[1].name = "path through the mean", term[2].name = "path through the variance";
    virtualnorm_backward_paths(term[0].value, term[1].value, term[2].value, dy->data, &n, b->sums);
    return 3;
}

static void virtual_free(Layer *l)
{
    VirtualNormLayer *b = (VirtualNormLayer *)l;
    memory_release(b->mean), memory_release(b->rstd), memory_release(b->sums);
}

static const LayerOps virtual_ops = { .name = "VirtualBatchNorm",
                                      .output_shape = virtual_output_shape,
                                      .forward = virtual_forward,
                                      .backward = virtual_backward,
                                      .terms = virtual_terms,
                                      .free = virtual_free };

Layer *virtual_norm_new(int C, int K, double eps)
{
    REQUIRE(C > 0 && K >= 2 && eps > 0, "%d channels, %d reference examples, epsilon %g", C, K, eps);
    VirtualNormLayer *b = layer_new(&virtual_ops, sizeof *b, 2, 0);
    b->C = C, b->K = K, b->eps = eps;
    b->sums = memory_get(4 * (size_t)C * sizeof *b->sums);
    b->gamma = layer_param(&b->base, 0, "gamma", (Shape){ 1, { C } });
    b->beta = layer_param(&b->base, 1, "beta", (Shape){ 1, { C } });
    tensor_fill(&b->gamma->value, 1), tensor_fill(&b->beta->value, 0);
    return &b->base;
}

/* ---- a network with its reference --------------------------------------------------------------- */

typedef struct {
    Layer base;
    Network *inner;
    Tensor reference, both, dy, dx; /* the reference; it and the batch; their gradients */
} WithReference;

static Shape with_rows(Shape x, int rows)
{
    x.dim[0] = rows;
    return x;
}

static Shape reference_output_shape(const Layer *l, Shape x)
{
    const WithReference *w = (const WithReference *)l;
    REQUIRE(shape_equal(with_rows(x, 1), with_rows(w->reference.shape, 1)), "reference examples %s; x is %s",
            shape_text(w->reference.shape), shape_text(x));
    int K = w->reference.shape.dim[0];
    Shape y = layer_output_shape(&w->inner->base, with_rows(x, K + x.dim[0]));
    return with_rows(y, y.dim[0] - K);
}

/* How many numbers the rows of the reference take in a tensor with N other examples. */
static size_t behind_reference(const WithReference *w, const Tensor *t)
{
    return tensor_size(t) / (size_t)t->shape.dim[0] * (size_t)w->reference.shape.dim[0];
}

static const Tensor *reference_forward(Layer *l, const Tensor *x, Mode mode)
{
    WithReference *w = (WithReference *)l;
    tensor_resize(&w->both, with_rows(x->shape, w->reference.shape.dim[0] + x->shape.dim[0]));
    memcpy(w->both.data, w->reference.data, tensor_size(&w->reference) * sizeof(real));
    memcpy(w->both.data + tensor_size(&w->reference), x->data, tensor_size(x) * sizeof(real));
    const Tensor *y = network_forward(w->inner, &w->both, mode);
    tensor_resize(&l->y, with_rows(y->shape, x->shape.dim[0]));
    memcpy(l->y.data, y->data + behind_reference(w, y), tensor_size(&l->y) * sizeof(real));
    return &l->y;
}

/* Nobody sees the reference's outputs: their gradient is 0. */
static void reference_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    WithReference *w = (WithReference *)l;
    tensor_resize(&w->dy, with_rows(dy->shape, w->reference.shape.dim[0] + dy->shape.dim[0]));
    tensor_fill(&w->dy, 0);
    memcpy(w->dy.data + behind_reference(w, &w->dy), dy->data, tensor_size(dy) * sizeof(real));
    network_backward(w->inner, &w->dy, dx ? &w->dx : NULL, want);
    if (dx)
        memcpy(dx->data, w->dx.data + tensor_size(&w->reference), tensor_size(dx) * sizeof(real));
}

static uint64_t reference_branches(const Layer *l) { return layer_branches(&((const WithReference *)l)->inner->base); }

static void reference_free(Layer *l)
{
    WithReference *w = (WithReference *)l;
    l->n_param = l->n_state = 0; /* the inner network's, which frees them */
    network_free(w->inner);
    tensor_free(&w->reference), tensor_free(&w->both), tensor_free(&w->dy), tensor_free(&w->dx);
}

static const LayerOps reference_ops = { .name = "WithReference",
                                        .output_shape = reference_output_shape,
                                        .forward = reference_forward,
                                        .backward = reference_backward,
                                        .branches = reference_branches,
                                        .free = reference_free };

/* Its parameters and states are the inner network's, in a list of its own. */
Layer *with_reference_new(Network *n, const Tensor *reference)
{
    Layer *inner = &n->base;
    REQUIRE(reference->shape.rank >= 2 && reference->shape.dim[0] >= 2, "reference examples %s", shape_text(reference->shape));
    WithReference *w = layer_new(&reference_ops, sizeof *w, inner->n_param, inner->n_state);
    w->inner = n;
    tensor_copy(&w->reference, reference);
    memcpy(w->base.param, inner->param, (size_t)inner->n_param * sizeof *inner->param);
    memcpy(w->base.state, inner->state, (size_t)inner->n_state * sizeof *inner->state);
    return &w->base;
}
