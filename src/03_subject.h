/* What the gradient checker checks: some plain arrays, a function that computes
 * a loss from them, and one that computes gradients. Nothing here knows of
 * tensors or layers. */
#ifndef GRADCHECK_SUBJECT_H
#define GRADCHECK_SUBJECT_H

#include "00_hash.h"
#include "01_tensor.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char name[48];
    real *x;  /* n numbers that the loss depends on */
    real *dx; /* where gradient() leaves the analytic dL/dx */
    size_t n;
    Shape shape; /* of x, for faults and names that have to do with rows and columns; rank 0: it is a vector */
    int group;   /* arrays of one layer share a number: where one's gradient is 0, the others' say what is large */
    bool single; /* its numbers are floats, whatever real is: they move to numbers that a float holds (03_single.h) */
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
    const CheckArray
        *given; /* arrays that gradient() is handed besides, such as weights, or a mean: for names. They may hold any numbers */
    int n_given;
    const Tensor *upstream; /* the gradient that a backward pass is handed, dL/dy; NULL: there is none */
    int (*terms)(void *self, int array, Term *term); /* names and computes up to MAX_TERMS parts that sum to the
                                                        array's gradient; returns how many; NULL: it has none */
} Subject;

/* For `branches`: mixes one more decision into a hash. */
static inline uint64_t branch_hash(uint64_t hash, bool decision) { return hash_more(hash, decision ? 1 : 2); }

/* Room for what the checker has to say of an array. */
enum { NOTE_TEXT = 240 };

#endif
