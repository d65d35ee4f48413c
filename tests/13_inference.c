#include "13_inference.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "12_batchnorm.h"
#include "12_batchnorm_layer.h"
#include "13_fold.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

/* ---- helpers --------------------------------------------------------------------------- */

static Shape matrix(int R, int C) { return (Shape){ 2, { R, C } }; }

static Tensor normal_tensor(Shape s, uint64_t seed)
{
    Tensor t = tensor_new(s);
    Random r = random_stream(seed, "test", 0);
    random_normal(&r, t.data, tensor_size(&t));
    for (size_t i = 0; i < tensor_size(&t); i++)
        t.data[i] = t.data[i] * (real)(1 + i % (size_t)shape_columns(s)) + (real)0.5;
    return t;
}

/* Mean and variance (divided by R - less) of a column, in long double. */
static void naive_statistics(const Tensor *x, int j, int less, double *mean, double *var)
{
    int R = x->shape.dim[0], C = x->shape.dim[1];
    long double m = 0, v = 0;
    for (int i = 0; i < R; i++)
        m += (long double)x->data[i * C + j] / R;
    for (int i = 0; i < R; i++)
        v += (x->data[i * C + j] - m) * (x->data[i * C + j] - m) / (R - less);
    *mean = (double)m, *var = (double)v;
}

static real running_mean(const Layer *l, int j) { return l->state[0]->value.data[j]; }
static real running_var(const Layer *l, int j) { return l->state[1]->value.data[j]; }

/* gamma, beta and running statistics away from ones and zeros. */
static void disturb(Layer *l, uint64_t seed)
{
    Random r = random_stream(seed, "disturb", 0);
    size_t C = tensor_size(&l->param[0]->value);
    random_normal(&r, l->param[0]->value.data, C);
    random_normal(&r, l->param[1]->value.data, C);
    random_normal(&r, l->state[0]->value.data, C);
    random_uniform(&r, l->state[1]->value.data, C);
    for (size_t j = 0; j < C; j++)
        l->state[1]->value.data[j] += (real)0.5;
}

static const Tensor *of(Layer *l, real *x, int R, int C, Mode mode)
{
    static Tensor input;
    input = (Tensor){ matrix(R, C), (size_t)(R * C), x };
    return layer_forward(l, &input, mode);
}

/* ---- conventions ------------------------------------------------------------------------------ */

START_TEST(conventions_by_name)
{
    BatchNormOptions p, k, none = { .eps = 7 };
    ck_assert(batchnorm_convention("pytorch", &p) && batchnorm_convention("keras", &k));
    ck_assert(p.eps == 1e-5 && p.momentum == 0.1 && p.unbiased && !p.cumulative);
    ck_assert(k.eps == 1e-3 && k.momentum == 0.01 && !k.unbiased && !k.cumulative);
    ck_assert(!batchnorm_convention("Keras", &none) && !batchnorm_convention("", &none) && none.eps == 7);
}
END_TEST

/* The batch {1, 5}: mean 3, variance 4, unbiased 8; running statistics begin at 0 and 1. */
static void assert_after_one_batch(BatchNormOptions o, double mean, double var)
{
    Layer *l = batchnorm_new(1, o);
    ck_assert(running_mean(l, 0) == 0 && running_var(l, 0) == 1);
    of(l, (real[]){ 1, 5 }, 2, 1, TRAIN);
    assert_close(running_mean(l, 0), mean, TOLERANCE(3e-8, 1e-16));
    assert_close(running_var(l, 0), var, TOLERANCE(2e-7, 3e-16));
    layer_free(l);
}

START_TEST(pytorch_takes_a_tenth_and_the_unbiased_variance) { assert_after_one_batch(batchnorm_pytorch(), 0.3, 1.7); }
END_TEST
START_TEST(keras_takes_a_hundredth_and_the_biased_variance) { assert_after_one_batch(batchnorm_keras(), 0.03, 1.03); }
END_TEST

START_TEST(running_update_by_hand)
{
    real running[] = { 1, -2, 8 };
    wide batch[] = { 5, 2, 0 };
    running_update(running, batch, 0.25, 3);
    ck_assert(running[0] == 2 && running[1] == -1 && running[2] == 6);
}
END_TEST

START_TEST(affine_by_hand) /* scale 6/3 = 2, shift 1 - 2 * 5 */
{
    real scale, shift;
    batchnorm_affine(&scale, &shift,
                     &(BatchNorm){ .C = 1,
                                   .mean = (real[]){ 5 },
                                   .rstd = (real[]){ (real)(1 / 3.0) },
                                   .gamma = (real[]){ 6 },
                                   .beta = (real[]){ 1 } });
    assert_close(scale, 2, TOLERANCE(2e-7, 5e-16));
    assert_close(shift, -9, TOLERANCE(1e-6, 2e-15));
}
END_TEST

/* ---- running statistics over many batches -------------------------------------------------------- */

enum { BATCHES = 12, R = 9, C = 3 };

/* After k batches an exponential mean is (1 - w)^k start + sum_i w (1 - w)^(k-1-i) batch_i,
 * a cumulative one sum_i batch_i / k; the start is 0 for the mean and 1 for the variance. */
static void assert_running(BatchNormOptions o, int rows)
{
    long double mean[C] = { 0 }, var[C] = { 0 }, left = pow(1 - (long double)o.momentum, BATCHES);
    Layer *l = batchnorm_new(C, o);
    for (int k = 0; k < BATCHES; k++) {
        Tensor x = normal_tensor(matrix(rows, C), (uint64_t)k);
        long double weight = o.momentum * pow(1 - (long double)o.momentum, BATCHES - 1 - k);
        if (o.cumulative)
            weight = 1.0L / BATCHES;
        for (int j = 0; j < C; j++) {
            double m, v;
            naive_statistics(&x, j, o.unbiased, &m, &v);
            mean[j] += weight * m, var[j] += weight * v;
        }
        layer_forward(l, &x, TRAIN);
        tensor_free(&x);
        ck_assert_int_eq(*batchnorm_batches(l), k + 1);
    }
    for (int j = 0; j < C; j++) {
        assert_close(running_mean(l, j), mean[j], TOLERANCE(5e-7, 1e-15));
        assert_close(running_var(l, j), var[j] + (o.cumulative ? 0 : left), TOLERANCE(4e-6, 8e-15));
    }
    layer_free(l);
}

START_TEST(exponential_is_the_closed_form_pytorch) { assert_running(batchnorm_pytorch(), R); }
END_TEST
START_TEST(exponential_is_the_closed_form_keras) { assert_running(batchnorm_keras(), R); }
END_TEST
START_TEST(two_rows_are_enough) { assert_running(batchnorm_pytorch(), 2); }
END_TEST

START_TEST(cumulative_is_the_plain_mean)
{
    assert_running((BatchNormOptions){ .eps = 1e-5, .momentum = 0.1, .cumulative = true }, R);
}
END_TEST

START_TEST(cumulative_unbiased_is_the_plain_mean)
{
    assert_running((BatchNormOptions){ .eps = 1e-5, .cumulative = true, .unbiased = true }, R);
}
END_TEST

/* Training normalises by the batch whatever the running statistics are, with the biased variance. */
START_TEST(training_normalises_by_the_batch)
{
    Layer *l = batchnorm_new(1, (BatchNormOptions){ .eps = 0, .momentum = 0.1, .unbiased = true });
    tensor_fill(&l->state[0]->value, 100);
    const Tensor *y = of(l, (real[]){ 1, 5 }, 2, 1, TRAIN);
    ck_assert(y->data[0] == -1 && y->data[1] == 1);
    layer_free(l);
}
END_TEST

/* ---- evaluation ------------------------------------------------------------------------------------- */

START_TEST(evaluation_is_the_formula)
{
    Layer *l = batchnorm_new(C, batchnorm_keras());
    disturb(l, 1);
    Tensor x = normal_tensor(matrix(R, C), 2);
    const Tensor *y = layer_forward(l, &x, EVAL);
    for (int i = 0; i < R * C; i++) {
        real gamma_ = l->param[0]->value.data[i % C], beta = l->param[1]->value.data[i % C];
        long double xhat = (x.data[i] - (long double)running_mean(l, i % C)) / sqrt(running_var(l, i % C) + 1e-3L);
        assert_close(y->data[i], gamma_ * xhat + beta, TOLERANCE(4e-6, 8e-15));
    }
    tensor_free(&x);
    layer_free(l);
}
END_TEST

START_TEST(evaluation_does_not_depend_on_batch_mates)
{
    Layer *l = batchnorm_new(2, batchnorm_pytorch());
    disturb(l, 1);
    real alone[2], x[] = { 1, 2, -30, 40, 500, -600 };
    memcpy(alone, of(l, x, 1, 2, EVAL)->data, sizeof alone);
    const Tensor *y = of(l, x, 3, 2, EVAL);
    ck_assert_mem_eq(alone, y->data, sizeof alone);
    layer_free(l);
}
END_TEST

START_TEST(evaluation_leaves_the_running_statistics_alone)
{
    Layer *l = batchnorm_new(C, batchnorm_pytorch());
    Tensor x = normal_tensor(matrix(R, C), 2);
    layer_forward(l, &x, TRAIN);
    real mean[C], var[C];
    memcpy(mean, l->state[0]->value.data, sizeof mean);
    memcpy(var, l->state[1]->value.data, sizeof var);
    layer_forward(l, &x, EVAL);
    backward_of(l, &x, WITH_PARAM);
    ck_assert_mem_eq(mean, l->state[0]->value.data, sizeof mean);
    ck_assert_mem_eq(var, l->state[1]->value.data, sizeof var);
    ck_assert_int_eq(*batchnorm_batches(l), 1);
    tensor_free(&x);
    layer_free(l);
}
END_TEST

/* A peek sees what training would, and leaves no trace; training after it does. */
static void assert_peek(bool nested)
{
    Layer *l = batchnorm_new(1, batchnorm_pytorch()), *twin = batchnorm_new(1, batchnorm_pytorch());
    Network *n = network_new("n", (Layer *[]){ l, NULL });
    real data[] = { 1, 5 };
    Tensor x = { matrix(2, 1), 2, data };
    if (nested)
        n = network_new("outer", (Layer *[]){ &n->base, NULL });
    const Tensor *y = network_forward(n, &x, PROBE), *expected = layer_forward(twin, &x, TRAIN);
    assert_all_close(y->data, expected->data, 2, 0);
    ck_assert(running_mean(l, 0) == 0 && running_var(l, 0) == 1 && *batchnorm_batches(l) == 0);
    network_forward(n, &x, TRAIN);
    ck_assert(running_mean(l, 0) == running_mean(twin, 0) && *batchnorm_batches(l) == 1);
    layer_free(twin);
    network_free(n);
}

START_TEST(a_peek_leaves_no_trace) { assert_peek(false); }
END_TEST
START_TEST(a_peek_leaves_no_trace_in_a_network_inside) { assert_peek(true); }
END_TEST

START_TEST(a_peek_leaves_no_trace_at_any_depth)
{
    Layer *l[5];
    for (int i = 0; i < 5; i++) {
        l[i] = batchnorm_new(1, batchnorm_pytorch());
        disturb(l[i], (uint64_t)i);
    }
    Network *innermost = network_new("innermost", (Layer *[]){ l[2], NULL });
    Network *inner = network_new("inner", (Layer *[]){ l[1], &innermost->base, l[3], NULL });
    Network *n = network_new("outer", (Layer *[]){ l[0], &inner->base, l[4], NULL });
    real data[] = { 1, 5 };
    Tensor x = { matrix(2, 1), 2, data };
    for (int i = 0; i < 5; i++) {
        real mean = running_mean(l[i], 0), var = running_var(l[i], 0);
        network_forward(n, &x, PROBE);
        ck_assert(running_mean(l[i], 0) == mean && running_var(l[i], 0) == var && *batchnorm_batches(l[i]) == i);
        network_forward(n, &x, TRAIN);
        ck_assert(running_mean(l[i], 0) != mean && running_var(l[i], 0) != var && *batchnorm_batches(l[i]) == i + 1);
    }
    network_free(n);
}
END_TEST

/* ---- a batch spread over two processes -------------------------------------------------------- */

/* The other process, which holds the rest of the batch: what it would add to each sum, in the order in which
 * batch norm asks. */
typedef struct {
    BatchNorm n;
    const real *dy;
    int asked;
    wide m, share[4], dbeta[4];
    wide mean[4];
    real used_mean[4], rstd[4];
} Other;

static void add(wide *x, const wide *share, int n)
{
    for (int j = 0; j < n; j++)
        x[j] += share[j];
}

static void sum_with_other(void *self, wide *x, int n)
{
    Other *o = self;
    switch (o->asked++) {
    case 0: o->m = x[0] += o->n.R; return;
    case 1: batchnorm_mean(o->share, o->n.x, o->n.R, n, (double)o->m); break;
    case 2: batchnorm_var(o->share, o->n.x, o->mean, o->n.R, n, (double)o->m); break;
    case 3: batchnorm_backward_sums(o->share, o->dbeta, o->dy, &o->n); break;
    default: memcpy(o->share, o->dbeta, sizeof o->share);
    }
    add(x, o->share, n);
    for (int j = 0; j < n && o->asked == 2; j++)
        o->mean[j] = x[j], o->used_mean[j] = (real)x[j];
    for (int j = 0; j < n && o->asked == 3; j++)
        o->rstd[j] = (real)(1 / sqrt(x[j] + 1e-3));
}

START_TEST(halves_of_a_batch_are_the_whole)
{
    enum { ALL = 11, HERE = 4, COLUMNS = 4 };
    Tensor x = normal_tensor(matrix(ALL, COLUMNS), 1), dy = normal_tensor(matrix(ALL, COLUMNS), 2), here = x, dy_here = dy;
    here.shape = dy_here.shape = matrix(HERE, COLUMNS);
    Other o = { .n = { ALL - HERE, COLUMNS, x.data + HERE * COLUMNS, o.used_mean, o.rstd, NULL, NULL },
                .dy = dy.data + HERE * COLUMNS };
    BatchNormOptions options = batchnorm_keras(), shared = options;
    shared.over = (Reduction){ sum_with_other, &o };
    Layer *whole = batchnorm_new(COLUMNS, options), *half = batchnorm_new(COLUMNS, shared);
    const Tensor *y = layer_forward(whole, &x, TRAIN), *dx = backward_of(whole, &dy, WITH_PARAM);
    const Tensor *y_half = layer_forward(half, &here, TRAIN), *dx_half = backward_of(half, &dy_here, WITH_PARAM);
    ck_assert_int_eq(o.asked, 5);
    assert_all_close(y_half->data, y->data, HERE * COLUMNS, TOLERANCE(1e-6, 1e-14));
    assert_all_close(dx_half->data, dx->data, HERE * COLUMNS, TOLERANCE(1e-5, 1e-14));
    for (int j = 0; j < COLUMNS; j++) {
        double own = 0; /* a parameter's gradient is this process's: to be added up with all others */
        for (int i = 0; i < HERE; i++)
            own += (double)dy.data[i * COLUMNS + j];
        assert_close(half->param[1]->grad.data[j], own, TOLERANCE(1e-5, 1e-14));
        assert_close(running_var(half, j), running_var(whole, j), TOLERANCE(1e-6, 1e-14));
    }
    layer_free(whole), layer_free(half);
    tensor_free(&x), tensor_free(&dy);
}
END_TEST

/* ---- gradients ---------------------------------------------------------------------------------------- */

static void assert_gradients(Mode mode)
{
    LayerSubject s;
    CheckRow row[3];
    int planted = 0, caught = 0;
    Random r = random_stream(1, "gradcheck", 0);
    Layer *l = batchnorm_new(4, batchnorm_keras());
    disturb(l, 3);
    layer_subject_init(&s, l, matrix(6, 4), mode, &r);
    gradcheck(&s.subject, TOLERANCE(0.2, 1e-7), row);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(row[i].verdict == PASS, "%s: %s", row[i].tensor, verdict_name(row[i].verdict));
    if (sizeof(real) == sizeof(double))
        gradcheck_faults(&s.subject, 1e-7, NULL, &planted, &caught, stderr);
    ck_assert(planted == caught && (planted > 0) == (sizeof(real) == sizeof(double)));
    layer_subject_free(&s);
    layer_free(l);
}

START_TEST(gradients_of_training_pass_the_checker) { assert_gradients(PROBE); }
END_TEST
START_TEST(gradients_of_evaluation_pass_the_checker) { assert_gradients(EVAL); }
END_TEST

START_TEST(dx_of_evaluation_is_the_slope_of_the_map)
{
    Layer *l = batchnorm_new(1, (BatchNormOptions){ .eps = 1 });
    l->state[1]->value.data[0] = 3, l->param[0]->value.data[0] = 5; /* slope 5/sqrt(4) */
    of(l, (real[]){ 7, 8 }, 2, 1, EVAL);
    const Tensor *dx = backward_of(l, &(Tensor){ matrix(2, 1), 2, (real[]){ 2, -4 } }, WITHOUT_PARAM);
    ck_assert(dx->data[0] == 5 && dx->data[1] == -10);
    layer_free(l);
}
END_TEST

/* A bias before batch norm only shifts what batch norm takes out again. */
START_TEST(a_bias_before_batch_norm_gets_no_gradient)
{
    Random r = random_stream(1, "weights", 0);
    Network *n = network_new(
        "n", (Layer *[]){ dense_new(C, 5, INIT_PYTORCH, &r), batchnorm_new(5, batchnorm_pytorch()), tanh_new(), NULL });
    Tensor x = normal_tensor(matrix(R, C), 2), dy = normal_tensor(matrix(R, 5), 3);
    network_forward(n, &x, TRAIN);
    network_backward(n, &dy, NULL, WITH_PARAM);
    double weight = gradient_norm(n->base.param, 1), bias = gradient_norm(n->base.param + 1, 1);
    ck_assert(weight > 0.1);
    assert_close(bias / weight, 0, TOLERANCE(1e-6, 2e-15));
    network_forward(n, &x, EVAL); /* in evaluation it does */
    network_backward(n, &dy, NULL, WITH_PARAM);
    ck_assert(gradient_norm(n->base.param + 1, 1) > 0.1);
    tensor_free(&x);
    tensor_free(&dy);
    network_free(n);
}
END_TEST

/* ---- folding --------------------------------------------------------------------------------------------- */

/* Dense, batch norm, ReLU, batch norm, dense, batch norm; all disturbed. */
static Network *network_to_fold(void)
{
    Random r = random_stream(1, "weights", 0);
    BatchNormOptions o = batchnorm_keras();
    Network *n = network_new("n",
                             (Layer *[]){ dense_new(C, 8, INIT_PYTORCH, &r), batchnorm_new(8, o), relu_new(),
                                          batchnorm_new(8, o), dense_new(8, 4, INIT_PYTORCH, &r), batchnorm_new(4, o), NULL });
    for (int i = 0; i < n->n_layer; i++)
        if (is_batchnorm(n->layer[i]))
            disturb(n->layer[i], (uint64_t)i);
    return n;
}

START_TEST(folded_is_unfolded_to_rounding)
{
    Network *n = network_to_fold(), *folded = network_to_fold();
    Tensor x = normal_tensor(matrix(R, C), 2);
    ck_assert_ptr_null(batchnorm_fold(folded, 5));
    ck_assert_ptr_null(batchnorm_fold(folded, 1));
    ck_assert(folded->n_layer == 4 && folded->base.n_param == 6 && folded->base.n_state == 2);
    const Tensor *y = network_forward(n, &x, EVAL), *z = network_forward(folded, &x, EVAL);
    assert_all_close(z->data, y->data, R * 4, TOLERANCE(1e-5, 2e-14));
    tensor_free(&x);
    network_free(n);
    network_free(folded);
}
END_TEST

START_TEST(folding_by_hand) /* y = 2x + 1, then scale 6/sqrt(8 + 1) = 2 and shift 1 - 2 * 5: y = 4x - 7 */
{
    Random r = random_stream(1, "weights", 0);
    Network *n = network_new(
        "n", (Layer *[]){ dense_new(1, 1, INIT_HE, &r), batchnorm_new(1, (BatchNormOptions){ .eps = 1 }), NULL });
    n->base.param[0]->value.data[0] = 2, n->base.param[1]->value.data[0] = 1;
    n->base.param[2]->value.data[0] = 6, n->base.param[3]->value.data[0] = 1;
    n->base.state[0]->value.data[0] = 5, n->base.state[1]->value.data[0] = 8;
    ck_assert_ptr_null(batchnorm_fold(n, 1));
    assert_close(n->base.param[0]->value.data[0], 4, TOLERANCE(3e-7, 1e-15));
    assert_close(n->base.param[1]->value.data[0], -7, TOLERANCE(2e-6, 4e-15));
    network_free(n);
}
END_TEST

/* A reason is given, and the network is bit by bit what it was. */
static void assert_not_folded(Network *n, int i, Shape s)
{
    Tensor x = normal_tensor(s, 2), y = { 0 };
    int layers = n->n_layer, params = n->base.n_param, states = n->base.n_state;
    tensor_copy(&y, network_forward(n, &x, EVAL));
    const char *reason = batchnorm_fold(n, i);
    ck_assert(reason && *reason);
    ck_assert(n->n_layer == layers && n->base.n_param == params && n->base.n_state == states);
    const Tensor *again = network_forward(n, &x, EVAL);
    ck_assert_mem_eq(again->data, y.data, tensor_size(&y) * sizeof(real));
    tensor_free(&x);
    tensor_free(&y);
    network_free(n);
}

START_TEST(folding_after_relu_is_refused) { assert_not_folded(network_to_fold(), 3, matrix(R, C)); }
END_TEST
START_TEST(folding_a_dense_layer_is_refused) { assert_not_folded(network_to_fold(), 4, matrix(R, C)); }
END_TEST
START_TEST(folding_beyond_the_end_is_refused) { assert_not_folded(network_to_fold(), 6, matrix(R, C)); }
END_TEST
START_TEST(folding_before_the_beginning_is_refused) { assert_not_folded(network_to_fold(), -1, matrix(R, C)); }
END_TEST

START_TEST(folding_the_first_layer_is_refused)
{
    Network *n = network_to_fold();
    network_remove(n, 0);
    assert_not_folded(n, 0, matrix(R, 8));
}
END_TEST

START_TEST(folding_a_batch_norm_without_running_statistics_is_refused)
{
    Random r = random_stream(1, "weights", 0);
    Network *n = network_new("n", (Layer *[]){ dense_new(C, 4, INIT_HE, &r), batchnorm_training_new(4, 1e-5), NULL });
    assert_not_folded(n, 1, matrix(R, C));
}
END_TEST

START_TEST(a_folded_network_trains)
{
    Network *n = network_to_fold();
    ck_assert_ptr_null(batchnorm_fold(n, 1));
    Tensor x = normal_tensor(matrix(R, C), 2), t = normal_tensor(matrix(R, 4), 3), dy = tensor_new(matrix(R, 4));
    Optimizer sgd = sgd_new(&n->base, 0.02);
    double loss[30];
    for (int k = 0; k < 30; k++) {
        loss[k] = squared_error(network_forward(n, &x, TRAIN)->data, t.data, R, 4, dy.data);
        network_backward(n, &dy, NULL, WITH_PARAM);
        optimizer_step(&sgd);
    }
    ck_assert_msg(loss[29] < 0.8 * loss[0], "%g to %g", loss[0], loss[29]);
    optimizer_free(&sgd);
    tensor_free(&x);
    tensor_free(&t);
    tensor_free(&dy);
    network_free(n);
}
END_TEST

/* ---- the contract --------------------------------------------------------------------------------------------- */

START_TEST(memory_settles_and_is_given_back)
{
    long blocks = memory_blocks(), calls[4];
    Network *n = network_to_fold();
    Tensor x = normal_tensor(matrix(R, C), 2), dy = normal_tensor(matrix(R, 4), 3);
    for (int k = 0; k < 4; k++) {
        network_forward(n, &x, k % 2 ? EVAL : TRAIN);
        backward_of(&n->base, &dy, WITH_PARAM);
        calls[k] = memory_calls();
    }
    ck_assert_int_eq(calls[1], calls[3]);
    ck_assert_ptr_null(batchnorm_fold(n, 5));
    tensor_free(&x);
    tensor_free(&dy);
    network_free(n);
    ck_assert_int_eq(memory_blocks(), blocks);
}
END_TEST

START_TEST(eps_and_kind_can_be_asked)
{
    Layer *l = batchnorm_new(1, batchnorm_keras()), *other = batchnorm_training_new(1, 1e-3), *relu = relu_new();
    ck_assert(is_batchnorm(l) && batchnorm_eps(l) == 1e-3 && !is_batchnorm(other) && !is_batchnorm(relu));
    ck_assert(layer_param_count(l) == 2 && layer_state_count(l) == 2);
    layer_free(l);
    layer_free(other);
    layer_free(relu);
}
END_TEST

START_TEST(training_on_one_row_aborts) { of(batchnorm_new(2, batchnorm_pytorch()), (real[]){ 1, 2 }, 1, 2, TRAIN); }
END_TEST
START_TEST(other_columns_abort) { of(batchnorm_new(2, batchnorm_pytorch()), (real[]){ 1, 2, 3 }, 1, 3, EVAL); }
END_TEST
START_TEST(a_momentum_above_1_aborts) { batchnorm_new(2, (BatchNormOptions){ .momentum = 1.1 }); }
END_TEST

SUITE("13 inference", RUNS(halves_of_a_batch_are_the_whole), RUNS(conventions_by_name),
      RUNS(pytorch_takes_a_tenth_and_the_unbiased_variance), RUNS(keras_takes_a_hundredth_and_the_biased_variance),
      RUNS(running_update_by_hand), RUNS(affine_by_hand), RUNS(exponential_is_the_closed_form_pytorch),
      RUNS(exponential_is_the_closed_form_keras), RUNS(two_rows_are_enough), RUNS(cumulative_is_the_plain_mean),
      RUNS(cumulative_unbiased_is_the_plain_mean), RUNS(training_normalises_by_the_batch), RUNS(evaluation_is_the_formula),
      RUNS(evaluation_does_not_depend_on_batch_mates), RUNS(evaluation_leaves_the_running_statistics_alone),
      RUNS(a_peek_leaves_no_trace), RUNS(a_peek_leaves_no_trace_in_a_network_inside), RUNS(a_peek_leaves_no_trace_at_any_depth),
      RUNS(gradients_of_training_pass_the_checker), RUNS(gradients_of_evaluation_pass_the_checker),
      RUNS(dx_of_evaluation_is_the_slope_of_the_map), RUNS(a_bias_before_batch_norm_gets_no_gradient),
      RUNS(folded_is_unfolded_to_rounding), RUNS(folding_by_hand), RUNS(folding_after_relu_is_refused),
      RUNS(folding_a_dense_layer_is_refused), RUNS(folding_beyond_the_end_is_refused),
      RUNS(folding_before_the_beginning_is_refused), RUNS(folding_the_first_layer_is_refused),
      RUNS(folding_a_batch_norm_without_running_statistics_is_refused), RUNS(a_folded_network_trains),
      RUNS(memory_settles_and_is_given_back), RUNS(eps_and_kind_can_be_asked), ABORTS(training_on_one_row_aborts),
      ABORTS(other_columns_abort), ABORTS(a_momentum_above_1_aborts))
