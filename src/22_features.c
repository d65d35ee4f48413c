#include "22_features.h"

#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "13_inference.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "18_reshape.h"

#include <string.h>

enum { BATCH = 128, CHUNK = 500, SHIFT = 2 };
static const double RATE = 2e-3;

static Layer *norm(int C) { return batchnorm_new(C, batchnorm_pytorch()); }

FeatureNet feature_net_new(int height, int width, int classes, uint64_t seed)
{
    Random r = random_stream(seed, "feature weights", 0);
    int low = ((height + 1) / 2 + 1) / 2 * (((width + 1) / 2 + 1) / 2);
    Layer *first = conv_new(1, 32, 5, 2, PAD_KERAS, INIT_HE, &r), *second = conv_new(32, 64, 5, 2, PAD_KERAS, INIT_HE, &r);
    Layer *third = dense_new(low * 64, FEATURES, INIT_HE, &r), *output = dense_new(FEATURES, classes, INIT_HE, &r);
    Network *body = network_new("features",
                                (Layer *[]){ reshape_new(height, width, 1), first, norm(32), leaky_relu_new(0.2), second,
                                             norm(64), leaky_relu_new(0.2), third, norm(FEATURES), leaky_relu_new(0.2), NULL });
    return (FeatureNet){ network_new("classifier", (Layer *[]){ &body->base, output, NULL }), body };
}

void feature_net_free(FeatureNet *f)
{
    network_free(f->whole);
    *f = (FeatureNet){ 0 };
}

long feature_net_steps(const Images *d, int epochs) { return (long)epochs * ((d->n + BATCH - 1) / BATCH); }

/* x: the images of a batch (N rows of height x width), from `from`, each moved by up to SHIFT pixels down or up, right or
 * left, with black behind: a digit is the same a pixel farther on. */
static void shift_rows(Tensor *x, const Tensor *from, int height, int width, Random *r)
{
    int N = shape_rows(from->shape);
    tensor_resize(x, from->shape);
    for (int n = 0; n < N; n++) {
        int down = random_index(r, 2 * SHIFT + 1) - SHIFT, right = random_index(r, 2 * SHIFT + 1) - SHIFT;
        real *to = x->data + (size_t)n * (size_t)(height * width), *of = from->data + (to - x->data);
        for (int i = 0; i < height; i++)
            for (int j = 0; j < width; j++) {
                int a = i - down, b = j - right;
                bool inside = a >= 0 && a < height && b >= 0 && b < width;
                to[i * width + j] = inside ? of[a * width + b] : -1;
            }
    }
}

void feature_net_train(FeatureNet *f, const Images *d, int epochs, uint64_t seed, Progress *progress)
{
    int index[BATCH];
    Tensor images = { 0 }, x = { 0 }, t = { 0 };
    Optimizer adam = adam_new(&f->whole->base, adam_pytorch(RATE, 0.9));
    Shuffle shuffle = shuffle_new(d->n, random_stream(seed, "feature batches", 0));
    Random shifts = random_stream(seed, "feature shifts", 0);
    long steps = feature_net_steps(d, epochs);
    for (long step = 0; step < steps; step++) {
        shuffle_next(&shuffle, index, BATCH);
        images_rows(d, index, 0, BATCH, &images);
        shift_rows(&x, &images, d->height, d->width, &shifts);
        labels_rows(d, index, 0, BATCH, &t);
        double loss = network_gradient(f->whole, &x, &t, softmax_cross_entropy, TRAIN);
        adam.adam.rate = RATE * (1 - (double)step / (double)steps);
        optimizer_step(&adam);
        if (progress)
            progress_show(progress, step + 1, "loss %.3f", loss);
    }
    tensor_free(&images), tensor_free(&x), tensor_free(&t);
    shuffle_free(&shuffle);
    optimizer_free(&adam);
}

/* p = softmax(y), row by row, in place. */
static void softmax_rows(real *y, int N, int C)
{
    for (int i = 0; i < N; i++, y += C) {
        real largest = y[0];
        double total = 0;
        for (int k = 1; k < C; k++)
            largest = fmax(largest, y[k]);
        for (int k = 0; k < C; k++)
            y[k] = exp(y[k] - largest), total += (double)y[k];
        for (int k = 0; k < C; k++)
            y[k] = (real)((double)y[k] / total);
    }
}

void features_of(FeatureNet *f, const Tensor *x, Tensor *features, Tensor *probability)
{
    int N = shape_rows(x->shape), P = shape_columns(x->shape);
    tensor_resize(features, (Shape){ 2, { N, FEATURES } });
    for (int first = 0; first < N; first += CHUNK) {
        int n = N - first < CHUNK ? N - first : CHUNK;
        Tensor part = { { 2, { n, P } }, (size_t)n * (size_t)P, x->data + (size_t)first * (size_t)P };
        const Tensor *y = network_forward(f->whole, &part, EVAL), *h = &f->body->layer[f->body->n_layer - 1]->y;
        int classes = shape_columns(y->shape);
        memcpy(features->data + (size_t)first * FEATURES, h->data, (size_t)n * FEATURES * sizeof(real));
        if (!probability)
            continue;
        if (first == 0)
            tensor_resize(probability, (Shape){ 2, { N, classes } });
        real *p = probability->data + (size_t)first * (size_t)classes;
        memcpy(p, y->data, (size_t)n * (size_t)classes * sizeof(real));
        softmax_rows(p, n, classes);
    }
}

double feature_net_accuracy(FeatureNet *f, const Images *d)
{
    Tensor x = { 0 }, features = { 0 }, p = { 0 }, t = { 0 };
    images_rows(d, NULL, 0, d->n, &x);
    labels_rows(d, NULL, 0, d->n, &t);
    features_of(f, &x, &features, &p);
    double right = accuracy(p.data, t.data, d->n, d->classes);
    tensor_free(&x), tensor_free(&features), tensor_free(&p), tensor_free(&t);
    return right;
}
