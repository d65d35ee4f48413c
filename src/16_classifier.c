#include "16_classifier.h"

#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "16_modes.h"

Network *classifier_new(int pixels, int classes, uint64_t seed)
{
    Random r = random_stream(seed, "classifier weights", 0);
    Layer *first = dense_new(pixels, 256, INIT_PYTORCH, &r), *second = dense_new(256, 128, INIT_PYTORCH, &r);
    Layer *output = dense_new(128, classes, INIT_PYTORCH, &r);
    return network_new("classifier", (Layer *[]){ first, relu_new(), second, relu_new(), output, NULL });
}

void classifier_train(Network *c, const Images *d, int epochs, uint64_t seed, Progress *progress)
{
    enum { BATCH = 128 };
    int index[BATCH];
    Tensor x = { 0 }, t = { 0 };
    Optimizer adam = adam_new(&c->base, adam_pytorch(1e-3, 0.9));
    Shuffle shuffle = shuffle_new(d->n, random_stream(seed, "classifier batches", 0));
    long steps = (long)epochs * ((d->n + BATCH - 1) / BATCH);
    for (long step = 0; step < steps; step++) {
        shuffle_next(&shuffle, index, BATCH);
        images_rows(d, index, 0, BATCH, &x);
        labels_rows(d, index, 0, BATCH, &t);
        double loss = network_gradient(c, &x, &t, softmax_cross_entropy, TRAIN);
        optimizer_step(&adam);
        if (progress)
            progress_show(progress, step, "loss %.3f", loss);
    }
    tensor_free(&x);
    tensor_free(&t);
    shuffle_free(&shuffle);
    optimizer_free(&adam);
}

void classifier_labels(Network *c, const Tensor *x, uint8_t *label) { likeliest_classes(label, network_forward(c, x, EVAL)); }

double classifier_accuracy(Network *c, const Images *d)
{
    enum { BATCH = 500 };
    uint8_t label[BATCH];
    Tensor x = { 0 };
    int right = 0;
    for (int first = 0; first < d->n; first += BATCH) {
        int n = d->n - first < BATCH ? d->n - first : BATCH;
        images_rows(d, NULL, first, n, &x);
        classifier_labels(c, &x, label);
        for (int i = 0; i < n; i++)
            right += label[i] == d->label[first + i];
    }
    tensor_free(&x);
    return (double)right / d->n;
}
