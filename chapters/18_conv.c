/* Chapter 18's experiment: how many labelled digits does a classifier need,
 * when its weights are shared over the image and when they are not? Three
 * networks, trained alike on 100 images and more, measured on 2,000 others. */
#include "18_conv.h"
#include "00_error.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_load.h"
#include "16_classifier.h"
#include "18_conv_layer.h"
#include "18_reshape.h"

enum { STEPS = 500, BATCH = 64, SEEDS = 3 };

/* 784 -> 14 x 14 x 8 -> 7 x 7 x 16 -> 10: 11,274 weights. */
static Network *convolutional(int side, int classes, Random *r)
{
    Layer *first = conv_new(1, 8, 5, 2, PAD_KERAS, INIT_HE, r), *second = conv_new(8, 16, 5, 2, PAD_KERAS, INIT_HE, r);
    int low = ((side + 1) / 2 + 1) / 2;
    Layer *last = dense_new(low * low * 16, classes, INIT_HE, r);
    return network_new("convolutional", (Layer *[]){ reshape_new(side, side, 1), first, leaky_relu_new(0.2), second,
                                                     leaky_relu_new(0.2), last, NULL });
}

/* 784 -> 14 -> 10: as many weights. */
static Network *dense_small(int side, int classes, Random *r)
{
    Layer *first = dense_new(side * side, 14, INIT_HE, r), *last = dense_new(14, classes, INIT_HE, r);
    return network_new("dense, as many weights", (Layer *[]){ first, leaky_relu_new(0.2), last, NULL });
}

/* 784 -> 256 -> 128 -> 10: twenty times as many. */
static Network *dense_large(int side, int classes, Random *r)
{
    Layer *first = dense_new(side * side, 256, INIT_HE, r), *second = dense_new(256, 128, INIT_HE, r);
    Layer *last = dense_new(128, classes, INIT_HE, r);
    return network_new("dense, 20 times as many",
                       (Layer *[]){ first, leaky_relu_new(0.2), second, leaky_relu_new(0.2), last, NULL });
}

typedef Network *Maker(int side, int classes, Random *r);
static Maker *const maker[] = { convolutional, dense_small, dense_large };

/* The first n images, again and again, in random order. */
static void train(Network *net, const Images *d, int n, uint64_t seed)
{
    Optimizer o = adam_new(&net->base, adam_pytorch(1e-3, 0.9));
    Shuffle s = shuffle_new(n, random_stream(seed, "order", 0));
    Tensor x = { 0 }, t = { 0 };
    int index[BATCH];
    for (int step = 0; step < STEPS; step++) {
        shuffle_next(&s, index, BATCH);
        images_rows(d, index, 0, BATCH, &x);
        labels_rows(d, index, 0, BATCH, &t);
        network_gradient(net, &x, &t, softmax_cross_entropy, TRAIN);
        optimizer_step(&o);
    }
    tensor_free(&x), tensor_free(&t);
    shuffle_free(&s);
    optimizer_free(&o);
}

int main(int argc, char **argv)
{
    static const int sizes[] = { 100, 300, 1000, 3000, 10000 };
    enum { SIZES = sizeof sizes / sizeof *sizes, MAKERS = sizeof maker / sizeof *maker };
    Experiment e = experiment_read(
        argc, argv,
        "Chapter 18: a convolutional classifier against dense ones, by the number of training images.\n"
        "Writes 18_conv.tsv.",
        NULL);
    Images d, test;
    images_load_both(e.data, &d, &test, 1);
    if (d.height != d.width)
        user_error("--data %s: found images of %dx%d; expected square ones", e.data, d.height, d.width);
    if (d.n < sizes[SIZES - 1])
        user_error("--data %s: found %d images to train on; expected at least %d", e.data, d.n, sizes[SIZES - 1]);
    int seeds = e.full ? 5 * SEEDS : SEEDS;
    FILE *tsv = tsv_open(e.out, "18_conv.tsv", "network\tweights\timages\tseed\taccuracy");
    Progress progress = progress_start("18_conv", MAKERS * SIZES * seeds);
    for (int m = 0, done = 0; m < MAKERS; m++)
        for (int k = 0; k < SIZES; k++)
            for (int seed = 1; seed <= seeds; seed++) {
                Random r = random_stream((uint64_t)(e.seed - 1 + seed), "weights", 0);
                Network *net = maker[m](d.height, d.classes, &r);
                train(net, &d, sizes[k], (uint64_t)(e.seed - 1 + seed));
                fprintf(tsv, "%s\t%ld\t%d\t%d\t%.4f\n", net->name, layer_param_count(&net->base), sizes[k], seed,
                        classifier_accuracy(net, &test));
                progress_show(&progress, ++done, "%s", net->name);
                network_free(net);
            }
    progress_end(&progress);
    output_close(tsv);
    images_free(&d), images_free(&test);
    return 0;
}
