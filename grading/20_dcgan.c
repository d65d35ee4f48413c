#include "20_dcgan.h"

#include "task.h"

#include <string.h>

enum { KIND, PLACE, FIRST, WIDTH, SEED };
static const int sizes[][4] = { { DCGAN_UPSAMPLE, NORM_NONE, 0, 1 },      { DCGAN_TRANSPOSE, NORM_GENERATOR, 0, 2 },
                                { DCGAN_UPSAMPLE, NORM_BOTH, 1, 1 },      { DCGAN_TRANSPOSE, NORM_BOTH, 0, 1 },
                                { DCGAN_UPSAMPLE, NORM_GENERATOR, 0, 2 }, { DCGAN_TRANSPOSE, NORM_DISCRIMINATOR, 1, 1 },
                                { DCGAN_UPSAMPLE, NORM_BOTH, 0, 1 } };

static DcganOptions options_of(const Call *c)
{
    DcganOptions o = dcgan_options((DcganKind)c->size[KIND]);
    o.norm = (Norm)c->size[PLACE], o.bn_first = c->size[FIRST], o.width = c->size[WIDTH];
    return o;
}

/* How many layers the network has, how many numbers it learns, and its outputs for a batch of 2. */
static void prepare(Call *c, int which, Random *r, int in, int out)
{
    for (int k = 0; k < 4; k++)
        c->size[k] = sizes[which % 7][k];
    c->size[SEED] = random_index(r, 1000000);
    call_array(c, "x", READS, table(2, in), r);
    call_array(c, "layers", WRITES, vector(2), NULL);
    call_array(c, "y", WRITES, table(2, out), NULL);
}
static void run(Call *c, Network *n)
{
    if (!n)
        return; /* nothing is written yet */
    CallArray *a = array_of(c, "x");
    Tensor x = { a->shape, call_count(a), a->at };
    const Tensor *y = network_forward(n, &x, PROBE);
    AT("layers")[0] = n->n_layer, AT("layers")[1] = layer_param_count(&n->base);
    if (tensor_size(y) == call_count(array_of(c, "y")))
        memcpy(AT("y"), y->data, tensor_size(y) * sizeof(real));
    network_free(n);
}

static void prepare_generator(Call *c, int which, Random *r) { prepare(c, which, r, DCGAN_NOISE, DCGAN_SIDE * DCGAN_SIDE); }
static void run_generator(Call *c)
{
    DcganOptions o = options_of(c);
    Random r = random_stream((uint64_t)c->size[SEED], "weights", 0);
    run(c, dcgan_generator(&o, &r));
}
static void prepare_discriminator(Call *c, int which, Random *r) { prepare(c, which, r, DCGAN_SIDE * DCGAN_SIDE, 1); }
static void run_discriminator(Call *c)
{
    DcganOptions o = options_of(c);
    Random r = random_stream((uint64_t)c->size[SEED], "weights", 0);
    run(c, dcgan_discriminator(&o, &r));
}

const Task tasks_20[] = {
    { "20_dcgan", "dcgan_generator", 2,
      "100 -> dense -> 7 x 7 x 2 width -> 14 x 14 x width -> 28 x 28 x 1, tanh: dense_new and reshape_new, then add_activation and add_step_up in "
      "turn. List l = { .n = 0 } collects the layers; batch norm where o->norm & NORM_GENERATOR. network_new(\"generator\", l.layer).",
      "\"The systems\" in chapter 20: the table of G's layers; no activation but tanh stands behind the last step up.",
      prepare_generator, run_generator, NULL },
    { "20_dcgan", "dcgan_discriminator", 2,
      "28 x 28 x 1 -> convolution 5 x 5 of stride 2 to width channels -> another to 2 width -> dense to 1; LeakyReLU behind each convolution "
      "(add_activation), batch norm behind the second alone, where o->norm & NORM_DISCRIMINATOR. PAD_KERAS, INIT_GLOROT.",
      "\"The systems\" in chapter 20: the table of D's layers; rows of 784 pixels become maps first (reshape_new).",
      prepare_discriminator, run_discriminator, NULL },
    { 0 },
};
