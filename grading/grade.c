/* grade: the points of a submission, by the functions that a worker holds. */
#include "grade.h"

#include "00_error.h"
#include "00_files.h"
#include "00_options.h"
#include "hints.h"

#include <stdio.h>
#include <string.h>

const Chapter *chapter_of(long number)
{
    const Chapter *c = chapters;
    while (c->number && c->number != number)
        c++;
    if (!c->number)
        user_error("--chapter: found %ld; expected a chapter with exercises to grade, as --list shows them", number);
    return c;
}

/* For tools/exercise.sh and for people: a line a task, chapter, number, file, function, stars, what to do. */
static void list_tasks(long only)
{
    for (const Chapter *c = chapters; c->number; c++)
        for (int i = 0; c->task[i].function && (only == 0 || only == c->number); i++)
            printf("%d\t%d.%d\t%s\t%s\t%d\t%s\n", c->number, c->number, i + 1, c->task[i].stem, c->task[i].function,
                   c->task[i].stars, c->task[i].what);
}

/* A line of the notes file, "STEM reason": why nothing of that file can be graded. */
static bool nothing_of(const char *notes, const char *stem, char why[300])
{
    char line[400];
    size_t n = strlen(stem);
    bool found = false;
    FILE *file = notes[0] ? fopen(notes, "r") : NULL;
    while (file && !found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        found = strncmp(line, stem, n) == 0 && line[n] == ' ';
        if (found)
            snprintf(why, 300, "%s", line + n + 1);
    }
    if (file)
        fclose(file);
    return found;
}

static void grade_all(Report *r, const Chapter *c, const char *worker, const char *notes, uint64_t seed)
{
    Worker w = { .path = worker };
    char why[300];
    for (; c->task[r->n].function; r->n++) {
        Grade *g = &r->grade[r->n];
        g->task = &c->task[r->n];
        snprintf(g->number, sizeof g->number, "%d.%d", c->number, r->n + 1);
        if (!worker[0] || nothing_of(notes, g->task->stem, why))
            grade_nothing(g, worker[0] ? why : "nothing was handed in");
        else
            grade_task(g, r->n, &w, seed);
        r->points += g->points, r->most += g->most;
    }
}

/* Writes a report where a name for its file was given. */
static void write_report(const char *path, const Report *r, void (*write)(FILE *file, const Report *r))
{
    char directory[PATH_SIZE], name[PATH_SIZE];
    if (!path[0])
        return;
    path_split(path, directory, name);
    FILE *file = output_open(directory, name);
    write(file, r);
    output_close(file);
}

int main(int argc, char **argv)
{
    long chapter = 0, seed = 1;
    bool list = false, hint = false, page = false;
    const char *worker = "", *name = "", *notes = "", *hints = "", *json = "", *junit = "", *gradescope = "";
    const Option option[] = {
        { "chapter", OPTION_INTEGER, &chapter, "the chapter to grade", 0, 99, NULL },
        { "worker", OPTION_TEXT, &worker, "the program that holds the submission's functions", 0, 0, NULL },
        { "name", OPTION_TEXT, &name, "whose it is", 0, 0, NULL },
        { "seed", OPTION_INTEGER, &seed, "of the cases that are not shown: an instructor keeps one of his own", 0, 1e15, NULL },
        { "notes", OPTION_TEXT, &notes, "a file with lines 'STEM why nothing of it can be graded'", 0, 0, NULL },
        { "hints", OPTION_TEXT, &hints, "a file that remembers the hints taken", 0, 0, NULL },
        { "hint", OPTION_FLAG, &hint, "give the next hint, not the grade", 0, 0, NULL },
        { "page", OPTION_FLAG, &page, "write all hints as a page, which is docs/hints.md", 0, 0, NULL },
        { "list", OPTION_FLAG, &list, "list the tasks: of the chapter given, or all", 0, 0, NULL },
        { "json", OPTION_TEXT, &json, "write the report as JSON into this file", 0, 0, NULL },
        { "junit", OPTION_TEXT, &junit, "and as JUnit's XML", 0, 0, NULL },
        { "gradescope", OPTION_TEXT, &gradescope, "and as Gradescope's results.json", 0, 0, NULL },
        { 0 },
    };
    options_read(argc, argv,
                 "Grades the exercises of a chapter. 'make grade N=12' builds what it needs and calls it;\n"
                 "exit status 0: every task is solved, 1: not every one.",
                 option);
    if (list)
        return list_tasks(chapter), standard_output_end(), 0;
    if (page)
        return hints_page(stdout, chapters), standard_output_end(), 0;
    Report r = { .name = name, .chapter = (int)chapter, .sandbox = sandbox_kind() };
    grade_all(&r, chapter_of(chapter), worker, notes, (uint64_t)seed);
    hints_read(&r, hints);
    if (hint)
        hint_give(stdout, &r, hints);
    else
        report_print(stdout, &r, true);
    write_report(json, &r, report_json);
    write_report(junit, &r, report_junit);
    write_report(gradescope, &r, report_gradescope);
    standard_output_end();
    return r.points == r.most ? 0 : 1;
}
