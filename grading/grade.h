/* The grade of a submission: tasks, and the parts that each is worth points for. */
#ifndef GRADE_H
#define GRADE_H

#include "sandbox.h"
#include "task.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What a task is tried with: the case small enough for a check by hand; some larger ones;
 * the checker of chapter 3, where it is a gradient; and cases of which no details are told. */
typedef enum { BY_HAND, OTHER_SIZES, GRADIENT, UNSEEN, PARTS } PartKind;
extern const char *const part_name[PARTS];

typedef struct {
    int points, most; /* most 0: the task has no such part */
    char text[400];   /* what is wrong; empty where nothing is */
} Part;

typedef struct {
    const Task *task;
    char number[16]; /* "12.5" */
    Part part[PARTS];
    int points, most;
    int hints; /* taken */
} Grade;

enum { MOST_TASKS = 8 };
typedef struct {
    const char *name; /* whose it is */
    int chapter, n;
    Grade grade[MOST_TASKS];
    int points, most, hints;
    const char *sandbox;
} Report;

const Chapter *chapter_of(long number); /* a user's error where there is none */

/* Grades one task by a worker that holds the submission's functions. The seed makes
 * the unseen cases. */
void grade_task(Grade *g, int index, Worker *w, uint64_t seed);

/* All parts 0, and why: the file does not compile, ... */
void grade_nothing(Grade *g, const char *why);

/* The numbers of the small case: what the function is handed, and what it should write. */
void small_case_print(FILE *file, const Task *t);

/* ---- reports ------------------------------------------------------------------------------------ */

void report_print(FILE *file, const Report *r, bool details);
void report_json(FILE *file, const Report *r);
void report_junit(FILE *file, const Report *r);
void report_gradescope(FILE *file, const Report *r);

#endif
