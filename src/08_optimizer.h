/* Optimisers: how a gradient becomes a step.
 *
 * The update rules are plain functions over arrays; an Optimizer keeps their
 * memory (velocity, moments) for a list of parameters. */
#ifndef OPTIMIZER_H
#define OPTIMIZER_H

#include "01_tensor.h"
#include "04_layer.h"

/* ---- the mathematics: n numbers x with gradient dx ------------------------------------ */

/* x -= rate dx. */
void sgd_update(real *x, const real *dx, size_t n, real rate);

/* v = momentum v + dx; x -= rate v: Polyak's heavy ball, as PyTorch has it. */
void momentum_update(real *x, const real *dx, real *v, size_t n, real rate, real momentum);

/* Adam's constants. PyTorch adds epsilon after the bias correction, Keras
 * before it (Kingma and Ba's "epsilon hat"). */
typedef struct {
    double rate, beta1, beta2, epsilon;
    bool epsilon_before_correction;
} AdamOptions;

AdamOptions adam_pytorch(double rate, double beta1); /* beta2 .999, epsilon 1e-8, after */
AdamOptions adam_keras(double rate, double beta1);   /* beta2 .999, epsilon 1e-7, before */

/* Step number t = 1, 2, ...: m = beta1 m + (1 - beta1) dx, v = beta2 v +
 * (1 - beta2) dx^2, M = m/(1 - beta1^t), V = v/(1 - beta2^t),
 * x -= rate M / (sqrt(V) + epsilon).
 * Source: Kingma and Ba, "Adam", ICLR 2015, algorithm 1. */
void adam_update(real *x, const real *dx, real *m, real *v, size_t n, const AdamOptions *o, long t);

/* ---- for a list of parameters --------------------------------------------------------- */

typedef enum { SGD, MOMENTUM, ADAM } OptimizerKind;

typedef struct {
    OptimizerKind kind;
    double rate, momentum; /* SGD and MOMENTUM */
    AdamOptions adam;
    Param **param; /* borrowed, with the layer that owns them */
    int n_param;
    Tensor *m, *v; /* one each a parameter: ADAM's two, MOMENTUM's v */
    long step;     /* steps taken so far */
} Optimizer;

Optimizer sgd_new(Layer *l, double rate);
Optimizer momentum_new(Layer *l, double rate, double momentum);
Optimizer adam_new(Layer *l, AdamOptions options);
void optimizer_free(Optimizer *o);

/* By the optimiser's rule, moves n numbers of parameter k, from `first` on:
 * a part of step number o->step. */
void optimizer_update(Optimizer *o, int k, size_t first, size_t n);

/* Moves every parameter one step and sets the gradients to 0: used up, and
 * ready to accumulate anew. Returns the norm they had, all together. */
double optimizer_step(Optimizer *o);

/* The Euclidean norm of all gradients together: what a step would return. */
double gradient_norm(Param *const *param, int n_param);

#endif
