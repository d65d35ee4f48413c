#include "05_dense.h"

/* ---- the mathematics ------------------------------------------------------------- */

void dense_forward(real *y, const real *x, const real *W, const real *b, int N, int in, int out)
{
    gemm_bias(AS_IS, AS_IS, N, out, in, x, W, b, y);
}

void dense_backward_x(real *dx, const real *dy, const real *W, int N, int in, int out)
{
    gemm(AS_IS, TRANSPOSED, N, in, out, dy, W, 0, dx);
}

void dense_backward_W(real *dW, const real *x, const real *dy, int N, int in, int out)
{
    gemm(TRANSPOSED, AS_IS, in, out, N, x, dy, 1, dW);
}

void dense_backward_b(real *db, const real *dy, int N, int out) { column_sums_add(db, dy, N, out); }

/* ---- the layer ---------------------------------------------------------------------- */

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
    dense_forward(l->y.data, x->data, d->weight->value.data, d->bias->value.data, x->shape.dim[0], d->in, d->out);
    return &l->y;
}

static const Tensor *dense_layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Dense *d = (Dense *)l;
    int N = dy->shape.dim[0];
    if (want & WANT_PARAM) {
        dense_backward_W(d->weight->grad.data, l->x->data, dy->data, N, d->in, d->out);
        dense_backward_b(d->bias->grad.data, dy->data, N, d->out);
    }
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, l->x->shape);
    dense_backward_x(l->dx.data, dy->data, d->weight->value.data, N, d->in, d->out);
    return &l->dx;
}

static const LayerOps dense_ops = { "Dense", dense_output_shape, dense_layer_forward, dense_layer_backward, NULL, NULL };

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
