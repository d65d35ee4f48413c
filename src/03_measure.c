#include "03_measure.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_line.h"

/* ---- the analytic side, and its rounding ------------------------------------------------- */

void gradient_here(const Subject *s)
{
    s->evaluate(s->self);
    s->gradient(s->self);
}

enum { JITTERS = 4 };

void gradient_jittered(const Subject *s, void (*compare)(void *context), void *context)
{
    Random r = random_stream(0, "gradcheck jitter", 0);
    uint64_t branches = probe_here(s, 0).branches;
    for (int k = 0; k < JITTERS; k++) {
        DirectionLine jitter = jitter_new(s, &r);
        direction_move(&jitter, 1);
        if (probe_here(s, 1).branches == branches) {
            s->gradient(s->self);
            compare(context);
        }
        direction_return(&jitter);
        direction_free(&jitter);
    }
    gradient_here(s);
}

/* ---- how large a slope is ------------------------------------------------------------------- */

double largest_slope(const MeasuredArray *m)
{
    double largest = 0;
    for (size_t i = 0; i < m->n; i++)
        if (isfinite(m->slope[i].error))
            largest = fmax(largest, fabs(m->slope[i].value) + fabs(m->slope[i].bend));
    return largest;
}

/* All slopes lie within their bars of zero. */
static bool all_zero(const MeasuredArray *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (!(fabs(m->slope[i].value) + fabs(m->slope[i].bend) <= 4 * m->slope[i].error))
            return false;
    return true;
}

/* The largest analytic slope, where that is more than the rounding of a zero on a scale. */
static double largest_claim(const MeasuredArray *m, double scale)
{
    double largest = 0;
    for (size_t i = 0; i < m->n; i++)
        if (fabs(m->analytic[i]) > 4 * m->noise[i] + 16 * REAL_EPSILON * scale)
            largest = fmax(largest, fabs(m->analytic[i]));
    return largest;
}

/* A bias before batch norm has no gradient: it is judged on the scale of its group. */
static void find_scale(const Subject *s, Measurement *m, int a)
{
    double own = largest_slope(&m->array[a]), of_group = 0, of_all = 0;
    for (int b = 0; b < m->n_array; b++) {
        double slope = largest_slope(&m->array[b]);
        of_all = fmax(of_all, slope);
        if (s->array[b].group == s->array[a].group)
            of_group = fmax(of_group, slope);
    }
    double others = of_group > 0 ? of_group : of_all, claim = largest_claim(&m->array[a], others);
    m->array[a].scale = !all_zero(&m->array[a]) ? own : claim > 0 ? claim : others;
}

/* ---- measuring ---------------------------------------------------------------------------- */

enum { NOISE_LINES = 3 };

static void measure_slopes(const Subject *s, int a, Slope *slope)
{
    Random r = random_stream(0, "gradcheck noise", (uint64_t)a);
    double noise = 0, h = array_spread(&s->array[a]) / 4;
    for (int k = 0; k < NOISE_LINES; k++) {
        DirectionLine all = direction_new(s, a, a, &r);
        noise = fmax(noise, noise_along(&all));
        direction_free(&all);
    }
    for (size_t i = 0; i < s->array[a].n; i++) {
        ElementLine line = { s, &s->array[a].x[i] };
        slope[i] = slope_ridders(probe_element, &line, h, noise);
    }
}

typedef struct {
    const Subject *s;
    Measurement m;
} Measuring;

static void compare_gradients(void *context)
{
    Measuring *c = context;
    for (int a = 0; a < c->m.n_array; a++)
        for (size_t i = 0; i < c->m.array[a].n; i++) {
            MeasuredArray *m = &c->m.array[a];
            m->noise[i] = fmax(m->noise[i], fabs((double)c->s->array[a].dx[i] - m->analytic[i]));
        }
}

MeasuredArray measured_new(size_t n)
{
    MeasuredArray m = { n, memory_get(n * sizeof(double)), memory_get(n * sizeof(double)), memory_get(n * sizeof(Slope)), 0 };
    for (size_t i = 0; i < n; i++)
        m.noise[i] = 0;
    return m;
}

void measured_free(MeasuredArray *m)
{
    memory_release(m->analytic);
    memory_release(m->noise);
    memory_release(m->slope);
}

Measurement gradcheck_measure(const Subject *s)
{
    Measuring c = { s, { memory_get((size_t)s->n_array * sizeof(MeasuredArray)), s->n_array } };
    gradient_here(s);
    for (int a = 0; a < s->n_array; a++) {
        c.m.array[a] = measured_new(s->array[a].n);
        for (size_t i = 0; i < s->array[a].n; i++)
            c.m.array[a].analytic[i] = (double)s->array[a].dx[i];
    }
    for (int a = 0; a < s->n_array; a++)
        measure_slopes(s, a, c.m.array[a].slope);
    gradient_jittered(s, compare_gradients, &c);
    for (int a = 0; a < s->n_array; a++)
        find_scale(s, &c.m, a);
    return c.m;
}

void measurement_free(Measurement *m)
{
    for (int a = 0; a < m->n_array; a++)
        measured_free(&m->array[a]);
    memory_release(m->array);
}
