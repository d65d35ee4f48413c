/* Random numbers that can be asked for by place: Philox4x32-10.
 *
 * A counter-based generator has no hidden state that must be stepped: block
 * number i of a stream is a function of (seed, stream, i). So any thread can
 * make any part of an array, and the numbers come out the same.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011. */
#ifndef RANDOM_H
#define RANDOM_H

#include "01_tensor.h"

/* One stream. Copying it copies the place in the stream, and saves it. */
typedef struct {
    uint64_t seed, stream, next; /* next: number of the next unused block */
} Random;

/* The stream of a seed for one purpose, "noise" say, and an index where there
 * are many of a kind. Streams of different purposes do not overlap, but for a collision of 64-bit hashes. */
Random random_stream(uint64_t seed, const char *purpose, uint64_t index);

/* The block function: 4 words from a counter of 4 and a key of 2. */
void philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/* Block `number` of the stream. */
void random_block(const Random *r, uint64_t number, uint32_t word[4]);

/* Fill n elements; element 4 b + k is number k of the b-th block from here on.
 * Uniform: multiples of 2^-24 in [0, 1). Normal: mean 0, variance 1, by Box and
 * Muller, so |x| < 5.8. Float and double builds draw the same numbers, to rounding. */
void random_uniform(Random *r, real *x, size_t n);
void random_normal(Random *r, real *x, size_t n);

double random_one(Random *r);                          /* one uniform number in [0, 1), 53 bits */
int random_index(Random *r, int n);                    /* one of 0 .. n-1, each equally likely */
void random_permutation(Random *r, int *order, int n); /* of 0 .. n-1, by Fisher and Yates */

#endif
