#include "05_dense_layer.h"

#include "00_error.h"
#include "01_tensor.h"
#include "05_dense.h"

typedef struct {
    Layer base;
    Param *weight, *bias;
    int in, out;
} Dense;

static Shape dense_output_shape(const Layer *l, Shape x)
{
    const Dense *d = (const Dense *)l;
    REQUIRE(shape_size(x) == (size_t)x.dim[0] * (size_t)d->in, "dense %d -> %d: x is %s", d->in, d->out, shape_text(x));
    return (Shape){ 2, { x.dim[0], d->out } };
}

static const Tensor *dense_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    Dense *d = (Dense *)l;
    (void)mode;
    tensor_resize(&l->y, l->y_shape);
    dense_forward(l->y.data, x->data, param_value(d->weight), param_value(d->bias), x->shape.dim[0], d->in, d->out);
    return &l->y;
}

static void dense_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    Dense *d = (Dense *)l;
    int N = dy->shape.dim[0];
    if (want == WITH_PARAM) {
        dense_backward_W(param_gradient(d->weight), l->x->data, dy->data, N, d->in, d->out);
        dense_backward_b(param_gradient(d->bias), dy->data, N, d->out);
    }
    if (dx)
        dense_backward_x(dx->data, dy->data, param_value(d->weight), N, d->in, d->out);
}

static const LayerOps dense_ops = {
    .name = "Dense", .output_shape = dense_output_shape, .forward = dense_layer_forward, .backward = dense_layer_backward
};

Layer *dense_new(int in, int out, Init init, Random *r)
{
    REQUIRE(in > 0 && out > 0, "dense %d -> %d", in, out);
    Dense *d = layer_new(&dense_ops, sizeof *d, 2, 0);
    d->in = in, d->out = out;
    d->weight = layer_param(&d->base, 0, "weight", (Shape){ 2, { in, out } });
    d->bias = layer_param(&d->base, 1, "bias", (Shape){ 1, { out } });
    init_weight(&d->weight->value, init, in, out, r);
    init_bias(&d->bias->value, init, in, r);
    return &d->base;
}

bool is_dense(const Layer *l) { return l->ops == &dense_ops; }
