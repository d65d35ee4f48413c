/* Published tables, and how our numbers stand beside them: a protocol of others, followed; their rows, quoted. */
#include "verdict.h"

#include "00_files.h"
#include "00_numbers.h"
#include "01_memory.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "08_optimizer.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "15_gan.h"
#include "16_modes.h"
#include "24_maxout.h"
#include "24_runs.h"

#include <string.h>
#include <unistd.h>

/* ---- PacGAN's GAN on the ring and the grid ----------------------------------------------------------------------
 *
 * G 2-400-400-400-400-2, batch norm and ReLU; D three layers of 200 maxout units of 5 pieces; normal weights of standard
 * deviation 0.02; Adam with 1e-4 and beta1 0.8; batches of 100; D and G updated at once, from the same noise; 2,500 samples.
 * Source: Lin, Khetan, Fanti and Oh, "PacGAN", NeurIPS 2018, table 1, and the configuration published with it. */

enum { NOISE = 2, G_WIDTH = 400, G_LAYERS = 4, D_WIDTH = 200, D_LAYERS = 3, PIECES = 5, BATCH = 100, SAMPLES = 2500 };

/* INIT_NORMAL, twice as large. */
static Layer *dense_of_protocol(int in, int out, Random *r)
{
    Layer *l = dense_new(in, out, INIT_NORMAL, r);
    Tensor *w = &l->param[0]->value;
    for (size_t i = 0; i < tensor_size(w); i++)
        w->data[i] *= 2;
    return l;
}

static Network *generator_of_protocol(Random *r)
{
    BatchNormOptions o = { .eps = 1e-4, .momentum = 0.05 };
    Layer *list[3 * G_LAYERS + 2];
    int n = 0;
    for (int k = 0; k < G_LAYERS; k++) {
        list[n++] = dense_of_protocol(k == 0 ? NOISE : G_WIDTH, G_WIDTH, r);
        list[n++] = batchnorm_new(G_WIDTH, o);
        list[n++] = relu_new();
    }
    list[n++] = dense_of_protocol(G_WIDTH, 2, r);
    list[n] = NULL;
    return network_new("generator", list);
}

static Network *discriminator_of_protocol(Random *r)
{
    Layer *list[2 * D_LAYERS + 2];
    int n = 0;
    for (int k = 0; k < D_LAYERS; k++) {
        list[n++] = dense_of_protocol(k == 0 ? 2 : D_WIDTH, D_WIDTH * PIECES, r);
        list[n++] = maxout_new(PIECES);
    }
    list[n++] = dense_of_protocol(D_WIDTH, 1, r);
    list[n] = NULL;
    return network_new("discriminator", list);
}

/* Both gradients from the same noise, then both updates. PROBE: the running statistics saw this batch in D's gradient. */
static GanStep step_at_once(Gan *g, const Tensor *x)
{
    GanStep s;
    gan_noise(g, BATCH);
    gan_discriminator_gradient(g, x, TRAIN, &s);
    gan_generator_gradient(g, PROBE, &s);
    s.norm_d = optimizer_step(&g->discriminator_adam);
    s.norm_g = optimizer_step(&g->generator_adam);
    return s;
}

static void look(const Run *r, Gan *g, const Mixture *m, const Tensor *z, long step, bool diverged)
{
    Coverage c = mixture_coverage(m, gan_sample(g, z, EVAL)->data, SAMPLES);
    if (diverged)
        run_row(r, step, (double[]){ NAN, NAN, 1 });
    else
        run_row(r, step, (double[]){ c.modes, 100 * c.high_quality, 0 });
}

/* Four looks: after an eighth of the steps, a quarter, half, all. */
void run_published(const Run *r)
{
    uint64_t seed = (uint64_t)r->seed;
    Mixture m = arm_is(r, "grid") ? mixture_grid() : mixture_ring();
    Random of_g = random_stream(seed, "generator", 0), of_d = random_stream(seed, "discriminator", 0);
    Random data = random_stream(seed, "data", 0), noise = random_stream(seed, "fixed noise", 0);
    Gan g = gan_new(generator_of_protocol(&of_g), discriminator_of_protocol(&of_d), NOISE, adam_pytorch(r->setting, 0.8), seed);
    Tensor x = tensor_new((Shape){ 2, { BATCH, 2 } }), z = tensor_new((Shape){ 2, { SAMPLES, NOISE } });
    bool diverged = false;
    random_normal(&noise, z.data, tensor_size(&z));
    for (long step = 1; step <= r->steps; step++) {
        mixture_sample(&m, x.data, BATCH, &data);
        if (!diverged) {
            GanStep s = step_at_once(&g, &x);
            diverged = gan_not_finite(&g, &s) != NULL;
        }
        if (step == r->steps / 8 || step == r->steps / 4 || step == r->steps / 2 || step == r->steps)
            look(r, &g, &m, &z, step, diverged);
    }
    tensor_free(&x), tensor_free(&z);
    gan_free(&g);
}

/* ---- their rows, and ours ---------------------------------------------------------------------------------------- */

typedef struct {
    const char *data, *system, *source, *runs, *updates, *modes, *good, *divergence;
} Quoted;

/* clang-format off */
static const Quoted quoted[] = {
    { "ring", "GAN", "VEEGAN, table 1", "-", "-", "1", "99.3", "-" },
    { "ring", "unrolled GAN", "VEEGAN, table 1", "-", "-", "7.6", "35.6", "-" },
    { "ring", "VEEGAN", "VEEGAN, table 1", "-", "-", "8", "52.9", "-" },
    { "ring", "GAN", "PacGAN, table 1", "10", "400000", "6.3 ± 0.5", "98.2", "-" },
    { "ring", "PacGAN2", "PacGAN, table 1", "10", "400000", "7.9 ± 0.1", "95.6", "-" },
    { "grid", "GAN", "VEEGAN, table 1", "-", "-", "3.3", "0.5", "-" },
    { "grid", "unrolled GAN", "VEEGAN, table 1", "-", "-", "23.6", "16.0", "-" },
    { "grid", "VEEGAN", "VEEGAN, table 1", "-", "-", "24.6", "40.0", "-" },
    { "grid", "GAN", "PacGAN, table 1", "10", "400000", "17.3 ± 0.8", "94.8", "-" },
    { "grid", "PacGAN2", "PacGAN, table 1", "10", "400000", "23.8 ± 0.7", "91.3", "-" },
    { "stacked digits", "DCGAN", "VEEGAN, table 2", "-", "-", "99", "-", "3.40" },
    { "stacked digits", "DCGAN", "PacGAN, table 2", "10", "100000", "78.9 ± 6.5", "-", "4.50" },
};

/* Ours: which arm of which study, and what it is called. */
static const struct {
    const char *data, *study, *arm, *system;
} ours[] = {
    { "ring", "published", "ring", "PacGAN's GAN, here" },
    { "ring", "ring", "none", "chapter 16's GAN" },
    { "ring", "ring", "generator", "chapter 16's GAN, batch norm in G" },
    { "grid", "published", "grid", "PacGAN's GAN, here" },
    { "grid", "grid", "none", "chapter 16's GAN" },
    { "grid", "grid", "generator", "chapter 16's GAN, batch norm in G" },
    { "stacked digits", "stacked", "data", "real images" },
    { "stacked digits", "stacked", "none", "chapter 20's GAN" },
    { "stacked digits", "stacked", "generator", "chapter 20's GAN, batch norm in G" },
};
/* clang-format on */

static int column_of(const RunTable *t, const char *measure)
{
    for (int k = 0; k < t->n_measure; k++)
        if (strcmp(t->measure[k], measure) == 0)
            return k;
    return -1;
}

/* "mean ± standard error" of a measure over an arm's runs, after so many steps; a run that diverged found nothing, and its
 * divergence is not counted. Returns how many runs there are; 0 where there is no such measure. */
static int mean_text(char *text, size_t size, const RunTable *t, const char *arm, long step, const char *measure,
                     bool diverged_is_0)
{
    double sum = 0, squares = 0;
    int n = 0, k = column_of(t, measure);
    snprintf(text, size, "-");
    for (int i = 0; i < t->n_row && k >= 0; i++)
        if (strcmp(t->row[i].arm, arm) == 0 && t->row[i].step == step && (diverged_is_0 || !isnan(t->row[i].value[k]))) {
            double x = isnan(t->row[i].value[k]) ? 0 : t->row[i].value[k];
            n++, sum += x, squares += x * x;
        }
    if (n == 0)
        return 0;
    double error = n > 1 ? sqrt(fmax(0, squares - sum * sum / n) / (n - 1) / n) : 0;
    int decimals = error > 0 ? (int)fmax(0, fmin(3, ceil(-log10(error)))) : 1; /* as many as the error's first digit */
    snprintf(text, size, n > 1 ? "%.*f ± %.*f" : "%.*f", decimals, sum / n, decimals, error);
    return n;
}

static bool is_first_of_step(const RunTable *t, int row)
{
    for (int i = 0; i < row; i++)
        if (t->row[i].step == t->row[row].step && strcmp(t->row[i].arm, t->row[row].arm) == 0)
            return false;
    return true;
}

/* The rows of one arm: a line for every number of steps that it was looked at. */
static void write_ours(FILE *tsv, const RunTable *t, const char *data, const char *arm, const char *system)
{
    for (int i = 0; i < t->n_row; i++) {
        char modes[40], good[40], divergence[40];
        long step = t->row[i].step;
        if (strcmp(t->row[i].arm, arm) != 0 || !is_first_of_step(t, i))
            continue;
        int runs = mean_text(modes, sizeof modes, t, arm, step, "modes", true);
        mean_text(good, sizeof good, t, arm, step, "good", true);
        mean_text(divergence, sizeof divergence, t, arm, step, "divergence", false);
        fprintf(tsv, "%s\t%s\there\t%d\t%ld\t%s\t%s\t%s\n", data, system, runs, step, modes, good, divergence);
    }
}

static void write_quoted(FILE *tsv, const char *data)
{
    for (size_t k = 0; k < sizeof quoted / sizeof *quoted; k++)
        if (strcmp(quoted[k].data, data) == 0)
            fprintf(tsv, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", data, quoted[k].system, quoted[k].source, quoted[k].runs,
                    quoted[k].updates, quoted[k].modes, quoted[k].good, quoted[k].divergence);
}

static void write_all_ours(FILE *tsv, const char *data, const char *results)
{
    for (size_t k = 0; k < sizeof ours / sizeof *ours; k++) {
        char path[PATH_SIZE];
        if (strcmp(ours[k].data, data) != 0 ||
            snprintf(path, sizeof path, "%s/%s.tsv", results, ours[k].study) >= (int)sizeof path || access(path, R_OK) != 0)
            continue;
        RunTable t = run_table_read(path);
        write_ours(tsv, &t, data, ours[k].arm, ours[k].system);
        run_table_free(&t);
    }
}

void published_write(const char *results, const char *out)
{
    static const char *const data[] = { "ring", "grid", "stacked digits" };
    FILE *tsv = tsv_open(out, "verdict_published.tsv", "data\tsystem\tsource\truns\tupdates\tmodes\tgood\tdivergence");
    numbers_begin();
    for (int k = 0; k < 3; k++)
        write_quoted(tsv, data[k]), write_all_ours(tsv, data[k], results);
    numbers_end();
    output_close(tsv);
}
