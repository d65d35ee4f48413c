/* A task: one function for a reader to write, and how its calls are made and checked.
 *
 * What a reader hands in runs in a process of its own (worker.c) that gets
 * numbers and gives numbers back; the grader, which knows the right ones, runs in
 * another. Both are linked with the files NN_stem.c of this folder: there with the
 * reader's functions, here with the reference. */
#ifndef TASK_H
#define TASK_H

#include "03_subject.h"
#include "call.h"

/* For a gradient: the loss that it belongs to, which the checker of chapter 3
 * measures. */
typedef struct {
    double (*loss)(Call *c); /* by the reference */
    void (*derive)(
        Call *c);         /* what the function is handed besides, such as a mean, from the arrays as they stand; may be NULL */
    const char *of[3];    /* the arrays that move; up to three */
    const char *in[3];    /* and those where their gradients are written */
    const char *upstream; /* the array that holds dy; NULL: there is none */
    int (*terms)(void *call, int array, Term *term); /* of array 0's gradient: as in Subject; may be NULL */
    bool free;                                       /* of a loss: its targets may be any numbers */
} Gradient;

typedef struct {
    const char *stem, *function;                    /* whose body is left out */
    int stars;                                      /* one to three: how hard it is */
    const char *what;                               /* to do, in the place of the body */
    const char *where;                              /* to look, in the text: the second hint */
    void (*prepare)(Call *c, int which, Random *r); /* case 0 is small enough for a check by hand; any number of others */
    void (*run)(Call *c);                           /* calls the function */
    const Gradient *gradient;                       /* NULL: it is no gradient */
} Task;

/* What a gradient's function is handed besides the arrays that move and dy, for the names of bugs; returns
 * how many. */
int task_given(Call *c, const Gradient *g, CheckArray given[MOST_ARRAYS]);

/* The tasks of a chapter; a task without a function ends them. */
typedef struct {
    int number;
    const Task *task;
} Chapter;

extern const Chapter chapters[]; /* ends with number 0 */

#endif
