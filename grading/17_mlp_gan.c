#include "17_mlp_gan.h"

#include "task.h"

#include <string.h>

enum { IN, HIDDEN, OUT, NORM, SEED };
static const int sizes[][4] = { { 2, 2, 3, 0 }, { 3, 2, 4, 1 }, { 2, 3, 5, 0 }, { 4, 2, 6, 1 },
                                { 1, 4, 2, 1 }, { 5, 1, 3, 0 }, { 3, 3, 2, 1 } };

/* How many numbers the network learns, and its outputs for a batch. */
static void prepare(Call *c, int which, Random *r, bool generator)
{
    for (int k = 0; k < 4; k++)
        c->size[k] = sizes[which % 7][k];
    c->size[SEED] = random_index(r, 1000000);
    call_array(c, "x", READS, table(4, generator ? c->size[IN] : c->size[OUT]), r);
    call_array(c, "layers", WRITES, vector(2), NULL); /* how many, and how many numbers they learn */
    call_array(c, "y", WRITES, table(4, generator ? c->size[OUT] : 1), NULL);
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

static void prepare_generator(Call *c, int which, Random *r) { prepare(c, which, r, true); }
static void run_generator(Call *c)
{
    Random r = random_stream((uint64_t)c->size[SEED], "weights", 0);
    run(c, mlp_generator(c->size[IN], c->size[HIDDEN], c->size[OUT], c->size[NORM], batchnorm_pytorch(), &r));
}
static void prepare_discriminator(Call *c, int which, Random *r) { prepare(c, which, r, false); }
static void run_discriminator(Call *c)
{
    Random r = random_stream((uint64_t)c->size[SEED], "weights", 0);
    run(c, mlp_discriminator(c->size[OUT], c->size[HIDDEN], c->size[NORM], batchnorm_pytorch(), &r));
}

const Task tasks_17[] = {
    { "17_mlp_gan", "mlp_generator", 2,
      "noise -> hidden -> 2 hidden -> pixels: dense layers of INIT_PYTORCH in this order, ReLU behind the hidden ones (with batch norm "
      "between, where norm is true), tanh at the end. add_block puts dense, norm and activation into the list; network_new(\"generator\", "
      "list).",
      "\"The system\" in chapter 17: the table of G's layers. A list ends with NULL.", prepare_generator, run_generator, NULL },
    { "17_mlp_gan", "mlp_discriminator", 1,
      "pixels -> 2 hidden -> hidden -> 1: LeakyReLU(0.2) behind the hidden layers; the last is dense alone.",
      "\"The system\" in chapter 17: the table of D's layers; its sigmoid is in the loss.", prepare_discriminator,
      run_discriminator, NULL },
    { 0 },
};
