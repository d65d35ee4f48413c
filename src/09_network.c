#include "09_network.h"

#include "00_error.h"
#include "01_memory.h"

#include <string.h>

/* ---- the operations of a layer -------------------------------------------------------- */

static Shape sequence_output_shape(const Layer *l, Shape x)
{
    const Network *n = (const Network *)l;
    for (int i = 0; i < n->n_layer; i++)
        x = layer_output_shape(n->layer[i], x);
    return x;
}

static const Tensor *sequence_forward(Layer *l, const Tensor *x, Mode mode)
{
    Network *n = (Network *)l;
    for (int i = 0; i < n->n_layer; i++)
        x = layer_forward(n->layer[i], x, mode);
    return x;
}

/* The first layer that learns: below it nobody wants a gradient, unless dx is wanted. */
static int first_learner(const Network *n)
{
    int i = 0;
    while (i < n->n_layer - 1 && n->layer[i]->n_param == 0)
        i++;
    return i;
}

static void sequence_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    Network *n = (Network *)l;
    int lowest = dx ? 0 : first_learner(n);
    for (int i = n->n_layer - 1; i >= lowest; i--) {
        Tensor *to = i > lowest ? &n->between[i % 2] : dx;
        layer_backward(n->layer[i], dy, to, want);
        dy = to;
    }
}

static uint64_t sequence_branches(const Layer *l)
{
    const Network *n = (const Network *)l;
    uint64_t hash = 0;
    for (int i = 0; i < n->n_layer; i++)
        hash = hash * 0x9E3779B97F4A7C15ull + layer_branches(n->layer[i]);
    return hash;
}

static void sequence_free(Layer *l)
{
    Network *n = (Network *)l;
    for (int i = 0; i < n->n_layer; i++)
        layer_free(n->layer[i]);
    memory_release(n->layer);
    tensor_free(&n->dy);
    tensor_free(&n->between[0]);
    tensor_free(&n->between[1]);
    l->n_param = l->n_state = 0; /* they were the layers' */
}

static const LayerOps sequence_ops = { .name = "Network",
                                       .output_shape = sequence_output_shape,
                                       .forward = sequence_forward,
                                       .backward = sequence_backward,
                                       .branches = sequence_branches,
                                       .free = sequence_free };

/* ---- making one -------------------------------------------------------------------------- */

/* The network's lists point to what its layers own. */
static void list_parameters(Network *n)
{
    Layer *l = &n->base;
    l->n_param = l->n_state = 0;
    for (int i = 0; i < n->n_layer; i++) {
        for (int k = 0; k < n->layer[i]->n_param; k++)
            l->param[l->n_param++] = n->layer[i]->param[k];
        for (int k = 0; k < n->layer[i]->n_state; k++)
            l->state[l->n_state++] = n->layer[i]->state[k];
    }
}

Network *network_new(const char *name, Layer *const *layers)
{
    int n_layer = 0, n_param = 0, n_state = 0;
    for (; layers[n_layer]; n_layer++) {
        n_param += layers[n_layer]->n_param;
        n_state += layers[n_layer]->n_state;
    }
    Network *n = layer_new(&sequence_ops, sizeof *n, n_param, n_state);
    n->name = name;
    n->n_layer = n_layer;
    n->layer = memory_get((size_t)n_layer * sizeof *n->layer);
    memcpy(n->layer, layers, (size_t)n_layer * sizeof *n->layer);
    list_parameters(n);
    return n;
}

void network_remove(Network *n, int i)
{
    REQUIRE(i >= 0 && i < n->n_layer, "layer %d of %d", i, n->n_layer);
    layer_free(n->layer[i]);
    n->n_layer--;
    for (; i < n->n_layer; i++)
        n->layer[i] = n->layer[i + 1];
    list_parameters(n);
    n->base.awaits_backward = false;
}

void network_free(Network *n) { layer_free(n ? &n->base : NULL); }

const Tensor *network_forward(Network *n, const Tensor *x, Mode mode) { return layer_forward(&n->base, x, mode); }

void network_backward(Network *n, const Tensor *dy, Tensor *dx, Want want) { layer_backward(&n->base, dy, dx, want); }

double network_gradient(Network *n, const Tensor *x, const Tensor *t, Loss *loss, Mode mode)
{
    const Tensor *y = network_forward(n, x, mode);
    tensor_resize(&n->dy, y->shape);
    double L = loss(y->data, t->data, shape_rows(y->shape), shape_columns(y->shape), n->dy.data);
    network_backward(n, &n->dy, NULL, WITH_PARAM);
    return L;
}

bool is_network(const Layer *l) { return l->ops == &sequence_ops; }

int network_first_not_finite(const Network *n)
{
    for (int i = 0; i < n->n_layer; i++)
        if (n->layer[i]->output && !all_finite(n->layer[i]->output->data, tensor_size(n->layer[i]->output)))
            return i;
    return -1;
}
