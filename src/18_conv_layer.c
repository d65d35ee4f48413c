#include "18_conv_layer.h"

#include "00_error.h"
#include "01_sum.h"

/* ---- the layer ------------------------------------------------------------------------------ */

typedef struct {
    Layer base;
    LayerOps ops; /* its own: the name is the kind's */
    const ConvKind *kind;
    Param *weight, *bias;
    ConvSizes given; /* C, O, K and S */
    Padding padding;
} ConvLayer;

static ConvSizes sizes_of(const ConvLayer *c, Shape x)
{
    ConvSizes s = c->given;
    s.N = x.dim[0], s.H = x.dim[1], s.W = x.dim[2];
    return c->kind->sizes(s, c->padding);
}

ConvSizes conv_layer_sizes(const Layer *l, Shape x) { return sizes_of((const ConvLayer *)l, x); }

static Shape conv_output_shape(const Layer *l, Shape x)
{
    const ConvLayer *c = (const ConvLayer *)l;
    REQUIRE(x.rank == 4 && x.dim[3] == c->given.C, "%s of %d channels: x is %s", c->kind->name, c->given.C, shape_text(x));
    ConvSizes s = sizes_of(c, x);
    return (Shape){ 4, { s.N, s.Ho, s.Wo, s.O } };
}

static const Tensor *conv_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    const ConvLayer *c = (const ConvLayer *)l;
    ConvSizes s = sizes_of(c, x->shape);
    (void)mode;
    tensor_resize(&l->y, l->y_shape);
    c->kind->forward(l->y.data, x->data, param_value(c->weight), param_value(c->bias), &s);
    return &l->y;
}

/* The bias meets every output pixel: its gradient is a sum over all of them. */
static void conv_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    const ConvLayer *c = (const ConvLayer *)l;
    ConvSizes s = sizes_of(c, l->x->shape);
    if (want == WITH_PARAM) {
        c->kind->backward_w(param_gradient(c->weight), l->x->data, dy->data, &s);
        column_sums_add(param_gradient(c->bias), dy->data, s.N * s.Ho * s.Wo, s.O);
    }
    if (dx)
        c->kind->backward_x(dx->data, dy->data, param_value(c->weight), &s);
}

Layer *conv_kind_new(const ConvKind *kind, ConvSizes g, Padding p, Init init, Random *r)
{
    REQUIRE(g.C > 0 && g.O > 0 && g.K > 0 && g.S > 0, "%s %d -> %d, kernel %d, stride %d", kind->name, g.C, g.O, g.K, g.S);
    ConvLayer *c = layer_new(NULL, sizeof *c, 2, 0);
    c->ops = (LayerOps){
        .name = kind->name, .output_shape = conv_output_shape, .forward = conv_layer_forward, .backward = conv_layer_backward
    };
    c->base.ops = &c->ops;
    c->kind = kind, c->given = g, c->padding = p;
    c->weight = layer_param(&c->base, 0, "weight",
                            (Shape){ 4, { g.K, g.K, kind->out_before_in ? g.O : g.C, kind->out_before_in ? g.C : g.O } });
    c->bias = layer_param(&c->base, 1, "bias", (Shape){ 1, { g.O } });
    init_weight(&c->weight->value, init, g.K * g.K * g.C, g.K * g.K * g.O, r);
    init_bias(&c->bias->value, init, g.K * g.K * g.C, r);
    return &c->base;
}

Layer *conv_new(int C, int O, int K, int S, Padding p, Init init, Random *r)
{
    static const ConvKind conv = { "Conv", false, conv_sizes, conv_forward, conv_backward_x, conv_backward_w };
    return conv_kind_new(&conv, (ConvSizes){ .C = C, .O = O, .K = K, .S = S }, p, init, r);
}
