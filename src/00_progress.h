/* Progress of long work, with the time left. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

double seconds_now(void); /* monotonic clock */

typedef struct {
    const char *label;
    long total, first;  /* first: done before the start, by an earlier run */
    double start, last; /* seconds */
    bool terminal;
} Progress;

/* Progress on standard error, with the time left: on a terminal a bar that
 * redraws itself, cut to the terminal's width; elsewhere, and where TERM is
 * "dumb", a plain line now and then. */
Progress progress_start(const char *label, long total);
void progress_show(Progress *p, long done, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;
void progress_end(Progress *p);

#endif
