/* A network as a subject of the gradient checker. */
#ifndef NETWORK_SUBJECT_H
#define NETWORK_SUBJECT_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_subject.h"
#include "04_layer.h"
#include "04_subject.h"
#include "09_network.h"

/* One array of the gradient checker for every parameter, named "2.weight" and
 * grouped by layer; `array` has room for all. */
void network_check_arrays(const Network *n, CheckArray *array);

/* The network as a subject: the input, then these arrays. */
void network_subject_init(LayerSubject *s, Network *n, Shape x, Mode mode, Random *r);

#endif
