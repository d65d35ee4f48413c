#include "18_conv.h"

#include <string.h>

/* ---- sizes -------------------------------------------------------------------------- */

/* Zeros in front of n pixels; Keras: half of what the last window reaches beyond them. */
static int zeros_before(int n, int K, int S, Padding p)
{
    if (p == PAD_PYTORCH)
        return (K - 1) / 2;
    int beyond = ((n + S - 1) / S - 1) * S + K - n;
    return beyond > 0 ? beyond / 2 : 0;
}

ConvSizes conv_sizes(int N, int H, int W, int C, int O, int K, int S, Padding p)
{
    REQUIRE(N > 0 && H > 0 && W > 0 && C > 0 && O > 0 && K > 0 && S > 0,
            "convolution of %d maps %dx%dx%d by %dx%d, stride %d, to %d channels", N, H, W, C, K, K, S, O);
    return (ConvSizes){ .N = N, .H = H, .W = W, .C = C, .K = K, .S = S, .O = O, .Ho = (H + S - 1) / S,
                        .Wo = (W + S - 1) / S, .top = zeros_before(H, K, S, p), .left = zeros_before(W, K, S, p) };
}

static size_t in_size(const ConvSizes *s) { return (size_t)s->H * (size_t)s->W * (size_t)s->C; } /* of one map */
static int windows(const ConvSizes *s) { return s->Ho * s->Wo; }
static int window_size(const ConvSizes *s) { return s->K * s->K * s->C; }

/* ---- windows as rows ------------------------------------------------------------------- */

/* Columns b of a window at column j of the output that lie on the map: from
 * *from to before *to. */
static void columns_inside(const ConvSizes *s, int j, int *from, int *to)
{
    int x0 = s->S * j - s->left;
    *from = x0 < 0 ? -x0 : 0;
    *to = s->W - x0 < s->K ? s->W - x0 : s->K;
    if (*to < *from)
        *to = *from = 0; /* the window misses the map */
}

/* The same in elements of row y of the map: `count` of them, from `at` in the
 * map and `behind` in the window's row; none where the row lies outside. */
static size_t row_inside(const ConvSizes *s, int y, int j, size_t *at, size_t *behind)
{
    int from, to;
    columns_inside(s, j, &from, &to);
    *at = *behind = 0;
    if (y < 0 || y >= s->H || to == from)
        return 0;
    *at = ((size_t)y * (size_t)s->W + (size_t)(s->S * j - s->left + from)) * (size_t)s->C;
    *behind = (size_t)from * (size_t)s->C;
    return (size_t)(to - from) * (size_t)s->C;
}

/* One row of one window: K pixels, those inside copied in one piece. */
static void window_row_read(real *row, const real *map, const ConvSizes *s, int y, int j)
{
    size_t at, behind, count = row_inside(s, y, j, &at, &behind), all = (size_t)s->K * (size_t)s->C;
    for (size_t k = 0; k < behind; k++)
        row[k] = 0;
    for (size_t k = 0; k < count; k++)
        row[behind + k] = map[at + k];
    for (size_t k = behind + count; k < all; k++)
        row[k] = 0;
}

static void window_row_add(real *map, const real *row, const ConvSizes *s, int y, int j)
{
    size_t at, behind, count = row_inside(s, y, j, &at, &behind);
    for (size_t k = 0; k < count; k++)
        map[at + k] += row[behind + k];
}

void im2col(real *col, const real *x, const ConvSizes *s, int first, int count)
{
    int rows = count * s->Ho;
    size_t across = (size_t)s->K * (size_t)s->C; /* one row of a window */
    PARALLEL_FOR((size_t)rows * (size_t)s->Wo * (size_t)window_size(s))
    for (int r = 0; r < rows; r++) {
        const real *map = x + (size_t)(first + r / s->Ho) * in_size(s);
        real *to = col + (size_t)r * (size_t)s->Wo * (size_t)window_size(s);
        for (int j = 0; j < s->Wo; j++)
            for (int a = 0; a < s->K; a++, to += across)
                window_row_read(to, map, s, s->S * (r % s->Ho) + a - s->top, j);
    }
}

void col2im(real *x, const real *col, const ConvSizes *s, int first, int count)
{
    size_t across = (size_t)s->K * (size_t)s->C;
    PARALLEL_FOR((size_t)count * (size_t)windows(s) * (size_t)window_size(s))
    for (int n = 0; n < count; n++) { /* a map is one thread's: its windows overlap */
        real *map = x + (size_t)(first + n) * in_size(s);
        const real *from = col + (size_t)n * (size_t)windows(s) * (size_t)window_size(s);
        memset(map, 0, in_size(s) * sizeof *map);
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++, from += across)
                    window_row_add(map, from, s, s->S * i + a - s->top, j);
    }
}

/* ---- the mathematics --------------------------------------------------------------------- */

enum { WORK = 1 << 20 }; /* windows are written out for so many elements at a time: they should stay in the cache */

static int maps_at_once(const ConvSizes *s)
{
    size_t n = WORK / ((size_t)windows(s) * (size_t)window_size(s));
    return n < 1 ? 1 : n < (size_t)s->N ? (int)n : s->N;
}

size_t conv_work_size(const ConvSizes *s)
{
    return (size_t)maps_at_once(s) * (size_t)windows(s) * (size_t)window_size(s);
}

void conv_forward(real *y, const real *x, const real *w, const real *b, const ConvSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    for (int first = 0; first < s->N; first += at_once) {
        int count = s->N - first < at_once ? s->N - first : at_once, rows = count * windows(s);
        real *to = y + (size_t)first * (size_t)windows(s) * (size_t)s->O;
        im2col(work, x, s, first, count);
        gemm_bias(AS_IS, AS_IS, rows, s->O, window_size(s), work, w, b, to);
    }
}

void conv_backward_x(real *dx, const real *dy, const real *w, const ConvSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    for (int first = 0; first < s->N; first += at_once) {
        int count = s->N - first < at_once ? s->N - first : at_once, rows = count * windows(s);
        const real *from = dy + (size_t)first * (size_t)windows(s) * (size_t)s->O;
        gemm(AS_IS, TRANSPOSED, rows, window_size(s), s->O, from, w, 0, work);
        col2im(dx, work, s, first, count);
    }
}

void conv_backward_w(real *dw, const real *x, const real *dy, const ConvSizes *s, real *work)
{
    int at_once = maps_at_once(s);
    for (int first = 0; first < s->N; first += at_once) {
        int count = s->N - first < at_once ? s->N - first : at_once, rows = count * windows(s);
        const real *from = dy + (size_t)first * (size_t)windows(s) * (size_t)s->O;
        im2col(work, x, s, first, count);
        gemm(TRANSPOSED, AS_IS, window_size(s), s->O, rows, work, from, 1, dw);
    }
}

void conv_backward_b(real *db, const real *dy, const ConvSizes *s)
{
    column_sums_add(db, dy, s->N * windows(s), s->O);
}

/* The sum over one window, for one output channel. */
static double window_sum(const real *map, const real *w, const ConvSizes *s, int i, int j, int o)
{
    double sum = 0;
    for (int a = 0; a < s->K; a++)
        for (int b = 0; b < s->K; b++) {
            int y = s->S * i + a - s->top, x = s->S * j + b - s->left;
            if (y < 0 || y >= s->H || x < 0 || x >= s->W)
                continue;
            for (int c = 0; c < s->C; c++)
                sum += (double)map[(y * s->W + x) * s->C + c] * (double)w[((a * s->K + b) * s->C + c) * s->O + o];
        }
    return sum;
}

void conv_plain(real *y, const real *x, const real *w, const real *b, const ConvSizes *s)
{
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int o = 0; o < s->O; o++)
                    *y++ = (real)(window_sum(x + (size_t)n * in_size(s), w, s, i, j, o) + (b ? (double)b[o] : 0));
}

void conv_flip(real *flipped, const real *w, int K, int C, int O)
{
    PARALLEL_FOR((size_t)K * (size_t)K * (size_t)C * (size_t)O)
    for (int k = 0; k < K * K; k++) {
        const real *from = w + (size_t)(K * K - 1 - k) * (size_t)C * (size_t)O;
        real *to = flipped + (size_t)k * (size_t)C * (size_t)O;
        for (int o = 0; o < O; o++)
            for (int c = 0; c < C; c++)
                to[o * C + c] = from[c * O + o];
    }
}

/* ---- one workroom for all ------------------------------------------------------------------ */

static struct {
    Tensor room;
    int users;
} shared;

void workroom_enter(void) { shared.users++; }

void workroom_leave(Layer *l)
{
    (void)l;
    if (--shared.users == 0)
        tensor_free(&shared.room);
}

real *workroom(size_t n)
{
    REQUIRE(n <= INT32_MAX, "a workroom of %zu elements", n);
    tensor_resize(&shared.room, (Shape){ 1, { (int)n } });
    return shared.room.data;
}

/* ---- the layer ------------------------------------------------------------------------------ */

typedef struct {
    Layer base;
    Param *weight, *bias;
    int C, O, K, S;
    Padding padding;
} Conv;

static ConvSizes sizes_of(const Conv *l, Shape x)
{
    return conv_sizes(x.dim[0], x.dim[1], x.dim[2], l->C, l->O, l->K, l->S, l->padding);
}

static Shape conv_output_shape(const Layer *l, Shape x)
{
    const Conv *c = (const Conv *)l;
    REQUIRE(x.rank == 4 && x.dim[3] == c->C, "convolution of %d channels: x is %s", c->C, shape_text(x));
    ConvSizes s = sizes_of(c, x);
    return (Shape){ 4, { s.N, s.Ho, s.Wo, s.O } };
}

static const Tensor *conv_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    Conv *c = (Conv *)l;
    ConvSizes s = sizes_of(c, x->shape);
    (void)mode;
    tensor_resize(&l->y, l->y_shape);
    conv_forward(l->y.data, x->data, c->weight->value.data, c->bias->value.data, &s, workroom(conv_work_size(&s)));
    return &l->y;
}

static const Tensor *conv_layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    Conv *c = (Conv *)l;
    ConvSizes s = sizes_of(c, l->x->shape);
    real *work = workroom(conv_work_size(&s));
    if (want & WANT_PARAM) {
        conv_backward_w(c->weight->grad.data, l->x->data, dy->data, &s, work);
        conv_backward_b(c->bias->grad.data, dy->data, &s);
    }
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, l->x->shape);
    conv_backward_x(l->dx.data, dy->data, c->weight->value.data, &s, work);
    return &l->dx;
}

static const LayerOps conv_ops = { "Conv", conv_output_shape, conv_layer_forward, conv_layer_backward, NULL, workroom_leave };

Layer *conv_new(int C, int O, int K, int S, Padding p, Init init, Random *r)
{
    REQUIRE(C > 0 && O > 0 && K > 0 && S > 0, "convolution %d -> %d, kernel %d, stride %d", C, O, K, S);
    Conv *c = layer_new(&conv_ops, sizeof *c, 2, 0);
    workroom_enter();
    c->C = C, c->O = O, c->K = K, c->S = S, c->padding = p;
    c->weight = layer_param(&c->base, 0, "weight", (Shape){ 4, { K, K, C, O } });
    c->bias = layer_param(&c->base, 1, "bias", (Shape){ 1, { O } });
    init_weight(&c->weight->value, init, K * K * C, K * K * O, r);
    init_bias(&c->bias->value, init, K * K * C, r);
    return &c->base;
}

/* ---- a vector as a map ------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    int H, W, C;
    Tensor view; /* x's numbers, borrowed as x is */
} Reshape;

static Shape reshape_output_shape(const Layer *l, Shape x)
{
    const Reshape *r = (const Reshape *)l;
    REQUIRE(shape_size(x) == (size_t)x.dim[0] * (size_t)r->H * (size_t)r->W * (size_t)r->C,
            "reshape to %dx%dx%d: x is %s", r->H, r->W, r->C, shape_text(x));
    return (Shape){ 4, { x.dim[0], r->H, r->W, r->C } };
}

static const Tensor *reshape_forward(Layer *l, const Tensor *x, Mode mode)
{
    Reshape *r = (Reshape *)l;
    (void)mode;
    r->view = *x;
    r->view.shape = l->y_shape;
    return &r->view;
}

/* A copy: dx must outlive dy, which is borrowed until this returns. */
static const Tensor *reshape_backward(Layer *l, const Tensor *dy, unsigned want)
{
    size_t n = tensor_size(dy);
    if (!(want & WANT_DX))
        return NULL;
    tensor_resize(&l->dx, l->x->shape);
    PARALLEL_FOR(n)
    for (size_t i = 0; i < n; i++)
        l->dx.data[i] = dy->data[i];
    return &l->dx;
}

static const LayerOps reshape_ops = { "Reshape", reshape_output_shape, reshape_forward, reshape_backward, NULL, NULL };

Layer *reshape_new(int H, int W, int C)
{
    REQUIRE(H > 0 && W > 0 && C > 0, "reshape to %dx%dx%d", H, W, C);
    Reshape *r = layer_new(&reshape_ops, sizeof *r, 0, 0);
    r->H = H, r->W = W, r->C = C;
    return &r->base;
}

/* ---- faults for the checker to catch --------------------------------------------------------------- */

/* A wrong gradient of the subject's layer for the array, in `wrong`. */
typedef void WrongGradient(const Conv *c, const LayerSubject *s, ConvSizes sizes, real *work, real *wrong);

static bool plant(const Subject *subject, int array, double *dx, int wanted, WrongGradient *compute)
{
    const LayerSubject *s = subject->self;
    const Conv *c = (const Conv *)s->layer;
    if (array != wanted)
        return false;
    size_t n = subject->array[array].n, kernel = tensor_size(&c->weight->value);
    ConvSizes sizes = sizes_of(c, s->x.shape);
    real *wrong = memory_get((n + kernel + conv_work_size(&sizes)) * sizeof *wrong);
    memset(wrong, 0, n * sizeof *wrong);
    compute(c, s, sizes, wrong + n, wrong);
    bool changed = false;
    for (size_t i = 0; i < n; i++) {
        changed |= fabs((double)wrong[i] - dx[i]) > 1e-6 * fabs(dx[i]);
        dx[i] = (double)wrong[i];
    }
    memory_release(wrong);
    return changed;
}

static void wrong_padding(const Conv *c, const LayerSubject *s, ConvSizes sizes, real *work, real *wrong)
{
    sizes.top++;
    conv_backward_x(wrong, s->u.data, c->weight->value.data, &sizes, work);
}

static void wrong_padding_w(const Conv *c, const LayerSubject *s, ConvSizes sizes, real *work, real *wrong)
{
    (void)c;
    sizes.left++;
    conv_backward_w(wrong, s->x.data, s->u.data, &sizes, work);
}

/* w[a][b] where w[K-1-a][K-1-b] belongs, and the reverse. */
static void wrong_turn(const Conv *c, const LayerSubject *s, ConvSizes sizes, real *work, real *wrong)
{
    size_t n = tensor_size(&c->weight->value), CO = (size_t)c->C * (size_t)c->O;
    for (size_t i = 0; i < n; i++)
        work[i] = c->weight->value.data[(n / CO - 1 - i / CO) * CO + i % CO];
    conv_backward_x(wrong, s->u.data, work, &sizes, work + n);
}

static void wrong_stride(const Conv *c, const LayerSubject *s, ConvSizes sizes, real *work, real *wrong)
{
    sizes.S = 1;
    conv_backward_x(wrong, s->u.data, c->weight->value.data, &sizes, work);
}

static void wrong_bias(const Conv *c, const LayerSubject *s, ConvSizes sizes, real *work, real *wrong)
{
    (void)c, (void)work;
    for (int n = 0; n < sizes.N; n++) /* the first pixel of each map alone */
        for (int o = 0; o < sizes.O; o++)
            wrong[o] += s->u.data[(size_t)n * (size_t)(windows(&sizes) * sizes.O) + (size_t)o];
}

enum { OF_X, OF_WEIGHT, OF_BIAS };
static bool fault_padding(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_X, wrong_padding); }
static bool fault_padding_w(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_WEIGHT, wrong_padding_w); }
static bool fault_turn(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_X, wrong_turn); }
static bool fault_stride(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_X, wrong_stride); }
static bool fault_bias(const Subject *s, int array, double *dx) { return plant(s, array, dx, OF_BIAS, wrong_bias); }

const Fault conv_faults[] = {
    { "dx: padding off by one", fault_padding },
    { "dw: padding off by one", fault_padding_w },
    { "dx: kernel the wrong way round", fault_turn },
    { "dx: stride ignored", fault_stride },
    { "db: summed over the batch alone", fault_bias },
    { NULL, NULL },
};
