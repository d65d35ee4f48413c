#include "18_winograd.h"

#include <string.h>

/* ---- many channels side by side ----------------------------------------------------------- */

/* A vector of channels. The compiler turns its sums and products into vector
 * instructions; written out, each operation is a loop over the lanes. */
enum { LANES = WINOGRAD_LANES };
typedef real Lanes __attribute__((vector_size(64)));

/* ---- the three transforms in one dimension, and their transposes ---------------------------- */

/* Each takes and gives every `step`-th element, so that it runs along a row
 * (step 1) or down a column of a tile. The matrices of a tile of four belong to
 * the points 0, 1, -1, 2, -2 and infinity, in this order; a tile of three
 * leaves out -2, and what would stand at its place is neither read nor written. */

static INLINED void transform_input_4(Lanes *v, const Lanes *d, int step) /* v = B^T d */
{
    Lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    v[0] = 4 * d0 - 5 * d2 + d4;
    v[step] = d4 - 4 * d2 + (d3 - 4 * d1);
    v[2 * step] = d4 - 4 * d2 - (d3 - 4 * d1);
    v[3 * step] = d4 - d2 + 2 * (d3 - d1);
    v[4 * step] = d4 - d2 - 2 * (d3 - d1);
    v[5 * step] = 4 * d1 - 5 * d3 + d5;
}

static INLINED void transform_input_3(Lanes *v, const Lanes *d, int step)
{
    Lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    v[0] = 4 * (d0 - d2) + 2 * (d3 - d1);
    v[step] = 3 * (d3 - d2 - 2 * d1);
    v[2 * step] = d3 - 3 * d2 + 2 * d1;
    v[3 * step] = 4 * (d3 - d1);
    v[5 * step] = d4 - d2 - 2 * (d3 - d1);
}

static INLINED void transform_input(int size, Lanes *v, const Lanes *d, int step)
{
    if (size == TILE)
        transform_input_4(v, d, step);
    else
        transform_input_3(v, d, step);
}

static inline void transform_kernel(Lanes *u, const Lanes *g, int step, int step_g) /* u = G g */
{
    Lanes even = g[0] + g[2 * step_g], odd = g[step_g];
    Lanes even2 = (g[0] + 4 * g[2 * step_g]) / 24, odd2 = odd / 12;
    u[0] = g[0] / 4;
    u[step] = (even + odd) / -6;
    u[2 * step] = (even - odd) / -6;
    u[3 * step] = even2 + odd2;
    u[4 * step] = even2 - odd2;
    u[5 * step] = g[2 * step_g];
}

static INLINED void transform_output_4(Lanes *y, const Lanes *m, int step, int step_m) /* y = A^T m */
{
    Lanes s1 = m[step_m] + m[2 * step_m], d1 = m[step_m] - m[2 * step_m];
    Lanes s2 = m[3 * step_m] + m[4 * step_m], d2 = m[3 * step_m] - m[4 * step_m];
    y[0] = m[0] + s1 + s2;
    y[step] = d1 + 2 * d2;
    y[2 * step] = s1 + 4 * s2;
    y[3 * step] = d1 + 8 * d2 + m[5 * step_m];
}

static INLINED void transform_output_3(Lanes *y, const Lanes *m, int step, int step_m)
{
    Lanes s1 = m[step_m] + m[2 * step_m], d1 = m[step_m] - m[2 * step_m], m2 = m[3 * step_m];
    y[0] = m[0] + s1 + m2;
    y[step] = d1 + 2 * m2;
    y[2 * step] = s1 + 4 * m2 + m[5 * step_m];
}

static INLINED void transform_output(int size, Lanes *y, const Lanes *m, int step, int step_m)
{
    if (size == TILE)
        transform_output_4(y, m, step, step_m);
    else
        transform_output_3(y, m, step, step_m);
}

static INLINED void transpose_output_4(Lanes *m, const Lanes *y, int step, int step_y) /* m = A y */
{
    Lanes even = y[0] + y[2 * step_y], odd = y[step_y] + y[3 * step_y];
    Lanes even2 = y[0] + 4 * y[2 * step_y], odd2 = 2 * y[step_y] + 8 * y[3 * step_y];
    m[0] = y[0];
    m[step] = even + odd;
    m[2 * step] = even - odd;
    m[3 * step] = even2 + odd2;
    m[4 * step] = even2 - odd2;
    m[5 * step] = y[3 * step_y];
}

static INLINED void transpose_output_3(Lanes *m, const Lanes *y, int step, int step_y)
{
    Lanes even = y[0] + y[2 * step_y], odd = y[step_y];
    m[0] = y[0];
    m[step] = even + odd;
    m[2 * step] = even - odd;
    m[3 * step] = y[0] + 2 * odd + 4 * y[2 * step_y];
    m[5 * step] = y[2 * step_y];
}

static INLINED void transpose_output(int size, Lanes *m, const Lanes *y, int step, int step_y)
{
    if (size == TILE)
        transpose_output_4(m, y, step, step_y);
    else
        transpose_output_3(m, y, step, step_y);
}

static inline void transpose_kernel(Lanes *g, const Lanes *u, int step, int step_u) /* g = G^T u */
{
    Lanes s1 = (u[step_u] + u[2 * step_u]) / -6, d1 = (u[step_u] - u[2 * step_u]) / -6;
    Lanes s2 = (u[3 * step_u] + u[4 * step_u]) / 24, d2 = (u[3 * step_u] - u[4 * step_u]) / 12;
    g[0] = u[0] / 4 + s1 + s2;
    g[step] = d1 + d2;
    g[2 * step] = s1 + 4 * s2 + u[5 * step_u];
}

/* ---- in two dimensions: first every column, then every row -------------------------------------- */

/* Does a tile of this size take the point in row, or column, k? */
static INLINED bool takes(int size, int k) { return size == TILE || k != LEFT_OUT; }

static INLINED void input_tile(Lanes V[POINTS], const Lanes d[POINTS], int high, int wide)
{
    Lanes half[POINTS];
    for (int j = 0; j < wide + 2; j++)
        transform_input(high, half + j, d + j, WINDOW);
    for (int i = 0; i < WINDOW; i++)
        if (takes(high, i))
            transform_input(wide, V + i * WINDOW, half + i * WINDOW, 1);
}

static INLINED void output_tile(Lanes y[TILE * TILE], const Lanes M[POINTS], int high, int wide)
{
    Lanes half[TILE * WINDOW];
    for (int j = 0; j < WINDOW; j++)
        if (takes(wide, j))
            transform_output(high, half + j, M + j, WINDOW, WINDOW);
    for (int i = 0; i < high; i++)
        transform_output(wide, y + i * TILE, half + i * WINDOW, 1, 1);
}

static INLINED void output_tile_transposed(Lanes M[POINTS], const Lanes y[TILE * TILE], int high, int wide)
{
    Lanes half[WINDOW * TILE];
    for (int j = 0; j < wide; j++)
        transpose_output(high, half + j, y + j, TILE, TILE);
    for (int i = 0; i < WINDOW; i++)
        if (takes(high, i))
            transpose_output(wide, M + i * WINDOW, half + i * TILE, 1, 1);
}

static inline void kernel_tile(Lanes U[POINTS], const Lanes g[9])
{
    Lanes half[WINDOW * 3];
    for (int j = 0; j < 3; j++)
        transform_kernel(half + j, g + j, 3, 3);
    for (int i = 0; i < WINDOW; i++)
        transform_kernel(U + i * WINDOW, half + i * 3, 1, 1);
}

static inline void kernel_tile_transposed(Lanes g[9], const Lanes U[POINTS])
{
    Lanes half[3 * WINDOW];
    for (int j = 0; j < WINDOW; j++)
        transpose_kernel(half + j, U + j, WINDOW, WINDOW);
    for (int i = 0; i < 3; i++)
        transpose_kernel(g + i * 3, half + i * WINDOW, 1, 1);
}

/* ---- one channel, for readers and tests ------------------------------------------------------------ */

void winograd_input(double V[WINDOW][WINDOW], double d[WINDOW][WINDOW], int tile)
{
    Lanes in[POINTS] = { 0 }, out[POINTS] = { 0 };
    for (int k = 0; k < POINTS; k++)
        in[k][0] = (real)d[k / WINDOW][k % WINDOW];
    input_tile(out, in, tile, tile);
    for (int k = 0; k < POINTS; k++)
        V[k / WINDOW][k % WINDOW] = (double)out[k][0];
}

void winograd_kernel(double U[WINDOW][WINDOW], double g[3][3])
{
    Lanes in[9] = { 0 }, out[POINTS];
    for (int k = 0; k < 9; k++)
        in[k][0] = (real)g[k / 3][k % 3];
    kernel_tile(out, in);
    for (int k = 0; k < POINTS; k++)
        U[k / WINDOW][k % WINDOW] = (double)out[k][0];
}

void winograd_output(double y[TILE][TILE], double M[WINDOW][WINDOW], int tile)
{
    Lanes in[POINTS] = { 0 }, out[TILE * TILE] = { 0 };
    for (int k = 0; k < POINTS; k++)
        in[k][0] = (real)M[k / WINDOW][k % WINDOW];
    output_tile(out, in, tile, tile);
    for (int k = 0; k < TILE * TILE; k++)
        y[k / TILE][k % TILE] = (double)out[k][0];
}

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

/* A transformed array holds POINTS matrices, tiles x channels or channels x
 * channels, and a tile touches all of them at the same place. Were they a power
 * of two apart, all these places would share one set of the cache and drive each
 * other out: some cache lines between the matrices prevent that. */
static size_t matrix_size(int rows, int columns) { return (size_t)rows * (size_t)columns + 5 * LANES; }

/* The channels on one side of the convolution, x or y. They come in four phases
 * where the map is cut in four, else in one. */
typedef struct {
    int channels, phases, of_phase; /* of_phase: channels of each */
    int width[POINTS];    /* of the matrix of every point: how many channels have a part there */
    int begin[4][POINTS]; /* and where among them a phase begins; NOWHERE: it has no part */
    bool joins[4][POINTS]; /* it shares the place of a phase before it, whose kernel is the same there;
                              so one thread takes the phases of a tile, in their order */
} Channels;

enum { NOWHERE = -1 };

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
            bool has_part = !(i == zero && p == 0) && !(j == zero && q == 0);
            m.joins[phase][k] = first < phase;
            m.begin[phase][k] = first < phase ? m.begin[first][k] : has_part ? m.width[k] : NOWHERE;
            m.width[k] += has_part && first == phase ? m.of_phase : 0;
        }
    return m;
}

static Channels channels_of_x(const WinogradSizes *s)
{
    return channels_of(s->C, s->cut_x, s->known, AT_0);
}

static Channels channels_of_y(const WinogradSizes *s)
{
    return channels_of(s->O, s->cut_y, s->known, AT_INFINITY);
}

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

/* The tiles of `count` maps from the first. They are numbered kind by kind,
 * map by map, row by row; kinds 0 and 1 are four high, kinds 1 and 2 four wide. */
enum { KINDS = 4 };

typedef struct {
    int high, wide, down, across, i, j; /* down x across tiles in each map, from its pixel (i, j) on */
} Kind;

typedef struct {
    const WinogradSizes *s;
    Channels x, y;
    int first, tiles; /* tiles: of all kinds */
    Kind kind[KINDS];
    int start[KINDS + 1]; /* of each kind: its first tile */
} Tiles;

static Tiles tiles_of(const WinogradSizes *s, int first, int count)
{
    REQUIRE(!(s->cut_x && s->C % (4 * LANES)) && !(s->cut_y && s->O % (4 * LANES)),
            "%d and %d channels: those of a map cut in four must be a multiple of %d", s->C, s->O, 4 * LANES);
    Side h = side_of(s->H), w = side_of(s->W);
    int i = h.fours * TILE, j = w.fours * TILE; /* where the threes begin */
    Tiles T = { .s = s, .x = channels_of_x(s), .y = channels_of_y(s), .first = first,
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
    int t, high, wide;
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
    return (Tile){ t, q->high, q->wide, (size_t)(T->first + n / of_map), q->i + place / q->across * q->high,
                   q->j + place % q->across * q->wide };
}

/* Where tile t's channels begin in the matrix of point k. */
static inline size_t row_of(const Tiles *T, const Channels *m, size_t k, int t)
{
    return k * matrix_size(T->tiles, m->channels) + (size_t)t * (size_t)m->width[k];
}

/* One product with the kernel's matrix of a point does all tiles at once. At a
 * point in the row or the column of -2 only tiles four high, or wide, take part. */
static int tiles_at_point(const Tiles *T, size_t k, int *first)
{
    bool high = k / WINDOW == LEFT_OUT, wide = k % WINDOW == LEFT_OUT;
    int from = wide ? 1 : 0, to = high ? 2 : wide ? 3 : KINDS;
    *first = T->start[from];
    return T->start[to] - T->start[from];
}

/* One phase of a tile: how many channels it has, where the first of them lies
 * in the map's first pixel, how far it is to the next row and column, and where
 * it lies in the matrix of every point, or NOWHERE, and whether it is added there
 * to what an earlier phase wrote. */
typedef struct {
    int channels;
    size_t pixel, row, column;
    long at[POINTS];
    const bool *joins;
} Phase;

static Phase phase_of(const Tiles *T, const Channels *m, const Tile *q, int phase)
{
    size_t C = (size_t)m->of_phase, step = m->phases == 4 ? 2 : 1, H = step * (size_t)T->s->H, W = step * (size_t)T->s->W;
    Phase p = { .channels = m->of_phase, .row = step * W * C, .column = step * C, .joins = m->joins[phase] };
    p.pixel = ((q->map * H + (size_t)(phase / 2)) * W + (size_t)(phase % 2)) * C;
    for (size_t k = 0; k < POINTS; k++)
        p.at[k] = m->begin[phase][k] == NOWHERE ? NOWHERE : (long)row_of(T, m, k, q->t) + m->begin[phase][k];
    return p;
}

/* high x wide pixels from (i, j), n channels, into rows of `row`; 0 outside the map. */
static INLINED void pixels_read(Lanes *d, int row, const real *x, const Phase *p, const WinogradSizes *s, int i, int j, int high,
                                int wide, int n)
{
    for (int a = 0; a < high; a++)
        for (int b = 0; b < wide; b++) {
            bool inside = i + a >= 0 && i + a < s->H && j + b >= 0 && j + b < s->W;
            if (inside)
                lanes_read(&d[a * row + b], x + p->pixel + (size_t)(i + a) * p->row + (size_t)(j + b) * p->column, n);
            else
                d[a * row + b] = (Lanes){ 0 };
        }
}

/* Calls f with the tile's size as constants: the compiler writes f out once for
 * each of the four sizes, without loops or questions. */
#define BY_SIZE(f, q, ...) \
    ((q).high == 4 ? (q).wide == 4 ? f(__VA_ARGS__, 4, 4) : f(__VA_ARGS__, 4, 3) \
                   : (q).wide == 4 ? f(__VA_ARGS__, 3, 4) : f(__VA_ARGS__, 3, 3))

static INLINED bool takes_point(size_t k, int high, int wide) { return takes(high, (int)k / WINDOW) && takes(wide, (int)k % WINDOW); }

/* What a tile's transform gives, at every point that takes it. Where the kernel
 * of phases is the same, their numbers add up first: u v + u v' = u (v + v'). */
static INLINED void points_write(real *V, const Lanes v[POINTS], const Phase *p, int high, int wide, int n)
{
    for (size_t k = 0; k < POINTS; k++) {
        if (!takes_point(k, high, wide) || p->at[k] == NOWHERE)
            continue;
        if (p->joins[k])
            lanes_add(V + p->at[k], &v[k], n);
        else
            lanes_write(V + p->at[k], &v[k], n);
    }
}

/* The way back: phases whose kernel is the same read the same numbers. */
static INLINED void points_read(Lanes m[POINTS], const real *M, const Phase *p, int high, int wide, int n)
{
    for (size_t k = 0; k < POINTS; k++)
        if (!takes_point(k, high, wide) || p->at[k] == NOWHERE)
            m[k] = (Lanes){ 0 };
        else
            lanes_read(&m[k], M + p->at[k], n);
}

/* V: a tile of the input, transformed. */
static INLINED void input_at(real *V, const real *x, const Tiles *T, const Tile *q, int high, int wide)
{
    for (int phase = 0; phase < T->x.phases; phase++) {
        Phase p = phase_of(T, &T->x, q, phase);
        for (int c = 0; c < p.channels; c += LANES) {
            Lanes d[POINTS], v[POINTS];
            int n = lanes_left(p.channels, c);
            pixels_read(d, WINDOW, x + c, &p, T->s, q->i - 1, q->j - 1, high + 2, wide + 2, n);
            input_tile(v, d, high, wide);
            points_write(V + c, v, &p, high, wide, n);
        }
    }
}

static void input_tiles(real *V, const real *x, const Tiles *T)
{
    PARALLEL_DYNAMIC((size_t)T->tiles * (size_t)T->s->C * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        Tile q = tile_at(T, t);
        BY_SIZE(input_at, q, V, x, T, &q);
    }
}

/* M: the gradient of an output tile, through the transposed output transform. */
static INLINED void gradient_at(real *M, const real *dy, const Tiles *T, const Tile *q, int high, int wide)
{
    for (int phase = 0; phase < T->y.phases; phase++) {
        Phase p = phase_of(T, &T->y, q, phase);
        for (int o = 0; o < p.channels; o += LANES) {
            Lanes y[TILE * TILE], m[POINTS];
            int n = lanes_left(p.channels, o);
            pixels_read(y, TILE, dy + o, &p, T->s, q->i, q->j, high, wide, n);
            output_tile_transposed(m, y, high, wide);
            points_write(M + o, m, &p, high, wide, n);
        }
    }
}

static void gradient_tiles(real *M, const real *dy, const Tiles *T)
{
    PARALLEL_DYNAMIC((size_t)T->tiles * (size_t)T->s->O * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        Tile q = tile_at(T, t);
        BY_SIZE(gradient_at, q, M, dy, T, &q);
    }
}

/* An output tile's pixels into the map; what lies beyond it is dropped. */
static INLINED void pixels_write(real *y, const Lanes *out, const Phase *p, const WinogradSizes *s, const Tile *q, int high,
                                 int wide, int n)
{
    for (int a = 0; a < high; a++)
        for (int b = 0; b < wide; b++)
            if (q->i + a < s->H && q->j + b < s->W)
                lanes_write(y + p->pixel + (size_t)(q->i + a) * p->row + (size_t)(q->j + b) * p->column, &out[a * TILE + b], n);
}

/* y: an output tile, the bias added. */
static INLINED void output_at(real *y, const real *M, const real *b, const Tiles *T, const Tile *q, int high, int wide)
{
    for (int phase = 0; phase < T->y.phases; phase++) {
        Phase p = phase_of(T, &T->y, q, phase);
        for (int o = 0; o < p.channels; o += LANES) {
            Lanes m[POINTS], out[TILE * TILE] = { 0 }, bias = { 0 };
            int n = lanes_left(p.channels, o);
            if (b)
                lanes_read(&bias, b + o, n);
            points_read(m, M + o, &p, high, wide, n);
            output_tile(out, m, high, wide);
            for (int k = 0; k < TILE * TILE; k++)
                out[k] += bias;
            pixels_write(y + o, out, &p, T->s, q, high, wide, n);
        }
    }
}

static void output_tiles(real *y, const real *M, const real *b, const Tiles *T)
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

/* U: at every point a matrix C x O, from the kernel 3 x 3 x C x O. */
static void kernel_tiles(real *U, const real *w, const WinogradSizes *s)
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

/* dw += the transposed kernel transform of dU. */
static void kernel_tiles_back(real *dw, const real *dU, const WinogradSizes *s)
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

/* ---- the mathematics ----------------------------------------------------------------------------------- */

enum { WORK_TILES = 128 }; /* tiles at a time: enough for a good product, few enough to stay in the cache */

static int maps_at_once(const WinogradSizes *s)
{
    int in_map = tiles_of(s, 0, 1).tiles, maps = WORK_TILES / in_map;
    return maps < 1 ? 1 : maps < s->N ? maps : s->N;
}

static size_t kernel_size(const WinogradSizes *s) { return POINTS * matrix_size(s->C, s->O); }

size_t winograd_work_size(const WinogradSizes *s)
{
    Tiles T = tiles_of(s, 0, maps_at_once(s));
    size_t tiles = POINTS * (matrix_size(T.tiles, s->C) + matrix_size(T.tiles, s->O));
    return kernel_size(s) + tiles + 9 * (size_t)s->C * (size_t)s->O;
}

/* M = V.U at point k, for the tiles and channels that take it. */
static void point_forward(real *M, const real *V, const real *U, const Tiles *T, size_t k)
{
    const Channels *x = &T->x, *y = &T->y;
    int first, tiles = tiles_at_point(T, k, &first);
    if (tiles > 0)
        gemm_serial(AS_IS, AS_IS, tiles, y->width[k], x->width[k], V + row_of(T, x, k, first),
                    U + k * matrix_size(x->channels, y->channels), 0, M + row_of(T, y, k, first));
}

/* dU += V^T.M at point k; dU is 0 before the first maps. */
static void point_backward_w(real *dU, const real *V, const real *M, const Tiles *T, size_t k)
{
    const Channels *x = &T->x, *y = &T->y;
    int first, tiles = tiles_at_point(T, k, &first);
    dU += k * matrix_size(x->channels, y->channels);
    if (T->first == 0)
        memset(dU, 0, (size_t)x->width[k] * (size_t)y->width[k] * sizeof *dU);
    if (tiles > 0)
        gemm_serial(TRANSPOSED, AS_IS, x->width[k], y->width[k], tiles, V + row_of(T, x, k, first), M + row_of(T, y, k, first), 1, dU);
}

void winograd_forward(real *y, const real *x, const real *w, const real *b, const WinogradSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    real *U = work, *V = U + kernel_size(s);
    kernel_tiles(U, w, s);
    for (int first = 0; first < s->N; first += at_once) {
        Tiles T = tiles_of(s, first, s->N - first < at_once ? s->N - first : at_once);
        real *M = V + POINTS * matrix_size(T.tiles, s->C);
        input_tiles(V, x, &T);
        PARALLEL_DYNAMIC((double)T.tiles * s->C * s->O, 1)
        for (size_t k = 0; k < POINTS; k++)
            point_forward(M, V, U, &T, k);
        output_tiles(y, M, b, &T);
    }
}

void winograd_backward_x(real *dx, const real *dy, const real *w, const WinogradSizes *s, real *work)
{
    WinogradSizes back = { s->N, s->H, s->W, s->O, s->C, s->cut_y, s->cut_x, s->known };
    real *flipped = work + winograd_work_size(s) - 9 * (size_t)s->C * (size_t)s->O;
    conv_flip(flipped, w, 3, s->C, s->O);
    winograd_forward(dx, dy, flipped, NULL, &back, work);
}

void winograd_backward_w(real *dw, const real *x, const real *dy, const WinogradSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    real *dU = work, *V = dU + kernel_size(s);
    for (int first = 0; first < s->N; first += at_once) {
        Tiles T = tiles_of(s, first, s->N - first < at_once ? s->N - first : at_once);
        real *M = V + POINTS * matrix_size(T.tiles, s->C);
        input_tiles(V, x, &T);
        gradient_tiles(M, dy, &T);
        PARALLEL_DYNAMIC((double)T.tiles * s->C * s->O, 1)
        for (size_t k = 0; k < POINTS; k++)
            point_backward_w(dU, V, M, &T, k);
    }
    kernel_tiles_back(dw, dU, s);
}

/* ---- the layer ---------------------------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    Param *weight, *bias;
    int C, O;
} Winograd;

static WinogradSizes sizes_of(const Winograd *w, Shape x)
{
    return (WinogradSizes){ .N = x.dim[0], .H = x.dim[1], .W = x.dim[2], .C = w->C, .O = w->O };
}

static Shape winograd_output_shape(const Layer *l, Shape x)
{
    const Winograd *w = (const Winograd *)l;
    REQUIRE(x.rank == 4 && x.dim[3] == w->C, "convolution of %d channels: x is %s", w->C, shape_text(x));
    return (Shape){ 4, { x.dim[0], x.dim[1], x.dim[2], w->O } };
}

static const Tensor *winograd_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    Winograd *w = (Winograd *)l;
    WinogradSizes s = sizes_of(w, x->shape);
    (void)mode;
    tensor_resize(&l->y, l->y_shape);
    winograd_forward(l->y.data, x->data, w->weight->value.data, w->bias->value.data, &s, workroom(winograd_work_size(&s)));
    return &l->y;
}

static const Tensor *winograd_layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Winograd *w = (Winograd *)l;
    WinogradSizes s = sizes_of(w, l->x->shape);
    real *work = workroom(winograd_work_size(&s));
    if (want & WANT_PARAM) {
        winograd_backward_w(w->weight->grad.data, l->x->data, dy->data, &s, work);
        column_sums_add(w->bias->grad.data, dy->data, s.N * s.H * s.W, s.O);
    }
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, l->x->shape);
    winograd_backward_x(l->dx.data, dy->data, w->weight->value.data, &s, work);
    return &l->dx;
}

static const LayerOps winograd_ops = { "Conv", winograd_output_shape, winograd_layer_forward, winograd_layer_backward,
                                       NULL, workroom_leave };

Layer *winograd_new(int C, int O, Init init, Random *r)
{
    REQUIRE(C > 0 && O > 0, "convolution %d -> %d", C, O);
    Winograd *w = layer_new(&winograd_ops, sizeof *w, 2, 0);
    workroom_enter();
    w->C = C, w->O = O;
    w->weight = layer_param(&w->base, 0, "weight", (Shape){ 4, { 3, 3, C, O } });
    w->bias = layer_param(&w->base, 1, "bias", (Shape){ 1, { O } });
    init_weight(&w->weight->value, init, 9 * C, 9 * O, r);
    init_bias(&w->bias->value, init, 9 * C, r);
    return &w->base;
}
