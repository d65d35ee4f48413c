/* Chapter 12's experiment: what batch norm does to the length of a gradient.
 * For batches of many sizes and spreads: |dx|^2 as backward gives it, and as
 * the identity predicts it, both as shares of the bound B^2 |dy|^2. */
#include "12_batchnorm.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_layer.h"
#include "12_batchnorm_layer.h"
#include "12_paths.h"

enum { C = 16 };

static void one_batch(FILE *tsv, int R, double spread, Random *r)
{
    Layer *l = batchnorm_training_new(C, 1e-5);
    Tensor x = tensor_new((Shape){ 2, { R, C } }), dy = tensor_new(x.shape), dx = { 0 };
    random_normal(r, x.data, tensor_size(&x));
    random_normal(r, dy.data, tensor_size(&dy));
    random_normal(r, l->param[0]->value.data, C);
    for (size_t i = 0; i < tensor_size(&x); i++)
        x.data[i] = (real)(spread * (double)x.data[i]);
    layer_forward(l, &x, TRAIN);
    layer_backward(l, &dy, &dx, WITHOUT_PARAM);
    wide mean[C], var[C];
    real narrow_mean[C], rstd[C];
    batchnorm_mean(mean, x.data, R, C, R);
    batchnorm_var(var, x.data, mean, R, C, R);
    for (int j = 0; j < C; j++)
        narrow_mean[j] = (real)mean[j], rstd[j] = (real)(1 / sqrt(var[j] + 1e-5));
    BatchNorm n = { R, C, x.data, narrow_mean, rstd, l->param[0]->value.data, l->param[1]->value.data };
    double predicted[C], bound[C];
    batchnorm_gradient_identity(predicted, bound, dy.data, 1e-5, &n);
    for (int j = 0; j < C; j++) {
        double measured = 0;
        for (int i = 0; i < R; i++)
            measured += pow((double)dx.data[i * C + j], 2);
        fprintf(tsv, "%d\t%.0e\t%.5f\t%.5f\n", R, spread, measured / bound[j], predicted[j] / bound[j]);
    }
    tensor_free(&x), tensor_free(&dy), tensor_free(&dx);
    layer_free(l);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 12: the length of a gradient behind batch norm.", NULL);
    static const double spread[] = { 1e-3, 1e-2, 1, 100 };
    Random r = random_stream((uint64_t)e.seed, "batches", 0);
    FILE *tsv = tsv_open(e.out, "12_batchnorm.tsv", "rows\tspread\tmeasured\tpredicted");
    for (int R = 3; R <= 192; R *= 2)
        for (int k = 0; k < 4; k++)
            one_batch(tsv, R, spread[k], &r);
    output_close(tsv);
    return 0;
}
