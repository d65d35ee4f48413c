/* A report as people read it, and as other programs do. */
#include "00_error.h"
#include "grade.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may be said of a part: of unseen cases no more than that they fail. */
static const char *told(const Part *p, int kind)
{
    return p->points == p->most ? "" : kind == UNSEEN && p->text[0] ? "fails on cases that are not shown" : p->text;
}

/* ---- for people --------------------------------------------------------------------------------- */

static void part_print(FILE *file, const Part *p, int kind)
{
    if (p->most)
        fprintf(file, "      %-12s %2d of %-2d  %s\n", part_name[kind], p->points, p->most, told(p, kind));
}

/* Parts that fail for one and the same reason say it once. */
static bool one_reason(const Grade *g)
{
    for (int k = 0; k < PARTS; k++)
        if (g->part[k].most && (g->part[k].points || strcmp(g->part[k].text, g->part[BY_HAND].text) != 0))
            return false;
    return true;
}

void report_print(FILE *file, const Report *r, bool details)
{
    if (details && r->name[0])
        fprintf(file, "%s\n", r->name);
    for (int i = 0; i < r->n; i++) {
        const Grade *g = &r->grade[i];
        fprintf(file, "%-5s %-28s %-3.*s  %2d of %-2d", g->number, g->task->function, g->task->stars, "***", g->points,
                g->most);
        if (g->hints)
            fprintf(file, "  (%d hint%s)", g->hints, g->hints == 1 ? "" : "s");
        bool once = one_reason(g);
        fprintf(file, "%s%s\n", once ? "  " : "", once ? g->part[BY_HAND].text : "");
        for (int k = 0; k < PARTS && g->points < g->most && !once; k++)
            part_print(file, &g->part[k], k);
    }
    fprintf(file, "chapter %d: %d of %d points, %d hint%s taken; %s\n", r->chapter, r->points, r->most, r->hints,
            r->hints == 1 ? "" : "s", r->sandbox);
}

/* ---- JSON ------------------------------------------------------------------------------------------- */

static void json_write(FILE *file, cJSON *all)
{
    char *text = cJSON_Print(all);
    REQUIRE(text != NULL, "out of memory for a report as JSON");
    fprintf(file, "%s\n", text);
    free(text);
    cJSON_Delete(all);
}

static cJSON *part_json(const Part *p, int kind)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "part", part_name[kind]);
    cJSON_AddNumberToObject(o, "points", p->points);
    cJSON_AddNumberToObject(o, "of", p->most);
    cJSON_AddStringToObject(o, "text", told(p, kind));
    return o;
}

void report_json(FILE *file, const Report *r)
{
    cJSON *all = cJSON_CreateObject(), *tasks = cJSON_AddArrayToObject(all, "tasks");
    cJSON_AddStringToObject(all, "name", r->name);
    cJSON_AddNumberToObject(all, "chapter", r->chapter);
    cJSON_AddNumberToObject(all, "points", r->points);
    cJSON_AddNumberToObject(all, "of", r->most);
    cJSON_AddNumberToObject(all, "hints", r->hints);
    cJSON_AddStringToObject(all, "sandbox", r->sandbox);
    for (int i = 0; i < r->n; i++) {
        const Grade *g = &r->grade[i];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "number", g->number);
        cJSON_AddStringToObject(o, "function", g->task->function);
        cJSON_AddNumberToObject(o, "points", g->points);
        cJSON_AddNumberToObject(o, "of", g->most);
        cJSON_AddNumberToObject(o, "hints", g->hints);
        cJSON *parts = cJSON_AddArrayToObject(o, "parts");
        for (int k = 0; k < PARTS; k++)
            if (g->part[k].most)
                cJSON_AddItemToArray(parts, part_json(&g->part[k], k));
        cJSON_AddItemToArray(tasks, o);
    }
    json_write(file, all);
}

/* ---- Gradescope's results.json: docs/instructors.md names the fields -------------------------------- */

static cJSON *gradescope_test(const Grade *g, int kind)
{
    const Part *p = &g->part[kind];
    char name[80], number[32];
    cJSON *o = cJSON_CreateObject();
    snprintf(name, sizeof name, "%s: %s", g->task->function, part_name[kind]);
    snprintf(number, sizeof number, "%s.%d", g->number, kind + 1);
    cJSON_AddStringToObject(o, "name", name);
    cJSON_AddStringToObject(o, "number", number);
    cJSON_AddNumberToObject(o, "score", p->points);
    cJSON_AddNumberToObject(o, "max_score", p->most);
    cJSON_AddStringToObject(o, "status", p->points == p->most ? "passed" : "failed");
    cJSON_AddStringToObject(o, "output", told(p, kind));
    cJSON_AddStringToObject(o, "visibility", kind == UNSEEN ? "after_published" : "visible");
    return o;
}

/* Of what may be seen before the grades are published: never "all passed" where an unseen part fails. */
static const char *summary(const Report *r)
{
    bool seen = true;
    for (int i = 0; i < r->n; i++)
        for (int k = 0; k < UNSEEN; k++)
            seen = seen && r->grade[i].part[k].points == r->grade[i].part[k].most;
    return r->points == r->most ? "Every task is solved."
           : seen               ? "The tests shown here pass. Others, which count as well, do not."
                                : "Some tasks are not solved yet; each test says what is wrong.";
}

void report_gradescope(FILE *file, const Report *r)
{
    cJSON *all = cJSON_CreateObject();
    cJSON_AddNumberToObject(all, "score", r->points);
    cJSON_AddStringToObject(all, "output", summary(r));
    cJSON *tests = cJSON_AddArrayToObject(all, "tests");
    for (int i = 0; i < r->n; i++)
        for (int k = 0; k < PARTS; k++)
            if (r->grade[i].part[k].most)
                cJSON_AddItemToArray(tests, gradescope_test(&r->grade[i], k));
    cJSON_AddNumberToObject(cJSON_AddObjectToObject(all, "extra_data"), "hints", r->hints);
    json_write(file, all);
}

/* ---- JUnit's XML ------------------------------------------------------------------------------------- */

/* No control characters but the white ones: XML knows no others. */
static void xml_text(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<': fputs("&lt;", file); break;
        case '>': fputs("&gt;", file); break;
        case '&': fputs("&amp;", file); break;
        case '"': fputs("&quot;", file); break;
        default: fputc((unsigned char)*text < ' ' || (unsigned char)*text > '~' ? ' ' : *text, file);
        }
}

static int failures(const Report *r, int *tests)
{
    int failed = 0;
    *tests = 0;
    for (int i = 0; i < r->n; i++)
        for (int k = 0; k < PARTS; k++)
            if (r->grade[i].part[k].most)
                ++*tests, failed += r->grade[i].part[k].points < r->grade[i].part[k].most;
    return failed;
}

void report_junit(FILE *file, const Report *r)
{
    int tests, failed = failures(r, &tests);
    fprintf(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"chapter %d\" tests=\"%d\" failures=\"%d\">\n",
        r->chapter, tests, failed);
    for (int i = 0; i < r->n; i++)
        for (int k = 0; k < PARTS; k++) {
            const Part *p = &r->grade[i].part[k];
            if (!p->most)
                continue;
            fprintf(file, "<testcase classname=\"%s\" name=\"%s\">", r->grade[i].task->function, part_name[k]);
            if (p->points < p->most) {
                fputs("<failure message=\"", file);
                xml_text(file, told(p, k));
                fputs("\"/>", file);
            }
            fputs("</testcase>\n", file);
        }
    fputs("</testsuite>\n</testsuites>\n", file);
}
