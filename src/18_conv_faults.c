#include "18_conv_faults.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_subject.h"
#include "04_layer.h"
#include "04_subject.h"
#include "18_conv.h"
#include "18_conv_layer.h"

#include <math.h>
#include <string.h>

/* A wrong gradient of the subject's layer for an array, in `wrong`, which begins as 0. */
typedef void WrongGradient(const LayerSubject *s, ConvSizes sizes, real *wrong);

static bool plant(const Subject *subject, int array, double *dx, int wanted, WrongGradient *compute)
{
    const LayerSubject *s = subject->self;
    if (array != wanted)
        return false;
    size_t n = subject->array[array].n;
    real *wrong = memory_get(n * sizeof *wrong);
    memset(wrong, 0, n * sizeof *wrong);
    compute(s, conv_layer_sizes(s->layer, s->x.shape), wrong);
    bool changed = false;
    for (size_t i = 0; i < n; i++) {
        changed |= fabs((double)wrong[i] - dx[i]) > 1e-6 * fabs(dx[i]);
        dx[i] = (double)wrong[i];
    }
    memory_release(wrong);
    return changed;
}

static const Param *weight_of(const LayerSubject *s) { return s->layer->param[0]; }

static void wrong_padding(const LayerSubject *s, ConvSizes sizes, real *wrong)
{
    sizes.top++;
    conv_backward_x(wrong, s->u.data, weight_of(s)->value.data, &sizes);
}

static void wrong_padding_w(const LayerSubject *s, ConvSizes sizes, real *wrong)
{
    sizes.left++;
    conv_backward_w(wrong, s->x.data, s->u.data, &sizes);
}

/* w[a][b] where w[K-1-a][K-1-b] belongs, and the reverse. */
static void wrong_turn(const LayerSubject *s, ConvSizes sizes, real *wrong)
{
    size_t n = tensor_size(&weight_of(s)->value), CO = (size_t)sizes.C * (size_t)sizes.O;
    real *turned = memory_get(n * sizeof *turned);
    for (size_t i = 0; i < n; i++)
        turned[i] = weight_of(s)->value.data[(n / CO - 1 - i / CO) * CO + i % CO];
    conv_backward_x(wrong, s->u.data, turned, &sizes);
    memory_release(turned);
}

static void wrong_stride(const LayerSubject *s, ConvSizes sizes, real *wrong)
{
    sizes.S = 1;
    conv_backward_x(wrong, s->u.data, weight_of(s)->value.data, &sizes);
}

static void wrong_bias(const LayerSubject *s, ConvSizes sizes, real *wrong)
{
    size_t of_map = (size_t)sizes.Ho * (size_t)sizes.Wo * (size_t)sizes.O;
    for (int n = 0; n < sizes.N; n++) /* the first pixel of each map alone */
        for (int o = 0; o < sizes.O; o++)
            wrong[o] += s->u.data[(size_t)n * of_map + (size_t)o];
}

enum { OF_X, OF_WEIGHT, OF_BIAS };
static bool fault_padding(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_X, wrong_padding); }
static bool fault_padding_w(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_WEIGHT, wrong_padding_w); }
static bool fault_turn(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_X, wrong_turn); }
static bool fault_stride(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_X, wrong_stride); }
static bool fault_bias(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_BIAS, wrong_bias); }

const Fault conv_faults[] = {
    { "dx: padding off by one", fault_padding },       { "dw: padding off by one", fault_padding_w },
    { "dx: kernel the wrong way round", fault_turn },  { "dx: stride ignored", fault_stride },
    { "db: summed over the batch alone", fault_bias }, { NULL, NULL },
};
