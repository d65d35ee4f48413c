#include "15_gan_subject.h"

#include "01_memory.h"
#include "04_layer.h"
#include "09_network.h"
#include "09_network_subject.h"

static void subject_gradient(void *self)
{
    GanSubject *s = self;
    GanStep step;
    layer_zero_gradients(s->of_generator ? &s->gan->generator->base : &s->gan->discriminator->base);
    if (s->of_generator)
        gan_generator_gradient(s->gan, PROBE, &step);
    else
        gan_discriminator_gradient(s->gan, &s->real_examples, PROBE, &step);
}

/* The loss of D's logits on x; the branches taken on the way are added up. */
static double subject_loss(GanSubject *s, const Tensor *x, LogitLoss *loss)
{
    const Tensor *a = network_forward(s->gan->discriminator, x, PROBE);
    s->branches = s->branches * 31 + layer_branches(&s->gan->discriminator->base);
    return loss(a->data, shape_rows(a->shape), NULL);
}

static double subject_evaluate(void *self)
{
    GanSubject *s = self;
    const Tensor *fake = gan_sample(s->gan, &s->gan->z, PROBE);
    s->branches = layer_branches(&s->gan->generator->base);
    if (s->of_generator)
        return subject_loss(s, fake, gan_generator_loss(s->gan));
    return subject_loss(s, fake, loss_as_fake) + subject_loss(s, &s->real_examples, loss_as_real);
}

static uint64_t subject_branches(void *self) { return ((GanSubject *)self)->branches; }

void gan_subject_init(GanSubject *s, Gan *g, bool of_generator, int N, int features, Random *r)
{
    *s = (GanSubject){ .gan = g, .of_generator = of_generator, .real_examples = tensor_new((Shape){ 2, { N, features } }) };
    random_normal(r, s->real_examples.data, tensor_size(&s->real_examples));
    gan_noise(g, N);
    const Network *player = of_generator ? g->generator : g->discriminator;
    CheckArray *a = memory_get((size_t)player->base.n_param * sizeof *a);
    s->subject = (Subject){ .self = s,
                            .evaluate = subject_evaluate,
                            .gradient = subject_gradient,
                            .branches = subject_branches,
                            .array = a,
                            .n_array = player->base.n_param };
    network_check_arrays(player, a);
}

void gan_subject_free(GanSubject *s)
{
    tensor_free(&s->real_examples);
    memory_release(s->subject.array);
}
