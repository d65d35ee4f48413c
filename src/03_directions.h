/* All arrays of a subject at once, along random directions: what is left to do
 * where a network has too many elements to move one by one. */
#ifndef DIRECTIONS_H
#define DIRECTIONS_H

#include "02_random.h"
#include "03_gradcheck.h"
#include "03_line.h"
#include "03_measure.h"
#include "03_subject.h"

/* Of both sides the slope along every direction: an element of `m` each. */
typedef struct {
    const Subject *s;
    DirectionLine *line;
    MeasuredArray m;
} Directions;

Directions directions_measure(const Subject *s, int count, Random *r);
void directions_free(Directions *d);

/* The slope along direction i that belongs to array a, by its dx as it stands: all arrays' sum is the analytic one. */
double directions_part(const Directions *d, size_t i, int a);

/* Measures `count` directions and judges them, in one row. */
Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row);

#endif
