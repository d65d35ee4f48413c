/* Planted faults: a check that lets a wrong gradient pass proves nothing. */
#ifndef FAULT_H
#define FAULT_H

#include "03_measure.h"
#include "03_subject.h"

#include <stdio.h>

/* A fault spoils an analytic gradient as a wrong backward would; it returns false
 * where it would change nothing (a vector has no transpose). A check that
 * does not call a planted fault a BUG proves nothing. */
typedef bool FaultFunction(const Subject *s, int array, double *dx);
typedef struct {
    const char *name;
    FaultFunction *plant;
} Fault;

/* zero, sign, too large by 128/127, transposed, one element off, NaN; ends with {NULL, NULL}. */
extern const Fault fault_catalogue[];

/* Is told of every fault that was planted: in which array, what the gradient was, and
 * whether it was called a BUG. */
typedef void FaultSeen(void *context, const char *fault, int array, const MeasuredArray *spoiled, bool caught);

/* Plants every fault in every array of what was measured in turn, and leaves out
 * every term that the subject names. An array whose gradient is a BUG as it stands is
 * passed over: mend that first. So is one whose gradient is 0.
 * `own` are a module's own faults, ended like the catalogue; may be NULL. */
void plant_faults(const Subject *s, const Measurement *m, double limit, const Fault *own, FaultSeen *seen, void *context);

/* Measures and plants; counts the faults planted and those called a BUG, and names on
 * `log` (may be NULL) the ones that got away. */
void gradcheck_faults(const Subject *s, double limit, const Fault *own, int *planted, int *caught, FILE *log);

#endif
