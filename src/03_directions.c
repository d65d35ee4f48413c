#include "03_directions.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_slope.h"

double directions_part(const Directions *d, size_t i, int a)
{
    const double *v = d->line[i].v;
    double slope = 0;
    for (int before = 0; before < a; before++)
        v += d->s->array[before].n;
    for (size_t k = 0; k < d->s->array[a].n; k++)
        slope += (double)d->s->array[a].dx[k] * v[k];
    return slope;
}

static void all_directions(void *context, double *number)
{
    const Directions *d = context;
    for (size_t i = 0; i < d->m.n; i++) {
        number[i] = 0;
        for (int a = 0; a < d->s->n_array; a++)
            number[i] += directions_part(d, i, a);
    }
}

/* Here many elements move, each to a number that there is: that is noise as well, and as much along one as along another. */
static double noise_along(DirectionLine *line) { return loss_noise(probe_direction, line, sqrt(REAL_EPSILON) / 4); }

Directions directions_measure(const Subject *s, int count, Random *r)
{
    Directions d = { s, memory_get((size_t)count * sizeof(DirectionLine)), measured_new((size_t)count) };
    for (int i = 0; i < count; i++)
        d.line[i] = direction_new(s, 0, s->n_array - 1, r);
    double noise = fmax(subject_noise(s), noise_along(&d.line[0]));
    for (int i = 0; i < count; i++)
        d.m.slope[i] = slope_ridders(probe_direction, &d.line[i], 1.0 / 64, noise);
    gradient_noise(d.m.noise, s, 1, d.m.n, all_directions, &d);
    measured_noise(&d.m, d.m.noise);
    all_directions(&d, d.m.analytic);
    d.m.scale = largest_slope(&d.m);
    return d;
}

void directions_free(Directions *d)
{
    for (size_t i = 0; i < d->m.n; i++)
        direction_free(&d->line[i]);
    memory_release(d->line);
    measured_free(&d->m);
}

Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row)
{
    Directions d = directions_measure(s, count, r);
    *row = gradcheck_judge("all, along directions", &d.m, limit);
    directions_free(&d);
    return row->verdict;
}
