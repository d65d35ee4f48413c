/* tanh without a call or a branch, so that a loop over it becomes vector
 * instructions: see chapters/fast/06_activation.md. */
#ifndef FAST_TANH_H
#define FAST_TANH_H

#include "01_tensor.h"

/* In float within 2e-7 of the true value, relative; in double it is the library's. */
real tanh_vector(real x);

#endif
