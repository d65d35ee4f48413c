/* Virtual batch norm as a layer, and a network with its reference batch. */
#ifndef VIRTUALNORM_LAYER_H
#define VIRTUALNORM_LAYER_H

#include "01_tensor.h"
#include "04_layer.h"
#include "09_network.h"

/* C channels; the first K examples of every batch are the reference, K >= 2. The same in every mode. */
Layer *virtual_norm_new(int C, int K, double eps);

/* Takes a network over, and a copy of the reference examples: forward puts them before the batch and takes their
 * rows away behind, so that whoever uses the layer sees its own examples alone. */
Layer *with_reference_new(Network *n, const Tensor *reference);

#endif
