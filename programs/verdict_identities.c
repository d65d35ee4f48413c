/* Claims that hold to rounding, or do not: in double precision, on random batches. */
#include "verdict.h"

#include "00_error.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "10_data.h"
#include "12_batchnorm.h"
#include "12_batchnorm_layer.h"
#include "12_paths.h"
#include "13_fold.h"
#include "13_inference.h"
#include "verdict_stack.h"

#include <string.h>

enum { POINTS = 200, ROWS = 32, COLUMNS = 16, BATCHES = 1000, SETTLED = 50 };

/* ---- the bowl of chapter 8 ------------------------------------------------------------------------------- */

/* The largest and the smallest eigenvalue of x^T x / POINTS; x has two columns. */
static void curvatures(const Tensor *x, double *large, double *small)
{
    double a = 0, b = 0, c = 0;
    for (int i = 0; i < POINTS; i++) {
        double u = (double)x->data[2 * i], v = (double)x->data[2 * i + 1];
        a += u * u / POINTS, b += u * v / POINTS, c += v * v / POINTS;
    }
    double root = sqrt((a - c) * (a - c) / 4 + b * b);
    *large = (a + c) / 2 + root, *small = (a + c) / 2 - root;
}

/* Steps of gradient descent at the best rate, 2/(large + small), until the cost is a millionth of the first. */
static int steps_down(const Tensor *x, double rate)
{
    Random r = random_stream(1, "start", 0);
    Layer *l = dense_new(2, 1, INIT_PYTORCH, &r);
    Optimizer sgd = sgd_new(l, rate);
    Tensor t = tensor_new((Shape){ 2, { POINTS, 1 } }), dy = tensor_new(t.shape);
    double first = 0, cost = 1;
    int steps = 0;
    l->param[0]->value.data[0] = l->param[0]->value.data[1] = 0;
    for (int i = 0; i < POINTS; i++)
        t.data[i] = x->data[2 * i] + x->data[2 * i + 1];
    for (; steps < 1000000; steps++) {
        l->param[1]->value.data[0] = 0; /* no bias: the targets have none */
        cost = squared_error(layer_forward(l, x, TRAIN)->data, t.data, POINTS, 1, dy.data);
        first = steps == 0 ? cost : first;
        if (cost <= 1e-6 * first)
            break;
        layer_backward(l, &dy, NULL, WITH_PARAM);
        optimizer_step(&sgd);
    }
    optimizer_free(&sgd);
    layer_free(l);
    tensor_free(&t), tensor_free(&dy);
    return steps;
}

/* Two inputs of which one varies ten times as much and neither has mean 0; the same standardised. */
static void bowl(const Run *r, double *m)
{
    Random random = random_stream((uint64_t)r->seed, "bowl", 0);
    Tensor x = tensor_new((Shape){ 2, { POINTS, 2 } });
    real mean[2], rstd[2];
    double large, small;
    random_normal(&random, x.data, tensor_size(&x));
    for (int i = 0; i < POINTS; i++)
        x.data[2 * i] = 10 * x.data[2 * i] + 2, x.data[2 * i + 1] += 1;
    curvatures(&x, &large, &small);
    m[0] = large / small, m[2] = steps_down(&x, 2 / (large + small));
    standardise_fit(mean, rstd, x.data, POINTS, 2);
    standardise_apply(x.data, mean, rstd, POINTS, 2);
    curvatures(&x, &large, &small);
    m[1] = large / small, m[3] = steps_down(&x, 2 / (large + small));
    tensor_free(&x);
}

/* ---- the length of the gradient ------------------------------------------------------------------------------ */

/* The error of the identity on one random batch, over its bound. */
static double identity_error(Random *random)
{
    Layer *l = batchnorm_training_new(COLUMNS, 1e-5);
    Tensor x = tensor_new((Shape){ 2, { ROWS, COLUMNS } }), dy = tensor_new(x.shape), dx = { 0 };
    random_normal(random, x.data, tensor_size(&x));
    random_normal(random, dy.data, tensor_size(&dy));
    random_normal(random, l->param[0]->value.data, COLUMNS);
    layer_forward(l, &x, TRAIN);
    layer_backward(l, &dy, &dx, WITHOUT_PARAM);
    wide mean[COLUMNS], var[COLUMNS];
    real narrow[COLUMNS], rstd[COLUMNS];
    batchnorm_mean(mean, x.data, ROWS, COLUMNS, ROWS);
    batchnorm_var(var, x.data, mean, ROWS, COLUMNS, ROWS);
    for (int j = 0; j < COLUMNS; j++)
        narrow[j] = (real)mean[j], rstd[j] = (real)(1 / sqrt(var[j] + 1e-5));
    BatchNorm n = { ROWS, COLUMNS, x.data, narrow, rstd, l->param[0]->value.data, l->param[1]->value.data };
    double predicted[COLUMNS], bound[COLUMNS], worst = 0;
    batchnorm_gradient_identity(predicted, bound, dy.data, 1e-5, &n);
    for (int j = 0; j < COLUMNS; j++) {
        double measured = 0;
        for (int i = 0; i < ROWS; i++)
            measured += pow((double)dx.data[i * COLUMNS + j], 2);
        worst = fmax(worst, fabs(measured - predicted[j]) / bound[j]);
    }
    tensor_free(&x), tensor_free(&dy), tensor_free(&dx);
    layer_free(l);
    return worst;
}

/* C = |gamma|/s of every unit of every layer, with s = sqrt(var + eps) of the running variance: the largest over the
 * smallest, while a classifier learns and once the running variance has forgotten where it began. */
static double spread_of_bound(const Run *r)
{
    Set training, test;
    sets_load(r, 2000, 100, &training, &test);
    Stack s = { shape_columns(training.x.shape), 64, 3, shape_columns(training.t.shape), true, INIT_PYTORCH, 1, relu_new };
    Training t = training_new(stack_new(&s, r->seed), &training, 64, 0.1, r->seed);
    double least = INFINITY, most = 0;
    for (int step = 0; step < 200; step++) {
        training_next(&t);
        training_step(&t);
        for (int k = 0; k < t.net->n_layer; k++) {
            const Layer *l = t.net->layer[k];
            for (int j = 0; step >= SETTLED && is_batchnorm(l) && j < 64; j++) {
                double C = fabs((double)l->param[0]->value.data[j]) /
                           sqrt((double)l->state[1]->value.data[j] + batchnorm_eps(l));
                least = fmin(least, C), most = fmax(most, C);
            }
        }
    }
    training_free(&t);
    sets_free(&training, &test);
    return most / least;
}

/* ---- is it linear, can it be the identity? ------------------------------------------------------------------------ */

static double largest_difference(const Tensor *a, const Tensor *b)
{
    double largest = 0;
    for (size_t i = 0; i < tensor_size(a); i++)
        largest = fmax(largest, fabs((double)a->data[i] - (double)b->data[i]));
    return largest;
}

/* A batch norm that has seen batches like this one. */
static Layer *used_batchnorm(Random *random, const Tensor *x)
{
    Layer *l = batchnorm_new(COLUMNS, batchnorm_pytorch());
    random_normal(random, l->param[0]->value.data, COLUMNS);
    random_normal(random, l->param[1]->value.data, COLUMNS);
    layer_forward(l, x, TRAIN);
    return l;
}

/* The largest element of f(a + b) - f(a) - f(b) + f(0), which is 0 for every affine f. */
static double not_affine(Layer *l, const Tensor *a, const Tensor *b, Mode mode)
{
    Tensor sum = { 0 }, zero = { 0 }, fa = { 0 }, fb = { 0 };
    tensor_copy(&sum, a), tensor_copy(&zero, a);
    tensor_fill(&zero, 0);
    for (size_t i = 0; i < tensor_size(a); i++)
        sum.data[i] += b->data[i];
    tensor_copy(&fa, layer_forward(l, a, mode));
    tensor_copy(&fb, layer_forward(l, b, mode));
    for (size_t i = 0; i < tensor_size(a); i++)
        fa.data[i] += fb.data[i];
    tensor_copy(&fb, layer_forward(l, &zero, mode));
    const Tensor *fsum = layer_forward(l, &sum, mode);
    for (size_t i = 0; i < tensor_size(a); i++)
        fb.data[i] += fsum->data[i];
    double largest = largest_difference(&fa, &fb);
    tensor_free(&sum), tensor_free(&zero), tensor_free(&fa), tensor_free(&fb);
    return largest;
}

/* A dense layer and batch norm, unfolded and folded. */
static double fold_error(Random *random, const Tensor *x)
{
    Layer *dense = dense_new(COLUMNS, COLUMNS, INIT_PYTORCH, random);
    Layer *norm = used_batchnorm(random, layer_forward(dense, x, EVAL));
    Network *n = network_new("fold", (Layer *[]){ dense, norm, NULL });
    Tensor before = { 0 };
    tensor_copy(&before, network_forward(n, x, EVAL));
    REQUIRE(batchnorm_fold(n, 1) == NULL, "batch norm behind a dense layer folds");
    double error = largest_difference(network_forward(n, x, EVAL), &before);
    tensor_free(&before);
    network_free(n);
    return error;
}

/* Gamma the deviation and beta the mean: of the running statistics in EVAL; in TRAIN of batch a, but asked of batch b. */
static void identity_distances(const Tensor *a, const Tensor *b, double *fixed, double *of_batch)
{
    Layer *l = batchnorm_new(COLUMNS, batchnorm_pytorch());
    wide mean[COLUMNS], var[COLUMNS];
    batchnorm_mean(mean, a->data, ROWS, COLUMNS, ROWS);
    batchnorm_var(var, a->data, mean, ROWS, COLUMNS, ROWS);
    for (int j = 0; j < COLUMNS; j++) {
        l->state[0]->value.data[j] = l->param[1]->value.data[j] = (real)mean[j];
        l->state[1]->value.data[j] = (real)var[j];
        l->param[0]->value.data[j] = (real)sqrt(var[j] + batchnorm_eps(l));
    }
    *fixed = largest_difference(layer_forward(l, b, EVAL), b);
    *of_batch = largest_difference(layer_forward(l, b, PROBE), b);
    layer_free(l);
}

/* ---- the run --------------------------------------------------------------------------------------------------------- */

void run_identities(const Run *r)
{
    double m[10] = { 0 };
    Random random = random_stream((uint64_t)r->seed, "identities", 0);
    Tensor a = tensor_new((Shape){ 2, { ROWS, COLUMNS } }), b = tensor_new(a.shape);
    random_normal(&random, a.data, tensor_size(&a));
    random_normal(&random, b.data, tensor_size(&b));
    bowl(r, m);
    for (int k = 0; k < BATCHES; k++)
        m[4] = fmax(m[4], identity_error(&random));
    m[5] = spread_of_bound(r);
    Layer *l = used_batchnorm(&random, &a);
    m[6] = fmax(fold_error(&random, &a), not_affine(l, &a, &b, EVAL));
    m[7] = not_affine(l, &a, &b, PROBE);
    identity_distances(&a, &b, &m[8], &m[9]);
    run_row(r, 1, m);
    layer_free(l);
    tensor_free(&a), tensor_free(&b);
}
