/* Folding: a batch norm in evaluation mode is an affine map, and disappears in
 * the dense layer before it. */
#ifndef FOLD_H
#define FOLD_H

#include "09_network.h"

/* Folds layer i of the network, a batch norm with its running statistics,
 * into the dense layer before it and takes it out: in EVAL the network's
 * output stays the same, to rounding. (See network_remove.) Returns NULL; or,
 * leaving all as it was, the reason why it cannot. */
const char *batchnorm_fold(Network *n, int i);

#endif
