/* Chapter 3: finite differences by their step, and Ridders's extrapolation, of a function that the reader chooses. */
#include "01_memory.h"
#include "03_slope.h"
#include "live.h"

#include <math.h>

enum { FUNCTION, PLACE, OPTIONS };
enum { READ_STATE, READ_CURVE };
enum { EXP_SIN, CUBE, ROOT, WAVE, KINK, OFFSET };

typedef struct {
    int function;
    double x;
    double smallest; /* step that was looked at */
} Slopes;

static double f_double(int function, double x)
{
    switch (function) {
    case CUBE: return x * x * x;
    case ROOT: return sqrt(x);
    case WAVE: return sin(200 * x);
    case KINK: return fabs(x - 1);
    case OFFSET: return 1e6 + x * x;
    default: return exp(sin(3 * x));
    }
}

static float f_float(int function, float x)
{
    switch (function) {
    case CUBE: return x * x * x;
    case ROOT: return sqrtf(x);
    case WAVE: return sinf(200 * x);
    case KINK: return fabsf(x - 1);
    case OFFSET: return 1e6f + x * x;
    default: return expf(sinf(3 * x));
    }
}

static double slope_of(int function, double x)
{
    switch (function) {
    case CUBE: return 3 * x * x;
    case ROOT: return 0.5 / sqrt(x);
    case WAVE: return 200 * cos(200 * x);
    case KINK: return x > 1 ? 1 : x < 1 ? -1 : 0;
    case OFFSET: return 2 * x;
    default: return 3 * cos(3 * x) * exp(sin(3 * x));
    }
}

static void *slopes_make(const double *option, uint64_t seed)
{
    Slopes *s = memory_get(sizeof *s);
    (void)seed;
    *s = (Slopes){ (int)option[FUNCTION], option[PLACE], 0 };
    return s;
}

static Probe probe_float(void *line, double t)
{
    Slopes *s = line;
    volatile float x0 = (float)s->x, x = (float)((double)x0 + t);
    s->smallest = t != 0 && fabs(t) < s->smallest ? fabs(t) : s->smallest;
    return (Probe){ (double)x - (double)x0, (double)f_float(s->function, x), 0 };
}

static Probe probe_double(void *line, double t)
{
    Slopes *s = line;
    volatile double x = s->x + t;
    s->smallest = t != 0 && fabs(t) < s->smallest ? fabs(t) : s->smallest;
    return (Probe){ x - s->x, f_double(s->function, x), 0 };
}

/* Four errors at step h, relative to the slope: forward and central, float and double. */
static void errors_at(const Slopes *s, double h, double *error)
{
    int f = s->function;
    volatile float x = (float)s->x, fp = x + (float)h, fm = x - (float)h;
    volatile double dp = s->x + h, dm = s->x - h;
    double slope = slope_of(f, s->x), scale = fmax(fabs(slope), 1e-300);
    error[0] = (double)(f_float(f, fp) - f_float(f, x)) / ((double)fp - (double)x);
    error[1] = (double)(f_float(f, fp) - f_float(f, fm)) / ((double)fp - (double)fm);
    error[2] = (f_double(f, dp) - f_double(f, s->x)) / (dp - s->x);
    error[3] = (f_double(f, dp) - f_double(f, dm)) / (dp - dm);
    for (int k = 0; k < 4; k++)
        error[k] = fabs(error[k] - slope) / scale;
}

/* Numeric slope, its bar, its true error, the noise of the function, the smallest step that was looked at, the bend. */
static int ridders(Slopes *s, ProbeFunction *probe, double spacing, double *to)
{
    double noise = loss_noise(probe, s, spacing);
    s->smallest = INFINITY;
    Slope found = slope_ridders(probe, s, 0.25, noise);
    to[0] = found.value, to[1] = 2 * found.error, to[2] = fabs(found.value - slope_of(s->function, s->x));
    to[3] = noise, to[4] = s->smallest, to[5] = found.bend;
    return 6;
}

static int slopes_read(void *figure, int what, double *room)
{
    Slopes *s = figure;
    if (what == READ_CURVE) {
        for (int k = 0; k <= 100; k++) {
            room[5 * k] = 0.5 * pow(2, -0.5 * k);
            errors_at(s, room[5 * k], room + 5 * k + 1);
        }
        return 5 * 101;
    }
    room[0] = slope_of(s->function, s->x); /* then float's six numbers, and double's */
    return 1 + ridders(s, probe_float, 1e-5, room + 1) + ridders(s, probe_double, 1e-9, room + 7);
}

static void slopes_free(void *figure) { memory_release(figure); }

const LiveFigure live_slopes = { "slopes", slopes_make, NULL, NULL, slopes_read, NULL, NULL, slopes_free };
