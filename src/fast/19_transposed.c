/* The transposed convolution: by phases, or as the convolution's own gradients. */
#include "19_transposed.h"

#include "18_patches.h"
#include "18_phases.h"

/* Phases take the kernel, stride and crop of the notebook's DCGAN. */
static bool by_phases(const ConvSizes *s) { return s->K == 5 && s->S == 2 && s->top == 1 && s->left == 1; }
static PhaseSizes phases(const ConvSizes *s) { return (PhaseSizes){ TRANSPOSED_CONV, s->N, s->H, s->W, s->C, s->O }; }

void transposed_forward(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s)
{
    PhaseSizes P = phases(s);
    ConvSizes conv = conv_of_transposed(s);
    if (by_phases(s))
        phases_forward(y, x, w, bias, &P);
    else {
        conv_backward_x(y, x, w, &conv);
        patches_add_bias(y, bias, s->N * s->Ho * s->Wo, s->O);
    }
}

void transposed_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    PhaseSizes P = phases(s);
    ConvSizes conv = conv_of_transposed(s);
    if (by_phases(s))
        phases_backward_x(dx, dy, w, &P);
    else
        conv_forward(dx, dy, w, NULL, &conv);
}

void transposed_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    PhaseSizes P = phases(s);
    ConvSizes conv = conv_of_transposed(s);
    if (by_phases(s))
        phases_backward_w(dw, x, dy, &P);
    else
        conv_backward_w(dw, dy, x, &conv);
}
