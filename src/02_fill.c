#include "01_tensor.h"
#include "02_random.h"

/* 24 bits: as many as a float holds, so that 1 is never reached by rounding. */
static real unit(uint32_t word) { return (real)(word >> 8) * (real)0x1p-24; }

void random_uniform(Random *r, real *x, size_t n)
{
    uint32_t word[4];
    for (size_t i = 0; i < n; i++) {
        if (i % 4 == 0)
            random_block(r, r->next++, word);
        x[i] = unit(word[i % 4]);
    }
}

/* Box and Muller: a point of the plane with normal coordinates has angle
 * uniform and half its squared radius exponential. 1 - u is never 0. */
void random_normal(Random *r, real *x, size_t n)
{
    const real tau = (real)6.283185307179586; /* 2 pi */
    uint32_t word[4];
    for (size_t i = 0; i < n; i++) {
        if (i % 4 == 0)
            random_block(r, r->next++, word);
        const uint32_t *pair = word + (i % 4 < 2 ? 0 : 2); /* one point: numbers 2k and 2k + 1 */
        real radius = sqrt(-2 * log(1 - unit(pair[0]))), angle = tau * unit(pair[1]);
        x[i] = radius * (i % 2 == 0 ? cos(angle) : sin(angle));
    }
}
