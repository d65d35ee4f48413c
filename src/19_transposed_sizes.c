#include "18_conv.h"
#include "19_transposed.h"

ConvSizes transposed_sizes(ConvSizes given, Padding p)
{
    ConvSizes back = conv_of_transposed(&given); /* from S H x S W; conv_sizes works out the rest: (S H)/S = H */
    back = conv_sizes(back, p);
    given.Ho = back.H, given.Wo = back.W, given.top = back.top, given.left = back.left;
    return given;
}

ConvSizes conv_of_transposed(const ConvSizes *s)
{
    return (ConvSizes){ .N = s->N,
                        .H = s->S * s->H,
                        .W = s->S * s->W,
                        .C = s->O,
                        .K = s->K,
                        .S = s->S,
                        .O = s->C,
                        .Ho = s->H,
                        .Wo = s->W,
                        .top = s->top,
                        .left = s->left };
}
