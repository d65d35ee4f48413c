/* What sums by threads are made of: see chapters/fast/01_sum.md.
 *
 * The rows of a matrix are cut into CHUNKS chunks, each of which one thread
 * adds up in row order; at the end the chunks are added up in theirs. A STRIP
 * of columns is summed side by side. */
#ifndef FAST_CHUNKS_H
#define FAST_CHUNKS_H

#include "01_tensor.h"

enum { CHUNKS = 8, STRIP = 256 };
typedef wide ChunkSums[CHUNKS][STRIP]; /* 16 KB */

static inline int chunk_start(int p, int R) { return (int)((int64_t)R * p / CHUNKS); }
static inline int strip_width(int j, int C) { return C - j < STRIP ? C - j : STRIP; } /* of that from column j */

/* total[j] = the sum of the chunks' part[p][j], for n columns. */
void chunks_add_up(wide *total, ChunkSums part, int n);

/* total[j] = the sum of column j, for the n columns from x on: a strip. */
void strip_sums(wide *total, const real *x, int R, int C, int n);

/* dot in the calling thread alone, for use inside a parallel loop. */
wide dot_serial(const real *x, const real *y, size_t n);

#endif
