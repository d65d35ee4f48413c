/* What the files of the gradcheck program share: gradcheck.c reads the options,
 * gradcheck_modules.c knows what there is to check, gradcheck_collect.c checks it
 * and keeps what was found. */
#ifndef GRADCHECK_PROGRAM_H
#define GRADCHECK_PROGRAM_H

#include "01_tensor.h"
#include "03_contract.h"
#include "03_directions.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "03_subject.h"

#include <stdbool.h>

/* What the user asks for. */
typedef struct {
    bool rows;          /* print a row for each tensor; else for those that do not pass, and a line a module */
    bool quiet;         /* print those that do not pass, and the summary */
    bool list;          /* print what there is to check, and check nothing */
    bool narrow;        /* leave out the networks at full width */
    const char *tensor; /* that tensor alone; empty: all */
    Shape shape;        /* of the input of layers; rank 0: their own */
    long seed, seeds;   /* random inputs: the first, and how many */
    int threads;        /* for large networks; small checks would mostly wait for a second one */
} Asked;
extern Asked asked;

typedef struct {
    int checks, planted, caught;
    Verdict worst;
    double largest_error;
} Tally;
extern Tally tally;

/* ---- gradcheck_modules.c -------------------------------------------------------------------- */

typedef struct {
    const char *stem;
    void (*run)(void);
} Checked;
extern const Checked checked[]; /* in the order of the chapters; ends with a NULL */

/* ---- gradcheck_chain.c ------------------------------------------------------------------------ */

/* A chain of layers on inputs of that shape, as "dense 6, leaky, dense 2". */
void chain_refuse(const char *text, Shape x); /* what it cannot be is a user's error */
void check_chain(const char *text, Shape x, double limit);

/* ---- gradcheck_collect.c -------------------------------------------------------------------- */

/* Opens out/NAME.tsv, out/NAME_planted.tsv for what is said of planted faults, and the JSON file,
 * of which the path may be empty. */
void collect_begin(const char *out, const char *name, const char *json);
void collect_end(void);

/* The module that the following checks are of. */
void collect_module(const char *stem);

/* Checks every element of a subject, and plants every fault; `own` may be NULL. `draw` counts
 * random inputs of the same check from 1; 0: there is one alone. */
void check_subject(const char *what, int draw, const Subject *s, double limit, const Fault *own);

/* What a layer's contract says: a row of its own where it is broken. */
void check_contract(const char *what, int draw, const Breach *b);

/* Along 10 directions, and where `plant` says so with each array's part of the gradient spoilt. */
void check_along(const char *what, const Subject *s, double limit, Random *r, bool plant);

/* ---- gradcheck_plot.c ------------------------------------------------------------------------ */

/* A table of differences by their step, for plots/gradcheck_steps.gp; the path may be empty. */
void plot_begin(const char *path);
void plot_row(const char *what, const Subject *s, int array, const CheckRow *row);
void plot_end(void);

#endif
