/* Classifiers in training: a set of images, a stack of equal layers, a batch at a time. */
#ifndef VERDICT_STACK_H
#define VERDICT_STACK_H

#include "01_tensor.h"
#include "04_init.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_data.h"
#include "verdict.h"

/* Images as rows of pixels, and their labels as rows with a single 1. */
typedef struct {
    Tensor x, t;
} Set;

/* Of the run's data, drawn by its seed: at most so many to train on, and to test. Every arm of a seed has the same. */
void sets_load(const Run *r, int train, int test, Set *of_training, Set *of_test);
void sets_free(Set *a, Set *b);
void make_binary(Tensor *x); /* 1 where a pixel is brighter than half, else 0 */

/* Percent of the images that it labels rightly, and the mean loss, in EVAL. */
double accuracy_on(Network *n, const Set *s);
double loss_on(Network *n, const Set *s);

/* in -> width -> ... -> out: each hidden layer a dense one, batch norm where wanted, and an activation of its own. */
typedef struct {
    int in, width, hidden, out;
    bool norm;
    Init init;
    double stretch;             /* the initial weights times this */
    Layer *(*activation)(void); /* NULL: none */
} Stack;
Network *stack_new(const Stack *s, long seed); /* the same weights with batch norm and without */
Layer *leaky_new(void);                        /* of slope 0.2 */

/* A network in training by plain gradient descent; frees the network with itself. */
typedef struct {
    Network *net;
    const Set *set;
    Optimizer sgd;
    Shuffle shuffle;
    Tensor x, t;
    int *index, batch;
} Training;
Training training_new(Network *n, const Set *s, int batch, double rate, long seed);
void training_free(Training *t);
void training_next(Training *t);   /* draws the next batch: x, t */
double training_step(Training *t); /* learns it; its loss */

#endif
