/* Chapter 14's experiment, after figure 1 of Ioffe and Szegedy: binary 28 x 28
 * images, three layers of 100 sigmoids, small normal weights, batches of 60;
 * with batch norm before each sigmoid and without. Over training: the band of
 * one unit's input, the test accuracy, and how far a layer's gradient changes
 * when the layers below it take their step. */
#include "14_shift.h"
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
#include "13_inference.h"

enum { HIDDEN = 100, BATCH = 60, TEST = 500, MAX_RECORDS = 101 };
enum { PLAIN, NORMED, ARMS };
static const double rate = 0.5;

typedef struct {
    Percentiles band;
    double accuracy;
    GradientShift shift;
} Record;

typedef struct {
    Images training;
    Tensor x, t; /* of the test set */
    int steps, every;
} Setting;

static void make_binary(Tensor *x)
{
    for (size_t i = 0; i < tensor_size(x); i++)
        x->data[i] = x->data[i] > 0;
}

/* Dense layers drawn with deviation 0.1: ten times INIT_NORMAL's. */
static Layer *small_dense(int in, int out, Random *r)
{
    Layer *l = dense_new(in, out, INIT_NORMAL, r);
    for (size_t i = 0; i < tensor_size(&l->param[0]->value); i++)
        l->param[0]->value.data[i] *= 10;
    return l;
}

static Network *make_network(int arm, int pixels, int classes, uint64_t seed)
{
    Random r = random_stream(seed, "weights", 0); /* the same in both arms */
    Layer *list[12];
    int n = 0, in = pixels;
    for (int k = 0; k < 3; k++, in = HIDDEN) {
        list[n++] = small_dense(in, HIDDEN, &r);
        if (arm == NORMED)
            list[n++] = batchnorm_new(HIDDEN, batchnorm_pytorch());
        list[n++] = sigmoid_new();
    }
    list[n++] = small_dense(HIDDEN, classes, &r);
    list[n] = NULL;
    return network_new("sigmoids", list);
}

/* The third sigmoid's input is the output of the layer before it; the layer
 * whose gradient is watched is the dense layer behind the second sigmoid. */
static Record look(Network *n, const Setting *s, const Tensor *x, const Tensor *t)
{
    Record r;
    const Tensor *y = network_forward(n, &s->x, EVAL);
    r.accuracy = accuracy(y->data, s->t.data, TEST, shape_columns(s->t.shape));
    r.band = percentiles_of(n->layer[n->n_layer - 3]->y.data + 7, TEST, HIDDEN); /* unit 7, as typical as any */
    int watched = n->n_layer - (is_batchnorm(n->layer[n->n_layer - 3]) ? 4 : 3);
    r.shift = gradient_shift(n, watched, x, t, softmax_cross_entropy, rate);
    return r;
}

static int train(int arm, const Setting *s, uint64_t seed, Record *record, Progress *progress)
{
    Network *n = make_network(arm, images_pixels(&s->training), s->training.classes, seed);
    Optimizer sgd = sgd_new(&n->base, rate);
    Shuffle shuffle = shuffle_new(s->training.n, random_stream(seed, "batches", 0));
    Tensor x = { 0 }, t = { 0 };
    int index[BATCH], records = 0;
    for (int step = 0; step <= s->steps; step++) {
        shuffle_next(&shuffle, index, BATCH);
        images_rows(&s->training, index, 0, BATCH, &x);
        labels_rows(&s->training, index, 0, BATCH, &t);
        make_binary(&x);
        if (step % s->every == 0)
            record[records++] = look(n, s, &x, &t);
        double loss = network_gradient(n, &x, &t, softmax_cross_entropy, TRAIN);
        optimizer_step(&sgd);
        progress_show(progress, arm * s->steps + step + 1, "loss %.3f", loss);
    }
    optimizer_free(&sgd);
    shuffle_free(&shuffle);
    tensor_free(&x), tensor_free(&t);
    network_free(n);
    return records;
}

static int first_step_at(const Record *r, int n, int every, double accuracy)
{
    for (int i = 0; i < n; i++)
        if (r[i].accuracy >= accuracy)
            return i * every;
    return -1;
}

static void write_summary(const Experiment *e, Record record[ARMS][MAX_RECORDS], int n, int every)
{
    static const char *name[] = { "without", "with" };
    FILE *tsv = tsv_open(
        e->out, "14_shift_summary.tsv",
        "batch_norm\tdrift\twander\twidth\traw_drift\traw_wander\tgradient_shift\tgradient_cosine\tsteps_to_90\tfinal_accuracy");
    for (int a = 0; a < ARMS; a++) {
        Percentiles band[MAX_RECORDS];
        double distance = 0, cosine = 0;
        for (int i = 0; i < n; i++)
            band[i] = record[a][i].band;
        for (int i = n / 2; i < n; i++) { /* the second half, behind any plateau */
            distance += record[a][i].shift.distance / (n - n / 2);
            cosine += record[a][i].shift.cosine / (n - n / 2);
        }
        /* Not from record 0 on: before the first step running statistics have seen nothing. */
        double drift = percentile_drift(band + 1, n - 1), wander = percentile_wander(band + 1, n - 1),
               width = percentile_width(band + 1, n - 1);
        fprintf(tsv, "%s\t%.4f\t%.4f\t%.3f\t%.4f\t%.4f\t%.4f\t%.4f\t%d\t%.4f\n", name[a], drift, wander, width, drift * width,
                wander * width, distance, cosine, first_step_at(record[a], n, every, 0.9), record[a][n - 1].accuracy);
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv,
                                   "Chapter 14: internal covariate shift over training, with and without batch norm.", NULL);
    static Record record[ARMS][MAX_RECORDS];
    Setting s = { .steps = e.full ? 50000 : 3000 };
    s.every = s.steps / (MAX_RECORDS - 1);
    Images test;
    images_load_both(e.data, &s.training, &test, TEST);
    images_rows(&test, NULL, 0, TEST, &s.x);
    labels_rows(&test, NULL, 0, TEST, &s.t);
    make_binary(&s.x);
    Progress progress = progress_start("14_shift", ARMS * s.steps);
    int n = 0;
    for (int arm = 0; arm < ARMS; arm++)
        n = train(arm, &s, (uint64_t)e.seed, record[arm], &progress);
    progress_end(&progress);
    FILE *tsv = tsv_open(e.out, "14_shift.tsv",
                         "step\tplain_low\tplain_middle\tplain_high\tplain_accuracy\tplain_shift\tplain_cosine"
                         "\tbn_low\tbn_middle\tbn_high\tbn_accuracy\tbn_shift\tbn_cosine");
    for (int i = 0; i < n; i++) {
        fprintf(tsv, "%d", i * s.every);
        for (int a = 0; a < ARMS; a++) {
            const Record *r = &record[a][i];
            fprintf(tsv, "\t%.5f\t%.5f\t%.5f\t%.4f\t%.5f\t%.5f", r->band.low, r->band.middle, r->band.high, r->accuracy,
                    r->shift.distance, r->shift.cosine);
        }
        fprintf(tsv, "\n");
    }
    output_close(tsv);
    write_summary(&e, record, n, s.every);
    images_free(&s.training), images_free(&test);
    tensor_free(&s.x), tensor_free(&s.t);
    return 0;
}
