/* Known mistakes in a gradient, for 03_naming.c: each tries whether the right
 * gradient, spoilt in its way, is the wrong one. */
#ifndef MISTAKE_H
#define MISTAKE_H

#include "03_subject.h"

#include <stdbool.h>

/* The analytic gradient a, and the numeric one t with its bar e: n numbers in rows of C; and the K terms that the
 * subject names. */
typedef struct {
    const Subject *s;
    int array;
    const double *a;
    double *t, *e, *guess, *reach; /* guess +- reach: what a mistake would give */
    size_t n, R, C;
    char *text;
    Term term[MAX_TERMS];
    int K;
} Case;

/* What 03_naming.c has for them. say() writes the name, and is true. */
bool say(const Case *c, const char *format, ...);
bool agrees(const Case *c, size_t i); /* is a[i] within the reach of the guess? */
bool guess_fits(const Case *c);       /* are all? */

/* guess[i] = factor t[i] for the elements first, first + step, ..., `count` of them. */
void guess_multiple(const Case *c, double factor, size_t first, size_t step, size_t count);

/* The factor between the same elements of a and t, by least squares, and how far it may be off. */
double factor_of(const Case *c, size_t first, size_t step, size_t count, double *off);

/* The name of a factor that is known to within `off`, after a prefix; false: it has none. */
bool say_factor(const Case *c, const char *prefix, double factor, double off);

/* The name of what the columns' own factors are, known to within off, after a prefix; false: they are nothing known. */
bool say_column_factors(const Case *c, const char *of, double *factor, double *off);

/* 03_mistake_factor.c: NaN; 0; a factor for all, such as -1, 2, m; for one element, row or
 * column; for every column its own, such as gamma or rstd. */
bool not_a_number(const Case *c);
bool nothing_computed(const Case *c);
bool one_factor(const Case *c);
bool one_part(const Case *c);
bool column_factors(const Case *c);

/* 03_mistake_function.c: another derivative of a function of every element alone; a constant added to it. */
bool another_function(const Case *c);
bool constant_in_derivative(const Case *c);

/* 03_mistake_order.c: axes exchanged; turned round along some; moved by one along one. */
bool another_order(const Case *c);
bool moved_or_turned(const Case *c);

/* 03_mistake_sum.c: other multiples of the terms that the subject names, or of some of them another in
 * every column; a constant, or a multiple of x - mean, added in every column; one row of dy for the sum of all. */
bool named_terms(const Case *c);
bool term_factors(const Case *c);
bool something_added(const Case *c);
bool not_summed(const Case *c);

/* 03_mistake_input.c: the right gradient of an input that was misread: one example missing,
 * another order of axes, turned round, moved by one; or taken at another array. */
bool another_input(const Case *c);

#endif
