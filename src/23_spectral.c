#include "23_spectral.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_sum.h"

/* x/|x|, where |x| > 0. */
static void to_unit(real *x, int n)
{
    double length = sqrt((double)dot(x, x, (size_t)n));
    for (int i = 0; i < n && length > 0; i++)
        x[i] = (real)((double)x[i] / length);
}

/* <row, v>. */
static wide product_with(const real *row, const real *v, int C)
{
    wide sum = 0;
    for (int j = 0; j < C; j++)
        sum += (wide)row[j] * (wide)v[j];
    return sum;
}

void power_iteration(real *u, real *v, const real *W, int R, int C)
{
    for (int j = 0; j < C; j++)
        v[j] = 0;
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++)
            v[j] += u[i] * W[(size_t)i * (size_t)C + (size_t)j];
    to_unit(v, C);
    for (int i = 0; i < R; i++)
        u[i] = (real)product_with(W + (size_t)i * (size_t)C, v, C);
    to_unit(u, R);
}

double spectral_sigma(const real *u, const real *v, const real *W, int R, int C)
{
    double sigma = 0;
    for (int i = 0; i < R; i++)
        sigma += (double)((wide)u[i] * product_with(W + (size_t)i * (size_t)C, v, C));
    return sigma;
}

void spectral_backward(real *dW, const real *dN, const real *W, const real *u, const real *v, int R, int C)
{
    double sigma = spectral_sigma(u, v, W, R, C), along = (double)dot(dN, W, (size_t)R * (size_t)C) / sigma;
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++)
            dW[i * C + j] += (real)(((double)dN[i * C + j] - along * (double)u[i] * (double)v[j]) / sigma);
}

/* ---- as the map of a parameter --------------------------------------------------------------- */

typedef struct {
    int R, C;
    real *u, *v;
} Spectral;

static void map_forward(void *self, Tensor *used, const Tensor *learned, Mode mode)
{
    Spectral *s = self;
    if (mode == TRAIN)
        power_iteration(s->u, s->v, learned->data, s->R, s->C);
    double sigma = spectral_sigma(s->u, s->v, learned->data, s->R, s->C);
    for (size_t i = 0; i < tensor_size(learned); i++)
        used->data[i] = (real)((double)learned->data[i] / sigma);
}

static void map_backward(void *self, Tensor *dlearned, const Tensor *dused, const Tensor *learned)
{
    const Spectral *s = self;
    spectral_backward(dlearned->data, dused->data, learned->data, s->u, s->v, s->R, s->C);
}

static void map_free(void *self)
{
    Spectral *s = self;
    memory_release(s->u), memory_release(s->v), memory_release(s);
}

void spectral_norm(Layer *l, int k, int first, Random *r)
{
    const Tensor *W = &l->param[k]->value;
    REQUIRE(first >= 1, "spectral norm with %d steps", first);
    Spectral *s = memory_get(sizeof *s);
    *s = (Spectral){ .R = shape_rows(W->shape), .C = shape_columns(W->shape) };
    s->u = memory_get((size_t)s->R * sizeof *s->u), s->v = memory_get((size_t)s->C * sizeof *s->v);
    random_normal(r, s->u, (size_t)s->R);
    to_unit(s->u, s->R);
    for (int i = 0; i < first; i++)
        power_iteration(s->u, s->v, W->data, s->R, s->C);
    layer_map_param(l, k, (ParamMap){ s, map_forward, map_backward, map_free });
}
