/* Activations, on several cores. */
#include "06_activation.h"

#include "01_parallel.h"
#include "06_tanh.h"

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
    union {
        float f;
        uint32_t u;
    } whole = { z * 1.44269504f + 12582912.0f }, power;
    float k = whole.f - 12582912.0f;
    float r = z - k * 0.693145752f - k * 1.42860677e-6f; /* ln 2 in two parts: k times the first is exact */
    float P = r +
              r * r * (1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f))))));
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
