/* random_uniform and random_normal, sixteen blocks at a time: see
 * chapters/fast/02_fill.md. */
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"

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
    union {
        float f;
        int32_t i;
    } bits = { w }, m;
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
static void fill_blocks(Random *r, real *x, size_t n, Transform *transform)
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

void random_uniform(Random *r, real *x, size_t n) { fill_blocks(r, x, n, to_uniform); }

void random_normal(Random *r, real *x, size_t n) { fill_blocks(r, x, n, to_normal); }
