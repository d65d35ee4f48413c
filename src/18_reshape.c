#include "18_reshape.h"

#include "00_error.h"
#include "01_parallel.h"
#include "01_tensor.h"

typedef struct {
    Layer base;
    int H, W, C;
    Tensor view; /* x's numbers, borrowed as x is */
} Reshape;

static Shape reshape_output_shape(const Layer *l, Shape x)
{
    const Reshape *r = (const Reshape *)l;
    REQUIRE(shape_size(x) == (size_t)x.dim[0] * (size_t)r->H * (size_t)r->W * (size_t)r->C, "reshape to %dx%dx%d: x is %s",
            r->H, r->W, r->C, shape_text(x));
    return (Shape){ 4, { x.dim[0], r->H, r->W, r->C } };
}

static const Tensor *reshape_forward(Layer *l, const Tensor *x, Mode mode)
{
    Reshape *r = (Reshape *)l;
    (void)mode;
    r->view = *x;
    r->view.shape = l->y_shape;
    return &r->view;
}

static void reshape_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    size_t n = dx ? tensor_size(dy) : 0;
    (void)l, (void)want;
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        dx->data[i] = dy->data[i];
}

static const LayerOps reshape_ops = {
    .name = "Reshape", .output_shape = reshape_output_shape, .forward = reshape_forward, .backward = reshape_backward
};

Layer *reshape_new(int H, int W, int C)
{
    REQUIRE(H > 0 && W > 0 && C > 0, "reshape to %dx%dx%d", H, W, C);
    Reshape *r = layer_new(&reshape_ops, sizeof *r, 0, 0);
    r->H = H, r->W = W, r->C = C;
    return &r->base;
}
