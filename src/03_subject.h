/* What the gradient checker checks: some plain arrays, a function that computes
 * a loss from them, and one that computes gradients. Nothing here knows of
 * tensors or layers. */
#ifndef GRADCHECK_SUBJECT_H
#define GRADCHECK_SUBJECT_H

#include "01_tensor.h"

typedef struct {
    char name[48];
    real *x;  /* n numbers that the loss depends on */
    real *dx; /* where gradient() leaves the analytic dL/dx */
    size_t n;
    int columns; /* of the matrix this array is, for the fault that transposes; 0: it is a vector */
    int group;   /* arrays of one layer share a number: where one's gradient is 0, the others' say what is large */
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
    void (*gradient)(void *self);     /* overwrites every dx with the analytic gradient; evaluate has been called
                                         at the same arrays just before */
    uint64_t (*branches)(void *self); /* a hash of the branches the last evaluate took; NULL: no branches */
    CheckArray *array;
    int n_array;
    int (*terms)(void *self, int array, Term *term); /* names and computes up to MAX_TERMS parts that sum to the
                                                        array's gradient; returns how many; NULL: it has none */
} Subject;

#endif
