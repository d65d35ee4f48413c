/* Chapter 6's experiment: the four activations and their slopes, both read off
 * the layers, and the error of the tanh made for vector instructions. */
#include "00_program.h"
#include "06_activation.h"

enum { POINTS = 241, KINDS = 4 };

static void shapes(const Experiment *e)
{
    Layer *layer[KINDS] = { relu_new(), leaky_relu_new(0.2), tanh_new(), sigmoid_new() };
    Tensor x = tensor_new((Shape){ 2, { 1, POINTS } }), one = tensor_new(x.shape);
    const Tensor *y[KINDS], *slope[KINDS];
    for (int i = 0; i < POINTS; i++)
        x.data[i] = (real)(-4 + 8.0 * i / (POINTS - 1));
    tensor_fill(&one, 1);
    for (int k = 0; k < KINDS; k++) {
        y[k] = layer_forward(layer[k], &x, TRAIN);
        slope[k] = layer_backward(layer[k], &one, WANT_DX);
    }
    FILE *tsv = tsv_open(e->out, "06_activation.tsv",
                         "x\trelu\tleaky_relu\ttanh\tsigmoid\tslope_relu\tslope_leaky_relu\tslope_tanh\tslope_sigmoid");
    for (int i = 0; i < POINTS; i++) {
        fprintf(tsv, "%.4f", (double)x.data[i]);
        for (int k = 0; k < 2 * KINDS; k++)
            fprintf(tsv, "\t%.5f", (double)(k < KINDS ? y[k] : slope[k - KINDS])->data[i]);
        fprintf(tsv, "\n");
    }
    output_close(tsv);
    for (int k = 0; k < KINDS; k++)
        layer_free(layer[k]);
    tensor_free(&x);
    tensor_free(&one);
}

/* The largest relative error in each of many short ranges of x. */
static void tanh_errors(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "06_activation_tanh.tsv", "x\terror");
    for (double low = 1e-4; low < 10; low *= 1.1) {
        double worst = 0;
        for (int i = 0; i < 1000; i++) {
            real x = (real)(low * (1 + 0.0001 * i));
            worst = fmax(worst, fabs((double)tanh_vector(x) / tanh((double)x) - 1));
        }
        fprintf(tsv, "%.5e\t%.3e\n", low, worst);
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 6: activations, their slopes, and the error of a fast tanh.", NULL);
    shapes(&e);
    tanh_errors(&e);
    return 0;
}
