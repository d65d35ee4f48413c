/* verdict table: from the tables of runs to effects, intervals and findings. verdict pilot: from the pilot's to how many
 * seeds it takes, and at which setting each arm does best. */
#include "verdict.h"

#include "00_error.h"
#include "00_files.h"
#include "00_numbers.h"
#include "00_options.h"
#include "01_memory.h"
#include "24_runs.h"
#include "24_statistics.h"
#include "24_verdict.h"
#include "verdict_claims.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* ---- a part, with its arms' settings, and its study's runs ------------------------------------------------- */

static void resolve(Side *s, const Study *study)
{
    if (s->arm && s->setting <= 0)
        s->setting = s->setting == TUNED ? tuned_setting(study, s->arm) : study->settings[0];
}

static Claim claim_of(const Part *p)
{
    Claim c = p->claim;
    resolve(&c.more, study_of_name(p->study)), resolve(&c.less, study_of_name(p->study));
    return c;
}

/* The table of a part's study; false where it is not there, as at a scale at which the study is not run. */
static bool part_runs(const Part *p, const char *results, RunTable *t)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s.tsv", results, p->study) >= (int)sizeof path || access(path, R_OK) != 0)
        return false;
    *t = run_table_read(path);
    return true;
}

/* ---- where the tables are, and where to write --------------------------------------------------------------- */

typedef struct {
    const char *results, *out;
} Directories;

static Directories directories_read(int argc, char **argv, const char *about)
{
    Directories d = { NULL, NULL };
    options_read(argc, argv, about,
                 (const Option[]){ { "results", OPTION_TEXT, &d.results, "directory of the collected tables", 0, 0, NULL },
                                   { "out", OPTION_TEXT, &d.out, "where to write (RESULTS)", 0, 0, NULL },
                                   { 0 } });
    if (!d.results)
        user_error("found no --results; expected a directory of tables, as in docs/results/verdict/full");
    d.out = d.out ? d.out : d.results;
    return d;
}

/* ---- the table ---------------------------------------------------------------------------------------------------- */

typedef struct {
    bool there;
    Judgement full, half;
    double difference[MOST_PAIRS];
} Row;

static void judge_all(Row *row, const char *results)
{
    for (int k = 0; k < n_parts; k++) {
        Claim c = claim_of(&parts[k]);
        RunTable t;
        row[k].there = part_runs(&parts[k], results, &t);
        if (!row[k].there)
            continue;
        row[k].full = claim_judge(&c, &t, false, row[k].difference);
        row[k].half = claim_judge(&c, &t, true, NULL);
        row[k].there = row[k].full.pairs > 0;
        run_table_free(&t);
    }
}

/* Is it among the claims that are decided by runs? */
static bool by_runs(const Part *p, const Row *row) { return row->there && p->id[0] == 'R' && !isnan(row->full.p); }

/* Holm's correction over all of these. */
static void adjust(const Row *row, double *adjusted)
{
    double *p = memory_get((size_t)n_parts * sizeof *p), *a = memory_get((size_t)n_parts * sizeof *a);
    int n = 0;
    for (int k = 0; k < n_parts; k++)
        if (by_runs(&parts[k], &row[k]))
            p[n++] = row[k].full.p;
    holm_adjust(a, p, n);
    n = 0;
    for (int k = 0; k < n_parts; k++)
        adjusted[k] = by_runs(&parts[k], &row[k]) ? a[n++] : NAN;
    memory_release(p), memory_release(a);
}

static void print_interval(FILE *tsv, const char *format, Comparison by, Interval i)
{
    double v[] = { i.value, i.low, i.high };
    for (int k = 0; k < 3; k++) {
        fprintf(tsv, k == 0 ? "\t" : k == 1 ? " [" : ", ");
        fprintf(tsv, format, by == RATIO ? exp(v[k]) : v[k]);
    }
    fprintf(tsv, "]");
}

/* Confirmed both ways at the two budgets, one against the other? */
static bool reverses(const Row *r)
{
    return r->half.pairs > 0 &&
           ((r->full.effect.low > 0 && r->half.effect.high < 0) || (r->full.effect.high < 0 && r->half.effect.low > 0));
}

static void write_row(FILE *tsv, const Part *p, const Row *r, double adjusted)
{
    static const char *format[] = { "%+.3g", "x %.3g", "%.3g" }, *matters[] = { "%+.3g", "x %.3g", "at most %.3g" };
    fprintf(tsv, "%s\t%s\t%s\t%d", p->id, p->study, p->what, r->full.pairs);
    print_interval(tsv, format[p->claim.by], p->claim.by, r->full.effect);
    fprintf(tsv, "\t");
    fprintf(tsv, matters[p->claim.by], p->claim.smallest);
    if (p->claim.by == AT_MOST)
        fprintf(tsv, "\t-\t-");
    else {
        print_interval(tsv, "%.2f", DIFFERENCE, r->full.wins);
        fprintf(tsv, isnan(adjusted) ? "\t-" : "\t%.2g", adjusted);
    }
    fprintf(tsv, "\t%s\t%s%s\t%d\t%d\n", finding_name(r->full.finding), r->half.pairs ? finding_name(r->half.finding) : "-",
            reverses(r) ? ", reversed" : "", r->full.diverged, r->full.censored);
}

/* In smallest effects that matter: what is drawn. */
static double in_smallest(const Part *p, const Judgement *j, double effect)
{
    return effect / (j->smallest != 0 ? fabs(j->smallest) : p->claim.by == DIFFERENCE ? 1 : NAN);
}

static void write_forest(const Row *row, const char *out)
{
    FILE *tsv = tsv_open(out, "verdict_forest.tsv", "row\tclaim\tpart\teffect\tlow\thigh\tbar\tfinding");
    FILE *points = tsv_open(out, "verdict_points.tsv", "row\tdifference\tfinding");
    for (int k = 0, line = 0; k < n_parts; k++) {
        const Judgement *j = &row[k].full;
        if (!row[k].there || parts[k].claim.by == AT_MOST)
            continue;
        line++;
        fprintf(tsv, "%d\t%s\t%s\t%.4f\t%.4f\t%.4f\t%d\t%d\n", line, parts[k].id, parts[k].what,
                in_smallest(&parts[k], j, j->effect.value), in_smallest(&parts[k], j, j->effect.low),
                in_smallest(&parts[k], j, j->effect.high), (j->smallest > 0) - (j->smallest < 0), j->finding);
        for (int i = 0; i < j->pairs; i++)
            fprintf(points, "%d\t%.4f\t%d\n", line, in_smallest(&parts[k], j, row[k].difference[i]), j->finding);
    }
    output_close(tsv);
    output_close(points);
}

/* ---- what each arm reached ------------------------------------------------------------------------------------------- */

/* The k-th measure of an arm's runs at a setting, after the last step; no numbers (of runs that diverged) are left out, a
 * time that never came is all steps. Returns how many numbers there are. */
static int arm_values(double *value, const RunTable *t, const RunRow *of, int k)
{
    long last = t->row[t->n_row - 1].step;
    int n = 0;
    for (int i = 0; i < t->n_row && n < MOST_PAIRS; i++) {
        const RunRow *r = &t->row[i];
        if (r->step == last && r->setting == of->setting && strcmp(r->arm, of->arm) == 0 && !isnan(r->value[k]))
            value[n++] = isinf(r->value[k]) ? (double)last : r->value[k];
    }
    return n;
}

static bool is_first_of_arm(const RunTable *t, int row)
{
    for (int i = 0; i < row; i++)
        if (t->row[i].setting == t->row[row].setting && strcmp(t->row[i].arm, t->row[row].arm) == 0)
            return false;
    return true;
}

/* Of all studies but those that ask about their settings. */
static void write_arms(const char *results, const char *out)
{
    FILE *tsv = tsv_open(out, "verdict_arms.tsv", "study\tarm\tsetting\tmeasure\truns\tmean\tlow\thigh");
    for (int s = 0; s < n_studies; s++) {
        RunTable t;
        if (studies[s].sweep || !part_runs(&(Part){ .study = studies[s].name }, results, &t))
            continue;
        for (int i = 0; i < t.n_row; i++)
            for (int k = 0; k < t.n_measure && is_first_of_arm(&t, i); k++) {
                double value[MOST_PAIRS];
                int n = arm_values(value, &t, &t.row[i], k);
                Interval m = n > 0 ? bootstrap(interquartile_mean, value, n, 1) : (Interval){ NAN, NAN, NAN };
                fprintf(tsv, "%s\t%s\t%g\t%s\t%d\t%.3g\t%.3g\t%.3g\n", studies[s].name, t.row[i].arm, t.row[i].setting,
                        t.measure[k], n, m.value, m.low, m.high);
            }
        run_table_free(&t);
    }
    output_close(tsv);
}

int verdict_table(int argc, char **argv)
{
    Directories d = directories_read(
        argc, argv,
        "verdict table: effects, intervals and findings from RESULTS/STUDY.tsv alone, without any training. Writes\n"
        "verdict.tsv (the table), verdict_forest.tsv and verdict_points.tsv (what is drawn),\n"
        "verdict_arms.tsv (what each arm reached) and verdict_published.tsv (published tables, and ours beside them).");
    Row *row = memory_get((size_t)n_parts * sizeof *row);
    double *adjusted = memory_get((size_t)n_parts * sizeof *adjusted);
    judge_all(row, d.results);
    adjust(row, adjusted);
    FILE *tsv = tsv_open(d.out, "verdict.tsv",
                         "claim\tstudy\tpart\tpairs\teffect\tmatters\twins\tp\tfinding\tat_half\tdiverged\tnever");
    int found[3] = { 0 }, rows = 0;
    for (int k = 0; k < n_parts; k++)
        if (row[k].there)
            write_row(tsv, &parts[k], &row[k], adjusted[k]), found[row[k].full.finding]++, rows++;
    output_close(tsv);
    if (rows == 0)
        user_error("--results: found no table of runs in %s; expected ring.tsv, sigmoids.tsv ...", d.results);
    write_forest(row, d.out);
    write_arms(d.results, d.out);
    published_write(d.results, d.out);
    printf("%d parts: %d confirmed, %d not confirmed, %d inconclusive; see %s/verdict.tsv\n", rows, found[CONFIRMED],
           found[NOT_CONFIRMED], found[UNDECIDED], d.out);
    memory_release(row), memory_release(adjusted);
    return 0;
}

/* ---- the pilot --------------------------------------------------------------------------------------------------------- */

enum { LEAST_SEEDS = 5, MOST_SEEDS = 40 };

static void write_seeds(const char *results, const char *out)
{
    FILE *tsv = tsv_open(out, "verdict_seeds.tsv", "claim\tpart\tpairs\tmean\tdeviation\tmatters\tneeded");
    for (int k = 0; k < n_parts; k++) {
        Claim c = claim_of(&parts[k]);
        double difference[MOST_PAIRS], mean = 0;
        RunTable t;
        if (c.by == AT_MOST || !part_runs(&parts[k], results, &t))
            continue;
        Judgement j = claim_judge(&c, &t, false, difference);
        run_table_free(&t);
        if (j.pairs < 2)
            continue;
        for (int i = 0; i < j.pairs; i++)
            mean += difference[i] / j.pairs;
        double s = deviation_of(difference, j.pairs) * sqrt(j.pairs / (j.pairs - 1.0)), effect = fabs(j.smallest) / s;
        int needed = j.smallest == 0 || effect > 100 ? LEAST_SEEDS : effect < 0.1 ? MOST_SEEDS : pairs_needed(effect);
        fprintf(tsv, "%s\t%s\t%d\t%.3g\t%.3g\t%.3g\t%d\n", parts[k].id, parts[k].what, j.pairs, mean, s, j.smallest,
                needed < LEAST_SEEDS  ? LEAST_SEEDS
                : needed > MOST_SEEDS ? MOST_SEEDS
                                      : needed);
    }
    output_close(tsv);
}

/* The interquartile mean of the study's first measure at each setting, over the pilot's seeds; times that never came count
 * as all steps. */
static void write_tuning(const char *results, const char *out)
{
    FILE *tsv = tsv_open(out, "verdict_tuning.tsv", "study\tarm\tsetting\truns\tmeasure\tvalue");
    for (int k = 0; k < n_studies; k++) {
        const Study *s = &studies[k];
        RunTable t;
        if (s->sweep || s->settings[1] == 0 || !part_runs(&(Part){ .study = s->name }, results, &t))
            continue;
        for (int i = 0; i < t.n_row; i++) {
            double value[MOST_PAIRS];
            int n = 0;
            bool first = true;
            for (int r = 0; r < t.n_row; r++)
                if (strcmp(t.row[r].arm, t.row[i].arm) == 0 && t.row[r].setting == t.row[i].setting &&
                    t.row[r].step == t.row[t.n_row - 1].step) {
                    first &= n > 0 || r == i;
                    value[n++] = isinf(t.row[r].value[0]) ? (double)t.row[r].step : t.row[r].value[0];
                }
            if (first && n > 0)
                fprintf(tsv, "%s\t%s\t%g\t%d\t%s\t%.5g\n", s->name, t.row[i].arm, t.row[i].setting, n, t.measure[0],
                        interquartile_mean(value, n));
        }
        run_table_free(&t);
    }
    output_close(tsv);
}

int verdict_pilot(int argc, char **argv)
{
    Directories d = directories_read(
        argc, argv,
        "verdict pilot: from the pilot's tables, how many pairs each part needs (verdict_seeds.tsv), and what each arm\n"
        "reaches at each setting (verdict_tuning.tsv).");
    write_seeds(d.results, d.out);
    write_tuning(d.results, d.out);
    return 0;
}
