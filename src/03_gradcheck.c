#include "03_gradcheck.h"

#include "01_memory.h"
#include "01_sum.h"

/* ---- lines through the arrays ---------------------------------------------------- */

static Probe probe_here(const Subject *s, double t)
{
    double loss = s->evaluate(s->self);
    return (Probe){ t, loss, s->branches ? s->branches(s->self) : 0 };
}

/* One element moves. */
typedef struct {
    const Subject *s;
    real *element;
} ElementLine;

static Probe probe_element(void *line, double t)
{
    ElementLine *l = line;
    real old = *l->element;
    volatile real moved = (real)((double)old + t); /* rounded to a number that there is */
    *l->element = moved;
    Probe p = probe_here(l->s, (double)moved - (double)old);
    *l->element = old;
    return p;
}

/* The arrays from `first` to `last` move, each along its own part of v. */
typedef struct {
    const Subject *s;
    int first, last;
    double *v; /* the direction */
    real *saved;
} DirectionLine;

static Probe probe_direction(void *line, double t)
{
    DirectionLine *l = line;
    size_t k = 0;
    for (int a = l->first; a <= l->last; a++)
        for (size_t i = 0; i < l->s->array[a].n; i++, k++) {
            l->saved[k] = l->s->array[a].x[i];
            l->s->array[a].x[i] = (real)((double)l->saved[k] + t * l->v[k]);
        }
    Probe p = probe_here(l->s, t);
    k = 0;
    for (int a = l->first; a <= l->last; a++)
        for (size_t i = 0; i < l->s->array[a].n; i++, k++)
            l->s->array[a].x[i] = l->saved[k];
    return p;
}

/* The length on which an array varies: its standard deviation; where all
 * elements are alike, a quarter of their size; where they are 0, a tenth. */
static double array_spread(const CheckArray *a)
{
    double mean = (double)sum(a->x, a->n) / (double)a->n, length = 0;
    for (size_t i = 0; i < a->n; i++)
        length = hypot(length, (double)a->x[i] - mean); /* squares might be out of range */
    double spread = length / sqrt((double)a->n);
    if (spread > 1e-4 * fabs(mean) || (spread > 0 && a->n > 8))
        return spread;
    return mean != 0 ? fabs(mean) / 4 : 0.1;
}

static DirectionLine direction_new(const Subject *s, int first, int last, Random *r)
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

static void direction_free(DirectionLine *line)
{
    memory_release(line->v);
    memory_release(line->saved);
}

/* The spread of the loss over nearby points. All elements move, each in the
 * unit of its array's spread: one alone might meet no rounding at all. */
static double noise_along(DirectionLine *line) { return loss_noise(probe_direction, line, sqrt(REAL_EPSILON) / 4); }

/* ---- measuring ---------------------------------------------------------- */

static void measure_array(const Subject *s, int a, Slope *slope)
{
    Random r = random_stream(0, "gradcheck noise", (uint64_t)a);
    DirectionLine all = direction_new(s, a, a, &r);
    double noise = noise_along(&all), h = array_spread(&s->array[a]) / 4;
    direction_free(&all);
    for (size_t i = 0; i < s->array[a].n; i++) {
        ElementLine line = { s, &s->array[a].x[i] };
        slope[i] = slope_ridders(probe_element, &line, h, noise);
    }
}

static double largest_slope(const Slope *slope, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(slope[i].value));
    return largest;
}

/* All slopes lie within their bars of zero. */
static bool all_zero(const Slope *slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(slope[i].value) <= 4 * slope[i].error))
            return false;
    return true;
}

/* scale[a]: the largest slope of the array; where that cannot be told from 0
 * (a bias before batch norm), the largest of its layer. */
static void find_scales(const Subject *s, Slope *const *slope, double *scale)
{
    for (int a = 0; a < s->n_array; a++) {
        scale[a] = largest_slope(slope[a], s->array[a].n);
        if (!all_zero(slope[a], s->array[a].n))
            continue;
        for (int b = 0; b < s->n_array; b++)
            if (s->array[b].group == s->array[a].group)
                scale[a] = fmax(scale[a], largest_slope(slope[b], s->array[b].n));
    }
}

/* ---- judging --------------------------------------------------------------------------- */

static double bar_of(const Slope *slope, double scale) { return 4 * slope->error + 16 * REAL_EPSILON * scale; }

static Verdict verdict_of(double analytic, const Slope *slope, double scale, double limit)
{
    double difference = fabs(analytic - slope->value), bar = bar_of(slope, scale);
    if (!isfinite(analytic))
        return BUG;
    if (slope->kink)
        return INCONCLUSIVE;
    if (!(difference <= bar)) /* as NaN is not, either */
        return BUG;
    return bar <= limit * scale || scale == 0 ? PASS : INCONCLUSIVE;
}

/* |analytic - numeric| on the scale; infinite where that is no number. */
static double error_of(double analytic, const Slope *slope, double scale)
{
    double difference = fabs(analytic - slope->value);
    double error = scale > 0 ? difference / scale : difference > 0 ? INFINITY : 0;
    return isnan(error) ? INFINITY : error;
}

CheckRow gradcheck_judge(const char *name, const double *analytic, const Slope *slope, size_t n, double scale, double limit)
{
    CheckRow row = { .tensor = name, .elements = n, .error = -1, .scale = scale };
    for (size_t i = 0; i < n; i++) {
        double error = error_of(analytic[i], &slope[i], scale);
        Verdict v = verdict_of(analytic[i], &slope[i], scale, limit);
        row.inconclusive += v == INCONCLUSIVE;
        if (v > row.verdict || (v == row.verdict && error > row.error) || row.error < 0) {
            row.worst = i, row.error = error;
            row.analytic = analytic[i], row.numeric = slope[i].value, row.bar = bar_of(&slope[i], scale);
        }
        row.verdict = v > row.verdict ? v : row.verdict;
    }
    return row;
}

const char *verdict_name(Verdict v) { return v == PASS ? "PASS" : v == BUG ? "BUG" : "INCONCLUSIVE"; }

/* ---- the check ------------------------------------------------------------------------- */

Measurement gradcheck_measure(const Subject *s)
{
    size_t n = (size_t)s->n_array;
    Measurement m = { memory_get(n * sizeof(Slope *)), memory_get(n * sizeof(double *)), memory_get(n * sizeof(double)),
                      s->n_array };
    s->gradient(s->self);
    for (int a = 0; a < s->n_array; a++) {
        m.slope[a] = memory_get(s->array[a].n * sizeof(Slope));
        m.analytic[a] = memory_get(s->array[a].n * sizeof(double));
        for (size_t i = 0; i < s->array[a].n; i++)
            m.analytic[a][i] = (double)s->array[a].dx[i];
    }
    for (int a = 0; a < s->n_array; a++)
        measure_array(s, a, m.slope[a]);
    find_scales(s, m.slope, m.scale);
    return m;
}

void measurement_free(Measurement *m)
{
    for (int a = 0; a < m->n_array; a++) {
        memory_release(m->slope[a]);
        memory_release(m->analytic[a]);
    }
    memory_release(m->slope);
    memory_release(m->analytic);
    memory_release(m->scale);
}

Verdict gradcheck(const Subject *s, double limit, CheckRow *row)
{
    Measurement m = gradcheck_measure(s);
    Verdict worst = PASS;
    for (int a = 0; a < s->n_array; a++) {
        row[a] = gradcheck_judge(s->array[a].name, m.analytic[a], m.slope[a], s->array[a].n, m.scale[a], limit);
        worst = row[a].verdict > worst ? row[a].verdict : worst;
    }
    measurement_free(&m);
    return worst;
}

static double analytic_along(const Subject *s, const double *v)
{
    double slope = 0;
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++)
            slope += (double)s->array[a].dx[i] * *v++;
    return slope;
}

Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row)
{
    double *analytic = memory_get((size_t)count * sizeof *analytic);
    Slope *slope = memory_get((size_t)count * sizeof *slope);
    s->gradient(s->self);
    for (int i = 0; i < count; i++) {
        DirectionLine line = direction_new(s, 0, s->n_array - 1, r);
        analytic[i] = analytic_along(s, line.v);
        slope[i] = slope_ridders(probe_direction, &line, 1.0 / 64, noise_along(&line));
        direction_free(&line);
    }
    *row = gradcheck_judge("all, along directions", analytic, slope, (size_t)count, largest_slope(slope, (size_t)count), limit);
    memory_release(analytic);
    memory_release(slope);
    return row->verdict;
}
