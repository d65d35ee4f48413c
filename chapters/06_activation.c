/* Chapter 6's experiment: the four activations and their slopes, both read off
 * the layers. */
#include "06_activation.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "04_layer.h"
#include "06_activation_layer.h"

enum { POINTS = 241, KINDS = 4 };

static void shapes(const Experiment *e)
{
    Layer *layer[KINDS] = { relu_new(), leaky_relu_new(0.2), tanh_new(), sigmoid_new() };
    Tensor x = tensor_new((Shape){ 2, { 1, POINTS } }), one = tensor_new(x.shape);
    const Tensor *y[KINDS];
    Tensor slope[KINDS] = { 0 };
    for (int i = 0; i < POINTS; i++)
        x.data[i] = (real)(-4 + 8.0 * i / (POINTS - 1));
    tensor_fill(&one, 1);
    for (int k = 0; k < KINDS; k++) {
        y[k] = layer_forward(layer[k], &x, PROBE);
        layer_backward(layer[k], &one, &slope[k], WITHOUT_PARAM);
    }
    FILE *tsv = tsv_open(e->out, "06_activation.tsv",
                         "x\trelu\tleaky_relu\ttanh\tsigmoid\tslope_relu\tslope_leaky_relu\tslope_tanh\tslope_sigmoid");
    for (int i = 0; i < POINTS; i++) {
        fprintf(tsv, "%.4f", (double)x.data[i]);
        for (int k = 0; k < 2 * KINDS; k++)
            fprintf(tsv, "\t%.5f", (double)(k < KINDS ? y[k] : &slope[k - KINDS])->data[i]);
        fprintf(tsv, "\n");
    }
    output_close(tsv);
    for (int k = 0; k < KINDS; k++)
        layer_free(layer[k]), tensor_free(&slope[k]);
    tensor_free(&x);
    tensor_free(&one);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 6: activations and their slopes.", NULL);
    shapes(&e);
    return 0;
}
