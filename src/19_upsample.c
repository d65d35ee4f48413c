#include "19_upsample.h"

#include <string.h>

/* ---- nearest neighbour -------------------------------------------------------------- */

void upsample_forward(real *y, const real *x, int N, int H, int W, int C)
{
    size_t pixel = (size_t)C, row = 2 * (size_t)W * pixel;
    PARALLEL_FOR((size_t)N * (size_t)H * row)
    for (int r = 0; r < N * H; r++) { /* a row becomes two */
        real *to = y + 2 * (size_t)r * row;
        for (size_t j = 0; j < (size_t)W; j++)
            for (size_t c = 0; c < pixel; c++)
                to[2 * j * pixel + c] = to[(2 * j + 1) * pixel + c] = x[((size_t)r * (size_t)W + j) * pixel + c];
        memcpy(to + row, to, row * sizeof *to);
    }
}

void upsample_backward(real *dx, const real *dy, int N, int H, int W, int C)
{
    size_t pixel = (size_t)C, row = 2 * (size_t)W * pixel;
    PARALLEL_FOR((size_t)N * (size_t)H * row)
    for (int r = 0; r < N * H; r++) {
        const real *up = dy + 2 * (size_t)r * row, *down = up + row;
        for (size_t j = 0; j < (size_t)W; j++)
            for (size_t c = 0; c < pixel; c++) {
                size_t left = 2 * j * pixel + c, right = left + pixel;
                dx[((size_t)r * (size_t)W + j) * pixel + c] = up[left] + up[right] + down[left] + down[right];
            }
    }
}

/* ---- transposed convolution ------------------------------------------------------------ */

ConvSizes transposed_sizes(int N, int H, int W, int C, int O, int K, int S, Padding p)
{
    return conv_sizes(N, S * H, S * W, O, C, K, S, p);
}

void transposed_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s, real *work)
{
    int pixels = s->N * s->H * s->W, O = s->C;
    conv_backward_x(y, x, w, s, work);
    if (!b)
        return;
    PARALLEL_FOR((size_t)pixels * (size_t)O)
    for (int i = 0; i < pixels; i++)
        for (int o = 0; o < O; o++)
            y[(size_t)i * (size_t)O + (size_t)o] += b[o];
}

void transposed_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s, real *work)
{
    conv_forward(dx, dy, w, NULL, s, work);
}

void transposed_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s, real *work)
{
    conv_backward_w(dw, dy, x, s, work);
}

/* ---- the layers ---------------------------------------------------------------------------- */

static Shape upsample_output_shape(const Layer *l, Shape x)
{
    (void)l;
    REQUIRE(x.rank == 4, "upsampling: x is %s", shape_text(x));
    return (Shape){ 4, { x.dim[0], 2 * x.dim[1], 2 * x.dim[2], x.dim[3] } };
}

static const Tensor *upsample_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    (void)mode;
    tensor_resize(&l->y, l->y_shape);
    upsample_forward(l->y.data, x->data, x->shape.dim[0], x->shape.dim[1], x->shape.dim[2], x->shape.dim[3]);
    return &l->y;
}

static const Tensor *upsample_layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Shape x = l->x->shape;
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, x);
    upsample_backward(l->dx.data, dy->data, x.dim[0], x.dim[1], x.dim[2], x.dim[3]);
    return &l->dx;
}

static const LayerOps upsample_ops = { "Upsample", upsample_output_shape, upsample_layer_forward,
                                       upsample_layer_backward, NULL, NULL };

Layer *upsample_new(void) { return layer_new(&upsample_ops, sizeof(Layer), 0, 0); }

typedef struct {
    Layer base;
    Param *weight, *bias;
    int C, O, K, S;
    Padding padding;
} Transposed;

static ConvSizes sizes_of(const Transposed *t, Shape x)
{
    return transposed_sizes(x.dim[0], x.dim[1], x.dim[2], t->C, t->O, t->K, t->S, t->padding);
}

static Shape transposed_output_shape(const Layer *l, Shape x)
{
    const Transposed *t = (const Transposed *)l;
    REQUIRE(x.rank == 4 && x.dim[3] == t->C, "transposed convolution of %d channels: x is %s", t->C, shape_text(x));
    return (Shape){ 4, { x.dim[0], t->S * x.dim[1], t->S * x.dim[2], t->O } };
}

static const Tensor *transposed_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    Transposed *t = (Transposed *)l;
    ConvSizes s = sizes_of(t, x->shape);
    (void)mode;
    tensor_resize(&l->y, l->y_shape);
    transposed_forward(l->y.data, x->data, t->weight->value.data, t->bias->value.data, &s, workroom(conv_work_size(&s)));
    return &l->y;
}

static const Tensor *transposed_layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Transposed *t = (Transposed *)l;
    ConvSizes s = sizes_of(t, l->x->shape);
    real *work = workroom(conv_work_size(&s));
    if (want & WANT_PARAM) {
        transposed_backward_w(t->weight->grad.data, l->x->data, dy->data, &s, work);
        column_sums_add(t->bias->grad.data, dy->data, s.N * s.H * s.W, s.C);
    }
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, l->x->shape);
    transposed_backward_x(l->dx.data, dy->data, t->weight->value.data, &s, work);
    return &l->dx;
}

static const LayerOps transposed_ops = { "TransposedConv", transposed_output_shape, transposed_layer_forward,
                                         transposed_layer_backward, NULL, workroom_leave };

Layer *transposed_new(int C, int O, int K, int S, Padding p, Init init, Random *r)
{
    REQUIRE(C > 0 && O > 0 && K > 0 && S > 0, "transposed convolution %d -> %d, kernel %d, stride %d", C, O, K, S);
    Transposed *t = layer_new(&transposed_ops, sizeof *t, 2, 0);
    workroom_enter();
    t->C = C, t->O = O, t->K = K, t->S = S, t->padding = p;
    t->weight = layer_param(&t->base, 0, "weight", (Shape){ 4, { K, K, O, C } });
    t->bias = layer_param(&t->base, 1, "bias", (Shape){ 1, { O } });
    init_weight(&t->weight->value, init, K * K * C, K * K * O, r);
    init_bias(&t->bias->value, init, K * K * C, r);
    return &t->base;
}
