/* Chapter 12's experiment: what batch norm does to the length of a gradient.
 * For batches of many sizes and spreads: |dx|^2 as backward gives it, and as
 * the identity predicts it, both as shares of the bound C^2 |dy|^2. */
#include "12_batchnorm.h"

enum { C = 16 };

static void one_batch(FILE *tsv, int R, double spread, Random *r)
{
    Layer *l = batchnorm_training_new(C, 1e-5);
    Tensor x = tensor_new((Shape){ 2, { R, C } }), dy = tensor_new(x.shape);
    random_normal(r, x.data, tensor_size(&x));
    random_normal(r, dy.data, tensor_size(&dy));
    random_normal(r, l->param[0]->value.data, C);
    for (size_t i = 0; i < tensor_size(&x); i++)
        x.data[i] = (real)(spread * (double)x.data[i]);
    layer_forward(l, &x, TRAIN);
    const Tensor *dx = layer_backward(l, &dy, WANT_DX);
    real mean[C], var[C], rstd[C], *xhat = memory_get(tensor_size(&x) * sizeof *xhat);
    double predicted[C], bound[C];
    batchnorm_statistics(mean, var, x.data, R, C);
    batchnorm_rstd(rstd, var, 1e-5, C);
    batchnorm_normalise(xhat, x.data, mean, rstd, R, C);
    batchnorm_gradient_identity(predicted, bound, dy.data, xhat, l->param[0]->value.data, rstd, 1e-5, R, C);
    for (int j = 0; j < C; j++) {
        double measured = 0;
        for (int i = 0; i < R; i++)
            measured += pow((double)dx->data[i * C + j], 2);
        fprintf(tsv, "%d\t%.0e\t%.5f\t%.5f\n", R, spread, measured / bound[j], predicted[j] / bound[j]);
    }
    memory_release(xhat);
    tensor_free(&x), tensor_free(&dy);
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
