#include "24_verdict.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_tensor.h"

#include <math.h>
#include <string.h>

/* ---- one side, one seed -------------------------------------------------------------------------------- */

static int measure_named(const RunTable *t, const char *name)
{
    int k = 0;
    while (k < t->n_measure && strcmp(t->measure[k], name) != 0)
        k++;
    REQUIRE(k < t->n_measure, "no measure is called '%s'", name);
    return k;
}

static bool of_run(const RunRow *row, const char *arm, long seed) { return row->seed == seed && strcmp(row->arm, arm) == 0; }
static bool same_setting(double a, double b) { return fabs(a - b) <= 1e-6 * fabs(b); }

/* The settings at which a run has the measure 1, of all that it has. */
static double share_of_ones(const RunTable *t, const Side *s, int k, long seed, long step)
{
    int ones = 0, all = 0;
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && t->row[i].step == step)
            all++, ones += t->row[i].value[k] == 1;
    return 100.0 * ones / all;
}

/* Does the measure say that this setting is a good one? */
static bool is_good(Take take, double value) { return take == LARGEST_WITH ? value >= 1 : value == 0; }

/* The largest setting below the least that is not good; half the smallest, where that is not. */
static double largest_good(const RunTable *t, Take take, const Side *s, int k, long seed, long step)
{
    double least_bad = INFINITY, largest = 0, smallest = INFINITY;
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && t->row[i].step == step) {
            smallest = fmin(smallest, t->row[i].setting);
            if (!is_good(take, t->row[i].value[k]))
                least_bad = fmin(least_bad, t->row[i].setting);
        }
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && t->row[i].step == step && t->row[i].setting < least_bad)
            largest = fmax(largest, t->row[i].setting);
    return largest > 0 ? largest : smallest / 2;
}

/* The smallest value that a run has within so many steps. */
static double least_of_run(const RunTable *t, int k, const RunRow *run, long step)
{
    double least = INFINITY;
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], run->arm, run->seed) && t->row[i].setting == run->setting && t->row[i].step <= step)
            least = fmin(least, t->row[i].value[k]);
    return least;
}

static bool of_side(const RunRow *row, const Side *s)
{
    return strcmp(row->arm, s->arm) == 0 && same_setting(row->setting, s->setting);
}

/* What half of all runs of both sides reach: the median, over these, of their smallest values. */
static double reached_by_half(const RunTable *t, const Claim *c, int k, long step)
{
    double *least = memory_get((size_t)t->n_row * sizeof *least);
    int runs = 0;
    for (int i = 0; i < t->n_row; i++)
        if (t->row[i].step == step && (of_side(&t->row[i], &c->more) || of_side(&t->row[i], &c->less)))
            least[runs++] = least_of_run(t, k, &t->row[i], step);
    sort_numbers(least, runs);
    double median = runs ? (least[(runs - 1) / 2] + least[runs / 2]) / 2 : NAN;
    memory_release(least);
    return median;
}

static double first_below(const RunTable *t, const Claim *c, const Side *s, int k, long seed, long step)
{
    double bound = reached_by_half(t, c, k, step), first = INFINITY;
    for (int i = 0; i < t->n_row; i++)
        if (t->row[i].seed == seed && of_side(&t->row[i], s) && t->row[i].step <= step && t->row[i].value[k] <= bound)
            first = fmin(first, (double)t->row[i].step);
    return first;
}

static const RunRow *row_at(const RunTable *t, const Side *s, long seed, long step)
{
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && t->row[i].step == step &&
            (s->setting == 0 || same_setting(t->row[i].setting, s->setting)))
            return &t->row[i];
    return NULL;
}

/* The worst that any run of the study had. */
static double worst_of(const RunTable *t, int k, long step, bool low_is_good)
{
    double worst = NAN;
    for (int i = 0; i < t->n_row; i++)
        if (t->row[i].step == step && isfinite(t->row[i].value[k]))
            worst = low_is_good ? fmax(worst, t->row[i].value[k]) : fmin(worst, t->row[i].value[k]);
    return worst;
}

static double side_value(const Claim *c, const RunTable *t, const Side *s, long seed, long step, Judgement *j)
{
    int k = measure_named(t, s->measure);
    double v = c->take == SHARE_OF_ONES                                ? share_of_ones(t, s, k, seed, step)
               : c->take == LARGEST_WITH || c->take == LARGEST_WITHOUT ? largest_good(t, c->take, s, k, seed, step)
               : c->take == FIRST_BELOW                                ? first_below(t, c, s, k, seed, step)
                                                                       : row_at(t, s, seed, step)->value[k];
    if (isnan(v))
        j->diverged++, v = worst_of(t, k, step, c->low_is_good);
    if (isinf(v))
        j->censored++, v = (double)step;
    return v;
}

/* ---- the judgement ------------------------------------------------------------------------------------------- */

static long longest(const RunTable *t)
{
    long step = 0;
    for (int i = 0; i < t->n_row; i++)
        step = t->row[i].step > step ? t->row[i].step : step;
    return step;
}

/* The seeds that both sides have, in the order of the table. */
static int find_seeds(const Claim *c, const RunTable *t, long step, long *seed)
{
    const Side *first = c->by == AT_MOST ? &c->less : &c->more;
    bool at_one = c->take == AT_SETTING || c->take == FIRST_BELOW; /* else over all settings: any of them will do */
    Side any = { c->less.arm, c->less.measure, at_one ? c->less.setting : 0 };
    int n = 0;
    for (int i = 0; i < t->n_row && n < MOST_PAIRS; i++) {
        Side same = { first->arm, first->measure, at_one ? first->setting : 0 };
        if (row_at(t, &same, t->row[i].seed, step) == &t->row[i] && row_at(t, &any, t->row[i].seed, step))
            seed[n++] = t->row[i].seed;
    }
    return n;
}

static Finding at_most(const double *value, int n, double bound)
{
    int below = 0;
    for (int i = 0; i < n; i++)
        below += value[i] <= bound;
    return below == n ? CONFIRMED : below == 0 ? NOT_CONFIRMED : UNDECIDED;
}

Judgement claim_judge(const Claim *c, const RunTable *t, bool half, double *difference)
{
    Judgement j = { .p = NAN, .finding = UNDECIDED, .smallest = c->by == RATIO ? log(c->smallest) : c->smallest };
    double more[MOST_PAIRS] = { 0 }, less[MOST_PAIRS], a[MOST_PAIRS], b[MOST_PAIRS];
    long seed[MOST_PAIRS], step = half ? longest(t) / 2 : longest(t);
    int n = j.pairs = find_seeds(c, t, step, seed);
    if (n == 0)
        return j;
    for (int i = 0; i < n; i++) {
        less[i] = side_value(c, t, &c->less, seed[i], step, &j);
        if (c->by != AT_MOST)
            more[i] = side_value(c, t, &c->more, seed[i], step, &j);
        a[i] = c->by == RATIO ? log(more[i]) : more[i], b[i] = c->by == RATIO ? log(less[i]) : less[i];
        if (difference)
            difference[i] = c->by == AT_MOST ? b[i] : a[i] - b[i];
    }
    j.more = interquartile_mean(more, n), j.less = interquartile_mean(less, n);
    j.effect = c->by == AT_MOST ? bootstrap(interquartile_mean, less, n, 1) : paired_effect(a, b, n, 1);
    j.wins = share_of_wins(a, b, n, 1);
    if (c->by == AT_MOST)
        j.finding = at_most(less, n, c->smallest);
    else
        j.p = sign_flip_p(a, b, n, 1), j.finding = n < LEAST_PAIRS ? UNDECIDED : finding_of(j.effect, j.smallest);
    return j;
}
