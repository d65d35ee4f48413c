/* Numbers in files: 0.5 with a point, whatever the locale of the program that
 * this library is part of (a German one prints "0,5", and reads "0.5" as 0). */
#ifndef NUMBERS_H
#define NUMBERS_H

/* Between these two calls printf, strtod and their like use the point in the
 * calling thread. Pairs do not nest. */
void numbers_begin(void);
void numbers_end(void);

#endif
