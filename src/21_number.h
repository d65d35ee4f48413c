/* A number as other people's files hold it. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>

/* 'f': IEEE 754, of 2, 4 or 8 bytes; 'B': bfloat16, the upper half of a float;
 * 'i' and 'u': whole numbers with and without a sign, of 1, 2, 4 or 8 bytes. */
typedef struct {
    char kind;
    int width; /* bytes */
    bool big_endian;
} NumberFormat;

bool number_format_known(NumberFormat f);

/* The number that begins at this byte; a double holds all but the last bits of
 * the largest whole numbers of 8 bytes. */
double number_at(const unsigned char *byte, NumberFormat f);

#endif
