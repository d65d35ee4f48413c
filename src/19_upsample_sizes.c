#include "18_conv.h"
#include "19_upsample.h"

ConvSizes upsample_conv_sizes(ConvSizes given)
{
    ConvSizes large = given;
    large.H *= 2, large.W *= 2, large.S = 1;
    large = conv_sizes(large, PAD_KERAS);
    large.H = given.H, large.W = given.W;
    return large;
}
