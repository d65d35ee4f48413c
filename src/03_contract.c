#include "03_contract.h"

#include "01_memory.h"
#include "01_tensor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* All x, or all dx, of a subject, one after the other. */
typedef enum { OF_X, OF_DX } Which;

static real *numbers(const Subject *s, int a, Which which) { return which == OF_X ? s->array[a].x : s->array[a].dx; }

static size_t count(const Subject *s)
{
    size_t n = 0;
    for (int a = 0; a < s->n_array; a++)
        n += s->array[a].n;
    return n;
}

static void take_copy(real *copy, const Subject *s, Which which)
{
    for (int a = 0; a < s->n_array; copy += s->array[a++].n)
        memcpy(copy, numbers(s, a, which), s->array[a].n * sizeof *copy);
}

/* The first element whose bits are not those of the copy: its array, or -1. */
static int first_change(const real *copy, const Subject *s, Which which, size_t *element)
{
    for (int a = 0; a < s->n_array; copy += s->array[a++].n)
        for (*element = 0; *element < s->array[a].n; ++*element)
            if (memcmp(&copy[*element], &numbers(s, a, which)[*element], sizeof *copy) != 0)
                return a;
    return -1;
}

static void put_back(const real *copy, const Subject *s)
{
    for (int a = 0; a < s->n_array; copy += s->array[a++].n)
        memcpy(s->array[a].x, copy, s->array[a].n * sizeof *copy);
}

static Breach breach(Contract contract, int array, const char *format, ...)
{
    Breach b = { .contract = contract, .array = array };
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(b.text, sizeof b.text, format, arguments);
    va_end(arguments);
    return b;
}

/* Has the function changed an x? */
static Breach input_breach(const Subject *s, const real *x, const char *function)
{
    size_t i;
    int a = first_change(x, s, OF_X, &i);
    if (a < 0)
        return (Breach){ .contract = KEPT };
    return breach(BROKEN, a, "%s changes its input: element %zu of %s is %g now", function, i, s->array[a].name,
                  (double)s->array[a].x[i]);
}

/* ---- the loss ------------------------------------------------------------------------- */

static Breach loss_breach(const Subject *s, const real *x)
{
    double first = s->evaluate(s->self);
    uint64_t branches = s->branches ? s->branches(s->self) : 0;
    Breach b = input_breach(s, x, "evaluate");
    if (b.contract != KEPT)
        return b;
    double second = s->evaluate(s->self);
    if (memcmp(&first, &second, sizeof first) != 0)
        return breach(NOT_DETERMINISTIC, 0, "not deterministic: the loss is %.9g, and at the next call %.9g", first, second);
    if (s->branches && s->branches(s->self) != branches)
        return breach(NOT_DETERMINISTIC, 0, "not deterministic: the hash of branches is another at every call");
    return b;
}

/* ---- the gradient ----------------------------------------------------------------------- */

/* gradient(), where every element of every dx held `before`. */
static void gradient_over(const Subject *s, real before)
{
    for (int a = 0; a < s->n_array; a++)
        for (size_t i = 0; i < s->array[a].n; i++)
            s->array[a].dx[i] = before;
    s->evaluate(s->self);
    s->gradient(s->self);
}

static Breach gradient_breach(const Subject *s, const real *x, real *dx)
{
    size_t i;
    gradient_over(s, 1);
    take_copy(dx, s, OF_DX);
    Breach b = input_breach(s, x, "gradient");
    if (b.contract != KEPT)
        return b;
    gradient_over(s, 1);
    int a = first_change(dx, s, OF_DX, &i);
    if (a >= 0)
        return breach(BROKEN, a, "another gradient at the second call: element %zu of d%s", i, s->array[a].name);
    gradient_over(s, 2);
    a = first_change(dx, s, OF_DX, &i);
    if (a < 0)
        return b;
    if (s->array[a].dx[i] == 2)
        return breach(BROKEN, a, "gradient leaves element %zu of d%s as it was", i, s->array[a].name);
    return breach(BROKEN, a, "gradient adds to what d%s held, as in element %zu", s->array[a].name, i);
}

Breach contract_check(const Subject *s)
{
    size_t n = count(s);
    real *x = memory_get(n * sizeof *x), *dx = memory_get(n * sizeof *dx);
    take_copy(x, s, OF_X);
    Breach b = loss_breach(s, x);
    if (b.contract == KEPT)
        b = gradient_breach(s, x, dx);
    put_back(x, s);
    memory_release(x);
    memory_release(dx);
    return b;
}
