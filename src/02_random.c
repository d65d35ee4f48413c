#include "02_random.h"

#include "00_error.h"
#include "00_hash.h"

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
        k0 += 0x9E3779B9u; /* 2^32 times the golden ratio less 1, and sqrt(3) - 1 */
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void random_block(const Random *r, uint64_t number, uint32_t word[4])
{
    uint32_t counter[4] = { (uint32_t)number, (uint32_t)(number >> 32), (uint32_t)r->stream, (uint32_t)(r->stream >> 32) };
    uint32_t key[2] = { (uint32_t)r->seed, (uint32_t)(r->seed >> 32) };
    philox(word, counter, key);
}

Random random_stream(uint64_t seed, const char *purpose, uint64_t index)
{
    uint64_t hash = HASH_OF_NOTHING;
    for (const char *p = purpose; *p; p++)
        hash = hash_more(hash, (unsigned char)*p);
    return (Random){ seed, hash + index * 0x9E3779B97F4A7C15ull, 0 };
}

/* ---- single numbers --------------------------------------------------------- */

static uint64_t word64(Random *r)
{
    uint32_t word[4];
    random_block(r, r->next++, word);
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
