#include "03_measure.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_line.h"

#include <string.h>

/* ---- the noise of both sides ---------------------------------------------------------------- */

double subject_noise(const Subject *s)
{
    Random r = random_stream(0, "gradcheck noise", 0);
    double noise = 0;
    for (int k = 0; k < NOISE_LINES; k++) {
        DirectionLine line = close_line_new(s, &r);
        noise = fmax(noise, loss_noise(probe_direction, &line, 1));
        direction_free(&line);
    }
    return noise;
}

static void gradient_here(const Subject *s)
{
    s->evaluate(s->self);
    s->gradient(s->self);
}

/* The numbers at the points t = 1, 2, ... of a close line, point by point. Are all on one branch? */
static bool numbers_along(double *value, DirectionLine *line, size_t n, GradientNumbers *numbers, void *context)
{
    uint64_t first = 0;
    bool alike = true;
    for (int k = 0; k < NOISE_POINTS; k++) {
        direction_move(line, k + 1);
        uint64_t branches = probe_here(line->s, k + 1).branches;
        line->s->gradient(line->s->self);
        numbers(context, value + (size_t)k * n);
        direction_return(line);
        first = k == 0 ? branches : first;
        alike = alike && branches == first;
    }
    return alike;
}

/* noise[i] becomes that of value[i], value[i + n], ... where it was less. */
static void raise_noise(double *noise, const double *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double at[NOISE_POINTS];
        for (size_t k = 0; k < NOISE_POINTS; k++)
            at[k] = value[k * n + i];
        noise[i] = fmax(noise[i], noise_of_differences(at));
    }
}

void gradient_noise(double *noise, const Subject *s, int lines, size_t n, GradientNumbers *numbers, void *context)
{
    Random r = random_stream(0, "gradcheck noise", 1);
    double *value = memory_get(NOISE_POINTS * n * sizeof *value);
    memset(noise, 0, n * sizeof *noise);
    for (int k = 0; k < lines; k++) {
        DirectionLine line = close_line_new(s, &r);
        if (numbers_along(value, &line, n, numbers, context))
            raise_noise(noise, value, n);
        direction_free(&line);
    }
    memory_release(value);
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
        if (!(fabs(m->slope[i].value) + fabs(m->slope[i].bend) <= 2 * m->slope[i].error))
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

static void measure_slopes(const Subject *s, int a, double noise, Slope *slope)
{
    double h = array_spread(&s->array[a]);
    for (size_t i = 0; i < s->array[a].n; i++) {
        ElementLine line = { s, &s->array[a], i };
        slope[i] = slope_ridders(probe_element, &line, h, noise);
    }
}

/* All elements of all arrays. */
static void all_gradients(void *context, double *number)
{
    const Subject *s = context;
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++)
            *number++ = (double)s->array[a].dx[i];
}

void measured_noise(MeasuredArray *m, const double *noise)
{
    double usual = 0;
    for (size_t i = 0; i < m->n; i++)
        usual = hypot(usual, noise[i] / sqrt((double)m->n));
    for (size_t i = 0; i < m->n; i++)
        m->noise[i] = fmax(noise[i], usual);
}

static size_t count(const Subject *s)
{
    size_t n = 0;
    for (int a = 0; a < s->n_array; a++)
        n += s->array[a].n;
    return n;
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
    Measurement m = { memory_get((size_t)s->n_array * sizeof *m.array), s->n_array, contract_check(s) };
    double *number = memory_get(count(s) * sizeof *number), *of_array = number, noise = subject_noise(s);
    gradient_noise(number, s, NOISE_LINES, count(s), all_gradients, (void *)s);
    for (int a = 0; a < s->n_array; of_array += s->array[a++].n) {
        m.array[a] = measured_new(s->array[a].n);
        measured_noise(&m.array[a], of_array);
    }
    all_gradients((void *)s, number);
    of_array = number;
    for (int a = 0; a < s->n_array; of_array += s->array[a++].n)
        memcpy(m.array[a].analytic, of_array, s->array[a].n * sizeof *of_array);
    memory_release(number);
    for (int a = 0; a < s->n_array; a++)
        measure_slopes(s, a, noise, m.array[a].slope);
    for (int a = 0; a < s->n_array; a++)
        find_scale(s, &m, a);
    gradient_here(s); /* as if nothing had been moved */
    return m;
}

void measurement_free(Measurement *m)
{
    for (int a = 0; a < m->n_array; a++)
        measured_free(&m->array[a]);
    memory_release(m->array);
}
