/* A convolutional classifier of images. What its last hidden layer says of an image are the
 * image's features: 64 numbers in which digits of one kind lie close together. */
#ifndef FEATURES_H
#define FEATURES_H

#include "00_progress.h"
#include "01_tensor.h"
#include "09_network.h"
#include "10_data.h"

enum { FEATURES = 64 };

/* pixels -> 5 x 5 stride 2, 32 -> 5 x 5 stride 2, 64 -> 64 features -> classes; batch norm
 * and LeakyReLU(0.2) behind each but the last. */
typedef struct {
    Network *whole, *body; /* the body is the whole's first layer: up to the features */
} FeatureNet;

FeatureNet feature_net_new(int height, int width, int classes, uint64_t seed);
void feature_net_free(FeatureNet *f);

/* Adam from 2e-3 down to 0 in a straight line, beta1 0.9, batches of 128; `progress` may be NULL. */
enum { FEATURE_EPOCHS = 8 };
long feature_net_steps(const Images *d, int epochs);
void feature_net_train(FeatureNet *f, const Images *d, int epochs, uint64_t seed, Progress *progress);

/* Of images that are rows of pixels in [-1, 1]: their features (N x 64), and the probabilities of
 * the classes (N x classes). Both are resized; probability may be NULL. */
void features_of(FeatureNet *f, const Tensor *x, Tensor *features, Tensor *probability);

/* Share of images that it labels rightly. */
double feature_net_accuracy(FeatureNet *f, const Images *d);

#endif
