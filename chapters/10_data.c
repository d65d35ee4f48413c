/* Chapter 10's experiment: covariate shift. A classifier learns images with
 * standardised pixels and with raw ones; then the test images grow brighter.
 * Does it help to standardise by the training statistics? By the test set's? */
#include "10_data.h"
#include "00_files.h"
#include "00_options.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_load.h"

enum { HIDDEN = 64, BATCH = 100, SHIFTS = 13, ARMS = 3 };
enum { RAW, BY_TRAINING, BY_TEST };

typedef struct {
    Tensor x, t;
} Set;

static Set set_new(Images *d, int most)
{
    Set s = { 0 };
    int n = d->n < most ? d->n : most;
    images_rows(d, NULL, 0, n, &s.x);
    labels_rows(d, NULL, 0, n, &s.t);
    images_free(d);
    return s;
}

static void set_free(Set *s)
{
    tensor_free(&s->x);
    tensor_free(&s->t);
}

static void train(Network *n, const Set *s, int epochs, uint64_t seed)
{
    int F = shape_columns(s->x.shape), C = shape_columns(s->t.shape), index[BATCH];
    Tensor x = tensor_new((Shape){ 2, { BATCH, F } }), t = tensor_new((Shape){ 2, { BATCH, C } });
    Shuffle shuffle = shuffle_new(shape_rows(s->x.shape), random_stream(seed, "batches", 0));
    Optimizer o = adam_new(&n->base, adam_pytorch(1e-3, 0.9));
    for (int step = 0; step < epochs * shuffle.n / BATCH; step++) {
        shuffle_next(&shuffle, index, BATCH);
        for (int i = 0; i < BATCH; i++) {
            for (int j = 0; j < F; j++)
                x.data[i * F + j] = s->x.data[(size_t)index[i] * (size_t)F + (size_t)j];
            for (int j = 0; j < C; j++)
                t.data[i * C + j] = s->t.data[index[i] * C + j];
        }
        network_gradient(n, &x, &t, softmax_cross_entropy, TRAIN);
        optimizer_step(&o);
    }
    shuffle_free(&shuffle);
    optimizer_free(&o);
    tensor_free(&x), tensor_free(&t);
}

static Network *new_classifier(int pixels, int classes, uint64_t seed)
{
    Random r = random_stream(seed, "weights", 0);
    Layer *hidden = dense_new(pixels, HIDDEN, INIT_PYTORCH, &r), *output = dense_new(HIDDEN, classes, INIT_PYTORCH, &r);
    return network_new("classifier", (Layer *[]){ hidden, relu_new(), output, NULL });
}

/* One standardisation for all pixels together, as if they were one column. */
static void fit_all(real *mean, real *rstd, const Tensor *x) { standardise_fit(mean, rstd, x->data, (int)tensor_size(x), 1); }

static void map_all(Tensor *y, const Tensor *x, double scale, double shift)
{
    tensor_resize(y, x->shape);
    for (size_t i = 0; i < tensor_size(x); i++)
        y->data[i] = (real)(scale * (double)x->data[i] + shift);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 10: accuracy of a classifier as the test images grow brighter.", NULL);
    Images training_images, test_images;
    images_load_both(e.data, &training_images, &test_images, BATCH);
    Set training = set_new(&training_images, e.full ? 60000 : 5000), test = set_new(&test_images, 2000);
    int F = shape_columns(training.x.shape), C = shape_columns(training.t.shape), epochs = e.full ? 10 : 6;
    Network *raw = new_classifier(F, C, (uint64_t)e.seed), *standard = new_classifier(F, C, (uint64_t)e.seed);
    real mean, rstd;
    fit_all(&mean, &rstd, &training.x);
    train(raw, &training, epochs, (uint64_t)e.seed);
    map_all(&training.x, &training.x, rstd, -mean * rstd);
    train(standard, &training, epochs, (uint64_t)e.seed);
    FILE *tsv = tsv_open(e.out, "10_data.tsv", "shift\traw\tby_training_statistics\tby_test_statistics");
    Tensor shifted = { 0 }, input = { 0 };
    for (int k = 0; k < SHIFTS; k++) {
        double shift = 2.0 * k / (SHIFTS - 1), accuracies[ARMS];
        real m = mean, s = rstd;
        map_all(&shifted, &test.x, 1, shift);
        for (int arm = 0; arm < ARMS; arm++) {
            if (arm == BY_TEST)
                fit_all(&m, &s, &shifted);
            map_all(&input, &shifted, arm == RAW ? 1 : s, arm == RAW ? 0 : -m * s);
            const Tensor *y = network_forward(arm == RAW ? raw : standard, &input, EVAL);
            accuracies[arm] = accuracy(y->data, test.t.data, shape_rows(test.x.shape), C);
        }
        fprintf(tsv, "%.3f\t%.4f\t%.4f\t%.4f\n", shift, accuracies[RAW], accuracies[BY_TRAINING], accuracies[BY_TEST]);
    }
    output_close(tsv);
    network_free(raw), network_free(standard);
    set_free(&training), set_free(&test);
    tensor_free(&shifted), tensor_free(&input);
    return 0;
}
