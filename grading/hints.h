/* Hints: three for every task, and how many were taken. */
#ifndef HINTS_H
#define HINTS_H

#include "grade.h"

#include <stdio.h>

enum { HINTS = 3 };

/* Reads from a file how many hints were taken for each task; a file that is not there
 * tells of none. */
void hints_read(Report *r, const char *path);

/* The next hint for the first task that is not solved: what is wrong, then where in
 * the text to look, then what comes out of numbers small enough for pencil and paper.
 * Never code. Notes it in the file. */
void hint_give(FILE *to, Report *r, const char *path);

/* docs/hints.md: for every function of every chapter, the two hints that do not depend on what was written, folded. */
void hints_page(FILE *to, const Chapter *of);

#endif
