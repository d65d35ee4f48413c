#include "06_activation.h"

void leaky_relu_forward(real *y, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

void leaky_relu_backward(real *dx, const real *dy, const real *x, real slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] > 0 ? dy[i] : slope * dy[i];
}

void tanh_forward(real *y, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = tanh(x[i]);
}

void tanh_backward(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = (1 - y[i] * y[i]) * dy[i];
}

void sigmoid_forward(real *y, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (1 + tanh(x[i] / 2)) / 2;
}

void sigmoid_backward(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = y[i] * (1 - y[i]) * dy[i];
}
