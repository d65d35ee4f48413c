#include "04_layer.h"

#include <string.h>

/* ---- calling a layer ------------------------------------------------------------- */

Shape layer_output_shape(const Layer *l, Shape x) { return l->ops->output_shape(l, x); }

const Tensor *layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    l->y_shape = l->ops->output_shape(l, x->shape);
    l->x = x;
    l->awaits_backward = true;
    return l->output = l->ops->forward(l, x, mode);
}

const Tensor *layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    REQUIRE(l->awaits_backward, "%s: backward needs a forward of its own before it", l->ops->name);
    REQUIRE(shape_equal(dy->shape, l->y_shape), "%s: dy is %s, y was %s", l->ops->name, shape_text(dy->shape),
            shape_text(l->y_shape));
    l->awaits_backward = false;
    return l->ops->backward(l, dy, want);
}

uint64_t layer_branches(const Layer *l) { return l->ops->branches ? l->ops->branches(l) : 0; }

void layer_zero_gradients(Layer *l)
{
    for (int k = 0; k < l->n_param; k++)
        tensor_fill(&l->param[k]->grad, 0);
}

long layer_trainable(const Layer *l)
{
    long n = 0;
    for (int k = 0; k < l->n_param; k++)
        n += (long)tensor_size(&l->param[k]->value);
    return n;
}

long layer_not_trainable(const Layer *l)
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
    *p = (Param){ name, tensor_new(s), tensor_new(s) };
    tensor_fill(&p->grad, 0);
    return l->param[k] = p;
}

State *layer_state(Layer *l, int k, const char *name, Shape s)
{
    State *p = memory_get(sizeof *p);
    *p = (State){ name, tensor_new(s) };
    return l->state[k] = p;
}

void layer_free(Layer *l)
{
    if (!l)
        return;
    if (l->ops->free)
        l->ops->free(l);
    for (int k = 0; k < l->n_param; k++) {
        tensor_free(&l->param[k]->value);
        tensor_free(&l->param[k]->grad);
        memory_release(l->param[k]);
    }
    for (int k = 0; k < l->n_state; k++) {
        tensor_free(&l->state[k]->value);
        memory_release(l->state[k]);
    }
    tensor_free(&l->y);
    tensor_free(&l->dx);
    memory_release(l->param);
    memory_release(l->state);
    memory_release(l);
}

uint64_t branches_hash(uint64_t hash, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (x[i] > 0 ? 1 : 2)) * 0x100000001b3ull; /* FNV-1a */
    return hash;
}

/* ---- initial weights ------------------------------------------------------------------ */

static void uniform_within(Tensor *t, double bound, Random *r)
{
    random_uniform(r, t->data, tensor_size(t));
    for (size_t i = 0; i < tensor_size(t); i++)
        t->data[i] = (real)(bound * (2 * (double)t->data[i] - 1));
}

static void normal_times(Tensor *t, double deviation, Random *r)
{
    random_normal(r, t->data, tensor_size(t));
    for (size_t i = 0; i < tensor_size(t); i++)
        t->data[i] = (real)(deviation * (double)t->data[i]);
}

void init_weight(Tensor *weight, Init init, int fan_in, int fan_out, Random *r)
{
    switch (init) {
    case INIT_PYTORCH: uniform_within(weight, 1 / sqrt((double)fan_in), r); break;
    case INIT_GLOROT: uniform_within(weight, sqrt(6.0 / (fan_in + fan_out)), r); break;
    case INIT_HE: normal_times(weight, sqrt(2.0 / fan_in), r); break;
    case INIT_NORMAL: normal_times(weight, 0.01, r); break;
    }
}

void init_bias(Tensor *bias, Init init, int fan_in, Random *r)
{
    if (init == INIT_PYTORCH)
        uniform_within(bias, 1 / sqrt((double)fan_in), r);
    else
        tensor_fill(bias, 0);
}

/* ---- a layer as a subject of the gradient checker ---------------------------------------- */

static double subject_evaluate(void *self)
{
    LayerSubject *s = self;
    const Tensor *y = layer_forward(s->layer, &s->x, s->mode);
    return dot(s->u.data, y->data, tensor_size(y));
}

static void subject_gradient(void *self)
{
    LayerSubject *s = self;
    layer_zero_gradients(s->layer);
    layer_forward(s->layer, &s->x, s->mode);
    tensor_copy(&s->dx, layer_backward(s->layer, &s->u, WANT_DX | WANT_PARAM));
}

static uint64_t subject_branches(void *self) { return layer_branches(((LayerSubject *)self)->layer); }

static CheckArray check_array(const char *name, const Tensor *x, const Tensor *dx)
{
    CheckArray a = { .x = x->data, .dx = dx->data, .n = tensor_size(x), .columns = shape_columns(x->shape) };
    strncpy(a.name, name, sizeof a.name - 1);
    return a;
}

void layer_subject_init(LayerSubject *s, Layer *l, Shape x, Mode mode, Random *r)
{
    *s = (LayerSubject){ .layer = l, .mode = mode, .x = tensor_new(x), .dx = tensor_new(x) };
    s->u = tensor_new(layer_output_shape(l, x));
    random_normal(r, s->x.data, tensor_size(&s->x));
    random_normal(r, s->u.data, tensor_size(&s->u));
    CheckArray *array = memory_get((size_t)(1 + l->n_param) * sizeof *array);
    array[0] = check_array("x", &s->x, &s->dx);
    for (int k = 0; k < l->n_param; k++)
        array[1 + k] = check_array(l->param[k]->name, &l->param[k]->value, &l->param[k]->grad);
    s->subject = (Subject){ s, subject_evaluate, subject_gradient, subject_branches, array, 1 + l->n_param };
}

void layer_subject_free(LayerSubject *s)
{
    tensor_free(&s->x);
    tensor_free(&s->dx);
    tensor_free(&s->u);
    memory_release(s->subject.array);
}
