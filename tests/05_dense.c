/* The dense layer against loops of the test's own. */
#include "05_dense.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

static Random r;

static real *normal(size_t n)
{
    real *x = malloc(n * sizeof *x);
    random_normal(&r, x, n);
    return x;
}

/* A sum of k products of normal numbers, and how wrong it may be. */
static double tolerance(int k) { return 2 * REAL_EPSILON * (k + 4); }

/* ---- the mathematics: N = 5 or 130, widths beyond one strip of any loop ---------------------------- */

static const int size[][3] = { { 1, 1, 1 }, { 5, 7, 3 }, { 2, 3, 257 }, { 130, 65, 300 }, { 3, 513, 2 } };
enum { SIZES = sizeof size / sizeof *size };

#define EACH_SIZE                               \
    r = random_stream(1, "dense", 0);           \
    for (int k = 0, N, in, out; k < SIZES; k++) \
        if (N = size[k][0], in = size[k][1], out = size[k][2], (void)in, 1)

START_TEST(forward_is_xW_plus_b)
{
    EACH_SIZE {
        real *x = normal((size_t)(N * in)), *W = normal((size_t)(in * out)), *b = normal((size_t)out);
        real *y = malloc((size_t)(N * out) * sizeof *y);
        dense_forward(y, x, W, b, N, in, out);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < out; j++) {
                long double s = b[j];
                for (int p = 0; p < in; p++)
                    s += (long double)x[i * in + p] * W[p * out + j];
                assert_close(y[i * out + j], s, tolerance(in));
            }
        free(x), free(W), free(b), free(y);
    }
}
END_TEST

START_TEST(backward_x_is_dy_W_transposed_and_overwrites)
{
    EACH_SIZE {
        real *dy = normal((size_t)(N * out)), *W = normal((size_t)(in * out)), *dx = normal((size_t)(N * in));
        dx[0] = NAN;
        dense_backward_x(dx, dy, W, N, in, out);
        for (int i = 0; i < N; i++)
            for (int p = 0; p < in; p++) {
                long double s = 0;
                for (int j = 0; j < out; j++)
                    s += (long double)dy[i * out + j] * W[p * out + j];
                assert_close(dx[i * in + p], s, tolerance(out));
            }
        free(dy), free(W), free(dx);
    }
}
END_TEST

START_TEST(backward_W_adds_x_transposed_dy)
{
    EACH_SIZE {
        real *x = normal((size_t)(N * in)), *dy = normal((size_t)(N * out)), *dW = normal((size_t)(in * out));
        real *old = malloc((size_t)(in * out) * sizeof *old);
        memcpy(old, dW, (size_t)(in * out) * sizeof *old);
        dense_backward_W(dW, x, dy, N, in, out);
        for (int p = 0; p < in; p++)
            for (int j = 0; j < out; j++) {
                long double s = old[p * out + j];
                for (int i = 0; i < N; i++)
                    s += (long double)x[i * in + p] * dy[i * out + j];
                assert_close(dW[p * out + j], s, tolerance(N));
            }
        free(x), free(dy), free(dW), free(old);
    }
}
END_TEST

START_TEST(backward_b_adds_the_columns_of_dy)
{
    EACH_SIZE {
        real *dy = normal((size_t)(N * out)), *db = malloc((size_t)out * sizeof *db);
        for (int j = 0; j < out; j++)
            db[j] = (real)j;
        dense_backward_b(db, dy, N, out);
        for (int j = 0; j < out; j++) {
            long double s = j;
            for (int i = 0; i < N; i++)
                s += dy[i * out + j];
            assert_close(db[j], s, (j + 30) * REAL_EPSILON * TOLERANCE(1, 4)); /* summed in double either way */
        }
        free(dy), free(db);
    }
}
END_TEST

START_TEST(forward_by_hand)
{
    real x[] = { 1, 2, 3, 4, 5, 6 }, W[] = { 1, -1, 0, 2, 1, 0 }, b[] = { 10, 20 }, y[4];
    dense_forward(y, x, W, b, 2, 3, 2);
    assert_all_close(y, ((double[]){ 14, 23, 20, 26 }), 4, 0);
}
END_TEST

START_TEST(same_bytes_for_any_number_of_threads)
{
    enum { N = 200, IN = 90, OUT = 520 };
    real *y[2], *dx[2], *dW[2];
    for (int i = 0; i < 2; i++) {
        threads_set(i + 1);
        r = random_stream(1, "dense", 0);
        real *x = normal(N * IN), *W = normal(IN * OUT), *b = normal(OUT);
        y[i] = normal(N * OUT), dx[i] = normal(N * IN), dW[i] = normal(IN * OUT);
        dense_forward(y[i], x, W, b, N, IN, OUT);
        dense_backward_x(dx[i], y[i], W, N, IN, OUT);
        dense_backward_W(dW[i], x, y[i], N, IN, OUT);
        free(x), free(W), free(b);
    }
    ck_assert_mem_eq(y[0], y[1], N * OUT * sizeof(real));
    ck_assert_mem_eq(dx[0], dx[1], N * IN * sizeof(real));
    ck_assert_mem_eq(dW[0], dW[1], IN * OUT * sizeof(real));
    for (int i = 0; i < 2; i++)
        free(y[i]), free(dx[i]), free(dW[i]);
}
END_TEST

/* ---- the layer --------------------------------------------------------------------------------------- */

static Layer *dense(int in, int out, Init init)
{
    r = random_stream(1, "dense", 0);
    return dense_new(in, out, init, &r);
}

static Tensor filled(Shape s)
{
    Tensor t = tensor_new(s);
    random_normal(&r, t.data, tensor_size(&t));
    return t;
}

START_TEST(layer_has_a_weight_and_a_bias)
{
    Layer *l = dense(100, 128, INIT_GLOROT);
    ck_assert_int_eq(l->n_param, 2);
    ck_assert_str_eq(l->param[0]->name, "weight");
    ck_assert_str_eq(l->param[1]->name, "bias");
    ck_assert(shape_equal(l->param[0]->value.shape, (Shape){ 2, { 100, 128 } }));
    ck_assert(shape_equal(l->param[1]->value.shape, (Shape){ 1, { 128 } }));
    ck_assert(layer_param_count(l) == 100 * 128 + 128 && layer_state_count(l) == 0);
    layer_free(l);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* The largest weight comes close to the bound; fans in the wrong place would show. */
START_TEST(fan_in_is_the_number_of_inputs)
{
    Layer *l = dense(400, 25, INIT_PYTORCH);
    double largest = 0, bias = 0;
    for (int i = 0; i < 400 * 25; i++)
        largest = fmax(largest, fabs((double)l->param[0]->value.data[i]));
    for (int i = 0; i < 25; i++)
        bias = fmax(bias, fabs((double)l->param[1]->value.data[i]));
    assert_close(largest, 0.05, 1e-4);
    assert_close(bias, 0.045, 0.005001);
    layer_free(l);
}
END_TEST

START_TEST(glorot_layer_has_zero_bias_and_both_fans)
{
    Layer *l = dense(400, 200, INIT_GLOROT);
    double largest = 0;
    for (int i = 0; i < 400 * 200; i++)
        largest = fmax(largest, fabs((double)l->param[0]->value.data[i]));
    assert_close(largest, 0.1, 1e-4);
    for (int i = 0; i < 200; i++)
        ck_assert(l->param[1]->value.data[i] == 0);
    layer_free(l);
}
END_TEST

START_TEST(batch_of_any_rank_is_flattened_and_dx_has_its_shape)
{
    Layer *l = dense(20, 6, INIT_PYTORCH);
    Tensor x = filled((Shape){ 4, { 3, 2, 2, 5 } }), flat = { 0 }, dy = filled((Shape){ 2, { 3, 6 } });
    real y[18], dx[60];
    tensor_copy(&flat, &x);
    flat.shape = (Shape){ 2, { 3, 20 } };
    memcpy(y, layer_forward(l, &flat, TRAIN)->data, sizeof y);
    memcpy(dx, backward_of(l, &dy, WITHOUT_PARAM)->data, sizeof dx);
    const Tensor *y4 = layer_forward(l, &x, TRAIN);
    ck_assert(shape_equal(y4->shape, (Shape){ 2, { 3, 6 } }));
    ck_assert_mem_eq(y4->data, y, sizeof y);
    const Tensor *dx4 = backward_of(l, &dy, WITHOUT_PARAM);
    ck_assert(shape_equal(dx4->shape, x.shape));
    ck_assert_mem_eq(dx4->data, dx, sizeof dx);
    layer_free(l);
    tensor_free(&x), tensor_free(&flat), tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(gradients_of_two_batches_add_up)
{
    Layer *l = dense(4, 3, INIT_PYTORCH);
    Tensor x = filled((Shape){ 2, { 2, 4 } }), dy = filled((Shape){ 2, { 2, 3 } });
    real W[12], b[3];
    for (int round = 0; round < 2; round++) {
        layer_forward(l, &x, TRAIN);
        layer_backward(l, &dy, NULL, WITH_PARAM);
        if (round == 0)
            memcpy(W, l->param[0]->grad.data, sizeof W), memcpy(b, l->param[1]->grad.data, sizeof b);
    }
    for (int i = 0; i < 12; i++)
        assert_close(l->param[0]->grad.data[i], 2 * W[i], 4 * REAL_EPSILON * fabs(W[i]));
    for (int i = 0; i < 3; i++)
        assert_close(l->param[1]->grad.data[i], 2 * b[i], 4 * REAL_EPSILON * fabs(b[i]));
    layer_free(l);
    tensor_free(&x), tensor_free(&dy);
}
END_TEST

START_TEST(only_what_is_wanted_is_computed)
{
    Layer *l = dense(4, 3, INIT_PYTORCH);
    Tensor x = filled((Shape){ 2, { 2, 4 } }), dy = filled((Shape){ 2, { 2, 3 } });
    layer_forward(l, &x, TRAIN);
    layer_backward(l, &dy, NULL, WITH_PARAM);
    ck_assert(l->param[0]->grad.data[0] != 0 && l->param[1]->grad.data[0] != 0);
    layer_zero_gradients(l);
    layer_forward(l, &x, TRAIN);
    backward_of(l, &dy, WITHOUT_PARAM);
    assert_all_close(l->param[0]->grad.data, ((double[12]){ 0 }), 12, 0);
    assert_all_close(l->param[1]->grad.data, ((double[3]){ 0 }), 3, 0);
    layer_free(l);
    tensor_free(&x), tensor_free(&dy);
}
END_TEST

START_TEST(settled_layer_allocates_nothing)
{
    Layer *l = dense(4, 3, INIT_PYTORCH);
    Tensor x = filled((Shape){ 2, { 8, 4 } }), dy = filled((Shape){ 2, { 8, 3 } });
    long calls = 0;
    for (int round = 0; round < 4; round++) {
        x.shape.dim[0] = dy.shape.dim[0] = round == 2 ? 5 : 8; /* a last, smaller batch too */
        layer_forward(l, &x, TRAIN);
        backward_of(l, &dy, WITH_PARAM);
        if (round == 0)
            calls = memory_calls();
    }
    ck_assert_int_eq(memory_calls(), calls);
    layer_free(l);
    tensor_free(&x), tensor_free(&dy);
}
END_TEST

START_TEST(is_dense_knows_a_dense_layer)
{
    static const LayerOps other_ops = { .name = "Dense" };
    Layer *l = dense(1, 1, INIT_HE), *other = layer_new(&other_ops, sizeof *other, 0, 0);
    ck_assert(is_dense(l) && !is_dense(other));
    layer_free(l), layer_free(other);
}
END_TEST

START_TEST(x_of_the_wrong_width_aborts)
{
    Layer *l = dense(4, 3, INIT_HE);
    Tensor x = filled((Shape){ 2, { 4, 3 } });
    layer_forward(l, &x, TRAIN);
}
END_TEST

START_TEST(output_shape_of_the_wrong_width_aborts) { layer_output_shape(dense(4, 3, INIT_HE), (Shape){ 3, { 2, 2, 1 } }); }
END_TEST

START_TEST(dy_of_the_wrong_shape_aborts)
{
    Layer *l = dense(3, 3, INIT_HE);
    Tensor x = filled((Shape){ 2, { 2, 3 } }), dy = filled((Shape){ 2, { 3, 3 } });
    layer_forward(l, &x, TRAIN);
    backward_of(l, &dy, WITHOUT_PARAM);
}
END_TEST

START_TEST(layer_without_outputs_aborts) { dense(3, 0, INIT_HE); }
END_TEST
START_TEST(layer_without_inputs_aborts) { dense(0, 3, INIT_HE); }
END_TEST

/* ---- the gradient check -------------------------------------------------------------------------------- */

#define LIMIT TOLERANCE(1e-2, 1e-8)

START_TEST(gradients_pass_the_check)
{
    Layer *l = dense(7, 4, INIT_PYTORCH);
    LayerSubject s;
    CheckRow row[3];
    layer_subject_init(&s, l, (Shape){ 2, { 5, 7 } }, PROBE, &r);
    ck_assert_int_eq(gradcheck(&s.subject, LIMIT, row), PASS);
    ck_assert(row[0].elements == 35 && row[1].elements == 28 && row[2].elements == 4);
    layer_subject_free(&s);
    layer_free(l);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(planted_faults_are_caught)
{
    Layer *l = dense(7, 4, INIT_PYTORCH);
    LayerSubject s;
    int planted = 0, caught = 0;
    layer_subject_init(&s, l, (Shape){ 2, { 5, 7 } }, PROBE, &r);
    gradcheck_faults(&s.subject, LIMIT, NULL, &planted, &caught, stderr);
    ck_assert(planted == 6 + 6 + 5 && caught == planted);
    layer_subject_free(&s);
    layer_free(l);
}
END_TEST

/* ---- a parameter with a map: weight normalisation -------------------------------------------- */

/* used = V/|V|, all columns together. Source of the idea: Salimans and Kingma, 2016. */
static double length(const Tensor *v)
{
    double squares = 0;
    for (size_t i = 0; i < tensor_size(v); i++)
        squares += (double)v->data[i] * (double)v->data[i];
    return sqrt(squares);
}

static void unit_forward(void *self, Tensor *used, const Tensor *learned, Mode mode)
{
    (void)mode;
    ++*(int *)self;
    for (size_t i = 0; i < tensor_size(learned); i++)
        used->data[i] = (real)((double)learned->data[i] / length(learned));
}

/* dV = (dU - U <U, dU>)/|V|. */
static void unit_backward(void *self, Tensor *dlearned, const Tensor *dused, const Tensor *learned)
{
    double along = 0, size = length(learned);
    (void)self;
    for (size_t i = 0; i < tensor_size(learned); i++)
        along += (double)learned->data[i] / size * (double)dused->data[i];
    for (size_t i = 0; i < tensor_size(learned); i++)
        dlearned->data[i] += (real)(((double)dused->data[i] - (double)learned->data[i] / size * along) / size);
}

static void unit_wrong(void *self, Tensor *dlearned, const Tensor *dused, const Tensor *learned)
{
    (void)self;
    for (size_t i = 0; i < tensor_size(learned); i++)
        dlearned->data[i] += (real)((double)dused->data[i] / length(learned));
}

static void count_free(void *self) { *(int *)self = -1; }

static Verdict check_mapped(void (*backward)(void *, Tensor *, const Tensor *, const Tensor *), int *calls)
{
    LayerSubject s;
    CheckRow row[3];
    Layer *l = dense(4, 3, INIT_PYTORCH);
    layer_map_param(l, 0, (ParamMap){ .self = calls, .forward = unit_forward, .backward = backward, .free = count_free });
    layer_subject_init(&s, l, (Shape){ 2, { 5, 4 } }, PROBE, &r);
    Verdict v = gradcheck(&s.subject, TOLERANCE(1e-2, 1e-8), row);
    ck_assert_int_gt(*calls, 10);
    ck_assert(row[0].verdict == PASS && row[2].verdict == PASS); /* x and the bias are not mapped */
    layer_subject_free(&s);
    layer_free(l);
    return v;
}

START_TEST(weight_normalisation_is_a_map)
{
    int calls = 0;
    ck_assert_int_eq(check_mapped(unit_backward, &calls), PASS);
    ck_assert_int_eq(calls, -1); /* the map was freed with its layer */
    calls = 0;
    ck_assert_int_eq(check_mapped(unit_wrong, &calls), BUG);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* The layer computes with what is used; what is learned is the optimiser's, ten times as long or not. */
START_TEST(a_mapped_layer_computes_with_what_is_used)
{
    int calls = 0;
    Layer *l = dense(4, 3, INIT_PYTORCH);
    Tensor x = filled((Shape){ 2, { 2, 4 } });
    real y[6];
    layer_map_param(l, 0, (ParamMap){ .self = &calls, .forward = unit_forward, .backward = unit_backward });
    memcpy(y, layer_forward(l, &x, TRAIN)->data, sizeof y);
    for (int i = 0; i < 12; i++)
        l->param[0]->value.data[i] *= 10;
    assert_all_close(layer_forward(l, &x, EVAL)->data, y, 6, TOLERANCE(1e-6, 1e-14));
    ck_assert(l->param[0]->used.data[0] != l->param[0]->value.data[0] && param_value(l->param[0]) == l->param[0]->used.data);
    layer_free(l);
    tensor_free(&x);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(a_second_map_aborts)
{
    ParamMap map = { .forward = unit_forward, .backward = unit_backward };
    Layer *l = dense(2, 2, INIT_HE);
    layer_map_param(l, 0, map), layer_map_param(l, 0, map);
}
END_TEST

SUITE("05 dense", RUNS(weight_normalisation_is_a_map), RUNS(a_mapped_layer_computes_with_what_is_used),
      ABORTS(a_second_map_aborts), RUNS(forward_is_xW_plus_b), RUNS(backward_x_is_dy_W_transposed_and_overwrites),
      RUNS(backward_W_adds_x_transposed_dy), RUNS(backward_b_adds_the_columns_of_dy), RUNS(forward_by_hand),
      RUNS(same_bytes_for_any_number_of_threads), RUNS(layer_has_a_weight_and_a_bias), RUNS(fan_in_is_the_number_of_inputs),
      RUNS(glorot_layer_has_zero_bias_and_both_fans), RUNS(batch_of_any_rank_is_flattened_and_dx_has_its_shape),
      RUNS(gradients_of_two_batches_add_up), RUNS(only_what_is_wanted_is_computed), RUNS(settled_layer_allocates_nothing),
      RUNS(is_dense_knows_a_dense_layer), ABORTS(x_of_the_wrong_width_aborts), ABORTS(output_shape_of_the_wrong_width_aborts),
      ABORTS(dy_of_the_wrong_shape_aborts), ABORTS(layer_without_outputs_aborts), ABORTS(layer_without_inputs_aborts),
      RUNS(gradients_pass_the_check), RUNS(planted_faults_are_caught))
