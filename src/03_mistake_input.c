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
    double noise;       /* of the loss */
    size_t worst;       /* the element that is off by most bars */
    const size_t *from; /* where in the analytic gradient element i stands; NULL: there, too */
} Trial;

/* ---- is the analytic gradient that of the arrays as they stand? ---------------------------------------- */

static bool slope_fits(const Trial *t, size_t i)
{
    const Case *c = t->c;
    ElementLine line = { c->s, &c->s->array[c->array], i };
    Slope s = slope_ridders(probe_element, &line, array_spread(line.array), t->noise);
    size_t k = t->from ? t->from[i] : i;
    return fabs(c->a[k] - slope_nearest(&s, c->a[k])) <= 2 * s.error + c->e[k];
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

/* An array of shape s with its axes in the order p: from[i] is where number i stood. As they were
 * written in that order, or as they are read in it. */
static void reorder(size_t *from, const Shape *s, size_t n, const int *p, bool read)
{
    Shape other = { s->rank, { 0 } };
    for (int k = 0; k < s->rank; k++)
        other.dim[k] = s->dim[p[k]];
    for (size_t at = 0; at < n; at++) {
        int w[MAX_RANK], i[MAX_RANK];
        indices(&other, at, w);
        for (int k = 0; k < s->rank; k++)
            i[p[k]] = w[k];
        from[read ? place(s, i) : at] = read ? at : place(s, i);
    }
}

static bool order_explains(const Trial *t, const int *p, bool read)
{
    size_t *from = memory_get(t->in.n * sizeof *from);
    reorder(from, &t->in.shape, t->in.n, p, read);
    for (size_t i = 0; i < t->in.n; i++)
        t->in.x[i] = t->kept[from[i]];
    memory_release(from);
    return explains(t);
}

typedef enum { EXCHANGE, CHANNELS_FIRST, ANOTHER_ORDER, NO_ORDER } Order; /* from the simplest on */

/* Orders of axes by number: two neighbours exchanged; the channels, which are last, elsewhere; any other. */
static Order order_of(int code, int rank, int p[4])
{
    int seen = 0, moved = 0, by = 0;
    for (int k = 0; k < 4; k++)
        p[k] = code >> (6 - 2 * k) & 3;
    for (int k = 0; k < 4 && k < rank; k++)
        seen |= 1 << p[k], moved += p[k] != k, by = p[k] > k ? p[k] - k : by;
    if (seen != (1 << rank) - 1 || (rank < 4 && (code & 0xff >> 2 * rank) != 0))
        return NO_ORDER;
    if (rank == 4 && (p[1] == 3 || p[3] == 1))
        return CHANNELS_FIRST;
    return moved == 2 && by == 1 ? EXCHANGE : ANOTHER_ORDER;
}

static bool is_batch(const Trial *t)
{
    const Subject *s = t->c->s;
    return t->in.x == s->array[0].x || (s->upstream && t->in.x == s->upstream->data);
}

static bool another_order_of(const Trial *t, Order wanted)
{
    int p[4], rank = t->in.shape.rank;
    for (int code = 1; rank >= 2 && code < 256; code++) {
        if (order_of(code, rank, p) != wanted || !(order_explains(t, p, false) || order_explains(t, p, true)))
            continue;
        if (rank == 2)
            return say(t->c, "transposed: as if %s were its transpose%s", t->in.name, is_batch(t) ? ", channels first" : "");
        if (wanted == CHANNELS_FIRST)
            return say(t->c, "channels first: as if %s had its channels there", t->in.name);
        return say(t->c, "transposed: as if the axes of %s stood in the order %d %d %d %d", t->in.name, p[0], p[1], p[2], p[3]);
    }
    return false;
}

/* The whole pass channels first: the first array, dy, and where it is the first array's the gradient, too. */
static bool pass_explains(const Trial *t, bool read)
{
    static const int vectors[] = { 1, 0 }, maps[] = { 0, 3, 1, 2 };
    const Subject *s = t->c->s;
    Input in[] = { { "x", s->array[0].x, s->array[0].n, s->array[0].shape }, t->in };
    real *kept = memory_get(in[0].n * sizeof *kept);
    size_t *from = memory_get((in[0].n + in[1].n) * sizeof *from);
    memcpy(kept, in[0].x, in[0].n * sizeof *kept);
    for (int k = 0; k < 2; k++) {
        size_t *of = from + (k ? in[0].n : 0);
        reorder(of, &in[k].shape, in[k].n, in[k].shape.rank == 4 ? maps : vectors, read);
        for (size_t i = 0; i < in[k].n; i++)
            in[k].x[i] = (k ? t->kept : kept)[of[i]];
    }
    Trial whole = *t;
    whole.from = t->c->array == 0 ? from : NULL;
    for (size_t i = 0; whole.from && i < in[0].n; i++)
        whole.worst = from[i] == t->worst ? i : whole.worst;
    bool found = explains(&whole);
    memcpy(in[0].x, kept, in[0].n * sizeof *kept);
    memory_release(from), memory_release(kept);
    return found;
}

static bool whole_pass(const Trial *t)
{
    int rank = t->in.shape.rank;
    bool maps = (rank == 2 || rank == 4) && t->c->s->array[0].shape.rank == rank;
    return maps && (pass_explains(t, true) || pass_explains(t, false)) &&
           say(t->c, "channels first: as if x and dy%s had their channels there", t->c->array == 0 ? ", and dx," : "");
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

/* One example, the first or the last, in the place of all. */
static bool one_for_all(const Trial *t)
{
    int N = t->in.shape.rank >= 2 ? t->in.shape.dim[0] : 1;
    size_t block = t->in.n / (size_t)N;
    for (int k = 0; N > 1 && k < N; k += N - 1) {
        for (size_t i = 0; i < t->in.n; i++)
            t->in.x[i] = t->kept[(size_t)k * block + i % block];
        if (explains(t))
            return say(t->c, "example %d alone is read, in the place of all (of %s)", k, t->in.name);
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

/* The derivative taken at x of another sign. */
static bool taken_with_sign(const Trial *t)
{
    static const char *const text[] = { "-", "|", "-|" };
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < t->in.n; i++)
            t->in.x[i] = k == 0 ? -t->kept[i] : k == 1 ? fabs(t->kept[i]) : -fabs(t->kept[i]);
        if (explains(t))
            return say(t->c, "the derivative at %s%s%s, where %s belongs%s", text[k], t->in.name, k ? "|" : "", t->in.name,
                       k ? ": one branch for both" : "");
    }
    return false;
}

static bool explained_by(const Case *c, Input in, double noise, size_t worst)
{
    real *kept = memory_get(in.n * sizeof *kept);
    Trial t = { c, in, kept, noise, worst, NULL };
    bool own = in.x == c->s->array[c->array].x, dy = c->s->upstream && in.x == c->s->upstream->data;
    c->s->evaluate(c->s->self); /* what follows from the arrays follows from them as they stand */
    memcpy(kept, in.x, in.n * sizeof *kept);
    bool found = own ? taken_with_sign(&t) : one_example(&t) || taken_at(&t);
    for (Order order = EXCHANGE; order < NO_ORDER && !own && !found; order++)
        found = another_order_of(&t, order);
    found = found || (dy && whole_pass(&t)) || (!own && (turned(&t) || moved(&t) || one_for_all(&t)));
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
        found = explained_by(c, (Input){ from->name, from->x, from->n, from->shape }, noise, worst);
    }
    s->evaluate(s->self); /* with everything as it was */
    return found;
}
