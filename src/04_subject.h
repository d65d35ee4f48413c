/* A layer as a subject of the gradient checker. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_contract.h"
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

/* What a layer must keep besides its numbers, and what contract_check of chapter 3
 * cannot see, as it knows of no layers: forward leaves x, and the state (these modes
 * leave no trace); backward leaves dy, adds to the parameters' gradients where they
 * are wanted and leaves them where not; and it is linear in dy, so that twice the dy
 * gives twice of everything, to the bit. Array 0 of the breach is x, then come the parameters. */
Breach layer_contract(LayerSubject *s);

#endif
