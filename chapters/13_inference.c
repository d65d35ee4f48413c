/* Chapter 13's experiments. A trained classifier with batch norm sees one and
 * the same image among 200 different batches, in training and in evaluation
 * mode. And running statistics follow a known distribution that stands still,
 * then moves: which momentum is how far off? */
#include "13_inference.h"
#include "00_error.h"
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
#include "09_network.h"
#include "10_data.h"
#include "10_load.h"

enum { BATCH = 16, OTHERS = 200 };

/* ---- one image among many batches ------------------------------------------------------- */

static Network *train_classifier(const Images *d, uint64_t seed)
{
    Random r = random_stream(seed, "weights", 0);
    Layer *hidden = dense_new(images_pixels(d), 64, INIT_PYTORCH, &r), *output = dense_new(64, d->classes, INIT_PYTORCH, &r);
    Network *n = network_new("classifier",
                             (Layer *[]){ hidden, batchnorm_new(64, batchnorm_pytorch()), relu_new(), output, NULL });
    Optimizer o = adam_new(&n->base, adam_pytorch(1e-3, 0.9));
    Shuffle s = shuffle_new(d->n, random_stream(seed, "batches", 0));
    Tensor x = { 0 }, t = { 0 };
    int index[BATCH];
    for (int step = 0; step < 1500; step++) {
        shuffle_next(&s, index, BATCH);
        images_rows(d, index, 0, BATCH, &x);
        labels_rows(d, index, 0, BATCH, &t);
        network_gradient(n, &x, &t, softmax_cross_entropy, TRAIN);
        optimizer_step(&o);
    }
    shuffle_free(&s);
    optimizer_free(&o);
    tensor_free(&x), tensor_free(&t);
    return n;
}

/* Two outputs for image 3: of its own class, and of the class five further. */
static void cloud(const Experiment *e)
{
    Images d = images_load(e->data, TRAINING_SET);
    if (d.n < BATCH)
        user_error("--data %s: found %d images; expected at least %d", e->data, d.n, BATCH);
    Network *n = train_classifier(&d, (uint64_t)e->seed);
    Random r = random_stream((uint64_t)e->seed, "neighbours", 0);
    int index[BATCH], own = d.label[3], next = (own + 5) % d.classes;
    Tensor x = { 0 };
    static const Mode asked[] = { PROBE, EVAL }; /* as in training, but without a trace; and by running statistics */
    double y[2][2];
    FILE *tsv = tsv_open(e->out, "13_inference_cloud.tsv", "batch\ttrain_own\ttrain_other\teval_own\teval_other");
    index[0] = 3;
    for (int batch = 0; batch < OTHERS; batch++) {
        for (int i = 1; i < BATCH; i++)
            index[i] = random_index(&r, d.n);
        images_rows(&d, index, 0, BATCH, &x);
        for (int k = 0; k < 2; k++) {
            const Tensor *out = network_forward(n, &x, asked[k]);
            y[k][0] = (double)out->data[own], y[k][1] = (double)out->data[next];
        }
        fprintf(tsv, "%d\t%.5f\t%.5f\t%.5f\t%.5f\n", batch, y[0][0], y[0][1], y[1][0], y[1][1]);
    }
    output_close(tsv);
    tensor_free(&x);
    network_free(n);
    images_free(&d);
}

/* ---- running statistics against the truth -------------------------------------------------- */

enum { ARMS = 4, STEPS = 1000, ROWS = 32 };

/* Mean 3 and variance 4; from step 500 on, the mean drifts to 6. */
static double true_mean(int step) { return step < 500 ? 3 : 3 + 3.0 * (step - 500) / 500; }

static void running(const Experiment *e)
{
    static const double momentum[ARMS] = { 0.1, 0.01, 0.001, 0 };
    Layer *l[ARMS];
    for (int a = 0; a < ARMS; a++) {
        BatchNormOptions o = batchnorm_pytorch();
        o.momentum = momentum[a];
        o.cumulative = a == 3;
        l[a] = batchnorm_new(1, o);
    }
    Random r = random_stream((uint64_t)e->seed, "batches", 1);
    Tensor x = tensor_new((Shape){ 2, { ROWS, 1 } });
    FILE *tsv = tsv_open(
        e->out, "13_inference_running.tsv",
        "step\ttrue_mean\tmean_10\tmean_100\tmean_1000\tmean_cumulative\ttrue_var\tvar_10\tvar_100\tvar_1000\tvar_cumulative");
    for (int step = 0; step <= STEPS; step++) {
        if (step % 5 == 0) {
            fprintf(tsv, "%d", step);
            for (int s = 0; s < 2; s++) {
                fprintf(tsv, "\t%.5f", s == 0 ? true_mean(step) : 4.0);
                for (int a = 0; a < ARMS; a++)
                    fprintf(tsv, "\t%.5f", (double)l[a]->state[s]->value.data[0]);
            }
            fprintf(tsv, "\n");
        }
        random_normal(&r, x.data, ROWS);
        for (int i = 0; i < ROWS; i++)
            x.data[i] = (real)(true_mean(step) + 2 * (double)x.data[i]);
        for (int a = 0; a < ARMS; a++)
            layer_forward(l[a], &x, TRAIN);
    }
    output_close(tsv);
    for (int a = 0; a < ARMS; a++)
        layer_free(l[a]);
    tensor_free(&x);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv,
                                   "Chapter 13: one image among many batches; running statistics against the truth.", NULL);
    cloud(&e);
    running(&e);
    return 0;
}
