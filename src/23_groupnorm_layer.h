/* Layer, group and instance normalisation as layers. */
#ifndef GROUPNORM_LAYER_H
#define GROUPNORM_LAYER_H

#include "04_layer.h"

/* C channels in G groups, which must divide C; parameters "gamma" (ones) and "beta" (zeros), C each. The same in
 * every mode. A group needs two numbers or more: in a vector it has C/G. */
Layer *group_norm_new(int C, int G, double eps);

Layer *layer_norm_new(int C, double eps);    /* one group */
Layer *instance_norm_new(int C, double eps); /* C groups: for maps */

#endif
