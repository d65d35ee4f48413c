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

/* The gradient turned round along every axis of a set, and moved by by[k] along axis k. */
static bool moved_fits(const Case *c, const Shape *s, int turned, const int *by)
{
    for (size_t at = 0; at < c->n; at++) {
        int i[MAX_RANK];
        bool inside = true;
        indices(s, at, i);
        for (int k = 0; k < s->rank; k++) {
            i[k] = turned >> k & 1 ? s->dim[k] - 1 - i[k] : i[k] - by[k];
            inside = inside && i[k] >= 0 && i[k] < s->dim[k];
        }
        c->guess[at] = inside ? c->t[place(s, i)] : c->a[at];
        c->reach[at] = inside ? c->e[place(s, i)] : 0;
        if (!agrees(c, at))
            return false;
    }
    return true;
}

static bool turned_round(const Case *c, const Shape *s)
{
    static const int still[MAX_RANK] = { 0 };
    for (int turned = 1; s->rank > 1 && turned < 1 << s->rank; turned++)
        if (moved_fits(c, s, turned, still))
            return turned == 3 && s->rank == 4
                       ? say(c, "the kernel is turned round: flipped where it should not be, or not where it should")
                       : say(c, "turned round along the axes %s%s%s%s", turned & 1 ? "0 " : "", turned & 2 ? "1 " : "",
                             turned & 4 ? "2 " : "", turned & 8 ? "3" : "");
    return false;
}

/* By one along one axis, or along two that follow each other: down and right, say. */
static bool moved_by_one(const Case *c, const Shape *s)
{
    for (int axis = 0; s->rank > 2 && axis < s->rank; axis++)
        for (int code = 1; code < 9; code++) { /* two digits of base 3: -1, 0 or 1 along this axis and the next */
            int by[MAX_RANK] = { 0 }, first = (code + 1) % 3 - 1, second = (code / 3 + 1) % 3 - 1;
            if (first == 0 || s->dim[axis] < 3 || (second != 0 && (axis + 1 == s->rank || s->dim[axis + 1] < 3)))
                continue;
            by[axis] = first;
            if (second != 0)
                by[axis + 1] = second;
            if (!moved_fits(c, s, 0, by))
                continue;
            return second == 0 ? say(c, "moved by %d along axis %d: the padding, or an index, is off by one", first, axis)
                               : say(c, "moved by %d and %d along the axes %d and %d: the padding, or an index, is off by one",
                                     first, second, axis, axis + 1);
        }
    return false;
}

bool moved_or_turned(const Case *c)
{
    const Shape *s = &c->s->array[c->array].shape;
    return turned_round(c, s) || moved_by_one(c, s);
}
