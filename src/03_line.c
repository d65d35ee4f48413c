#include "03_line.h"

#include "01_memory.h"
#include "01_sum.h"

enum { POINTS = 64 }; /* steps along a close line that are exact */

Probe probe_here(const Subject *s, double t)
{
    double loss = s->evaluate(s->self);
    return (Probe){ t, loss, s->branches ? s->branches(s->self) : 0 };
}

/* The nearest number that the array can hold. */
static real rounded(const CheckArray *a, double x)
{
    volatile real r = a->single ? (real)(float)x : (real)x;
    return r;
}

Probe probe_element(void *line, double t)
{
    ElementLine *l = line;
    real *x = &l->array->x[l->i], old = *x, moved = rounded(l->array, (double)old + t);
    *x = moved;
    Probe p = probe_here(l->s, (double)moved - (double)old);
    *x = old;
    return p;
}

void direction_move(DirectionLine *l, double t)
{
    size_t k = 0;
    for (int a = l->first; a <= l->last; a++)
        for (size_t i = 0; i < l->s->array[a].n; i++, k++) {
            l->saved[k] = l->s->array[a].x[i];
            l->s->array[a].x[i] = rounded(&l->s->array[a], (double)l->saved[k] + t * l->v[k]);
        }
}

void direction_return(DirectionLine *l)
{
    size_t k = 0;
    for (int a = l->first; a <= l->last; a++)
        for (size_t i = 0; i < l->s->array[a].n; i++, k++)
            l->s->array[a].x[i] = l->saved[k];
}

Probe probe_direction(void *line, double t)
{
    DirectionLine *l = line;
    direction_move(l, t);
    Probe p = probe_here(l->s, t);
    direction_return(l);
    return p;
}

double array_spread(const CheckArray *a)
{
    double mean = (double)sum(a->x, a->n) / (double)a->n, length = 0;
    for (size_t i = 0; i < a->n; i++)
        length = hypot(length, (double)a->x[i] - mean); /* squares might be out of range */
    double spread = length / sqrt((double)a->n);
    if (spread > 1e-4 * fabs(mean) || (spread > 0 && a->n > 8))
        return spread;
    return mean != 0 ? fabs(mean) / 4 : 0.1;
}

DirectionLine direction_new(const Subject *s, int first, int last, Random *r)
{
    size_t n = 0, k = 0;
    for (int a = first; a <= last; a++)
        n += s->array[a].n;
    DirectionLine line = { s, first, last, memory_get(n * sizeof(double)), memory_get(n * sizeof(real)) };
    for (int a = first; a <= last; a++) {
        double spread = array_spread(&s->array[a]);
        for (size_t i = 0; i < s->array[a].n; i++)
            line.v[k++] = random_one(r) < 0.5 ? -spread : spread;
    }
    return line;
}

void direction_free(DirectionLine *line)
{
    memory_release(line->v);
    memory_release(line->saved);
}

/* A multiple of the spacing of the array's numbers near x and some way beyond, so that x + step, x + 2 step, ... are exact. */
static double exact_step(const CheckArray *a, double x, double step)
{
    double epsilon = a->single ? 0x1p-23 : REAL_EPSILON;
    double size = fabs(x) + POINTS * fabs(step), spacing = size > 0 ? ldexp(epsilon, ilogb(size)) : 0;
    return spacing > 0 ? copysign(fmax(1, rint(fabs(step) / spacing)) * spacing, step) : step;
}

DirectionLine close_line_new(const Subject *s, Random *r)
{
    DirectionLine line = direction_new(s, 0, s->n_array - 1, r);
    double *v = line.v;
    for (int a = 0; a < s->n_array; a++) {
        double unit = sqrt(s->array[a].single ? 0x1p-23 : REAL_EPSILON) / 4;
        for (size_t i = 0; i < s->array[a].n; i++, v++)
            *v = exact_step(&s->array[a], (double)s->array[a].x[i], *v * (0.5 + random_one(r)) * unit);
    }
    return line;
}
