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

/* LANES blocks side by side: the inner loops become vector instructions. */
enum { LANES = 16 };

static void philox_lanes(uint32_t c[4][LANES], const Random *r, uint64_t first)
{
    uint32_t k0 = (uint32_t)r->seed, k1 = (uint32_t)(r->seed >> 32);
    for (int i = 0; i < LANES; i++) {
        c[0][i] = (uint32_t)(first + (uint64_t)i), c[1][i] = (uint32_t)((first + (uint64_t)i) >> 32);
        c[2][i] = (uint32_t)r->stream, c[3][i] = (uint32_t)(r->stream >> 32);
    }
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        for (int i = 0; i < LANES; i++) {
            uint64_t p0 = 0xD2511F53ull * c[0][i], p1 = 0xCD9E8D57ull * c[2][i];
            c[0][i] = (uint32_t)(p1 >> 32) ^ c[1][i] ^ k0;
            c[1][i] = (uint32_t)p1;
            c[2][i] = (uint32_t)(p0 >> 32) ^ c[3][i] ^ k1;
            c[3][i] = (uint32_t)p0;
        }
}

/* 24 bits: as many as a float holds, so that 1 is never reached by rounding. */
static inline real unit(uint32_t word) { return (real)(int32_t)(word >> 8) * (real)0x1p-24; }

#ifdef REAL_DOUBLE
static inline real log_of(real w) { return log(w); }
static inline real cos_of_turn(real u) { return cos(6.283185307179586 * u); }
static inline real sin_of_turn(real u) { return sin(6.283185307179586 * u); }
#else
/* log w for 0 < w <= 1, without a branch: w = 2^e m with m between sqrt(1/2)
 * and sqrt(2), and log m = 2 artanh s with s = (m - 1)/(m + 1), a short series. */
static inline real log_of(real w)
{
    union { float f; int32_t i; } bits = { w }, m;
    int32_t shifted = bits.i - 0x3f3504f3; /* the bits of sqrt(1/2) */
    m.i = (shifted & 0x7fffff) + 0x3f3504f3;
    float e = (float)(shifted >> 23), s = (m.f - 1) / (m.f + 1), z = s * s;
    return e * 0.693147181f + 2 * s * (1 + z * (1 / 3.0f + z * (1 / 5.0f + z * (1 / 7.0f + z * (1 / 9.0f)))));
}

/* Sine and cosine of t within an eighth of a turn, by Taylor's series. */
static inline real short_sin(real t)
{
    float z = t * t;
    return t * (1 + z * (-1 / 6.0f + z * (1 / 120.0f + z * (-1 / 5040.0f + z * (1 / 362880.0f)))));
}

static inline real short_cos(real t)
{
    float z = t * t;
    return 1 + z * (-1 / 2.0f + z * (1 / 24.0f + z * (-1 / 720.0f + z * (1 / 40320.0f))));
}

/* Of 0 <= u < 1 turns: the nearest quarter k decides which, and with what
 * sign; u - k/4 is exact. */
static inline real sin_of_turn(real u)
{
    int32_t k = (int32_t)(4 * u + 0.5f);
    float t = 6.28318531f * (u - 0.25f * (float)k), s = short_sin(t), c = short_cos(t);
    float y = k & 1 ? c : s;
    return k & 2 ? -y : y;
}

static inline real cos_of_turn(real u)
{
    int32_t k = (int32_t)(4 * u + 0.5f);
    float t = 6.28318531f * (u - 0.25f * (float)k), s = short_sin(t), c = short_cos(t);
    float y = k & 1 ? s : c;
    return (k + 1) & 2 ? -y : y;
}
#endif

typedef void Transform(real x[4][LANES], uint32_t word[4][LANES]);

static void to_uniform(real x[4][LANES], uint32_t word[4][LANES])
{
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < LANES; i++)
            x[k][i] = unit(word[k][i]);
}

/* Box and Muller: a point of the plane with normal coordinates has angle
 * uniform and half its squared radius exponential. 1 - u is never 0. */
static void to_normal(real x[4][LANES], uint32_t word[4][LANES])
{
    for (int k = 0; k < 4; k += 2)
        for (int i = 0; i < LANES; i++) {
            real radius = sqrt(-2 * log_of(1 - unit(word[k][i]))), turn = unit(word[k + 1][i]);
            x[k][i] = radius * cos_of_turn(turn);
            x[k + 1][i] = radius * sin_of_turn(turn);
        }
}

/* Element 4 b + k of the array is number k of block b. */
static void fill(Random *r, real *x, size_t n, Transform *transform)
{
    PARALLEL_FOR(n * 2)
    for (size_t start = 0; start < n; start += 4 * LANES) {
        uint32_t word[4][LANES];
        real part[4][LANES];
        philox_lanes(word, r, r->next + start / 4);
        transform(part, word);
        for (size_t j = 0; j < 4 * LANES && start + j < n; j++)
            x[start + j] = part[j % 4][j / 4];
    }
    r->next += (n + 3) / 4;
}

void random_uniform(Random *r, real *x, size_t n) { fill(r, x, n, to_uniform); }
void random_normal(Random *r, real *x, size_t n) { fill(r, x, n, to_normal); }

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
