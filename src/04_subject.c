#include "04_subject.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_sum.h"

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
