/* A backward for tests: dx lands in a place that nobody need free. */
#ifndef BACKWARD_H
#define BACKWARD_H

#include "01_tensor.h"
#include "04_layer.h"

/* Returns dx; the 8th later call takes its place again. */
static inline const Tensor *backward_of(Layer *l, const Tensor *dy, Want want)
{
    enum { PLACES = 8, ROOM = 1 << 18 };
    static real room[PLACES][ROOM];
    static Tensor dx[PLACES];
    static int next;
    Tensor *t = &dx[next % PLACES];
    *t = (Tensor){ .capacity = ROOM, .data = room[next++ % PLACES] };
    layer_backward(l, dy, t, want);
    return t;
}

#endif
