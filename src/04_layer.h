/* Layers: the one interface that everything from here on speaks.
 *
 * A layer is a function y = f(x; parameters). Forward computes y and keeps
 * what backward will need; backward takes dy = dL/dy and gives dx = dL/dx and
 * the parameters' gradients, by the chain rule.
 *
 * The contract:
 *  - The caller says where dx goes; it is overwritten. Parameter gradients
 *    accumulate, so that one update can sum over several batches.
 *  - Each backward consumes the forward before it.
 *  - A layer owns its parameters, y and caches. Arguments are borrowed: x until
 *    the next forward, dy and dx until backward returns.
 *  - Once shapes have settled nothing is allocated. */
#ifndef LAYER_H
#define LAYER_H

#include "01_tensor.h"
#include "03_subject.h"

/* ---- what a layer learns, and what it remembers -------------------------------- */

/* TRAIN uses a batch's own statistics and remembers them; EVAL uses what is
 * remembered; PROBE uses the batch's and leaves no trace, so that the layer is
 * a function of its arguments, as who measures it wants. Only the batch norm
 * of chapter 13 and a ParamMap know the difference; chapter 12's layer takes a
 * batch's own in every mode. */
typedef enum { TRAIN, EVAL, PROBE } Mode;

/* A map from what is learned to what the layer computes with, as weight or
 * spectral normalisation need: chapter 23 has one, and so may layers of your own. */
typedef struct {
    void *self;
    void (*forward)(void *self, Tensor *used, const Tensor *learned, Mode mode);                /* used has learned's shape */
    void (*backward)(void *self, Tensor *dlearned, const Tensor *dused, const Tensor *learned); /* adds to dlearned */
    void (*free)(void *self);                                                                   /* NULL: nothing to free */
} ParamMap;

typedef struct {
    const char *name;
    Tensor value, grad; /* of one shape: what is learned, as optimiser, checker and checkpoint see it */
    ParamMap map;       /* with no forward: there is none, and the layer computes with `value` */
    Tensor used, dused; /* where there is one: map(value), which the layer computes with, and its gradient */
} Param;

/* What the layer computes with, and where it adds the gradient of that. */
const real *param_value(const Param *p);
real *param_gradient(Param *p);

/* What a layer remembers from batch to batch but does not learn. */
typedef struct {
    const char *name;
    Tensor value;
} State;

/* ---- the interface ------------------------------------------------------------ */

typedef enum { WITHOUT_PARAM, WITH_PARAM } Want; /* does backward add to the parameters' gradients? */

typedef struct Layer Layer;

typedef struct {
    const char *name;
    Shape (*output_shape)(const Layer *, Shape x);                 /* REQUIREs an x that fits */
    const Tensor *(*forward)(Layer *, const Tensor *x, Mode);      /* returns y */
    void (*backward)(Layer *, const Tensor *dy, Tensor *dx, Want); /* dx has x's shape, or is NULL: not wanted */
    uint64_t (*branches)(const Layer *);                       /* a hash of the branches the forward took; NULL: it has none */
    int (*terms)(const Layer *, const Tensor *dy, Term *term); /* of dx, as in a Subject, after a backward; NULL: none */
    void (*free)(Layer *);                                     /* frees what only this kind of layer has; may be NULL */
} LayerOps;

/* Every kind of layer is a struct that begins with this one. */
struct Layer {
    const LayerOps *ops;
    const Tensor *x; /* borrowed by the last forward */
    Tensor y;
    Param **param;
    State **state;
    int n_param, n_state;
    int n_map; /* of its own parameters, those with a map */
    bool awaits_backward;
    Shape y_shape;        /* of the last forward */
    const Tensor *output; /* what it returned: &y, but a Network its last layer's, a Reshape a view */
};

/* Call the operations; check shapes and the contract. dx is resized to x's
 * shape. backward after no forward stops the program. */
const Tensor *layer_forward(Layer *l, const Tensor *x, Mode mode);
void layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want);
Shape layer_output_shape(const Layer *l, Shape x);
uint64_t layer_branches(const Layer *l);

/* Frees the layer and all it owns. NULL is allowed. */
void layer_free(Layer *l);

void layer_zero_gradients(Layer *l);
long layer_param_count(const Layer *l); /* how many numbers its parameters hold */
long layer_state_count(const Layer *l); /* and its state, which is not trained */

/* ---- for those who write a layer ------------------------------------------------- */

/* A zeroed struct of `bytes` that begins with a Layer. */
void *layer_new(const LayerOps *ops, size_t bytes, int n_param, int n_state);

/* Sets up the k-th parameter or state of a layer. Gradients begin at 0. */
Param *layer_param(Layer *l, int k, const char *name, Shape s);
State *layer_state(Layer *l, int k, const char *name, Shape s);

/* From now on the layer computes with map(parameter k). Takes the map over. */
void layer_map_param(Layer *l, int k, ParamMap map);

/* Mixes n decisions "is x[i] > 0" into a hash of branches. */
uint64_t branches_hash(uint64_t hash, const real *x, size_t n);

#endif
