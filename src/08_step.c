#include "08_optimizer.h"

#include "01_tensor.h"

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
