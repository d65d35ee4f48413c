/* What the fast bodies share: vectors as wide as the widest registers. */
#ifndef FAST_VECTOR_H
#define FAST_VECTOR_H

#include "01_tensor.h"

enum { CACHE_LINE = 64 };

/* Bytes of a vector register, and the tile of a product (01_tiles.c) whose sums fill
 * most registers and leave room for vectors of B and a number of A. IN_REGISTERS:
 * the widest, for tests, whatever the processor. */
#if defined __AVX512F__ || defined IN_REGISTERS /* 32 registers, 16 of them sums */
enum { REGISTER = 64, TILE_ROWS = 8, TILE_VECTORS = 2 };
#elif defined __AVX__     /* 16 registers, 12 sums */
enum { REGISTER = 32, TILE_ROWS = 6, TILE_VECTORS = 2 };
#elif defined __aarch64__ /* NEON: 32 registers, 24 sums */
enum { REGISTER = 16, TILE_ROWS = 6, TILE_VECTORS = 4 };
#elif defined __wasm__    /* engines keep some of 16 registers for themselves: 8 sums */
enum { REGISTER = 16, TILE_ROWS = 4, TILE_VECTORS = 2 };
#else                     /* SSE: 16 registers, 12 sums */
enum { REGISTER = 16, TILE_ROWS = 4, TILE_VECTORS = 3 };
#endif

/* Numbers that one instruction takes together, at any address. */
typedef real Vector __attribute__((vector_size(REGISTER), aligned(sizeof(real)), may_alias));
enum { VECTOR = sizeof(Vector) / sizeof(real) };

/* Written out wherever it is called, so that what is a constant there is one inside. */
#define INLINED inline __attribute__((always_inline))

#endif
