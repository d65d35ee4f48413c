#include "01_chunks.h"

#include "01_parallel.h"

#include <string.h>

void chunks_add_up(wide *total, ChunkSums part, int n)
{
    for (int j = 0; j < n; j++) {
        total[j] = 0;
        for (int p = 0; p < CHUNKS; p++)
            total[j] += part[p][j];
    }
}

void strip_sums(wide *total, const real *x, int R, int C, int n)
{
    ChunkSums part;
    PARALLEL_FOR((size_t)R * (size_t)n)
    for (int p = 0; p < CHUNKS; p++) {
        memset(part[p], 0, (size_t)n * sizeof *part[p]);
        for (int i = chunk_start(p, R); i < chunk_start(p + 1, R); i++)
            for (int j = 0; j < n; j++)
                part[p][j] += (wide)x[(size_t)i * C + j];
    }
    chunks_add_up(total, part, n);
}
