/* The right gradient of something else: of an input that was misread. The loss can be asked for
 * that gradient, so the mistake is made to the input, and the slopes are measured again. */
#include "03_mistake.h"

#include "01_memory.h"
#include "01_tensor.h"
#include "03_line.h"
#include "03_measure.h"
#include "03_slope.h"
#include "03_subject.h"

#include <string.h>

enum { MOST_NUMBERS = 4096 }; /* of all arrays: beyond, it takes too long */

/* Something that the gradient is computed from. */
typedef struct {
    const char *name;
    real *x;
    size_t n;
    Shape shape;
} Input;

/* A mistake being tried: the input with a copy of how it was. */
typedef struct {
    const Case *c;
    Input in;
    const real *kept;
    double noise; /* of the loss */
    size_t worst; /* the element that is off by most bars */
} Trial;

/* ---- is the analytic gradient that of the arrays as they stand? ---------------------------------------- */

static bool slope_fits(const Trial *t, size_t i)
{
    const Case *c = t->c;
    ElementLine line = { c->s, &c->s->array[c->array], i };
    Slope s = slope_ridders(probe_element, &line, array_spread(line.array), t->noise);
    return fabs(c->a[i] - slope_nearest(&s, c->a[i])) <= 2 * s.error + c->e[i];
}

static bool gradient_fits(const Trial *t)
{
    if (!slope_fits(t, t->worst))
        return false;
    for (size_t i = 0; i < t->c->n; i++)
        if (!slope_fits(t, i))
            return false;
    return true;
}

/* After a mistake was made to the input: does it explain the gradient? The input is put back. */
static bool explains(const Trial *t)
{
    bool fits = memcmp(t->in.x, t->kept, t->in.n * sizeof(real)) != 0 && gradient_fits(t);
    memcpy(t->in.x, t->kept, t->in.n * sizeof(real));
    return fits;
}

/* ---- mistakes ---------------------------------------------------------------------------------------------- */

/* Along axis k an index runs through dim[k]; where it stands in the array. */
static size_t place(const Shape *s, const int *i)
{
    size_t at = 0;
    for (int k = 0; k < s->rank; k++)
        at = at * (size_t)s->dim[k] + (size_t)i[k];
    return at;
}

static void indices(const Shape *s, size_t at, int *i)
{
    for (int k = s->rank - 1; k >= 0; k--)
        i[k] = (int)(at % (size_t)s->dim[k]), at /= (size_t)s->dim[k];
}

/* Its axes in the order p: as they were written, or as they are read. */
static bool order_explains(const Trial *t, const int *p, bool read)
{
    const Shape *s = &t->in.shape;
    Shape other = { s->rank, { 0 } };
    for (int k = 0; k < s->rank; k++)
        other.dim[k] = s->dim[p[k]];
    for (size_t at = 0; at < t->in.n; at++) {
        int w[MAX_RANK], i[MAX_RANK];
        indices(&other, at, w);
        for (int k = 0; k < s->rank; k++)
            i[p[k]] = w[k];
        t->in.x[read ? place(s, i) : at] = t->kept[read ? at : place(s, i)];
    }
    return explains(t);
}

static bool another_order_of(const Trial *t)
{
    const Shape *s = &t->in.shape;
    for (int code = 1; s->rank >= 2 && code < 256; code++) {
        int p[] = { code >> 6 & 3, code >> 4 & 3, code >> 2 & 3, code & 3 }, seen = 0;
        for (int k = 0; k < s->rank; k++)
            seen |= 1 << p[k];
        bool valid = seen == (1 << s->rank) - 1 && (s->rank == 4 || (code & 0xff >> 2 * s->rank) == 0);
        if (!valid || !(order_explains(t, p, false) || order_explains(t, p, true)))
            continue;
        if (s->rank == 2)
            return say(t->c, "transposed: as if %s were its transpose", t->in.name);
        if (p[1] == 3 || p[3] == 1)
            return say(t->c, "channels first: as if %s had its channels there", t->in.name);
        return say(t->c, "transposed: as if the axes of %s stood in the order %d %d %d %d", t->in.name, p[0], p[1], p[2], p[3]);
    }
    return false;
}

/* Turned round along every axis of a set. */
static bool turned(const Trial *t)
{
    const Shape *s = &t->in.shape;
    for (int set = 1; s->rank == 4 && set < 16; set++) {
        for (size_t at = 0; at < t->in.n; at++) {
            int i[MAX_RANK];
            indices(s, at, i);
            for (int k = 0; k < s->rank; k++)
                i[k] = set >> k & 1 ? s->dim[k] - 1 - i[k] : i[k];
            t->in.x[at] = t->kept[place(s, i)];
        }
        if (explains(t))
            return say(t->c, "turned round: as if %s were flipped along the axes%s%s%s%s", t->in.name, set & 1 ? " 0" : "",
                       set & 2 ? " 1" : "", set & 4 ? " 2" : "", set & 8 ? " 3" : "");
    }
    return false;
}

/* By one down and right, or up and left, or along one axis alone, with zeros behind. */
static bool moved_by(const Trial *t, int down, int right)
{
    const Shape *s = &t->in.shape;
    for (size_t at = 0; at < t->in.n; at++) {
        int i[MAX_RANK];
        indices(s, at, i);
        i[1] -= down, i[2] -= right;
        bool outside = i[1] < 0 || i[1] >= s->dim[1] || i[2] < 0 || i[2] >= s->dim[2];
        t->in.x[at] = outside ? 0 : t->kept[place(s, i)];
    }
    return explains(t) && say(t->c, "moved by one: as if %s stood %d down, %d right; the padding, or an index, is off by one",
                              t->in.name, down, right);
}

static bool moved(const Trial *t)
{
    for (int k = 0; t->in.shape.rank == 4 && k < 9; k++)
        if (moved_by(t, k / 3 - 1, k % 3 - 1))
            return true;
    return false;
}

/* One example missing, or there twice: the first, the last, and all of a small batch. */
static bool one_example(const Trial *t)
{
    int N = t->in.shape.rank >= 2 ? t->in.shape.dim[0] : 1;
    size_t block = t->in.n / (size_t)N;
    for (int k = 0; N > 1 && k < N; k++)
        for (int factor = 0; factor <= 2 && (N <= 16 || k == 0 || k == N - 1); factor += 2) {
            for (size_t i = 0; i < block; i++)
                t->in.x[(size_t)k * block + i] *= (real)factor;
            if (explains(t))
                return say(t->c,
                           factor ? "example %d alone is wrong: it counts twice (of %s)" : "example %d is left out (of %s)", k,
                           t->in.name);
        }
    return false;
}

/* ---- the inputs ------------------------------------------------------------------------------------------------ */

/* The derivative taken at another array: its own values are replaced by those of the input. */
static bool taken_at(const Trial *t)
{
    const CheckArray *own = &t->c->s->array[t->c->array];
    if (t->in.n != own->n || t->in.x == own->x)
        return false;
    Trial at_own = *t;
    real *kept = memory_get(own->n * sizeof *kept);
    memcpy(kept, own->x, own->n * sizeof *kept);
    at_own.in = (Input){ own->name, own->x, own->n, own->shape }, at_own.kept = kept;
    memcpy(own->x, t->kept, own->n * sizeof *kept);
    bool found = explains(&at_own) && say(t->c, "the derivative at %s, where %s belongs", t->in.name, own->name);
    memory_release(kept);
    return found;
}

static bool explained_by(const Case *c, Input in, double noise, size_t worst)
{
    real *kept = memory_get(in.n * sizeof *kept);
    Trial t = { c, in, kept, noise, worst };
    c->s->evaluate(c->s->self); /* what follows from the arrays follows from them as they stand */
    memcpy(kept, in.x, in.n * sizeof *kept);
    bool found = one_example(&t) || taken_at(&t) || another_order_of(&t) || turned(&t) || moved(&t);
    memory_release(kept);
    return found;
}

static size_t worst_of(const Case *c)
{
    size_t worst = 0;
    for (size_t i = 1; i < c->n; i++)
        if (fabs(c->a[i] - c->t[i]) * c->e[worst] > fabs(c->a[worst] - c->t[worst]) * c->e[i])
            worst = i;
    return worst;
}

bool another_input(const Case *c)
{
    const Subject *s = c->s;
    size_t all = 0, worst = worst_of(c);
    for (int b = 0; b < s->n_array; b++)
        all += s->array[b].n;
    if (!s->evaluate || all > MOST_NUMBERS || !isfinite(c->a[worst]))
        return false;
    double noise = subject_noise(s);
    bool found = s->upstream &&
                 explained_by(c, (Input){ "dy", s->upstream->data, tensor_size(s->upstream), s->upstream->shape }, noise,
                              worst);
    for (int b = 0; b < s->n_array + s->n_given && !found; b++) {
        const CheckArray *from = b < s->n_array ? &s->array[b] : &s->given[b - s->n_array];
        if (b != c->array)
            found = explained_by(c, (Input){ from->name, from->x, from->n, from->shape }, noise, worst);
    }
    s->evaluate(s->self); /* with everything as it was */
    return found;
}
