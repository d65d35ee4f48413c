/* What the figures of a game share: playing one side alone, and the hash of all parameters. */
#ifndef LIVE_GAME_H
#define LIVE_GAME_H

#include "15_gan.h"
#include "live.h"

typedef enum { TURN_BOTH, TURN_D, TURN_G } Turn;

/* A step of both, on n/2 real examples and n fakes, or of one of them alone. */
GanStep game_step(Gan *g, const Tensor *real_examples, int n, Turn turn);

uint64_t game_hash(const Gan *g);

#endif
