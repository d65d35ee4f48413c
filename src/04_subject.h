/* A layer as a subject of the gradient checker. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_subject.h"
#include "04_layer.h"

/* The loss is <u, y>, the inner product of the output with a random upstream
 * gradient u: every element of y counts, each with another weight. */
typedef struct {
    Layer *layer;
    Mode mode;
    Tensor x, dx, u;
    Subject subject; /* its arrays: the input "x", then the parameters */
} LayerSubject;

/* Fills x with normal numbers and u likewise. The layer stays the caller's. Its
 * mode is EVAL, or PROBE: in TRAIN the loss would depend on how often it was
 * asked for. */
void layer_subject_init(LayerSubject *s, Layer *l, Shape x, Mode mode, Random *r);
void layer_subject_free(LayerSubject *s);

#endif
