/* Chapter 15's experiment. The generator's gradient by D's logit, saturating
 * and not; and a discriminator between two known densities p and q on the
 * line, against the best there is, p/(p + q). */
#include "15_gan.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "08_optimizer.h"
#include "09_network.h"

static void generator_slopes(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "15_gan_slopes.tsv", "logit\tprobability\tsaturating\tnon_saturating");
    for (int i = -200; i <= 120; i++) {
        real a = (real)i / 20, s, n;
        loss_saturating(&a, 1, &s);
        loss_as_real(&a, 1, &n);
        fprintf(tsv, "%.2f\t%.6f\t%.6e\t%.6e\n", (double)a, 1 / (1 + exp(-(double)a)), fabs((double)s), fabs((double)n));
    }
    output_close(tsv);
}

/* Reals: mean -1, deviation 0.6. Fakes: mean 1, deviation 1. */
static double density(double x, double mean, double deviation)
{
    double z = (x - mean) / deviation;
    return exp(-z * z / 2) / deviation;
}

static void draw(Tensor *x, double mean, double deviation, Random *r)
{
    random_normal(r, x->data, tensor_size(x));
    for (size_t i = 0; i < tensor_size(x); i++)
        x->data[i] = (real)(mean + deviation * (double)x->data[i]);
}

static void learn(Network *d, const Tensor *x, double (*loss)(const real *, int, real *))
{
    const Tensor *a = network_forward(d, x, TRAIN);
    Tensor da = tensor_new(a->shape);
    loss(a->data, shape_rows(a->shape), da.data);
    network_backward(d, &da, NULL, WITH_PARAM);
    tensor_free(&da);
}

static void best_discriminator(const Experiment *e)
{
    enum { N = 256, POINTS = 121 };
    Random r = random_stream((uint64_t)e->seed, "discriminator", 0);
    Layer *first = dense_new(1, 32, INIT_GLOROT, &r), *second = dense_new(32, 32, INIT_GLOROT, &r);
    Layer *logit = dense_new(32, 1, INIT_GLOROT, &r);
    Network *d = network_new("discriminator", (Layer *[]){ first, tanh_new(), second, tanh_new(), logit, NULL });
    Optimizer adam = adam_new(&d->base, adam_pytorch(2e-3, 0.9));
    Tensor x = tensor_new((Shape){ 2, { N, 1 } }), axis = tensor_new((Shape){ 2, { POINTS, 1 } });
    for (int step = 0; step < 3000; step++) {
        draw(&x, -1, 0.6, &r);
        learn(d, &x, loss_as_real);
        draw(&x, 1, 1, &r);
        learn(d, &x, loss_as_fake);
        optimizer_step(&adam);
    }
    for (int i = 0; i < POINTS; i++)
        axis.data[i] = (real)(-4 + 8.0 * i / (POINTS - 1));
    const Tensor *a = network_forward(d, &axis, EVAL);
    FILE *tsv = tsv_open(e->out, "15_gan_best.tsv", "x\treal\tfake\tlearned\tbest");
    for (int i = 0; i < POINTS; i++) {
        double at = (double)axis.data[i], p = density(at, -1, 0.6), q = density(at, 1, 1);
        fprintf(tsv, "%.4f\t%.5f\t%.5f\t%.5f\t%.5f\n", at, p / 2.5066283, q / 2.5066283, 1 / (1 + exp(-(double)a->data[i])),
                p / (p + q));
    }
    output_close(tsv);
    optimizer_free(&adam);
    network_free(d);
    tensor_free(&x), tensor_free(&axis);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 15: the generator's two losses; the best discriminator.", NULL);
    generator_slopes(&e);
    best_discriminator(&e);
    return 0;
}
