/* Both slopes of every number of a subject, each with its error. */
#ifndef MEASURE_H
#define MEASURE_H

#include "03_contract.h"
#include "03_slope.h"
#include "03_subject.h"

/* What the checker knows of an array of n numbers. */
typedef struct {
    size_t n;
    double *analytic; /* its gradient, as gradient() gives it */
    double *noise;    /* its rounding: the standard deviation over nearby points */
    Slope *slope;     /* numeric */
    double scale;     /* how large a slope is here: the largest numeric one; where all are 0 within their bars, the
                         largest analytic one, or where that is noise, the largest numeric one of the group, or of all */
} MeasuredArray;

typedef struct {
    MeasuredArray *array;
    int n_array;
    Breach breach; /* of the contract */
} Measurement;

/* Checks the contract, measures the noise of both sides, then moves every element of every array. At
 * the end every dx holds the analytic gradient. */
Measurement gradcheck_measure(const Subject *s);
void measurement_free(Measurement *m);

/* The noise of the loss, however it is approached: the largest on a few lines. */
enum { NOISE_LINES = 3 };
double subject_noise(const Subject *s);

/* The noise of n numbers that numbers() takes from the gradient as it stands, such
 * as its elements. In the end every dx is that of the arrays as they stand. */
typedef void GradientNumbers(void *context, double *number);
void gradient_noise(double *noise, const Subject *s, int lines, size_t n, GradientNumbers *numbers, void *context);

/* Takes over what gradient_noise found. An element's own may come out small by
 * chance: it counts as no smaller than its array's usual. */
void measured_noise(MeasuredArray *a, const double *noise);

/* The largest numeric slope that was found. */
double largest_slope(const MeasuredArray *a);

/* Room for n numbers; for arrays that are measured otherwise than by gradcheck_measure. */
MeasuredArray measured_new(size_t n);
void measured_free(MeasuredArray *a);

#endif
