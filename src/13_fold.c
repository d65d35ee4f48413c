#include "13_fold.h"

#include "01_tensor.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "12_batchnorm.h"
#include "13_inference.h"

/* scale (xW + b) + shift = x (W scale) + (b scale + shift), column by column. */
static void fold_into_dense(Layer *dense, const real *scale, const real *shift, int C)
{
    Tensor *W = &dense->param[0]->value, *b = &dense->param[1]->value;
    for (size_t i = 0; i < tensor_size(W); i++)
        W->data[i] *= scale[i % (size_t)C];
    for (int j = 0; j < C; j++)
        b->data[j] = b->data[j] * scale[j] + shift[j];
}

const char *batchnorm_fold(Network *n, int i)
{
    if (i < 0 || i >= n->n_layer || !is_batchnorm(n->layer[i]))
        return "this layer is no batch norm with running statistics";
    if (i == 0)
        return "no layer stands before it in the network";
    if (!is_dense(n->layer[i - 1]))
        return "the layer before it is not dense: only into a dense layer can this be folded";
    Layer *l = n->layer[i], *dense = n->layer[i - 1];
    if (dense->n_map > 0)
        return "the layer before it computes with a map of its weights";
    const real *mean = l->state[0]->value.data, *var = l->state[1]->value.data;
    int C = shape_columns(l->param[0]->value.shape);
    Tensor room = tensor_new((Shape){ 2, { 3, C } });
    real *rstd = room.data, *scale = room.data + C, *shift = room.data + 2 * C;
    for (int j = 0; j < C; j++)
        rstd[j] = (real)(1 / sqrt((wide)var[j] + batchnorm_eps(l)));
    BatchNorm norm = {
        .C = C, .mean = mean, .rstd = rstd, .gamma = param_value(l->param[0]), .beta = param_value(l->param[1])
    };
    batchnorm_affine(scale, shift, &norm);
    fold_into_dense(dense, scale, shift, C);
    tensor_free(&room);
    network_remove(n, i);
    return NULL;
}
