/* Chapter 5's experiment: the smallest dense layer, y = xw + b with one input
 * and one output, fitted to points. Draws its loss over (w, b), the gradient
 * that backward computes there, and gradient descent following it. */
#include "05_dense.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"

enum { N = 40 };

typedef struct {
    Tensor x, t, dy;
    Layer *layer;
} Fit;

static Fit fit_new(uint64_t seed)
{
    Random r = random_stream(seed, "points", 0);
    Shape column = { 2, { N, 1 } };
    Fit f = { tensor_new(column), tensor_new(column), tensor_new(column), dense_new(1, 1, INIT_PYTORCH, &r) };
    random_normal(&r, f.x.data, N);
    random_normal(&r, f.t.data, N);
    for (int i = 0; i < N; i++) {
        f.x.data[i] += (real)0.8; /* off centre, so that w and b interact */
        f.t.data[i] = (real)1.5 * f.x.data[i] - (real)0.5 + (real)0.3 * f.t.data[i];
    }
    return f;
}

static void fit_free(Fit *f)
{
    tensor_free(&f->x);
    tensor_free(&f->t);
    tensor_free(&f->dy);
    layer_free(f->layer);
}

/* Loss 1/(2N) sum (y - t)^2 at (w, b); its gradient in dw, db. */
static double loss_at(Fit *f, double w, double b, double *dw, double *db)
{
    Param **p = f->layer->param;
    p[0]->value.data[0] = (real)w, p[1]->value.data[0] = (real)b;
    const Tensor *y = layer_forward(f->layer, &f->x, PROBE);
    double loss = 0;
    for (int i = 0; i < N; i++) {
        double difference = (double)y->data[i] - (double)f->t.data[i];
        loss += difference * difference / (2 * N);
        f->dy.data[i] = (real)(difference / N);
    }
    layer_zero_gradients(f->layer);
    layer_backward(f->layer, &f->dy, NULL, WITH_PARAM);
    *dw = (double)p[0]->grad.data[0], *db = (double)p[1]->grad.data[0];
    return loss;
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 5: the loss of a line over its slope and height, and its gradient.",
                                   NULL);
    Fit f = fit_new((uint64_t)e.seed);
    double dw, db, w = -0.8, b = 1.6;
    FILE *tsv = tsv_open(e.out, "05_dense_surface.tsv", "w\tb\tloss\tdw\tdb");
    for (int i = 0; i <= 40; i++, fprintf(tsv, "\n")) /* blank lines part the rows of gnuplot's grid */
        for (int j = 0; j <= 40; j++) {
            double loss = loss_at(&f, -1.5 + 0.125 * i, -2.5 + 0.125 * j, &dw, &db);
            fprintf(tsv, "%.4f\t%.4f\t%.5f\t%.5f\t%.5f\n", -1.5 + 0.125 * i, -2.5 + 0.125 * j, loss, dw, db);
        }
    output_close(tsv);
    tsv = tsv_open(e.out, "05_dense_path.tsv", "step\tw\tb\tloss");
    for (int step = 0; step <= 40; step++) {
        double loss = loss_at(&f, w, b, &dw, &db);
        fprintf(tsv, "%d\t%.5f\t%.5f\t%.5f\n", step, w, b, loss);
        w -= 0.3 * dw, b -= 0.3 * db;
    }
    output_close(tsv);
    fit_free(&f);
    return 0;
}
