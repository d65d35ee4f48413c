/* Chapter 16's experiment: mode collapse. A small GAN learns the ring of eight
 * modes, without batch norm, with it in G, and in both, over several seeds.
 * How many modes does it find, and how good are its samples? */
#include "16_modes.h"
#include "00_error.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "15_gan.h"
#include "16_plane.h"

#include <string.h>

enum { NOISE = 16, BATCH = 128, SAMPLES = 2500, SHOWN = 500, RECORDS = 21, MAX_SEEDS = 10 };
enum { MAP = 25 }; /* points a side, over the square from -1.6 to 1.6 */
enum { NONE, IN_G, IN_BOTH, ARMS };
static const char *arm_name[] = { "none", "generator", "both" };

typedef struct {
    Coverage coverage[RECORDS];
    real shown[4][SHOWN * 2];    /* samples at a quarter, half, three quarters and the end */
    double belief[4][MAP * MAP]; /* and the probability that D gives each point to be real */
} Run;

static Network *player(const char *name, int in, int out, bool norm, bool leaky, Random *r)
{
    Layer *norms[2] = { NULL, NULL };
    for (int k = 0; k < 2 && norm; k++)
        norms[k] = batchnorm_new(PLANE_WIDTH, batchnorm_pytorch());
    return plane_network(name, in, out, norms, leaky, r);
}

static Gan gan_of_arm(int arm, uint64_t seed)
{
    Random g = random_stream(seed, "generator", 0), d = random_stream(seed, "discriminator", 0);
    return gan_new(player("generator", NOISE, 2, arm != NONE, false, &g),
                   player("discriminator", 2, 1, arm == IN_BOTH, true, &d), NOISE, adam_pytorch(1e-3, 0.5), seed);
}

static double map_place(int i) { return 1.6 * (2.0 * i / (MAP - 1) - 1); }

/* In evaluation mode: with batch norm in D, a point has no belief of its own in training. */
static void map_belief(Gan *g, double *belief)
{
    Tensor x = tensor_new((Shape){ 2, { MAP * MAP, 2 } });
    for (int k = 0; k < MAP * MAP; k++)
        x.data[2 * k] = (real)map_place(k % MAP), x.data[2 * k + 1] = (real)map_place(k / MAP);
    const Tensor *a = network_forward(g->discriminator, &x, EVAL);
    for (int k = 0; k < MAP * MAP; k++)
        belief[k] = 1 / (1 + exp(-(double)a->data[k]));
    tensor_free(&x);
}

static void look(Gan *g, const Mixture *ring, const Tensor *z, Run *run, int record)
{
    const Tensor *x = gan_sample(g, z, EVAL);
    run->coverage[record] = mixture_coverage(ring, x->data, SAMPLES);
    if (record > 0 && record % 5 == 0) {
        memcpy(run->shown[record / 5 - 1], x->data, sizeof run->shown[0]);
        map_belief(g, run->belief[record / 5 - 1]);
    }
}

static void train(int arm, uint64_t seed, int steps, Run *run)
{
    Mixture ring = mixture_ring();
    Gan g = gan_of_arm(arm, seed);
    Random data = random_stream(seed, "ring", 0), noise = random_stream(seed, "fixed noise", 0);
    Tensor x = tensor_new((Shape){ 2, { BATCH / 2, 2 } }), z = tensor_new((Shape){ 2, { SAMPLES, NOISE } });
    random_normal(&noise, z.data, tensor_size(&z));
    for (int step = 0; step <= steps; step++) {
        if (step % (steps / (RECORDS - 1)) == 0)
            look(&g, &ring, &z, run, step / (steps / (RECORDS - 1)));
        mixture_sample(&ring, x.data, BATCH / 2, &data);
        GanStep s = gan_step(&g, &x, BATCH);
#ifdef _OPENMP
#pragma omp critical(stop)
#endif
        { /* one thread at a time may exit */
            const char *why = gan_not_finite(&g, &s);
            if (why)
                user_error("step %d: %s; try a smaller learning rate", step, why);
        }
    }
    tensor_free(&x), tensor_free(&z);
    gan_free(&g);
}

typedef struct {
    double mean, low, high;
} Interval;

/* The mean over seeds and its 95 % interval: the means of as many seeds drawn
 * with replacement, 2000 times, without the 2.5 % at either end. */
static Interval bootstrap(const double *value, int n)
{
    enum { DRAWS = 2000 };
    double drawn[DRAWS], mean = 0;
    Random r = random_stream(0, "bootstrap", 0);
    for (int i = 0; i < n; i++)
        mean += value[i] / n;
    for (int k = 0; k < DRAWS; k++) {
        drawn[k] = 0;
        for (int i = 0; i < n; i++)
            drawn[k] += value[random_index(&r, n)] / n;
    }
    sort_numbers(drawn, DRAWS);
    return (Interval){ mean, drawn[DRAWS / 40], drawn[DRAWS - 1 - DRAWS / 40] };
}

/* ---- tables --------------------------------------------------------------------------- */

static Run run[ARMS][MAX_SEEDS];

static void write_modes(const Experiment *e, int seeds, int steps)
{
    FILE *tsv = tsv_open(e->out, "16_modes.tsv", "norm\tstep\tmodes\tmodes_low\tmodes_high\tgood\tgood_low\tgood_high");
    for (int arm = 0; arm < ARMS; arm++, fprintf(tsv, "\n\n"))
        for (int k = 0; k < RECORDS; k++) {
            double modes[MAX_SEEDS], good[MAX_SEEDS];
            for (int s = 0; s < seeds; s++) {
                modes[s] = run[arm][s].coverage[k].modes;
                good[s] = 100 * run[arm][s].coverage[k].high_quality;
            }
            Interval m = bootstrap(modes, seeds), g = bootstrap(good, seeds);
            fprintf(tsv, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.2f\n", arm_name[arm], k * (steps / (RECORDS - 1)), m.mean,
                    m.low, m.high, g.mean, g.low, g.high);
        }
    output_close(tsv);
}

static void write_samples(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "16_modes_samples.tsv", "norm\tquarter\tx\ty");
    for (int arm = 0; arm < ARMS; arm++)
        for (int q = 0; q < 4; q++, fprintf(tsv, "\n\n"))
            for (int i = 0; i < SHOWN; i++)
                fprintf(tsv, "%s\t%d\t%.4f\t%.4f\n", arm_name[arm], q + 1, (double)run[arm][0].shown[q][2 * i],
                        (double)run[arm][0].shown[q][2 * i + 1]);
    output_close(tsv);
}

static void write_belief(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "16_modes_belief.tsv", "norm\tquarter\tx\ty\tbelief");
    for (int arm = 0; arm < ARMS; arm++)
        for (int q = 0; q < 4; q++, fprintf(tsv, "\n\n"))
            for (int k = 0; k < MAP * MAP; k++)
                fprintf(tsv, "%s\t%d\t%.3f\t%.3f\t%.3f\n", arm_name[arm], q + 1, map_place(k % MAP), map_place(k / MAP),
                        run[arm][0].belief[q][k]);
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 16: modes of the ring found with and without batch norm.", NULL);
    int seeds = e.full ? MAX_SEEDS : 4, steps = e.full ? 25000 : 3000, done = 0;
    Progress progress = progress_start("16_modes", ARMS * seeds);
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic)
#endif
    for (int k = 0; k < ARMS * seeds; k++) {
        train(k % ARMS, (uint64_t)(e.seed + k / ARMS), steps, &run[k % ARMS][k / ARMS]);
#ifdef _OPENMP
#pragma omp critical
#endif
        {
            done++;
            progress_show(&progress, done, "%d of %d runs", done, ARMS * seeds);
        }
    }
    progress_end(&progress);
    write_modes(&e, seeds, steps);
    write_samples(&e);
    write_belief(&e);
    return 0;
}
