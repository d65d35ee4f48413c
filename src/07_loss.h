/* Losses: from a network's outputs and targets, one number to make small.
 *
 * All three have one signature. y and t are N x C, one example a row; the loss
 * is the mean over the N examples; dy (N x C) receives dL/dy, and NULL means
 * that it is not wanted. */
#ifndef LOSS_H
#define LOSS_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_subject.h"

typedef double Loss(const real *y, const real *t, int N, int C, real *dy);

/* L = 1/(2N) sum (y - t)^2. */
double squared_error(const real *y, const real *t, int N, int C, real *dy);

/* Binary cross-entropy of p = sigmoid(y), with the sigmoid taken into the
 * loss: y are logits, t lies in [0, 1] (else the program stops). Infinite
 * logits are taken as they are: right ones cost nothing.
 * L = -1/N sum [t log p + (1 - t) log(1 - p)], computed without p. */
double bce_logits(const real *y, const real *t, int N, int C, real *dy);

/* The same through p, as the formula is written: for the tests and to show
 * where it breaks. Infinite or NaN once p rounds to 0 or 1. */
double bce_plain(const real *y, const real *t, int N, int C);

/* Cross-entropy of p = softmax(y), row by row; each row of t holds probabilities,
 * which sum to 1 (else the program stops). L = -1/N sum t log p, with 0 log 0 = 0. */
double softmax_cross_entropy(const real *y, const real *t, int N, int C, real *dy);

/* Rows with a 1 at the label and 0 elsewhere: t is n x classes. */
void one_hot(real *t, const uint8_t *label, int n, int classes);

/* The share of rows whose largest output is where t's is. */
double accuracy(const real *y, const real *t, int N, int C);

/* A loss as a subject of the gradient checker, at random outputs. */
typedef struct {
    Loss *loss;
    Tensor y, t, dy;
    CheckArray array;
    Subject subject;
} LossSubject;

/* y is normal; the rows of t are positive and sum to 1 (C > 1), or lie in
 * [0, 1) (C = 1). */
void loss_subject_init(LossSubject *s, Loss *loss, int N, int C, Random *r);
void loss_subject_free(LossSubject *s);

#endif
