#include "03_slope.h"

#include <math.h>
#include <string.h>

enum { LEVELS = 16, MAX_HALVINGS = 40, MAX_LOOKS = 6 };
static const double CLOSER = 0.37 / 32; /* the last look's step, as a part of the smallest before it; no power of two */

double slope_nearest(const Slope *s, double a)
{
    double reach = fabs(s->bend);
    return fmin(fmax(a, s->value - reach), s->value + reach);
}

/* ---- difference quotients --------------------------------------------------------------- */

typedef struct {
    double quotient; /* NaN where it does not count */
    double width;    /* the step really taken */
    double bend;     /* half of what the quotient to the right has more than that to the left */
    uint64_t branches;
} Difference;

/* A kind of difference quotient. Its error is a series in h^order; extrapolation
 * multiplies its rounding by `growth` at most, the product of (2^(j order) + 1) /
 * (2^(j order) - 1) over all columns j. */
typedef struct {
    Difference (*difference)(ProbeFunction *probe, void *line, double h, const Probe *here);
    int order;
    double growth;
} Method;

static Difference central_difference(ProbeFunction *probe, void *line, double h, const Probe *here)
{
    Probe plus = probe(line, h), minus = probe(line, -plus.t);
    if (minus.t != -plus.t) /* numbers lie less close on that side: what is one there is one here */
        plus = probe(line, -minus.t);
    double width = plus.t - minus.t, bend = (plus.loss - here->loss - (here->loss - minus.loss)) / width;
    bool stays = plus.branches == here->branches && minus.branches == here->branches;
    return (Difference){ stays ? (plus.loss - minus.loss) / width : NAN, width, bend, here->branches };
}

/* To the right of t = 0, or with h < 0 to the left; on one branch, whichever. */
static Difference one_sided_difference(ProbeFunction *probe, void *line, double h, const Probe *here)
{
    Probe p = probe(line, h);
    return (Difference){ (p.loss - here->loss) / p.t, fabs(p.t), 0, p.branches };
}

static const Method central = { central_difference, 2, 2 }, one_sided = { one_sided_difference, 1, 8.3 };

/* ---- extrapolation ------------------------------------------------------------------------ */

/* The quotients of a row of steps, extrapolated, and the widths of the steps. */
typedef struct {
    double T[LEVELS][LEVELS], width[LEVELS];
} Tableau;

/* Adds row k: column j removes the error term h^(j order). The steps halve, but
 * for rounding; what was really taken counts. Keeps in `best` the entry that agrees
 * most closely with all three of its neighbours (left, above, and above left): two
 * may agree by chance. */
static void extend_tableau(Tableau *t, int k, const Method *m, double rounding, Slope *best)
{
    for (int j = 1; j <= k; j++) {
        double ratio = t->width[k - j] / t->width[k], power = m->order == 2 ? ratio * ratio : ratio;
        double *d = &t->T[k][j], left = t->T[k][j - 1], above_left = t->T[k - 1][j - 1];
        *d = left + (left - above_left) / (power - 1);
        if (j == k)
            break; /* nothing stands above it yet */
        double error = fmax(fmax(fabs(*d - left), fabs(*d - above_left)), fabs(*d - t->T[k - 1][j]));
        error += m->growth * rounding;
        if (error < best->error)
            best->value = *d, best->error = error;
    }
}

/* A row of steps: what it gave, and its last step and difference. */
typedef struct {
    Slope best;
    double h;
    Difference last;
} Row;

static Row extrapolate(const Method *m, ProbeFunction *probe, void *line, double h, double noise, const Probe *here)
{
    Tableau t;
    const Slope none = { NAN, INFINITY, 0 };
    Row row = { .best = none };
    for (int halvings = 0, k = 0; halvings < MAX_HALVINGS && k < LEVELS; halvings++, h /= 2) {
        Difference d = m->difference(probe, line, h, here);
        if (!(d.width > 0))
            break; /* the step is below the spacing of the numbers */
        if (!isfinite(d.quotient) || d.branches != row.last.branches) {
            k = 0; /* what was measured so far crossed a kink, or the edge of the domain */
            row.best = none;
        }
        row.h = h, row.last = d;
        if (!isfinite(d.quotient))
            continue;
        double rounding = 2 * noise / d.width;
        t.T[k][0] = d.quotient, t.width[k] = d.width;
        extend_tableau(&t, k, m, rounding, &row.best);
        if (++k > 4 && m->growth * rounding > row.best.error / 4)
            break; /* rounding is the best one's error by now: from here on it only grows */
    }
    return row;
}

/* ---- a last look, from much closer ----------------------------------------------------------- */

typedef enum { AGREES, BENT, NOISIER, ALIASED } Look;

/* A row of steps may agree in itself and still be wrong: over a wave of which every
 * step is a multiple, over a kink that no hash tells of, under more noise than
 * was thought, `seen`. A difference over a much smaller step tells: its own error is
 * known, if not small. */
static Look look_closer(const Method *m, ProbeFunction *probe, void *line, double noise, const Probe *here, const Row *row,
                        double *seen)
{
    Difference d = m->difference(probe, line, CLOSER * row->h, here);
    if (!(d.width > 0) || !isfinite(d.quotient) || !isfinite(row->best.error))
        return AGREES; /* or there is nothing to agree with */
    double off = fabs(d.quotient - row->best.value), rounding = 8 * noise / d.width;
    *seen = off * d.width / 2;
    if (off > rounding + 4 * row->best.error + CLOSER * fabs(row->last.quotient - row->best.value))
        return *seen <= 16 * noise ? NOISIER : ALIASED;
    bool bent = fabs(d.bend) > 2 * rounding &&
                fabs(d.bend) > fabs(row->last.bend) / 2; /* a curve's would be CLOSER times that */
    return bent ? BENT : AGREES;
}

static Slope slope_by(const Method *m, ProbeFunction *probe, void *line, double h, double noise, const Probe *here)
{
    for (int looks = 0; looks < MAX_LOOKS; looks++) {
        double seen = 0;
        Row row = extrapolate(m, probe, line, h, noise, here);
        Look look = look_closer(m, probe, line, noise, here, &row, &seen);
        if (look == AGREES)
            return row.best;
        if (look == BENT)
            break;
        if (look == NOISIER)
            return extrapolate(m, probe, line, h, seen, here).best;
        h = CLOSER * row.h;
    }
    return (Slope){ NAN, INFINITY, 0 };
}

Slope slope_ridders(ProbeFunction *probe, void *line, double h, double noise)
{
    Probe here = probe(line, 0);
    if (!isfinite(here.loss))
        return (Slope){ NAN, NAN, 0 };
    Slope s = slope_by(&central, probe, line, h, noise, &here);
    if (isfinite(s.error))
        return s;
    Slope right = slope_by(&one_sided, probe, line, h, noise, &here),
          left = slope_by(&one_sided, probe, line, -h, noise, &here);
    return (Slope){ (right.value + left.value) / 2, fmax(right.error, left.error), (right.value - left.value) / 2 };
}

/* ---- noise -------------------------------------------------------------------------------------- */

/* Losses beside t = 0, so close that all are in the domain and on one branch; not
 * always that of t = 0, which may be a kink. */
static void close_losses(double d[NOISE_POINTS], ProbeFunction *probe, void *line, double spacing)
{
    uint64_t branches = 0;
    for (int i = 0, halvings = 0; i < NOISE_POINTS; i++) {
        Probe p = probe(line, spacing * (i + 1));
        d[i] = p.loss;
        branches = i == 0 ? p.branches : branches;
        if ((p.branches != branches || !isfinite(p.loss)) && halvings++ < MAX_HALVINGS) {
            spacing /= 2;
            i = -1; /* from the first again */
        }
    }
}

/* Are half of the neighbours equal? Then rounding hides even the slope. */
static bool mostly_equal(const double d[NOISE_POINTS])
{
    int equal = 0;
    for (int i = 0; i + 1 < NOISE_POINTS; i++)
        equal += d[i] == d[i + 1];
    return equal >= NOISE_POINTS / 2;
}

/* The root of the mean of n squares; squares alone might be out of range. */
static double root_mean_square(const double *d, int n)
{
    double root = 0;
    for (int i = 0; i < n; i++)
        root = hypot(root, d[i]);
    return root / sqrt(n);
}

/* Noise of variance 1 gives k-th differences of variance (2k)! / (k!)^2. */
double noise_of_differences(const double value[NOISE_POINTS])
{
    static const double gamma[] = { [4] = 1 / 70.0, [5] = 1 / 252.0, [6] = 1 / 924.0 };
    double d[NOISE_POINTS], noise = 0;
    memcpy(d, value, sizeof d);
    for (int k = 1; k <= 6; k++) {
        for (int i = 0; i + k < NOISE_POINTS; i++)
            d[i] = d[i + 1] - d[i];
        if (k >= 4)
            noise = fmax(noise, sqrt(gamma[k]) * root_mean_square(d, NOISE_POINTS - k));
    }
    return noise;
}

double loss_noise(ProbeFunction *probe, void *line, double spacing)
{
    double losses[NOISE_POINTS], noise = 0, rounding = 0; /* rounding: the loss itself is a double */
    for (int wider = 0; wider < 6; wider++, spacing *= 16) {
        close_losses(losses, probe, line, spacing);
        noise = noise_of_differences(losses), rounding = 0x1p-53 * fabs(losses[NOISE_POINTS / 2]);
        if (!mostly_equal(losses) && !(noise < rounding / 2))
            break; /* else so coarse that it looks exact */
    }
    return fmax(noise, rounding);
}
