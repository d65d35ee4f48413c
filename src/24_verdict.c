#include "24_verdict.h"

#include "00_error.h"
#include "00_numbers.h"
#include "01_memory.h"
#include "01_tensor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 2000, KEYS = 4 };

/* ---- reading ------------------------------------------------------------------------------------------- */

static int count_lines(FILE *file)
{
    char line[LINE];
    int n = 0;
    while (fgets(line, sizeof line, file))
        n++;
    rewind(file);
    return n;
}

/* The fields of a line, parted by tabs; the line is cut up. */
static int split(char *line, char **field, int most)
{
    int n = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *next = line; next && n < most; n++) {
        field[n] = next;
        next = strchr(next, '\t');
        if (next)
            *next++ = '\0';
    }
    return n;
}

static void read_head(RunTable *t, FILE *file, const char *path)
{
    char line[LINE], *field[LINE / 2];
    int n = fgets(line, sizeof line, file) ? split(line, field, LINE / 2) : 0;
    if (n <= KEYS || strcmp(field[0], "arm") != 0 || strcmp(field[3], "step") != 0)
        user_error("%s: found no table of runs; expected the columns arm, setting, seed, step and measures", path);
    t->n_measure = n - KEYS;
    t->measure = memory_get((size_t)t->n_measure * sizeof *t->measure);
    for (int k = 0; k < t->n_measure; k++)
        snprintf(t->measure[k], sizeof t->measure[k], "%s", field[KEYS + k]);
}

static void read_row(RunTable *t, char *line, const char *path)
{
    char *field[LINE / 2];
    RunRow *row = &t->row[t->n_row++];
    int n = split(line, field, LINE / 2);
    if (n != KEYS + t->n_measure)
        user_error("%s, row %d: found %d fields; expected %d", path, t->n_row, n, KEYS + t->n_measure);
    snprintf(row->arm, sizeof row->arm, "%s", field[0]);
    row->setting = strtod(field[1], NULL), row->seed = strtol(field[2], NULL, 10), row->step = strtol(field[3], NULL, 10);
    row->value = memory_get((size_t)t->n_measure * sizeof *row->value);
    for (int k = 0; k < t->n_measure; k++)
        row->value[k] = strtod(field[KEYS + k], NULL);
}

RunTable run_table_read(const char *path)
{
    char line[LINE];
    RunTable t = { 0 };
    FILE *file = fopen(path, "r");
    if (!file)
        user_error("%s: cannot be read; expected a table of runs", path);
    t.row = memory_get((size_t)count_lines(file) * sizeof *t.row);
    numbers_begin();
    read_head(&t, file, path);
    while (fgets(line, sizeof line, file))
        read_row(&t, line, path);
    numbers_end();
    fclose(file);
    return t;
}

void run_table_free(RunTable *t)
{
    for (int i = 0; i < t->n_row; i++)
        memory_release(t->row[i].value);
    memory_release(t->row), memory_release(t->measure);
    *t = (RunTable){ 0 };
}

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

static double largest_without(const RunTable *t, const Side *s, int k, long seed, long step)
{
    double least_with = INFINITY, largest = 0, smallest = INFINITY;
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && t->row[i].step == step) {
            smallest = fmin(smallest, t->row[i].setting);
            if (t->row[i].value[k] != 0)
                least_with = fmin(least_with, t->row[i].setting);
        }
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && t->row[i].step == step && t->row[i].setting < least_with)
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

/* What half of all runs reach: the median, over runs, of their smallest values. */
static double reached_by_half(const RunTable *t, int k, long step)
{
    double *least = memory_get((size_t)t->n_row * sizeof *least);
    int runs = 0;
    for (int i = 0; i < t->n_row; i++)
        if (t->row[i].step == step)
            least[runs++] = least_of_run(t, k, &t->row[i], step);
    sort_numbers(least, runs);
    double median = runs ? (least[(runs - 1) / 2] + least[runs / 2]) / 2 : NAN;
    memory_release(least);
    return median;
}

static double first_below(const RunTable *t, const Side *s, int k, long seed, long step)
{
    double bound = reached_by_half(t, k, step), first = INFINITY;
    for (int i = 0; i < t->n_row; i++)
        if (of_run(&t->row[i], s->arm, seed) && same_setting(t->row[i].setting, s->setting) && t->row[i].step <= step &&
            t->row[i].value[k] <= bound)
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
    double v = c->take == SHARE_OF_ONES     ? share_of_ones(t, s, k, seed, step)
               : c->take == LARGEST_WITHOUT ? largest_without(t, s, k, seed, step)
               : c->take == FIRST_BELOW     ? first_below(t, s, k, seed, step)
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
    Side any = { c->less.arm, c->less.measure, c->take == AT_SETTING ? c->less.setting : 0 };
    int n = 0;
    for (int i = 0; i < t->n_row && n < MOST_PAIRS; i++) {
        Side same = { first->arm, first->measure, c->take == AT_SETTING ? first->setting : 0 };
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
