#include "06_activation.h"

/* ---- ReLU and LeakyReLU ------------------------------------------------------------ */

void leaky_relu_forward(real *y, const real *x, real slope, size_t n)
{
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

void leaky_relu_backward(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : slope * dy[i];
}

/* ---- tanh and sigmoid ---------------------------------------------------------------- */

#ifndef REAL_DOUBLE
/* With E = e^(2|x|) - 1, tanh|x| = E / (E + 2). To get E: 2|x| = k ln 2 + r
 * with k whole and |r| <= ln(2)/2; P(r) = e^r - 1 by its Taylor series; then
 * E = 2^k P + (2^k - 1), which loses nothing near 0, where k = 0 and E = P.
 * Adding 1.5 x 2^23 rounds to a whole number, which then stands in the low
 * bits of the float. Beyond |x| = 9 the result rounds to 1. */
static inline float tanh_by_parts(float x)
{
    float size = fabsf(x), z = 2 * (size < 9 ? size : 9);
    union { float f; uint32_t u; } whole = { z * 1.44269504f + 12582912.0f }, power;
    float k = whole.f - 12582912.0f;
    float r = z - k * 0.693145752f - k * 1.42860677e-6f; /* ln 2 in two parts: k times the first is exact */
    float P = r + r * r * (1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f))))));
    power.u = (whole.u << 23) + 0x3f800000u;
    float E = power.f * P + (power.f - 1);
    return x == x ? copysignf(E / (E + 2), x) : x; /* NaN stays NaN */
}
#endif

real tanh_vector(real x)
{
#ifdef REAL_DOUBLE
    return tanh(x);
#else
    return tanh_by_parts(x);
#endif
}

void tanh_forward(real *y, const real *x, size_t n)
{
    PARALLEL_FOR(n * 4)
    for (size_t i = 0; i < n; i++)
        y[i] = tanh_vector(x[i]);
}

void tanh_backward(real *dx, const real *dy, const real *y, size_t n)
{
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        dx[i] = (1 - y[i] * y[i]) * dy[i];
}

void sigmoid_forward(real *y, const real *x, size_t n)
{
    PARALLEL_FOR(n * 4)
    for (size_t i = 0; i < n; i++)
        y[i] = (1 + tanh_vector(x[i] / 2)) / 2;
}

void sigmoid_backward(real *dx, const real *dy, const real *y, size_t n)
{
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        dx[i] = y[i] * (1 - y[i]) * dy[i];
}

/* ---- the layers ------------------------------------------------------------------------ */

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

static const Tensor *activation_backward(Layer *l, const Tensor *dy, unsigned want)
{
    const Activation *a = (const Activation *)l;
    size_t n = tensor_size(dy);
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, dy->shape);
    switch (a->kind) {
    case LEAKY_RELU: leaky_relu_backward(l->dx.data, dy->data, l->x->data, a->slope, n); break;
    case TANH: tanh_backward(l->dx.data, dy->data, l->y.data, n); break;
    case SIGMOID: sigmoid_backward(l->dx.data, dy->data, l->y.data, n); break;
    }
    return &l->dx;
}

/* The branch of element i is the side of the kink that x[i] lies on. */
static uint64_t sides_taken(const Layer *l) { return branches_hash(1, l->x->data, tensor_size(l->x)); }

static const LayerOps relu_ops = { "ReLU", same_shape, activation_forward, activation_backward, sides_taken, NULL };
static const LayerOps leaky_ops = { "LeakyReLU", same_shape, activation_forward, activation_backward, sides_taken, NULL };
static const LayerOps tanh_ops = { "Tanh", same_shape, activation_forward, activation_backward, NULL, NULL };
static const LayerOps sigmoid_ops = { "Sigmoid", same_shape, activation_forward, activation_backward, NULL, NULL };

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
