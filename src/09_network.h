/* A network: layers in sequence, and itself a layer.
 *
 * Forward hands each layer's output to the next; backward goes the other way.
 * Being a layer, a network can stand inside another, be checked by the
 * gradient checker and be trained by an optimiser like any layer. */
#ifndef NETWORK_H
#define NETWORK_H

#include "01_tensor.h"
#include "04_layer.h"
#include "07_loss.h"

typedef struct {
    Layer base; /* its parameters and states are its layers' own, in order */
    const char *name;
    Layer **layer;
    int n_layer;
    Tensor dy;         /* room for a loss's gradient */
    Tensor between[2]; /* the gradients between layers: each is needed by one layer alone, so two do, in turn */
} Network;

/* Takes the layers over and frees them with itself. The list ends with NULL:
 * network_new("classifier", (Layer *[]){ dense_new(...), relu_new(), NULL }). */
Network *network_new(const char *name, Layer *const *layers);
void network_free(Network *n);

/* Takes layer i out and frees it. An optimiser or an outer network that lists
 * its parameters must be made anew. */
void network_remove(Network *n, int i);

/* layer_forward and layer_backward of the whole. */
const Tensor *network_forward(Network *n, const Tensor *x, Mode mode);
void network_backward(Network *n, const Tensor *dy, Tensor *dx, Want want);

/* One forward and backward on the batch (x, targets t); the parameters'
 * gradients accumulate. Returns the loss. */
double network_gradient(Network *n, const Tensor *x, const Tensor *t, Loss *loss, Mode mode);

bool is_network(const Layer *l);

/* The first layer whose last output holds NaN or infinity; -1 if none does. */
int network_first_not_finite(const Network *n);

#endif
