/* What the fast bodies share: vectors as wide as the widest registers. */
#ifndef FAST_VECTOR_H
#define FAST_VECTOR_H

#include "01_tensor.h"

enum { CACHE_LINE = 64 };

/* Numbers that one instruction takes together, at any address. Where registers
 * are narrower, the compiler takes two or four of them. */
typedef real Vector __attribute__((vector_size(CACHE_LINE), aligned(sizeof(real)), may_alias));
enum { VECTOR = sizeof(Vector) / sizeof(real) };

/* Written out wherever it is called, so that what is a constant there is one inside. */
#define INLINED inline __attribute__((always_inline))

#endif
