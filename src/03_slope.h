/* One slope by finite differences, with an error bar.
 *
 * A difference quotient is inexact twice: a long step averages over the curve,
 * a short one drowns in rounding. Extrapolating a row of steps to step 0 gains
 * on both sides, and says how far it can be trusted. */
#ifndef SLOPE_H
#define SLOPE_H

#include <stdbool.h>
#include <stdint.h>

/* The loss at a displacement t along some line through the arrays. Where one
 * element moves, t comes back as it was really taken after rounding; where many
 * do, each is rounded its own way, and t comes back as given. */
typedef struct {
    double t, loss;
    uint64_t branches; /* a hash of the branches taken on the way */
} Probe;
typedef Probe ProbeFunction(void *line, double t);

/* On a kink there is no slope, but one to each side: value + bend to the right,
 * value - bend to the left. Elsewhere bend is 0. */
typedef struct {
    double value, error; /* dL/dt at 0, and how far that may be off; infinite: no steps were found that tell it */
    double bend;
} Slope;

/* The slope, or on a kink that between both sides', which comes closest to a. */
double slope_nearest(const Slope *s, double a);

/* Central differences at steps h, h/2, h/4, ... extrapolated to step 0 in
 * Richardson's tableau; the entry with the smallest error estimate is taken.
 * `noise` is the rounding error of one loss. Steps that leave the branch of
 * t = 0, or the function's domain (a loss that is NaN or infinite), are thrown
 * away. Where none stays, differences to one side are taken likewise, to the
 * right and to the left. A last difference from much closer must agree, or
 * everything begins again with steps as small as that. Where the loss at t = 0 is
 * no number, the slope is NaN.
 * Source: Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances
 * in Engineering Software 4 (1982). */
Slope slope_ridders(ProbeFunction *probe, void *line, double h, double noise);

/* The standard deviation of the noise in values at equal distances on a line, so close
 * that only rounding tells them from a straight one: from their fourth to sixth differences.
 * Source: More and Wild, "Estimating computational noise", SIAM J. Sci.
 * Comput. 33 (2011), eq. (4.1). */
enum { NOISE_POINTS = 9 };
double noise_of_differences(const double value[NOISE_POINTS]);

/* That of the loss, from its values at t = spacing, 2 spacing, ..., closer where
 * these lie on several branches. Where half of them are equal, or lie in exact steps,
 * as a loss printed with few digits does, they move apart, to a million times the
 * spacing at most. No less than the rounding of a double. */
double loss_noise(ProbeFunction *probe, void *line, double spacing);

#endif
