#include "14_shift.h"

#include "01_memory.h"
#include "01_sum.h"
#include "04_layer.h"
#include "08_optimizer.h"

#include <string.h>

/* ---- the distribution of one unit ------------------------------------------------------- */

static double percentile(const double *sorted, int n, double share)
{
    double place = share * (n - 1);
    int below = (int)place;
    return below + 1 < n ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[n - 1];
}

Percentiles percentiles_of(const real *x, int n, int stride)
{
    double *sorted = memory_get((size_t)n * sizeof *sorted);
    for (int i = 0; i < n; i++)
        sorted[i] = (double)x[(size_t)i * (size_t)stride];
    sort_numbers(sorted, n);
    Percentiles p = { percentile(sorted, n, 0.15), percentile(sorted, n, 0.50), percentile(sorted, n, 0.85) };
    memory_release(sorted);
    return p;
}

double percentile_width(const Percentiles *p, int n)
{
    double width = 0;
    for (int i = 0; i < n; i++)
        width += (p[i].high - p[i].low) / n;
    return width;
}

double percentile_drift(const Percentiles *p, int n)
{
    double moved = 0;
    for (int i = 1; i < n; i++)
        moved += fabs(p[i].low - p[i - 1].low) + fabs(p[i].middle - p[i - 1].middle) + fabs(p[i].high - p[i - 1].high);
    return moved == 0 ? 0 : moved / (3 * (n - 1)) / percentile_width(p, n);
}

double percentile_wander(const Percentiles *p, int n)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < n; i++)
        mean += p[i].middle / n;
    for (int i = 0; i < n; i++)
        squares += (p[i].middle - mean) * (p[i].middle - mean) / n;
    return squares == 0 ? 0 : sqrt(squares) / percentile_width(p, n);
}

/* ---- the gradient of one layer -------------------------------------------------------------- */

/* All of a layer's gradients, one after the other. */
static Tensor gradient_copy(const Layer *l)
{
    Tensor g = tensor_new((Shape){ 1, { (int)layer_param_count(l) } });
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

/* All parameters, to put back later. */
static Tensor *parameters_save(const Layer *l)
{
    Tensor *saved = memory_get((size_t)l->n_param * sizeof *saved);
    for (int p = 0; p < l->n_param; p++) {
        saved[p] = (Tensor){ 0 };
        tensor_copy(&saved[p], &l->param[p]->value);
    }
    return saved;
}

static void parameters_restore(Layer *l, Tensor *saved)
{
    for (int p = 0; p < l->n_param; p++) {
        tensor_copy(&l->param[p]->value, &saved[p]);
        tensor_free(&saved[p]);
    }
    memory_release(saved);
}

static Tensor layer_gradient(Network *n, int k, const Tensor *x, const Tensor *t, Loss *loss)
{
    layer_zero_gradients(&n->base);
    network_gradient(n, x, t, loss, PROBE);
    return gradient_copy(n->layer[k]);
}

static GradientShift compare(const Tensor *g, const Tensor *g2)
{
    double squares = 0;
    size_t size = tensor_size(g);
    for (size_t i = 0; i < size; i++)
        squares += pow((double)g2->data[i] - (double)g->data[i], 2);
    double gg = (double)dot(g->data, g->data, size), g2g2 = (double)dot(g2->data, g2->data, size);
    return (GradientShift){ sqrt(squares / gg), (double)dot(g->data, g2->data, size) / sqrt(gg * g2g2) };
}

GradientShift gradient_shift(Network *n, int k, const Tensor *x, const Tensor *t, Loss *loss, double rate)
{
    Tensor *saved = parameters_save(&n->base);
    Tensor g = layer_gradient(n, k, x, t, loss);
    step_below(n, k, rate);
    Tensor g2 = layer_gradient(n, k, x, t, loss);
    parameters_restore(&n->base, saved);
    layer_zero_gradients(&n->base);
    GradientShift shift = compare(&g, &g2);
    tensor_free(&g);
    tensor_free(&g2);
    return shift;
}
