/* GANs in the plane: the ring and the grid of chapter 16, with batch norm here or there, and two ways to
 * have it without its noise. */
#include "verdict.h"

#include "04_layer.h"
#include "08_optimizer.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "15_gan.h"
#include "16_modes.h"
#include "16_plane.h"
#include "23_virtualnorm_layer.h"
#include "01_memory.h"

#include <string.h>

enum { NOISE = 16, BATCH = 128, SAMPLES = 2500, REFERENCE = 64 };

static Network *player(const char *name, int in, int out, bool norm, bool with_reference, bool leaky, Random *r)
{
    Layer *norms[2] = { NULL, NULL };
    for (int k = 0; k < 2 && norm; k++)
        norms[k] = with_reference ? virtual_norm_new(PLANE_WIDTH, REFERENCE, 1e-5)
                                  : batchnorm_new(PLANE_WIDTH, batchnorm_pytorch());
    return plane_network(name, in, out, norms, leaky, r);
}

/* G behind a reference batch of its own. */
static Network *before_reference(Network *g, uint64_t seed)
{
    Random noise = random_stream(seed, "reference", 0);
    Tensor reference = tensor_new((Shape){ 2, { REFERENCE, NOISE } });
    random_normal(&noise, reference.data, tensor_size(&reference));
    Network *whole = network_new("generator", (Layer *[]){ with_reference_new(g, &reference), NULL });
    tensor_free(&reference);
    return whole;
}

static Gan gan_of_arm(const Run *r)
{
    uint64_t seed = (uint64_t)r->seed;
    Random of_g = random_stream(seed, "generator", 0), of_d = random_stream(seed, "discriminator", 0);
    bool both = arm_is(r, "both"), reference = arm_is(r, "virtual");
    bool in_g = both || reference || arm_is(r, "generator") || arm_is(r, "frozen");
    Network *g = player("generator", NOISE, 2, in_g, reference, false, &of_g);
    Network *d = player("discriminator", 2, 1, both || arm_is(r, "discriminator"), false, true, &of_d);
    return gan_new(reference ? before_reference(g, seed) : g, d, NOISE, adam_pytorch(r->setting, 0.5), seed);
}

/* gan_step with the running statistics as they are: batch norm is a fixed map, and no batch matters to an example. */
static GanStep frozen_step(Gan *g, const Tensor *x)
{
    GanStep s;
    gan_noise(g, BATCH / 2);
    gan_discriminator_gradient(g, x, EVAL, &s);
    s.norm_d = optimizer_step(&g->discriminator_adam);
    gan_noise(g, BATCH);
    gan_generator_gradient(g, EVAL, &s);
    s.norm_g = optimizer_step(&g->generator_adam);
    return s;
}

static void look(const Run *r, Gan *g, const Mixture *m, const Tensor *z, const double *loss_d, long step, bool diverged)
{
    Coverage c = mixture_coverage(m, gan_sample(g, z, EVAL)->data, SAMPLES);
    double swing = deviation_of(loss_d + step / 2, step - step / 2);
    if (diverged)
        run_row(r, step, (double[]){ NAN, NAN, NAN, NAN, 1 });
    else
        run_row(r, step, (double[]){ c.modes, 100 * c.high_quality, c.divergence, swing, 0 });
}

void run_plane(const Run *r)
{
    Mixture m = strncmp(r->study->name, "grid", 4) == 0 ? mixture_grid() : mixture_ring();
    Gan g = gan_of_arm(r);
    Random data = random_stream((uint64_t)r->seed, "data", 0), noise = random_stream((uint64_t)r->seed, "fixed noise", 0);
    Tensor x = tensor_new((Shape){ 2, { BATCH / 2, 2 } }), z = tensor_new((Shape){ 2, { SAMPLES, NOISE } });
    double *loss_d = memory_get((size_t)r->steps * sizeof *loss_d), first_d = NAN, first_g = NAN;
    bool frozen = arm_is(r, "frozen"), diverged = false;
    random_normal(&noise, z.data, tensor_size(&z));
    for (long step = 1; step <= r->steps; step++) {
        mixture_sample(&m, x.data, BATCH / 2, &data);
        if (!diverged) {
            GanStep s = frozen && step > r->steps / 10 ? frozen_step(&g, &x) : gan_step(&g, &x, BATCH);
            double loss = s.loss_real + s.loss_fake;
            if (step == 1)
                first_d = loss, first_g = s.loss_g;
            diverged = has_diverged(loss, first_d) || has_diverged(s.loss_g, first_g);
            loss_d[step - 1] = loss;
        }
        if (step == r->steps / 2 || step == r->steps)
            look(r, &g, &m, &z, loss_d, step, diverged);
    }
    memory_release(loss_d);
    tensor_free(&x), tensor_free(&z);
    gan_free(&g);
}
