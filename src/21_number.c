#include "21_number.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

bool number_format_known(NumberFormat f)
{
    bool power = f.width == 2 || f.width == 4 || f.width == 8;
    return f.kind == 'f' ? power : f.kind == 'B' ? f.width == 2 : (f.kind == 'i' || f.kind == 'u') && (power || f.width == 1);
}

/* One bit of sign, five of exponent, ten behind the point; 31 is infinity or NaN. */
static double of_half(uint64_t bits)
{
    int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    double size = exponent == 31 ? mantissa ? NAN : INFINITY
                  : exponent     ? ldexp(1024 + mantissa, exponent - 25)
                                 : ldexp(mantissa, -24);
    return bits >> 15 ? -size : size;
}

static double of_single(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float f;
    memcpy(&f, &word, sizeof f);
    return (double)f;
}

static double of_double(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* Below 0 where the highest bit is set: two's complement. */
static double of_signed(uint64_t bits, int width)
{
    uint64_t sign = (uint64_t)1 << (8 * width - 1);
    return bits & sign ? -(double)((sign - (bits & (sign - 1)))) : (double)bits;
}

double number_at(const unsigned char *byte, NumberFormat f)
{
    uint64_t bits = 0;
    for (int k = 0; k < f.width; k++)
        bits = bits << 8 | byte[f.big_endian ? k : f.width - 1 - k];
    if (f.kind == 'u')
        return (double)bits;
    if (f.kind == 'i')
        return of_signed(bits, f.width);
    if (f.kind == 'B')
        return of_single(bits << 16);
    return f.width == 2 ? of_half(bits) : f.width == 4 ? of_single(bits) : of_double(bits);
}
