#include "19_upsample_layer.h"

#include "00_error.h"
#include "01_tensor.h"
#include "18_conv_layer.h"
#include "19_transposed.h"
#include "19_upsample.h"

/* ---- nearest neighbour -------------------------------------------------------------- */

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

static void upsample_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    Shape x = l->x->shape;
    (void)want;
    if (dx)
        upsample_backward(dx->data, dy->data, x.dim[0], x.dim[1], x.dim[2], x.dim[3]);
}

static const LayerOps upsample_ops = { .name = "Upsample",
                                       .output_shape = upsample_output_shape,
                                       .forward = upsample_layer_forward,
                                       .backward = upsample_layer_backward };

Layer *upsample_new(void) { return layer_new(&upsample_ops, sizeof(Layer), 0, 0); }

/* ---- two more kinds of convolution ------------------------------------------------------ */

static ConvSizes upsample_sizes(ConvSizes given, Padding p)
{
    (void)p; /* of stride 1 there is one way to pad */
    return upsample_conv_sizes(given);
}

Layer *upsample_conv_new(int C, int O, int K, Init init, Random *r)
{
    static const ConvKind kind = { "UpsampleConv",           false,
                                   upsample_sizes,           upsample_conv_forward,
                                   upsample_conv_backward_x, upsample_conv_backward_w };
    return conv_kind_new(&kind, (ConvSizes){ .C = C, .O = O, .K = K, .S = 1 }, PAD_KERAS, init, r);
}

Layer *transposed_new(int C, int O, int K, int S, Padding p, Init init, Random *r)
{
    static const ConvKind kind = { "TransposedConv",     true, transposed_sizes, transposed_forward, transposed_backward_x,
                                   transposed_backward_w };
    return conv_kind_new(&kind, (ConvSizes){ .C = C, .O = O, .K = K, .S = S }, p, init, r);
}
