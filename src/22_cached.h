/* A classifier that is trained once and kept in a file. */
#ifndef CACHED_H
#define CACHED_H

#include "10_data.h"
#include "22_features.h"

/* The feature net of these images, labels, epochs and seed: from DIRECTORY/features-HASH.safetensors, where the hash
 * is of all that made it, or trained now, with progress shown, and written there. A file that is there
 * and holds something else is a user's error. */
FeatureNet feature_net_cached(const char *directory, const Images *d, int epochs, uint64_t seed);

#endif
