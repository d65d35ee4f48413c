/* A hash: one number that stands for many; where one of the many differs, it does, as good as always.
 *
 * FNV-1a of Fowler, Noll and Vo (64 bits), which takes byte after byte; larger parts are mixed in whole here, where it
 * need not be anybody else's hash. */
#ifndef HASH_H
#define HASH_H

#include <stdint.h>

#define HASH_OF_NOTHING 0xcbf29ce484222325ull

static inline uint64_t hash_more(uint64_t hash, uint64_t part) { return (hash ^ part) * 0x100000001b3ull; }

#endif
