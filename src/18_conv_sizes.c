#include "00_error.h"
#include "18_conv.h"

/* Zeros in front of n pixels; Keras: half of what the last window reaches beyond them. */
static int zeros_before(int n, int K, int S, Padding p)
{
    if (p == PAD_PYTORCH)
        return (K - 1) / 2;
    int beyond = ((n + S - 1) / S - 1) * S + K - n;
    return beyond > 0 ? beyond / 2 : 0;
}

ConvSizes conv_sizes(ConvSizes s, Padding p)
{
    REQUIRE(s.N > 0 && s.H > 0 && s.W > 0 && s.C > 0 && s.O > 0 && s.K > 0 && s.S > 0,
            "convolution of %d maps %dx%dx%d by %dx%d, stride %d, to %d channels", s.N, s.H, s.W, s.C, s.K, s.K, s.S, s.O);
    s.Ho = (s.H + s.S - 1) / s.S, s.Wo = (s.W + s.S - 1) / s.S;
    s.top = zeros_before(s.H, s.K, s.S, p), s.left = zeros_before(s.W, s.K, s.S, p);
    return s;
}
