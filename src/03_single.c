#include "03_single.h"

#include "01_memory.h"

#include <string.h>

static void to_floats(float *to, const real *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

static void from_floats(real *to, const float *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (real)from[i];
}

/* Both arrays there, or both back. */
static void exchange(const SingleSubject *s, bool there)
{
    for (int a = 0; a < s->n_array; a++) {
        const CheckArray *c = &s->subject.array[a];
        const SingleArray *f = &s->array[a];
        if (there)
            to_floats(f->x, c->x, f->n), to_floats(f->dx, c->dx, f->n);
        else
            from_floats(c->x, f->x, f->n), from_floats(c->dx, f->dx, f->n);
    }
}

static double single_evaluate(void *self)
{
    const SingleSubject *s = self;
    exchange(s, true);
    double loss = s->evaluate(s->self);
    exchange(s, false);
    return loss;
}

static void single_gradient(void *self)
{
    const SingleSubject *s = self;
    exchange(s, true);
    s->gradient(s->self);
    exchange(s, false);
}

static uint64_t single_branches(void *self) { return ((SingleSubject *)self)->branches(((SingleSubject *)self)->self); }

void single_init(SingleSubject *s)
{
    CheckArray *array = memory_get((size_t)s->n_array * sizeof *array);
    for (int a = 0; a < s->n_array; a++) {
        const SingleArray *f = &s->array[a];
        array[a] = (CheckArray){ .x = memory_get(f->n * sizeof(real)),
                                 .dx = memory_get(f->n * sizeof(real)),
                                 .n = f->n,
                                 .shape = f->shape,
                                 .single = true };
        strncpy(array[a].name, f->name, sizeof array[a].name - 1);
        from_floats(array[a].x, f->x, f->n);
        from_floats(array[a].dx, f->dx, f->n);
    }
    s->subject = (Subject){ .self = s,
                            .evaluate = single_evaluate,
                            .gradient = single_gradient,
                            .branches = s->branches ? single_branches : NULL,
                            .array = array,
                            .n_array = s->n_array };
}

void single_free(SingleSubject *s)
{
    for (int a = 0; a < s->n_array; a++) {
        memory_release(s->subject.array[a].x);
        memory_release(s->subject.array[a].dx);
    }
    memory_release(s->subject.array);
}
