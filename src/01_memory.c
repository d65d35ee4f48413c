#include "01_memory.h"

#include "00_error.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

static atomic_long calls, blocks;

void *memory_get_pool(size_t bytes)
{
    size_t whole = (bytes / CACHE_LINE + 1) * CACHE_LINE;
    void *block = aligned_alloc(CACHE_LINE, whole);
    if (!block)
        out_of_memory(bytes);
    memset(block, 0xff, whole); /* all ones is a NaN in every precision */
    calls++;
    return block;
}

void *memory_get(size_t bytes)
{
    blocks++;
    return memory_get_pool(bytes);
}

void memory_release(void *block)
{
    if (block)
        blocks--;
    free(block);
}

long memory_calls(void) { return calls; }
long memory_blocks(void) { return blocks; }
