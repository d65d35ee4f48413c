/* The players of a GAN in the plane: two small dense networks. */
#ifndef PLANE_H
#define PLANE_H

#include "02_random.h"
#include "04_layer.h"
#include "09_network.h"

enum { PLANE_WIDTH = 128 };

/* in -> PLANE_WIDTH -> PLANE_WIDTH -> out, with PyTorch's initial weights from r. norm[k] (NULL: none) normalises the
 * PLANE_WIDTH columns of hidden layer k before its activation and belongs to the network from now on; the activation is
 * ReLU, or LeakyReLU of slope 0.2 where it is leaky. Frees with network_free. */
Network *plane_network(const char *name, int in, int out, Layer *const norm[2], bool leaky, Random *r);

#endif
