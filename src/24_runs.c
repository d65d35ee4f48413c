#include "24_runs.h"

#include "00_error.h"
#include "00_numbers.h"
#include "01_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 2000, KEYS = 4 };

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
