/* The claims of the two source documents, taken apart into what can be decided. */
#ifndef VERDICT_CLAIMS_H
#define VERDICT_CLAIMS_H

#include "24_verdict.h"

/* In place of a setting: the study's first; the one that the pilot chose for the arm. */
#define GIVEN 0.0
#define TUNED -1.0

/* One thing that is decided: of which claim of docs/verdict-plan.md, what, by which study's runs. */
typedef struct {
    const char *id, *what, *study;
    Claim claim;
} Part;

extern const Part parts[];
extern const int n_parts;

#endif
