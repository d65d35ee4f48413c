/* Eigenvalues and eigenvectors of a symmetric matrix. */
#ifndef EIGEN_H
#define EIGEN_H

/* A = V^T diag(value) V, with the eigenvalues from the smallest on. A (n x n, symmetric, row
 * by row) is overwritten with V: its row k is the eigenvector of value[k], of length 1,
 * and which of its two signs it has is not said. */
void symmetric_eigen(double *value, double *A, int n);

#endif
