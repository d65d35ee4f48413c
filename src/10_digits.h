/* Digits drawn here, so that the course needs no download. */
#ifndef DIGITS_H
#define DIGITS_H

#include "10_data.h"

/* n drawn digits, 28 x 28: strokes with random slant, turn, size, thickness,
 * place and wobble. Image i depends on seed and i alone; its label is i mod
 * 10. A border of two pixels is black in every image. */
Images digits_new(int n, uint64_t seed);

enum { DIGITS_POOL = 10000, DIGITS_TEST = 2000 }; /* how many are drawn to train on, and to test */

#endif
