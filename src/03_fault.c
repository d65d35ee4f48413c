#include "03_fault.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_gradcheck.h"

#include <string.h>

static double largest_of(const double *dx, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(dx[i]));
    return largest;
}

static bool fault_zero(const Subject *s, int array, double *dx)
{
    size_t n = s->array[array].n;
    bool shows = largest_of(dx, n) > 0;
    memset(dx, 0, n * sizeof *dx);
    return shows;
}

static bool scale_all(const Subject *s, int array, double *dx, double factor)
{
    size_t n = s->array[array].n;
    bool shows = largest_of(dx, n) > 0;
    for (size_t i = 0; i < n; i++)
        dx[i] *= factor;
    return shows;
}

static bool fault_sign(const Subject *s, int array, double *dx) { return scale_all(s, array, dx, -1); }

/* By 128/127, as that of a mean over one row of 128 too few. */
static bool fault_too_large(const Subject *s, int array, double *dx) { return scale_all(s, array, dx, 128.0 / 127.0); }

static bool fault_transposed(const Subject *s, int array, double *dx)
{
    size_t n = s->array[array].n, columns = s->array[array].shape.rank ? (size_t)shape_columns(s->array[array].shape) : n,
           rows = n / columns;
    if (rows < 2 || columns < 2)
        return false;
    double *copy = memory_get(n * sizeof *copy);
    memcpy(copy, dx, n * sizeof *dx);
    for (size_t i = 0; i < n; i++) /* what is (r, c) in columns x rows becomes (c, r) */
        dx[i] = copy[i % columns * rows + i / columns];
    bool shows = memcmp(dx, copy, n * sizeof *dx) != 0;
    memory_release(copy);
    return shows;
}

static bool fault_element(const Subject *s, int array, double *dx)
{
    size_t n = s->array[array].n;
    double largest = largest_of(dx, n);
    dx[n / 2] += 1e-3 * largest;
    return largest > 0;
}

static bool fault_nan(const Subject *s, int array, double *dx)
{
    dx[s->array[array].n - 1] = NAN;
    return true;
}

const Fault fault_catalogue[] = {
    { "zero", fault_zero },
    { "sign", fault_sign },
    { "too large", fault_too_large },
    { "transposed", fault_transposed },
    { "one element 0.1 % off", fault_element },
    { "NaN", fault_nan },
    { NULL, NULL },
};

/* ---- trying them ----------------------------------------------------------------------- */

/* A check of one array, again and again with another gradient. */
typedef struct {
    const Subject *s;
    const Measurement *m;
    int array;
    double limit;
    FaultSeen *seen;
    void *context;
} Trial;

/* What was measured, with another analytic gradient. */
static MeasuredArray with_gradient(const Trial *t, double *dx)
{
    MeasuredArray spoiled = t->m->array[t->array];
    spoiled.analytic = dx;
    return spoiled;
}

static bool is_bug(const Trial *t, const MeasuredArray *m)
{
    return gradcheck_judge(t->s->array[t->array].name, m, t->limit).verdict == BUG;
}

static void try_gradient(const Trial *t, double *dx, const char *fault)
{
    MeasuredArray spoiled = with_gradient(t, dx);
    t->seen(t->context, fault, t->array, &spoiled, is_bug(t, &spoiled));
}

static void try_faults(const Trial *t, const Fault *fault)
{
    size_t n = t->s->array[t->array].n, bytes = n * sizeof(double);
    double *spoiled = memory_get(bytes);
    for (; fault && fault->name; fault++) {
        memcpy(spoiled, t->m->array[t->array].analytic, bytes);
        if (fault->plant(t->s, t->array, spoiled))
            try_gradient(t, spoiled, fault->name);
    }
    memory_release(spoiled);
}

/* The gradient without each of its terms. */
static void try_without_terms(const Trial *t)
{
    size_t n = t->s->array[t->array].n;
    double *room = memory_get((MAX_TERMS + 1) * n * sizeof *room), *spoiled = room + MAX_TERMS * n;
    Term term[MAX_TERMS];
    for (int k = 0; k < MAX_TERMS; k++)
        term[k].value = room + (size_t)k * n;
    int terms = t->s->terms ? t->s->terms(t->s->self, t->array, term) : 0;
    for (int k = 0; k < terms; k++) {
        for (size_t i = 0; i < n; i++)
            spoiled[i] = t->m->array[t->array].analytic[i] - term[k].value[i];
        try_gradient(t, spoiled, term[k].name);
    }
    memory_release(room);
}

void plant_faults(const Subject *s, const Measurement *m, double limit, const Fault *own, FaultSeen *seen, void *context)
{
    for (int a = 0; a < s->n_array; a++) {
        Trial t = { s, m, a, limit, seen, context };
        if (largest_of(m->array[a].analytic, s->array[a].n) < 1e-6 * m->array[a].scale)
            continue; /* a gradient that is zero has no sign and no transpose */
        if (is_bug(&t, &m->array[a]))
            continue; /* what is wrong already shows no fault */
        try_faults(&t, fault_catalogue);
        try_faults(&t, own);
        try_without_terms(&t);
    }
}

typedef struct {
    const Subject *s;
    int *planted, *caught;
    FILE *log;
} FaultCount;

static void count(void *context, const char *fault, int array, const MeasuredArray *spoiled, bool caught)
{
    const FaultCount *c = context;
    (void)spoiled;
    ++*c->planted;
    *c->caught += caught;
    if (!caught && c->log)
        fprintf(c->log, "fault '%s' in %s was not caught\n", fault, c->s->array[array].name);
}

void gradcheck_faults(const Subject *s, double limit, const Fault *own, int *planted, int *caught, FILE *log)
{
    Measurement m = gradcheck_measure(s);
    FaultCount c = { s, planted, caught, log };
    plant_faults(s, &m, limit, own, count, &c);
    measurement_free(&m);
}
