/* The network of Ioffe and Szegedy's figure 1, three layers of 100 sigmoids, with batch norm and without: how its
 * distributions, its gradients and its losses move, and how soon it is right. */
#include "verdict.h"

#include "01_memory.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "13_inference.h"
#include "14_shift.h"
#include "verdict_stack.h"

enum { SIGMOID_BATCH = 60, RECORDS = 100, WATCHED = 100 };

static Training sigmoids_new(const Run *r, const Set *training)
{
    Stack s = { shape_columns(training->x.shape),
                100,
                3,
                shape_columns(training->t.shape),
                arm_is(r, "batch"),
                INIT_NORMAL,
                10,
                sigmoid_new };
    return training_new(stack_new(&s, r->seed), training, SIGMOID_BATCH, r->setting, r->seed);
}

/* The layer whose output the third sigmoid takes; and the dense layer behind the second. */
static int before_third(const Network *n) { return n->n_layer - 3; }
static int dense_before_third(const Network *n) { return n->n_layer - (is_batchnorm(n->layer[n->n_layer - 3]) ? 4 : 3); }

/* The median of each unit's input, over the test images. */
static void medians(Network *n, const Set *test, double *middle)
{
    network_forward(n, &test->x, EVAL);
    for (int u = 0; u < WATCHED; u++)
        middle[u] = percentiles_of(n->layer[before_third(n)]->y.data + u, shape_rows(test->x.shape), WATCHED).middle;
}

/* The mean over units of the spread of their medians: how far the distributions walk. (Not from record 0 on: before
 * the first step batch norm's running statistics have seen nothing, and what it puts out is of another kind.) */
static double mean_wander(double (*middle)[WATCHED], int from, int to)
{
    double sum = 0, walk[RECORDS];
    for (int u = 0; u < WATCHED; u++) {
        for (int k = from; k < to; k++)
            walk[k - from] = middle[k][u];
        sum += deviation_of(walk, to - from) / WATCHED;
    }
    return sum;
}

static void move_along(Layer *l, double rate)
{
    for (int p = 0; p < l->n_param; p++)
        sgd_update(l->param[p]->value.data, l->param[p]->grad.data, tensor_size(&l->param[p]->value), (real)rate);
}

/* The loss of this batch, a step of `rate` down the gradient away; the weights are as before when it returns. */
static double loss_along(Training *t, double rate, Tensor *saved)
{
    Layer *l = &t->net->base;
    for (int p = 0; p < l->n_param; p++)
        tensor_copy(&saved[p], &l->param[p]->value);
    move_along(l, rate);
    const Tensor *y = network_forward(t->net, &t->x, PROBE);
    double loss = softmax_cross_entropy(y->data, t->t.data, shape_rows(y->shape), shape_columns(y->shape), NULL);
    for (int p = 0; p < l->n_param; p++)
        tensor_copy(&l->param[p]->value, &saved[p]);
    return loss;
}

/* The losses at steps of 1/2 to 4 times the rate down the gradient: largest less smallest, over the loss here. */
static double loss_range(Training *t, double rate)
{
    static const double far[] = { 0.5, 1, 2, 4 };
    Layer *l = &t->net->base;
    Tensor *saved = memory_get((size_t)l->n_param * sizeof *saved);
    double low = INFINITY, high = -INFINITY;
    for (int p = 0; p < l->n_param; p++)
        saved[p] = (Tensor){ 0 };
    layer_zero_gradients(l);
    double here = network_gradient(t->net, &t->x, &t->t, softmax_cross_entropy, PROBE);
    for (int k = 0; k < 4; k++) {
        double loss = loss_along(t, far[k] * rate, saved);
        low = fmin(low, loss), high = fmax(high, loss);
    }
    for (int p = 0; p < l->n_param; p++)
        tensor_free(&saved[p]);
    memory_release(saved);
    layer_zero_gradients(l);
    return (high - low) / here;
}

static double mean_of(const double *x, int from, int to)
{
    double sum = 0;
    for (int k = from; k < to; k++)
        sum += x[k] / (to - from);
    return sum;
}

void run_sigmoids(const Run *r)
{
    static double middle[RECORDS][WATCHED], shift[RECORDS], range[RECORDS];
    Set training, test;
    sets_load(r, 60000, 500, &training, &test);
    make_binary(&training.x), make_binary(&test.x);
    Training t = sigmoids_new(r, &training);
    long every = r->steps / RECORDS;
    for (long step = 0; step < every * RECORDS; step++) {
        training_next(&t);
        if (step % every == 0) {
            int k = (int)(step / every);
            medians(t.net, &test, middle[k]);
            shift[k] = gradient_shift(t.net, dense_before_third(t.net), &t.x, &t.t, softmax_cross_entropy, r->setting).distance;
            range[k] = loss_range(&t, r->setting);
        }
        training_step(&t);
        int done = (int)((step + 1) / every);
        if (step + 1 == every * RECORDS / 2 || step + 1 == every * RECORDS)
            run_row(r, step + 1,
                    (double[]){ mean_wander(middle, 1, done), mean_of(shift, done / 2, done), mean_of(range, 0, done),
                                accuracy_on(t.net, &test) });
    }
    training_free(&t);
    sets_free(&training, &test);
}

/* Steps until 95 % of the test images are right, looked at every 25th; infinite where that never comes. */
void run_speed(const Run *r)
{
    enum { LOOK = 25 };
    Set training, test;
    sets_load(r, 60000, 2000, &training, &test);
    make_binary(&training.x), make_binary(&test.x);
    Training t = sigmoids_new(r, &training);
    double steps = INFINITY, right = 0;
    for (long step = 1; step <= r->steps && isinf(steps); step++) {
        training_next(&t);
        training_step(&t);
        if (step % LOOK == 0)
            right = accuracy_on(t.net, &test);
        if (right >= 95)
            steps = (double)step;
    }
    run_row(r, r->steps, (double[]){ steps, right });
    training_free(&t);
    sets_free(&training, &test);
}
