/* Chapter 8's experiment: one linear neuron with two inputs of very different
 * spread, and the same with both standardised. Contours of its cost, and the
 * paths that the optimisers take down it. */
#include "08_optimizer.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "07_loss.h"

enum { N = 200, STEPS = 60 };

typedef struct {
    const char *name;
    Tensor x, t;              /* N x 2, N x 1 */
    double largest, smallest; /* curvature of the cost */
} Problem;

static void make_targets(Problem *p, const real *noise)
{
    for (int i = 0; i < N; i++)
        p->t.data[i] = p->x.data[2 * i] + p->x.data[2 * i + 1] + noise[i] / 10;
}

/* The eigenvalues of x^T x / N. */
static void find_curvatures(Problem *p)
{
    double a = 0, b = 0, c = 0;
    for (int i = 0; i < N; i++) {
        double u = (double)p->x.data[2 * i], v = (double)p->x.data[2 * i + 1];
        a += u * u / N, b += u * v / N, c += v * v / N;
    }
    double root = sqrt((a - c) * (a - c) / 4 + b * b);
    p->largest = (a + c) / 2 + root;
    p->smallest = (a + c) / 2 - root;
}

static void standardise(Tensor *x)
{
    for (int j = 0; j < 2; j++) {
        double mean = 0, squares = 0;
        for (int i = 0; i < N; i++)
            mean += (double)x->data[2 * i + j] / N;
        for (int i = 0; i < N; i++)
            squares += pow((double)x->data[2 * i + j] - mean, 2) / N;
        for (int i = 0; i < N; i++)
            x->data[2 * i + j] = (real)(((double)x->data[2 * i + j] - mean) / sqrt(squares));
    }
}

/* Cost and gradient of a dense layer 2 -> 1; its bias stays 0. */
static double cost(Layer *l, const Problem *p)
{
    real dy[N];
    const Tensor *y = layer_forward(l, &p->x, TRAIN);
    double L = squared_error(y->data, p->t.data, N, 1, dy);
    Tensor upstream = { { 2, { N, 1 } }, 0, dy };
    layer_backward(l, &upstream, NULL, WITH_PARAM);
    l->param[1]->grad.data[0] = 0;
    return L;
}

static void surface(FILE *tsv, Layer *l, const Problem *p)
{
    for (int i = 0; i <= 60; i++, fprintf(tsv, "\n"))
        for (int j = 0; j <= 60; j++) {
            real *w = l->param[0]->value.data;
            w[0] = (real)(-1 + 0.05 * i), w[1] = (real)(-1 + 0.05 * j);
            fprintf(tsv, "%s\t%.3f\t%.3f\t%.6f\n", p->name, (double)w[0], (double)w[1], cost(l, p));
            layer_zero_gradients(l);
        }
    fprintf(tsv, "\n");
}

static void path(FILE *tsv, Layer *l, const Problem *p, const char *name, Optimizer o)
{
    real *w = l->param[0]->value.data;
    w[0] = (real)-0.6, w[1] = (real)1.7;
    for (int step = 0; step <= STEPS; step++) {
        double x = (double)w[0], y = (double)w[1];
        fprintf(tsv, "%s\t%s\t%d\t%.5f\t%.5f\t%.6e\n", p->name, name, step, x, y, cost(l, p));
        optimizer_step(&o);
    }
    fprintf(tsv, "\n\n"); /* a new block of gnuplot's */
    optimizer_free(&o);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 8: optimisers on an elongated and on a normalised cost surface.", NULL);
    Random r = random_stream((uint64_t)e.seed, "points", 0);
    Problem problem[2] = { { .name = "raw" }, { .name = "standardised" } };
    Layer *l = dense_new(2, 1, INIT_NORMAL, &r);
    real noise[N];
    random_normal(&r, noise, N);
    FILE *surfaces = tsv_open(e.out, "08_optimizer_surface.tsv", "inputs\tw1\tw2\tcost");
    FILE *paths = tsv_open(e.out, "08_optimizer_path.tsv", "inputs\toptimizer\tstep\tw1\tw2\tcost");
    FILE *numbers = tsv_open(e.out, "08_optimizer.tsv", "inputs\tcondition_number\tlargest_stable_rate\tbest_rate");
    for (int k = 0; k < 2; k++) {
        Problem *p = &problem[k];
        p->x = tensor_new((Shape){ 2, { N, 2 } });
        p->t = tensor_new((Shape){ 2, { N, 1 } });
        Random points = random_stream((uint64_t)e.seed, "inputs", 0);
        random_normal(&points, p->x.data, 2 * N);
        for (int i = 0; i < N; i++)
            p->x.data[2 * i] *= 5; /* size in millimetres, say, and colour from -1 to 1 */
        if (k == 1)
            standardise(&p->x);
        make_targets(p, noise);
        find_curvatures(p);
        double best = 2 / (p->largest + p->smallest); /* the rate that shrinks both directions equally */
        fprintf(numbers, "%s\t%.4f\t%.5f\t%.5f\n", p->name, p->largest / p->smallest, 2 / p->largest, best);
        surface(surfaces, l, p);
        path(paths, l, p, "sgd", sgd_new(l, best));
        path(paths, l, p, "momentum", momentum_new(l, 0.3 * best, 0.7));
        path(paths, l, p, "adam", adam_new(l, adam_pytorch(0.1, 0.9)));
        tensor_free(&p->x);
        tensor_free(&p->t);
    }
    output_close(surfaces);
    output_close(paths);
    output_close(numbers);
    layer_free(l);
    return 0;
}
