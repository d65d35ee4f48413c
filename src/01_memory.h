/* Memory: one function that gives it, and counts.
 *
 * What it gives is filled with NaN, so that reading what was never written
 * shows; and a training step that has settled must ask for nothing more. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* Aligned to a cache line; every byte 0xff, which is NaN in each precision.
 * Never returns NULL: where memory runs out, the program ends with a line and
 * status 2. memory_get(0) is allowed. */
void *memory_get(size_t bytes);
void memory_release(void *block);

/* The same for a pool, which lives as long as the program and counts as no
 * block. Given back with free. */
void *memory_get_pool(size_t bytes);

/* How often memory was asked for so far, and how many blocks are not yet
 * released: a training step that has settled must not move the first, a
 * program that ends must bring the second to zero. */
long memory_calls(void);
long memory_blocks(void);

#endif
