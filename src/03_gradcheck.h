/* The gradient checker: finite differences with an error bar.
 *
 * A backward pass gives an analytic gradient: this array, it says, is the
 * gradient of that loss. The checker finds a numeric one by moving one number
 * at a time and watching the loss. A difference quotient is itself inexact, so
 * every slope comes with an error bar, and the verdict compares the
 * disagreement with the bar, not with a tolerance picked by hand.
 *
 * It knows nothing of tensors or layers: a subject is some plain arrays, a
 * function that computes the loss from them, and one that computes gradients. */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_slope.h"

#include <stdbool.h>

/* ---- what is checked ------------------------------------------------------- */

typedef struct {
    char name[48];
    real *x;        /* n numbers that the loss depends on */
    const real *dx; /* where gradient() leaves the analytic dL/dx */
    size_t n;
    int columns; /* of the matrix this array is, for the fault that transposes; 1 or n for a vector */
    int group;   /* arrays of one layer share a number */
} CheckArray;

/* A part of a gradient, such as one path of the chain rule: n numbers, in room
 * that the caller gives. */
typedef struct {
    const char *name;
    double *value;
} Term;
enum { MAX_TERMS = 4 };

typedef struct {
    void *self;
    double (*evaluate)(void *self);   /* the loss at the arrays as they stand */
    void (*gradient)(void *self);     /* leaves the analytic gradient in every dx */
    uint64_t (*branches)(void *self); /* a hash of the branches the last evaluate took; NULL: no branches */
    CheckArray *array;
    int n_array;
    int (*terms)(void *self, int array, Term *term); /* names and computes up to MAX_TERMS parts that sum to the
                                                        array's gradient; returns how many; NULL: it has none */
} Subject;

/* ---- the check ------------------------------------------------------------------ */

typedef enum { PASS, INCONCLUSIVE, BUG } Verdict; /* from best to worst */

typedef struct {
    const char *tensor;
    size_t elements, inconclusive, worst; /* worst: of the elements with the worst verdict, the one with the largest error */
    double analytic, numeric, bar;        /* there */
    double error;                         /* there: |analytic - numeric| / scale */
    double scale;                         /* the largest |numeric| of the array, or of its layer where the array's is 0 */
    Verdict verdict;
} CheckRow;

/* What the checker knows of a subject's n_array arrays: for each the slopes, the
 * analytic gradient, and the scale on which both are compared. */
typedef struct {
    Slope **slope;
    double **analytic;
    double *scale;
    int n_array;
} Measurement;

/* Calls gradient() once, then moves every element of every array. */
Measurement gradcheck_measure(const Subject *s);
void measurement_free(Measurement *m);

/* Compares n elements and fills a row.
 *
 * An element is a BUG when |analytic - numeric| exceeds its bar; it is
 * INCONCLUSIVE when the bar itself exceeds limit x scale, or on a kink.
 * NaN is a BUG. The bar is 4 times the slope's error, and 16 roundings of the scale. */
CheckRow gradcheck_judge(const char *name, const double *analytic, const Slope *slope, size_t n, double scale, double limit);

/* Measures and judges: a row an array. Returns the worst verdict. */
Verdict gradcheck(const Subject *s, double limit, CheckRow *row);

/* Checks all arrays at once along `count` random directions, in one row: what
 * is left to do where a network has too many elements to move one by one. */
Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row);

const char *verdict_name(Verdict v);

#endif
