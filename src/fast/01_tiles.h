/* A product made tile by tile, with the sums in registers: see
 * chapters/fast/01_product.md. */
#ifndef FAST_TILES_H
#define FAST_TILES_H

#include "01_product.h"
#include "01_tensor.h"

/* C = A B + beta C, or a part of it: `c` stands at the part's first number, and
 * `down` numbers further is the next row. With a bias, beta is 0 and the bias
 * is added to every row. */
typedef struct {
    real *c;
    int down;
    Matrix a, b;
    real beta;
    const real *bias;
} Product;

/* In the calling thread alone. */
void product_in_tiles(const Product *q);

/* Is that the faster way here? */
bool product_fits_tiles(const Product *q);

/* The same by tiles or by the library, whichever is faster. */
void product_serial(const Product *q);

/* gemm in the calling thread alone, for use inside a parallel loop. */
void gemm_serial(real *c, Matrix a, Matrix b, real beta);

#endif
