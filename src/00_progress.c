#include "00_progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

Progress progress_start(const char *label, long total)
{
    double now = seconds_now();
    return (Progress){ label, total, 0, now, now, isatty(STDERR_FILENO) != 0 };
}

static void print_bar(const Progress *p, double share)
{
    char bar[21];
    for (int i = 0; i < 20; i++)
        bar[i] = i < (int)(20 * share) ? '#' : '.';
    bar[20] = '\0';
    fprintf(stderr, "\r\033[K%s [%s]", p->label, bar);
}

void progress_show(Progress *p, long done, const char *format, ...)
{
    double now = seconds_now();
    if (now - p->last < (p->terminal ? 0.1 : 10.0) || done == p->first)
        return; /* nothing on short work, not too much on long work */
    p->last = now;
    double share = (double)done / (double)p->total, left = (now - p->start) * (double)(p->total - done) / (double)(done - p->first);
    if (p->terminal)
        print_bar(p, share);
    else
        fprintf(stderr, "%s:", p->label);
    long seconds = (long)fmin(left, 1e9);
    fprintf(stderr, " %3.0f %%, %ld:%02ld left", 100 * share, seconds / 60, seconds % 60);
    va_list arguments;
    va_start(arguments, format);
    if (*format)
        fprintf(stderr, "  ");
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs(p->terminal ? "" : "\n", stderr);
}

void progress_end(Progress *p)
{
    if (p->terminal)
        fprintf(stderr, "\r\033[K");
    fprintf(stderr, "%s: done in %.1f s\n", p->label, seconds_now() - p->start);
}
