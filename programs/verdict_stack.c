#include "verdict_stack.h"

#include "01_memory.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "10_load.h"
#include "13_inference.h"

#include <string.h>

/* ---- data ------------------------------------------------------------------------------------- */

/* At most so many of the images, drawn by the run's seed. */
static Set set_of(const Run *r, Images *d, int most, const char *part)
{
    Set s = { .x = { .capacity = 0 } };
    int n = d->n < most ? d->n : most;
    Shuffle drawn = shuffle_new(d->n, random_stream((uint64_t)r->seed, part, 0));
    int *index = memory_get((size_t)n * sizeof *index);
    shuffle_next(&drawn, index, n);
    images_rows(d, index, 0, n, &s.x);
    labels_rows(d, index, 0, n, &s.t);
    shuffle_free(&drawn);
    memory_release(index);
    images_free(d);
    return s;
}

void sets_load(const Run *r, int train, int test, Set *of_training, Set *of_test)
{
    Images a, b;
    images_load_both(run_data(r), &a, &b, 1);
    *of_training = set_of(r, &a, train, "training images"), *of_test = set_of(r, &b, test, "test images");
}

void sets_free(Set *a, Set *b)
{
    tensor_free(&a->x), tensor_free(&a->t);
    tensor_free(&b->x), tensor_free(&b->t);
}

void make_binary(Tensor *x)
{
    for (size_t i = 0; i < tensor_size(x); i++)
        x->data[i] = x->data[i] > 0;
}

static void rows_of(Tensor *to, const Tensor *from, const int *index, int n)
{
    int C = shape_columns(from->shape);
    tensor_resize(to, (Shape){ 2, { n, C } });
    for (int i = 0; i < n; i++)
        memcpy(to->data + (size_t)i * (size_t)C, from->data + (size_t)index[i] * (size_t)C, (size_t)C * sizeof *to->data);
}

double accuracy_on(Network *n, const Set *s)
{
    return 100 * accuracy(network_forward(n, &s->x, EVAL)->data, s->t.data, shape_rows(s->x.shape), shape_columns(s->t.shape));
}

double loss_on(Network *n, const Set *s)
{
    return softmax_cross_entropy(network_forward(n, &s->x, EVAL)->data, s->t.data, shape_rows(s->x.shape),
                                 shape_columns(s->t.shape), NULL);
}

Layer *leaky_new(void) { return leaky_relu_new(0.2); }

static Layer *stack_dense(const Stack *s, int in, int out, Random *r)
{
    Layer *l = dense_new(in, out, s->init, r);
    for (size_t i = 0; i < tensor_size(&l->param[0]->value); i++)
        l->param[0]->value.data[i] *= (real)s->stretch;
    return l;
}

Network *stack_new(const Stack *s, long seed)
{
    Random r = random_stream((uint64_t)seed, "weights", 0); /* the same in every arm */
    Layer **list = memory_get((size_t)(3 * s->hidden + 2) * sizeof *list);
    int n = 0;
    for (int k = 0; k < s->hidden; k++) {
        list[n++] = stack_dense(s, k == 0 ? s->in : s->width, s->width, &r);
        if (s->norm)
            list[n++] = batchnorm_new(s->width, batchnorm_pytorch());
        if (s->activation)
            list[n++] = s->activation();
    }
    list[n++] = stack_dense(s, s->width, s->out, &r);
    list[n] = NULL;
    Network *net = network_new("classifier", list);
    memory_release(list);
    return net;
}

Training training_new(Network *n, const Set *s, int batch, double rate, long seed)
{
    return (Training){ .net = n,
                       .set = s,
                       .sgd = sgd_new(&n->base, rate),
                       .shuffle = shuffle_new(shape_rows(s->x.shape), random_stream((uint64_t)seed, "batches", 0)),
                       .index = memory_get((size_t)batch * sizeof(int)),
                       .batch = batch };
}

void training_free(Training *t)
{
    optimizer_free(&t->sgd);
    shuffle_free(&t->shuffle);
    tensor_free(&t->x), tensor_free(&t->t);
    memory_release(t->index);
    network_free(t->net);
}

void training_next(Training *t)
{
    shuffle_next(&t->shuffle, t->index, t->batch);
    rows_of(&t->x, &t->set->x, t->index, t->batch);
    rows_of(&t->t, &t->set->t, t->index, t->batch);
}

double training_step(Training *t)
{
    double loss = network_gradient(t->net, &t->x, &t->t, softmax_cross_entropy, TRAIN);
    optimizer_step(&t->sgd);
    return loss;
}
