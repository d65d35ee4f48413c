/* A chain of layers that the user names: "dense 6, leaky, batchnorm, dense 2". */
#include "gradcheck.h"

#include "00_error.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "09_network.h"
#include "09_network_subject.h"
#include "13_inference.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "18_reshape.h"
#include "19_upsample_layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAYERS = 16, MOST_NUMBERS = 3 };
static const char expected[] =
    "expected layers parted by commas: dense OUT, relu, leaky, tanh, sigmoid, batchnorm, reshape H W C, conv K S OUT, "
    "transposed K S OUT, upsample, upsample_conv K OUT";

/* How many numbers stand behind a layer's name, and whether it reads maps; every layer gets its input's
 * shape from the one before. */
typedef struct {
    const char *name;
    int numbers;
    bool of_maps;
    Layer *(*make)(Shape x, const int *number, Random *r);
} Kind;

static Layer *dense(Shape x, const int *n, Random *r)
{
    return dense_new((int)shape_size(x) / x.dim[0], n[0], INIT_PYTORCH, r);
}
static Layer *relu(Shape x, const int *n, Random *r) { return (void)x, (void)n, (void)r, relu_new(); }
static Layer *leaky(Shape x, const int *n, Random *r) { return (void)x, (void)n, (void)r, leaky_relu_new((real)0.2); }
static Layer *tanh_layer(Shape x, const int *n, Random *r) { return (void)x, (void)n, (void)r, tanh_new(); }
static Layer *sigmoid(Shape x, const int *n, Random *r) { return (void)x, (void)n, (void)r, sigmoid_new(); }
static Layer *batchnorm(Shape x, const int *n, Random *r)
{
    return (void)n, (void)r, batchnorm_new(shape_columns(x), batchnorm_pytorch());
}
static Layer *reshape(Shape x, const int *n, Random *r) { return (void)x, (void)r, reshape_new(n[0], n[1], n[2]); }
static Layer *conv(Shape x, const int *n, Random *r) { return conv_new(x.dim[3], n[2], n[0], n[1], PAD_KERAS, INIT_GLOROT, r); }
static Layer *transposed_conv(Shape x, const int *n, Random *r)
{
    return transposed_new(x.dim[3], n[2], n[0], n[1], PAD_KERAS, INIT_GLOROT, r);
}
static Layer *upsample(Shape x, const int *n, Random *r) { return (void)x, (void)n, (void)r, upsample_new(); }
static Layer *upsample_conv(Shape x, const int *n, Random *r)
{
    return upsample_conv_new(x.dim[3], n[1], n[0], INIT_GLOROT, r);
}

static const Kind kinds[] = { { "dense", 1, false, dense },
                              { "relu", 0, false, relu },
                              { "leaky", 0, false, leaky },
                              { "tanh", 0, false, tanh_layer },
                              { "sigmoid", 0, false, sigmoid },
                              { "batchnorm", 0, false, batchnorm },
                              { "reshape", 3, false, reshape },
                              { "conv", 3, true, conv },
                              { "transposed", 3, true, transposed_conv },
                              { "upsample", 0, true, upsample },
                              { "upsample_conv", 2, true, upsample_conv },
                              { NULL, 0, false, NULL } };

/* "conv 3 1 8": its kind, and its numbers. NULL: there is none of that name, or the numbers are not as many, or not sizes. */
static const Kind *read_layer(const char *text, int number[MOST_NUMBERS])
{
    char name[20], rest;
    int n = sscanf(text, " %19[a-z_] %d %d %d %c", name, &number[0], &number[1], &number[2], &rest) - 1;
    const Kind *k = kinds;
    while (n >= 0 && k->name && strcmp(k->name, name) != 0)
        k++;
    for (int i = 0; i < n && i < MOST_NUMBERS; i++)
        if (number[i] < 1 || number[i] > 1000)
            return NULL;
    return n >= 0 && k->name && k->numbers == n ? k : NULL;
}

/* Numbers that a check can move one by one. */
enum { MOST = 100000 };

/* Does the layer take such an input, and is it small enough? */
static bool takes(const Kind *k, const int *number, Shape x)
{
    double inputs = (double)shape_size(x) / x.dim[0], channels = shape_columns(x),
           out = number[k->numbers ? k->numbers - 1 : 0];
    if (strcmp(k->name, "reshape") == 0)
        return inputs == (double)number[0] * number[1] * number[2];
    if (strcmp(k->name, "dense") == 0)
        return inputs * out <= MOST && x.dim[0] * out <= MOST;
    if (!k->of_maps)
        return true;
    double kernel = k->numbers ? (double)number[0] * number[0] * channels * out : 0;
    double growth = strcmp(k->name, "transposed") == 0 ? (double)number[1] * number[1] : 4;
    return x.rank == 4 && kernel <= MOST && (double)shape_size(x) * growth * (k->numbers ? out : 1) <= 10.0 * MOST;
}

static Network *chain_new(const char *text, Shape x, Random *r)
{
    Layer *list[MOST_LAYERS + 1] = { NULL };
    char part[60];
    for (int n = 0; *text; n++) {
        size_t length = strcspn(text, ",");
        int number[MOST_NUMBERS];
        snprintf(part, sizeof part, "%.*s", (int)length, text);
        const Kind *k = read_layer(part, number);
        if (!k || n == MOST_LAYERS)
            user_error("--chain: found '%s'; %s", part, expected);
        if (!takes(k, number, x))
            user_error("--chain: found '%s' behind an output of %s; expected a layer that takes it, of %d numbers at most",
                       part, shape_text(x), MOST);
        list[n] = k->make(x, number, r);
        x = layer_output_shape(list[n], x);
        text += length + (text[length] == ',');
    }
    return network_new("chain", list);
}

void chain_refuse(const char *text, Shape x)
{
    Random r = random_stream(0, "chain", 0);
    if (x.rank == 0)
        user_error("--chain: expected a --shape of its input as well, as in --shape 8x4");
    network_free(chain_new(text, x, &r));
}

void check_chain(const char *text, Shape x, double limit)
{
    for (uint64_t repeat = 0; repeat < (uint64_t)asked.seeds; repeat++) {
        Random r = random_stream((uint64_t)asked.seed + repeat, "chain", 0);
        Network *n = chain_new(text, x, &r);
        LayerSubject s;
        char name[64];
        network_subject_init(&s, n, x, PROBE, &r);
        snprintf(name, sizeof name, "at %s", shape_text(x));
        check_subject(name, (int)repeat + 1, &s.subject, limit, NULL);
        layer_subject_free(&s);
        network_free(n);
    }
}
