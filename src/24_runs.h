/* What runs measured: tables, one a study. */
#ifndef RUNS_H
#define RUNS_H

/* A row is what one run had measured after so many steps: NaN where there was no number (the run had diverged), infinite
 * where a time never came. */
typedef struct {
    char arm[40];
    double setting;
    long seed, step;
    double *value;
} RunRow;

typedef struct {
    int n_row, n_measure;
    RunRow *row;
    char (*measure)[40]; /* their names */
} RunTable;

/* From a table with the columns arm, setting, seed, step, and a name a measure; a user's error where it is none. */
RunTable run_table_read(const char *path);
void run_table_free(RunTable *t);

#endif
