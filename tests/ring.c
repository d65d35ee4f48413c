/* The ring's GAN of chapter 16, with batch norm in G, for a few steps: writes
 * every parameter of both networks, byte for byte. For tests/definitions.sh.
 *
 * usage: ring FILE */
#include "04_init.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "10_mixture.h"
#include "13_inference.h"
#include "15_gan.h"

#include <stdio.h>

enum { NOISE = 16, WIDTH = 32, BATCH = 32, STEPS = 40 };

/* What draws from r stands in statements of its own: among arguments, or in a
 * list, the order would be the compiler's choice. */
static Network *generator(Random *r)
{
    Layer *first = dense_new(NOISE, WIDTH, INIT_PYTORCH, r), *last = dense_new(WIDTH, 2, INIT_PYTORCH, r);
    return network_new("generator",
                       (Layer *[]){ first, batchnorm_new(WIDTH, batchnorm_pytorch()), relu_new(), last, tanh_new(), NULL });
}

static Network *discriminator(Random *r)
{
    Layer *first = dense_new(2, WIDTH, INIT_PYTORCH, r), *last = dense_new(WIDTH, 1, INIT_PYTORCH, r);
    return network_new("discriminator", (Layer *[]){ first, leaky_relu_new(0.2), last, NULL });
}

static void write_parameters(FILE *file, const Layer *l)
{
    for (int k = 0; k < l->n_param; k++)
        fwrite(l->param[k]->value.data, sizeof(real), tensor_size(&l->param[k]->value), file);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (!file)
        return 2;
    Random r = random_stream(1, "ring", 0), rows = random_stream(1, "rows", 0);
    Mixture ring = mixture_ring();
    Network *G = generator(&r), *D = discriminator(&r);
    Gan g = gan_new(G, D, NOISE, adam_pytorch(1e-3, 0.5), 1);
    Tensor x = tensor_new((Shape){ 2, { BATCH / 2, 2 } });
    for (int step = 0; step < STEPS; step++) {
        mixture_sample(&ring, x.data, BATCH / 2, &rows);
        gan_step(&g, &x, BATCH);
    }
    write_parameters(file, &g.generator->base);
    write_parameters(file, &g.discriminator->base);
    tensor_free(&x);
    gan_free(&g);
    return fclose(file) == 0 ? 0 : 1;
}
