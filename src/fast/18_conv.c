/* Convolution, the fastest way for the sizes at hand. */
#include "18_conv.h"

#include "18_patches.h"
#include "18_phases.h"
#include "18_winograd.h"

/* The sizes alone decide, so the bytes do not depend on anything else. */
typedef enum { BY_PATCHES, BY_WINOGRAD, BY_PHASES } Way;

static Way way_of(const ConvSizes *s)
{
    bool pays = winograd_pays(s->C, s->O);
    if (pays && s->K == 3 && s->S == 1)
        return BY_WINOGRAD;
    bool halves = s->K == 5 && s->S == 2 && s->H % 2 == 0 && s->W % 2 == 0 && s->top == 1 && s->left == 1;
    return pays && halves ? BY_PHASES : BY_PATCHES;
}

static WinogradSizes winograd(const ConvSizes *s)
{
    return (WinogradSizes){ .N = s->N, .H = s->H, .W = s->W, .C = s->C, .O = s->O };
}
static PhaseSizes phases(const ConvSizes *s) { return (PhaseSizes){ STRIDED, s->N, s->Ho, s->Wo, s->C, s->O }; }

void conv_forward(real *y, const real *x, const real *w, const real *bias, const ConvSizes *s)
{
    WinogradSizes W = winograd(s);
    PhaseSizes P = phases(s);
    switch (way_of(s)) {
    case BY_WINOGRAD: winograd_forward(y, x, w, bias, &W); break;
    case BY_PHASES: phases_forward(y, x, w, bias, &P); break;
    case BY_PATCHES: patches_forward(y, x, w, bias, s);
    }
}

void conv_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s)
{
    WinogradSizes W = winograd(s);
    PhaseSizes P = phases(s);
    switch (way_of(s)) {
    case BY_WINOGRAD: winograd_backward_x(dx, dy, w, &W); break;
    case BY_PHASES: phases_backward_x(dx, dy, w, &P); break;
    case BY_PATCHES: patches_backward_x(dx, dy, w, s);
    }
}

void conv_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s)
{
    WinogradSizes W = winograd(s);
    PhaseSizes P = phases(s);
    switch (way_of(s)) {
    case BY_WINOGRAD: winograd_backward_w(dw, x, dy, &W); break;
    case BY_PHASES: phases_backward_w(dw, x, dy, &P); break;
    case BY_PATCHES: patches_backward_w(dw, x, dy, s);
    }
}
