/* A dense classifier of images, trained here. */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include "00_progress.h"
#include "01_tensor.h"
#include "09_network.h"
#include "10_data.h"

/* A dense classifier: pixels -> 256 -> 128 -> classes, ReLU, PyTorch's
 * initial weights. */
Network *classifier_new(int pixels, int classes, uint64_t seed);

/* Trains by Adam(1e-3, 0.9) in batches of 128 for some epochs; `progress` may
 * be NULL. */
void classifier_train(Network *c, const Images *d, int epochs, uint64_t seed, Progress *progress);

/* Share of images that it labels rightly. */
double classifier_accuracy(Network *c, const Images *d);

/* The class it gives each of n rows. */
void classifier_labels(Network *c, const Tensor *x, uint8_t *label);

#endif
