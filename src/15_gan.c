#include "15_gan.h"

#include "00_numbers.h"
#include "07_loss.h"

/* ---- losses -------------------------------------------------------------------------------- */

/* Cross-entropy to one and the same target; the mean of N single losses. */
static double loss_to(real target, const real *a, int N, real *da)
{
    double L = 0;
    for (int i = 0; i < N; i++) {
        L += bce_logits(&a[i], &target, 1, 1, da ? &da[i] : NULL) / N;
        if (da)
            da[i] /= (real)N;
    }
    return L;
}

double loss_as_real(const real *a, int N, real *da) { return loss_to(1, a, N, da); }
double loss_as_fake(const real *a, int N, real *da) { return loss_to(0, a, N, da); }

double loss_saturating(const real *a, int N, real *da)
{
    double L = -loss_as_fake(a, N, da);
    for (int i = 0; da && i < N; i++)
        da[i] = -da[i];
    return L;
}

LogitLoss *gan_generator_loss(const Gan *g) { return g->loss == SATURATING ? loss_saturating : loss_as_real; }

static double mean_probability(const real *a, int N)
{
    double total = 0;
    for (int i = 0; i < N; i++)
        total += 1 / (1 + exp(-(double)a[i]));
    return total / N;
}

/* ---- the two players --------------------------------------------------------------------------- */

Random gan_noise_stream(uint64_t seed) { return random_stream(seed, "noise", 0); }

Gan gan_new(Network *generator, Network *discriminator, int noise_size, AdamOptions adam, uint64_t seed)
{
    return (Gan){ .generator = generator,
                  .discriminator = discriminator,
                  .generator_adam = adam_new(&generator->base, adam),
                  .discriminator_adam = adam_new(&discriminator->base, adam),
                  .noise_size = noise_size,
                  .random = gan_noise_stream(seed) };
}

void gan_free(Gan *g)
{
    optimizer_free(&g->generator_adam);
    optimizer_free(&g->discriminator_adam);
    network_free(g->generator);
    network_free(g->discriminator);
    tensor_free(&g->z);
    tensor_free(&g->da), tensor_free(&g->dfake);
}

void gan_noise(Gan *g, int N)
{
    tensor_resize(&g->z, (Shape){ 2, { N, g->noise_size } });
    random_normal(&g->random, g->z.data, tensor_size(&g->z));
}

const Tensor *gan_sample(Gan *g, const Tensor *z, Mode mode) { return network_forward(g->generator, z, mode); }

/* Whatever loss of D's logits on x: D's own, or G's. Leaves its gradient in g->da. */
static double loss_through_discriminator(Gan *g, const Tensor *x, Mode mode, LogitLoss *loss, double *probability)
{
    const Tensor *a = network_forward(g->discriminator, x, mode);
    int N = shape_rows(a->shape);
    tensor_resize(&g->da, a->shape);
    if (probability)
        *probability = mean_probability(a->data, N);
    return loss(a->data, N, g->da.data);
}

void gan_discriminator_gradient(Gan *g, const Tensor *real_examples, Mode mode, GanStep *s)
{
    s->loss_real = loss_through_discriminator(g, real_examples, mode, loss_as_real, &s->on_real);
    network_backward(g->discriminator, &g->da, NULL, WITH_PARAM);
    s->loss_fake = loss_through_discriminator(g, gan_sample(g, &g->z, mode), mode, loss_as_fake, &s->on_fake);
    network_backward(g->discriminator, &g->da, NULL, WITH_PARAM);
}

void gan_generator_gradient(Gan *g, Mode mode, GanStep *s)
{
    const Tensor *fake = gan_sample(g, &g->z, mode);
    s->loss_g = loss_through_discriminator(g, fake, mode, gan_generator_loss(g), NULL);
    network_backward(g->discriminator, &g->da, &g->dfake, WITHOUT_PARAM);
    network_backward(g->generator, &g->dfake, NULL, WITH_PARAM);
}

GanStep gan_step(Gan *g, const Tensor *real_examples, int N)
{
    GanStep s;
    gan_noise(g, shape_rows(real_examples->shape));
    gan_discriminator_gradient(g, real_examples, TRAIN, &s);
    s.norm_d = optimizer_step(&g->discriminator_adam);
    gan_noise(g, N);
    gan_generator_gradient(g, TRAIN, &s);
    s.norm_g = optimizer_step(&g->generator_adam);
    return s;
}

const char gan_step_columns[] = "step\tloss_real\tloss_fake\tloss_g\ton_real\ton_fake\tnorm_g\tnorm_d";

void gan_step_print(FILE *tsv, long step, const GanStep *s)
{
    numbers_begin();
    fprintf(tsv, "%ld\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", step, s->loss_real, s->loss_fake, s->loss_g, s->on_real,
            s->on_fake, s->norm_g, s->norm_d);
    numbers_end();
}

const char *gan_not_finite(const Gan *g, const GanStep *s)
{
    static char text[160];
    const Network *where = g->generator;
    if (isfinite(s->loss_real + s->loss_fake + s->loss_g + s->norm_d + s->norm_g))
        return NULL;
    int layer = network_first_not_finite(where);
    if (layer < 0)
        layer = network_first_not_finite(where = g->discriminator);
    if (layer < 0)
        return "a gradient became NaN or infinite while every output was finite";
    snprintf(text, sizeof text, "a loss became NaN or infinite; it began in layer %d (%s) of the %s", layer,
             where->layer[layer]->ops->name, where->name);
    return text;
}
