#include "00_progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Can a line be drawn over again? */
static bool redraws(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

Progress progress_start(const char *label, long total)
{
    double now = seconds_now();
    return (Progress){ label, total, 0, now, now, redraws() };
}

/* How broad the terminal is just now; 80 where it does not say. */
static int terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static int add_bar(char *line, size_t room, const Progress *p, double share)
{
    static const char full[] = "####################", empty[] = "....................";
    int n = (int)(20 * share);
    return snprintf(line, room, "%s [%.*s%.*s]", p->label, n, full, 20 - n, empty);
}

enum { MAX_LINE = 512 };

void progress_show(Progress *p, long done, const char *format, ...)
{
    char line[MAX_LINE];
    double now = seconds_now();
    if (now - p->last < (p->terminal ? 0.1 : 10.0) || done == p->first)
        return; /* nothing on short work, not too much on long work */
    p->last = now;
    double share = (double)done / (double)p->total,
           left = (now - p->start) * (double)(p->total - done) / (double)(done - p->first);
    long seconds = (long)fmin(left, 1e9);
    int n = p->terminal ? add_bar(line, 256, p, share) : snprintf(line, 256, "%s:", p->label);
    n = n < 255 ? n : 255;
    n += snprintf(line + n, MAX_LINE - (size_t)n, " %3.0f %%, %ld:%02ld left%s", 100 * share, seconds / 60, seconds % 60,
                  *format ? "  " : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + n, MAX_LINE - (size_t)n, format, arguments);
    va_end(arguments);
    if (p->terminal) /* one row, whatever its width: a longer one would scroll at each redrawing */
        fprintf(stderr, "\r\033[K%.*s", terminal_columns() - 1, line);
    else
        fprintf(stderr, "%s\n", line);
}

void progress_end(Progress *p)
{
    if (p->terminal)
        fprintf(stderr, "\r\033[K");
    fprintf(stderr, "%s: done in %.1f s\n", p->label, seconds_now() - p->start);
}
