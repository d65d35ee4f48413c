#include "01_parallel.h"

#ifdef _OPENMP
#include <omp.h>

void threads_set(int n) { omp_set_num_threads(n); }
int threads_get(void) { return omp_get_max_threads(); }
#else
void threads_set(int n) { (void)n; }
int threads_get(void) { return 1; }
#endif
