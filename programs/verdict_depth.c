/* Fifty layers before their first step: how a gradient grows on its way down. */
#include "verdict.h"

#include "00_error.h"
#include "01_sum.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "verdict_stack.h"

#include <string.h>

enum { LAYERS = 50, UNITS = 256 };

/* The arm is "relu-he", "relu-small" or "linear", and then "-batch" where there is batch norm: He's weights, or PyTorch's,
 * whose variance is a sixth of his. The setting is the batch size. */
static Network *deep_network(const Run *r)
{
    bool linear = strncmp(r->arm, "linear", 6) == 0, small = strncmp(r->arm, "relu-small", 10) == 0;
    const char *end = strrchr(r->arm, '-');
    Stack s = { UNITS,
                UNITS,
                LAYERS,
                1,
                end && strcmp(end, "-batch") == 0,
                small ? INIT_PYTORCH : INIT_HE,
                linear ? sqrt(0.5) : 1,
                linear ? NULL : relu_new };
    return stack_new(&s, r->seed);
}

/* Sends random dy back through the layers from the top, and writes down the logarithm of the gradient's norm below
 * each dense one: height[0] is the lowest. */
static void log_norms(Network *n, Random *r, int batch, double *height)
{
    Tensor dy = tensor_new((Shape){ 2, { batch, UNITS } }), dx = { 0 };
    random_normal(r, dy.data, tensor_size(&dy));
    int dense = LAYERS;
    for (int k = n->n_layer - 2; k >= 0; k--) {
        layer_backward(n->layer[k], &dy, &dx, WITHOUT_PARAM);
        tensor_copy(&dy, &dx);
        if (is_dense(n->layer[k]))
            height[--dense] = 0.5 * log((double)dot(dx.data, dx.data, tensor_size(&dx)));
    }
    tensor_free(&dy), tensor_free(&dx);
}

/* The slope of the least-squares line through y[from] .. y[to - 1]. */
static double slope_of(const double *y, int from, int to)
{
    double middle = (from + to - 1) / 2.0, xy = 0, xx = 0;
    for (int k = from; k < to; k++)
        xy += (k - middle) * y[k], xx += (k - middle) * (k - middle);
    return xy / xx;
}

/* Growth: by how much the logarithm of the norm rises a layer on the way down, over the middle thirty. */
void run_depth(const Run *r)
{
    double height[LAYERS];
    int batch = (int)r->setting;
    Network *n = deep_network(r);
    Random data = random_stream((uint64_t)r->seed, "depth", (uint64_t)batch);
    Tensor x = tensor_new((Shape){ 2, { batch, UNITS } });
    random_normal(&data, x.data, tensor_size(&x));
    network_forward(n, &x, TRAIN);
    log_norms(n, &data, batch, height);
    double growth = -slope_of(height, 10, 40);
    run_row(r, 1, (double[]){ growth, fabs(growth) });
    tensor_free(&x);
    network_free(n);
}
