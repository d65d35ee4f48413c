/* Upsampling by hand, the transposed convolution against a painter's loop. */
#include "19_upsample.h"
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
#include "09_network.h"
#include "18_conv.h"
#include "18_conv_layer.h"
#include "19_transposed.h"
#include "19_upsample_layer.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

static Random r;

static Tensor filled(Shape s)
{
    Tensor t = tensor_new(s);
    random_normal(&r, t.data, tensor_size(&t));
    return t;
}

static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

static double product(const Tensor *a, const Tensor *b) { return (double)dot(a->data, b->data, tensor_size(a)); }

/* ---- nearest neighbour ----------------------------------------------------------------------------- */

START_TEST(upsampling_by_hand)
{
    const real x[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }; /* two maps 1 x 3 x 2 */
    static const double y_true[] = { 1, 2, 1, 2, 3, 4,  3, 4,  5,  6,  5,  6,  1, 2, 1, 2, 3, 4,  3, 4,  5,  6,  5,  6,
                                     7, 8, 7, 8, 9, 10, 9, 10, 11, 12, 11, 12, 7, 8, 7, 8, 9, 10, 9, 10, 11, 12, 11, 12 };
    real y[48], dx[4], dy[16];
    upsample_forward(y, x, 2, 1, 3, 2);
    assert_all_close(y, y_true, 48, 0);
    for (int i = 0; i < 16; i++)
        dy[i] = (real)(1 << i); /* every sum tells what it was taken over */
    upsample_backward(dx, dy, 1, 2, 2, 1);
    assert_all_close(dx, ((double[]){ 0x33, 0xcc, 0x3300, 0xcc00 }), 4, 0);
}
END_TEST

START_TEST(upsampling_backward_is_the_adjoint)
{
    static const int of[][4] = { { 1, 1, 1, 1 }, { 2, 3, 5, 2 }, { 3, 4, 1, 17 }, { 2, 14, 14, 32 } };
    for (int k = 0; k < 4; k++) {
        Layer *l = upsample_new();
        Tensor x = filled(maps(of[k][0], of[k][1], of[k][2], of[k][3]));
        Tensor dy = filled(maps(of[k][0], 2 * of[k][1], 2 * of[k][2], of[k][3]));
        const Tensor *y = layer_forward(l, &x, TRAIN);
        ck_assert(shape_equal(y->shape, dy.shape) && l->n_param == 0 && l->n_state == 0);
        double up = product(y, &dy);
        const Tensor *dx = backward_of(l, &dy, WITHOUT_PARAM);
        ck_assert(shape_equal(dx->shape, x.shape));
        assert_close(up, product(&x, dx), sqrt((double)tensor_size(&dy)) * TOLERANCE(1e-6, 1e-15));
        layer_free(l);
        tensor_free(&x), tensor_free(&dy);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- transposed convolution ---------------------------------------------------------------------------- */

/* Row i of x paints rows S i - crop to S i - crop + K - 1 of y. */
static int crop(int K, int S, Padding p) { return p == PAD_PYTORCH ? (K - 1) / 2 : K > S ? (K - S) / 2 : 0; }

/* The layer's arrays, and what they should be. */
typedef struct {
    int K, S, O;
    Padding padding;
    ConvSizes s;
    Tensor x, w, b, dy, y, dx, dw;
    double *y_true, *dx_true, *dw_true; /* dw_true begins at what dw holds */
} Case;

/* The definition, brush stroke by brush stroke: y += x w, dx += w dy, dw += x dy. */
static void paint(Case *c)
{
    const int *in = c->x.shape.dim, *out = c->y.shape.dim, K = c->K, O = c->O, C = in[3];
    for (size_t i = 0; i < tensor_size(&c->y); i++)
        c->y_true[i] = (double)c->b.data[i % (size_t)O];
    for (size_t x = 0; x < tensor_size(&c->x); x++) {
        int channel = (int)x % C, j = (int)x / C % in[2], i = (int)x / C / in[2] % in[1], n = (int)x / C / in[2] / in[1];
        for (int k = 0; k < K * K * O; k++) {
            int row = c->S * i + k / O / K - crop(K, c->S, c->padding),
                column = c->S * j + k / O % K - crop(K, c->S, c->padding);
            if (row < 0 || row >= out[1] || column < 0 || column >= out[2])
                continue;
            int y = ((n * out[1] + row) * out[2] + column) * O + k % O, w = k * C + channel;
            c->y_true[y] += (double)c->x.data[x] * (double)c->w.data[w];
            c->dx_true[x] += (double)c->w.data[w] * (double)c->dy.data[y];
            c->dw_true[w] += (double)c->x.data[x] * (double)c->dy.data[y];
        }
    }
}

static Case case_new(int N, int H, int W, int C, int O, int K, int S, Padding p)
{
    Case c = { .K = K,
               .S = S,
               .O = O,
               .padding = p,
               .s = transposed_sizes((ConvSizes){ .N = N, .H = H, .W = W, .C = C, .O = O, .K = K, .S = S }, p),
               .x = filled(maps(N, H, W, C)),
               .w = filled(maps(K, K, O, C)),
               .b = filled((Shape){ 1, { O } }),
               .dy = filled(maps(N, S * H, S * W, O)),
               .dw = filled(maps(K, K, O, C)) };
    c.y = tensor_new(c.dy.shape), c.dx = tensor_new(c.x.shape);
    c.y_true = calloc(tensor_size(&c.y), sizeof(double)), c.dx_true = calloc(tensor_size(&c.x), sizeof(double));
    c.dw_true = calloc(tensor_size(&c.w), sizeof(double));
    for (size_t i = 0; i < tensor_size(&c.dw); i++)
        c.dw_true[i] = (double)c.dw.data[i];
    paint(&c);
    return c;
}

static void case_free(Case *c)
{
    Tensor *of[] = { &c->x, &c->w, &c->b, &c->dy, &c->y, &c->dx, &c->dw };
    for (int i = 0; i < 7; i++)
        tensor_free(of[i]);
    free(c->y_true), free(c->dx_true), free(c->dw_true);
}

typedef void CaseCheck(Case *c);

/* Every kernel up to 5 and stride up to 3 in both paddings, and two larger cases. */
static void for_each_case(CaseCheck *check)
{
    static const int many[][7] = { { 8, 7, 7, 2, 33, 5, 2 }, { 2, 4, 5, 33, 17, 5, 2 } };
    r = random_stream(1, "transposed", 0);
    for (int k = 0; k < 2 * 17; k++) {
        Padding p = (Padding)(k % 2);
        int K = 1 + k / 2 % 5, S = 1 + k / 10;
        const int *of = k < 30 ? (int[]){ 2, 1 + k % 4, 1 + k % 3, 2, 3, K, S } : many[(k - 30) / 2];
        Case c = case_new(of[0], of[1], of[2], of[3], of[4], of[5], of[6], p);
        check(&c);
        case_free(&c);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}

static double tolerance(int k) { return 2 * REAL_EPSILON * (k + 8); }

/* Between many channels the 5 x 5 kernel of stride 2 may be made with fewer products, which costs a digit. */
static double coarse(const Case *c) { return c->K == 5 && c->S == 2 && c->x.shape.dim[3] >= 16 && c->O >= 4 ? 16 : 1; }

static void check_forward(Case *c)
{
    transposed_forward(c->y.data, c->x.data, c->w.data, c->b.data, &c->s);
    assert_all_close(c->y.data, c->y_true, tensor_size(&c->y), coarse(c) * tolerance(c->K * c->K * c->x.shape.dim[3]));
}

START_TEST(forward_is_the_painter_s) { for_each_case(check_forward); }
END_TEST

static void check_backward(Case *c)
{
    int pixels = (int)tensor_size(&c->x) / c->x.shape.dim[3];
    transposed_backward_x(c->dx.data, c->dy.data, c->w.data, &c->s);
    assert_all_close(c->dx.data, c->dx_true, tensor_size(&c->dx), coarse(c) * tolerance(c->K * c->K * c->O));
    transposed_backward_w(c->dw.data, c->x.data, c->dy.data, &c->s);
    assert_all_close(c->dw.data, c->dw_true, tensor_size(&c->dw), coarse(c) * tolerance(pixels));
}

START_TEST(backward_overwrites_dx_and_adds_to_dw) { for_each_case(check_backward); }
END_TEST

/* <conv(y), x> = <y, transposed(x)> for the convolution of the same kernel, to O channels and back. */
static void check_adjoint(Case *c)
{
    ConvSizes s = conv_sizes((ConvSizes){ .N = c->x.shape.dim[0],
                                          .H = c->y.shape.dim[1],
                                          .W = c->y.shape.dim[2],
                                          .C = c->O,
                                          .O = c->x.shape.dim[3],
                                          .K = c->K,
                                          .S = c->S },
                             c->padding);
    Tensor down = tensor_new(c->x.shape);
    ck_assert(s.Ho == c->x.shape.dim[1] && s.Wo == c->x.shape.dim[2]);
    transposed_forward(c->y.data, c->x.data, c->w.data, NULL, &c->s);
    conv_forward(down.data, c->dy.data, c->w.data, NULL, &s);
    assert_close(product(&c->y, &c->dy), product(&c->x, &down),
                 sqrt((double)tensor_size(&c->x) * c->K * c->K * c->O) * TOLERANCE(4e-6, 8e-15));
    tensor_free(&down);
}

START_TEST(it_is_the_adjoint_of_the_convolution) { for_each_case(check_adjoint); }
END_TEST

/* K 5, S 2. The middle one of 3 x 3 pixels paints rows 1 to 5 of 6 in Keras, 0 to 4 in PyTorch. */
START_TEST(one_pixel_paints_its_kernel)
{
    r = random_stream(2, "transposed", 0);
    for (int p = PAD_KERAS; p <= PAD_PYTORCH; p++) {
        Case c = case_new(1, 3, 3, 1, 1, 5, 2, (Padding)p);
        double painted[36] = { 0 };
        int first = p == PAD_KERAS ? 1 : 0;
        for (int k = 0; k < 25; k++)
            painted[(first + k / 5) * 6 + first + k % 5] = (double)c.w.data[k];
        tensor_fill(&c.x, 0);
        c.x.data[4] = 1;
        transposed_forward(c.y.data, c.x.data, c.w.data, NULL, &c.s);
        assert_all_close(c.y.data, painted, 36, 0);
        case_free(&c);
    }
}
END_TEST

/* The corner pixels show how many of their kernel's 5 rows are left: 4 and 3, or 3 and 4. */
START_TEST(keras_crops_1_and_2_and_pytorch_2_and_1)
{
    r = random_stream(3, "transposed", 0);
    for (int p = PAD_KERAS; p <= PAD_PYTORCH; p++)
        for (int last = 0; last < 2; last++) {
            Case c = case_new(1, 3, 3, 1, 1, 5, 2, (Padding)p);
            int left = (p == PAD_KERAS) == (last == 0) ? 4 : 3;
            tensor_fill(&c.x, 0), tensor_fill(&c.w, 1);
            c.x.data[last ? 8 : 0] = 1;
            transposed_forward(c.y.data, c.x.data, c.w.data, NULL, &c.s);
            assert_close(sum(c.y.data, 36), left * left, 0);
            ck_assert(c.y.data[last ? 35 : 0] == 1);
            case_free(&c);
        }
}
END_TEST

/* ---- upsampling and a convolution in one ---------------------------------------------------------------- */

/* Against the two layers in sequence, from the same random numbers. */
static void assert_is_both(int N, int H, int W, int C, int O, int K)
{
    Random a = random_stream(6, "upsample conv", 0), b = a;
    r = random_stream(7, "upsample conv", 0);
    Layer *one = upsample_conv_new(C, O, K, INIT_PYTORCH, &a);
    Network *two = network_new("two", (Layer *[]){ upsample_new(), conv_new(C, O, K, 1, PAD_KERAS, INIT_PYTORCH, &b), NULL });
    Tensor x = filled(maps(N, H, W, C)), dy = filled(maps(N, 2 * H, 2 * W, O));
    double sums = sqrt(4.0 * N * H * W) + 1;
    for (int round = 1; round <= 2; round++) { /* the second adds to the first */
        const Tensor *y = layer_forward(one, &x, TRAIN), *y2 = network_forward(two, &x, TRAIN);
        ck_assert(shape_equal(y->shape, dy.shape));
        assert_all_close(y->data, y2->data, tensor_size(y), TOLERANCE(2e-5, 4e-14));
        const Tensor *dx = backward_of(one, &dy, WITH_PARAM), *dx2 = backward_of(&two->base, &dy, WITH_PARAM);
        assert_all_close(dx->data, dx2->data, tensor_size(dx), (1 + sqrt((double)O / C)) * TOLERANCE(2e-5, 4e-14));
        assert_all_close(one->param[0]->grad.data, two->base.param[0]->grad.data, tensor_size(&one->param[0]->grad),
                         4 * round * sums * TOLERANCE(2e-5, 4e-14));
        assert_all_close(one->param[1]->grad.data, two->base.param[1]->grad.data, O, round * sums * TOLERANCE(2e-5, 4e-14));
    }
    layer_free(one), network_free(two);
    tensor_free(&x), tensor_free(&dy);
}

START_TEST(upsample_conv_is_upsampling_and_a_convolution)
{
    for (int K = 1; K <= 5; K++) {
        assert_is_both(2, 3, 5, 2, 3, K);
        assert_is_both(1, 1, 1, 1, 2, K);
        assert_is_both(2, 4, 3, 17, 16, K);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- the layers -------------------------------------------------------------------------------------------- */

static Layer *transposed(int C, int O, int K, int S, Padding p, Init init)
{
    r = random_stream(1, "transposed layer", 0);
    return transposed_new(C, O, K, S, p, init, &r);
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
    Layer *l = transposed(20, 5, 5, 2, PAD_KERAS, INIT_GLOROT), *torch = transposed(20, 50, 3, 2, PAD_PYTORCH, INIT_PYTORCH);
    ck_assert(l->n_param == 2 && l->n_state == 0 && layer_param_count(l) == 25 * 20 * 5 + 5);
    ck_assert_str_eq(l->param[0]->name, "weight");
    ck_assert_str_eq(l->param[1]->name, "bias");
    ck_assert(shape_equal(l->param[0]->value.shape, maps(5, 5, 5, 20)));
    ck_assert(shape_equal(l->param[1]->value.shape, (Shape){ 1, { 5 } }));
    assert_close(largest(&l->param[0]->value) / sqrt(6.0 / (25 * 20 + 25 * 5)), 0.999, 0.001);
    ck_assert(largest(&l->param[1]->value) == 0);
    assert_close(largest(&torch->param[0]->value) * sqrt(9.0 * 20), 0.999, 0.001);
    layer_free(l), layer_free(torch);
}
END_TEST

START_TEST(layer_is_the_functions_and_gradients_add_up)
{
    r = random_stream(4, "transposed", 0);
    Case c = case_new(2, 3, 4, 2, 3, 5, 2, PAD_PYTORCH);
    Layer *l = transposed(2, 3, 5, 2, PAD_PYTORCH, INIT_PYTORCH);
    tensor_copy(&l->param[0]->value, &c.w), tensor_copy(&l->param[1]->value, &c.b);
    for (int round = 1; round <= 2; round++) {
        const Tensor *y = layer_forward(l, &c.x, TRAIN);
        ck_assert(shape_equal(y->shape, maps(2, 6, 8, 3)));
        assert_all_close(y->data, c.y_true, tensor_size(y), tolerance(50));
        const Tensor *dx = backward_of(l, &c.dy, WITH_PARAM);
        ck_assert(shape_equal(dx->shape, c.x.shape));
        assert_all_close(dx->data, c.dx_true, tensor_size(dx), tolerance(75));
        for (size_t i = 0; i < tensor_size(&c.w); i++)
            assert_close(l->param[0]->grad.data[i], round * (c.dw_true[i] - (double)c.dw.data[i]), tolerance(48));
        for (int o = 0; o < 3; o++) {
            double db = 0;
            for (size_t i = (size_t)o; i < tensor_size(&c.dy); i += 3)
                db += (double)c.dy.data[i];
            assert_close(l->param[1]->grad.data[o], round * db, tolerance(96));
        }
    }
    layer_forward(l, &c.x, EVAL);
    layer_backward(l, &c.dy, NULL, WITH_PARAM);
    layer_zero_gradients(l);
    layer_forward(l, &c.x, TRAIN);
    backward_of(l, &c.dy, WITHOUT_PARAM);
    ck_assert(largest(&l->param[0]->grad) == 0 && largest(&l->param[1]->grad) == 0);
    layer_free(l);
    case_free(&c);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* Arrays of the layer are named for the message. Frees the layer. */
static void assert_checked(Layer *l, Shape x)
{
    LayerSubject s;
    CheckRow row[3];
    int planted = 0, caught = 0;
    layer_subject_init(&s, l, x, PROBE, &r);
    gradcheck(&s.subject, TOLERANCE(0.2, 1e-8), row);
    for (int i = 0; i < s.subject.n_array; i++)
        ck_assert_msg(row[i].verdict == PASS, "%s of %s: %s", row[i].tensor, shape_text(x), verdict_name(row[i].verdict));
    if (sizeof(real) == sizeof(double))
        gradcheck_faults(&s.subject, 1e-8, NULL, &planted, &caught, stderr);
    ck_assert(planted == caught && (planted > 0) == (sizeof(real) == sizeof(double)));
    layer_subject_free(&s);
    layer_free(l);
}

START_TEST(gradients_pass_the_checker_and_faults_are_caught)
{
    r = random_stream(5, "transposed", 0);
    assert_checked(upsample_new(), maps(2, 3, 2, 2));
    assert_checked(transposed(2, 3, 5, 2, PAD_KERAS, INIT_PYTORCH), maps(2, 3, 2, 2));
    assert_checked(transposed(2, 1, 5, 2, PAD_PYTORCH, INIT_PYTORCH), maps(1, 2, 3, 2));
    assert_checked(transposed(1, 2, 4, 3, PAD_KERAS, INIT_PYTORCH), maps(1, 2, 2, 1));
    assert_checked(transposed(2, 2, 3, 1, PAD_PYTORCH, INIT_PYTORCH), maps(1, 1, 3, 2));
    assert_checked(transposed(1, 1, 1, 2, PAD_KERAS, INIT_PYTORCH), maps(2, 2, 2, 1)); /* paints with gaps */
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* Upsampling behind a transposed convolution: y, dx, dw, db. */
START_TEST(same_bytes_for_any_number_of_threads)
{
    Tensor result[3][5] = { { { .capacity = 0 } } };
    for (int k = 0; k < 3; k++) {
        threads_set(k + 1);
        Layer *l = transposed(20, 9, 5, 2, PAD_KERAS, INIT_PYTORCH), *up = upsample_new();
        Tensor x = filled(maps(17, 8, 7, 20)), dy = filled(maps(17, 32, 28, 9));
        tensor_copy(&result[k][0], layer_forward(up, layer_forward(l, &x, TRAIN), TRAIN));
        tensor_copy(&result[k][1], backward_of(up, &dy, WITHOUT_PARAM));
        tensor_copy(&result[k][2], backward_of(l, &result[k][1], WITH_PARAM));
        tensor_copy(&result[k][3], &l->param[0]->grad);
        tensor_copy(&result[k][4], &l->param[1]->grad);
        layer_free(l), layer_free(up);
        tensor_free(&x), tensor_free(&dy);
    }
    for (int i = 0; i < 15; i++)
        ck_assert_mem_eq(result[i / 5][i % 5].data, result[0][i % 5].data, tensor_size(&result[0][i % 5]) * sizeof(real));
    for (int i = 0; i < 15; i++)
        tensor_free(&result[i / 5][i % 5]);
}
END_TEST

START_TEST(settled_layers_allocate_nothing)
{
    Layer *l = transposed(2, 3, 5, 2, PAD_KERAS, INIT_PYTORCH), *up = upsample_new();
    Tensor x = filled(maps(8, 3, 4, 2)), dy = filled(maps(8, 12, 16, 3));
    long calls = 0;
    for (int round = 0; round < 4; round++) {
        x.shape.dim[0] = dy.shape.dim[0] = round == 2 ? 5 : 8; /* a last, smaller batch too */
        layer_forward(up, layer_forward(l, &x, TRAIN), TRAIN);
        backward_of(l, backward_of(up, &dy, WITHOUT_PARAM), WITH_PARAM);
        if (round == 1) /* by the second step all has its room */
            calls = memory_calls();
    }
    ck_assert_int_eq(memory_calls(), calls);
    layer_free(l), layer_free(up);
    tensor_free(&x), tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(upsampling_no_map_aborts) { layer_output_shape(upsample_new(), (Shape){ 2, { 4, 3 } }); }
END_TEST
START_TEST(x_of_other_channels_aborts) { layer_output_shape(transposed(3, 1, 5, 2, PAD_KERAS, INIT_HE), maps(2, 4, 4, 2)); }
END_TEST
START_TEST(x_that_is_no_map_aborts) { layer_output_shape(transposed(3, 1, 5, 2, PAD_KERAS, INIT_HE), (Shape){ 2, { 4, 3 } }); }
END_TEST
START_TEST(kernel_of_nothing_aborts) { transposed(3, 1, 0, 2, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(stride_of_nothing_aborts) { transposed(3, 1, 5, 0, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(no_channels_abort) { transposed(0, 1, 5, 2, PAD_KERAS, INIT_HE); }
END_TEST
START_TEST(no_outputs_abort) { transposed(3, 0, 5, 2, PAD_KERAS, INIT_HE); }
END_TEST

START_TEST(dy_of_another_shape_aborts)
{
    Layer *l = transposed(1, 1, 5, 2, PAD_KERAS, INIT_HE);
    Tensor x = filled(maps(2, 4, 4, 1));
    layer_forward(l, &x, TRAIN);
    backward_of(l, &x, WITHOUT_PARAM);
}
END_TEST

SUITE("19 upsample", RUNS(upsample_conv_is_upsampling_and_a_convolution), RUNS(upsampling_by_hand),
      RUNS(upsampling_backward_is_the_adjoint), RUNS(forward_is_the_painter_s), RUNS(backward_overwrites_dx_and_adds_to_dw),
      RUNS(it_is_the_adjoint_of_the_convolution), RUNS(one_pixel_paints_its_kernel),
      RUNS(keras_crops_1_and_2_and_pytorch_2_and_1), RUNS(layer_has_a_weight_and_a_bias_with_the_fans_of_a_window),
      RUNS(layer_is_the_functions_and_gradients_add_up), RUNS(gradients_pass_the_checker_and_faults_are_caught),
      RUNS(same_bytes_for_any_number_of_threads), RUNS(settled_layers_allocate_nothing), ABORTS(upsampling_no_map_aborts),
      ABORTS(x_of_other_channels_aborts), ABORTS(x_that_is_no_map_aborts), ABORTS(kernel_of_nothing_aborts),
      ABORTS(stride_of_nothing_aborts), ABORTS(no_channels_abort), ABORTS(no_outputs_abort), ABORTS(dy_of_another_shape_aborts))
