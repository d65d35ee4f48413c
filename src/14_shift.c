#include "14_shift.h"

#include <stdlib.h>
#include <string.h>

/* ---- the distribution of one unit ------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, int n, double share)
{
    double place = share * (n - 1);
    int below = (int)place;
    return below + 1 < n ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[n - 1];
}

Band band_of(const real *x, int n, int stride)
{
    double *sorted = memory_get((size_t)n * sizeof *sorted);
    for (int i = 0; i < n; i++)
        sorted[i] = (double)x[(size_t)i * (size_t)stride];
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    Band b = { percentile(sorted, n, 0.15), percentile(sorted, n, 0.50), percentile(sorted, n, 0.85) };
    memory_release(sorted);
    return b;
}

static double mean_width(const Band *band, int n)
{
    double width = 0;
    for (int i = 0; i < n; i++)
        width += (band[i].high - band[i].low) / n;
    return width;
}

double band_drift(const Band *band, int n)
{
    double moved = 0;
    for (int i = 1; i < n; i++)
        moved += fabs(band[i].low - band[i - 1].low) + fabs(band[i].middle - band[i - 1].middle) +
                 fabs(band[i].high - band[i - 1].high);
    return moved / (3 * (n - 1)) / mean_width(band, n);
}

double band_wander(const Band *band, int n)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < n; i++)
        mean += band[i].middle / n;
    for (int i = 0; i < n; i++)
        squares += (band[i].middle - mean) * (band[i].middle - mean) / n;
    return sqrt(squares) / mean_width(band, n);
}

/* ---- the gradient of one layer -------------------------------------------------------------- */

double network_gradient(Network *n, const Tensor *x, const Tensor *t, Loss *loss, Mode mode)
{
    const Tensor *y = network_forward(n, x, mode);
    Tensor dy = tensor_new(y->shape);
    double L = loss(y->data, t->data, shape_rows(y->shape), shape_columns(y->shape), dy.data);
    network_backward(n, &dy, WANT_PARAM);
    tensor_free(&dy);
    return L;
}

/* All of a layer's gradients, one after the other. */
static Tensor gradient_copy(const Layer *l)
{
    Tensor g = tensor_new((Shape){ 1, { (int)layer_trainable(l) } });
    real *to = g.data;
    for (int k = 0; k < l->n_param; k++) {
        size_t size = tensor_size(&l->param[k]->grad);
        memcpy(to, l->param[k]->grad.data, size * sizeof *to);
        to += size;
    }
    return g;
}

static void step_below(Network *n, int k, double rate)
{
    for (int i = 0; i < k; i++)
        for (int p = 0; p < n->layer[i]->n_param; p++) {
            Param *q = n->layer[i]->param[p];
            sgd_update(q->value.data, q->grad.data, tensor_size(&q->value), (real)rate);
        }
}

GradientShift gradient_shift(Network *n, int k, const Tensor *x, const Tensor *t, Loss *loss, double rate)
{
    Layer *whole = &n->base;
    Tensor *saved = memory_get((size_t)whole->n_param * sizeof *saved);
    for (int p = 0; p < whole->n_param; p++) {
        saved[p] = (Tensor){ 0 };
        tensor_copy(&saved[p], &whole->param[p]->value);
    }
    layer_zero_gradients(whole);
    network_gradient(n, x, t, loss, TRAIN);
    Tensor before = gradient_copy(n->layer[k]);
    step_below(n, k, rate);
    layer_zero_gradients(whole);
    network_gradient(n, x, t, loss, TRAIN);
    Tensor after = gradient_copy(n->layer[k]);
    layer_zero_gradients(whole);
    for (int p = 0; p < whole->n_param; p++) {
        tensor_copy(&whole->param[p]->value, &saved[p]);
        tensor_free(&saved[p]);
    }
    memory_release(saved);
    size_t size = tensor_size(&before);
    double aa = dot(before.data, before.data, size), bb = dot(after.data, after.data, size);
    double ab = dot(before.data, after.data, size);
    tensor_free(&before);
    tensor_free(&after);
    return (GradientShift){ sqrt(fmax(aa + bb - 2 * ab, 0) / aa), ab / sqrt(aa * bb) };
}
