#include "08_optimizer.h"

#include "01_sum.h"
#include "01_tensor.h"
#include "04_layer.h"

double gradient_norm(Param *const *param, int n_param)
{
    double squares = 0;
    for (int k = 0; k < n_param; k++) {
        const Tensor *dx = &param[k]->grad;
        squares += (double)dot(dx->data, dx->data, tensor_size(dx));
    }
    return sqrt(squares);
}

double optimizer_step(Optimizer *o)
{
    double norm = gradient_norm(o->param, o->n_param);
    o->step++;
    for (int k = 0; k < o->n_param; k++) {
        Tensor *dx = &o->param[k]->grad;
        optimizer_update(o, k, 0, tensor_size(dx));
        tensor_fill(dx, 0);
    }
    return norm;
}
