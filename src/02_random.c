#include "02_random.h"

/* ---- the block function -------------------------------------------------- */

void philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = 0xD2511F53ull * c0, p1 = 0xCD9E8D57ull * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u; /* the golden ratio, and sqrt(3) - 1 */
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

static void block(const Random *r, uint64_t number, uint32_t out[4])
{
    uint32_t counter[4] = { (uint32_t)number, (uint32_t)(number >> 32), (uint32_t)r->stream,
                            (uint32_t)(r->stream >> 32) };
    uint32_t key[2] = { (uint32_t)r->seed, (uint32_t)(r->seed >> 32) };
    philox(out, counter, key);
}

Random random_stream(uint64_t seed, const char *purpose, uint64_t index)
{
    uint64_t hash = 0xcbf29ce484222325ull; /* FNV-1a */
    for (const char *p = purpose; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 0x100000001b3ull;
    return (Random){ seed, hash + index * 0x9E3779B97F4A7C15ull, 0 };
}

/* ---- arrays --------------------------------------------------------------- */

/* 24 bits: as many as a float holds, so that 1 is never reached by rounding. */
static real unit(uint32_t word) { return (real)(word >> 8) * (real)0x1p-24; }

static void four_uniform(const uint32_t word[4], real x[4])
{
    for (int i = 0; i < 4; i++)
        x[i] = unit(word[i]);
}

/* Box and Muller: a point of the plane with normal coordinates has angle
 * uniform and half its squared radius exponential. 1 - u is never 0. */
static void four_normal(const uint32_t word[4], real x[4])
{
    for (int i = 0; i < 4; i += 2) {
        real radius = sqrt(-2 * log(1 - unit(word[i])));
        real angle = (real)6.283185307179586 * unit(word[i + 1]);
        x[i] = radius * cos(angle);
        x[i + 1] = radius * sin(angle);
    }
}

static void fill(Random *r, real *x, size_t n, void (*four)(const uint32_t word[4], real x[4]))
{
    long blocks = (long)((n + 3) / 4);
    PARALLEL_FOR(n * 4)
    for (long i = 0; i < blocks; i++) {
        uint32_t word[4];
        real part[4];
        block(r, r->next + (uint64_t)i, word);
        four(word, part);
        for (size_t j = 0; j < 4 && (size_t)i * 4 + j < n; j++)
            x[(size_t)i * 4 + j] = part[j];
    }
    r->next += (uint64_t)blocks;
}

void random_uniform(Random *r, real *x, size_t n) { fill(r, x, n, four_uniform); }
void random_normal(Random *r, real *x, size_t n) { fill(r, x, n, four_normal); }

/* ---- single numbers --------------------------------------------------------- */

static uint64_t word64(Random *r)
{
    uint32_t word[4];
    block(r, r->next++, word);
    return (uint64_t)word[0] << 32 | word[1];
}

double random_one(Random *r) { return (double)(word64(r) >> 11) * 0x1p-53; }

/* n seldom divides 2^64; the few words beyond the last multiple are drawn
 * again, so that no index is favoured. */
int random_index(Random *r, int n)
{
    REQUIRE(n > 0, "an index below %d", n);
    uint64_t m = (uint64_t)n, limit = UINT64_MAX - UINT64_MAX % m, word;
    do
        word = word64(r);
    while (word >= limit);
    return (int)(word % m);
}

void random_permutation(Random *r, int *order, int n)
{
    for (int i = 0; i < n; i++) {
        int j = random_index(r, i + 1); /* place i among those before it */
        order[i] = order[j];
        order[j] = i;
    }
}
