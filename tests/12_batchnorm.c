#include "12_batchnorm.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_fault.h"
#include "03_gradcheck.h"
#include "04_layer.h"
#include "04_subject.h"
#include "12_batchnorm_layer.h"
#include "12_paths.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

/* ---- the module at work, and the same in long double from the definitions ----------------- */

enum { MAX = 5000 };

static int R, C;
static double eps;
static real x[MAX], dy[MAX], gamma_[MAX], beta[MAX];      /* given */
static wide mean[MAX], var[MAX], dgamma[MAX], dbeta[MAX]; /* found */
static real used_mean[MAX], rstd[MAX], xhat[MAX], y[MAX], dx[MAX];
static BatchNorm batch;
static double y_true[MAX], xhat_true[MAX], dx_true[MAX];

static void draw(int rows, int columns, double with_eps, double deviation, double offset, uint64_t seed)
{
    R = rows, C = columns, eps = with_eps;
    Random r = random_stream(seed, "test", 0);
    random_normal(&r, x, (size_t)(R * C));
    random_normal(&r, dy, (size_t)(R * C));
    random_normal(&r, gamma_, (size_t)C);
    random_normal(&r, beta, (size_t)C);
    for (int i = 0; i < R * C; i++)
        x[i] = (real)(offset + deviation * (double)x[i]), dy[i] += (real)0.5;
}

static void run(void)
{
    batchnorm_mean(mean, x, R, C, R);
    batchnorm_var(var, x, mean, R, C, R);
    for (int j = 0; j < C; j++)
        used_mean[j] = (real)mean[j], rstd[j] = (real)(1 / sqrt(var[j] + eps));
    batch = (BatchNorm){ R, C, x, used_mean, rstd, gamma_, beta };
    batchnorm_normalise(xhat, &batch);
    batchnorm_forward(y, &batch);
    batchnorm_backward_sums(dgamma, dbeta, dy, &batch);
    batchnorm_backward_x(dx, dy, dgamma, dbeta, R, &batch);
}

static void naive_statistics(int j, long double *m, long double *v)
{
    *m = *v = 0;
    for (int i = 0; i < R; i++)
        *m += x[i * C + j];
    *m /= R;
    for (int i = 0; i < R; i++)
        *v += (x[i * C + j] - *m) * (x[i * C + j] - *m);
    *v /= R;
}

/* d xhat_i / d x_k of column j by the quotient rule: xhat_i = (x_i - m)/s, s^2 = v + eps. */
static long double jacobian(int i, int k, int j, long double m, long double v)
{
    long double s = sqrt(v + eps), dm = 1.0L / R, dv = 0;
    for (int l = 0; l < R; l++)
        dv += 2 * (x[l * C + j] - m) * ((l == k) - dm) / R;
    return ((i == k) - dm) / s - (x[i * C + j] - m) / (s * s) * (dv / (2 * s));
}

static void naive(bool with_gradient)
{
    for (int j = 0; j < C; j++) {
        long double m, v;
        naive_statistics(j, &m, &v);
        for (int k = 0; k < R; k++) {
            long double h = (x[k * C + j] - m) / sqrt(v + eps), d = 0;
            xhat_true[k * C + j] = (double)h;
            y_true[k * C + j] = (double)(gamma_[j] * h + beta[j]);
            for (int i = 0; i < R && with_gradient; i++)
                d += dy[i * C + j] * gamma_[j] * jacobian(i, k, j, m, v);
            dx_true[k * C + j] = (double)d;
        }
    }
}

static double largest(const double *a, int n)
{
    double size = 0;
    for (int i = 0; i < n; i++)
        size = fmax(size, fabs(a[i]));
    return size;
}

/* ---- forward ---------------------------------------------------------------------------------- */

START_TEST(statistics_by_hand)
{
    const real a[] = { 1, 10, 2, 10, 3, 40, 6, 40 };
    batchnorm_mean(mean, a, 4, 2, 4);
    batchnorm_var(var, a, mean, 4, 2, 4);
    ck_assert(mean[0] == 3 && mean[1] == 25);
    ck_assert((double)var[0] == 3.5 && var[1] == 225);
}
END_TEST

static void assert_statistics(double offset, double mean_tolerance, double var_tolerance)
{
    draw(50, 70, 0, 1, offset, 1);
    run();
    for (int j = 0; j < C; j++) {
        long double m, v;
        naive_statistics(j, &m, &v);
        assert_close(mean[j], m, mean_tolerance);
        assert_close(var[j], v, var_tolerance);
    }
}

START_TEST(statistics_are_those_of_two_passes) { assert_statistics(0, TOLERANCE(3e-8, 2e-16), TOLERANCE(2e-7, 2e-15)); }
END_TEST

/* A mean near 1e4 is rounded to 5e-4 in float; the variance must not suffer from that. */
START_TEST(statistics_survive_an_offset) { assert_statistics(1e4, TOLERANCE(5e-4, 4e-12), TOLERANCE(2e-7, 4e-13)); }
END_TEST

/* Squares of features near 1e21 are no floats; their deviation is one. */
START_TEST(huge_features_are_normalised_as_others_are)
{
    real huge[8] = { 0 };
    draw(4, 2, 1e-5, 1, 0, 3);
    for (int i = 0; i < 8; i++)
        x[i] = huge[i] = (real)((i % 3 - 1) * 1e21);
    run();
    naive(true);
    ck_assert(isfinite(var[0]) && var[0] > 1e41);
    assert_all_close(y, y_true, 8, TOLERANCE(1e-6, 1e-14));
    assert_all_close(xhat, xhat_true, 8, TOLERANCE(1e-6, 1e-14));
    ck_assert(fabs((double)xhat[0]) > 0.1);
}
END_TEST

START_TEST(forward_is_the_formula)
{
    draw(40, 33, 1e-5, 3, 1, 2);
    run();
    naive(false);
    assert_all_close(xhat, xhat_true, R * C, TOLERANCE(1e-6, 2e-15));
    assert_all_close(y, y_true, R * C, TOLERANCE(3e-6, 4e-15));
}
END_TEST

/* In double 1e4 costs four digits of sixteen; in float it would leave three. */
START_TEST(forward_survives_an_offset)
{
    draw(40, 33, 1e-5, 1, 1e4, 2);
    run();
    naive(false);
    assert_all_close(y, y_true, R * C, TOLERANCE(2e-3, 1e-11));
}
END_TEST

/* ---- backward ------------------------------------------------------------------------------------ */

/* Mean 2, var 1; eps 3 makes rstd 1/2 and xhat -1/2, 1/2. dbeta/2 is 1/2, dgamma/2 is -1/4:
 * dx_1 = 2/2 (1 - 1/2 - 1/8) = 3/8. Without eps it would be 0. */
START_TEST(backward_by_hand_where_eps_matters)
{
    R = 2, C = 1, eps = 3;
    x[0] = 1, x[1] = 3, dy[0] = 1, dy[1] = 0, gamma_[0] = 2, beta[0] = 5;
    run();
    ck_assert(y[0] == 4 && y[1] == 6);
    ck_assert((double)dx[0] == 0.375 && (double)dx[1] == -0.375);
    eps = 0;
    run();
    ck_assert(y[0] == 3 && y[1] == 7 && dx[0] == 0 && dx[1] == 0);
}
END_TEST

/* xhat = -1, -1, 1, 1; dbeta = 1, dgamma = -1: dx = dy - 1/4 + xhat/4. */
START_TEST(backward_by_hand_without_eps)
{
    R = 4, C = 1, eps = 0, gamma_[0] = 1, beta[0] = 0;
    memcpy(x, (real[]){ 0, 0, 2, 2 }, 4 * sizeof *x), memcpy(dy, (real[]){ 1, 0, 0, 0 }, 4 * sizeof *dy);
    run();
    ck_assert(dgamma[0] == -1 && dbeta[0] == 1);
    assert_all_close(dx, ((double[]){ 0.5, -0.5, 0, 0 }), 4, 0);
    batchnorm_backward_x(dx, dy, dgamma, dbeta, INFINITY, &batch); /* statistics that are constants */
    assert_all_close(dx, ((double[]){ 1, 0, 0, 0 }), 4, 0);
}
END_TEST

START_TEST(backward_is_the_product_with_the_jacobian)
{
    static const struct {
        int R, C;
        double eps, deviation, offset;
    } of[] = { { 2, 3, 1e-5, 1, 0 }, { 7, 5, 1e-3, 10, 3 }, { 30, 33, 1, 0.5, -2 }, { 12, 2, 1e-5, 1e-3, 0 } };
    for (int k = 0; k < 4; k++) {
        draw(of[k].R, of[k].C, of[k].eps, of[k].deviation, of[k].offset, 4);
        run();
        naive(true);
        double size = 0; /* of the direct path: what the others are subtracted from */
        for (int i = 0; i < R * C; i++)
            size = fmax(size, fabs((double)(dy[i] * gamma_[i % C] * rstd[i % C])));
        assert_all_close(dx, dx_true, R * C, size * TOLERANCE(2e-6, 4e-15));
    }
}
END_TEST

START_TEST(the_three_paths_add_up_to_dx)
{
    static double direct[MAX], through_mean[MAX], through_var[MAX];
    draw(20, 33, 1e-3, 2, 1, 5);
    run();
    naive(true);
    batchnorm_backward_paths(&(BatchNormPaths){ direct, through_mean, through_var }, dy, &batch);
    for (int i = 0; i < R * C; i++) {
        int j = i % C;
        assert_close(direct[i] + through_mean[i] + through_var[i], dx_true[i], TOLERANCE(2e-6, 4e-15));
        assert_close(direct[i], (double)gamma_[j] * (double)dy[i] * (double)rstd[j], TOLERANCE(1e-6, 2e-15));
        assert_close(through_mean[i], -(double)gamma_[j] * (double)rstd[j] * (double)dbeta[j] / R, TOLERANCE(1e-6, 1e-15));
    }
}
END_TEST

/* dgamma = <dy, xhat>, dbeta = <dy, 1>. */
START_TEST(sums_are_those_of_the_definition)
{
    draw(30, 33, 1e-5, 1, 0, 6);
    run();
    naive(false);
    for (int j = 0; j < C; j++) {
        double along = 0, ones = 0;
        for (int i = 0; i < R; i++)
            along += (double)dy[i * C + j] * xhat_true[i * C + j], ones += (double)dy[i * C + j];
        assert_close(dgamma[j], along, TOLERANCE(3e-5, 6e-14));
        assert_close(dbeta[j], ones, TOLERANCE(1e-13, 6e-14));
    }
}
END_TEST

/* ---- the identity of the gradient's length ---------------------------------------------------------- */

typedef void ColumnCheck(int j, long double bound);

/* Calls check on every column of 200 batches of many shapes, scales and eps. */
static void for_many_batches(ColumnCheck *check)
{
    for (uint64_t k = 0; k < 200; k++) {
        Random r = random_stream(k, "shapes", 0);
        int rows = 2 + random_index(&r, 40), columns = 1 + random_index(&r, 40);
        double with_eps = pow(10, -8 * random_one(&r)), deviation = pow(10, 6 * random_one(&r) - 3);
        draw(rows, columns, with_eps, deviation, deviation * random_one(&r), k);
        run();
        for (int j = 0; j < C; j++) {
            long double m, v, bound = 0;
            naive_statistics(j, &m, &v);
            for (int i = 0; i < R; i++)
                bound += (long double)dy[i * C + j] * dy[i * C + j] * gamma_[j] * gamma_[j] / (v + eps);
            check(j, bound);
        }
    }
}

static void check_identity(int j, long double bound)
{
    static double predicted[MAX], predicted_bound[MAX];
    batchnorm_gradient_identity(predicted, predicted_bound, dy, eps, &batch);
    long double length2 = 0;
    for (int i = 0; i < R; i++)
        length2 += (long double)dx[i * C + j] * dx[i * C + j];
    assert_close(predicted_bound[j] / bound, 1, TOLERANCE(5e-7, 2e-15));
    assert_close((predicted[j] - length2) / bound, 0, TOLERANCE(3e-6, 4e-15));
    ck_assert(predicted[j] <= predicted_bound[j]);
}

START_TEST(the_length_of_dx_is_the_identity_s) { for_many_batches(check_identity); }
END_TEST

/* The identity as claims.md has it, from the definitions alone, against the Jacobian's dx. */
START_TEST(the_identity_holds_in_exact_terms)
{
    double predicted[40], bound[40];
    draw(15, 40, 1e-1, 0.5, 1, 7); /* delta = eps/s^2 is about 0.3: to leave it out would show */
    run();
    naive(true);
    batchnorm_gradient_identity(predicted, bound, dy, eps, &batch);
    for (int j = 0; j < C; j++) {
        long double m, v, length2 = 0;
        naive_statistics(j, &m, &v);
        for (int i = 0; i < R; i++)
            length2 += (long double)dx_true[i * C + j] * dx_true[i * C + j];
        ck_assert((double)(eps / (v + eps)) > 0.1);
        assert_close(predicted[j] / bound[j], length2 / bound[j], TOLERANCE(2e-6, 2e-15));
    }
}
END_TEST

static void check_ones(int j, long double bound)
{
    long double along = 0;
    for (int i = 0; i < R; i++)
        along += dx[i * C + j];
    assert_close(along / sqrt(bound * R), 0, TOLERANCE(2e-6, 4e-15));
}

START_TEST(dx_is_orthogonal_to_ones) { for_many_batches(check_ones); }
END_TEST

/* <dx, xhat> = gamma rstd delta <dy, xhat> with delta = eps/(var + eps): 0 but for eps. */
static void check_xhat(int j, long double bound)
{
    long double along = 0, of_dy = 0, m, v;
    naive_statistics(j, &m, &v);
    for (int i = 0; i < R; i++)
        along += (long double)dx[i * C + j] * xhat[i * C + j], of_dy += (long double)dy[i * C + j] * xhat[i * C + j];
    assert_close((along - gamma_[j] / sqrt(v + eps) * eps / (v + eps) * of_dy) / sqrt(bound * R), 0, TOLERANCE(3e-6, 4e-15));
}

START_TEST(dx_is_orthogonal_to_xhat_but_for_eps) { for_many_batches(check_xhat); }
END_TEST

/* ---- the layer ------------------------------------------------------------------------------------------ */

static Layer *layer_of_drawn(void)
{
    Layer *l = batchnorm_training_new(C, eps);
    memcpy(l->param[0]->value.data, gamma_, (size_t)C * sizeof(real));
    memcpy(l->param[1]->value.data, beta, (size_t)C * sizeof(real));
    return l;
}

START_TEST(it_begins_with_gamma_1_and_beta_0)
{
    Layer *l = batchnorm_training_new(5, 1e-5);
    ck_assert(l->n_param == 2 && l->n_state == 0 && layer_param_count(l) == 10);
    ck_assert_str_eq(l->param[0]->name, "gamma");
    ck_assert_str_eq(l->param[1]->name, "beta");
    for (int j = 0; j < 5; j++)
        ck_assert(l->param[0]->value.data[j] == 1 && l->param[1]->value.data[j] == 0);
    layer_free(l);
}
END_TEST

START_TEST(rank_4_is_the_matrix_of_its_rows)
{
    draw(2 * 3 * 2, 5, 1e-3, 2, 1, 8);
    naive(true);
    Shape images = { 4, { 2, 3, 2, 5 } };
    Tensor input = { images, 60, x }, upstream = { images, 60, dy };
    Layer *l = layer_of_drawn();
    const Tensor *out = layer_forward(l, &input, TRAIN);
    ck_assert(shape_equal(out->shape, images));
    assert_all_close(out->data, y_true, 60, TOLERANCE(2e-6, 4e-15));
    const Tensor *back = backward_of(l, &upstream, WITH_PARAM);
    ck_assert(shape_equal(back->shape, images));
    assert_all_close(back->data, dx_true, 60, TOLERANCE(2e-6, 4e-15));
    layer_free(l);
}
END_TEST

START_TEST(a_constant_column_gives_beta_and_finite_gradients)
{
    draw(16, 3, 1e-5, 1, 0, 9);
    for (int i = 0; i < R; i++)
        x[i * C + 1] = (real)0.1;
    Tensor input = { { 2, { R, C } }, 48, x }, upstream = { { 2, { R, C } }, 48, dy };
    Layer *l = layer_of_drawn();
    const Tensor *out = layer_forward(l, &input, TRAIN), *back = backward_of(l, &upstream, WITHOUT_PARAM);
    naive(true);
    for (int i = 0; i < R; i++)
        assert_close(out->data[i * C + 1], beta[1], TOLERANCE(1e-7, 1e-13));
    assert_all_close(back->data, dx_true, R * C, largest(dx_true, R * C) * TOLERANCE(1e-6, 1e-14));
    layer_free(l);
}
END_TEST

static void assert_checked(int rows, Shape shape, double with_eps)
{
    LayerSubject s;
    CheckRow row[3];
    int n[4] = { 0 }; /* planted, caught, without the three paths and with */
    draw(rows, shape_columns(shape), with_eps, 1, 0, 10);
    Random r = random_stream(11, "gradcheck", 0);
    Layer *l = layer_of_drawn();
    layer_subject_init(&s, l, shape, PROBE, &r);
    gradcheck(&s.subject, TOLERANCE(0.2, 1e-7), row);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(row[i].verdict == PASS, "%s: %s", row[i].tensor, verdict_name(row[i].verdict));
    Subject without = s.subject;
    without.terms = NULL;
    gradcheck_faults(&without, 1e-7, NULL, &n[0], &n[1], NULL);
    gradcheck_faults(&s.subject, 1e-7, NULL, &n[2], &n[3], stderr);
    ck_assert(n[2] == n[0] + 3 && n[3] == n[1] + 3); /* every path left out of dx is noticed */
    ck_assert(sizeof(real) == sizeof(float) || n[2] == n[3]);
    layer_subject_free(&s);
    layer_free(l);
}

START_TEST(gradients_pass_the_checker_and_every_fault_is_caught)
{
    assert_checked(6, (Shape){ 2, { 6, 4 } }, 1e-5);
    assert_checked(8, (Shape){ 4, { 2, 2, 2, 3 } }, 1e-3);
    assert_checked(32, (Shape){ 2, { 32, 2 } }, 1);
}
END_TEST

START_TEST(one_thread_and_two_give_the_same_bytes)
{
    Shape shape = { 2, { 600, 70 } };
    Tensor input = tensor_new(shape), result[2] = { tensor_new(shape), tensor_new(shape) };
    Random r = random_stream(1, "test", 0);
    random_normal(&r, input.data, tensor_size(&input));
    Layer *l = batchnorm_training_new(70, 1e-5);
    for (int k = 0; k < 2; k++) {
        threads_set(k + 1);
        tensor_copy(&result[k], layer_forward(l, &input, TRAIN));
        tensor_copy(&result[k], backward_of(l, &result[k], WITH_PARAM));
    }
    ck_assert_mem_eq(result[0].data, result[1].data, tensor_size(&input) * sizeof(real));
    layer_free(l);
    tensor_free(&input);
    tensor_free(&result[0]);
    tensor_free(&result[1]);
}
END_TEST

START_TEST(memory_settles_and_is_given_back)
{
    long blocks = memory_blocks(), calls[3];
    draw(20, 4, 1e-5, 1, 0, 1);
    Tensor input = { { 2, { R, C } }, 80, x }, upstream = { { 2, { R, C } }, 80, dy };
    Layer *l = layer_of_drawn();
    for (int k = 0; k < 3; k++) {
        layer_forward(l, &input, TRAIN);
        backward_of(l, &upstream, WITH_PARAM);
        calls[k] = memory_calls();
    }
    ck_assert_int_eq(calls[1], calls[2]);
    layer_free(l);
    ck_assert_int_eq(memory_blocks(), blocks);
}
END_TEST

static void forward_of(Shape s) { layer_forward(batchnorm_training_new(4, 1e-5), &(Tensor){ s, 8, x }, TRAIN); }

START_TEST(one_row_aborts) { forward_of((Shape){ 2, { 1, 4 } }); }
END_TEST
START_TEST(other_columns_abort) { forward_of((Shape){ 2, { 4, 2 } }); }
END_TEST

/* The coefficients of a least-squares fit of b by three columns, by Cramer's rule. */
static void fit_three(double coefficient[3], double *const column[3], const double *b, size_t n)
{
    double A[3][4] = { { 0 } };
    for (int i = 0; i < 3; i++)
        for (size_t k = 0; k < n; k++) {
            for (int j = 0; j < 3; j++)
                A[i][j] += column[i][k] * column[j][k];
            A[i][3] += column[i][k] * b[k];
        }
    for (int i = 0; i < 3; i++) /* elimination; the terms are far from dependent */
        for (int k = 0; k < 3; k++) {
            double f = k == i ? 0 : A[k][i] / A[i][i];
            for (int j = 0; j < 4; j++)
                A[k][j] -= f * A[i][j];
        }
    for (int i = 0; i < 3; i++)
        coefficient[i] = A[i][3] / A[i][i];
}

/* What the terms are for: analytic - numeric, written as a sum of them, says which is missing. */
START_TEST(a_missing_path_is_named_by_regression)
{
    enum { N = 20 * 4 };
    static double room[3][N], difference[N];
    LayerSubject s;
    Random r = random_stream(12, "terms", 0);
    draw(20, 4, 1e-3, 1, 0, 13);
    Layer *l = layer_of_drawn();
    layer_subject_init(&s, l, (Shape){ 2, { R, C } }, PROBE, &r);
    Measurement m = gradcheck_measure(&s.subject);
    Term term[MAX_TERMS] = { { .value = room[0] }, { .value = room[1] }, { .value = room[2] } };
    ck_assert_int_eq(s.subject.terms(s.subject.self, 0, term), 3);
    ck_assert_int_eq(s.subject.terms(s.subject.self, 1, term), 0);
    for (int i = 0; i < N; i++)
        assert_close(room[0][i] + room[1][i] + room[2][i], m.array[0].analytic[i], TOLERANCE(1e-5, 1e-13));
    for (int missing = 0; missing < 3; missing++) {
        double found[3];
        for (int i = 0; i < N; i++)
            difference[i] = m.array[0].analytic[i] - room[missing][i] - m.array[0].slope[i].value;
        fit_three(found, (double *const[]){ room[0], room[1], room[2] }, difference, N);
        for (int k = 0; k < 3; k++)
            ck_assert_msg(fabs(found[k] - (k == missing ? -1 : 0)) < TOLERANCE(1e-2, 1e-8), "%s missing, coefficient of %s: %g",
                          term[missing].name, term[k].name, found[k]);
    }
    measurement_free(&m);
    layer_subject_free(&s);
    layer_free(l);
}
END_TEST

/* Two rows normalise to -1 and 1, nearly: dx is epsilon's doing alone, and in float less
 * than its own rounding. What cannot be seen must not pass, whatever the other gradients of the layer are. */
START_TEST(gradient_of_two_rows_passes_only_where_it_can_be_seen)
{
    Random r = random_stream(3, "two rows", 0);
    Layer *l = batchnorm_training_new(3, 1e-5);
    LayerSubject s;
    layer_subject_init(&s, l, (Shape){ 2, { 2, 3 } }, PROBE, &r);
    Measurement m = gradcheck_measure(&s.subject);
    const double limit = TOLERANCE(1e-3, 1e-7);
    ck_assert_int_ne(gradcheck_judge("x", &m.array[0], limit).verdict, BUG);
    for (size_t i = 0; i < m.array[0].n; i++)
        m.array[0].analytic[i] *= 2;
    Verdict doubled = gradcheck_judge("x", &m.array[0], limit).verdict;
    ck_assert_msg(doubled == BUG || (sizeof(real) == sizeof(float) && doubled == INCONCLUSIVE), "%s", verdict_name(doubled));
    measurement_free(&m);
    layer_subject_free(&s);
    layer_free(l);
}
END_TEST

/* The layer's own gradient, with a part of it spoilt. */
typedef struct {
    LayerSubject right;
    Subject subject;
    int wrong;
} Spoilt;

static void spoilt_gradient(void *self)
{
    static double room[3][80];
    Spoilt *s = self;
    Term term[MAX_TERMS] = { { .value = room[0] }, { .value = room[1] }, { .value = room[2] } };
    Subject *right = &s->right.subject;
    right->gradient(right->self);
    right->terms(right->self, 0, term);
    for (size_t i = 0; i < right->array[0].n; i++)
        right->array[0].dx[i] = (real)(s->wrong == 0   ? room[0][i] + room[2][i]
                                       : s->wrong == 1 ? room[0][i] + room[1][i]
                                       : s->wrong == 2 ? room[0][i]
                                       : s->wrong == 3 ? (double)right->array[0].dx[i] / (double)gamma_[i % 4]
                                                       : (double)right->array[0].dx[i]);
    if (s->wrong == 4)
        for (int j = 0; j < 4; j++)
            right->array[2].dx[j] = s->right.u.data[19 * 4 + j];
}

static double spoilt_evaluate(void *self)
{
    return ((Spoilt *)self)->right.subject.evaluate(((Spoilt *)self)->right.subject.self);
}

static int spoilt_terms(void *self, int array, Term *term)
{
    const Subject *right = &((Spoilt *)self)->right.subject;
    return right->terms(right->self, array, term);
}

START_TEST(mistakes_of_the_backward_pass_are_named)
{
    static const char *const name[] = { "; missing: path through the mean", "; missing: path through the variance",
                                        "; missing: path through the mean and path through the variance",
                                        "the factor gamma is missing", "row 19 of dy: not summed over the rows" };
    for (int wrong = 0; wrong < 5; wrong++) {
        Spoilt s = { .wrong = wrong };
        CheckRow row[3];
        Random r = random_stream(12, "spoilt", 0);
        draw(20, 4, 1e-3, 1, 0, 13);
        Layer *l = layer_of_drawn();
        layer_subject_init(&s.right, l, (Shape){ 2, { R, C } }, PROBE, &r);
        s.subject = s.right.subject;
        s.subject.self = &s, s.subject.evaluate = spoilt_evaluate, s.subject.gradient = spoilt_gradient;
        s.subject.terms = spoilt_terms, s.subject.branches = NULL;
        ck_assert_int_eq(gradcheck(&s.subject, TOLERANCE(1e-3, 1e-8), row), BUG);
        const char *note = row[wrong == 4 ? 2 : 0].note;
        ck_assert_msg(strstr(note, name[wrong]) != NULL, "expected '%s', found '%s'", name[wrong], note);
        layer_subject_free(&s.right);
        layer_free(l);
    }
}
END_TEST

SUITE("12 batchnorm", RUNS(a_missing_path_is_named_by_regression), RUNS(mistakes_of_the_backward_pass_are_named),
      RUNS(gradient_of_two_rows_passes_only_where_it_can_be_seen), RUNS(statistics_by_hand),
      RUNS(statistics_are_those_of_two_passes), RUNS(statistics_survive_an_offset),
      RUNS(huge_features_are_normalised_as_others_are), RUNS(forward_is_the_formula), RUNS(forward_survives_an_offset),
      RUNS(backward_by_hand_without_eps), RUNS(backward_by_hand_where_eps_matters),
      RUNS(backward_is_the_product_with_the_jacobian), RUNS(the_three_paths_add_up_to_dx),
      RUNS(sums_are_those_of_the_definition), RUNS(the_length_of_dx_is_the_identity_s), RUNS(the_identity_holds_in_exact_terms),
      RUNS(dx_is_orthogonal_to_ones), RUNS(dx_is_orthogonal_to_xhat_but_for_eps), RUNS(it_begins_with_gamma_1_and_beta_0),
      RUNS(rank_4_is_the_matrix_of_its_rows), RUNS(a_constant_column_gives_beta_and_finite_gradients),
      RUNS(gradients_pass_the_checker_and_every_fault_is_caught), RUNS(one_thread_and_two_give_the_same_bytes),
      RUNS(memory_settles_and_is_given_back), ABORTS(one_row_aborts), ABORTS(other_columns_abort))
