/* coverage: do the checker's error bars hold? Built three times. In float and in
 * double it measures the numeric slopes of many elements, and writes them down;
 * in long double it computes the analytic gradients of the same elements, which are
 * exact on the scale of the bars, and says how far each slope was off. The inputs
 * are numbers that all three precisions hold. */
#include "00_error.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_line.h"
#include "03_measure.h"
#include "03_slope.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "09_network.h"
#include "09_network_subject.h"
#include "12_batchnorm_layer.h"
#include "13_inference.h"
#include "15_gan.h"
#include "15_gan_subject.h"
#include "17_mlp_gan.h"
#include "18_conv_layer.h"
#include "19_upsample_layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- subjects of which all numbers are the same in every precision ------------------------------- */

typedef void Visit(const Subject *s);
static Visit *visit;
static int regime; /* A to D, as in gradcheck_report */

/* Multiples of 2^-22 between -2 and 2. */
static void fill(Random *r, real *x, size_t n)
{
    random_uniform(r, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] = 4 * (x[i] - (real)0.5);
}

/* Smaller: where a discriminator is certain, its slopes are 0 to rounding in any precision. */
static void fill_parameters(Random *r, const Layer *l)
{
    for (int k = 0; k < l->n_param; k++) {
        Tensor *p = &l->param[k]->value;
        fill(r, p->data, tensor_size(p));
        for (size_t i = 0; i < tensor_size(p); i++)
            p->data[i] /= 4;
    }
}

/* Rounded to float, whatever real is. */
static void into_regime(real *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double of_size_1 = (double)x[i];
        x[i] = (real)(float)(regime == 1 ? of_size_1 + 100 : regime == 2 ? of_size_1 / 128 : of_size_1);
    }
}

static void visit_subject(LayerSubject *s, Random *r)
{
    fill_parameters(r, s->layer);
    fill(r, s->x.data, tensor_size(&s->x));
    fill(r, s->u.data, tensor_size(&s->u));
    into_regime(s->x.data, tensor_size(&s->x));
    for (size_t i = 0; regime == 3 && i < tensor_size(&s->u); i++)
        s->u.data[i] *= (real)0x1p-20;
    visit(&s->subject);
}

static void visit_layer(Layer *l, Shape x, Mode mode, Random *r)
{
    LayerSubject s;
    layer_subject_init(&s, l, x, mode, r);
    for (int k = 0; k < l->n_state; k++)
        random_uniform(r, l->state[k]->value.data, tensor_size(&l->state[k]->value));
    visit_subject(&s, r);
    layer_subject_free(&s);
    layer_free(l);
}

static void visit_loss(Loss *loss, int N, int C, Random *r)
{
    LossSubject s;
    loss_subject_init(&s, loss, N, C, r);
    fill(r, s.y.data, tensor_size(&s.y));
    for (size_t i = 0; i < tensor_size(&s.t); i++)
        s.t.data[i] = i % (size_t)C == i / (size_t)C % (size_t)C; /* one class a row */
    visit(&s.subject);
    loss_subject_free(&s);
}

static void visit_network(Random *r)
{
    Layer *first = dense_new(4, 6, INIT_PYTORCH, r), *last = dense_new(6, 2, INIT_PYTORCH, r);
    Network *n = network_new("mlp", (Layer *[]){ first, batchnorm_training_new(6, 0x1p-17), leaky_relu_new(0.25), last, NULL });
    LayerSubject s;
    network_subject_init(&s, n, (Shape){ 2, { 7, 4 } }, PROBE, r);
    visit_subject(&s, r);
    layer_subject_free(&s);
    network_free(n);
}

static void visit_gan(bool of_generator, Random *r)
{
    Network *generator = mlp_generator(3, 4, 6, false, batchnorm_pytorch(), r);
    Gan g = gan_new(generator, mlp_discriminator(6, 4, false, batchnorm_pytorch(), r), 3, adam_pytorch(2e-4, 0.5), 1);
    GanSubject s;
    gan_subject_init(&s, &g, of_generator, 8, 6, r);
    fill_parameters(r, &g.generator->base), fill_parameters(r, &g.discriminator->base);
    fill(r, g.z.data, tensor_size(&g.z)), fill(r, s.real_examples.data, tensor_size(&s.real_examples));
    visit(&s.subject);
    gan_subject_free(&s);
    gan_free(&g);
}

static Shape vectors(int R, int C) { return (Shape){ 2, { R, C } }; }
static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

static void visit_all(uint64_t seed)
{
    Random r = random_stream(seed, "coverage", (uint64_t)regime);
    BatchNormOptions keras = batchnorm_keras();
    keras.eps = 0x1p-10;
    visit_layer(dense_new(4, 3, INIT_PYTORCH, &r), vectors(6, 4), PROBE, &r);
    visit_layer(leaky_relu_new(0.25), vectors(5, 4), PROBE, &r);
    visit_layer(tanh_new(), vectors(5, 4), PROBE, &r);
    visit_layer(sigmoid_new(), vectors(5, 4), PROBE, &r);
    visit_loss(squared_error, 5, 3, &r);
    visit_loss(bce_logits, 8, 1, &r);
    visit_loss(softmax_cross_entropy, 5, 4, &r);
    visit_network(&r);
    visit_layer(batchnorm_training_new(4, 0x1p-17), vectors(6, 4), PROBE, &r);
    visit_layer(batchnorm_training_new(3, 0x1p-10), maps(2, 2, 2, 3), PROBE, &r);
    visit_layer(batchnorm_new(4, keras), vectors(6, 4), EVAL, &r);
    visit_gan(true, &r);
    visit_gan(false, &r);
    visit_layer(conv_new(2, 3, 3, 1, PAD_KERAS, INIT_GLOROT, &r), maps(2, 4, 5, 2), PROBE, &r);
    visit_layer(transposed_new(2, 2, 4, 2, PAD_KERAS, INIT_GLOROT, &r), maps(1, 3, 3, 2), PROBE, &r);
    visit_layer(upsample_conv_new(2, 2, 3, INIT_GLOROT, &r), maps(1, 3, 2, 2), PROBE, &r);
}

/* ---- in float and double: the slopes, written down ---------------------------------------------------- */

static FILE *slopes;

/* Ridders's own estimate, from two neighbours and without the loss's rounding. */
static Slope as_ridders(ProbeFunction *probe, void *line, double h)
{
    enum { LEVELS = 10 };
    double T[LEVELS][LEVELS];
    Slope best = { NAN, INFINITY, 0 };
    for (int k = 0; k < LEVELS; k++, h /= 2) {
        Probe plus = probe(line, h), minus = probe(line, -plus.t);
        T[k][0] = (plus.loss - minus.loss) / (plus.t - minus.t);
        double power = 1;
        for (int j = 1; j <= k; j++) {
            power *= 4;
            T[k][j] = T[k][j - 1] + (T[k][j - 1] - T[k - 1][j - 1]) / (power - 1);
            double error = fmax(fabs(T[k][j] - T[k][j - 1]), fabs(T[k][j] - T[k - 1][j - 1]));
            if (error <= best.error)
                best.value = T[k][j], best.error = error;
        }
        if (k > 0 && fabs(T[k][k] - T[k - 1][k - 1]) >= 2 * best.error)
            break;
    }
    return best;
}

static void write_slopes(const Subject *s)
{
    Measurement m = gradcheck_measure(s);
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++) {
            ElementLine line = { s, &s->array[a], i };
            Slope slope = m.array[a].slope[i], theirs = as_ridders(probe_element, &line, array_spread(&s->array[a]));
            fprintf(slopes, "%a %a %a %a %a\n", slope.value, slope.error, slope.bend, theirs.value, theirs.error);
        }
    measurement_free(&m);
}

/* ---- in long double: the truth --------------------------------------------------------------------------- */

/* |numeric - truth| by the error estimate, of every element that has an estimate. */
typedef struct {
    double *ratio;
    int n;
} Ratios;
static Ratios ours, theirs;
enum { MOST = 1 << 22 };

static void add_ratio(Ratios *r, const Slope *slope, double truth)
{
    double off = fabs(truth - slope_nearest(slope, truth));
    if (isfinite(slope->error) && r->n < MOST)
        r->ratio[r->n++] = off == 0 ? 0 : off / slope->error;
}

static void compare_slopes(const Subject *s)
{
    s->evaluate(s->self);
    s->gradient(s->self);
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++) {
            Slope slope = { 0 }, other = { 0 };
            if (fscanf(slopes, "%la %la %la %la %la", &slope.value, &slope.error, &slope.bend, &other.value, &other.error) != 5)
                user_error("the slopes end too early; expected those of the same number of inputs");
            add_ratio(&ours, &slope, (double)s->array[a].dx[i]);
            add_ratio(&theirs, &other, (double)s->array[a].dx[i]);
        }
}

static double quantile(const Ratios *r, double q) { return r->ratio[(int)(q * (r->n - 1))]; }

static double inside(const Ratios *r, double bars)
{
    int n = 0;
    while (n < r->n && r->ratio[n] <= bars)
        n++;
    return 100.0 * n / r->n;
}

static void write_row(FILE *tsv, const char *precision, const char *estimate, Ratios *r)
{
    sort_numbers(r->ratio, r->n);
    fprintf(tsv, "%s\t%s\t%d\t%.2f\t%.4f\t%.4f\t%.2g\t%.2g\t%.2g\t%.2g\n", precision, estimate, r->n, inside(r, 1),
            inside(r, 2), inside(r, 16), quantile(r, 0.5), quantile(r, 0.99), quantile(r, 0.9999), r->ratio[r->n - 1]);
    r->n = 0;
}

/* ---- the program ------------------------------------------------------------------------------------------ */

static void all_regimes(long seeds, const char *label)
{
    Progress p = progress_start(label, 4 * seeds);
    for (regime = 0; regime < 4; regime++)
        for (long seed = 0; seed < seeds; seed++) {
            visit_all((uint64_t)seed);
            progress_show(&p, regime * seeds + seed + 1, "regime %c", 'A' + regime);
        }
    progress_end(&p);
}

static void judge(const char *out, long seeds)
{
    static const char *const precision[] = { "float", "double" };
    FILE *tsv = tsv_open(out, "gradcheck_coverage.tsv",
                         "slopes in\testimate\telements\twithin 1, %\twithin 2, %\twithin 16, %\tmedian\t99 %\t99.99 %\tworst");
    ours.ratio = memory_get(MOST * sizeof(double)), theirs.ratio = memory_get(MOST * sizeof(double));
    visit = compare_slopes;
    for (int k = 0; k < 2; k++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/coverage_%s.txt", out, precision[k]);
        slopes = fopen(path, "r");
        if (!slopes)
            user_error("%s: not there; expected what the programs in float and double write", path);
        all_regimes(seeds, precision[k]);
        fclose(slopes);
        write_row(tsv, precision[k], "this checker's", &ours);
        write_row(tsv, precision[k], "Ridders's own", &theirs);
    }
    memory_release(ours.ratio), memory_release(theirs.ratio);
    output_close(tsv);
}

int main(int argc, char **argv)
{
    long seeds = 40;
    const char *out = "build/results";
    const Option option[] = {
        { "seeds", OPTION_INTEGER, &seeds, "random inputs of every module and regime", 1, 1e4, NULL },
        { "out", OPTION_TEXT, &out, "directory for the slopes and for gradcheck_coverage.tsv", 0, 0, NULL },
        { 0 },
    };
    options_read(argc, argv,
                 "Do the checker's error bars hold? The programs in float and double write slopes,\n"
                 "the one in long double compares them with exact ones. This one computes in " REAL_NAME ".",
                 option);
    threads_set(1);
    if (sizeof(real) > sizeof(double)) {
        judge(out, seeds);
        return 0;
    }
    slopes = output_open(out, "coverage_" REAL_NAME ".txt");
    visit = write_slopes;
    all_regimes(seeds, REAL_NAME);
    output_close(slopes);
    return 0;
}
