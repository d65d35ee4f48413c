#include "03_slope.h"

#include <math.h>

enum { LEVELS = 16, MAX_HALVINGS = 40 };

typedef struct {
    double quotient; /* the central difference, by its width */
    double width;    /* t+ - t-, as taken */
    bool stays;      /* both ends are on the branch of t = 0, and in the domain */
} Central;

static bool stays_at(const Probe *p, const Probe *here) { return p->branches == here->branches && isfinite(p->loss); }

static Central central_difference(ProbeFunction *probe, void *line, double h, const Probe *here)
{
    Probe plus = probe(line, h), minus = probe(line, -plus.t);
    double width = plus.t - minus.t;
    return (Central){ (plus.loss - minus.loss) / width, width, stays_at(&plus, here) && stays_at(&minus, here) };
}

/* Adds row k to the tableau: column j removes the error term h^(2j). Keeps in
 * `best` the entry that agrees most closely with all three of its neighbours
 * (left, above, and above left): two may agree by chance. Rounding grows by
 * (4^j + 1) / (4^j - 1) from column to column, in all less than twice. */
static void extend_tableau(double tableau[LEVELS][LEVELS], int k, double rounding, Slope *best)
{
    double power = 1;
    for (int j = 1; j <= k; j++) {
        power *= 4;
        double *d = &tableau[k][j], left = tableau[k][j - 1], above_left = tableau[k - 1][j - 1];
        *d = left + (left - above_left) / (power - 1);
        if (j == k)
            break; /* nothing stands above it yet */
        double error = fmax(fmax(fabs(*d - left), fabs(*d - above_left)), fabs(*d - tableau[k - 1][j]));
        error += 2 * rounding;
        if (error < best->error)
            best->value = *d, best->error = error;
    }
}

Slope slope_ridders(ProbeFunction *probe, void *line, double h, double noise)
{
    double tableau[LEVELS][LEVELS];
    Slope best = { NAN, INFINITY, false };
    Probe here = probe(line, 0);
    if (!isfinite(here.loss))
        return best;
    for (int halvings = 0, k = 0; halvings < MAX_HALVINGS && k < LEVELS; halvings++, h /= 2) {
        Central c = central_difference(probe, line, h, &here);
        if (!(c.width > 0))
            break; /* the step is below the spacing of the numbers */
        if (!c.stays) {
            k = 0; /* what was measured so far crossed a kink */
            best = (Slope){ NAN, INFINITY, false };
            continue;
        }
        double rounding = 2 * noise / c.width;
        tableau[k][0] = c.quotient;
        extend_tableau(tableau, k, rounding, &best);
        if (++k > 4 && 2 * rounding > best.error / 4)
            break; /* rounding is the best one's error by now: from here on it only grows */
    }
    best.kink = !(best.error < INFINITY);
    return best;
}

/* Nine losses around t = 0, so close that all are on its branch and in the domain. */
enum { POINTS = 9 };

static void close_losses(double d[POINTS], ProbeFunction *probe, void *line, double spacing)
{
    Probe here = probe(line, 0);
    for (int i = 0, halvings = 0; i < POINTS; i++) {
        Probe p = probe(line, spacing * (i - POINTS / 2));
        d[i] = p.loss;
        if (!stays_at(&p, &here) && isfinite(here.loss) && halvings++ < MAX_HALVINGS) {
            spacing /= 2;
            i = -1; /* from the first again */
        }
    }
}

/* The root of the mean of n squares; squares alone might be out of range. */
static double root_mean_square(const double *d, int n)
{
    double root = 0;
    for (int i = 0; i < n; i++)
        root = hypot(root, d[i]);
    return root / sqrt(n);
}

double loss_noise(ProbeFunction *probe, void *line, double spacing)
{
    static const double gamma[] = { [4] = 1 / 70.0, [5] = 1 / 252.0, [6] = 1 / 924.0 }; /* (k!)^2 / (2k)! */
    double d[POINTS], noise = 0;
    close_losses(d, probe, line, spacing);
    double size = fabs(d[POINTS / 2]);
    for (int k = 1; k <= 6; k++) {
        for (int i = 0; i + k < POINTS; i++)
            d[i] = d[i + 1] - d[i];
        if (k >= 4)
            noise = fmax(noise, sqrt(gamma[k]) * root_mean_square(d, POINTS - k));
    }
    return fmax(noise, 0x1p-53 * size); /* the loss itself is rounded to double */
}
