/* Chapter 9's experiment: dead units. The same network learns with ReLU and
 * with LeakyReLU, at a learning rate on the high side; now and then we count
 * the hidden units that pass no gradient for any training example. */
#include "09_network.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"

#include <string.h>

enum { N = 512, INPUTS = 8, WIDTH = 64, BATCH = 64, STEPS = 1000, EVERY = 20, POINTS = STEPS / EVERY + 1, SEEDS = 8 };
enum { RELU, LEAKY, ARMS };

typedef struct {
    double loss, left, dead; /* share of units always on the left; share of units without gradient */
} Count;

/* A target that needs both sides of many folds. */
static void make_task(Tensor *x, Tensor *t, Random *r)
{
    random_normal(r, x->data, tensor_size(x));
    for (int i = 0; i < N; i++) {
        const real *xi = x->data + i * INPUTS;
        t->data[i] = sin(2 * xi[0]) + xi[1] * xi[2] - fabs(xi[3]);
    }
}

static Network *make_network(int arm, Random *r)
{
    Layer *first = dense_new(INPUTS, WIDTH, INIT_HE, r), *second = dense_new(WIDTH, WIDTH, INIT_HE, r);
    Layer *output = dense_new(WIDTH, 1, INIT_HE, r);
    return network_new("regression", (Layer *[]){ first, arm == RELU ? relu_new() : leaky_relu_new(0.2), second,
                                                  arm == RELU ? relu_new() : leaky_relu_new(0.2), output, NULL });
}

/* Is the gradient of unit j's weights and bias exactly 0? */
static bool without_gradient(const Layer *dense, int j)
{
    const Tensor *dW = &dense->param[0]->grad, *db = &dense->param[1]->grad;
    bool zero = db->data[j] == 0;
    for (int i = 0; i < dW->shape.dim[0]; i++)
        zero &= dW->data[i * WIDTH + j] == 0;
    return zero;
}

/* Of the hidden units: those whose input is negative for every example, and
 * those that get no gradient from the whole training set. */
static Count count_units(Network *n, const Tensor *x, const Tensor *t)
{
    Count c = { network_gradient(n, x, t, squared_error, PROBE), 0, 0 };
    for (int l = 0; l <= 2; l += 2)
        for (int j = 0; j < WIDTH; j++) {
            bool left = true;
            for (int i = 0; i < N; i++)
                left &= !(n->layer[l]->y.data[i * WIDTH + j] > 0);
            c.left += left / (2.0 * WIDTH);
            c.dead += without_gradient(n->layer[l], j) / (2.0 * WIDTH);
        }
    layer_zero_gradients(&n->base);
    return c;
}

/* The next BATCH of the N examples. */
static void next_batch(Tensor *xb, Tensor *tb, const Tensor *x, const Tensor *t, int step)
{
    int first = step * BATCH % N;
    memcpy(xb->data, x->data + first * INPUTS, BATCH * INPUTS * sizeof(real));
    memcpy(tb->data, t->data + first, BATCH * sizeof(real));
}

static void train(Network *n, const Tensor *x, const Tensor *t, Count *count)
{
    Tensor xb = tensor_new((Shape){ 2, { BATCH, INPUTS } }), tb = tensor_new((Shape){ 2, { BATCH, 1 } }),
           dy = tensor_new(tb.shape);
    Optimizer adam = adam_new(&n->base, adam_pytorch(0.03, 0.9));
    for (int step = 0; step <= STEPS; step++) {
        if (step % EVERY == 0)
            count[step / EVERY] = count_units(n, x, t);
        next_batch(&xb, &tb, x, t, step);
        const Tensor *y = network_forward(n, &xb, TRAIN);
        squared_error(y->data, tb.data, BATCH, 1, dy.data);
        network_backward(n, &dy, NULL, WITH_PARAM);
        optimizer_step(&adam);
    }
    optimizer_free(&adam);
    tensor_free(&xb), tensor_free(&tb), tensor_free(&dy);
}

static void run(int arm, uint64_t seed, Count *count)
{
    Random r = random_stream(seed, "dead units", 0);
    Tensor x = tensor_new((Shape){ 2, { N, INPUTS } }), t = tensor_new((Shape){ 2, { N, 1 } });
    make_task(&x, &t, &r);
    Network *n = make_network(arm, &r);
    train(n, &x, &t, count);
    network_free(n);
    tensor_free(&x), tensor_free(&t);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 9: units that no gradient reaches any more, ReLU against LeakyReLU.",
                                   NULL);
    static Count count[ARMS][SEEDS][POINTS];
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic)
#endif
    for (int k = 0; k < ARMS * SEEDS; k++)
        run(k / SEEDS, (uint64_t)e.seed + (uint64_t)(k % SEEDS), count[k / SEEDS][k % SEEDS]);
    FILE *tsv = tsv_open(e.out, "09_network.tsv",
                         "step\trelu_dead\trelu_low\trelu_high\tleaky_left\tleaky_dead\trelu_loss\tleaky_loss");
    for (int p = 0; p < POINTS; p++) {
        Count mean[ARMS] = { { 0, 0, 0 } };
        double low = 1, high = 0;
        for (int s = 0; s < SEEDS; s++) {
            for (int a = 0; a < ARMS; a++) {
                mean[a].loss += count[a][s][p].loss / SEEDS;
                mean[a].left += count[a][s][p].left / SEEDS;
                mean[a].dead += count[a][s][p].dead / SEEDS;
            }
            low = fmin(low, count[RELU][s][p].dead), high = fmax(high, count[RELU][s][p].dead);
        }
        fprintf(tsv, "%d\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\n", p * EVERY, mean[RELU].dead, low, high, mean[LEAKY].left,
                mean[LEAKY].dead, mean[RELU].loss, mean[LEAKY].loss);
    }
    output_close(tsv);
    return 0;
}
