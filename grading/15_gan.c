#include "15_gan.h"

#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "task.h"

#include <string.h>

/* ---- the saturating loss --------------------------------------------------------------------- */

static const int counts[] = { 2, 5, 1, 3, 8, 2, 4 };

static void prepare_saturating(Call *c, int which, Random *r)
{
    static const double a[] = { 0, 0 };
    if (which == 0)
        call_numbers(c, "a", READS, vector(2), a);
    else
        call_array(c, "a", READS, vector(counts[which % 7]), r);
    call_array(c, "L", WRITES, vector(1), NULL);
    call_array(c, "da", WRITES, array_of(c, "a")->shape, NULL);
}
static void run_saturating(Call *c)
{
    AT("L")[0] = (real)loss_saturating(AT("a"), (int)call_count(array_of(c, "a")), AT("da"));
}
static double loss_of_saturating(Call *c) { return loss_saturating(AT("a"), (int)call_count(array_of(c, "a")), NULL); }

/* ---- the players: G: z (2) -> dense -> tanh -> x (3), D: x (3) -> dense -> tanh -> dense -> a ------ */

static const struct {
    const char *name;
    int rows, columns;
} weight[] = { { "G", 2, 3 }, { "Gb", 1, 3 }, { "D1", 3, 4 }, { "D1b", 1, 4 }, { "D2", 4, 1 }, { "D2b", 1, 1 } };

static Param *param_of(const Gan *g, int k)
{
    return k < 2 ? g->generator->base.param[k] : g->discriminator->base.param[k - 2];
}

static Tensor borrowed(Call *c, const char *name)
{
    CallArray *a = array_of(c, name);
    return (Tensor){ a->shape, call_count(a), a->at };
}

static Gan gan_of(Call *c)
{
    Random r = random_stream(1, "replaced", 0);
    Network *G = network_new("generator", (Layer *[]){ dense_new(2, 3, INIT_NORMAL, &r), tanh_new(), NULL });
    Network *D = network_new(
        "discriminator", (Layer *[]){ dense_new(3, 4, INIT_NORMAL, &r), tanh_new(), dense_new(4, 1, INIT_NORMAL, &r), NULL });
    Gan g = gan_new(G, D, 2, adam_pytorch(0.1, 0.5), 1);
    g.loss = c->size[0] ? SATURATING : NON_SATURATING;
    for (int k = 0; k < 6; k++)
        memcpy(param_of(&g, k)->value.data, AT(weight[k].name), call_count(array_of(c, weight[k].name)) * sizeof(real));
    Tensor z = borrowed(c, "z");
    tensor_copy(&g.z, &z);
    return g;
}

static void prepare_player(Call *c, int which, Random *r, bool of_d)
{
    c->size[0] = which % 2;
    for (int k = 0; k < 6; k++)
        call_array(c, weight[k].name, READS, table(weight[k].rows, weight[k].columns), r);
    call_array(c, "z", READS, table(counts[which % 7], 2), r);
    if (of_d)
        call_array(c, "examples", READS, table(counts[which % 7], 3), r);
    call_array(c, of_d ? "losses" : "loss", WRITES, vector(of_d ? 4 : 1), NULL);
}

static void prepare_d(Call *c, int which, Random *r)
{
    prepare_player(c, which, r, true);
    call_array(c, "dD", WRITES, vector(12 + 4 + 4 + 1), NULL);
}
static void run_d(Call *c)
{
    Gan g = gan_of(c);
    Tensor examples = borrowed(c, "examples");
    GanStep s = { .loss_real = NAN, .loss_fake = NAN, .on_real = NAN, .on_fake = NAN };
    gan_discriminator_gradient(&g, &examples, PROBE, &s);
    const double losses[] = { s.loss_real, s.loss_fake, s.on_real, s.on_fake };
    for (int k = 0; k < 4; k++)
        AT("losses")[k] = (real)losses[k];
    real *to = AT("dD");
    for (int k = 2; k < 6; k++) {
        const Tensor *d = &param_of(&g, k)->grad;
        memcpy(to, d->data, tensor_size(d) * sizeof(real));
        to += tensor_size(d);
    }
    gan_free(&g);
}

/* G's gradients, and D's, which there must be none of. */
static void prepare_g(Call *c, int which, Random *r)
{
    prepare_player(c, which, r, false);
    call_array(c, "dG", WRITES, table(2, 3), NULL), call_array(c, "dGb", WRITES, table(1, 3), NULL);
    call_array(c, "dD", WRITES, vector(12), NULL);
}
static void run_g(Call *c)
{
    Gan g = gan_of(c);
    GanStep s = { .loss_g = NAN };
    gan_generator_gradient(&g, PROBE, &s);
    AT("loss")[0] = (real)s.loss_g;
    memcpy(AT("dG"), param_of(&g, 0)->grad.data, 6 * sizeof(real));
    memcpy(AT("dGb"), param_of(&g, 1)->grad.data, 3 * sizeof(real));
    memcpy(AT("dD"), param_of(&g, 2)->grad.data, 12 * sizeof(real));
    gan_free(&g);
}
static double loss_of_g(Call *c)
{
    Gan g = gan_of(c);
    const Tensor *a = network_forward(g.discriminator, network_forward(g.generator, &g.z, PROBE), PROBE);
    double L = gan_generator_loss(&g)(a->data, shape_rows(a->shape), NULL);
    gan_free(&g);
    return L;
}

static const Gradient of_saturating = { loss_of_saturating, NULL, { "a" }, { "da" }, NULL, NULL, false };
static const Gradient of_g = { loss_of_g, NULL, { "G", "Gb" }, { "dG", "dGb" }, NULL, NULL, false };

const Task tasks_15[] = {
    { "15_gan", "loss_saturating", 1,
      "L = mean log(1 - sigmoid(a)): minus loss_as_fake, and its gradient likewise. da may be NULL.",
      "\"Losses\" in chapter 15: G descends on what D ascends on.", prepare_saturating, run_saturating, &of_saturating },
    { "15_gan", "gan_discriminator_gradient", 2,
      "D on the examples, by loss_as_real, forward and backward; then on fakes made from g->z, by loss_as_fake, as a batch of its own. Both "
      "gradients add up in D; G gets none. s receives both losses and both mean probabilities.",
      "\"A step\" in chapter 15: loss_through_discriminator leaves the gradient of the logits in g->da; backward goes through D alone.",
      prepare_d, run_d, NULL },
    { "15_gan", "gan_generator_gradient", 3,
      "Fakes from g->z, through D, by gan_generator_loss(g); then backward through D without touching D's gradients, into g->dfake, and "
      "from there through G. s receives the loss.",
      "\"A step\" in chapter 15: what D hands down as the gradient of its input is what G's output gets as dy.", prepare_g,
      run_g, &of_g },
    { 0 },
};
