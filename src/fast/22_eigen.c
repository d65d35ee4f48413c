/* symmetric_eigen by LAPACK, which OpenBLAS has in it. */
#include "22_eigen.h"

#include "00_error.h"
#include "01_memory.h"

/* LAPACK's matrices lie column by column; a symmetric one is the same either way, and the eigenvectors, which come
 * as columns, are rows as we read them. */
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
            const int *lwork, int *info);

void symmetric_eigen(double *value, double *A, int n)
{
    int room = 34 * n, info = 0;
    double *work = memory_get((size_t)room * sizeof *work);
    dsyev_("V", "U", &n, A, &n, value, work, &room, &info);
    REQUIRE(info == 0, "dsyev of %d x %d: %d", n, n, info);
    memory_release(work);
}
