/* Scratch memory: room that a function needs while it runs, and no longer.
 *
 * A stack, one for each thread. Whoever takes room notes where the stack stands,
 * and puts it back there before returning. Room that is taken never moves. A
 * parallel loop takes what its threads need before it forks, so that their stacks
 * stay empty; a program whose threads run networks of their own has one for each. */
#ifndef FAST_SCRATCH_H
#define FAST_SCRATCH_H

#include "01_tensor.h"

typedef struct {
    size_t used; /* elements */
    int chunk;
} ScratchMark;

ScratchMark scratch_mark(void);
real *scratch_take(size_t n); /* n elements from a cache line on; their contents are undefined */
void scratch_return(ScratchMark mark);

#endif
