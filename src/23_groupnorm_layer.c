#include "23_groupnorm_layer.h"

#include "00_error.h"
#include "01_tensor.h"
#include "03_subject.h"
#include "23_groupnorm.h"

typedef struct {
    Layer base;
    Param *gamma, *beta;
    int C, G;
    double eps;
    Tensor mean, rstd; /* N x G, of the last forward */
} GroupNormLayer;

static Shape group_norm_output_shape(const Layer *l, Shape x)
{
    const GroupNormLayer *b = (const GroupNormLayer *)l;
    REQUIRE(shape_columns(x) == b->C, "%s of %d channels: x is %s", l->ops->name, b->C, shape_text(x));
    REQUIRE(example_places(x) * (b->C / b->G) > 1, "%s: a group of one number has no spread; x is %s", l->ops->name,
            shape_text(x));
    return x;
}

static GroupNorm norm_of(const GroupNormLayer *b, const Tensor *x)
{
    int P = example_places(x->shape), N = shape_rows(x->shape) / P;
    return (GroupNorm){ N, P, b->C, b->G, x->data, b->mean.data, b->rstd.data, param_value(b->gamma), param_value(b->beta) };
}

static const Tensor *group_norm_forward(Layer *l, const Tensor *x, Mode mode)
{
    GroupNormLayer *b = (GroupNormLayer *)l;
    int P = example_places(x->shape), N = shape_rows(x->shape) / P;
    (void)mode;
    tensor_resize(&b->mean, (Shape){ 2, { N, b->G } }), tensor_resize(&b->rstd, (Shape){ 2, { N, b->G } });
    groupnorm_statistics(b->mean.data, b->rstd.data, x->data, N, P, b->C, b->G, b->eps);
    GroupNorm n = norm_of(b, x);
    tensor_resize(&l->y, x->shape);
    groupnorm_forward(l->y.data, &n);
    return &l->y;
}

static void group_norm_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    GroupNormLayer *b = (GroupNormLayer *)l;
    GroupNorm n = norm_of(b, l->x);
    if (want == WITH_PARAM)
        groupnorm_backward_sums(param_gradient(b->gamma), param_gradient(b->beta), dy->data, &n);
    if (dx)
        groupnorm_backward_x(dx->data, dy->data, &n);
}

static int group_norm_terms(const Layer *l, const Tensor *dy, Term *term)
{
    GroupNorm n = norm_of((const GroupNormLayer *)l, l->x);
    term[0].name = "direct path", term[1].name = "path through the mean", term[2].name = "path through the variance";
    groupnorm_backward_paths(term[0].value, term[1].value, term[2].value, dy->data, &n);
    return 3;
}

static void group_norm_free(Layer *l)
{
    GroupNormLayer *b = (GroupNormLayer *)l;
    tensor_free(&b->mean), tensor_free(&b->rstd);
}

/* clang-format off */
#define OPS(kind) { .name = kind, .output_shape = group_norm_output_shape, .forward = group_norm_forward, .backward = group_norm_backward, .terms = group_norm_terms, .free = group_norm_free }
/* clang-format on */
static const LayerOps group_ops = OPS("GroupNorm"), layer_ops = OPS("LayerNorm"), instance_ops = OPS("InstanceNorm");

static Layer *norm_new(const LayerOps *ops, int C, int G, double eps)
{
    REQUIRE(C > 0 && G > 0 && C % G == 0, "%d channels in %d groups", C, G);
    REQUIRE(eps > 0, "epsilon %g", eps);
    GroupNormLayer *b = layer_new(ops, sizeof *b, 2, 0);
    b->C = C, b->G = G, b->eps = eps;
    b->gamma = layer_param(&b->base, 0, "gamma", (Shape){ 1, { C } });
    b->beta = layer_param(&b->base, 1, "beta", (Shape){ 1, { C } });
    tensor_fill(&b->gamma->value, 1), tensor_fill(&b->beta->value, 0);
    return &b->base;
}

Layer *group_norm_new(int C, int G, double eps) { return norm_new(&group_ops, C, G, eps); }
Layer *layer_norm_new(int C, double eps) { return norm_new(&layer_ops, C, 1, eps); }
Layer *instance_norm_new(int C, double eps) { return norm_new(&instance_ops, C, C, eps); }
