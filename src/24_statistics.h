/* What a few runs with different seeds can say, and what they cannot.
 *
 * The run is the unit. Two arms are compared by pairs of runs that began with the same weights and saw
 * the same examples; each effect comes with an interval over such pairs, and is held against the
 * smallest effect that would matter, which was fixed before the runs.
 * Sources: Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", NeurIPS
 * 2021; Bouthillier et al., "Accounting for variance in machine learning benchmarks", MLSys 2021. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include <stdint.h>

/* The mean of the middle half: a quarter of the n numbers is left out at either end, where n is no multiple of 4 with
 * numbers that count in part. Less noisy than the median, and no single run can carry it away. */
double interquartile_mean(const double *x, int n);

/* A statistic of n numbers, and between what bounds it lies by the bootstrap: 2.5 % of the values from as many numbers
 * drawn with replacement lie below `low`, 2.5 % above `high`. */
typedef struct {
    double value, low, high;
} Interval;
typedef double Statistic(const double *x, int n);
Interval bootstrap(Statistic *statistic, const double *x, int n, uint64_t seed);

/* The interquartile mean of a[i] - b[i] over n pairs. */
Interval paired_effect(const double *a, const double *b, int n, uint64_t seed);

/* The share of pairs in which a is larger than b; a tie counts half. */
Interval share_of_wins(const double *a, const double *b, int n, uint64_t seed);

/* If a and b were drawn alike, each difference might as well have the other sign: the share of all 2^n choices of
 * signs whose mean difference is at least as far from 0 as the one found (of 2^16 random ones, where n > 16). With 5
 * pairs it cannot be below 1/16. */
double sign_flip_p(const double *a, const double *b, int n, uint64_t seed);

/* Holm's correction over a family of n tests: adjusted[i] is the level at which test i is still significant. From the
 * smallest p on, each is multiplied by how many are left, and none becomes smaller than the one before.
 * Source: Holm, Scandinavian Journal of Statistics 6 (1979). */
void holm_adjust(double *adjusted, const double *p, int n);

/* An effect in the direction that is claimed, against the smallest one that matters: CONFIRMED where the whole interval
 * lies beyond it, NOT_CONFIRMED where all of it lies short of it, INCONCLUSIVE where it holds both, or is no number. */
typedef enum { CONFIRMED, NOT_CONFIRMED, UNDECIDED } Finding;
Finding finding_of(Interval effect, double smallest);
const char *finding_name(Finding f); /* "confirmed", "not confirmed", "inconclusive" */

/* How many pairs a two-sided test at 5 % needs to find an effect of so many standard deviations of the paired
 * difference with 80 % power, by the normal approximation with Student's correction: the first n with
 * n >= ((1.96 + 0.84)/effect)^2 + 1.96^2/2. */
int pairs_needed(double effect);

#endif
