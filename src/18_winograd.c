#include "18_winograd.h"

#include <string.h>

/* ---- many channels side by side ----------------------------------------------------------- */

/* A vector of channels. The compiler turns its sums and products into vector
 * instructions; written out, each operation is a loop over the lanes. */
enum { LANES = WINOGRAD_LANES };
typedef real Lanes __attribute__((vector_size(64)));

/* ---- the three transforms in one dimension, and their transposes ---------------------------- */

/* Each takes and gives every `step`-th element, so that it runs along a row
 * (step 1) or down a column of a tile. The matrices belong to the points
 * 0, 1, -1, 2, -2 and infinity. */

static inline void transform_input(Lanes *v, const Lanes *d, int step) /* v = B^T d */
{
    Lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    v[0] = 4 * d0 - 5 * d2 + d4;
    v[step] = d4 - 4 * d2 + (d3 - 4 * d1);
    v[2 * step] = d4 - 4 * d2 - (d3 - 4 * d1);
    v[3 * step] = d4 - d2 + 2 * (d3 - d1);
    v[4 * step] = d4 - d2 - 2 * (d3 - d1);
    v[5 * step] = 4 * d1 - 5 * d3 + d5;
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

static inline void transform_output(Lanes *y, const Lanes *m, int step, int step_m) /* y = A^T m */
{
    Lanes s1 = m[step_m] + m[2 * step_m], d1 = m[step_m] - m[2 * step_m];
    Lanes s2 = m[3 * step_m] + m[4 * step_m], d2 = m[3 * step_m] - m[4 * step_m];
    y[0] = m[0] + s1 + s2;
    y[step] = d1 + 2 * d2;
    y[2 * step] = s1 + 4 * s2;
    y[3 * step] = d1 + 8 * d2 + m[5 * step_m];
}

static inline void transpose_output(Lanes *m, const Lanes *y, int step, int step_y) /* m = A y */
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

static inline void transpose_kernel(Lanes *g, const Lanes *u, int step, int step_u) /* g = G^T u */
{
    Lanes s1 = (u[step_u] + u[2 * step_u]) / -6, d1 = (u[step_u] - u[2 * step_u]) / -6;
    Lanes s2 = (u[3 * step_u] + u[4 * step_u]) / 24, d2 = (u[3 * step_u] - u[4 * step_u]) / 12;
    g[0] = u[0] / 4 + s1 + s2;
    g[step] = d1 + d2;
    g[2 * step] = s1 + 4 * s2 + u[5 * step_u];
}

/* ---- in two dimensions: first every column, then every row -------------------------------------- */

static inline void input_tile(Lanes V[POINTS], const Lanes d[POINTS])
{
    Lanes half[POINTS];
    for (int j = 0; j < WINDOW; j++)
        transform_input(half + j, d + j, WINDOW);
    for (int i = 0; i < WINDOW; i++)
        transform_input(V + i * WINDOW, half + i * WINDOW, 1);
}

static inline void kernel_tile(Lanes U[POINTS], const Lanes g[9])
{
    Lanes half[WINDOW * 3];
    for (int j = 0; j < 3; j++)
        transform_kernel(half + j, g + j, 3, 3);
    for (int i = 0; i < WINDOW; i++)
        transform_kernel(U + i * WINDOW, half + i * 3, 1, 1);
}

static inline void output_tile(Lanes y[TILE * TILE], const Lanes M[POINTS])
{
    Lanes half[TILE * WINDOW];
    for (int j = 0; j < WINDOW; j++)
        transform_output(half + j, M + j, WINDOW, WINDOW);
    for (int i = 0; i < TILE; i++)
        transform_output(y + i * TILE, half + i * WINDOW, 1, 1);
}

static inline void output_tile_transposed(Lanes M[POINTS], const Lanes y[TILE * TILE])
{
    Lanes half[WINDOW * TILE];
    for (int j = 0; j < TILE; j++)
        transpose_output(half + j, y + j, TILE, TILE);
    for (int i = 0; i < WINDOW; i++)
        transpose_output(M + i * WINDOW, half + i * TILE, 1, 1);
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

void winograd_input(double V[WINDOW][WINDOW], double d[WINDOW][WINDOW])
{
    Lanes in[POINTS] = { 0 }, out[POINTS];
    for (int k = 0; k < POINTS; k++)
        in[k][0] = (real)d[k / WINDOW][k % WINDOW];
    input_tile(out, in);
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

void winograd_output(double y[TILE][TILE], double M[WINDOW][WINDOW])
{
    Lanes in[POINTS] = { 0 }, out[TILE * TILE];
    for (int k = 0; k < POINTS; k++)
        in[k][0] = (real)M[k / WINDOW][k % WINDOW];
    output_tile(out, in);
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

static inline int lanes_left(int channels, int c) { return channels - c < LANES ? channels - c : LANES; }

/* ---- many tiles ----------------------------------------------------------------------------------------- */

enum { CHUNK = 8 }; /* tiles, or channels, that a thread takes at a time */

/* Tiles of `count` maps from the first; they are numbered map by map, row by
 * row. A transformed array holds POINTS matrices of tiles x channels: one
 * product with the kernel's matrix of that point does all tiles at once. */
typedef struct {
    const WinogradSizes *s;
    int first, down, across, tiles; /* down x across tiles a map; tiles: of all `count` maps */
} Tiles;

static Tiles tiles_of(const WinogradSizes *s, int first, int count)
{
    REQUIRE(!(s->cut_x && s->C % (4 * LANES)) && !(s->cut_y && s->O % (4 * LANES)),
            "%d and %d channels: those of a map cut in four must be a multiple of %d", s->C, s->O, 4 * LANES);
    int down = (s->H + TILE - 1) / TILE, across = (s->W + TILE - 1) / TILE;
    return (Tiles){ s, first, down, across, count * down * across };
}

/* Where tile t begins: its first output pixel. Returns the number of its map. */
static size_t tile_place(const Tiles *T, int t, int *i, int *j)
{
    int in_map = t % (T->down * T->across);
    *i = in_map / T->across * TILE;
    *j = in_map % T->across * TILE;
    return (size_t)(T->first + t / (T->down * T->across));
}

/* The lanes at channel c of a map: where they begin, and how far it is to the
 * next row and the next column. In a map cut in four, channel c lies in the
 * quarter (2p + q) = c/Q, from pixel (p, q) on, and pixels are two apart. */
typedef struct {
    size_t at, row, column;
} Strip;

static Strip strip_of(const WinogradSizes *s, size_t map, int channels, bool cut, int c)
{
    size_t W = (size_t)s->W, Q = (size_t)channels / 4, quarter = cut ? (size_t)c / Q : 0;
    Strip p = { map * (size_t)s->H * W * (size_t)channels, W * (size_t)channels, cut ? 2 * Q : (size_t)channels };
    p.at += cut ? (quarter / 2 * 2 * W + quarter % 2) * Q + (size_t)c % Q : (size_t)c;
    return p;
}

/* A square of `size` pixels from (i, j), n channels; 0 outside the map. */
static inline void square_read(Lanes *d, const real *x, Strip p, const WinogradSizes *s, int i, int j, int size, int n)
{
    for (int a = 0; a < size; a++)
        for (int b = 0; b < size; b++) {
            bool inside = i + a >= 0 && i + a < s->H && j + b >= 0 && j + b < s->W;
            if (inside)
                lanes_read(&d[a * size + b], x + p.at + (size_t)(i + a) * p.row + (size_t)(j + b) * p.column, n);
            else
                d[a * size + b] = (Lanes){ 0 };
        }
}

/* V: the input tiles, transformed. */
static void input_tiles(real *V, const real *x, const Tiles *T)
{
    int C = T->s->C;
    size_t matrix = (size_t)T->tiles * (size_t)C;
    PARALLEL_DYNAMIC(matrix * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        int i, j;
        size_t map = tile_place(T, t, &i, &j);
        for (int c = 0; c < C; c += LANES) {
            Lanes d[POINTS], v[POINTS];
            int n = lanes_left(C, c);
            square_read(d, x, strip_of(T->s, map, C, T->s->cut_x, c), T->s, i - 1, j - 1, WINDOW, n);
            input_tile(v, d);
            for (int k = 0; k < POINTS; k++)
                lanes_write(V + (size_t)k * matrix + (size_t)t * (size_t)C + c, &v[k], n);
        }
    }
}

/* M: the gradients of the output tiles, through the transposed output transform. */
static void gradient_tiles(real *M, const real *dy, const Tiles *T)
{
    int O = T->s->O;
    size_t matrix = (size_t)T->tiles * (size_t)O;
    PARALLEL_DYNAMIC(matrix * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        int i, j;
        size_t map = tile_place(T, t, &i, &j);
        for (int o = 0; o < O; o += LANES) {
            Lanes y[TILE * TILE], m[POINTS];
            int n = lanes_left(O, o);
            square_read(y, dy, strip_of(T->s, map, O, T->s->cut_y, o), T->s, i, j, TILE, n);
            output_tile_transposed(m, y);
            for (int k = 0; k < POINTS; k++)
                lanes_write(M + (size_t)k * matrix + (size_t)t * (size_t)O + o, &m[k], n);
        }
    }
}

/* y: the output tiles, what lies beyond the map cut off, and the bias added. */
static void output_tiles(real *y, const real *M, const real *b, const Tiles *T)
{
    int O = T->s->O;
    size_t matrix = (size_t)T->tiles * (size_t)O;
    PARALLEL_DYNAMIC(matrix * POINTS, CHUNK)
    for (int t = 0; t < T->tiles; t++) {
        int i, j;
        size_t map = tile_place(T, t, &i, &j);
        for (int o = 0; o < O; o += LANES) {
            Lanes m[POINTS], out[TILE * TILE], bias = { 0 };
            int n = lanes_left(O, o);
            Strip p = strip_of(T->s, map, O, T->s->cut_y, o);
            if (b)
                lanes_read(&bias, b + (T->s->cut_y ? o % (O / 4) : o), n);
            for (int k = 0; k < POINTS; k++)
                lanes_read(&m[k], M + (size_t)k * matrix + (size_t)t * (size_t)O + o, n);
            output_tile(out, m);
            for (int k = 0; k < TILE * TILE; k++) {
                int row = i + k / TILE, column = j + k % TILE;
                out[k] += bias;
                if (row < T->s->H && column < T->s->W)
                    lanes_write(y + p.at + (size_t)row * p.row + (size_t)column * p.column, &out[k], n);
            }
        }
    }
}

/* U: POINTS matrices C x O from the kernel 3 x 3 x C x O. */
static void kernel_tiles(real *U, const real *w, int C, int O)
{
    size_t CO = (size_t)C * (size_t)O;
    PARALLEL_DYNAMIC(CO * POINTS, CHUNK)
    for (int c = 0; c < C; c++)
        for (int o = 0; o < O; o += LANES) {
            Lanes g[9], u[POINTS];
            int n = lanes_left(O, o);
            size_t place = (size_t)c * (size_t)O + (size_t)o;
            for (int k = 0; k < 9; k++)
                lanes_read(&g[k], w + (size_t)k * CO + place, n);
            kernel_tile(u, g);
            for (int k = 0; k < POINTS; k++)
                lanes_write(U + (size_t)k * CO + place, &u[k], n);
        }
}

/* dw += the transposed kernel transform of dU. */
static void kernel_tiles_back(real *dw, const real *dU, int C, int O)
{
    size_t CO = (size_t)C * (size_t)O;
    PARALLEL_DYNAMIC(CO * POINTS, CHUNK)
    for (int c = 0; c < C; c++)
        for (int o = 0; o < O; o += LANES) {
            Lanes g[9], u[POINTS];
            int n = lanes_left(O, o);
            size_t place = (size_t)c * (size_t)O + (size_t)o;
            for (int k = 0; k < POINTS; k++)
                lanes_read(&u[k], dU + (size_t)k * CO + place, n);
            kernel_tile_transposed(g, u);
            for (int k = 0; k < 9; k++) {
                Lanes total;
                lanes_read(&total, dw + (size_t)k * CO + place, n);
                total += g[k];
                lanes_write(dw + (size_t)k * CO + place, &total, n);
            }
        }
}

/* ---- the mathematics ----------------------------------------------------------------------------------- */

enum { WORK_TILES = 256 }; /* tiles at a time: enough for a large product, few enough to stay in the cache */

static int maps_at_once(const WinogradSizes *s)
{
    int in_map = tiles_of(s, 0, 1).tiles, maps = WORK_TILES / in_map;
    return maps < 1 ? 1 : maps < s->N ? maps : s->N;
}

static size_t kernel_size(const WinogradSizes *s) { return (size_t)POINTS * (size_t)s->C * (size_t)s->O; }

size_t winograd_work_size(const WinogradSizes *s)
{
    Tiles T = tiles_of(s, 0, maps_at_once(s));
    return kernel_size(s) + (size_t)POINTS * (size_t)T.tiles * (size_t)(s->C + s->O) + 9 * (size_t)s->C * (size_t)s->O;
}

void winograd_forward(real *y, const real *x, const real *w, const real *b, const WinogradSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    size_t CO = (size_t)s->C * (size_t)s->O;
    real *U = work, *V = U + kernel_size(s);
    kernel_tiles(U, w, s->C, s->O);
    for (int first = 0; first < s->N; first += at_once) {
        Tiles T = tiles_of(s, first, s->N - first < at_once ? s->N - first : at_once);
        size_t in = (size_t)T.tiles * (size_t)s->C, out = (size_t)T.tiles * (size_t)s->O;
        real *M = V + POINTS * in;
        input_tiles(V, x, &T);
        PARALLEL_DYNAMIC(in * (size_t)s->O, 1)
        for (size_t k = 0; k < POINTS; k++)
            gemm_serial(AS_IS, AS_IS, T.tiles, s->O, s->C, V + k * in, U + k * CO, 0, M + k * out);
        output_tiles(y, M, b, &T);
    }
}

void winograd_backward_x(real *dx, const real *dy, const real *w, const WinogradSizes *s, real *work)
{
    WinogradSizes back = { s->N, s->H, s->W, s->O, s->C, s->cut_y, s->cut_x };
    real *flipped = work + winograd_work_size(s) - 9 * (size_t)s->C * (size_t)s->O;
    conv_flip(flipped, w, 3, s->C, s->O);
    winograd_forward(dx, dy, flipped, NULL, &back, work);
}

void winograd_backward_w(real *dw, const real *x, const real *dy, const WinogradSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    size_t CO = (size_t)s->C * (size_t)s->O;
    real *dU = work, *V = dU + kernel_size(s);
    for (int first = 0; first < s->N; first += at_once) {
        Tiles T = tiles_of(s, first, s->N - first < at_once ? s->N - first : at_once);
        size_t in = (size_t)T.tiles * (size_t)s->C, out = (size_t)T.tiles * (size_t)s->O;
        real *M = V + POINTS * in;
        input_tiles(V, x, &T);
        gradient_tiles(M, dy, &T);
        PARALLEL_DYNAMIC(in * (size_t)s->O, 1)
        for (size_t k = 0; k < POINTS; k++)
            gemm_serial(TRANSPOSED, AS_IS, s->C, s->O, T.tiles, V + k * in, M + k * out, first == 0 ? 0 : 1, dU + k * CO);
    }
    kernel_tiles_back(dw, dU, s->C, s->O);
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
