/* Chapter 23's experiment: the ring of chapter 16 again, with other normalisers where batch
 * norm stood, and spectral norm in D. */
#include "23_groupnorm_layer.h"
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
#include "08_optimizer.h"
#include "09_network.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "15_gan.h"
#include "16_modes.h"
#include "23_spectral.h"
#include "23_virtualnorm_layer.h"

enum { NOISE = 16, WIDTH = 128, BATCH = 128, SAMPLES = 2500, REFERENCE = 64, MAX_SEEDS = 10, RECORDS = 11 };

typedef enum { NONE, BATCH_NORM, LAYER_NORM, GROUP_NORM, VIRTUAL_NORM, SPECTRAL_NORM } Kind;

/* What stands in G and in D. */
static const struct {
    const char *name;
    Kind g, d;
} arms[] = {
    { "nothing", NONE, NONE },
    { "batch norm in G", BATCH_NORM, NONE },
    { "layer norm in G", LAYER_NORM, NONE },
    { "group norm in G", GROUP_NORM, NONE },
    { "virtual batch norm in G", VIRTUAL_NORM, NONE },
    { "batch norm in D", NONE, BATCH_NORM },
    { "layer norm in D", NONE, LAYER_NORM },
    { "spectral norm in D", NONE, SPECTRAL_NORM },
    { "batch norm in G, spectral norm in D", BATCH_NORM, SPECTRAL_NORM },
};
enum { ARMS = sizeof arms / sizeof *arms };

static Layer *norm_of(Kind kind)
{
    switch (kind) {
    case BATCH_NORM: return batchnorm_new(WIDTH, batchnorm_pytorch());
    case LAYER_NORM: return layer_norm_new(WIDTH, 1e-5);
    case GROUP_NORM: return group_norm_new(WIDTH, 8, 1e-5);
    case VIRTUAL_NORM: return virtual_norm_new(WIDTH, REFERENCE, 1e-5);
    default: return NULL;
    }
}

static Layer *dense(int in, int out, Kind kind, Random *r)
{
    Layer *l = dense_new(in, out, INIT_PYTORCH, r);
    if (kind == SPECTRAL_NORM) {
        Random u = random_stream(1, "spectral", (uint64_t)in);
        spectral_norm(l, 0, 10, &u);
    }
    return l;
}

static Network *player(const char *name, int in, int out, Kind kind, bool leaky, Random *r)
{
    Layer *list[9];
    int n = 0;
    for (int k = 0; k < 2; k++) {
        list[n++] = dense(k == 0 ? in : WIDTH, WIDTH, kind, r);
        Layer *norm = norm_of(kind);
        if (norm)
            list[n++] = norm;
        list[n++] = leaky ? leaky_relu_new(0.2) : relu_new();
    }
    list[n++] = dense(WIDTH, out, kind, r);
    list[n] = NULL;
    Network *net = network_new(name, list);
    if (kind != VIRTUAL_NORM)
        return net;
    Random noise = random_stream(1, "reference", 0);
    Tensor reference = tensor_new((Shape){ 2, { REFERENCE, in } });
    random_normal(&noise, reference.data, tensor_size(&reference));
    net = network_new(name, (Layer *[]){ with_reference_new(net, &reference), NULL });
    tensor_free(&reference);
    return net;
}

/* All arms of a seed begin with the same weights and see the same examples. */
static void train(int arm, uint64_t seed, int steps, Coverage *record)
{
    Mixture ring = mixture_ring();
    Random of_g = random_stream(seed, "generator", 0), of_d = random_stream(seed, "discriminator", 0);
    Random data = random_stream(seed, "ring", 0), noise = random_stream(seed, "fixed noise", 0);
    Gan g = gan_new(player("generator", NOISE, 2, arms[arm].g, false, &of_g),
                    player("discriminator", 2, 1, arms[arm].d, true, &of_d), NOISE, adam_pytorch(1e-3, 0.5), seed);
    Tensor x = tensor_new((Shape){ 2, { BATCH / 2, 2 } }), z = tensor_new((Shape){ 2, { SAMPLES, NOISE } });
    random_normal(&noise, z.data, tensor_size(&z));
    for (int step = 0; step <= steps; step++) {
        if (step % (steps / (RECORDS - 1)) == 0)
            record[step / (steps / (RECORDS - 1))] = mixture_coverage(&ring, gan_sample(&g, &z, EVAL)->data, SAMPLES);
        mixture_sample(&ring, x.data, BATCH / 2, &data);
        gan_step(&g, &x, BATCH);
    }
    tensor_free(&x), tensor_free(&z);
    gan_free(&g);
}

/* ---- tables --------------------------------------------------------------------------- */

static Coverage record[ARMS][MAX_SEEDS][RECORDS];

/* Every seed's end, a row each; a block an arm. */
static void write_ends(const Experiment *e, int seeds)
{
    FILE *tsv = tsv_open(e->out, "23_normalizers.tsv", "arm\tplace\tseed\tmodes\tgood");
    for (int arm = 0; arm < ARMS; arm++, fprintf(tsv, "\n\n"))
        for (int s = 0; s < seeds; s++) {
            const Coverage *c = &record[arm][s][RECORDS - 1];
            fprintf(tsv, "%s\t%d\t%ld\t%d\t%.2f\n", arms[arm].name, arm, e->seed + s, c->modes, 100 * c->high_quality);
        }
    output_close(tsv);
}

/* Means over the seeds, at half the run and at its end. */
static void write_summary(const Experiment *e, int seeds)
{
    FILE *tsv = tsv_open(e->out, "23_normalizers_summary.tsv", "arm\tmodes_at_half\tgood_at_half\tmodes\tgood\tworst_modes");
    for (int arm = 0; arm < ARMS; arm++) {
        double modes[2] = { 0, 0 }, good[2] = { 0, 0 };
        int worst = MAX_MODES;
        for (int s = 0; s < seeds; s++) {
            for (int k = 0; k < 2; k++) {
                const Coverage *c = &record[arm][s][k == 0 ? RECORDS / 2 : RECORDS - 1];
                modes[k] += (double)c->modes / seeds, good[k] += 100 * c->high_quality / seeds;
            }
            int found = record[arm][s][RECORDS - 1].modes;
            worst = found < worst ? found : worst;
        }
        fprintf(tsv, "%s\t%.2f\t%.1f\t%.2f\t%.1f\t%d\n", arms[arm].name, modes[0], good[0], modes[1], good[1], worst);
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 23: modes of the ring found with other normalisers.", NULL);
    int seeds = e.full ? MAX_SEEDS : 4, steps = e.full ? 25000 : 3000, done = 0;
    Progress progress = progress_start("23_normalizers", ARMS * seeds);
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic)
#endif
    for (int k = 0; k < ARMS * seeds; k++) {
        train(k % ARMS, (uint64_t)(e.seed + k / ARMS), steps, record[k % ARMS][k / ARMS]);
#ifdef _OPENMP
#pragma omp critical
#endif
        {
            done++;
            progress_show(&progress, done, "%d of %d runs", done, ARMS * seeds);
        }
    }
    progress_end(&progress);
    write_ends(&e, seeds);
    write_summary(&e, seeds);
    return 0;
}
