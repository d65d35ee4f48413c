#include "hints.h"

#include "00_files.h"

#include <stdio.h>
#include <string.h>

void hints_read(Report *r, const char *path)
{
    char function[64];
    int chapter, taken;
    FILE *file = path[0] ? fopen(path, "r") : NULL;
    while (file && fscanf(file, "%d %63s %d\n", &chapter, function, &taken) == 3)
        for (int i = 0; i < r->n; i++)
            if (chapter == r->chapter && strcmp(function, r->grade[i].task->function) == 0)
                r->hints += taken - r->grade[i].hints, r->grade[i].hints = taken; /* the last line counts */
    if (file)
        fclose(file);
}

/* A line more at the end of the file: chapter, function, hints taken. */
static void note(const Report *r, const Grade *g, const char *path)
{
    FILE *file = path[0] ? fopen(path, "a") : NULL;
    if (!file)
        return;
    fprintf(file, "%d %s %d\n", r->chapter, g->task->function, g->hints);
    fclose(file);
}

/* What the first part that fails says of it; what the checker says counts before what values say. */
static const char *what_is_wrong(const Grade *g)
{
    const Part *p = &g->part[GRADIENT];
    if (p->most && p->points < p->most)
        return p->text;
    for (int k = 0; k < UNSEEN; k++)
        if (g->part[k].points < g->part[k].most)
            return g->part[k].text;
    return "it is right on the cases shown, and wrong on others: try one row, one column, sizes that are all different";
}

void hint_give(FILE *to, Report *r, const char *path)
{
    Grade *g = r->grade;
    while (g < r->grade + r->n && g->points == g->most)
        g++;
    if (g == r->grade + r->n) {
        fprintf(to, "chapter %d: every task is solved\n", r->chapter);
        return;
    }
    if (g->hints >= HINTS) {
        fprintf(to, "%s %s: all %d hints were given. Here is the last once more.\n", g->number, g->task->function, HINTS);
        small_case_print(to, g->task);
        return;
    }
    g->hints++, r->hints++;
    fprintf(to, "%s %s, hint %d of %d\n", g->number, g->task->function, g->hints, HINTS);
    if (g->hints == 1)
        fprintf(to, "  What is wrong: %s\n", what_is_wrong(g));
    else if (g->hints == 2)
        fprintf(to, "  Where to look: %s\n", g->task->where);
    else
        small_case_print(to, g->task);
    note(r, g, path);
}

/* ---- all of them, as a page ------------------------------------------------------------------------- */

/* A sentence of the tasks, as Markdown: its stars and brackets mean themselves. */
static void sentence(FILE *to, const char *text)
{
    for (; *text; text++)
        fprintf(to, strchr("*_[]<>|\\", *text) ? "\\%c" : "%c", *text);
    fprintf(to, "\n");
}

static void hints_of(FILE *to, int chapter, int number, const Task *t)
{
    fprintf(to, "\n### %d.%d `%s` ", chapter, number, t->function);
    for (int k = 0; k < t->stars; k++)
        fprintf(to, "★");
    fprintf(to, "\n\nTo do, in `src/%s.c`: ", t->stem);
    sentence(to, t->what);
    fprintf(to, "\n<details><summary>Where to look</summary>\n\n");
    sentence(to, t->where);
    fprintf(to, "\n</details>\n\n<details><summary>A case for pencil and paper</summary>\n\n```\n");
    small_case_print(to, t);
    fprintf(to, "```\n\n</details>\n");
}

void hints_page(FILE *to, const Chapter *of)
{
    fprintf(
        to,
        "# Hints for the functions to write\n\n"
        "`make exercise N=12` leaves the bodies of a chapter's functions out, `make grade N=12` says how far yours are right, and "
        "`make hint N=12` helps in three steps. The first step depends on what you wrote: it is what is wrong. The other two stand here, "
        "folded; try without them first. None is code. The page is made by `make FAST=no hints-page`, and a test compares it.\n");
    for (; of->number; of++) {
        fprintf(to, "\n## Chapter %d\n", of->number);
        for (int i = 0; of->task[i].function; i++)
            hints_of(to, of->number, i + 1, &of->task[i]);
    }
}
