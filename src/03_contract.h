/* What a subject must keep besides its numbers: a gradient may be right when the
 * checker asks, and wrong in training, where buffers hold what the last step
 * left. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include "03_subject.h"

#include <stdbool.h>

typedef enum {
    KEPT,
    NOT_DETERMINISTIC, /* the same arrays give another loss, or other branches */
    BROKEN             /* an x has changed; or dx is another at the second call, or depends on what it held */
} Contract;

typedef struct {
    Contract contract;
    int array;            /* that shows it */
    char text[NOTE_TEXT]; /* what it is */
} Breach;

/* Calls evaluate() and gradient() a few times; in the end every x and dx is as after evaluate and gradient. */
Breach contract_check(const Subject *s);

#endif
