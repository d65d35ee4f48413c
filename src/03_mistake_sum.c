#include "03_mistake.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_subject.h"

#include <stdio.h>
#include <string.h>

/* ---- a sum of named terms ------------------------------------------------------------------- */

/* Solves the K normal equations of a = sum of x[k] term[k] by elimination; false where the terms depend on each other. */
static bool fit_terms(double x[MAX_TERMS], const Term *term, int K, const double *a, size_t n)
{
    double A[MAX_TERMS][MAX_TERMS + 1] = { { 0 } };
    for (int i = 0; i < K; i++)
        for (size_t k = 0; k < n; k++) {
            for (int j = 0; j < K; j++)
                A[i][j] += term[i].value[k] * term[j].value[k];
            A[i][K] += term[i].value[k] * a[k];
        }
    for (int i = 0; i < K; i++) {
        double length = 0;
        for (size_t k = 0; k < n; k++)
            length += term[i].value[k] * term[i].value[k];
        if (!(A[i][i] > 1e-10 * length))
            return false;
        for (int k = 0; k < K; k++) {
            double f = k == i ? 0 : A[k][i] / A[i][i];
            for (int j = 0; j <= K; j++)
                A[k][j] -= f * A[i][j];
        }
    }
    for (int i = 0; i < K; i++)
        x[i] = A[i][K] / A[i][i];
    return true;
}

/* How a term has come in: "missing", or what its factor is called. */
static void name_factor(const Case *c, char name[NOTE_TEXT], double factor)
{
    Case of_term = *c;
    of_term.text = name;
    if (fabs(factor) < 1e-3)
        strcpy(name, "missing");
    else if (!say_factor(&of_term, "", factor, 1e-4))
        strcpy(name, "scaled");
}

/* "dx = 1.00 direct + 0.00 mean + 1.00 variance; missing: mean". */
static bool say_terms(const Case *c, const Term *term, const double *x, int K)
{
    char sum[NOTE_TEXT] = "", wrong[NOTE_TEXT] = "", name[NOTE_TEXT] = "", last[NOTE_TEXT] = "";
    for (int k = 0; k < K; k++) {
        size_t at = strlen(sum), to = strlen(wrong);
        snprintf(sum + at, sizeof sum - at, "%s%.2f %s", k ? " + " : "", fabs(x[k]) < 0.005 ? 0 : x[k], term[k].name);
        if (fabs(x[k] - 1) < 1e-3)
            continue;
        name_factor(c, name, x[k]);
        if (strcmp(name, last) == 0) /* as the term before it */
            snprintf(wrong + to, sizeof wrong - to, " and %s", term[k].name);
        else
            snprintf(wrong + to, sizeof wrong - to, "; %.100s: %s", name, term[k].name);
        strcpy(last, name);
    }
    return say(c, "d%s = %s%s", c->s->array[c->array].name, sum, wrong);
}

/* With so few elements that nothing can be fitted: terms missing, turned round or twice, few of them first. */
static bool simple_multiples(const Case *c, const Term *term, int K)
{
    static const double multiple[] = { 1, 0, -1, 2 };
    double x[MAX_TERMS];
    for (int wrong = 1; wrong <= K; wrong++)
        for (int code = 1; code < 1 << 2 * K; code++) {
            int changed = 0;
            for (int k = 0; k < K; k++)
                x[k] = multiple[code >> 2 * k & 3], changed += x[k] != 1;
            for (size_t i = 0; i < c->n; i++) {
                c->guess[i] = c->t[i], c->reach[i] = c->e[i];
                for (int k = 0; k < K; k++)
                    c->guess[i] += (x[k] - 1) * term[k].value[i];
            }
            if (changed == wrong && guess_fits(c))
                return say_terms(c, term, x, K);
        }
    return false;
}

bool named_terms(const Case *c)
{
    double x[MAX_TERMS];
    const Term *term = c->term;
    int K = c->K;
    bool found = K > 0 && (size_t)K < c->n && fit_terms(x, term, K, c->a, c->n);
    for (size_t i = 0; found && i < c->n; i++) {
        c->guess[i] = 0, c->reach[i] = c->e[i];
        for (int k = 0; k < K; k++)
            c->guess[i] += x[k] * term[k].value[i];
    }
    return found ? guess_fits(c) && say_terms(c, term, x, K) : simple_multiples(c, term, K);
}

/* A part of the sum with a factor of every column's own: how large it is, and how far that may be off. */
static bool part_fits(const Case *c, const double *part, double *factor, double *off)
{
    for (size_t j = 0; j < c->C; j++) {
        double pd = 0, pp = 0, e = 0;
        for (size_t i = j; i < c->n; i += c->C)
            pd += part[i] * (c->a[i] - c->t[i]), pp += part[i] * part[i], e = fmax(e, c->e[i]);
        factor[j] = 1 + pd / pp, off[j] = e / sqrt(pp);
        for (size_t i = j; i < c->n; i += c->C) {
            c->guess[i] = c->t[i] + (factor[j] - 1) * part[i];
            c->reach[i] = c->e[i] + off[j] * fabs(part[i]);
        }
    }
    return guess_fits(c);
}

/* The terms of a set, added, and "in the NAME and NAME: ". */
static void add_terms(const Case *c, const Term *term, int K, int set, double *part, char of[NOTE_TEXT / 2])
{
    size_t to = 0;
    for (size_t i = 0; i < c->n; i++)
        part[i] = 0;
    for (int k = 0; k < K; k++) {
        if (!(set >> k & 1))
            continue;
        for (size_t i = 0; i < c->n; i++)
            part[i] += term[k].value[i];
        snprintf(of + to, NOTE_TEXT / 2 - to, "%s%s", to ? " and " : "in the ", term[k].name);
        to = strlen(of);
    }
    snprintf(of + to, NOTE_TEXT / 2 - to, ": ");
}

/* Does a term differ from row to row? */
static bool varies(const Case *c, const Term *term)
{
    for (size_t i = c->C; i < c->n; i++)
        if (fabs(term->value[i] - term->value[i - c->C]) > 2 * c->e[i])
            return true;
    return false;
}

/* Has a term that differs from row to row become the same number in all rows of a column, whichever that is? */
static bool term_is_constant(const Case *c, const Term *term)
{
    if (!varies(c, term))
        return false;
    for (size_t j = 0; j < c->C; j++) {
        double mean = 0, e = 0;
        for (size_t i = j; i < c->n; i += c->C)
            mean += (c->a[i] - c->t[i] + term->value[i]) / (double)c->R, e = fmax(e, c->e[i]);
        for (size_t i = j; i < c->n; i += c->C)
            c->guess[i] = c->t[i] - term->value[i] + mean, c->reach[i] = c->e[i] + e;
    }
    return guess_fits(c);
}

bool term_factors(const Case *c)
{
    double *part = memory_get((c->n + 2 * c->C) * sizeof *part), *factor = part + c->n;
    int K = c->R > 1 && c->C > 1 ? c->K : 0;
    bool found = false;
    for (int set = 1; set < (1 << K) - 1 && !found; set++) { /* all of them have been tried as one */
        char of[NOTE_TEXT / 2];
        add_terms(c, c->term, K, set, part, of);
        found = part_fits(c, part, factor, factor + c->C) && say_column_factors(c, of, factor, factor + c->C);
    }
    for (int k = 0; k < K && c->R > 2 && !found; k++)
        found = term_is_constant(c, &c->term[k]) &&
                say(c, "the %s is the same in all rows: a factor that changes with the row is missing", c->term[k].name);
    memory_release(part);
    return found;
}

/* ---- something added -------------------------------------------------------------------------------------- */

/* Is a - t, in every column, constant + slope (x - its mean)? With the slope 0 where it is not wanted. */
static bool columns_off_by(const Case *c, bool constant, bool slope)
{
    const real *x = c->s->array[c->array].x;
    for (size_t j = 0; j < c->C; j++) {
        double mean = 0, off = 0, sxx = 0, sxd = 0, R = (double)c->R;
        for (size_t i = j; i < c->n; i += c->C)
            mean += (double)x[i] / R, off += (c->a[i] - c->t[i]) / R;
        for (size_t i = j; i < c->n; i += c->C)
            sxx += ((double)x[i] - mean) * ((double)x[i] - mean), sxd += ((double)x[i] - mean) * (c->a[i] - c->t[i]);
        for (size_t i = j; i < c->n; i += c->C) {
            c->guess[i] = c->t[i] + (constant ? off : 0) + (slope ? sxd / sxx * ((double)x[i] - mean) : 0);
            c->reach[i] = 2 * c->e[i];
        }
    }
    return guess_fits(c);
}

bool something_added(const Case *c)
{
    double off = (c->a[0] - c->t[0]);
    for (size_t i = 0; i < c->n; i++)
        c->guess[i] = c->t[i] + off, c->reach[i] = c->e[i] + c->e[0];
    if (c->n > 2 && guess_fits(c))
        return say(c, "%.6g is added to every element", off);
    if (c->R < 3 || c->K > 0) /* whose own names say more */
        return false;
    if (columns_off_by(c, true, false))
        return say(c, "every column is off by a constant: a path through the column's mean is missing, or wrong");
    if (columns_off_by(c, false, true))
        return say(c,
                   "every column is off by a multiple of x - mean: a path through the column's variance is missing, or wrong");
    if (columns_off_by(c, true, true))
        return say(c, "every column is off by a constant and a multiple of x - mean: the paths through mean and variance");
    return false;
}

/* ---- not summed ---------------------------------------------------------------------------------------------- */

/* A vector that should be the sum of the upstream's rows, and is one of them. */
bool not_summed(const Case *c)
{
    const Tensor *u = c->s->upstream;
    if (!u || (size_t)shape_columns(u->shape) != c->n || shape_rows(u->shape) < 2)
        return false;
    for (int row = 0; row < shape_rows(u->shape); row++) {
        for (size_t j = 0; j < c->n; j++)
            c->guess[j] = (double)u->data[(size_t)row * c->n + j], c->reach[j] = c->e[j];
        if (guess_fits(c))
            return say(c, "row %d of dy: not summed over the rows", row);
    }
    return false;
}
