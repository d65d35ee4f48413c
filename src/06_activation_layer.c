#include "06_activation_layer.h"

#include "00_error.h"
#include "01_tensor.h"
#include "06_activation.h"

typedef enum { LEAKY_RELU, TANH, SIGMOID } Kind;

typedef struct {
    Layer base;
    Kind kind;
    real slope; /* of LeakyReLU on the left; 0 for ReLU */
} Activation;

static Shape same_shape(const Layer *l, Shape x)
{
    (void)l;
    return x;
}

static const Tensor *activation_forward(Layer *l, const Tensor *x, Mode mode)
{
    const Activation *a = (const Activation *)l;
    size_t n = tensor_size(x);
    (void)mode;
    tensor_resize(&l->y, x->shape);
    switch (a->kind) {
    case LEAKY_RELU: leaky_relu_forward(l->y.data, x->data, a->slope, n); break;
    case TANH: tanh_forward(l->y.data, x->data, n); break;
    case SIGMOID: sigmoid_forward(l->y.data, x->data, n); break;
    }
    return &l->y;
}

static void activation_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    const Activation *a = (const Activation *)l;
    size_t n = tensor_size(dy);
    (void)want;
    if (!dx)
        return;
    switch (a->kind) {
    case LEAKY_RELU: leaky_relu_backward(dx->data, dy->data, l->x->data, a->slope, n); break;
    case TANH: tanh_backward(dx->data, dy->data, l->y.data, n); break;
    case SIGMOID: sigmoid_backward(dx->data, dy->data, l->y.data, n); break;
    }
}

/* The branch of element i is the side of the kink that x[i] lies on. */
static uint64_t sides_taken(const Layer *l) { return branches_hash(1, l->x->data, tensor_size(l->x)); }

/* clang-format off */
#define OPS(kind, sides) { .name = kind, .output_shape = same_shape, .forward = activation_forward, .backward = activation_backward, .branches = sides }
/* clang-format on */
static const LayerOps relu_ops = OPS("ReLU", sides_taken), leaky_ops = OPS("LeakyReLU", sides_taken);
static const LayerOps tanh_ops = OPS("Tanh", NULL), sigmoid_ops = OPS("Sigmoid", NULL);

static Layer *activation_new(const LayerOps *ops, Kind kind, double slope)
{
    REQUIRE(slope >= 0 && slope < 1, "slope %g", slope);
    Activation *a = layer_new(ops, sizeof *a, 0, 0);
    a->kind = kind;
    a->slope = (real)slope;
    return &a->base;
}

Layer *relu_new(void) { return activation_new(&relu_ops, LEAKY_RELU, 0); }
Layer *leaky_relu_new(double slope) { return activation_new(&leaky_ops, LEAKY_RELU, slope); }
Layer *tanh_new(void) { return activation_new(&tanh_ops, TANH, 0); }
Layer *sigmoid_new(void) { return activation_new(&sigmoid_ops, SIGMOID, 0); }
