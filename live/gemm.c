/* Products in a page: the speed track's tiles, in its one thread. */
#include "01_product.h"
#include "01_tiles.h"

void gemm(real *c, Matrix a, Matrix b, real beta) { product_in_tiles(&(Product){ c, b.columns, a, b, beta, NULL }); }
void gemm_bias(real *c, Matrix a, Matrix b, const real *bias) { product_in_tiles(&(Product){ c, b.columns, a, b, 0, bias }); }
