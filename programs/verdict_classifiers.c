/* Classifiers of images: rates, few images, brighter images, dead units. */
#include "verdict.h"

#include "06_activation_layer.h"
#include "10_data.h"
#include "verdict_stack.h"

#include <stdlib.h>
#include <string.h>

/* ---- nine linear layers ------------------------------------------------------------------------------------- */

/* 1,200 images, 15 epochs: did the loss stay within a thousand times the first? */
void run_linear(const Run *r)
{
    enum { IMAGES = 1200, LINEAR_BATCH = 32 };
    Set training, test;
    sets_load(r, IMAGES, 1000, &training, &test);
    Stack s = {
        shape_columns(training.x.shape), 64, 9, shape_columns(training.t.shape), arm_is(r, "batch"), INIT_PYTORCH, 1, NULL
    };
    Training t = training_new(stack_new(&s, r->seed), &training, LINEAR_BATCH, r->setting, r->seed);
    double first = NAN, last = NAN;
    bool diverged = false;
    for (long step = 0; step < r->steps && !diverged; step++) {
        training_next(&t);
        last = training_step(&t);
        first = step == 0 ? last : first;
        diverged = has_diverged(last, first);
    }
    run_row(r, r->steps, (double[]){ diverged, diverged ? NAN : last, diverged ? NAN : accuracy_on(t.net, &test) });
    training_free(&t);
    sets_free(&training, &test);
}

/* ---- few images ------------------------------------------------------------------------------------------------- */

/* The arm is "none-8" or "batch-8": with what, and of how many the batch is. Until the loss on the training images, in
 * evaluation mode after an epoch, is 0.01. */
void run_small(const Run *r)
{
    enum { IMAGES = 1000 };
    Set training, test;
    sets_load(r, IMAGES, 2000, &training, &test);
    bool norm = strncmp(r->arm, "batch", 5) == 0;
    int batch = atoi(strchr(r->arm, '-') + 1), per_epoch = IMAGES / batch;
    Stack s = { shape_columns(training.x.shape), 256, 2, shape_columns(training.t.shape), norm, INIT_PYTORCH, 1, relu_new };
    Training t = training_new(stack_new(&s, r->seed), &training, batch, r->setting, r->seed);
    double loss = INFINITY;
    long epoch = 0;
    while (epoch < r->steps && !(loss <= 0.01)) {
        for (int k = 0; k < per_epoch; k++) {
            training_next(&t);
            training_step(&t);
        }
        loss = loss_on(t.net, &training);
        epoch++;
    }
    run_row(r, r->steps, (double[]){ accuracy_on(t.net, &test), loss <= 0.01 ? (double)epoch : INFINITY });
    training_free(&t);
    sets_free(&training, &test);
}

/* ---- brighter test images --------------------------------------------------------------------------------------- */

/* x = (x + brighter - mean) rstd, all pixels as one column. */
static void standardise(Tensor *x, double brighter, double mean, double rstd)
{
    for (size_t i = 0; i < tensor_size(x); i++)
        x->data[i] = (real)(((double)x->data[i] + brighter - mean) * rstd);
}

/* Standardised by the training images' statistics or not at all ("raw"); tested as they are, and brighter by a quarter
 * of the range, by the same statistics or by the brighter images' own ("own"). */
void run_shift(const Run *r)
{
    enum { SHIFT_BATCH = 100 };
    const double brighter = 0.5;
    Set training, test;
    sets_load(r, 5000, 2000, &training, &test);
    real mean = 0, rstd = 1;
    if (!arm_is(r, "raw"))
        standardise_fit(&mean, &rstd, training.x.data, (int)tensor_size(&training.x), 1);
    standardise(&training.x, 0, (double)mean, (double)rstd);
    Stack s = { shape_columns(training.x.shape), 64, 1, shape_columns(training.t.shape), false, INIT_PYTORCH, 1, relu_new };
    Training t = training_new(stack_new(&s, r->seed), &training, SHIFT_BATCH, r->setting, r->seed);
    for (long step = 0; step < r->steps; step++) {
        training_next(&t);
        training_step(&t);
    }
    Set moved = { .x = { .capacity = 0 } };
    tensor_copy(&moved.x, &test.x), tensor_copy(&moved.t, &test.t);
    standardise(&test.x, 0, (double)mean, (double)rstd);
    standardise(&moved.x, brighter, 0, 1);
    if (arm_is(r, "own"))
        standardise_fit(&mean, &rstd, moved.x.data, (int)tensor_size(&moved.x), 1);
    standardise(&moved.x, 0, (double)mean, (double)rstd);
    run_row(r, r->steps, (double[]){ accuracy_on(t.net, &test), accuracy_on(t.net, &moved) });
    tensor_free(&moved.x), tensor_free(&moved.t);
    training_free(&t);
    sets_free(&training, &test);
}

/* ---- dead units --------------------------------------------------------------------------------------------------- */

/* Percent of the hidden units that pass no gradient back on any training image. */
static double share_dead(Network *n, const Set *s)
{
    int dead = 0, units = 0;
    Tensor dy = { 0 }, dx = { 0 };
    network_forward(n, &s->x, EVAL);
    for (int k = 1; k < n->n_layer; k += 2) { /* each activation */
        tensor_resize(&dy, n->layer[k]->y_shape);
        tensor_fill(&dy, 1);
        layer_backward(n->layer[k], &dy, &dx, WITHOUT_PARAM);
        int C = shape_columns(dx.shape), R = shape_rows(dx.shape);
        for (int c = 0; c < C; c++, units++) {
            bool alive = false;
            for (int i = 0; i < R && !alive; i++)
                alive = dx.data[i * C + c] != 0;
            dead += !alive;
        }
    }
    tensor_free(&dy), tensor_free(&dx);
    return 100.0 * dead / units;
}

void run_units(const Run *r)
{
    Set training, test;
    sets_load(r, 2000, 1000, &training, &test);
    bool leaky = arm_is(r, "leaky");
    Stack s = { shape_columns(training.x.shape), 128, 3, shape_columns(training.t.shape), false, INIT_HE, 1,
                leaky ? leaky_new : relu_new };
    Training t = training_new(stack_new(&s, r->seed), &training, 50, r->setting, r->seed);
    for (long step = 0; step < r->steps; step++) {
        training_next(&t);
        training_step(&t);
    }
    run_row(r, r->steps, (double[]){ share_dead(t.net, &training), accuracy_on(t.net, &test) });
    training_free(&t);
    sets_free(&training, &test);
}
