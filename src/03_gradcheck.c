#include "03_gradcheck.h"

#include "01_tensor.h"
#include "03_contract.h"
#include "03_naming.h"
#include "03_slope.h"

#include <string.h>

/* ---- judging --------------------------------------------------------------------------- */

static double rounding_of(const MeasuredArray *a, size_t i) { return 4 * a->noise[i] + 16 * REAL_EPSILON * a->scale; }

double gradcheck_bar(const MeasuredArray *a, size_t i) { return 2 * a->slope[i].error + rounding_of(a, i); }

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

Verdict gradcheck_rows(const Subject *s, const Measurement *m, double limit, CheckRow *row)
{
    Verdict worst = PASS;
    for (int a = 0; a < s->n_array; a++) {
        row[a] = gradcheck_judge(s->array[a].name, &m->array[a], limit);
        if (m->breach.contract != KEPT && m->breach.array == a)
            note_breach(&row[a], &m->breach);
        else if (row[a].verdict == BUG && !bug_name(row[a].note, s, a, &m->array[a]))
            strcpy(row[a].note, "a bug of no known kind");
        worst = worse(worst, row[a].verdict);
    }
    return worst;
}

Verdict gradcheck(const Subject *s, double limit, CheckRow *row)
{
    Measurement m = gradcheck_measure(s);
    Verdict worst = gradcheck_rows(s, &m, limit, row);
    measurement_free(&m);
    return worst;
}
