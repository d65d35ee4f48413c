/* Chapter 21's experiment: what must a checkpoint hold? A run is saved in the
 * middle and resumed five times: once from all of it, and each time without
 * one of its parts. How far is the loss from that of the run that was never
 * interrupted? */
#include "21_checkpoint.h"
#include "00_files.h"
#include "00_options.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_load.h"
#include "15_gan.h"

enum { BATCH = 64 };

typedef enum { ALL, NO_MOMENTS, NO_NOISE, NO_ORDER, NO_STATISTICS, ARMS } Arm;
static const char *const arm_name[ARMS] = { "everything", "without Adam's moments", "without the noise stream's place",
                                            "without the order of the images", "without the running statistics" };

/* Forgets a part of the run, as a checkpoint without it would. */
static void forget(Run *run, Arm arm, uint64_t seed)
{
    Optimizer *o[] = { &run->gan.generator_adam, &run->gan.discriminator_adam };
    Network *n[] = { run->gan.generator, run->gan.discriminator };
    for (int p = 0; p < 2; p++) {
        for (int k = 0; arm == NO_MOMENTS && k < o[p]->n_param; k++)
            tensor_fill(&o[p]->m[k], 0), tensor_fill(&o[p]->v[k], 0), o[p]->step = 0;
        for (int k = 0; arm == NO_STATISTICS && k < n[p]->base.n_state; k++)
            tensor_fill(&n[p]->base.state[k]->value, k % 2); /* mean 0, variance 1: as at the start */
    }
    if (arm == NO_NOISE)
        run->gan.random = random_stream(seed, "noise", 0);
    if (arm == NO_ORDER) {
        int n = run->training.shuffle.n;
        shuffle_free(&run->training.shuffle);
        run->training.shuffle = shuffle_new(n, random_stream(seed, "order of the images", 0));
    }
}

/* What the generator draws in evaluation mode, from the same noise. */
static Tensor draw(Run *run, uint64_t seed)
{
    Random r = random_stream(seed, "fixed noise", 0);
    Tensor z = tensor_new((Shape){ 2, { 64, run->gan.noise_size } }), x = { 0 };
    random_normal(&r, z.data, tensor_size(&z));
    tensor_copy(&x, gan_sample(&run->gan, &z, EVAL));
    tensor_free(&z);
    return x;
}

static double mean_difference(const Tensor *a, const Tensor *b)
{
    double total = 0;
    for (size_t i = 0; i < tensor_size(a); i++)
        total += fabs((double)a->data[i] - (double)b->data[i]);
    return total / (double)tensor_size(a);
}

/* The run that was never interrupted: saved in the middle, with D's loss at every
 * step after that, and what G draws in the middle and at the end. */
typedef struct {
    const Images *d;
    Recipe recipe;
    int steps;
    char path[PATH_SIZE];
    double *loss;
    Tensor middle, end;
} Whole;

static double step_loss(Run *run)
{
    GanStep s = run_step(run);
    return s.loss_real + s.loss_fake;
}

static void train_whole(Whole *w)
{
    Run run;
    run_new(&run, &w->recipe, w->d);
    for (int k = 0; k < w->steps; k++)
        run_step(&run);
    run_save(&run, w->path);
    w->middle = draw(&run, w->recipe.seed);
    w->loss = memory_get((size_t)w->steps * sizeof *w->loss);
    for (int k = 0; k < w->steps; k++)
        w->loss[k] = step_loss(&run);
    w->end = draw(&run, w->recipe.seed);
    run_free(&run);
}

/* Resumes without a part; difference[k] compares every step's loss with that
 * of the run that went on. A row of `ends` compares what the two draw. */
static void resume(double *difference, FILE *ends, Arm arm, const Whole *w)
{
    Run run;
    run_load(&run, w->path);
    run_attach(&run, &w->recipe, w->d, w->path);
    forget(&run, arm, w->recipe.seed);
    Tensor middle = draw(&run, w->recipe.seed);
    for (int k = 0; k < w->steps; k++)
        difference[k] = fabs(step_loss(&run) - w->loss[k]);
    Tensor end = draw(&run, w->recipe.seed);
    fprintf(ends, "%s\t%.4f\t%.4f\n", arm_name[arm], mean_difference(&middle, &w->middle), mean_difference(&end, &w->end));
    tensor_free(&middle), tensor_free(&end);
    run_free(&run);
}

static void write_differences(const char *out, const double *difference, int steps)
{
    FILE *tsv = tsv_open(out, "21_checkpoint.tsv", "step\teverything\tno_moments\tno_noise\tno_order\tno_statistics");
    for (int k = 0; k < steps; k++) {
        fprintf(tsv, "%d", k + 1);
        for (int arm = 0; arm < ARMS; arm++)
            fprintf(tsv, "\t%.3e", difference[arm * steps + k]);
        fprintf(tsv, "\n");
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv,
                                   "Chapter 21: a run resumed from a whole checkpoint, and from checkpoints that lack a part.\n"
                                   "Writes 21_checkpoint.tsv (difference of D's loss by step) and 21_checkpoint_images.tsv.",
                                   NULL);
    Images d = images_load_unlabelled(e.data, TRAINING_SET);
    Whole w = { .d = &d, .steps = e.full ? 2000 : 200 };
    w.recipe = (Recipe){ "mlp", "both", "given", 2e-4, BATCH, (uint64_t)e.seed, d.height, d.width, 0 };
    snprintf(w.path, sizeof w.path, "%s/21_checkpoint.safetensors", e.out);
    directory_make(e.out);
    train_whole(&w);
    double *difference = memory_get((size_t)(ARMS * w.steps) * sizeof *difference);
    FILE *ends = tsv_open(e.out, "21_checkpoint_images.tsv", "resumed\tat_once\tat_the_end");
    for (int arm = 0; arm < ARMS; arm++)
        resume(difference + arm * w.steps, ends, (Arm)arm, &w);
    output_close(ends);
    write_differences(e.out, difference, w.steps);
    memory_release(difference), memory_release(w.loss);
    tensor_free(&w.middle), tensor_free(&w.end);
    images_free(&d);
    return 0;
}
