#include "09_network.h"

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

/* Layer i's backward. Its dx is lent one of the network's two places: dy, in
 * the other, has been used up when the place's turn comes again. */
static const Tensor *backward_in_turn(Network *n, int i, const Tensor *dy, unsigned want)
{
    Layer *l = n->layer[i];
    Tensor own = l->dx, *place = &n->turn[i % 2];
    l->dx = *place;
    const Tensor *dx = layer_backward(l, dy, want);
    *place = l->dx;
    bool lent = dx == &l->dx; /* a network inside returns a place of its own */
    l->dx = own;
    return lent ? place : dx;
}

static const Tensor *sequence_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Network *n = (Network *)l;
    for (int i = n->n_layer - 1; i >= 0; i--)
        dy = backward_in_turn(n, i, dy, i > 0 ? want | WANT_DX : want);
    return dy;
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
    tensor_free(&n->turn[0]);
    tensor_free(&n->turn[1]);
    l->n_param = l->n_state = 0; /* they were the layers' */
}

static const LayerOps sequence_ops = { "Network", sequence_output_shape, sequence_forward, sequence_backward,
                                       sequence_branches, sequence_free };

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

const Tensor *network_backward(Network *n, const Tensor *dy, unsigned want)
{
    return layer_backward(&n->base, dy, want);
}

double network_gradient(Network *n, const Tensor *x, const Tensor *t, Loss *loss, Mode mode)
{
    const Tensor *y = network_forward(n, x, mode);
    tensor_resize(&n->dy, y->shape);
    double L = loss(y->data, t->data, shape_rows(y->shape), shape_columns(y->shape), n->dy.data);
    network_backward(n, &n->dy, WANT_PARAM);
    return L;
}

bool is_network(const Layer *l) { return l->ops == &sequence_ops; }

/* ---- looking at one ------------------------------------------------------------------------ */

static const char *example_text(Shape s) /* N for the batch, then the example */
{
    static char text[64];
    int n = snprintf(text, sizeof text, "N");
    for (int i = 1; i < s.rank; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "x%d", s.dim[i]);
    return text;
}

void network_summary_print(FILE *file, const Network *n, Shape one_example)
{
    Shape s = { one_example.rank + 1, { 1 } };
    memcpy(s.dim + 1, one_example.dim, (size_t)one_example.rank * sizeof *s.dim);
    fprintf(file, "%s\n  %-16s %-16s %12s\n", n->name, "layer", "output", "parameters");
    fprintf(file, "  %-16s %-16s\n", "(input)", example_text(s));
    for (int i = 0; i < n->n_layer; i++) {
        const Layer *l = n->layer[i];
        s = layer_output_shape(l, s);
        fprintf(file, "  %-16s %-16s %12ld\n", l->ops->name, example_text(s), layer_trainable(l));
    }
    fprintf(file, "  trainable parameters %ld; running statistics, not trainable: %ld\n", layer_trainable(&n->base),
            layer_not_trainable(&n->base));
}

int network_first_not_finite(const Network *n)
{
    for (int i = 0; i < n->n_layer; i++)
        if (n->layer[i]->output && !all_finite(n->layer[i]->output->data, tensor_size(n->layer[i]->output)))
            return i;
    return -1;
}

void network_check_arrays(const Network *n, CheckArray *array)
{
    for (int i = 0; i < n->n_layer; i++)
        for (int k = 0; k < n->layer[i]->n_param; k++, array++) {
            const Param *p = n->layer[i]->param[k];
            *array = (CheckArray){ .x = p->value.data, .dx = p->grad.data, .n = tensor_size(&p->value),
                                   .columns = shape_columns(p->value.shape), .group = i };
            snprintf(array->name, sizeof array->name, "%d.%s", i, p->name);
        }
}

void network_subject_init(LayerSubject *s, Network *n, Shape x, Mode mode, Random *r)
{
    layer_subject_init(s, &n->base, x, mode, r);
    s->subject.array[0].group = -1; /* the input belongs to no layer */
    network_check_arrays(n, s->subject.array + 1);
}
