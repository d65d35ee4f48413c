/* The convolution against the test's own loop over every single product. */
#include "18_conv.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "18_conv_faults.h"
#include "18_conv_layer.h"
#include "18_reshape.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

static Random r;

static real *normal(size_t n)
{
    real *x = memory_get(n * sizeof *x);
    random_normal(&r, x, n);
    return x;
}

static ConvSizes sizes(int N, int H, int W, int C, int O, int K, int S, Padding p)
{
    return conv_sizes((ConvSizes){ .N = N, .H = H, .W = W, .C = C, .O = O, .K = K, .S = S }, p);
}

/* ---- sizes ------------------------------------------------------------------------------------- */

/* Keras: the last window reaches (out - 1) S + K - n pixels beyond the map; half of them stand before it. */
START_TEST(sizes_by_hand)
{
    static const struct {
        int n, K, S, out, keras, pytorch;
    } of[] = { { 28, 5, 2, 14, 1, 2 }, { 14, 5, 2, 7, 1, 2 }, { 28, 5, 1, 28, 2, 2 }, { 7, 3, 2, 4, 1, 1 },
               { 8, 3, 2, 4, 0, 1 },   { 5, 2, 1, 5, 0, 0 },  { 6, 4, 1, 6, 1, 1 },   { 7, 1, 3, 3, 0, 0 },
               { 8, 1, 3, 3, 0, 0 },   { 1, 5, 2, 1, 2, 2 },  { 2, 7, 3, 1, 2, 3 },   { 10, 2, 3, 4, 0, 0 },
               { 9, 1, 3, 3, 0, 0 } };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        for (int p = PAD_KERAS; p <= PAD_PYTORCH; p++) {
            int before = p == PAD_KERAS ? of[i].keras : of[i].pytorch;
            ConvSizes s = sizes(2, of[i].n, 28, 3, 4, of[i].K, of[i].S, (Padding)p);
            ck_assert_msg(s.Ho == of[i].out && s.top == before, "%d by %d/%d: %d, %d before", of[i].n, of[i].K, of[i].S, s.Ho,
                          s.top);
            s = sizes(2, 28, of[i].n, 3, 4, of[i].K, of[i].S, (Padding)p);
            ck_assert(s.Wo == of[i].out && s.left == before);
            ck_assert(s.N == 2 && s.H == 28 && s.W == of[i].n && s.C == 3 && s.O == 4);
        }
}
END_TEST

START_TEST(conventions_agree_on_stride_1_and_odd_kernels)
{
    for (int n = 1; n < 9; n++)
        for (int K = 1; K < 9; K += 2)
            ck_assert_int_eq(sizes(1, n, n, 1, 1, K, 1, PAD_KERAS).top, sizes(1, n, n, 1, 1, K, 1, PAD_PYTORCH).top);
}
END_TEST

/* ---- a convolution and all its gradients ----------------------------------------------------------- */

/* Odd, even and not square; smaller than the kernel too. */
static const struct {
    int N, H, W, C, K, S, O;
} size[] = { { 1, 1, 1, 1, 1, 1, 1 },    { 2, 1, 1, 2, 5, 2, 3 },   { 2, 2, 3, 1, 5, 1, 2 },   { 2, 5, 4, 3, 1, 2, 4 },
             { 3, 7, 6, 2, 2, 1, 1 },    { 2, 6, 9, 1, 3, 3, 2 },   { 2, 8, 5, 17, 3, 1, 33 }, { 1, 8, 7, 2, 4, 2, 3 },
             { 2, 11, 4, 3, 4, 3, 2 },   { 3, 9, 7, 4, 5, 2, 5 },   { 1, 10, 10, 2, 5, 3, 2 }, { 2, 4, 8, 2, 1, 3, 2 },
             { 8, 14, 14, 33, 5, 1, 2 }, { 2, 28, 28, 56, 5, 1, 1 } };

/* Every array a convolution has, and what they should be. */
typedef struct {
    ConvSizes s;
    size_t x_size, w_size, y_size;
    real *x, *w, *b, *dy, *y, *dx, *dw, *db;
    double *y_true, *dx_true, *dw_true, *db_true; /* the parameters' begin at what dw and db hold */
} Case;

/* The definition, product by product: y += x w, dx += w dy, dw += x dy. */
static void multiply_out(Case *c, Padding p)
{
    const ConvSizes *s = &c->s;
    int Ho = (s->H + s->S - 1) / s->S, Wo = (s->W + s->S - 1) / s->S;
    int beyond_h = (Ho - 1) * s->S + s->K - s->H, beyond_w = (Wo - 1) * s->S + s->K - s->W;
    int top = p == PAD_PYTORCH ? (s->K - 1) / 2 : beyond_h > 0 ? beyond_h / 2 : 0;
    int left = p == PAD_PYTORCH ? (s->K - 1) / 2 : beyond_w > 0 ? beyond_w / 2 : 0;
    size_t y = 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < Ho; i++)
            for (int j = 0; j < Wo; j++)
                for (int o = 0; o < s->O; o++, y++) {
                    c->y_true[y] += (double)c->b[o];
                    c->db_true[o] += (double)c->dy[y];
                    for (int k = 0; k < s->K * s->K * s->C; k++) {
                        int row = s->S * i + k / s->C / s->K - top, column = s->S * j + k / s->C % s->K - left;
                        if (row < 0 || row >= s->H || column < 0 || column >= s->W)
                            continue;
                        size_t x = (size_t)(((n * s->H + row) * s->W + column) * s->C + k % s->C);
                        size_t w = (size_t)(k * s->O + o);
                        c->y_true[y] += (double)c->x[x] * (double)c->w[w];
                        c->dx_true[x] += (double)c->w[w] * (double)c->dy[y];
                        c->dw_true[w] += (double)c->x[x] * (double)c->dy[y];
                    }
                }
}

static Case case_new(int k, Padding p)
{
    Case c = { .s = sizes(size[k].N, size[k].H, size[k].W, size[k].C, size[k].O, size[k].K, size[k].S, p) };
    r = random_stream((uint64_t)k, "conv", 0);
    c.x_size = (size_t)(c.s.N * c.s.H * c.s.W * c.s.C);
    c.w_size = (size_t)(c.s.K * c.s.K * c.s.C * c.s.O);
    c.y_size = (size_t)(c.s.N * c.s.Ho * c.s.Wo * c.s.O);
    c.x = normal(c.x_size), c.w = normal(c.w_size), c.b = normal((size_t)c.s.O), c.dy = normal(c.y_size);
    c.dw = normal(c.w_size), c.db = normal((size_t)c.s.O);
    c.y = memory_get(c.y_size * sizeof(real)), c.dx = memory_get(c.x_size * sizeof(real));
    c.y_true = calloc(c.y_size, sizeof(double)), c.dx_true = calloc(c.x_size, sizeof(double));
    c.dw_true = calloc(c.w_size, sizeof(double)), c.db_true = calloc((size_t)c.s.O, sizeof(double));
    for (size_t i = 0; i < c.w_size; i++)
        c.dw_true[i] = (double)c.dw[i];
    for (int o = 0; o < c.s.O; o++)
        c.db_true[o] = (double)c.db[o];
    multiply_out(&c, p);
    return c;
}

static void case_free(Case *c)
{
    real *of[] = { c->x, c->w, c->b, c->dy, c->y, c->dx, c->dw, c->db };
    double *truth[] = { c->y_true, c->dx_true, c->dw_true, c->db_true };
    for (int i = 0; i < 8; i++)
        memory_release(of[i]);
    for (int i = 0; i < 4; i++)
        free(truth[i]);
}

typedef void CaseCheck(Case *c);

static void for_each_case(CaseCheck *check)
{
    for (int k = 0; k < (int)(sizeof size / sizeof *size); k++)
        for (int p = PAD_KERAS; p <= PAD_PYTORCH; p++) {
            Case c = case_new(k, (Padding)p);
            check(&c);
            case_free(&c);
        }
}

/* How wrong a sum of k products of normal numbers may be. */
static double tolerance(int k) { return 2 * REAL_EPSILON * (k + 8); }

/* Between many channels a 3 x 3 convolution may be made with fewer products, which costs a digit. */
static double coarse(const ConvSizes *s) { return s->K == 3 && s->S == 1 && s->C >= 16 && s->O >= 16 ? 16 : 1; }
static int in_window(const ConvSizes *s) { return s->K * s->K * s->C; }

static void check_forward(Case *c)
{
    conv_forward(c->y, c->x, c->w, c->b, &c->s);
    assert_all_close(c->y, c->y_true, c->y_size, coarse(&c->s) * tolerance(in_window(&c->s)));
}

START_TEST(forward_is_the_definition) { for_each_case(check_forward); }
END_TEST

static void check_without_bias(Case *c)
{
    conv_forward(c->y, c->x, c->w, NULL, &c->s);
    for (size_t i = 0; i < c->y_size; i++) {
        double bias = (double)c->b[i % (size_t)c->s.O];
        assert_close((double)c->y[i] + bias, c->y_true[i], coarse(&c->s) * tolerance(in_window(&c->s)));
    }
}

START_TEST(bias_may_be_absent) { for_each_case(check_without_bias); }
END_TEST

/* dx held NaN before. */
static void check_backward_x(Case *c)
{
    conv_backward_x(c->dx, c->dy, c->w, &c->s);
    assert_all_close(c->dx, c->dx_true, c->x_size, coarse(&c->s) * tolerance(c->s.K * c->s.K * c->s.O));
}

START_TEST(backward_x_overwrites_dx) { for_each_case(check_backward_x); }
END_TEST

static void check_backward_params(Case *c)
{
    int pixels = c->s.N * c->s.Ho * c->s.Wo;
    conv_backward_w(c->dw, c->x, c->dy, &c->s);
    column_sums_add(c->db, c->dy, pixels, c->s.O);
    assert_all_close(c->dw, c->dw_true, c->w_size, coarse(&c->s) * tolerance(pixels));
    assert_all_close(c->db, c->db_true, c->s.O, tolerance(pixels));
}

START_TEST(backward_w_and_b_add_to_what_is_there) { for_each_case(check_backward_params); }
END_TEST

/* ---- identities ---------------------------------------------------------------------------------------- */

/* <a, b> = <c, d>; `scale` is the root of the number of products on the way. */
static void assert_same_product(const real *a, const real *b, size_t n, const real *c, const real *d, size_t m, double scale)
{
    assert_close(dot(a, b, n) / scale, dot(c, d, m) / scale, TOLERANCE(2e-6, 4e-15));
}

static void check_adjoints(Case *c)
{
    double scale = (sqrt((double)c->y_size * in_window(&c->s)) + 4) * coarse(&c->s);
    memset(c->dw, 0, c->w_size * sizeof *c->dw);
    conv_forward(c->y, c->x, c->w, NULL, &c->s);
    conv_backward_x(c->dx, c->dy, c->w, &c->s);
    conv_backward_w(c->dw, c->x, c->dy, &c->s);
    assert_same_product(c->y, c->dy, c->y_size, c->x, c->dx, c->x_size, scale);
    assert_same_product(c->y, c->dy, c->y_size, c->w, c->dw, c->w_size, scale);
}

START_TEST(backward_is_the_adjoint_in_x_and_in_w) { for_each_case(check_adjoints); }
END_TEST

static void check_linear(Case *c) /* conv(x, w + 2v) = conv(x, w) + 2 conv(x, v) */
{
    real *v = normal(c->w_size), *y_v = memory_get(c->y_size * sizeof *y_v), *y_sum = memory_get(c->y_size * sizeof *y_sum);
    conv_forward(c->y, c->x, c->w, NULL, &c->s);
    conv_forward(y_v, c->x, v, NULL, &c->s);
    for (size_t i = 0; i < c->w_size; i++)
        v[i] = c->w[i] + 2 * v[i];
    conv_forward(y_sum, c->x, v, NULL, &c->s);
    for (size_t i = 0; i < c->y_size; i++)
        assert_close(y_sum[i], c->y[i] + 2 * y_v[i], 4 * coarse(&c->s) * tolerance(in_window(&c->s)));
    memory_release(v), memory_release(y_v), memory_release(y_sum);
}

START_TEST(forward_is_linear_in_w) { for_each_case(check_linear); }
END_TEST

/* ---- the layer -------------------------------------------------------------------------------------------- */

static Tensor filled(Shape s)
{
    Tensor t = tensor_new(s);
    random_normal(&r, t.data, tensor_size(&t));
    return t;
}

static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

static Layer *conv(int C, int O, int K, int S, Padding p, Init init)
{
    r = random_stream(1, "conv layer", 0);
    return conv_new(C, O, K, S, p, init, &r);
}

static double largest(const Tensor *t)
{
    double size = 0;
    for (size_t i = 0; i < tensor_size(t); i++)
        size = fmax(size, fabs((double)t->data[i]));
    return size;
}

START_TEST(layer_has_a_weight_and_a_bias_with_the_fans_of_a_window)
{
    Layer *l = conv(20, 5, 5, 2, PAD_KERAS, INIT_GLOROT), *torch = conv(20, 50, 3, 1, PAD_PYTORCH, INIT_PYTORCH);
    ck_assert(l->n_param == 2 && l->n_state == 0 && layer_param_count(l) == 25 * 20 * 5 + 5);
    ck_assert_str_eq(l->param[0]->name, "weight");
    ck_assert_str_eq(l->param[1]->name, "bias");
    ck_assert(shape_equal(l->param[0]->value.shape, (Shape){ 4, { 5, 5, 20, 5 } }));
    ck_assert(shape_equal(l->param[1]->value.shape, (Shape){ 1, { 5 } }));
    assert_close(largest(&l->param[0]->value) / sqrt(6.0 / (25 * 20 + 25 * 5)), 0.999, 0.001);
    ck_assert(largest(&l->param[1]->value) == 0);
    assert_close(largest(&torch->param[0]->value) * sqrt(9.0 * 20), 0.999, 0.001);
    assert_close(largest(&torch->param[1]->value) * sqrt(9.0 * 20), 0.9, 0.1);
    layer_free(l), layer_free(torch);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* What the layer does with its arguments; the numbers are the functions' affair. */
START_TEST(layer_is_the_functions)
{
    ConvSizes s = sizes(2, 7, 6, 3, 4, 5, 2, PAD_PYTORCH);
    Layer *l = conv(3, 4, 5, 2, PAD_PYTORCH, INIT_PYTORCH);
    Tensor x = filled(maps(2, 7, 6, 3)), dy = filled(maps(2, 4, 3, 4)), dx = tensor_new(x.shape), y = tensor_new(dy.shape);
    Tensor dw = tensor_new(l->param[0]->value.shape), db = tensor_new(l->param[1]->value.shape);
    real *w = l->param[0]->value.data;
    conv_forward(y.data, x.data, w, l->param[1]->value.data, &s);
    conv_backward_x(dx.data, dy.data, w, &s);
    tensor_fill(&dw, 0), tensor_fill(&db, 0);
    for (int round = 0; round < 2; round++) { /* gradients of two batches add up */
        conv_backward_w(dw.data, x.data, dy.data, &s);
        column_sums_add(db.data, dy.data, 2 * 4 * 3, 4);
        const Tensor *out = layer_forward(l, &x, TRAIN);
        ck_assert(shape_equal(out->shape, y.shape) && shape_equal(layer_output_shape(l, x.shape), y.shape));
        ck_assert_mem_eq(out->data, y.data, tensor_size(&y) * sizeof(real));
        const Tensor *back = backward_of(l, &dy, WITH_PARAM);
        ck_assert(shape_equal(back->shape, x.shape));
        ck_assert_mem_eq(back->data, dx.data, tensor_size(&dx) * sizeof(real));
        ck_assert_mem_eq(l->param[0]->grad.data, dw.data, tensor_size(&dw) * sizeof(real));
        ck_assert_mem_eq(l->param[1]->grad.data, db.data, tensor_size(&db) * sizeof(real));
    }
    layer_forward(l, &x, EVAL);
    layer_backward(l, &dy, NULL, WITH_PARAM);
    layer_zero_gradients(l);
    layer_forward(l, &x, TRAIN);
    backward_of(l, &dy, WITHOUT_PARAM);
    ck_assert(largest(&l->param[0]->grad) == 0 && largest(&l->param[1]->grad) == 0);
    layer_free(l);
    Tensor *of[] = { &x, &dy, &dx, &y, &dw, &db };
    for (int i = 0; i < 6; i++)
        tensor_free(of[i]);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* Stride 2, so that pixels of odd and even rows lie in different numbers of windows. */
START_TEST(nan_reaches_the_windows_that_hold_it_and_no_other)
{
    enum { H = 6, W = 5, C = 2, O = 3 };
    Layer *l = conv(C, O, 3, 2, PAD_KERAS, INIT_PYTORCH);
    Tensor x = filled(maps(2, H, W, C));
    for (int k = 0; k < H * W * C; k++) {
        real kept = x.data[k];
        x.data[k] = (real)NAN;
        const real *y = layer_forward(l, &x, TRAIN)->data;
        for (int i = 0; i < 2 * 3 * 3; i++) { /* K 3, S 2: no zeros above 6 rows, one left of 5 columns */
            int row = k / C / W - 2 * (i / 3 % 3), column = k / C % W - 2 * (i % 3) + 1;
            bool holds = i < 9 && row >= 0 && row < 3 && column >= 0 && column < 3;
            for (int o = 0; o < O; o++)
                ck_assert(holds == (isnan(y[i * O + o]) != 0));
        }
        x.data[k] = kept;
    }
    layer_free(l);
    tensor_free(&x);
}
END_TEST

START_TEST(same_bytes_for_any_number_of_threads)
{
    Tensor result[3][4] = { { { .capacity = 0 } } };
    for (int k = 0; k < 3; k++) {
        threads_set(k + 1);
        Layer *l = conv(9, 20, 5, 2, PAD_KERAS, INIT_PYTORCH);
        Tensor x = filled(maps(33, 15, 14, 9)), dy = filled(maps(33, 8, 7, 20));
        tensor_copy(&result[k][0], layer_forward(l, &x, TRAIN));
        tensor_copy(&result[k][1], backward_of(l, &dy, WITH_PARAM));
        tensor_copy(&result[k][2], &l->param[0]->grad);
        tensor_copy(&result[k][3], &l->param[1]->grad);
        layer_free(l);
        tensor_free(&x), tensor_free(&dy);
    }
    for (int i = 0; i < 12; i++)
        ck_assert_mem_eq(result[i / 4][i % 4].data, result[0][i % 4].data, tensor_size(&result[0][i % 4]) * sizeof(real));
    for (int i = 0; i < 12; i++)
        tensor_free(&result[i / 4][i % 4]);
}
END_TEST

START_TEST(settled_layer_allocates_nothing)
{
    Layer *l = conv(2, 3, 3, 2, PAD_KERAS, INIT_PYTORCH);
    Tensor x = filled(maps(8, 7, 6, 2)), dy = filled(maps(8, 4, 3, 3));
    ck_assert_int_eq(calls_once_settled(l, &x, &dy), 0);
    layer_free(l);
    tensor_free(&x), tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(x_of_other_channels_aborts)
{
    Tensor x = filled(maps(2, 4, 4, 2));
    layer_forward(conv(3, 1, 3, 1, PAD_KERAS, INIT_HE), &x, TRAIN);
}
END_TEST
START_TEST(x_that_is_no_map_aborts) { layer_output_shape(conv(3, 1, 3, 1, PAD_KERAS, INIT_HE), (Shape){ 2, { 4, 3 } }); }
END_TEST
START_TEST(kernel_of_nothing_aborts) { conv(3, 1, 0, 1, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(stride_of_nothing_aborts) { conv(3, 1, 3, 0, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(no_channels_abort) { conv(0, 1, 3, 1, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(no_outputs_abort) { conv(1, 0, 3, 1, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(map_of_no_rows_aborts) { sizes(1, 0, 4, 1, 1, 3, 1, PAD_KERAS); }
END_TEST

START_TEST(dy_of_another_shape_aborts)
{
    Layer *l = conv(1, 1, 3, 2, PAD_KERAS, INIT_HE);
    Tensor x = filled(maps(2, 4, 4, 1));
    layer_forward(l, &x, TRAIN);
    backward_of(l, &x, WITHOUT_PARAM);
}
END_TEST

/* ---- the gradient check ------------------------------------------------------------------------------------- */

#define LIMIT TOLERANCE(0.2, 1e-8)
enum { FAULTS = 5 };

static const struct {
    int N, H, W, C, K, S, O;
    Padding p;
} checked[] = { { 2, 4, 5, 2, 3, 1, 3, PAD_KERAS }, { 2, 6, 5, 1, 5, 2, 2, PAD_KERAS },  { 1, 6, 4, 2, 5, 2, 1, PAD_PYTORCH },
                { 1, 7, 5, 2, 4, 3, 2, PAD_KERAS }, { 2, 3, 2, 3, 1, 1, 2, PAD_KERAS },  { 2, 2, 1, 1, 5, 1, 2, PAD_PYTORCH },
                { 1, 5, 5, 1, 1, 3, 1, PAD_KERAS }, { 2, 1, 3, 2, 2, 2, 2, PAD_PYTORCH } };

/* Which of conv_faults show here. */
static void count_planted(const Subject *s, int planted[FAULTS])
{
    double dx[1000];
    for (int f = 0; f < FAULTS; f++)
        for (int a = 0; a < s->n_array; a++) {
            ck_assert(s->array[a].n <= 1000);
            s->gradient(s->self);
            for (size_t i = 0; i < s->array[a].n; i++)
                dx[i] = (double)s->array[a].dx[i];
            planted[f] += conv_faults[f].plant(s, a, dx);
        }
}

START_TEST(gradients_pass_the_checker_and_every_fault_is_caught)
{
    int of_each[FAULTS] = { 0 }, total = 0;
    for (size_t k = 0; k < sizeof checked / sizeof *checked; k++) {
        LayerSubject s;
        CheckRow row[3];
        int n[4] = { 0 }; /* planted, caught, without own faults and with */
        Layer *l = conv(checked[k].C, checked[k].O, checked[k].K, checked[k].S, checked[k].p, INIT_PYTORCH);
        layer_subject_init(&s, l, maps(checked[k].N, checked[k].H, checked[k].W, checked[k].C), PROBE, &r);
        gradcheck(&s.subject, LIMIT, row);
        for (int i = 0; i < 3; i++)
            ck_assert_msg(row[i].verdict == PASS, "%zu, %s: %s", k, row[i].tensor, verdict_name(row[i].verdict));
        if (sizeof(real) == sizeof(double)) {
            count_planted(&s.subject, of_each);
            gradcheck_faults(&s.subject, LIMIT, NULL, &n[0], &n[1], stderr);
            gradcheck_faults(&s.subject, LIMIT, conv_faults, &n[2], &n[3], stderr);
            ck_assert_msg(n[2] == n[3] && n[0] == n[1], "%zu: %d planted, %d caught", k, n[2], n[3]);
            total += n[2] - n[0];
        }
        layer_subject_free(&s);
        layer_free(l);
    }
    ck_assert_ptr_null(conv_faults[FAULTS].name);
    for (int f = 0; f < FAULTS; f++) {
        ck_assert_msg(of_each[f] > 0 || sizeof(real) == sizeof(float), "'%s' was never planted", conv_faults[f].name);
        total -= of_each[f];
    }
    ck_assert_int_eq(total, 0);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- reshape --------------------------------------------------------------------------------------------------- */

START_TEST(reshape_keeps_the_numbers_both_ways)
{
    r = random_stream(1, "reshape", 0);
    Layer *l = reshape_new(2, 3, 2);
    Tensor x = filled((Shape){ 2, { 2, 12 } }), dy = filled(maps(2, 2, 3, 2));
    const Tensor *y = layer_forward(l, &x, TRAIN);
    ck_assert(shape_equal(y->shape, dy.shape) && l->n_param == 0);
    ck_assert_mem_eq(y->data, x.data, 24 * sizeof(real));
    const Tensor *dx = backward_of(l, &dy, WITHOUT_PARAM);
    ck_assert(shape_equal(dx->shape, x.shape));
    ck_assert_mem_eq(dx->data, dy.data, 24 * sizeof(real));
    layer_forward(l, &dy, TRAIN); /* a map may stay one */
    layer_backward(l, &dy, NULL, WITH_PARAM);
    layer_free(l);
    tensor_free(&x), tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(reshape_of_another_size_aborts) { layer_output_shape(reshape_new(2, 3, 2), (Shape){ 2, { 12, 2 } }); }
END_TEST
START_TEST(reshape_to_nothing_aborts) { reshape_new(2, 0, 2); }
END_TEST

SUITE("18 conv", RUNS(sizes_by_hand), RUNS(conventions_agree_on_stride_1_and_odd_kernels), RUNS(forward_is_the_definition),
      RUNS(bias_may_be_absent), RUNS(backward_x_overwrites_dx), RUNS(backward_w_and_b_add_to_what_is_there),
      RUNS(backward_is_the_adjoint_in_x_and_in_w), RUNS(forward_is_linear_in_w),
      RUNS(layer_has_a_weight_and_a_bias_with_the_fans_of_a_window), RUNS(layer_is_the_functions),
      RUNS(nan_reaches_the_windows_that_hold_it_and_no_other), RUNS(same_bytes_for_any_number_of_threads),
      RUNS(settled_layer_allocates_nothing), ABORTS(x_of_other_channels_aborts), ABORTS(x_that_is_no_map_aborts),
      ABORTS(kernel_of_nothing_aborts), ABORTS(stride_of_nothing_aborts), ABORTS(no_channels_abort), ABORTS(no_outputs_abort),
      ABORTS(map_of_no_rows_aborts), ABORTS(dy_of_another_shape_aborts),
      RUNS(gradients_pass_the_checker_and_every_fault_is_caught), RUNS(reshape_keeps_the_numbers_both_ways),
      ABORTS(reshape_of_another_size_aborts), ABORTS(reshape_to_nothing_aborts))
