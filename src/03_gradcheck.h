/* The gradient checker: finite differences with an error bar.
 *
 * A backward pass is a claim: this array is the gradient of that loss. The
 * checker tests the claim by moving one number at a time and watching the
 * loss. A difference quotient is itself inexact, so every slope comes with an
 * error bar, and the verdict compares the disagreement with the bar, not with
 * a tolerance picked by hand.
 *
 * It knows nothing of tensors or layers: a subject is some plain arrays, a
 * function that computes the loss from them, and one that claims gradients. */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include "02_random.h"

#include <stdio.h>

/* ---- what is checked ------------------------------------------------------- */

typedef struct {
    char name[48];
    real *x;        /* n numbers that the loss depends on */
    const real *dx; /* where gradient() leaves the claimed dL/dx */
    size_t n;
    int columns;    /* of the matrix this array is, for the fault that transposes; 1 for a vector */
    int group;      /* arrays of one layer share a number */
} CheckArray;

typedef struct {
    void *self;
    double (*evaluate)(void *self);   /* the loss at the arrays as they stand */
    void (*gradient)(void *self);     /* leaves the claimed gradient in every dx */
    uint64_t (*branches)(void *self); /* a hash of the branches the last evaluate took; NULL: no branches */
    CheckArray *array;
    int n_array;
} Subject;

/* ---- one slope --------------------------------------------------------------- */

/* The loss at a displacement t along some line through the arrays; t comes
 * back as it was really taken after rounding. */
typedef struct {
    double t, loss;
    uint64_t branches;
} Probe;
typedef Probe ProbeFunction(void *line, double t);

typedef struct {
    double value, error; /* dL/dt at 0, and the bar around it */
    bool kink;           /* no step was found that stays on the branch of t = 0 */
} Slope;

/* Central differences at steps h, h/2, h/4, ... extrapolated to step 0 in
 * Richardson's tableau; the entry with the smallest error estimate is taken.
 * `noise` is the rounding error of one loss. Steps that leave the branch of
 * t = 0 are thrown away.
 * Source: Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances
 * in Engineering Software 4 (1982). */
Slope slope_ridders(ProbeFunction *probe, void *line, double h, double noise);

/* The rounding error of the loss, from the fourth to sixth differences of
 * nine values so close that only rounding tells them apart.
 * Source: More and Wild, "Estimating computational noise", SIAM J. Sci.
 * Comput. 33 (2011), eq. (4.1). */
double loss_noise(ProbeFunction *probe, void *line, double spacing);

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

/* Checks every element of every array and fills one row an array.
 *
 * An element is a BUG when |analytic - numeric| exceeds its bar; it is
 * INCONCLUSIVE when the bar itself exceeds limit x scale, or on a kink.
 * NaN is a BUG. Returns the worst verdict. */
Verdict gradcheck(const Subject *s, double limit, CheckRow *row);

/* Checks all arrays at once along `count` random directions, in one row: what
 * is left to do where a network has too many elements to move one by one. */
Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row);

/* ---- planted faults --------------------------------------------------------------- */

/* A fault spoils a claimed gradient as a wrong backward would; it returns false
 * where it would change nothing (a vector has no transpose). A check that
 * does not call a planted fault a BUG proves nothing. */
typedef bool FaultFunction(const Subject *s, int array, double *dx);
typedef struct {
    const char *name;
    FaultFunction *plant;
} Fault;

/* zero, sign, N-1 for N (127 for 128), transposed, one element off, NaN; ends with {NULL, NULL}. */
extern const Fault fault_catalogue[];

/* Plants every fault in every array in turn; counts those planted and those
 * called a BUG, and names on `log` (may be NULL) the ones that got away.
 * `own` are a module's own faults, ended like the catalogue; may be NULL. */
void gradcheck_faults(const Subject *s, double limit, const Fault *own, int *planted, int *caught, FILE *log);

/* ---- the report ---------------------------------------------------------------------- */

const char *verdict_name(Verdict v);
void check_header_print(FILE *file);
void check_row_print(FILE *file, const char *module, const CheckRow *row);

#endif
