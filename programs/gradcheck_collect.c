/* Checks subjects, and writes down what was found: on the screen, in a table, as JSON. */
#include "gradcheck.h"

#include "00_error.h"
#include "00_files.h"
#include "01_memory.h"
#include "02_random.h"
#include "03_measure.h"
#include "03_naming.h"
#include "03_report.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Asked asked;
Tally tally;

static const char *module;
static FILE *tsv, *planted_tsv, *json_file;
static cJSON *json_rows;

/* Faults are for a check that can see a part in a thousand; float shows as much only here and there. */
static bool plants(void) { return sizeof(real) == sizeof(double); }

/* ---- files ------------------------------------------------------------------------------------ */

void collect_begin(const char *out, const char *name, const char *json)
{
    char file[64];
    snprintf(file, sizeof file, "%s.tsv", name);
    tsv = tsv_open(out, file, "module\tcheck\tdraw\ttensor\telements\tworst\tanalytic\tnumeric\terror\tverdict");
    snprintf(file, sizeof file, "%s_planted.tsv", name);
    planted_tsv = tsv_open(out, file, "module\tcheck\ttensor\tmistake\tthe_checker_says");
    if (!json[0])
        return;
    char directory[PATH_SIZE], json_name[PATH_SIZE];
    path_split(json, directory, json_name);
    json_file = output_open(directory, json_name);
    json_rows = cJSON_CreateArray();
}

static void json_end(void)
{
    cJSON *all = cJSON_CreateObject();
    cJSON_AddStringToObject(all, "precision", REAL_NAME);
    cJSON_AddStringToObject(all, "verdict", verdict_name(tally.worst));
    cJSON_AddNumberToObject(all, "planted", tally.planted);
    cJSON_AddNumberToObject(all, "caught", tally.caught);
    cJSON_AddItemToObject(all, "tensors", json_rows);
    char *text = cJSON_Print(all);
    REQUIRE(text != NULL, "out of memory for %d rows of JSON", tally.checks);
    fprintf(json_file, "%s\n", text);
    free(text);
    cJSON_Delete(all);
    output_close(json_file);
}

void collect_end(void)
{
    output_close(tsv);
    output_close(planted_tsv);
    if (json_file)
        json_end();
}

void collect_module(const char *stem) { module = stem; }

/* ---- rows --------------------------------------------------------------------------------------- */

static void add_to_json(const char *what, int draw, const CheckRow *row)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "module", module);
    cJSON_AddStringToObject(o, "check", what);
    cJSON_AddNumberToObject(o, "draw", draw);
    cJSON_AddStringToObject(o, "tensor", row->tensor);
    cJSON_AddNumberToObject(o, "elements", (double)row->elements);
    cJSON_AddNumberToObject(o, "inconclusive", (double)row->inconclusive);
    cJSON_AddNumberToObject(o, "worst", (double)row->worst);
    cJSON_AddNumberToObject(o, "analytic", row->analytic); /* what is no number becomes null */
    cJSON_AddNumberToObject(o, "numeric", row->numeric);
    cJSON_AddNumberToObject(o, "bar", row->bar);
    cJSON_AddNumberToObject(o, "scale", row->scale);
    cJSON_AddStringToObject(o, "verdict", verdict_name(row->verdict));
    cJSON_AddStringToObject(o, "note", row->note);
    cJSON_AddItemToArray(json_rows, o);
}

static bool wanted(const char *tensor) { return !asked.tensor[0] || strcmp(asked.tensor, tensor) == 0; }

static void add_row(const char *what, int draw, const CheckRow *row)
{
    char name[80], number[16] = "";
    if (draw)
        snprintf(number, sizeof number, " %d", draw);
    snprintf(name, sizeof name, "%s %s%s", module, what, number);
    if (asked.rows || row->verdict != PASS)
        check_row_print(stdout, name, row);
    fprintf(tsv, "%s\t%s\t%d\t%s\t%zu\t%zu\t%.6e\t%.6e\t%.1e\t%s\n", module, what, draw, row->tensor, row->elements, row->worst,
            row->analytic, row->numeric, row->error, verdict_name(row->verdict));
    if (json_rows)
        add_to_json(what, draw, row);
    tally.worst = row->verdict > tally.worst ? row->verdict : tally.worst;
    tally.largest_error = fmax(tally.largest_error, row->error);
    tally.checks++;
}

static void list(const char *what, int draw, const Subject *s, bool one_by_one)
{
    char name[64], number[16] = "";
    if (draw)
        snprintf(number, sizeof number, " %d", draw);
    snprintf(name, sizeof name, "%s%s", what, number);
    printf("%-14s %-24s", module, name);
    for (int a = 0; one_by_one && a < s->n_array; a++)
        printf(" %s (%zu)", s->array[a].name, s->array[a].n);
    printf(one_by_one ? "\n" : " all, along directions\n");
}

/* ---- checks --------------------------------------------------------------------------------------- */

/* What is on its way while faults are planted. */
typedef struct {
    const char *what;
    int draw;
    const Subject *s;
} Planting;

/* Counts; the first draw's are written down, with what the checker calls them. */
static void fault_seen(void *context, const char *fault, int array, const MeasuredArray *spoiled, bool caught)
{
    const Planting *p = context;
    const char *tensor = p->s->array[array].name;
    char name[NOTE_TEXT];
    tally.planted++;
    tally.caught += caught;
    if (!caught)
        printf("fault '%s' in %s was not caught\n", fault, tensor);
    if (p->draw > 1)
        return;
    bool found = bug_name(name, p->s, array, spoiled);
    fprintf(planted_tsv, "%s\t%s\t%s\t%s\t%s\n", module, p->what, tensor, fault,
            !caught ? "PASS"
            : found ? name
                    : "a bug of no known kind");
}

void check_subject(const char *what, int draw, const Subject *s, double limit, const Fault *own)
{
    if (asked.list) {
        list(what, draw, s, true);
        return;
    }
    CheckRow *row = memory_get((size_t)s->n_array * sizeof *row);
    Measurement m = gradcheck_measure(s);
    gradcheck_rows(s, &m, limit, row);
    for (int a = 0; a < s->n_array; a++)
        if (wanted(row[a].tensor)) {
            add_row(what, draw, &row[a]);
            plot_row(what, s, a, &row[a]);
        }
    if (plants())
        plant_faults(s, &m, limit, own, fault_seen, &(Planting){ what, draw, s });
    measurement_free(&m);
    memory_release(row);
}

void check_contract(const char *what, int draw, const Breach *b)
{
    if (b->contract == KEPT || asked.list)
        return;
    CheckRow row = { .tensor = "contract", .verdict = BUG };
    memcpy(row.note, b->text, sizeof row.note);
    add_row(what, draw, &row);
}

/* Each array's gradient in turn is missing, turned round, or too large by 128/127;
 * all that can show, must. A bias before batch norm has none. */
static void plant_along(const Directions *d, double limit)
{
    static const double factor[] = { 0, -1, 128.0 / 127.0 };
    for (int a = 0; a < d->s->n_array; a++) {
        double part = directions_part(d, 0, a), analytic = d->m.analytic[0];
        if (fabs(part) < 1e-6 * d->m.scale)
            continue;
        for (int f = 0; f < 3; f++) {
            d->m.analytic[0] = analytic + (factor[f] - 1) * part;
            tally.planted++;
            tally.caught += gradcheck_judge("", &d->m, limit).verdict == BUG;
        }
        d->m.analytic[0] = analytic;
    }
}

void check_along(const char *what, const Subject *s, double limit, Random *r, bool plant)
{
    if (asked.list || asked.tensor[0]) {
        if (asked.list)
            list(what, 0, s, false);
        return;
    }
    Directions d = directions_measure(s, 10, r);
    CheckRow row = gradcheck_judge("all, along directions", &d.m, limit);
    add_row(what, 0, &row);
    if (plant && plants() && row.verdict != BUG)
        plant_along(&d, limit);
    directions_free(&d);
}
