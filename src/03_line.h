/* Lines through the arrays of a subject: where a slope is measured. */
#ifndef LINE_H
#define LINE_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_slope.h"
#include "03_subject.h"

/* The loss as the arrays stand, and its branches, as a probe at t. */
Probe probe_here(const Subject *s, double t);

/* The length on which an array varies: its standard deviation; where all
 * elements are alike, a quarter of their size; where they are 0, a tenth. */
double array_spread(const CheckArray *a);

/* One element moves, by t. */
typedef struct {
    const Subject *s;
    const CheckArray *array;
    size_t i; /* of the array */
} ElementLine;
Probe probe_element(void *line, double t);

/* The arrays from `first` to `last` move, each element by t times its own v. */
typedef struct {
    const Subject *s;
    int first, last;
    double *v;
    real *saved;
} DirectionLine;
Probe probe_direction(void *line, double t);

/* Every element up or down, by its array's spread. */
DirectionLine direction_new(const Subject *s, int first, int last, Random *r);

/* All arrays, likewise, in units so small that only rounding tells t = 1, 2, 3, ...
 * from a line. Each of these steps is exact, and no two elements' alike: a sum of
 * even steps would meet less rounding than others do. */
DirectionLine close_line_new(const Subject *s, Random *r);
void direction_free(DirectionLine *line);

/* Moves the arrays, and puts them back bit by bit. */
void direction_move(DirectionLine *line, double t);
void direction_return(DirectionLine *line);

#endif
