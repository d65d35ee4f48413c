#include "03_mistake.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_subject.h"

#include <stdio.h>

/* ---- nothing, or one factor for all ------------------------------------------------------- */

bool not_a_number(const Case *c)
{
    size_t wrong = 0, first = 0;
    for (size_t i = c->n; i-- > 0;)
        if (!isfinite(c->a[i]))
            wrong++, first = i;
    return wrong > 0 &&
           say(c, "%zu of %zu elements are NaN or infinite, from element %zu on: never written, or 0/0", wrong, c->n, first);
}

bool nothing_computed(const Case *c)
{
    guess_multiple(c, 0, 0, 1, c->n);
    return guess_fits(c) && say(c, "0 everywhere: it was not computed, or not written");
}

static bool near(double factor, double value, double off) { return fabs(factor - value) <= off + 1e-12 * fabs(value); }

/* What the batch is: the first array, or where that is one of parameters the upstream gradient. */
static Shape batch_of(const Subject *s)
{
    const Shape *x = &s->array[0].shape, *u = s->upstream ? &s->upstream->shape : x;
    return x->rank < 2 || x->dim[0] != u->dim[0] ? *u : *x;
}

/* Factors that have a name. m is the number of rows of the batch, over which a mean is taken; N that of its examples. */
bool say_factor(const Case *c, const char *of, double factor, double off)
{
    Shape x = batch_of(c->s);
    double m = x.rank ? shape_rows(x) : (double)c->s->array[0].n, N = x.rank ? x.dim[0] : m;
    if (near(factor, -1, off))
        return say(c, "%sthe sign is turned", of);
    if (near(factor, 2, off))
        return say(c, "%stwice the gradient: added twice, or a factor 2 too much%s", of,
                   m == 2 || N == 2 ? ", or a sum over 2 for their mean" : "");
    if (near(factor, 0.5, off))
        return say(c, "%shalf the gradient: a factor 2 is missing%s", of,
                   m == 2 || N == 2 ? ", or a mean over 2 for their sum" : "");
    if (m > 2 && near(factor, m / (m - 1), off))
        return say(c, "%stoo large by m/(m-1), m = %g: m - 1 stands for m", of, m);
    if (m > 2 && near(factor, (m - 1) / m, off))
        return say(c, "%stoo small by (m-1)/m, m = %g: m stands for m - 1, or one sample is left out", of, m);
    if (m > 2 && near(factor, m, off))
        return say(c, "%sm = %g times the gradient: a factor 1/m is missing, a sum for a mean", of, m);
    if (m > 2 && near(factor, 1 / m, off))
        return say(c, "%s1/m of the gradient, m = %g: a mean for a sum, or a factor 1/m twice", of, m);
    if (N > 2 && near(factor, N, off))
        return say(c, "%sN = %g times the gradient: a sum over the batch for its mean", of, N);
    if (N > 2 && near(factor, 1 / N, off))
        return say(c, "%s1/N of the gradient, N = %g: a mean over the batch for its sum", of, N);
    return false;
}

/* A parameter, or what else is handed over, that is one number: too much, or missing. */
static bool say_single(const Case *c, double factor, double off)
{
    for (int b = 0; b < c->s->n_array + c->s->n_given; b++) {
        const CheckArray *p = b < c->s->n_array ? &c->s->array[b] : &c->s->given[b - c->s->n_array];
        double value = (double)p->x[0];
        if (p->n != 1 || b == c->array)
            continue;
        if (near(factor, value, off))
            return say(c, "a factor %s too much: squared, or where it does not belong", p->name);
        if (near(factor, 1 / value, off))
            return say(c, "the factor %s is missing", p->name);
    }
    return false;
}

/* Is there anything of which there are k: along an axis, or along two of them? */
static bool counts(Shape s, double k)
{
    for (int a = 0; a < s.rank; a++)
        for (int b = a; b < s.rank; b++)
            if (s.dim[a] == k || (a != b && (double)s.dim[a] * s.dim[b] == k))
                return true;
    return false;
}

static bool anything_counts(const Subject *s, double k)
{
    bool any = s->upstream && counts(s->upstream->shape, k);
    for (int a = 0; a < s->n_array; a++)
        any = any || counts(s->array[a].shape, k);
    for (int a = 0; a < s->n_given; a++)
        any = any || counts(s->given[a].shape, k);
    return any;
}

/* A number of something, or one over it. */
static bool say_count(const Case *c, double factor, double off)
{
    double k = rint(factor), over = rint(1 / factor);
    if (k > 2 && near(factor, k, off) && anything_counts(c->s, k))
        return say(c, "%g times the gradient: a sum over %g for their mean", k, k);
    if (over > 2 && near(factor, 1 / over, off) && anything_counts(c->s, over))
        return say(c, "1/%g of the gradient: a mean over %g for their sum", over, over);
    return false;
}

/* The guess is a multiple by a fitted factor, which may itself be off. */
static void guess_fitted(const Case *c, double factor, double off, size_t first, size_t step, size_t count)
{
    guess_multiple(c, factor, first, step, count);
    for (size_t k = 0, i = first; k < count; k++, i += step)
        c->reach[i] += off * fabs(c->t[i]);
}

bool one_factor(const Case *c)
{
    double off, factor = factor_of(c, 0, 1, c->n, &off);
    guess_fitted(c, factor, off, 0, 1, c->n);
    if (!isfinite(factor) || !guess_fits(c))
        return false;
    return say_factor(c, "", factor, off) || say_single(c, factor, off) || say_count(c, factor, off) ||
           (c->n > 1 && say(c, "%.6g times the gradient: a constant factor too much", factor));
}

/* ---- one element, row or column alone ------------------------------------------------------------ */

typedef struct {
    const char *name;
    size_t first, step, count;
} Part;

/* All elements outside the part are right. */
static bool wrong_alone(const Case *c, const Part *p)
{
    guess_multiple(c, 1, 0, 1, c->n);
    for (size_t k = 0, i = p->first; k < p->count; k++, i += p->step)
        c->guess[i] = c->a[i]; /* whatever stands there */
    return guess_fits(c);
}

static bool say_part(const Case *c, const Part *p)
{
    char of[64];
    double off, factor = factor_of(c, p->first, p->step, p->count, &off);
    size_t which = p->step == 1 ? p->first / p->count : p->first;
    snprintf(of, sizeof of, "%s %zu alone is wrong: ", p->name, which);
    guess_multiple(c, factor, p->first, p->step, p->count);
    if (fabs(factor) <= off && guess_fits(c))
        return say(c, "%sit is 0", of);
    if (guess_fits(c) && say_factor(c, of, factor, off))
        return true;
    return say(c, "%s%.6g, not %.6g", of, c->a[p->first], c->t[p->first]);
}

/* How many numbers an example has, where the array is a batch of maps. */
static size_t examples_block(const Case *c)
{
    Shape s = c->s->array[c->array].shape;
    return s.rank > 2 ? c->n / (size_t)s.dim[0] : c->C;
}

bool one_part(const Case *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (!(fabs(c->a[i] - c->t[i]) <= c->e[i])) { /* the first wrong one: the part is its element, row or column */
            size_t block = examples_block(c);
            Part part[] = { { "element", i, 1, 1 },
                            { "row", i / c->C * c->C, 1, c->C },
                            { "column", i % c->C, c->C, c->R },
                            { "example", i / block * block, 1, block } };
            for (int k = 0; k < 4; k++)
                if (part[k].count < c->n && wrong_alone(c, &part[k]))
                    return say_part(c, &part[k]);
            return false;
        }
    return false;
}

/* ---- a factor of every column's own ----------------------------------------------------------------- */

typedef struct {
    double *factor, *off;
} Factors;

static bool columns_fit(const Case *c, const Factors *f)
{
    for (size_t j = 0; j < c->C; j++) {
        f->factor[j] = factor_of(c, j, c->C, c->R, &f->off[j]);
        if (!isfinite(f->factor[j]))
            return false;
        guess_fitted(c, f->factor[j], f->off[j], j, c->C, c->R);
    }
    return guess_fits(c);
}

static bool factors_are(const Case *c, const Factors *f, const double *value, double power, double tolerance)
{
    for (size_t j = 0; j < c->C; j++) {
        double expected = pow(fabs(value[j]), power) * (power == 1 || power == -1 ? copysign(1, value[j]) : 1);
        if (!(fabs(f->factor[j] - expected) <= f->off[j] + tolerance * fabs(expected)))
            return false;
    }
    return true;
}

/* The variance of the columns of the first array. */
static bool column_variances(const Case *c, double *variance)
{
    const CheckArray *x = &c->s->array[0];
    if (x->n % c->C != 0 || x->n / c->C < 2)
        return false;
    for (size_t j = 0; j < c->C; j++) {
        double mean = 0, R = (double)(x->n / c->C);
        variance[j] = 0;
        for (size_t i = j; i < x->n; i += c->C)
            mean += (double)x->x[i] / R;
        for (size_t i = j; i < x->n; i += c->C)
            variance[j] += ((double)x->x[i] - mean) * ((double)x->x[i] - mean) / R;
    }
    return true;
}

static bool factors_of_parameters(const Case *c, const char *of, const Factors *f, double *value)
{
    for (int b = 0; b < c->s->n_array + c->s->n_given; b++) {
        const CheckArray *p = b < c->s->n_array ? &c->s->array[b] : &c->s->given[b - c->s->n_array];
        if (p->n != c->C || b == c->array)
            continue;
        for (size_t j = 0; j < c->C; j++)
            value[j] = (double)p->x[j];
        if (factors_are(c, f, value, 1, 1e-6))
            return say(c, "%sa factor %s too much in every column: squared, or where it does not belong", of, p->name);
        if (factors_are(c, f, value, -1, 1e-6))
            return say(c, "%sthe factor %s is missing in every column", of, p->name);
        if (factors_are(c, f, value, 2, 1e-6))
            return say(c, "%sa factor %s^2 too much in every column", of, p->name);
        if (factors_are(c, f, value, -2, 1e-6))
            return say(c, "%sthe factor %s^2 is missing in every column", of, p->name);
    }
    return false;
}

/* Is every factor (variance + epsilon)^(power / 2), with one epsilon, not negative and not large, for all? */
static bool factors_are_deviations(const Case *c, const Factors *f, const double *variance, double power)
{
    double least = INFINITY, most = -INFINITY, typical = 0, off = 0;
    for (size_t j = 0; j < c->C; j++) {
        double square = pow(f->factor[j], 2 / power), epsilon = square - variance[j];
        least = fmin(least, epsilon), most = fmax(most, epsilon), typical += variance[j] / (double)c->C;
        off = fmax(off, 2 * square * (f->off[j] / fabs(f->factor[j]) + 1e-6));
    }
    return most - least <= 2 * off && least >= -off && most <= 0.2 * typical + off;
}

static bool factors_of_deviations(const Case *c, const char *of, const Factors *f, double *variance)
{
    if (!column_variances(c, variance))
        return false;
    if (factors_are_deviations(c, f, variance, 1))
        return say(c, "%sthe factor rstd, 1/(standard deviation), is missing in every column", of);
    if (factors_are_deviations(c, f, variance, -1))
        return say(c, "%sa factor rstd, 1/(standard deviation), too much in every column: squared", of);
    if (factors_are_deviations(c, f, variance, 2))
        return say(c, "%sthe factor 1/variance is missing in every column", of);
    if (factors_are_deviations(c, f, variance, -2))
        return say(c, "%sa factor 1/variance too much in every column", of);
    return false;
}

bool say_column_factors(const Case *c, const char *of, double *factor, double *off)
{
    double *value = memory_get(c->C * sizeof *value);
    Factors f = { factor, off };
    bool found = factors_of_parameters(c, of, &f, value) || factors_of_deviations(c, of, &f, value);
    memory_release(value);
    return found;
}

bool column_factors(const Case *c)
{
    double *room = memory_get(2 * c->C * sizeof *room);
    Factors f = { room, room + c->C };
    bool found = c->C > 1 && columns_fit(c, &f) &&
                 (say_column_factors(c, "", f.factor, f.off) ||
                  (c->R > 1 && say(c, "every column has a factor of its own too much")));
    memory_release(room);
    return found;
}
