#include "03_gradcheck.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_contract.h"
#include "03_line.h"
#include "03_slope.h"

#include <string.h>

/* ---- judging --------------------------------------------------------------------------- */

static double rounding_of(const MeasuredArray *a, size_t i) { return 4 * a->noise[i] + 16 * REAL_EPSILON * a->scale; }

double gradcheck_bar(const MeasuredArray *a, size_t i) { return 4 * a->slope[i].error + rounding_of(a, i); }

static double difference_of(const MeasuredArray *a, size_t i)
{
    return fabs(a->analytic[i] - slope_nearest(&a->slope[i], a->analytic[i]));
}

static Verdict verdict_of(const MeasuredArray *a, size_t i, double limit)
{
    double bar = gradcheck_bar(a, i);
    if (!isfinite(a->analytic[i]))
        return BUG;
    if (bar == INFINITY)
        return INCONCLUSIVE;
    if (!(difference_of(a, i) <= bar)) /* as NaN is not, either */
        return BUG;
    return bar <= limit * a->scale ? PASS : INCONCLUSIVE;
}

/* |analytic - numeric| on the scale; infinite where that is no number. */
static double error_of(const MeasuredArray *a, size_t i)
{
    double difference = difference_of(a, i), error = a->scale > 0 ? difference / a->scale : difference > 0 ? INFINITY : 0;
    return isnan(error) ? INFINITY : error;
}

CheckRow gradcheck_judge(const char *name, const MeasuredArray *a, double limit)
{
    CheckRow row = { .tensor = name, .elements = a->n, .error = -1, .scale = a->scale };
    for (size_t i = 0; i < a->n; i++) {
        double error = error_of(a, i);
        Verdict v = verdict_of(a, i, limit);
        row.inconclusive += v == INCONCLUSIVE;
        if (v > row.verdict || (v == row.verdict && error > row.error) || row.error < 0) {
            row.worst = i, row.error = error, row.bar = gradcheck_bar(a, i);
            row.analytic = a->analytic[i], row.numeric = slope_nearest(&a->slope[i], a->analytic[i]);
        }
        row.verdict = v > row.verdict ? v : row.verdict;
    }
    return row;
}

const char *verdict_name(Verdict v) { return v == PASS ? "PASS" : v == BUG ? "BUG" : "INCONCLUSIVE"; }

/* ---- the check ------------------------------------------------------------------------- */

static Verdict worse(Verdict a, Verdict b) { return a > b ? a : b; }

static void note_breach(CheckRow *row, const Breach *b)
{
    row->verdict = worse(row->verdict, b->contract == BROKEN ? BUG : INCONCLUSIVE);
    memcpy(row->note, b->text, sizeof row->note);
}

Verdict gradcheck(const Subject *s, double limit, CheckRow *row)
{
    Breach breach = contract_check(s);
    Measurement m = gradcheck_measure(s);
    Verdict worst = PASS;
    for (int a = 0; a < s->n_array; a++) {
        row[a] = gradcheck_judge(s->array[a].name, &m.array[a], limit);
        if (breach.contract != KEPT && breach.array == a)
            note_breach(&row[a], &breach);
        worst = worse(worst, row[a].verdict);
    }
    measurement_free(&m);
    return worst;
}

/* ---- along directions -------------------------------------------------------------------- */

typedef struct {
    const Subject *s;
    DirectionLine *line;
    MeasuredArray m; /* an element a direction */
} Directions;

static double analytic_along(const Subject *s, const double *v)
{
    double slope = 0;
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++)
            slope += (double)s->array[a].dx[i] * *v++;
    return slope;
}

static void compare_directions(void *context)
{
    Directions *d = context;
    for (size_t i = 0; i < d->m.n; i++)
        d->m.noise[i] = fmax(d->m.noise[i], fabs(analytic_along(d->s, d->line[i].v) - d->m.analytic[i]));
}

Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row)
{
    Directions d = { s, memory_get((size_t)count * sizeof(DirectionLine)), measured_new((size_t)count) };
    gradient_here(s);
    for (int i = 0; i < count; i++) {
        d.line[i] = direction_new(s, 0, s->n_array - 1, r);
        d.m.analytic[i] = analytic_along(s, d.line[i].v);
        d.m.slope[i] = slope_ridders(probe_direction, &d.line[i], 1.0 / 64, noise_along(&d.line[i]));
    }
    gradient_jittered(s, compare_directions, &d);
    d.m.scale = largest_slope(&d.m);
    *row = gradcheck_judge("all, along directions", &d.m, limit);
    for (int i = 0; i < count; i++)
        direction_free(&d.line[i]);
    memory_release(d.line);
    measured_free(&d.m);
    return row->verdict;
}
