#include "04_layer.h"

#include "00_error.h"
#include "01_memory.h"

#include <string.h>

/* ---- parameters with a map ------------------------------------------------------- */

const real *param_value(const Param *p) { return p->map.forward ? p->used.data : p->value.data; }
real *param_gradient(Param *p) { return p->map.forward ? p->dused.data : p->grad.data; }

void layer_map_param(Layer *l, int k, ParamMap map)
{
    Param *p = l->param[k];
    REQUIRE(!p->map.forward, "%s: parameter %s has a map already", l->ops->name, p->name);
    p->map = map;
    p->used = tensor_new(p->value.shape), p->dused = tensor_new(p->value.shape);
    tensor_fill(&p->dused, 0);
    l->n_map++;
}

static void maps_forward(Layer *l, Mode mode)
{
    for (int k = 0; k < l->n_param && l->n_map > 0; k++) {
        Param *p = l->param[k];
        if (p->map.forward)
            p->map.forward(p->map.self, &p->used, &p->value, mode);
    }
}

static void maps_backward(Layer *l)
{
    for (int k = 0; k < l->n_param && l->n_map > 0; k++) {
        Param *p = l->param[k];
        if (!p->map.forward)
            continue;
        p->map.backward(p->map.self, &p->grad, &p->dused, &p->value);
        tensor_fill(&p->dused, 0);
    }
}

/* ---- calling a layer ------------------------------------------------------------- */

Shape layer_output_shape(const Layer *l, Shape x) { return l->ops->output_shape(l, x); }

const Tensor *layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    l->y_shape = l->ops->output_shape(l, x->shape);
    l->x = x;
    l->awaits_backward = true;
    maps_forward(l, mode);
    return l->output = l->ops->forward(l, x, mode);
}

void layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    REQUIRE(l->awaits_backward, "%s: backward needs a forward of its own before it", l->ops->name);
    REQUIRE(shape_equal(dy->shape, l->y_shape), "%s: dy is %s, y was %s", l->ops->name, shape_text(dy->shape),
            shape_text(l->y_shape));
    l->awaits_backward = false;
    if (dx)
        tensor_resize(dx, l->x->shape);
    l->ops->backward(l, dy, dx, want);
    if (want == WITH_PARAM)
        maps_backward(l);
}

uint64_t layer_branches(const Layer *l) { return l->ops->branches ? l->ops->branches(l) : 0; }

void layer_zero_gradients(Layer *l)
{
    for (int k = 0; k < l->n_param; k++)
        tensor_fill(&l->param[k]->grad, 0);
}

long layer_param_count(const Layer *l)
{
    long n = 0;
    for (int k = 0; k < l->n_param; k++)
        n += (long)tensor_size(&l->param[k]->value);
    return n;
}

long layer_state_count(const Layer *l)
{
    long n = 0;
    for (int k = 0; k < l->n_state; k++)
        n += (long)tensor_size(&l->state[k]->value);
    return n;
}

/* ---- making and freeing one -------------------------------------------------------- */

void *layer_new(const LayerOps *ops, size_t bytes, int n_param, int n_state)
{
    Layer *l = memory_get(bytes);
    memset(l, 0, bytes);
    l->ops = ops;
    l->n_param = n_param, l->n_state = n_state;
    l->param = memory_get((size_t)n_param * sizeof *l->param);
    l->state = memory_get((size_t)n_state * sizeof *l->state);
    return l;
}

Param *layer_param(Layer *l, int k, const char *name, Shape s)
{
    Param *p = memory_get(sizeof *p);
    *p = (Param){ .name = name, .value = tensor_new(s), .grad = tensor_new(s) };
    tensor_fill(&p->grad, 0);
    return l->param[k] = p;
}

State *layer_state(Layer *l, int k, const char *name, Shape s)
{
    State *p = memory_get(sizeof *p);
    *p = (State){ name, tensor_new(s) };
    return l->state[k] = p;
}

static void param_free(Param *p)
{
    if (p->map.free)
        p->map.free(p->map.self);
    tensor_free(&p->value), tensor_free(&p->grad);
    tensor_free(&p->used), tensor_free(&p->dused);
    memory_release(p);
}

void layer_free(Layer *l)
{
    if (!l)
        return;
    if (l->ops->free)
        l->ops->free(l);
    for (int k = 0; k < l->n_param; k++)
        param_free(l->param[k]);
    for (int k = 0; k < l->n_state; k++) {
        tensor_free(&l->state[k]->value);
        memory_release(l->state[k]);
    }
    tensor_free(&l->y);
    memory_release(l->param);
    memory_release(l->state);
    memory_release(l);
}

uint64_t branches_hash(uint64_t hash, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = branch_hash(hash, x[i] > 0);
    return hash;
}
