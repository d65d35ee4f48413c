#include "game.h"

#include <math.h>

GanStep game_step(Gan *g, const Tensor *real_examples, int n, Turn turn)
{
    GanStep s = { NAN, NAN, NAN, NAN, NAN, NAN, NAN }; /* who does not play has no numbers */
    if (turn == TURN_BOTH)
        return gan_step(g, real_examples, n);
    gan_noise(g, turn == TURN_D ? n / 2 : n);
    if (turn == TURN_D) {
        gan_discriminator_gradient(g, real_examples, TRAIN, &s);
        s.norm_d = optimizer_step(&g->discriminator_adam);
    } else {
        gan_generator_gradient(g, TRAIN, &s);
        s.norm_g = optimizer_step(&g->generator_adam);
    }
    return s;
}

static uint64_t network_hash(const Network *n, uint64_t hash)
{
    for (int k = 0; k < n->base.n_param; k++) {
        const Tensor *t = &n->base.param[k]->value;
        hash = live_hash_bytes(hash, t->data, tensor_size(t) * sizeof *t->data);
    }
    return hash;
}

uint64_t game_hash(const Gan *g) { return network_hash(g->discriminator, network_hash(g->generator, 0)); }
