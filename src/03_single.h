/* A function of floats, checked by whatever the library computes with: in double,
 * slopes are then those of the float function itself, at numbers that floats hold. */
#ifndef SINGLE_H
#define SINGLE_H

#include "01_tensor.h"
#include "03_subject.h"

typedef struct {
    const char *name;
    float *x, *dx;
    size_t n;
    Shape shape; /* as in a CheckArray */
} SingleArray;

/* As a Subject, but of floats. single_init makes `subject` of it, which copies x to
 * the floats before each call, and what the call has left there back. */
typedef struct {
    void *self;
    double (*evaluate)(void *self);
    void (*gradient)(void *self);
    uint64_t (*branches)(void *self); /* may be NULL */
    const SingleArray *array;
    int n_array;
    Subject subject;
} SingleSubject;

void single_init(SingleSubject *s);
void single_free(SingleSubject *s);

#endif
