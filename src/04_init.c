#include "04_init.h"

static void uniform_within(Tensor *t, double bound, Random *r)
{
    random_uniform(r, t->data, tensor_size(t));
    for (size_t i = 0; i < tensor_size(t); i++)
        t->data[i] = (real)(bound * (2 * (double)t->data[i] - 1));
}

static void normal_times(Tensor *t, double deviation, Random *r)
{
    random_normal(r, t->data, tensor_size(t));
    for (size_t i = 0; i < tensor_size(t); i++)
        t->data[i] = (real)(deviation * (double)t->data[i]);
}

void init_weight(Tensor *weight, Init init, int fan_in, int fan_out, Random *r)
{
    switch (init) {
    case INIT_PYTORCH: uniform_within(weight, 1 / sqrt((double)fan_in), r); break;
    case INIT_GLOROT: uniform_within(weight, sqrt(6.0 / (fan_in + fan_out)), r); break;
    case INIT_HE: normal_times(weight, sqrt(2.0 / fan_in), r); break;
    case INIT_NORMAL: normal_times(weight, 0.01, r); break;
    }
}

void init_bias(Tensor *bias, Init init, int fan_in, Random *r)
{
    if (init == INIT_PYTORCH)
        uniform_within(bias, 1 / sqrt((double)fan_in), r);
    else
        tensor_fill(bias, 0);
}
