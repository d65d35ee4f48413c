/* Maxout: by hand, the piece that wins, and its gradient. */
#include "24_maxout.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_gradcheck.h"
#include "04_layer.h"
#include "04_subject.h"
#include "suite.h"

START_TEST(largest_piece_by_hand)
{
    const real x[] = { 1, 3, 2, /**/ -5, -7, -5 };
    real y[2], won[6], dx[6], dy[] = { 10, 20 };
    maxout_forward(y, won, x, 2, 3);
    const real expected_y[] = { 3, -5 }, expected_won[] = { 0, 1, 0, 1, 0, 0 }, expected_dx[] = { 0, 10, 0, 20, 0, 0 };
    maxout_backward(dx, dy, won, 2, 3);
    for (int i = 0; i < 2; i++)
        assert_close(y[i], expected_y[i], 0);
    for (int i = 0; i < 6; i++) {
        assert_close(won[i], expected_won[i], 0);
        assert_close(dx[i], expected_dx[i], 0);
    }
}
END_TEST

/* One piece is the identity; with more there are kinks, where two of them are equal. */
START_TEST(gradient_is_right)
{
    const int pieces[] = { 1, 2, 5 };
    for (int k = 0; k < 3; k++) {
        Random r = random_stream(3, "maxout", (uint64_t)k);
        Layer *l = maxout_new(pieces[k]);
        LayerSubject s;
        CheckRow row[2];
        layer_subject_init(&s, l, (Shape){ 2, { 4, 3 * pieces[k] } }, PROBE, &r);
        ck_assert_int_eq(gradcheck(&s.subject, TOLERANCE(1e-2, 1e-7), row), PASS);
        Breach b = layer_contract(&s);
        ck_assert_msg(b.contract == KEPT, "%s", b.text);
        layer_subject_free(&s), layer_free(l);
    }
    ck_assert_int_eq(memory_blocks(), 0);
}
END_TEST

/* The hash tells which piece won, and nothing of how clearly. */
START_TEST(branches_are_the_pieces_that_won)
{
    Layer *l = maxout_new(2);
    Tensor x = tensor_new((Shape){ 2, { 1, 4 } });
    const real first[] = { 1, 2, 4, 3 }, clearer[] = { 0, 9, 8, 3 }, other[] = { 1, 2, 3, 4 };
    uint64_t hash[3];
    const real *values[] = { first, clearer, other };
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 4; i++)
            x.data[i] = values[k][i];
        layer_forward(l, &x, PROBE);
        hash[k] = layer_branches(l);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
    ck_assert_uint_ne(hash[0], hash[2]);
    tensor_free(&x), layer_free(l);
}
END_TEST

START_TEST(nan_wins)
{
    const real x[] = { 1, NAN, 2 };
    real y, won[3];
    maxout_forward(&y, won, x, 1, 3);
    ck_assert(isnan(y));
}
END_TEST

START_TEST(stops_where_units_do_not_fit)
{
    Tensor x = tensor_new((Shape){ 2, { 2, 7 } });
    ignore_leaks();
    layer_forward(maxout_new(5), &x, TRAIN);
    _exit(0);
}
END_TEST

SUITE("24 maxout", RUNS(largest_piece_by_hand), RUNS(gradient_is_right), RUNS(branches_are_the_pieces_that_won), RUNS(nan_wins),
      ABORTS(stops_where_units_do_not_fit))
