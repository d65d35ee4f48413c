/* Wrong gradients: what people write in the place of the right one. Each spoils a
 * right gradient as the mistake would, in a few lines of its own. */
#ifndef WRONG_GRADIENTS_H
#define WRONG_GRADIENTS_H

#include "03_subject.h"

#include <stdbool.h>
#include <stddef.h>

/* A subject whose gradients are right, and what mistakes are made from. */
typedef struct {
    const Subject *s;
    double *const *right; /* every array's gradient */
    double *const *other; /* and that of another x, as a cache keeps it */
    const char *layer;    /* the kind of layer: "BatchNorm", ... */
} Sound;

typedef struct {
    const char *name, *kind;
    const char *words; /* some of which its name must hold, parted by |; empty: no name is expected */
    bool (*spoil)(double *g, const Sound *c, int array, size_t n); /* g holds the right one; false: not here */
} WrongGradient;

extern const WrongGradient wrong_gradients[]; /* ends with a NULL */

#endif
