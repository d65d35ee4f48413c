#include "15_gan.h"

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

static double mean_belief(const real *a, int N)
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
    return (Gan){ .generator = generator, .discriminator = discriminator,
                  .g = adam_new(&generator->base, adam), .d = adam_new(&discriminator->base, adam),
                  .noise_size = noise_size, .random = gan_noise_stream(seed) };
}

void gan_free(Gan *g)
{
    optimizer_free(&g->g);
    optimizer_free(&g->d);
    network_free(g->generator);
    network_free(g->discriminator);
    tensor_free(&g->z);
    tensor_free(&g->da);
}

void gan_noise(Gan *g, int N)
{
    tensor_resize(&g->z, (Shape){ 2, { N, g->noise_size } });
    random_normal(&g->random, g->z.data, tensor_size(&g->z));
}

const Tensor *gan_sample(Gan *g, const Tensor *z, Mode mode) { return network_forward(g->generator, z, mode); }

/* D's logits on x, and its loss there; leaves the gradient in g->da. */
static double judge(Gan *g, const Tensor *x, double (*loss)(const real *, int, real *), double *belief)
{
    const Tensor *a = network_forward(g->discriminator, x, TRAIN);
    int N = shape_rows(a->shape);
    tensor_resize(&g->da, a->shape);
    if (belief)
        *belief = mean_belief(a->data, N);
    return loss(a->data, N, g->da.data);
}

void gan_discriminator_gradient(Gan *g, const Tensor *real_examples, GanStep *s)
{
    s->loss_real = judge(g, real_examples, loss_as_real, &s->on_real);
    network_backward(g->discriminator, &g->da, WANT_PARAM);
    s->loss_fake = judge(g, gan_sample(g, &g->z, TRAIN), loss_as_fake, &s->on_fake);
    network_backward(g->discriminator, &g->da, WANT_PARAM);
}

void gan_generator_gradient(Gan *g, GanStep *s)
{
    const Tensor *fake = gan_sample(g, &g->z, TRAIN);
    s->loss_g = judge(g, fake, g->loss == SATURATING ? loss_saturating : loss_as_real, NULL);
    const Tensor *dfake = network_backward(g->discriminator, &g->da, WANT_DX);
    network_backward(g->generator, dfake, WANT_PARAM);
}

GanStep gan_step(Gan *g, const Tensor *real_examples, int N)
{
    GanStep s;
    gan_noise(g, shape_rows(real_examples->shape));
    gan_discriminator_gradient(g, real_examples, &s);
    s.norm_d = optimizer_step(&g->d);
    gan_noise(g, N);
    gan_generator_gradient(g, &s);
    s.norm_g = optimizer_step(&g->g);
    return s;
}

const char gan_step_columns[] = "step\tloss_real\tloss_fake\tloss_g\ton_real\ton_fake\tnorm_g\tnorm_d";

void gan_step_print(FILE *tsv, long step, const GanStep *s)
{
    fprintf(tsv, "%ld\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", step, s->loss_real, s->loss_fake, s->loss_g,
            s->on_real, s->on_fake, s->norm_g, s->norm_d);
}

void gan_require_finite(const Gan *g, const GanStep *s, long step, FILE *log)
{
    if (isfinite(s->loss_real + s->loss_fake + s->loss_g + s->norm_d + s->norm_g))
        return;
    const Network *where = g->generator;
    int layer = network_first_not_finite(where);
    if (layer < 0) {
        where = g->discriminator;
        layer = network_first_not_finite(where);
    }
    if (log)
        output_close(log);
    if (layer < 0)
        user_error("step %ld: a gradient became NaN or infinite while every output was finite; try a smaller learning rate", step);
    user_error("step %ld: a loss became NaN or infinite; it began in layer %d (%s) of the %s; try a smaller learning rate",
               step, layer, where->layer[layer]->ops->name, where->name);
}

/* ---- as subjects of the gradient checker --------------------------------------------------------- */

static void subject_gradient(void *self)
{
    GanSubject *s = self;
    GanStep step;
    layer_zero_gradients(s->of_generator ? &s->gan->generator->base : &s->gan->discriminator->base);
    if (s->of_generator)
        gan_generator_gradient(s->gan, &step);
    else
        gan_discriminator_gradient(s->gan, &s->real_examples, &step);
}

/* The loss of D's logits on x; the branches taken on the way are added up. */
static double subject_judge(GanSubject *s, const Tensor *x, double (*loss)(const real *, int, real *))
{
    double L = judge(s->gan, x, loss, NULL);
    s->branches = s->branches * 31 + layer_branches(&s->gan->discriminator->base);
    return L;
}

static double subject_evaluate(void *self)
{
    GanSubject *s = self;
    const Tensor *fake = gan_sample(s->gan, &s->gan->z, TRAIN);
    s->branches = layer_branches(&s->gan->generator->base);
    if (s->of_generator)
        return subject_judge(s, fake, s->gan->loss == SATURATING ? loss_saturating : loss_as_real);
    return subject_judge(s, fake, loss_as_fake) + subject_judge(s, &s->real_examples, loss_as_real);
}

static uint64_t subject_branches(void *self) { return ((GanSubject *)self)->branches; }

void gan_subject_init(GanSubject *s, Gan *g, bool of_generator, int N, int features, Random *r)
{
    *s = (GanSubject){ .gan = g, .of_generator = of_generator, .real_examples = tensor_new((Shape){ 2, { N, features } }) };
    random_normal(r, s->real_examples.data, tensor_size(&s->real_examples));
    gan_noise(g, N);
    const Network *player = of_generator ? g->generator : g->discriminator;
    CheckArray *a = memory_get((size_t)player->base.n_param * sizeof *a);
    s->subject = (Subject){ s, subject_evaluate, subject_gradient, subject_branches, a, player->base.n_param };
    network_check_arrays(player, a);
}

void gan_subject_free(GanSubject *s)
{
    tensor_free(&s->real_examples);
    memory_release(s->subject.array);
}
