/* Layers: the one interface that everything from here on speaks.
 *
 * A layer is a function y = f(x; parameters). Forward computes y and keeps
 * what backward will need; backward takes dy = dL/dy and gives dx = dL/dx and
 * the parameters' gradients, by the chain rule.
 *
 * The contract:
 *  - dx is overwritten; parameter gradients accumulate, so that one update can
 *    sum over several batches.
 *  - Each backward consumes the forward before it.
 *  - A layer owns its parameters, y, dx and caches. Arguments are borrowed:
 *    x until the next forward, dy until backward returns.
 *  - Once shapes have settled nothing is allocated. */
#ifndef LAYER_H
#define LAYER_H

#include "03_gradcheck.h"

/* ---- the interface ------------------------------------------------------------ */

typedef struct {
    const char *name;
    Tensor value, grad; /* of one shape */
} Param;

/* What a layer remembers from batch to batch but does not learn. */
typedef struct {
    const char *name;
    Tensor value;
} State;

typedef enum { TRAIN, EVAL } Mode;
enum { WANT_DX = 1, WANT_PARAM = 2 };

typedef struct Layer Layer;

typedef struct {
    const char *name;
    Shape (*output_shape)(const Layer *, Shape x);                        /* REQUIREs an x that fits */
    const Tensor *(*forward)(Layer *, const Tensor *x, Mode);             /* returns y */
    const Tensor *(*backward)(Layer *, const Tensor *dy, unsigned want);  /* returns dx; NULL where not wanted */
    uint64_t (*branches)(const Layer *);  /* a hash of the branches the forward took; NULL: it has none */
    void (*free)(Layer *);                /* frees what only this kind of layer has; may be NULL */
} LayerOps;

/* Every kind of layer is a struct that begins with this one. */
struct Layer {
    const LayerOps *ops;
    const Tensor *x;  /* borrowed by the last forward */
    Tensor y, dx;
    Param **param;
    State **state;
    int n_param, n_state;
    bool awaits_backward;
    Shape y_shape;        /* of the last forward */
    const Tensor *output; /* what it returned */
};

/* Call the operations; check shapes and the contract. `want` says which
 * gradients to compute. backward after no forward stops the program. */
const Tensor *layer_forward(Layer *l, const Tensor *x, Mode mode);
const Tensor *layer_backward(Layer *l, const Tensor *dy, unsigned want);
Shape layer_output_shape(const Layer *l, Shape x);
uint64_t layer_branches(const Layer *l);

/* Frees the layer and all it owns. NULL is allowed. */
void layer_free(Layer *l);

void layer_zero_gradients(Layer *l);
long layer_trainable(const Layer *l);     /* how many numbers its parameters hold */
long layer_not_trainable(const Layer *l); /* and its state */

/* ---- for those who write a layer ------------------------------------------------- */

/* A zeroed struct of `bytes` that begins with a Layer. */
void *layer_new(const LayerOps *ops, size_t bytes, int n_param, int n_state);

/* Sets up the k-th parameter or state of a layer. Gradients begin at 0. */
Param *layer_param(Layer *l, int k, const char *name, Shape s);
State *layer_state(Layer *l, int k, const char *name, Shape s);

/* Mixes n decisions "is x[i] > 0" into a hash of branches. */
uint64_t branches_hash(uint64_t hash, const real *x, size_t n);

/* ---- initial weights ---------------------------------------------------------------- */

typedef enum {
    INIT_PYTORCH, /* uniform within 1/sqrt(fan_in), biases likewise: what torch.nn.Linear does */
    INIT_GLOROT,  /* uniform within sqrt(6/(fan_in + fan_out)), biases 0: Glorot and Bengio 2010, eq. (16) */
    INIT_HE,      /* normal, variance 2/fan_in, biases 0: He et al. 2015, eq. (10) */
    INIT_NORMAL   /* normal, standard deviation 0.01, biases 0: small and size-blind */
} Init;

/* fan_in, fan_out: how many inputs feed one output, and the reverse. */
void init_weight(Tensor *weight, Init init, int fan_in, int fan_out, Random *r);
void init_bias(Tensor *bias, Init init, int fan_in, Random *r);

/* ---- a layer as a subject of the gradient checker -------------------------------------- */

/* The loss is <u, y>, the inner product of the output with a random upstream
 * gradient u: every element of y counts, each with another weight. */
typedef struct {
    Layer *layer;
    Mode mode;
    Tensor x, dx, u;
    Subject subject; /* its arrays: the input "x", then the parameters */
} LayerSubject;

/* Fills x with normal numbers and u likewise. The layer stays the caller's. */
void layer_subject_init(LayerSubject *s, Layer *l, Shape x, Mode mode, Random *r);
void layer_subject_free(LayerSubject *s);

#endif
