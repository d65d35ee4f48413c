/* The contract, held up to a layer small enough to trust: y = x p + o, with a
 * factor and an offset for each column. */
#include "04_layer.h"
#include "00_error.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_contract.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_subject.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

enum { C = 3 };

typedef struct {
    Layer base;
    Mode mode;
    void *own; /* memory of its own, for free to release */
} Scale;

static Shape scale_shape(const Layer *l, Shape x)
{
    REQUIRE(shape_columns(x) == C, "%s: x is %s", l->ops->name, shape_text(x));
    return x;
}

static const Tensor *scale_forward(Layer *l, const Tensor *x, Mode mode)
{
    ((Scale *)l)->mode = mode;
    tensor_resize(&l->y, l->y_shape);
    for (size_t i = 0; i < tensor_size(x); i++)
        l->y.data[i] = x->data[i] * param_value(l->param[0])[i % C] + param_value(l->param[1])[i % C];
    return &l->y;
}

static void scale_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    size_t n = tensor_size(dy);
    for (size_t i = 0; want == WITH_PARAM && i < n; i++) {
        param_gradient(l->param[0])[i % C] += dy->data[i] * l->x->data[i];
        param_gradient(l->param[1])[i % C] += dy->data[i];
    }
    for (size_t i = 0; dx && i < n; i++)
        dx->data[i] = dy->data[i] * param_value(l->param[0])[i % C];
}

static uint64_t scale_branches(const Layer *l) { return branches_hash(1, l->y.data, tensor_size(&l->y)); }
static void scale_free(Layer *l) { memory_release(((Scale *)l)->own); }

static const LayerOps scale_ops = {
    .name = "Scale", .output_shape = scale_shape, .forward = scale_forward, .backward = scale_backward, .free = scale_free
};
static const LayerOps bare_ops = { .name = "Bare",
                                   .output_shape = scale_shape,
                                   .forward = scale_forward,
                                   .backward = scale_backward,
                                   .branches = scale_branches };

static Layer *scale_new(const LayerOps *ops)
{
    Scale *s = layer_new(ops, sizeof *s, 2, 1);
    Tensor *factor = &layer_param(&s->base, 0, "factor", (Shape){ 1, { C } })->value;
    Tensor *offset = &layer_param(&s->base, 1, "offset", (Shape){ 1, { C } })->value;
    layer_state(&s->base, 0, "seen", (Shape){ 2, { 2, 5 } });
    for (int j = 0; j < C; j++)
        factor->data[j] = (real)(j + 1), offset->data[j] = (real)(10 * j);
    return &s->base;
}

static Layer *l;
static Tensor x, dy;

static void begin(void) /* x = 0, 1 ... 5 in two rows; dy = 1, 2 ... 6 */
{
    l = scale_new(&bare_ops);
    x = tensor_new((Shape){ 2, { 2, C } }), dy = tensor_new(x.shape);
    for (int i = 0; i < 2 * C; i++)
        x.data[i] = (real)i, dy.data[i] = (real)(i + 1);
}

static void end(void)
{
    layer_free(l);
    tensor_free(&x);
    tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}

/* ---- the contract ------------------------------------------------------------------------------- */

START_TEST(forward_returns_y_of_the_right_shape)
{
    begin();
    const Tensor *y = layer_forward(l, &x, TRAIN);
    ck_assert(shape_equal(y->shape, x.shape) && shape_equal(l->y_shape, x.shape) && l->x == &x && l->output == y);
    assert_all_close(y->data, ((double[]){ 0, 12, 26, 3, 18, 35 }), 6, 0);
    end();
}
END_TEST

START_TEST(forward_hands_on_the_mode)
{
    begin();
    layer_forward(l, &x, EVAL);
    ck_assert_int_eq(((Scale *)l)->mode, EVAL);
    layer_forward(l, &x, TRAIN);
    ck_assert_int_eq(((Scale *)l)->mode, TRAIN);
    end();
}
END_TEST

START_TEST(parameter_gradients_accumulate_and_dx_is_overwritten)
{
    begin();
    for (int round = 1; round <= 3; round++) {
        layer_forward(l, &x, TRAIN);
        const Tensor *dx = backward_of(l, &dy, WITH_PARAM);
        assert_all_close(dx->data, ((double[]){ 1, 4, 9, 4, 10, 18 }), 6, 0);
        assert_all_close(l->param[0]->grad.data, ((double[]){ 12 * round, 22 * round, 36 * round }), C, 0);
        assert_all_close(l->param[1]->grad.data, ((double[]){ 5 * round, 7 * round, 9 * round }), C, 0);
    }
    end();
}
END_TEST

START_TEST(dx_may_be_unwanted)
{
    begin();
    layer_forward(l, &x, TRAIN);
    layer_backward(l, &dy, NULL, WITH_PARAM);
    ck_assert(l->param[1]->grad.data[0] == 5);
    end();
}
END_TEST

START_TEST(unwanted_parameter_gradients_stay)
{
    begin();
    layer_forward(l, &x, TRAIN);
    backward_of(l, &dy, WITHOUT_PARAM);
    assert_all_close(l->param[0]->grad.data, ((double[C]){ 0 }), C, 0);
    end();
}
END_TEST

START_TEST(backward_answers_the_last_of_two_forwards)
{
    begin();
    Tensor other = tensor_new((Shape){ 3, { 4, 2, C } });
    tensor_fill(&other, 1);
    layer_forward(l, &other, TRAIN);
    layer_forward(l, &x, TRAIN);
    layer_backward(l, &dy, NULL, WITH_PARAM);
    ck_assert(l->param[0]->grad.data[0] == 12);
    tensor_free(&other);
    end();
}
END_TEST

START_TEST(settled_layer_allocates_nothing)
{
    begin();
    long calls = 0;
    for (int round = 0; round < 4; round++) {
        if (round == 1)
            calls = memory_calls();
        layer_forward(l, &x, TRAIN);
        backward_of(l, &dy, WITH_PARAM);
        layer_zero_gradients(l);
    }
    ck_assert_int_eq(memory_calls(), calls);
    end();
}
END_TEST

START_TEST(backward_without_forward_aborts)
{
    begin();
    backward_of(l, &dy, WITHOUT_PARAM);
}
END_TEST

START_TEST(second_backward_aborts)
{
    begin();
    layer_forward(l, &x, TRAIN);
    backward_of(l, &dy, WITHOUT_PARAM);
    backward_of(l, &dy, WITHOUT_PARAM);
}
END_TEST

START_TEST(dy_of_another_shape_and_the_same_size_aborts)
{
    begin();
    layer_forward(l, &x, TRAIN);
    dy.shape = (Shape){ 2, { C, 2 } };
    backward_of(l, &dy, WITHOUT_PARAM);
}
END_TEST

START_TEST(x_that_does_not_fit_aborts)
{
    begin();
    x.shape = (Shape){ 2, { C, 2 } };
    layer_forward(l, &x, TRAIN);
}
END_TEST

/* ---- what a layer holds ----------------------------------------------------------------------------- */

START_TEST(new_layer_is_zero_with_zero_gradients)
{
    begin();
    ck_assert(!l->awaits_backward && !l->x && !l->y.data && ((Scale *)l)->own == NULL);
    ck_assert(l->n_param == 2 && l->n_state == 1);
    assert_all_close(l->param[0]->grad.data, ((double[C]){ 0 }), C, 0);
    ck_assert(shape_equal(l->param[0]->grad.shape, l->param[0]->value.shape));
    ck_assert_str_eq(l->param[1]->name, "offset");
    ck_assert_str_eq(l->state[0]->name, "seen");
    end();
}
END_TEST

START_TEST(parameters_and_state_are_counted_apart)
{
    begin();
    ck_assert_int_eq(layer_param_count(l), 2 * C);
    ck_assert_int_eq(layer_state_count(l), 10);
    end();
}
END_TEST

START_TEST(zero_gradients_leaves_values)
{
    begin();
    layer_forward(l, &x, TRAIN);
    layer_backward(l, &dy, NULL, WITH_PARAM);
    layer_zero_gradients(l);
    for (int k = 0; k < 2; k++)
        assert_all_close(l->param[k]->grad.data, ((double[C]){ 0 }), C, 0);
    assert_all_close(l->param[0]->value.data, ((double[]){ 1, 2, 3 }), C, 0);
    end();
}
END_TEST

START_TEST(output_shape_needs_no_forward)
{
    begin();
    ck_assert(shape_equal(layer_output_shape(l, (Shape){ 3, { 9, 8, C } }), (Shape){ 3, { 9, 8, C } }));
    ck_assert(!l->awaits_backward);
    end();
}
END_TEST

START_TEST(free_frees_all_and_what_only_this_kind_has)
{
    Layer *s = scale_new(&scale_ops);
    ((Scale *)s)->own = memory_get(10);
    layer_free(s);
    layer_free(NULL);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

START_TEST(layer_without_branches_is_on_branch_0)
{
    Layer *s = scale_new(&scale_ops);
    ck_assert(layer_branches(s) == 0);
    layer_free(s);
}
END_TEST

START_TEST(branches_change_with_every_decision_and_only_then)
{
    real a[] = { 1, -1, (real)0.5, 0, -3 }, b[] = { 7, (real)-0.1, 2, -1, (real)-0.0 };
    uint64_t hash = branches_hash(1, a, 5);
    ck_assert(branches_hash(1, b, 5) == hash);
    ck_assert(branches_hash(2, a, 5) != hash && branches_hash(1, a, 4) != hash);
    for (int i = 0; i < 5; i++) {
        real old = a[i];
        a[i] = old > 0 ? 0 : 1;
        ck_assert_msg(branches_hash(1, a, 5) != hash, "decision %d", i);
        a[i] = old;
    }
    begin();
    layer_forward(l, &x, TRAIN);
    ck_assert(layer_branches(l) == branches_hash(1, l->y.data, 6));
    end();
}
END_TEST

/* ---- initial weights --------------------------------------------------------------------------------- */

enum { IN = 200, OUT = 300, N = IN * OUT };

typedef struct {
    double low, high, mean, variance;
} Moments;

static Moments moments(const Tensor *t)
{
    Moments m = { INFINITY, -INFINITY, 0, 0 };
    double n = (double)tensor_size(t);
    for (size_t i = 0; i < tensor_size(t); i++) {
        double v = (double)t->data[i];
        m.low = fmin(m.low, v), m.high = fmax(m.high, v);
        m.mean += v / n, m.variance += v * v / n;
    }
    return m;
}

static Moments weight_moments(Init init)
{
    Random r = random_stream(1, "weights", 0);
    Tensor t = tensor_new((Shape){ 2, { IN, OUT } });
    init_weight(&t, init, IN, OUT, &r);
    Moments m = moments(&t);
    tensor_free(&t);
    return m;
}

/* Standard errors of n numbers: the mean's sqrt(variance / n); the variance's
 * sqrt(kurtosis - 1) variance / sqrt(n), with a kurtosis of 1.8 or 3. */
static void assert_uniform(Moments m, double bound, double n)
{
    double variance = bound * bound / 3, rounding = 1 + REAL_EPSILON;
    ck_assert(m.low >= -bound * rounding && m.high <= bound * rounding);
    ck_assert(m.low < -bound * (1 - 20 / n) && m.high > bound * (1 - 20 / n));
    assert_close(m.mean, 0, 4 * sqrt(variance / n));
    assert_close(m.variance, variance, 4 * variance * sqrt(0.8 / n));
}

static void assert_normal(Moments m, double variance)
{
    ck_assert(m.low < -3.5 * sqrt(variance) && m.high > 3.5 * sqrt(variance));
    assert_close(m.mean, 0, 4 * sqrt(variance / N));
    assert_close(m.variance, variance, 4 * variance * sqrt(2.0 / N));
}

START_TEST(pytorch_weights_are_uniform_within_1_over_root_fan_in)
{
    assert_uniform(weight_moments(INIT_PYTORCH), 0.070710678118654752, N);
}
END_TEST

START_TEST(glorot_weights_are_uniform_within_root_6_over_both_fans)
{
    assert_uniform(weight_moments(INIT_GLOROT), 0.10954451150103322, N);
}
END_TEST

START_TEST(he_weights_are_normal_with_variance_2_over_fan_in) { assert_normal(weight_moments(INIT_HE), 0.01); }
END_TEST
START_TEST(normal_weights_have_deviation_a_hundredth) { assert_normal(weight_moments(INIT_NORMAL), 1e-4); }
END_TEST

START_TEST(pytorch_biases_are_uniform_like_the_weights)
{
    Random r = random_stream(1, "weights", 0);
    Tensor t = tensor_new((Shape){ 1, { 5000 } });
    init_bias(&t, INIT_PYTORCH, 16, &r);
    assert_uniform(moments(&t), 0.25, 5000);
    tensor_free(&t);
}
END_TEST

START_TEST(other_biases_are_zero)
{
    static const Init other[] = { INIT_GLOROT, INIT_HE, INIT_NORMAL };
    for (int k = 0; k < 3; k++) {
        Random r = random_stream(1, "weights", 0);
        Tensor t = tensor_new((Shape){ 1, { 5 } });
        init_bias(&t, other[k], 16, &r);
        assert_all_close(t.data, ((double[5]){ 0 }), 5, 0);
        tensor_free(&t);
    }
}
END_TEST

/* ---- a layer as a subject of the checker -------------------------------------------------------------- */

#define LIMIT TOLERANCE(1e-2, 1e-8)

START_TEST(subject_of_a_right_layer_passes)
{
    Random r = random_stream(1, "subject", 0);
    LayerSubject s;
    CheckRow row[3];
    begin();
    layer_subject_init(&s, l, (Shape){ 3, { 2, 2, C } }, PROBE, &r);
    ck_assert_int_eq(s.subject.n_array, 3);
    ck_assert_int_eq(gradcheck(&s.subject, LIMIT, row), PASS);
    ck_assert_str_eq(row[0].tensor, "x");
    ck_assert_str_eq(row[1].tensor, "factor");
    ck_assert_str_eq(row[2].tensor, "offset");
    ck_assert_uint_eq(row[0].elements, 12);
    layer_subject_free(&s);
    end();
}
END_TEST

START_TEST(loss_of_a_subject_is_the_product_of_u_and_y)
{
    Random r = random_stream(1, "subject", 0);
    LayerSubject s;
    double expected = 0;
    begin();
    layer_subject_init(&s, l, (Shape){ 2, { 4, C } }, EVAL, &r);
    for (int i = 0; i < 4 * C; i++)
        expected += (double)s.u.data[i] * ((double)s.x.data[i] * (i % C + 1) + 10 * (i % C));
    assert_close(s.subject.evaluate(s.subject.self), expected, TOLERANCE(1e-4, 1e-13));
    ck_assert_int_eq(((Scale *)l)->mode, EVAL);
    for (int i = 1; i < 4 * C; i++)
        ck_assert(s.u.data[i] != s.u.data[0] && s.x.data[i] != s.x.data[0] && s.u.data[i] != s.x.data[i]);
    layer_subject_free(&s);
    end();
}
END_TEST

START_TEST(gradient_of_a_subject_does_not_accumulate)
{
    Random r = random_stream(1, "subject", 0);
    LayerSubject s;
    begin();
    layer_subject_init(&s, l, (Shape){ 2, { 4, C } }, PROBE, &r);
    s.subject.gradient(s.subject.self);
    real once = l->param[0]->grad.data[1], dx = s.dx.data[1];
    s.subject.gradient(s.subject.self);
    ck_assert(l->param[0]->grad.data[1] == once && s.dx.data[1] == dx && dx == 2 * s.u.data[1]);
    layer_subject_free(&s);
    end();
}
END_TEST

static void wrong_backward(Layer *wrong, const Tensor *g, Tensor *dx, Want want)
{
    scale_backward(wrong, g, dx, want);
    wrong->param[1]->grad.data[0] *= (real)0.9;
}

START_TEST(subject_of_a_wrong_layer_is_a_bug_where_it_is_wrong)
{
    static const LayerOps wrong_ops = {
        .name = "Wrong", .output_shape = scale_shape, .forward = scale_forward, .backward = wrong_backward
    };
    Random r = random_stream(1, "subject", 0);
    Layer *wrong = scale_new(&wrong_ops);
    LayerSubject s;
    CheckRow row[3];
    layer_subject_init(&s, wrong, (Shape){ 2, { 4, C } }, PROBE, &r);
    ck_assert_int_eq(gradcheck(&s.subject, LIMIT, row), BUG);
    ck_assert(row[0].verdict == PASS && row[1].verdict == PASS && row[2].verdict == BUG && row[2].worst == 0);
    layer_subject_free(&s);
    layer_free(wrong);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- what nobody wrote ------------------------------------------------------------------------ */

static const Tensor *lazy_forward(Layer *lazy, const Tensor *input, Mode mode)
{
    (void)mode;
    tensor_resize(&lazy->y, lazy->y_shape);
    for (size_t i = 1; i < tensor_size(input); i++) /* one too few */
        lazy->y.data[i] = input->data[i];
    return &lazy->y;
}

static void lazy_backward(Layer *lazy, const Tensor *g, Tensor *dx, Want want)
{
    (void)lazy, (void)want;
    for (size_t i = 1; dx && i < tensor_size(g); i++)
        dx->data[i] = g->data[i];
}

/* Even at the second call, where the memory still holds what the first left. */
START_TEST(what_a_layer_does_not_write_is_nan)
{
#ifndef FILL_NAN
    SKIP("only the builds of definitions and sanitizers fill with NaN");
#endif
    static const LayerOps lazy_ops = {
        .name = "Lazy", .output_shape = scale_shape, .forward = lazy_forward, .backward = lazy_backward
    };
    Layer *lazy = scale_new(&lazy_ops);
    Tensor in = tensor_new((Shape){ 2, { 2, C } }), back = { 0 };
    tensor_fill(&in, 1);
    for (int round = 0; round < 2; round++) {
        const Tensor *y = layer_forward(lazy, &in, TRAIN);
        ck_assert(isnan(y->data[0]) && y->data[1] == 1);
        ((Tensor *)y)->data[0] = 1;
        layer_backward(lazy, &in, &back, WITHOUT_PARAM);
        ck_assert(isnan(back.data[0]) && back.data[1] == 1);
        back.data[0] = 1;
    }
    tensor_free(&in), tensor_free(&back);
    layer_free(lazy);
}
END_TEST

/* ---- the contract, as the checker sees it --------------------------------------------------------- */

static enum { SOUND, CHANGES_X, CHANGES_DY, CHANGES_STATE, OVERWRITES, UNWANTED, NOT_LINEAR } breach;

static const Tensor *breaking_forward(Layer *layer, const Tensor *input, Mode mode)
{
    const Tensor *y = scale_forward(layer, input, mode);
    if (breach == CHANGES_X)
        input->data[1] += 1;
    if (breach == CHANGES_STATE)
        layer->state[0]->value.data[3] += 1;
    return y;
}

static void breaking_backward(Layer *layer, const Tensor *g, Tensor *dx, Want want)
{
    if (breach == OVERWRITES && want == WITH_PARAM)
        memset(param_gradient(layer->param[1]), 0, C * sizeof(real));
    scale_backward(layer, g, dx, breach == UNWANTED ? WITH_PARAM : want);
    if (breach == NOT_LINEAR && dx)
        dx->data[2] += (real)0.01;
    if (breach == CHANGES_DY)
        g->data[0] = 0;
}

static const LayerOps breaking_ops = {
    .name = "Breaking", .output_shape = scale_shape, .forward = breaking_forward, .backward = breaking_backward
};

START_TEST(breaches_of_the_contract_are_found)
{
    static const char *const words[] = { "",
                                         "changes x, dy or the state",
                                         "changes x, dy or the state",
                                         "changes x, dy or the state",
                                         "does not add to the gradient that stands there: offset",
                                         "touches a gradient that is not wanted: factor",
                                         "not linear in dy: x" };
    for (breach = SOUND; breach <= NOT_LINEAR; breach++) {
        Random r = random_stream(1, "contract", 0);
        Layer *layer = scale_new(&breaking_ops);
        LayerSubject s;
        memset(layer->state[0]->value.data, 0, 10 * sizeof(real));
        layer_subject_init(&s, layer, (Shape){ 2, { 4, C } }, PROBE, &r);
        Breach b = layer_contract(&s);
        ck_assert_int_eq(b.contract, breach == SOUND ? KEPT : BROKEN);
        ck_assert_msg(strstr(b.text, words[breach]) != NULL, "expected '%s', found '%s'", words[breach], b.text);
        layer_subject_free(&s);
        layer_free(layer);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

SUITE("04 layer", RUNS(breaches_of_the_contract_are_found), RUNS(what_a_layer_does_not_write_is_nan),
      RUNS(forward_returns_y_of_the_right_shape), RUNS(forward_hands_on_the_mode),
      RUNS(parameter_gradients_accumulate_and_dx_is_overwritten), RUNS(dx_may_be_unwanted),
      RUNS(unwanted_parameter_gradients_stay), RUNS(backward_answers_the_last_of_two_forwards),
      RUNS(settled_layer_allocates_nothing), ABORTS(backward_without_forward_aborts), ABORTS(second_backward_aborts),
      ABORTS(dy_of_another_shape_and_the_same_size_aborts), ABORTS(x_that_does_not_fit_aborts),
      RUNS(new_layer_is_zero_with_zero_gradients), RUNS(parameters_and_state_are_counted_apart),
      RUNS(zero_gradients_leaves_values), RUNS(output_shape_needs_no_forward), RUNS(free_frees_all_and_what_only_this_kind_has),
      RUNS(layer_without_branches_is_on_branch_0), RUNS(branches_change_with_every_decision_and_only_then),
      RUNS(pytorch_weights_are_uniform_within_1_over_root_fan_in),
      RUNS(glorot_weights_are_uniform_within_root_6_over_both_fans), RUNS(he_weights_are_normal_with_variance_2_over_fan_in),
      RUNS(normal_weights_have_deviation_a_hundredth), RUNS(pytorch_biases_are_uniform_like_the_weights),
      RUNS(other_biases_are_zero), RUNS(subject_of_a_right_layer_passes), RUNS(loss_of_a_subject_is_the_product_of_u_and_y),
      RUNS(gradient_of_a_subject_does_not_accumulate), RUNS(subject_of_a_wrong_layer_is_a_bug_where_it_is_wrong))
