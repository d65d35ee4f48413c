/* The gradient checker: finite differences with an error bar.
 *
 * A backward pass gives an analytic gradient: this array, it says, is the
 * gradient of that loss. The checker finds a numeric one by moving one number
 * at a time and watching the loss. A difference quotient is itself inexact, so
 * every slope comes with an error bar, and the verdict compares the
 * disagreement with the bar, not with a tolerance picked by hand. */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include "03_measure.h"
#include "03_subject.h"

typedef enum { PASS, INCONCLUSIVE, BUG } Verdict; /* from best to worst */

typedef struct {
    const char *tensor;
    size_t elements, inconclusive, worst; /* worst: of the elements with the worst verdict, the one with the largest error */
    double analytic, numeric, bar;        /* there */
    double error;                         /* there: |analytic - numeric| / scale */
    double scale;                         /* as of MeasuredArray */
    Verdict verdict;
    char note[NOTE_TEXT]; /* of a BUG its name (03_naming.h), or the breach of the contract (03_contract.h); else empty */
} CheckRow;

/* The error bar of element i: twice the error of the numeric slope (which 130,000 slopes
 * known exactly never exceeded once), 4 times the noise of the analytic one, and 16
 * roundings of the scale. */
double gradcheck_bar(const MeasuredArray *a, size_t i);

/* Judges every element and fills a row.
 *
 * An element is a BUG when |analytic - numeric| exceeds its bar; on a kink any
 * slope between those to both sides will do. It is INCONCLUSIVE when no slope
 * was found, or the bar itself exceeds limit x scale. NaN is a BUG. */
CheckRow gradcheck_judge(const char *name, const MeasuredArray *a, double limit);

/* A row an array, with the name of the bug where there is one, and the contract. A breach of the contract is a BUG; a loss that
 * differs from call to call is INCONCLUSIVE at best. Returns the worst verdict. */
Verdict gradcheck_rows(const Subject *s, const Measurement *m, double limit, CheckRow *row);

/* Measures and judges. */
Verdict gradcheck(const Subject *s, double limit, CheckRow *row);

const char *verdict_name(Verdict v);

#endif
