/* Jacobi's method: a rotation in the plane of two axes makes one element beside the diagonal
 * 0. It spoils others, but less than it gains, and after a few sweeps over all of them none is
 * left; then the rotations, multiplied, are the eigenvectors.
 * Source: Golub and Van Loan, "Matrix Computations", section 8.5. */
#include "22_eigen.h"

#include "01_memory.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_SWEEPS = 60 };

/* Rows p and q of M, turned: (p, q) becomes (c p - s q, s p + c q). */
static void turn_rows(double *M, int n, int p, int q, double c, double s)
{
    for (int k = 0; k < n; k++) {
        double mp = M[p * n + k], mq = M[q * n + k];
        M[p * n + k] = c * mp - s * mq, M[q * n + k] = s * mp + c * mq;
    }
}

static void turn_columns(double *M, int n, int p, int q, double c, double s)
{
    for (int k = 0; k < n; k++) {
        double mp = M[k * n + p], mq = M[k * n + q];
        M[k * n + p] = c * mp - s * mq, M[k * n + q] = s * mp + c * mq;
    }
}

/* The rotation that makes A[p][q] 0: by the angle whose tangent t solves t^2 + 2 t theta = 1. */
static void rotate(double *A, double *V, int n, int p, int q)
{
    double theta = (A[q * n + q] - A[p * n + p]) / (2 * A[p * n + q]);
    double t = copysign(1, theta) / (fabs(theta) + hypot(theta, 1)), c = 1 / hypot(t, 1), s = t * c;
    turn_rows(A, n, p, q, c, s);
    turn_columns(A, n, p, q, c, s);
    turn_rows(V, n, p, q, c, s);
}

/* One after the other, all elements beside the diagonal that are not 0 to rounding; was there one? */
static bool sweep(double *A, double *V, int n)
{
    bool any = false;
    for (int p = 0; p < n; p++)
        for (int q = p + 1; q < n; q++)
            if (fabs(A[p * n + q]) > 1e-17 * hypot(A[p * n + p], A[q * n + q])) {
                rotate(A, V, n, p, q);
                A[p * n + q] = A[q * n + p] = 0;
                any = true;
            }
    return any;
}

void symmetric_eigen(double *value, double *A, int n)
{
    size_t size = (size_t)n * (size_t)n;
    double *V = memory_get(size * sizeof *V);
    for (size_t i = 0; i < size; i++)
        V[i] = i % (size_t)(n + 1) == 0;
    for (int k = 0; k < MOST_SWEEPS && sweep(A, V, n); k++)
        ;
    for (int k = 0; k < n; k++)
        value[k] = A[k * n + k];
    for (int k = 0; k < n; k++) { /* the smallest of those left, with its vector */
        int least = k;
        for (int j = k; j < n; j++)
            least = value[j] < value[least] ? j : least;
        double smallest = value[least];
        value[least] = value[k], value[k] = smallest;
        memcpy(A + k * n, V + least * n, (size_t)n * sizeof *A);
        memcpy(V + least * n, V + k * n, (size_t)n * sizeof *A);
    }
    memory_release(V);
}
