#include "04_subject.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_sum.h"

#include <stdio.h>
#include <string.h>

static double subject_evaluate(void *self)
{
    LayerSubject *s = self;
    const Tensor *y = layer_forward(s->layer, &s->x, s->mode);
    return (double)dot(s->u.data, y->data, tensor_size(y));
}

static void subject_gradient(void *self)
{
    LayerSubject *s = self;
    layer_zero_gradients(s->layer);
    layer_forward(s->layer, &s->x, s->mode);
    layer_backward(s->layer, &s->u, &s->dx, WITH_PARAM);
}

static uint64_t subject_branches(void *self) { return layer_branches(((LayerSubject *)self)->layer); }

/* Only dx, array 0, has named terms. */
static int subject_terms(void *self, int array, Term *term)
{
    const LayerSubject *s = self;
    bool named = array == 0 && s->layer->ops->terms;
    return named ? s->layer->ops->terms(s->layer, &s->u, term) : 0;
}

static CheckArray check_array(const char *name, Tensor *x, Tensor *dx)
{
    CheckArray a = { .x = x->data, .dx = dx->data, .n = tensor_size(x), .shape = x->shape };
    strncpy(a.name, name, sizeof a.name - 1);
    return a;
}

void layer_subject_init(LayerSubject *s, Layer *l, Shape x, Mode mode, Random *r)
{
    REQUIRE(mode != TRAIN, "%s: a loss that changes whenever it is asked for has no slope; expected PROBE or EVAL",
            l->ops->name);
    *s = (LayerSubject){ .layer = l, .mode = mode, .x = tensor_new(x), .dx = tensor_new(x) };
    s->u = tensor_new(layer_output_shape(l, x));
    random_normal(r, s->x.data, tensor_size(&s->x));
    random_normal(r, s->u.data, tensor_size(&s->u));
    CheckArray *array = memory_get((size_t)(1 + l->n_param) * sizeof *array);
    array[0] = check_array("x", &s->x, &s->dx);
    for (int k = 0; k < l->n_param; k++)
        array[1 + k] = check_array(l->param[k]->name, &l->param[k]->value, &l->param[k]->grad);
    s->subject = (Subject){ .self = s,
                            .evaluate = subject_evaluate,
                            .gradient = subject_gradient,
                            .branches = subject_branches,
                            .array = array,
                            .n_array = 1 + l->n_param,
                            .upstream = &s->u,
                            .terms = subject_terms };
}

void layer_subject_free(LayerSubject *s)
{
    tensor_free(&s->x);
    tensor_free(&s->dx);
    tensor_free(&s->u);
    memory_release(s->subject.array);
}

/* ---- the contract ------------------------------------------------------------------------------- */

/* The gradients of x and of the parameters, one after the other. */
static void take_gradients(real *copy, const LayerSubject *s)
{
    const Subject *all = &s->subject;
    for (int a = 0; a < all->n_array; copy += all->array[a++].n)
        memcpy(copy, all->array[a].dx, all->array[a].n * sizeof *copy);
}

/* The first array whose gradient is not `factor` times the copy, within `off` of the copy's largest; -1: none. */
static int first_other(const real *copy, const LayerSubject *s, int first, double factor, double off)
{
    for (int a = 0; a < s->subject.n_array; copy += s->subject.array[a++].n) {
        double largest = 0;
        for (size_t i = 0; i < s->subject.array[a].n; i++)
            largest = fmax(largest, fabs((double)copy[i]));
        for (size_t i = 0; a >= first && i < s->subject.array[a].n; i++)
            if (!(fabs((double)s->subject.array[a].dx[i] - factor * (double)copy[i]) <= off * largest))
                return a;
    }
    return -1;
}

static Breach breach_of(const LayerSubject *s, int array, const char *what)
{
    Breach b = { .contract = array < 0 ? KEPT : BROKEN, .array = array };
    if (array >= 0)
        snprintf(b.text, sizeof b.text, "%s: %s of %s", what, s->subject.array[array].name, s->layer->ops->name);
    return b;
}

static void forward_backward(LayerSubject *s, Want want)
{
    layer_forward(s->layer, &s->x, s->mode);
    layer_backward(s->layer, &s->u, &s->dx, want);
}

static bool unchanged(const Tensor *now, const Tensor *before)
{
    return memcmp(now->data, before->data, tensor_size(before) * sizeof *before->data) == 0;
}

/* x, dy and the state are the same before and after. */
static bool leaves_its_arguments(LayerSubject *s)
{
    const Layer *l = s->layer;
    Tensor x = { 0 }, u = { 0 }, *state = memory_get((size_t)(l->n_state + 1) * sizeof *state);
    tensor_copy(&x, &s->x), tensor_copy(&u, &s->u);
    for (int k = 0; k < l->n_state; k++)
        state[k] = (Tensor){ 0 }, tensor_copy(&state[k], &l->state[k]->value);
    forward_backward(s, WITH_PARAM);
    bool same = unchanged(&s->x, &x) && unchanged(&s->u, &u);
    for (int k = 0; k < l->n_state; k++) {
        same = same && unchanged(&l->state[k]->value, &state[k]);
        tensor_free(&state[k]);
    }
    tensor_free(&x), tensor_free(&u), memory_release(state);
    return same;
}

static Breach gradients_breach(LayerSubject *s, real *once)
{
    layer_zero_gradients(s->layer);
    forward_backward(s, WITH_PARAM);
    take_gradients(once, s);
    forward_backward(s, WITHOUT_PARAM);
    int a = first_other(once, s, 1, 1, 0);
    if (a >= 0)
        return breach_of(s, a, "backward touches a gradient that is not wanted");
    forward_backward(s, WITH_PARAM);
    if ((a = first_other(once, s, 1, 2, 64 * REAL_EPSILON)) >= 0)
        return breach_of(s, a, "backward does not add to the gradient that stands there");
    layer_zero_gradients(s->layer);
    for (size_t i = 0; i < tensor_size(&s->u); i++)
        s->u.data[i] *= 2;
    forward_backward(s, WITH_PARAM);
    a = first_other(once, s, 0, 2, 0);
    for (size_t i = 0; i < tensor_size(&s->u); i++)
        s->u.data[i] /= 2;
    return breach_of(s, a, "backward is not linear in dy");
}

Breach layer_contract(LayerSubject *s)
{
    if (!leaves_its_arguments(s))
        return breach_of(s, 0, "forward or backward changes x, dy or the state");
    size_t n = 0;
    for (int a = 0; a < s->subject.n_array; a++)
        n += s->subject.array[a].n;
    real *once = memory_get(n * sizeof *once);
    Breach b = gradients_breach(s, once);
    memory_release(once);
    return b;
}
