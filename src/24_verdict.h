/* A claim as data, and what runs say of it.
 *
 * "With batch norm in G more modes are found than without" names two sides, a measure, and which side is said to have more
 * of it. From a table of runs come the pairs of values, from these the effect with its interval, and from that and the
 * smallest effect that matters the finding. */
#ifndef VERDICT_H
#define VERDICT_H

#include "24_runs.h"
#include "24_statistics.h"

#include <stdbool.h>

/* ---- what is claimed ----------------------------------------------------------------------------------- */

/* One number of the runs of one arm and one seed. */
typedef enum {
    AT_SETTING,    /* the measure, at this setting and after so many steps */
    SHARE_OF_ONES, /* percent of all settings at which it is 1 */
    LARGEST_WITH, /* the largest setting such that it is 1 or more there and at every smaller one; half the smallest, where none is */
    LARGEST_WITHOUT, /* the largest setting such that it is 0 there and at every smaller one; half the smallest, where none is */
    FIRST_BELOW      /* the step after which it is first at most what half of all runs of both sides reach */
} Take;

typedef enum {
    DIFFERENCE, /* more - less */
    RATIO,      /* log(more/less), so that half and twice are equally far from the same */
    AT_MOST     /* `less` alone: in every run at most `smallest` */
} Comparison;

typedef struct {
    const char *arm, *measure;
    double setting;
} Side;

typedef struct {
    Take take;
    Side more, less; /* which is said to have more, which less */
    Comparison by;
    double smallest;  /* effect that matters: a difference, a factor, or the bound */
    bool low_is_good; /* of this measure: runs without a number count as the worst that any run had */
} Claim;

/* ---- what the runs say of it ------------------------------------------------------------------------------- */

typedef struct {
    int pairs;              /* seeds that both sides have; 0: nothing was measured after so many steps */
    int diverged, censored; /* runs of both sides without a number; and whose time never came, which counts as all steps */
    double more, less;      /* interquartile means of the sides */
    Interval effect, wins;  /* of `more` over `less`; by RATIO the effect is a logarithm */
    double smallest;        /* the effect that matters, likewise */
    double p;               /* NaN by AT_MOST */
    Finding finding;        /* from fewer than LEAST_PAIRS pairs there is none: UNDECIDED */
} Judgement;

/* After as many steps as the study's longest run has, or after half of them. The n differences go to `difference`, where
 * it is not NULL (room for MOST_PAIRS). */
enum { LEAST_PAIRS = 5, MOST_PAIRS = 64 };
Judgement claim_judge(const Claim *c, const RunTable *t, bool half, double *difference);

#endif
