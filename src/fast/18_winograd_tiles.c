#include "18_winograd_tiles.h"

#include "00_error.h"
#include "01_parallel.h"
#include "01_vector.h"

#include <string.h>

/* ---- lanes in and out of memory ----------------------------------------------------------------------- */

/* n channels, at most LANES; the other lanes are 0. */
static inline void lanes_read(Lanes *v, const real *x, int n)
{
    *v = (Lanes){ 0 };
    if (n == LANES)
        memcpy(v, x, sizeof *v);
    else
        memcpy(v, x, (size_t)n * sizeof *x);
}

static inline void lanes_write(real *x, const Lanes *v, int n)
{
    if (n == LANES) /* of a size known beforehand: one instruction */
        memcpy(x, v, sizeof *v);
    else
        memcpy(x, v, (size_t)n * sizeof *x);
}

static inline void lanes_add(real *x, const Lanes *v, int n)
{
    Lanes total;
    lanes_read(&total, x, n);
    total += *v;
    lanes_write(x, &total, n);
}

static inline int lanes_left(int channels, int c) { return channels - c < LANES ? channels - c : LANES; }

/* ---- the 36 matrices ------------------------------------------------------------------------------------ */

/* What is known of a kernel along rows and along columns: `zero` is a point
 * where that of phase 0 is 0 (zero_at, with two taps), `same` one where those of
 * both phases are equal; -1: none. */
static Channels channels_of(int channels, bool cut, KnownKernel known, int zero_at)
{
    int zero = cut && known == TWO_TAPS ? zero_at : -1, same = cut && known == SAME_SUM ? AT_1 : -1;
    Channels m = { .channels = channels, .phases = cut ? 4 : 1, .of_phase = cut ? channels / 4 : channels };
    for (int k = 0; k < POINTS; k++)
        for (int phase = 0; phase < m.phases; phase++) {
            int i = k / WINDOW, j = k % WINDOW, p = phase / 2, q = phase % 2;
            int first = 2 * (i == same ? 0 : p) + (j == same ? 0 : q); /* of those with this kernel */
            bool none = (i == zero && p == 0) || (j == zero && q == 0);
            m.joins[phase][k] = first < phase;
            if (m.joins[phase][k])
                m.begin[phase][k] = m.begin[first][k];
            else if (none)
                m.begin[phase][k] = NOWHERE;
            else {
                m.begin[phase][k] = m.width[k];
                m.width[k] += m.of_phase;
            }
        }
    return m;
}

static Channels channels_of_x(const WinogradSizes *s) { return channels_of(s->C, s->x_in_phases, s->known, AT_0); }

static Channels channels_of_y(const WinogradSizes *s) { return channels_of(s->O, s->y_in_phases, s->known, AT_INFINITY); }

/* ---- many tiles ----------------------------------------------------------------------------------------- */

enum { CHUNK = 8 }; /* tiles, or channels, that a thread takes at a time */

/* A side of n pixels in tiles: of four, and at the end of three, so that as
 * little as can be lies beyond the map. */
typedef struct {
    int fours, threes;
} Side;

static Side side_of(int n)
{
    int tiles = (n + TILE - 1) / TILE, beyond = tiles * TILE - n;
    int threes = beyond < tiles ? beyond : tiles;
    return (Side){ tiles - threes, threes };
}

Tiles tiles_of(const WinogradSizes *s, int first, int count)
{
    REQUIRE(!(s->x_in_phases && s->C % (4 * LANES)) && !(s->y_in_phases && s->O % (4 * LANES)),
            "%d and %d channels: those of a map cut in four must be a multiple of %d", s->C, s->O, 4 * LANES);
    Side h = side_of(s->H), w = side_of(s->W);
    int i = h.fours * TILE, j = w.fours * TILE; /* where the threes begin */
    Tiles T = { .s = s,
                .x = channels_of_x(s),
                .y = channels_of_y(s),
                .first = first,
                .kind = { { 4, 3, h.fours, w.threes, 0, j },
                          { 4, 4, h.fours, w.fours, 0, 0 },
                          { 3, 4, h.threes, w.fours, i, 0 },
                          { 3, 3, h.threes, w.threes, i, j } } };
    for (int k = 0; k < KINDS; k++)
        T.start[k + 1] = T.start[k] + count * T.kind[k].down * T.kind[k].across;
    T.tiles = T.start[KINDS];
    return T;
}

/* A tile: its number, its size, its map, and the first of its output pixels. */
typedef struct {
    int t, high, broad;
    size_t map;
    int i, j;
} Tile;

static Tile tile_at(const Tiles *T, int t)
{
    int k = 0;
    while (t >= T->start[k + 1])
        k++;
    const Kind *q = &T->kind[k];
    int of_map = q->down * q->across, n = t - T->start[k], place = n % of_map;
    return (Tile){ t,
                   q->high,
                   q->broad,
                   (size_t)(T->first + n / of_map),
                   q->i + place / q->across * q->high,
                   q->j + place % q->across * q->broad };
}

int tiles_at_point(const Tiles *T, size_t k, int *first)
{
    bool high = k / WINDOW == LEFT_OUT, broad = k % WINDOW == LEFT_OUT;
    int from = broad ? 1 : 0, to = high ? 2 : broad ? 3 : KINDS;
    *first = T->start[from];
    return T->start[to] - T->start[from];
}

/* One phase of a tile: how many channels and pixels its map has, where the first
 * channel lies in the map's first pixel, how far it is to the next row and column, and where
 * it lies in the matrix of every point, or NOWHERE, and whether it is added there
 * to what an earlier phase wrote. */
typedef struct {
    int channels, high, broad;
    size_t pixel, row, column;
    long at[POINTS];
    const bool *joins;
} Phase;

static Phase phase_of(const Tiles *T, const Channels *m, const Tile *q, int phase)
{
    size_t C = (size_t)m->of_phase, step = m->phases == 4 ? 2 : 1, H = step * (size_t)T->s->H, W = step * (size_t)T->s->W;
    Phase p = { .channels = m->of_phase,
                .high = T->s->H,
                .broad = T->s->W,
                .row = step * W * C,
                .column = step * C,
                .joins = m->joins[phase] };
    p.pixel = ((q->map * H + (size_t)(phase / 2)) * W + (size_t)(phase % 2)) * C;
    for (size_t k = 0; k < POINTS; k++)
        p.at[k] = m->begin[phase][k] == NOWHERE ? NOWHERE : (long)row_of(T, m, k, q->t) + m->begin[phase][k];
    return p;
}

/* high x broad pixels of the map from (i, j) on: n channels of each. */
typedef struct {
    int i, j, high, broad, n;
} Pixels;

/* Into rows of `row`; 0 outside the map. */
static INLINED void pixels_read(Lanes *to, int row, const real *x, const Phase *p, Pixels of)
{
    for (int a = 0; a < of.high; a++)
        for (int b = 0; b < of.broad; b++) {
            int i = of.i + a, j = of.j + b;
            if (i >= 0 && i < p->high && j >= 0 && j < p->broad)
                lanes_read(&to[a * row + b], x + p->pixel + (size_t)i * p->row + (size_t)j * p->column, of.n);
            else
                to[a * row + b] = (Lanes){ 0 };
        }
}

/* Calls f with the tile's size as constants: the compiler writes f out once for
 * each of the four sizes, without loops or questions. */
#define BY_SIZE(f, q, ...)                                                           \
    ((q).high == 4    ? (q).broad == 4 ? f(__VA_ARGS__, 4, 4) : f(__VA_ARGS__, 4, 3) \
        : (q).broad == 4 ? f(__VA_ARGS__, 3, 4)                                      \
                      : f(__VA_ARGS__, 3, 3))

static INLINED bool takes_point(size_t k, int high, int broad)
{
    return takes(high, (int)k / WINDOW) && takes(broad, (int)k % WINDOW);
}

/* What a tile's transform gives, at every point that takes it. Where the kernel
 * of phases is the same, their numbers add up first: u v + u v' = u (v + v'). */
static INLINED void points_write(real *V, const Lanes v[POINTS], const Phase *p, int high, int broad, int n)
{
    for (size_t k = 0; k < POINTS; k++) {
        if (!takes_point(k, high, broad) || p->at[k] == NOWHERE)
            continue;
        if (p->joins[k])
            lanes_add(V + p->at[k], &v[k], n);
        else
            lanes_write(V + p->at[k], &v[k], n);
    }
}

/* The way back: phases whose kernel is the same read the same numbers. */
static INLINED void points_read(Lanes m[POINTS], const real *M, const Phase *p, int high, int broad, int n)
{
    for (size_t k = 0; k < POINTS; k++)
        if (!takes_point(k, high, broad) || p->at[k] == NOWHERE)
            m[k] = (Lanes){ 0 };
        else
            lanes_read(&m[k], M + p->at[k], n);
}

/* V: a tile of the input, transformed. */
static INLINED void input_at(real *V, const real *x, const Tiles *T, const Tile *q, int high, int broad)
{
    for (int phase = 0; phase < T->x.phases; phase++) {
        Phase p = phase_of(T, &T->x, q, phase);
        for (int c = 0; c < p.channels; c += LANES) {
            Lanes in[POINTS], v[POINTS];
            int n = lanes_left(p.channels, c);
            pixels_read(in, WINDOW, x + c, &p, (Pixels){ q->i - 1, q->j - 1, high + 2, broad + 2, n });
            input_tile(v, in, high, broad);
            points_write(V + c, v, &p, high, broad, n);
        }
    }
}

void input_tiles(real *V, const real *x, const Tiles *T)
{
    PARALLEL_DYNAMIC((size_t)T->tiles * (size_t)T->s->C * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        Tile q = tile_at(T, t);
        BY_SIZE(input_at, q, V, x, T, &q);
    }
}

/* M: the gradient of an output tile, through the transposed output transform. */
static INLINED void gradient_at(real *M, const real *dy, const Tiles *T, const Tile *q, int high, int broad)
{
    for (int phase = 0; phase < T->y.phases; phase++) {
        Phase p = phase_of(T, &T->y, q, phase);
        for (int o = 0; o < p.channels; o += LANES) {
            Lanes y[TILE * TILE], m[POINTS];
            int n = lanes_left(p.channels, o);
            pixels_read(y, TILE, dy + o, &p, (Pixels){ q->i, q->j, high, broad, n });
            output_tile_transposed(m, y, high, broad);
            points_write(M + o, m, &p, high, broad, n);
        }
    }
}

void gradient_tiles(real *M, const real *dy, const Tiles *T)
{
    PARALLEL_DYNAMIC((size_t)T->tiles * (size_t)T->s->O * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        Tile q = tile_at(T, t);
        BY_SIZE(gradient_at, q, M, dy, T, &q);
    }
}

/* An output tile's pixels into the map; what lies beyond it is dropped. */
static INLINED void pixels_write(real *y, const Lanes *from, const Phase *p, Pixels of)
{
    for (int a = 0; a < of.high; a++)
        for (int b = 0; b < of.broad; b++)
            if (of.i + a < p->high && of.j + b < p->broad)
                lanes_write(y + p->pixel + (size_t)(of.i + a) * p->row + (size_t)(of.j + b) * p->column, &from[a * TILE + b],
                            of.n);
}

/* y: an output tile, the bias added. */
static INLINED void output_at(real *y, const real *M, const real *b, const Tiles *T, const Tile *q, int high, int broad)
{
    for (int phase = 0; phase < T->y.phases; phase++) {
        Phase p = phase_of(T, &T->y, q, phase);
        for (int o = 0; o < p.channels; o += LANES) {
            Lanes m[POINTS], out[TILE * TILE] = { 0 }, bias = { 0 };
            int n = lanes_left(p.channels, o);
            if (b)
                lanes_read(&bias, b + o, n);
            points_read(m, M + o, &p, high, broad, n);
            output_tile(out, m, high, broad);
            for (int k = 0; k < TILE * TILE; k++)
                out[k] += bias;
            pixels_write(y + o, out, &p, (Pixels){ q->i, q->j, high, broad, n });
        }
    }
}

void output_tiles(real *y, const real *M, const real *b, const Tiles *T)
{
    PARALLEL_DYNAMIC((size_t)T->tiles * (size_t)T->s->O * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        Tile q = tile_at(T, t);
        BY_SIZE(output_at, q, y, M, b, T, &q);
    }
}

/* Where input channel c and the outputs of a phase meet in the matrix of every
 * point; NOWHERE where their kernel is 0, or is the same as an earlier phase's,
 * which stands there already. */
static void kernel_places(long at[POINTS], const Channels *x, const Channels *y, int c, int phase)
{
    int of_x = c / x->of_phase;
    const int *row = x->begin[of_x], *column = y->begin[phase];
    for (size_t k = 0; k < POINTS; k++) {
        bool none = row[k] == NOWHERE || column[k] == NOWHERE || x->joins[of_x][k] || y->joins[phase][k];
        size_t matrix = k * matrix_size(x->channels, y->channels);
        at[k] = none ? NOWHERE : (long)matrix + (long)(row[k] + c % x->of_phase) * y->width[k] + column[k];
    }
}

void kernel_tiles(real *U, const real *w, const WinogradSizes *s)
{
    size_t O = (size_t)s->O, CO = (size_t)s->C * O;
    Channels x = channels_of_x(s), y = channels_of_y(s);
    PARALLEL_DYNAMIC(CO * POINTS, CHUNK)
    for (int c = 0; c < s->C; c++)
        for (int phase = 0; phase < y.phases; phase++) {
            long at[POINTS];
            kernel_places(at, &x, &y, c, phase);
            for (int o = 0; o < y.of_phase; o += LANES) {
                Lanes g[9], u[POINTS];
                int n = lanes_left(y.of_phase, o);
                for (size_t k = 0; k < 9; k++)
                    lanes_read(&g[k], w + k * CO + (size_t)c * O + (size_t)(phase * y.of_phase + o), n);
                kernel_tile(u, g);
                for (size_t k = 0; k < POINTS; k++)
                    if (at[k] != NOWHERE)
                        lanes_write(U + at[k] + o, &u[k], n);
            }
        }
}

void kernel_tiles_back(real *dw, const real *dU, const WinogradSizes *s)
{
    size_t O = (size_t)s->O, CO = (size_t)s->C * O;
    Channels x = channels_of_x(s), y = channels_of_y(s);
    PARALLEL_DYNAMIC(CO * POINTS, CHUNK)
    for (int c = 0; c < s->C; c++)
        for (int phase = 0; phase < y.phases; phase++) {
            long at[POINTS];
            kernel_places(at, &x, &y, c, phase);
            for (int o = 0; o < y.of_phase; o += LANES) {
                Lanes g[9], u[POINTS] = { 0 };
                int n = lanes_left(y.of_phase, o);
                for (size_t k = 0; k < POINTS; k++)
                    if (at[k] != NOWHERE)
                        lanes_read(&u[k], dU + at[k] + o, n);
                kernel_tile_transposed(g, u);
                for (size_t k = 0; k < 9; k++)
                    lanes_add(dw + k * CO + (size_t)c * O + (size_t)(phase * y.of_phase + o), &g[k], n);
            }
        }
}
