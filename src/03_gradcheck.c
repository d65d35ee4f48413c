#include "03_gradcheck.h"

#include <string.h>

/* ---- one slope --------------------------------------------------------------- */

enum { LEVELS = 16, MAX_HALVINGS = 40 };

typedef struct {
    double plus_minus; /* the central difference */
    double width;      /* t+ - t-, as taken */
    bool same_branch;
} Central;

static Central central_difference(ProbeFunction *probe, void *line, double h, uint64_t branches)
{
    Probe plus = probe(line, h), minus = probe(line, -plus.t);
    double width = plus.t - minus.t;
    return (Central){ (plus.loss - minus.loss) / width, width,
                      plus.branches == branches && minus.branches == branches };
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
    uint64_t branches = probe(line, 0).branches;
    for (int halvings = 0, k = 0; halvings < MAX_HALVINGS && k < LEVELS; halvings++, h /= 2) {
        Central c = central_difference(probe, line, h, branches);
        if (!(c.width > 0))
            break; /* the step is below the spacing of the numbers */
        if (!c.same_branch) {
            k = 0; /* what was measured so far crossed a kink */
            best = (Slope){ NAN, INFINITY, false };
            continue;
        }
        if (isnan(c.plus_minus))
            return best; /* the loss is no number */
        double rounding = 2 * noise / c.width;
        tableau[k][0] = c.plus_minus;
        extend_tableau(tableau, k, rounding, &best);
        if (++k > 4 && 2 * rounding > best.error / 4)
            break; /* from here on, rounding only grows */
    }
    best.kink = !(best.error < INFINITY);
    return best;
}

double loss_noise(ProbeFunction *probe, void *line, double spacing)
{
    enum { POINTS = 9 };
    static const double gamma[] = { [4] = 1 / 70.0, [5] = 1 / 252.0, [6] = 1 / 924.0 }; /* (k!)^2 / (2k)! */
    double d[POINTS], noise = 0;
    uint64_t branches = probe(line, 0).branches;
    for (int i = 0, halvings = 0; i < POINTS; i++) {
        Probe p = probe(line, spacing * (i - POINTS / 2));
        d[i] = p.loss;
        if (p.branches != branches && halvings++ < MAX_HALVINGS) { /* a kink is no noise: move closer */
            spacing /= 2;
            i = -1;
        }
    }
    double size = fabs(d[POINTS / 2]);
    for (int k = 1; k <= 6; k++) {
        double squares = 0;
        for (int i = 0; i + k < POINTS; i++) {
            d[i] = d[i + 1] - d[i];
            squares += d[i] * d[i];
        }
        if (k >= 4)
            noise = fmax(noise, sqrt(gamma[k] * squares / (POINTS - k)));
    }
    return fmax(noise, 0x1p-53 * size); /* the loss itself is rounded to double */
}

/* ---- lines through the arrays ---------------------------------------------------- */

static Probe probe_here(const Subject *s, double t)
{
    double loss = s->evaluate(s->self);
    return (Probe){ t, loss, s->branches ? s->branches(s->self) : 0 };
}

/* One element moves. */
typedef struct {
    const Subject *s;
    real *element;
} ElementLine;

static Probe probe_element(void *line, double t)
{
    ElementLine *l = line;
    real old = *l->element;
    volatile real moved = (real)((double)old + t); /* rounded to a number that there is */
    *l->element = moved;
    Probe p = probe_here(l->s, (double)moved - (double)old);
    *l->element = old;
    return p;
}

/* The arrays from `first` to `last` move, each along its own part of v. */
typedef struct {
    const Subject *s;
    int first, last;
    double *v;  /* the direction */
    real *saved;
} DirectionLine;

static Probe probe_direction(void *line, double t)
{
    DirectionLine *l = line;
    size_t k = 0;
    for (int a = l->first; a <= l->last; a++)
        for (size_t i = 0; i < l->s->array[a].n; i++, k++) {
            l->saved[k] = l->s->array[a].x[i];
            l->s->array[a].x[i] = (real)((double)l->saved[k] + t * l->v[k]);
        }
    Probe p = probe_here(l->s, t);
    k = 0;
    for (int a = l->first; a <= l->last; a++)
        for (size_t i = 0; i < l->s->array[a].n; i++, k++)
            l->s->array[a].x[i] = l->saved[k];
    return p;
}

/* The length on which an array varies: its standard deviation; where all
 * elements are alike, their size; where they are 0, a tenth. */
static double array_spread(const CheckArray *a)
{
    double mean = sum(a->x, a->n) / (double)a->n, squares = 0;
    for (size_t i = 0; i < a->n; i++)
        squares += ((double)a->x[i] - mean) * ((double)a->x[i] - mean);
    double spread = sqrt(squares / (double)a->n);
    if (spread > 1e-4 * fabs(mean) || (spread > 0 && a->n > 8))
        return spread;
    return mean != 0 ? fabs(mean) / 4 : 0.1;
}

static DirectionLine direction_new(const Subject *s, int first, int last, Random *r)
{
    size_t n = 0, k = 0;
    for (int a = first; a <= last; a++)
        n += s->array[a].n;
    DirectionLine line = { s, first, last, memory_get(n * sizeof(double)), memory_get(n * sizeof(real)) };
    for (int a = first; a <= last; a++) {
        double spread = array_spread(&s->array[a]);
        for (size_t i = 0; i < s->array[a].n; i++)
            line.v[k++] = random_one(r) < 0.5 ? -spread : spread;
    }
    return line;
}

static void direction_free(DirectionLine *line)
{
    memory_release(line->v);
    memory_release(line->saved);
}

static double noise_along(DirectionLine *line)
{
    return loss_noise(probe_direction, line, sqrt(REAL_EPSILON) / 4);
}

/* ---- measuring and judging ---------------------------------------------------------- */

static void measure_array(const Subject *s, int a, Slope *slope)
{
    Random r = random_stream(0, "gradcheck noise", (uint64_t)a);
    DirectionLine all = direction_new(s, a, a, &r);
    double noise = noise_along(&all), h = array_spread(&s->array[a]) / 4;
    direction_free(&all);
    for (size_t i = 0; i < s->array[a].n; i++) {
        ElementLine line = { s, &s->array[a].x[i] };
        slope[i] = slope_ridders(probe_element, &line, h, noise);
    }
}

static double largest_slope(const Slope *slope, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(slope[i].value));
    return largest;
}

/* All slopes lie within their bars of zero. */
static bool all_zero(const Slope *slope, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(slope[i].value) <= 4 * slope[i].error))
            return false;
    return true;
}

/* scale[a]: the largest slope of the array; where that cannot be told from 0
 * (a bias before batch norm), the largest of its layer. */
static void find_scales(const Subject *s, Slope *const *slope, double *scale)
{
    for (int a = 0; a < s->n_array; a++) {
        scale[a] = largest_slope(slope[a], s->array[a].n);
        if (!all_zero(slope[a], s->array[a].n))
            continue;
        for (int b = 0; b < s->n_array; b++)
            if (s->array[b].group == s->array[a].group)
                scale[a] = fmax(scale[a], largest_slope(slope[b], s->array[b].n));
    }
}

static CheckRow judge(const char *name, const double *dx, const Slope *slope, size_t n, double scale, double limit)
{
    CheckRow row = { .tensor = name, .elements = n, .error = -1, .scale = scale };
    for (size_t i = 0; i < n; i++) {
        double difference = fabs(dx[i] - slope[i].value);
        double bar = 4 * slope[i].error + 16 * REAL_EPSILON * scale;
        double error = scale > 0 ? difference / scale : difference > 0 ? INFINITY : 0;
        error = isnan(error) ? INFINITY : error;
        bool unsure = slope[i].kink || !(bar <= limit * scale || scale == 0);
        Verdict v = !isfinite(dx[i]) ? BUG : slope[i].kink ? INCONCLUSIVE : !(difference <= bar) ? BUG
                  : unsure ? INCONCLUSIVE : PASS;
        row.inconclusive += v == INCONCLUSIVE;
        if (v > row.verdict || (v == row.verdict && error > row.error) || row.error < 0) {
            row.worst = i;
            row.analytic = dx[i], row.numeric = slope[i].value, row.bar = bar;
            row.error = error;
        }
        row.verdict = v > row.verdict ? v : row.verdict;
    }
    return row;
}

/* ---- the check ------------------------------------------------------------------------- */

/* What one run over a subject needs: slopes, the claim, scales. */
typedef struct {
    Slope **slope;
    double **claim;
    double *scale;
} Measured;

static Measured measure(const Subject *s)
{
    size_t n = (size_t)s->n_array;
    Measured m = { memory_get(n * sizeof(Slope *)), memory_get(n * sizeof(double *)), memory_get(n * sizeof(double)) };
    s->gradient(s->self);
    for (int a = 0; a < s->n_array; a++) {
        m.slope[a] = memory_get(s->array[a].n * sizeof(Slope));
        m.claim[a] = memory_get(s->array[a].n * sizeof(double));
        for (size_t i = 0; i < s->array[a].n; i++)
            m.claim[a][i] = (double)s->array[a].dx[i];
    }
    for (int a = 0; a < s->n_array; a++)
        measure_array(s, a, m.slope[a]);
    find_scales(s, m.slope, m.scale);
    return m;
}

static void measured_free(Measured *m, int n_array)
{
    for (int a = 0; a < n_array; a++) {
        memory_release(m->slope[a]);
        memory_release(m->claim[a]);
    }
    memory_release(m->slope);
    memory_release(m->claim);
    memory_release(m->scale);
}

Verdict gradcheck(const Subject *s, double limit, CheckRow *row)
{
    Measured m = measure(s);
    Verdict worst = PASS;
    for (int a = 0; a < s->n_array; a++) {
        row[a] = judge(s->array[a].name, m.claim[a], m.slope[a], s->array[a].n, m.scale[a], limit);
        worst = row[a].verdict > worst ? row[a].verdict : worst;
    }
    measured_free(&m, s->n_array);
    return worst;
}

static double claim_along(const Subject *s, const double *v)
{
    double slope = 0;
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++)
            slope += (double)s->array[a].dx[i] * *v++;
    return slope;
}

Verdict gradcheck_directions(const Subject *s, int count, double limit, Random *r, CheckRow *row)
{
    double *claim = memory_get((size_t)count * sizeof *claim);
    Slope *slope = memory_get((size_t)count * sizeof *slope);
    s->gradient(s->self);
    for (int i = 0; i < count; i++) {
        DirectionLine line = direction_new(s, 0, s->n_array - 1, r);
        claim[i] = claim_along(s, line.v);
        slope[i] = slope_ridders(probe_direction, &line, 1.0 / 64, noise_along(&line));
        direction_free(&line);
    }
    *row = judge("all, along directions", claim, slope, (size_t)count, largest_slope(slope, (size_t)count), limit);
    memory_release(claim);
    memory_release(slope);
    return row->verdict;
}

/* ---- planted faults --------------------------------------------------------------- */

static double largest_claim(const double *dx, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(dx[i]));
    return largest;
}

static bool fault_zero(const Subject *s, int array, double *dx)
{
    size_t n = s->array[array].n;
    bool shows = largest_claim(dx, n) > 0;
    memset(dx, 0, n * sizeof *dx);
    return shows;
}

static bool scale_claim(const Subject *s, int array, double *dx, double factor)
{
    size_t n = s->array[array].n;
    bool shows = largest_claim(dx, n) > 0;
    for (size_t i = 0; i < n; i++)
        dx[i] *= factor;
    return shows;
}

static bool fault_sign(const Subject *s, int array, double *dx) { return scale_claim(s, array, dx, -1); }

/* A mean taken over N - 1 = 127 instead of N = 128. */
static bool fault_n_minus_1(const Subject *s, int array, double *dx)
{
    return scale_claim(s, array, dx, 128.0 / 127.0);
}

static bool fault_transposed(const Subject *s, int array, double *dx)
{
    size_t n = s->array[array].n, columns = (size_t)s->array[array].columns, rows = n / columns;
    if (rows < 2 || columns < 2)
        return false;
    double *copy = memory_get(n * sizeof *copy);
    memcpy(copy, dx, n * sizeof *dx);
    for (size_t i = 0; i < n; i++) /* reads a (columns x rows) matrix as (rows x columns) */
        dx[i] = copy[i % columns * rows + i / columns];
    bool shows = memcmp(dx, copy, n * sizeof *dx) != 0;
    memory_release(copy);
    return shows;
}

static bool fault_element(const Subject *s, int array, double *dx)
{
    size_t n = s->array[array].n;
    double largest = largest_claim(dx, n);
    dx[n / 2] += 1e-3 * largest;
    return largest > 0;
}

static bool fault_nan(const Subject *s, int array, double *dx)
{
    dx[s->array[array].n - 1] = NAN;
    return true;
}

const Fault fault_catalogue[] = {
    { "zero", fault_zero },
    { "sign", fault_sign },
    { "N-1 for N", fault_n_minus_1 },
    { "transposed", fault_transposed },
    { "one element 0.1 % off", fault_element },
    { "NaN", fault_nan },
    { NULL, NULL },
};

static void try_faults(const Subject *s, const Measured *m, int a, double limit, const Fault *fault, int *planted,
                       int *caught, FILE *log)
{
    size_t n = s->array[a].n;
    double *spoiled = memory_get(n * sizeof *spoiled);
    for (; fault && fault->name; fault++) {
        memcpy(spoiled, m->claim[a], n * sizeof *spoiled);
        if (!fault->plant(s, a, spoiled) || largest_claim(m->claim[a], n) < 1e-6 * m->scale[a])
            continue; /* a gradient that is zero has no sign and no transpose */
        CheckRow row = judge(s->array[a].name, spoiled, m->slope[a], n, m->scale[a], limit);
        ++*planted;
        *caught += row.verdict == BUG;
        if (row.verdict != BUG && log)
            fprintf(log, "fault '%s' in %s was not caught\n", fault->name, s->array[a].name);
    }
    memory_release(spoiled);
}

void gradcheck_faults(const Subject *s, double limit, const Fault *own, int *planted, int *caught, FILE *log)
{
    Measured m = measure(s);
    for (int a = 0; a < s->n_array; a++) {
        try_faults(s, &m, a, limit, fault_catalogue, planted, caught, log);
        try_faults(s, &m, a, limit, own, planted, caught, log);
    }
    measured_free(&m, s->n_array);
}

/* ---- the report ---------------------------------------------------------------------- */

const char *verdict_name(Verdict v) { return v == PASS ? "PASS" : v == BUG ? "BUG" : "INCONCLUSIVE"; }

void check_header_print(FILE *file)
{
    fprintf(file, "%-24s %-22s %8s %6s %14s %14s %9s  %s\n", "module", "tensor", "elements", "worst", "analytic",
            "numeric", "error", "verdict");
}

void check_row_print(FILE *file, const char *module, const CheckRow *row)
{
    fprintf(file, "%-24s %-22s %8zu %6zu %14.6e %14.6e %9.1e  %s\n", module, row->tensor, row->elements, row->worst,
            row->analytic, row->numeric, row->error, verdict_name(row->verdict));
}
