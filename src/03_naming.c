#include "03_naming.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_gradcheck.h"
#include "03_mistake.h"
#include "03_slope.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- what all mistakes are told with ------------------------------------------------------- */

bool say(const Case *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->text, NOTE_TEXT, format, arguments);
    va_end(arguments);
    return true;
}

bool agrees(const Case *c, size_t i) { return fabs(c->a[i] - c->guess[i]) <= c->reach[i]; }

bool guess_fits(const Case *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (!agrees(c, i))
            return false;
    return true;
}

void guess_multiple(const Case *c, double factor, size_t first, size_t step, size_t count)
{
    for (size_t k = 0, i = first; k < count; k++, i += step)
        c->guess[i] = factor * c->t[i], c->reach[i] = fmax(1, fabs(factor)) * c->e[i];
}

double factor_of(const Case *c, size_t first, size_t step, size_t count, double *off)
{
    double at = 0, tt = 0, e = 0;
    for (size_t k = 0, i = first; k < count; k++, i += step)
        at += c->a[i] * c->t[i], tt += c->t[i] * c->t[i], e = fmax(e, c->e[i]);
    double factor = tt > 0 ? at / tt : NAN;
    *off = fmax(1, fabs(factor)) * e / sqrt(tt);
    return factor;
}

/* ---- the mistakes, from the simplest on -------------------------------------------------------- */

bool bug_name(char text[NOTE_TEXT], const Subject *s, int array, const MeasuredArray *m)
{
    static bool (*const mistake[])(const Case *) = {
        not_a_number,   nothing_computed,       one_factor,      one_part,      another_function,
        named_terms,    constant_in_derivative, not_summed,      another_order, moved_or_turned,
        column_factors, term_factors,           something_added, another_input,
    };
    double *room = memory_get((4 + MAX_TERMS) * m->n * sizeof *room);
    Shape shape = s->array[array].shape;
    size_t C = shape.rank ? (size_t)shape_columns(shape) : m->n;
    Case c = {
        s, array, m->analytic, room, room + m->n, room + 2 * m->n, room + 3 * m->n, m->n, m->n / C, C, text, { { 0 } }, 0
    };
    for (size_t i = 0; i < m->n; i++)
        c.t[i] = slope_nearest(&m->slope[i], m->analytic[i]), c.e[i] = gradcheck_bar(m, i);
    for (int k = 0; k < MAX_TERMS; k++)
        c.term[k].value = room + (size_t)(4 + k) * m->n;
    c.K = s->terms ? s->terms(s->self, array, c.term) : 0;
    bool found = false;
    text[0] = 0;
    for (size_t k = 0; k < sizeof mistake / sizeof *mistake && !found; k++)
        found = mistake[k](&c);
    memory_release(room);
    return found;
}

/* ---- one name for several shapes ------------------------------------------------------------------ */

/* The length of the word at the beginning, and whether a digit is in it. */
static size_t word_length(const char *text, bool *number)
{
    size_t n = strcspn(text, " ");
    *number = false;
    for (size_t i = 0; i < n; i++)
        *number = *number || isdigit((unsigned char)text[i]);
    return n;
}

static bool same_but_for_numbers(const char *a, const char *b)
{
    while (*a && *b) {
        bool a_number, b_number;
        size_t n = word_length(a, &a_number), m = word_length(b, &b_number);
        if (a_number != b_number || (!a_number && (n != m || memcmp(a, b, n) != 0)))
            return false;
        a += n, a += *a == ' ', b += m, b += *b == ' ';
    }
    return !*a && !*b;
}

int name_of_most(const char *const *name, int n)
{
    int best = 0, most = 0;
    for (int k = 0; k < n; k++) {
        int count = 0;
        for (int j = 0; j < n; j++)
            count += same_but_for_numbers(name[k], name[j]);
        if (count > most)
            most = count, best = k;
    }
    return best;
}
