/* Layer, group, instance and virtual batch norm, and spectral norm: by hand, against batch norm
 * where they are the same, and by the gradient checker. */
#include "23_groupnorm.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_gradcheck.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "09_network.h"
#include "12_batchnorm_layer.h"
#include "18_conv_layer.h"
#include "23_groupnorm_layer.h"
#include "23_spectral.h"
#include "23_virtualnorm.h"
#include "23_virtualnorm_layer.h"
#include "backward.h"
#include "suite.h"

#include <string.h>

static Tensor normal(Shape s, uint64_t seed)
{
    Random r = random_stream(seed, "normalizers", 0);
    Tensor x = tensor_new(s);
    random_normal(&r, x.data, tensor_size(&x));
    return x;
}

static Shape vectors(int N, int C) { return (Shape){ 2, { N, C } }; }
static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

static void draw_parameters(Layer *l, uint64_t seed)
{
    Random r = random_stream(seed, "parameters", 0);
    for (int k = 0; k < l->n_param; k++)
        random_normal(&r, l->param[k]->value.data, tensor_size(&l->param[k]->value));
}

/* ---- one example at a time ---------------------------------------------------------------- */

/* Two groups of two: 1 and 3 have mean 2 and variance 1; 10 and 6, mean 8 and variance 4. */
START_TEST(group_norm_by_hand)
{
    real x[] = { 1, 3, 10, 6 }, mean[2], rstd[2], y[4], gamma[] = { 1, 2, 3, 4 }, beta[] = { 0, 0, 0, 1 };
    groupnorm_statistics(mean, rstd, x, 1, 1, 4, 2, 0);
    assert_close(mean[0], 2, 0);
    assert_close(mean[1], 8, 0);
    assert_close(rstd[0], 1, 0);
    assert_close(rstd[1], 0.5, 0);
    groupnorm_forward(y, &(GroupNorm){ 1, 1, 4, 2, x, mean, rstd, gamma, beta });
    const real expected[] = { -1, 2, 3, -3 };
    assert_all_close(y, expected, 4, 1e-15);
}
END_TEST

/* Layer norm of vectors is batch norm of the transposed matrix; gamma and beta stay out of it. */
START_TEST(layer_norm_is_batch_norm_of_the_transpose)
{
    enum { N = 5, C = 6 };
    Tensor x = normal(vectors(N, C), 1), dy = normal(vectors(N, C), 2), xt = tensor_new(vectors(C, N)),
           dyt = tensor_new(vectors(C, N));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < C; j++)
            xt.data[j * N + i] = x.data[i * C + j], dyt.data[j * N + i] = dy.data[i * C + j];
    Layer *layer = layer_norm_new(C, 1e-5), *batch = batchnorm_training_new(N, 1e-5);
    const Tensor *y = layer_forward(layer, &x, TRAIN), *yt = layer_forward(batch, &xt, TRAIN);
    const Tensor *dx = backward_of(layer, &dy, WITH_PARAM), *dxt = backward_of(batch, &dyt, WITH_PARAM);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < C; j++) {
            assert_close(y->data[i * C + j], yt->data[j * N + i], TOLERANCE(1e-6, 1e-14));
            assert_close(dx->data[i * C + j], dxt->data[j * N + i], TOLERANCE(3e-6, 3e-14));
        }
    layer_free(layer), layer_free(batch);
    tensor_free(&x), tensor_free(&dy), tensor_free(&xt), tensor_free(&dyt);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* Instance norm of one image is batch norm of its places; group norm with one group is layer norm. */
START_TEST(ends_of_group_norm)
{
    Tensor x = normal(maps(1, 3, 4, 4), 3), dy = normal(maps(1, 3, 4, 4), 4);
    Layer *a[] = { instance_norm_new(4, 1e-5), group_norm_new(4, 1, 1e-5) };
    Layer *b[] = { batchnorm_training_new(4, 1e-5), layer_norm_new(4, 1e-5) };
    for (int k = 0; k < 2; k++) {
        draw_parameters(a[k], 5), draw_parameters(b[k], 5);
        const Tensor *y = layer_forward(a[k], &x, TRAIN), *z = layer_forward(b[k], &x, TRAIN);
        assert_all_close(y->data, z->data, tensor_size(y), TOLERANCE(2e-6, 1e-14));
        const Tensor *dx = backward_of(a[k], &dy, WITH_PARAM), *dz = backward_of(b[k], &dy, WITH_PARAM);
        assert_all_close(dx->data, dz->data, tensor_size(dx), TOLERANCE(1e-5, 1e-13));
        for (int p = 0; p < 2; p++)
            assert_all_close(a[k]->param[p]->grad.data, b[k]->param[p]->grad.data, 4, TOLERANCE(1e-5, 1e-13));
        layer_free(a[k]), layer_free(b[k]);
    }
    tensor_free(&x), tensor_free(&dy);
}
END_TEST

/* What an example becomes does not depend on who else is in the batch. */
START_TEST(batch_mates_have_no_say)
{
    Tensor x = normal(maps(4, 2, 3, 6), 6);
    Layer *l[] = { layer_norm_new(6, 1e-5), group_norm_new(6, 3, 1e-5), instance_norm_new(6, 1e-5),
                   virtual_norm_new(6, 2, 1e-5) };
    for (int k = 0; k < 4; k++) {
        real kept[36];
        memcpy(kept, layer_forward(l[k], &x, EVAL)->data + 3 * 36, sizeof kept);
        for (int i = 2 * 36; i < 3 * 36; i++)
            x.data[i] += 10; /* its neighbour, which is no reference */
        ck_assert(memcmp(kept, layer_forward(l[k], &x, TRAIN)->data + 3 * 36, sizeof kept) == 0);
        layer_free(l[k]);
    }
    tensor_free(&x);
}
END_TEST

/* ---- virtual batch norm ------------------------------------------------------------------------ */

/* The reference 0, 2 has mean 1 and variance 1; with 4 mean 2 and variance 8/3, with 1 mean 1 and variance 2/3. */
START_TEST(virtual_norm_by_hand)
{
    real x[] = { 0, 2, 4, 1 }, y[4], one = 1, zero = 0;
    wide mean[4], rstd[4];
    virtualnorm_statistics(mean, rstd, x, 4, 2, 1, 1, 0);
    virtualnorm_forward(y, &(VirtualNorm){ 4, 2, 1, 1, x, mean, rstd, &one, &zero });
    const real expected[] = { -1, 1, (real)(2 / sqrt(8.0 / 3)), 0 };
    assert_all_close(y, expected, 4, TOLERANCE(1e-6, 1e-15));
}
END_TEST

/* Among the reference alone it is batch norm. */
START_TEST(reference_alone_is_batch_norm)
{
    Tensor x = normal(maps(3, 2, 2, 3), 7), dy = normal(maps(3, 2, 2, 3), 8);
    Layer *a = virtual_norm_new(3, 3, 1e-5), *b = batchnorm_training_new(3, 1e-5);
    draw_parameters(a, 9), draw_parameters(b, 9);
    const Tensor *y = layer_forward(a, &x, TRAIN), *z = layer_forward(b, &x, TRAIN);
    assert_all_close(y->data, z->data, tensor_size(y), TOLERANCE(2e-6, 1e-14));
    const Tensor *dx = backward_of(a, &dy, WITH_PARAM), *dz = backward_of(b, &dy, WITH_PARAM);
    assert_all_close(dx->data, dz->data, tensor_size(&x), TOLERANCE(1e-5, 1e-13));
    layer_free(a), layer_free(b), tensor_free(&x), tensor_free(&dy);
}
END_TEST

START_TEST(paths_of_virtual_norm_sum_to_its_gradient)
{
    enum { N = 5, K = 2, P = 3, C = 2, SIZE = N * P * C };
    Tensor x = normal(vectors(N * P, C), 10), dy = normal(vectors(N * P, C), 11);
    wide mean[N * C], rstd[N * C], room[4 * C];
    real gamma[] = { 2, (real)-0.5 }, beta[] = { 0, 0 }, dx[SIZE];
    double path[3][SIZE];
    virtualnorm_statistics(mean, rstd, x.data, N, K, P, C, 1e-5);
    VirtualNorm n = { N, K, P, C, x.data, mean, rstd, gamma, beta };
    virtualnorm_backward_x(dx, dy.data, &n, room);
    virtualnorm_backward_paths(path[0], path[1], path[2], dy.data, &n, room);
    for (int i = 0; i < SIZE; i++)
        assert_close(dx[i], path[0][i] + path[1][i] + path[2][i], TOLERANCE(2e-6, 1e-14));
    tensor_free(&x), tensor_free(&dy);
}
END_TEST

START_TEST(network_with_reference_shows_its_own_rows)
{
    Random r = random_stream(1, "with reference", 0);
    Tensor reference = normal(vectors(4, 3), 12), x = normal(vectors(8, 3), 13), dy = normal(vectors(8, 2), 14);
    Network *n = network_new("inner", (Layer *[]){ dense_new(3, 5, INIT_PYTORCH, &r), virtual_norm_new(5, 4, 1e-5),
                                                   dense_new(5, 2, INIT_PYTORCH, &r), NULL });
    Layer *l = with_reference_new(n, &reference);
    ck_assert_int_eq(l->n_param, 6);
    real kept[2];
    const Tensor *y = layer_forward(l, &x, TRAIN);
    ck_assert(shape_equal(y->shape, vectors(8, 2)));
    memcpy(kept, y->data + 14, sizeof kept);
    x.shape.dim[0] = 1; /* the last example alone */
    memcpy(x.data, x.data + 21, 3 * sizeof(real));
    y = layer_forward(l, &x, EVAL);
    assert_all_close(y->data, kept, 2, TOLERANCE(1e-6, 1e-14));
    x.shape.dim[0] = 8;
    ck_assert_int_eq(calls_once_settled(l, &x, &dy), 0);
    layer_free(l);
    tensor_free(&reference), tensor_free(&x), tensor_free(&dy);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* ---- spectral norm ----------------------------------------------------------------------------------- */

/* diag(3, -5, 1): the largest singular value is 5, along the second axis. */
START_TEST(power_iteration_finds_the_largest)
{
    real W[] = { 3, 0, 0, 0, -5, 0, 0, 0, 1 }, u[] = { (real)0.8, (real)0.36, (real)0.48 }, v[3];
    for (int k = 0; k < 60; k++)
        power_iteration(u, v, W, 3, 3);
    assert_close(spectral_sigma(u, v, W, 3, 3), 5, TOLERANCE(1e-5, 1e-12));
    assert_close(fabs(u[1]), 1, TOLERANCE(1e-6, 1e-12));
    assert_close(u[1] + v[1], 0, TOLERANCE(1e-6, 1e-12));
}
END_TEST

/* After some steps no vector is lengthened, and one is hardly shortened. */
START_TEST(spectral_layer_lengthens_nothing)
{
    Random r = random_stream(2, "spectral", 0);
    Layer *l = dense_new(7, 5, INIT_PYTORCH, &r);
    random_normal(&r, l->param[0]->value.data, 35);
    spectral_norm(l, 0, 200, &r);
    tensor_fill(&l->param[1]->value, 0);
    Tensor x = normal(vectors(500, 7), 15);
    const Tensor *y = layer_forward(l, &x, TRAIN);
    double most = 0;
    for (int i = 0; i < 500; i++) {
        double xx = 0, yy = 0;
        for (int j = 0; j < 7; j++)
            xx += pow((double)x.data[i * 7 + j], 2);
        for (int j = 0; j < 5; j++)
            yy += pow((double)y->data[i * 5 + j], 2);
        most = fmax(most, sqrt(yy / xx));
    }
    ck_assert(most <= 1 + 1e-5 && most > 0.8);
    layer_free(l), tensor_free(&x);
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* Twice the weights are the same layer; PROBE leaves u alone, TRAIN does not. */
START_TEST(spectral_norm_forgets_the_scale_and_probe_leaves_no_trace)
{
    Random r = random_stream(3, "spectral", 0);
    Layer *l = conv_new(2, 3, 3, 1, PAD_KERAS, INIT_GLOROT, &r);
    spectral_norm(l, 0, 1, &r);
    Tensor x = normal(maps(2, 3, 4, 2), 16), first = { 0 };
    tensor_fill(&l->param[1]->value, 0);
    tensor_copy(&first, layer_forward(l, &x, PROBE));
    const Tensor *y = layer_forward(l, &x, PROBE);
    assert_all_close(y->data, first.data, tensor_size(&first), 0);
    for (size_t i = 0; i < tensor_size(&l->param[0]->value); i++)
        l->param[0]->value.data[i] *= 2;
    y = layer_forward(l, &x, EVAL);
    assert_all_close(y->data, first.data, tensor_size(&first), TOLERANCE(1e-6, 1e-14));
    layer_forward(l, &x, TRAIN);
    y = layer_forward(l, &x, PROBE);
    ck_assert(memcmp(y->data, first.data, tensor_size(y) * sizeof(real)) != 0);
    layer_free(l), tensor_free(&x), tensor_free(&first);
}
END_TEST

/* ---- the gradients ------------------------------------------------------------------------------------ */

static Layer *spectral_dense(void)
{
    Random r = random_stream(4, "spectral", 0);
    Layer *l = dense_new(4, 3, INIT_PYTORCH, &r);
    spectral_norm(l, 0, 3, &r);
    return l;
}

static void expect_gradient(Layer *l, Shape x)
{
    Random r = random_stream(5, "gradient", 0);
    LayerSubject s;
    CheckRow row[8];
    draw_parameters(l, 6);
    layer_subject_init(&s, l, x, PROBE, &r);
    ck_assert_int_eq(gradcheck(&s.subject, TOLERANCE(1e-2, 1e-7), row), PASS);
    Breach b = layer_contract(&s);
    ck_assert_msg(b.contract == KEPT, "%s", b.text);
    layer_subject_free(&s);
    layer_free(l);
}

START_TEST(gradients_are_right)
{
    expect_gradient(layer_norm_new(6, 1e-5), vectors(5, 6));
    expect_gradient(layer_norm_new(4, 1e-3), maps(2, 2, 3, 4));
    expect_gradient(group_norm_new(6, 3, 1e-5), maps(2, 3, 1, 6));
    expect_gradient(instance_norm_new(3, 1e-5), maps(2, 2, 3, 3));
    expect_gradient(virtual_norm_new(4, 3, 1e-5), vectors(6, 4));
    expect_gradient(virtual_norm_new(2, 2, 1e-5), maps(4, 2, 2, 2));
    expect_gradient(spectral_dense(), vectors(5, 4));
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* A path that somebody forgets is called by its name. */
static void without_a_path(Layer *l, Shape x, int path, const char *words)
{
    Random r = random_stream(7, "missing", 0);
    LayerSubject s;
    layer_subject_init(&s, l, x, PROBE, &r);
    Measurement m = gradcheck_measure(&s.subject);
    double *room = memory_get(4 * m.array[0].n * sizeof *room);
    Term term[MAX_TERMS];
    CheckRow row[8];
    for (size_t k = 0; k < MAX_TERMS; k++)
        term[k].value = room + k * m.array[0].n;
    ck_assert_int_eq(s.subject.terms(s.subject.self, 0, term), 3);
    for (size_t i = 0; i < m.array[0].n; i++)
        m.array[0].analytic[i] -= term[path].value[i];
    ck_assert_int_eq(gradcheck_rows(&s.subject, &m, TOLERANCE(1e-2, 1e-7), row), BUG);
    ck_assert_msg(strstr(row[0].note, words), "said '%s'", row[0].note);
    memory_release(room), measurement_free(&m), layer_subject_free(&s), layer_free(l);
}

START_TEST(missing_paths_have_names)
{
    without_a_path(layer_norm_new(6, 1e-5), vectors(5, 6), 1, "missing: path through the mean");
    without_a_path(group_norm_new(6, 2, 1e-5), maps(2, 2, 2, 6), 2, "missing: path through the variance");
    without_a_path(virtual_norm_new(4, 3, 1e-5), vectors(7, 4), 1, "missing: path through the mean");
    without_a_path(virtual_norm_new(2, 2, 1e-5), maps(4, 2, 2, 2), 2, "missing: path through the variance");
}
END_TEST

/* ---- the contract's other half --------------------------------------------------------------------------- */

static void stop(int which)
{
    Tensor x = tensor_new(vectors(3, 4));
    tensor_fill(&x, 1);
    Random r = random_stream(1, "stop", 0);
    ignore_leaks();
    switch (which) {
    case 0: group_norm_new(4, 3, 1e-5); break;
    case 1: layer_norm_new(4, 0); break;
    case 2: layer_forward(instance_norm_new(4, 1e-5), &x, TRAIN); break;
    case 3: layer_forward(layer_norm_new(5, 1e-5), &x, TRAIN); break;
    case 4: virtual_norm_new(4, 1, 1e-5); break;
    case 5: layer_forward(virtual_norm_new(4, 5, 1e-5), &x, TRAIN); break;
    case 6: spectral_norm(dense_new(2, 2, INIT_PYTORCH, &r), 0, 0, &r); break;
    }
    _exit(0);
}

/* clang-format off */
#define STOPS(which) START_TEST(stops_##which) { stop(which); } END_TEST
STOPS(0) STOPS(1) STOPS(2) STOPS(3) STOPS(4) STOPS(5) STOPS(6)
    /* clang-format on */

    SUITE("23 normalizers", RUNS(group_norm_by_hand), RUNS(layer_norm_is_batch_norm_of_the_transpose), RUNS(ends_of_group_norm),
          RUNS(batch_mates_have_no_say), RUNS(virtual_norm_by_hand), RUNS(reference_alone_is_batch_norm),
          RUNS(paths_of_virtual_norm_sum_to_its_gradient), RUNS(network_with_reference_shows_its_own_rows),
          RUNS(power_iteration_finds_the_largest), RUNS(spectral_layer_lengthens_nothing),
          RUNS(spectral_norm_forgets_the_scale_and_probe_leaves_no_trace), RUNS(gradients_are_right),
          RUNS(missing_paths_have_names), ABORTS(stops_0), ABORTS(stops_1), ABORTS(stops_2), ABORTS(stops_3), ABORTS(stops_4),
          ABORTS(stops_5), ABORTS(stops_6))
