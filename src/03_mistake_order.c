#include "03_mistake.h"

#include "01_tensor.h"

/* ---- another order ------------------------------------------------------------------------------------- */

/* The number of the element at (i[0], ..., i[rank - 1]). */
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

/* The gradient written with its axes in the order p: axis k of what was written is axis p[k] of t.
 * Or read so: what lies in t with its axes in that order was taken for one with the right order. */
static bool order_fits(const Case *c, const Shape *s, const int *p, bool read)
{
    Shape written = { s->rank, { 0 } };
    for (int k = 0; k < s->rank; k++)
        written.dim[k] = s->dim[p[k]];
    for (size_t at = 0; at < c->n; at++) {
        int w[MAX_RANK], i[MAX_RANK];
        indices(&written, at, w);
        for (int k = 0; k < s->rank; k++)
            i[p[k]] = w[k];
        size_t from = read ? at : place(s, i), to = read ? place(s, i) : at;
        c->guess[to] = c->t[from], c->reach[to] = c->e[from];
        if (!agrees(c, to))
            return false;
    }
    return true;
}

static bool ordered(const Case *c, const Shape *s, const int *p)
{
    return order_fits(c, s, p, false) || order_fits(c, s, p, true);
}

bool another_order(const Case *c)
{
    const Shape *s = &c->s->array[c->array].shape;
    if (s->rank == 2 && ordered(c, s, (int[]){ 1, 0 }))
        return say(c, "transposed: rows stand where columns should");
    if (s->rank == 4 && ordered(c, s, (int[]){ 0, 3, 1, 2 }))
        return say(c, "channels first: N C H W, not N H W C");
    for (int code = 1; s->rank >= 3 && code < 256; code++) {
        int p[] = { code >> 6 & 3, code >> 4 & 3, code >> 2 & 3, code & 3 }, seen = 0;
        for (int k = 0; k < s->rank; k++)
            seen |= 1 << p[k];
        if (seen == (1 << s->rank) - 1 && ordered(c, s, p))
            return say(c, "the axes stand in the order %d %d %d %d", p[0], p[1], p[2], p[3]);
    }
    return false;
}

/* The gradient moved by `by` along axis k, or turned round along every axis of a set. */
static bool moved_fits(const Case *c, const Shape *s, int turned, int axis, int by)
{
    for (size_t at = 0; at < c->n; at++) {
        int i[MAX_RANK];
        indices(s, at, i);
        for (int k = 0; k < s->rank; k++)
            i[k] = turned >> k & 1 ? s->dim[k] - 1 - i[k] : k == axis ? i[k] - by : i[k];
        bool inside = axis < 0 || (i[axis] >= 0 && i[axis] < s->dim[axis]);
        c->guess[at] = inside ? c->t[place(s, i)] : c->a[at];
        c->reach[at] = inside ? c->e[place(s, i)] : 0;
        if (!agrees(c, at))
            return false;
    }
    return true;
}

bool moved_or_turned(const Case *c)
{
    const Shape *s = &c->s->array[c->array].shape;
    for (int turned = 1; s->rank > 1 && turned < 1 << s->rank; turned++)
        if (moved_fits(c, s, turned, -1, 0))
            return turned == 3 && s->rank == 4
                       ? say(c, "the kernel is turned round: flipped where it should not be, or not where it should")
                       : say(c, "turned round along the axes %s%s%s%s", turned & 1 ? "0 " : "", turned & 2 ? "1 " : "",
                             turned & 4 ? "2 " : "", turned & 8 ? "3" : "");
    for (int axis = 0; s->rank > 2 && axis < s->rank; axis++)
        for (int by = -1; by <= 1; by += 2)
            if (s->dim[axis] > 2 && moved_fits(c, s, 0, axis, by))
                return say(c, "moved by %d along axis %d: the padding, or an index, is off by one", by, axis);
    return false;
}
