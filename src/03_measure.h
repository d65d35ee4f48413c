/* Both slopes of every number of a subject, each with its error. */
#ifndef MEASURE_H
#define MEASURE_H

#include "03_slope.h"
#include "03_subject.h"

/* What the checker knows of an array of n numbers. */
typedef struct {
    size_t n;
    double *analytic; /* its gradient, as gradient() gives it */
    double *noise;    /* how far that moves when every x moves by its rounding */
    Slope *slope;     /* numeric */
    double scale;     /* how large a slope is here: the largest numeric one; where all are 0 within their bars, the
                         largest analytic one, or where that is noise, the largest numeric one of the group, or of all */
} MeasuredArray;

typedef struct {
    MeasuredArray *array;
    int n_array;
} Measurement;

/* Calls evaluate() and gradient(), then moves every element of every array. At
 * the end every dx holds the analytic gradient. */
Measurement gradcheck_measure(const Subject *s);
void measurement_free(Measurement *m);

/* Calls compare(context) after gradient() at a few points that only rounding
 * tells from this one, on its branch: how far apart the gradients are is the noise of
 * the analytic side. In the end every dx is again that of the arrays as they stand. */
void gradient_jittered(const Subject *s, void (*compare)(void *context), void *context);

/* evaluate, then gradient. */
void gradient_here(const Subject *s);

/* The largest numeric slope that was found. */
double largest_slope(const MeasuredArray *a);

/* Room for n numbers; for arrays that are measured otherwise than by gradcheck_measure. */
MeasuredArray measured_new(size_t n);
void measured_free(MeasuredArray *a);

#endif
