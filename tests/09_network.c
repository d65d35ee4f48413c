#include "09_network.h"
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
#include "08_optimizer.h"
#include "09_network_subject.h"
#include "09_summary.h"
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
    return t;
}

/* 4 -> 6 -> 3, LeakyReLU(0.25) between. */
static Network *small_network(void)
{
    Random r = random_stream(1, "weights", 0);
    return network_new("small", (Layer *[]){ dense_new(4, 6, INIT_PYTORCH, &r), leaky_relu_new(0.25),
                                             dense_new(6, 3, INIT_PYTORCH, &r), NULL });
}

/* What most tests use: a network, an input, an upstream gradient. */
static Network *n;
static Tensor x, dy;

static void begin(void)
{
    n = small_network();
    x = normal_tensor(matrix(5, 4), 2);
    dy = normal_tensor(matrix(5, 3), 3);
}

static void end(void)
{
    network_free(n);
    tensor_free(&x);
    tensor_free(&dy);
}

/* The same function, from the network's own numbers, in long double. */
static void naive_forward(double *y)
{
    const real *W = n->base.param[0]->value.data, *b = n->base.param[1]->value.data;
    const real *V = n->base.param[2]->value.data, *c = n->base.param[3]->value.data;
    for (int i = 0; i < x.shape.dim[0]; i++)
        for (int k = 0; k < 3; k++) {
            long double out = c[k];
            for (int j = 0; j < 6; j++) {
                long double h = b[j];
                for (int p = 0; p < 4; p++)
                    h += (long double)x.data[4 * i + p] * W[6 * p + j];
                out += (h > 0 ? h : 0.25L * h) * V[3 * j + k];
            }
            y[3 * i + k] = (double)out;
        }
}

/* A layer that adds 1, and counts its forwards in a state. */
static Shape plus_shape(const Layer *l, Shape x) { return (void)l, x; }

static const Tensor *plus_forward(Layer *l, const Tensor *x, Mode mode)
{
    (void)mode;
    tensor_copy(&l->y, x);
    for (size_t i = 0; i < tensor_size(x); i++)
        l->y.data[i] += 1;
    l->state[0]->value.data[0] += 1;
    return &l->y;
}

static void plus_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    (void)l, (void)want;
    if (dx)
        tensor_copy(dx, dy);
}

static const LayerOps plus_ops = {
    .name = "PlusOne", .output_shape = plus_shape, .forward = plus_forward, .backward = plus_backward
};

static Layer *plus_new(void)
{
    Layer *l = layer_new(&plus_ops, sizeof *l, 0, 1);
    tensor_fill(&layer_state(l, 0, "count", (Shape){ 1, { 1 } })->value, 0);
    return l;
}

static void assert_gradients(const Subject *s)
{
    CheckRow row[8];
    gradcheck(s, TOLERANCE(5e-2, 1e-8), row);
    for (int i = 0; i < s->n_array; i++)
        ck_assert_msg(row[i].verdict == PASS, "%s: %s, error %g", row[i].tensor, verdict_name(row[i].verdict), row[i].error);
    int planted = 0, caught = 0;
    if (sizeof(real) == sizeof(double)) {
        gradcheck_faults(s, 1e-8, NULL, &planted, &caught, stderr);
        ck_assert_int_gt(planted, 0);
    }
    ck_assert_int_eq(planted, caught);
}

/* What the summary prints. */
static const char *summary(const Network *of, Shape example)
{
    static char text[2000];
    FILE *file = tmpfile();
    network_summary_print(file, of, example);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* ---- forward and backward ------------------------------------------------------------------ */

START_TEST(forward_is_the_composition)
{
    double expected[15];
    begin();
    naive_forward(expected);
    const Tensor *y = network_forward(n, &x, TRAIN);
    ck_assert(shape_equal(y->shape, matrix(5, 3)));
    assert_all_close(y->data, expected, 15, TOLERANCE(1e-6, 2e-15));
    end();
}
END_TEST

START_TEST(backward_is_the_layers_called_by_hand)
{
    begin();
    Network *twin = small_network();
    Layer **l = twin->layer;
    layer_forward(l[2], layer_forward(l[1], layer_forward(l[0], &x, TRAIN), TRAIN), TRAIN);
    const Tensor *d = backward_of(l[2], &dy, WITH_PARAM);
    d = backward_of(l[0], backward_of(l[1], d, WITH_PARAM), WITH_PARAM);
    network_forward(n, &x, TRAIN);
    const Tensor *dx = backward_of(&n->base, &dy, WITH_PARAM);
    ck_assert(shape_equal(dx->shape, x.shape));
    assert_all_close(dx->data, d->data, 20, 0);
    for (int k = 0; k < 4; k++)
        assert_all_close(n->base.param[k]->grad.data, twin->base.param[k]->grad.data, tensor_size(&n->base.param[k]->grad), 0);
    network_free(twin);
    end();
}
END_TEST

START_TEST(every_gradient_passes_the_checker)
{
    Random r = random_stream(4, "gradcheck", 0);
    LayerSubject s;
    begin();
    network_subject_init(&s, n, matrix(5, 4), PROBE, &r);
    assert_gradients(&s.subject);
    layer_subject_free(&s);
    end();
}
END_TEST

START_TEST(subject_names_and_groups_follow_the_layers)
{
    const char *name[] = { "x", "0.weight", "0.bias", "2.weight", "2.bias" };
    const int group[] = { -1, 0, 0, 2, 2 };
    Random r = random_stream(4, "gradcheck", 0);
    LayerSubject s;
    begin();
    network_subject_init(&s, n, matrix(5, 4), PROBE, &r);
    ck_assert_int_eq(s.subject.n_array, 5);
    for (int i = 0; i < 5; i++) {
        ck_assert_str_eq(s.subject.array[i].name, name[i]);
        ck_assert_int_eq(s.subject.array[i].group, group[i]);
    }
    layer_subject_free(&s);
    end();
}
END_TEST

START_TEST(wanting_only_dx_leaves_parameter_gradients_alone)
{
    begin();
    network_forward(n, &x, TRAIN);
    backward_of(&n->base, &dy, WITHOUT_PARAM);
    ck_assert(gradient_norm(n->base.param, n->base.n_param) == 0);
    end();
}
END_TEST

START_TEST(not_wanting_dx_gives_none_but_every_parameter_its_gradient)
{
    begin();
    network_forward(n, &x, TRAIN);
    network_backward(n, &dy, NULL, WITH_PARAM);
    for (int k = 0; k < 4; k++)
        ck_assert(gradient_norm(n->base.param + k, 1) > 0);
    end();
}
END_TEST

START_TEST(gradients_accumulate)
{
    double norm[2];
    begin();
    for (int i = 0; i < 2; i++) {
        network_forward(n, &x, TRAIN);
        network_backward(n, &dy, NULL, WITH_PARAM);
        norm[i] = gradient_norm(n->base.param, 4);
    }
    assert_close(norm[1] / norm[0], 2, TOLERANCE(1e-6, 1e-14));
    end();
}
END_TEST

START_TEST(branches_tell_which_side_of_a_kink)
{
    Network *kink = network_new("kink", (Layer *[]){ relu_new(), NULL });
    real value[][2] = { { 1, -1 }, { 3, -2 }, { 3, 2 } };
    uint64_t branches[3];
    for (int i = 0; i < 3; i++) {
        Tensor input = { matrix(1, 2), 2, value[i] };
        network_forward(kink, &input, TRAIN);
        branches[i] = layer_branches(&kink->base);
    }
    ck_assert(branches[0] == branches[1] && branches[1] != branches[2]);
    network_free(kink);
}
END_TEST

/* The second ReLU sees 1 whatever x is: what the first one did must show nevertheless. */
START_TEST(branches_are_those_of_every_layer)
{
    Random r = random_stream(1, "dense", 0);
    Network *n = network_new("two", (Layer *[]){ relu_new(), dense_new(1, 1, INIT_PYTORCH, &r), relu_new(), NULL });
    tensor_fill(&n->base.param[0]->value, 0), tensor_fill(&n->base.param[1]->value, 1);
    uint64_t branches[2];
    for (int i = 0; i < 2; i++) {
        Tensor input = { matrix(1, 1), 1, (real[]){ (real)(i == 0 ? 1 : -1) } };
        network_forward(n, &input, TRAIN);
        branches[i] = layer_branches(&n->base);
    }
    ck_assert(branches[0] != branches[1]);
    network_free(n);
}
END_TEST

/* ---- its lists ------------------------------------------------------------------------------- */

START_TEST(parameters_and_states_are_the_layers_own_in_order)
{
    Random r = random_stream(1, "weights", 0);
    Layer *a = plus_new(), *b = dense_new(2, 3, INIT_HE, &r), *c = plus_new(), *d = dense_new(3, 1, INIT_HE, &r);
    Network *mixed = network_new("mixed", (Layer *[]){ a, b, c, d, NULL });
    Param *expected[] = { b->param[0], b->param[1], d->param[0], d->param[1] };
    ck_assert_int_eq(mixed->base.n_param, 4);
    for (int k = 0; k < 4; k++)
        ck_assert_ptr_eq(mixed->base.param[k], expected[k]);
    ck_assert_int_eq(mixed->base.n_state, 2);
    ck_assert_ptr_eq(mixed->base.state[0], a->state[0]);
    ck_assert_ptr_eq(mixed->base.state[1], c->state[0]);
    network_free(mixed);
}
END_TEST

START_TEST(removing_the_first_layer_moves_the_lists_up)
{
    begin();
    Layer *relu = n->layer[1], *second = n->layer[2];
    network_remove(n, 0);
    ck_assert(n->n_layer == 2 && n->layer[0] == relu && n->layer[1] == second);
    ck_assert_int_eq(n->base.n_param, 2);
    ck_assert_ptr_eq(n->base.param[0], second->param[0]);
    ck_assert_ptr_eq(n->base.param[1], second->param[1]);
    end();
}
END_TEST

START_TEST(removing_beyond_the_end_aborts)
{
    begin();
    network_remove(n, 3);
}
END_TEST

START_TEST(backward_after_removing_aborts)
{
    begin();
    network_forward(n, &x, TRAIN);
    network_remove(n, 1);
    network_backward(n, &dy, NULL, WITH_PARAM);
}
END_TEST

/* ---- the summary ------------------------------------------------------------------------------- */

START_TEST(summary_holds_shapes_and_totals)
{
    begin();
    ck_assert_str_eq(summary(n, (Shape){ 1, { 4 } }), "small\n"
                                                      "  layer            output             parameters\n"
                                                      "  (input)          Nx4             \n"
                                                      "  Dense            Nx6                        30\n"
                                                      "  LeakyReLU        Nx6                         0\n"
                                                      "  Dense            Nx3                        21\n"
                                                      "  trainable parameters 51; running statistics, not trainable: 0\n");
    end();
}
END_TEST

START_TEST(summary_of_images_counts_states_apart)
{
    Random r = random_stream(1, "weights", 0);
    Network *mixed = network_new("mixed", (Layer *[]){ plus_new(), dense_new(12, 2, INIT_HE, &r), plus_new(), NULL });
    const char *text = summary(mixed, (Shape){ 3, { 3, 2, 2 } });
    ck_assert_ptr_nonnull(strstr(text, "(input)          Nx3x2x2"));
    ck_assert_ptr_nonnull(strstr(text, "PlusOne          Nx3x2x2                     0\n"));
    ck_assert_ptr_nonnull(strstr(text, "trainable parameters 26; running statistics, not trainable: 2\n"));
    network_free(mixed);
}
END_TEST

/* ---- what is not finite --------------------------------------------------------------------------- */

START_TEST(nothing_is_not_finite_before_and_after_a_clean_forward)
{
    begin();
    ck_assert_int_eq(network_first_not_finite(n), -1);
    network_forward(n, &x, TRAIN);
    ck_assert_int_eq(network_first_not_finite(n), -1);
    end();
}
END_TEST

START_TEST(first_not_finite_is_the_layer_where_it_begins)
{
    begin();
    n->base.param[3]->value.data[1] = INFINITY;
    network_forward(n, &x, TRAIN);
    ck_assert_int_eq(network_first_not_finite(n), 2);
    n->base.param[0]->value.data[23] = NAN;
    network_forward(n, &x, TRAIN);
    ck_assert_int_eq(network_first_not_finite(n), 0);
    end();
}
END_TEST

START_TEST(first_not_finite_sees_into_a_network_inside)
{
    begin();
    n->base.param[3]->value.data[1] = NAN;
    n = network_new("outer", (Layer *[]){ plus_new(), &n->base, NULL });
    network_forward(n, &x, TRAIN);
    ck_assert_int_eq(network_first_not_finite(n), 1);
    end();
}
END_TEST

/* ---- a network inside a network, and memory ------------------------------------------------------------ */

START_TEST(a_network_inside_a_network_is_the_flat_one)
{
    begin();
    Network *inner = small_network(), *outer = network_new("outer", (Layer *[]){ &inner->base, NULL });
    const Tensor *y = network_forward(n, &x, TRAIN), *z = network_forward(outer, &x, TRAIN);
    assert_all_close(z->data, y->data, 15, 0);
    const Tensor *dx = backward_of(&n->base, &dy, WITH_PARAM);
    const Tensor *outer_dx = backward_of(&outer->base, &dy, WITH_PARAM);
    assert_all_close(outer_dx->data, dx->data, 20, 0);
    ck_assert_int_eq(outer->base.n_param, 4);
    for (int k = 0; k < 4; k++)
        assert_all_close(outer->base.param[k]->grad.data, n->base.param[k]->grad.data, tensor_size(&n->base.param[k]->grad), 0);
    network_free(outer);
    end();
}
END_TEST

START_TEST(after_the_second_step_nothing_is_allocated)
{
    begin();
    Optimizer adam = adam_new(&n->base, adam_pytorch(1e-3, 0.9));
    long calls = 0;
    for (int step = 0; step < 5; step++) {
        network_forward(n, &x, TRAIN);
        backward_of(&n->base, &dy, WITH_PARAM);
        optimizer_step(&adam);
        if (step == 1)
            calls = memory_calls();
    }
    ck_assert_int_eq(memory_calls(), calls);
    optimizer_free(&adam);
    end();
}
END_TEST

START_TEST(freeing_gives_every_block_back)
{
    long before = memory_blocks();
    begin();
    n = network_new("outer", (Layer *[]){ &n->base, plus_new(), NULL });
    network_forward(n, &x, TRAIN);
    backward_of(&n->base, &dy, WITH_PARAM);
    network_remove(n, 1);
    end();
    network_free(NULL);
    ck_assert_int_eq(memory_blocks(), before);
}
END_TEST

/* Between its layers a network keeps two gradients, whatever its depth. */
START_TEST(gradients_between_layers_take_turns)
{
    enum { DEPTH = 6, WIDE = 50, ROWS = 40 };
    Layer *list[DEPTH + 1] = { NULL }, *twin[DEPTH + 1] = { NULL };
    Random a = random_stream(1, "weights", 0), b = a, r = random_stream(1, "x", 0);
    for (int i = 0; i < DEPTH; i++) {
        list[i] = i % 2 ? tanh_new() : dense_new(WIDE, WIDE, INIT_PYTORCH, &a);
        twin[i] = i % 2 ? tanh_new() : dense_new(WIDE, WIDE, INIT_PYTORCH, &b);
    }
    Network *n = network_new("deep", list);
    Tensor x = tensor_new((Shape){ 2, { ROWS, WIDE } }), u = tensor_new(x.shape);
    random_normal(&r, x.data, tensor_size(&x)), random_normal(&r, u.data, tensor_size(&u));
    const Tensor *y = &x, *dx = &u;
    for (int i = 0; i < DEPTH; i++)
        y = layer_forward(twin[i], y, TRAIN);
    for (int i = DEPTH - 1; i >= 0; i--)
        dx = backward_of(twin[i], dx, WITH_PARAM);
    network_forward(n, &x, TRAIN);
    const Tensor *found = backward_of(&n->base, &u, WITH_PARAM);
    assert_all_close(found->data, dx->data, tensor_size(&x), 0);
    for (int i = 0; i < DEPTH; i++) {
        for (int k = 0; k < twin[i]->n_param; k++)
            assert_all_close(list[i]->param[k]->grad.data, twin[i]->param[k]->grad.data, tensor_size(&twin[i]->param[k]->grad),
                             0);
        layer_free(twin[i]);
    }
    tensor_free(&x), tensor_free(&u);
    network_free(n);
}
END_TEST

SUITE("09 network", RUNS(gradients_between_layers_take_turns), RUNS(forward_is_the_composition),
      RUNS(backward_is_the_layers_called_by_hand), RUNS(every_gradient_passes_the_checker),
      RUNS(subject_names_and_groups_follow_the_layers), RUNS(wanting_only_dx_leaves_parameter_gradients_alone),
      RUNS(not_wanting_dx_gives_none_but_every_parameter_its_gradient), RUNS(gradients_accumulate),
      RUNS(branches_tell_which_side_of_a_kink), RUNS(branches_are_those_of_every_layer),
      RUNS(parameters_and_states_are_the_layers_own_in_order), RUNS(removing_the_first_layer_moves_the_lists_up),
      ABORTS(removing_beyond_the_end_aborts), ABORTS(backward_after_removing_aborts), RUNS(summary_holds_shapes_and_totals),
      RUNS(summary_of_images_counts_states_apart), RUNS(nothing_is_not_finite_before_and_after_a_clean_forward),
      RUNS(first_not_finite_is_the_layer_where_it_begins), RUNS(first_not_finite_sees_into_a_network_inside),
      RUNS(a_network_inside_a_network_is_the_flat_one), RUNS(after_the_second_step_nothing_is_allocated),
      RUNS(freeing_gives_every_block_back))
