/* The namer: each mistake planted in a right gradient, and what it is called. */
#include "03_naming.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_gradcheck.h"
#include "03_measure.h"
#include "03_slope.h"
#include "03_subject.h"
#include "suite.h"

#include <string.h>

/* What the checker found: a numeric gradient t, known to a part in 10^9, and beside it whatever a test makes of it. */
enum { MOST = 240 };

typedef struct {
    real x[MOST], gamma[8];
    double a[MOST], t[MOST], noise[MOST], value[3][MOST];
    Slope slope[MOST];
    MeasuredArray m;
    CheckArray array[2];
    Tensor upstream;
    real u[MOST];
    Subject subject;
    char text[NOTE_TEXT];
} Found;

static Found f;

static int terms(void *self, int array, Term *term)
{
    static const char *const name[] = { "direct", "mean", "variance" };
    (void)self;
    for (int k = 0; k < 3; k++) {
        term[k].name = name[k];
        memcpy(term[k].value, f.value[k], f.m.n * sizeof(double));
    }
    return array == 0 ? 3 : 0;
}

static void begin(Shape shape)
{
    Random r = random_stream(7, "naming", (uint64_t)shape.rank);
    f = (Found){ .array = { { "x", f.x, NULL, shape_size(shape), shape, 0 }, { "gamma", f.gamma, NULL, 0, { 0 }, 0 } } };
    f.m = (MeasuredArray){ shape_size(shape), f.a, f.noise, f.slope, 1 };
    f.array[1].n = (size_t)shape_columns(shape);
    f.subject = (Subject){ .array = f.array, .n_array = 2 };
    random_normal(&r, f.x, f.m.n);
    random_normal(&r, f.gamma, f.array[1].n);
    random_normal(&r, f.u, MOST);
    for (size_t i = 0; i < f.m.n; i++) {
        f.t[i] = f.a[i] = 2 * random_one(&r) - 1;
        f.slope[i] = (Slope){ f.t[i] * (1 + 1e-9 * (random_one(&r) - 0.5)), 1e-9, 0 };
    }
}

static void expect(const char *words)
{
    bool found = bug_name(f.text, &f.subject, 0, &f.m);
    ck_assert_msg(found == (words[0] != 0) && strstr(f.text, words) != NULL, "expected '%s', found '%s'", words, f.text);
    ck_assert(found || f.text[0] == 0);
    ck_assert_int_eq(memory_blocks(), 0);
}

#define EACH(i) for (size_t i = 0; i < f.m.n; i++)

static void expect_factor(double factor, const char *words)
{
    begin((Shape){ 2, { 6, 4 } });
    EACH(i) f.a[i] = factor * f.t[i];
    expect(words);
}

START_TEST(factors_have_names)
{
    expect_factor(0, "0 everywhere");
    expect_factor(-1, "the sign is turned");
    expect_factor(2, "twice the gradient");
    expect_factor(0.5, "half the gradient");
    expect_factor(6.0 / 5, "too large by m/(m-1), m = 6");
    expect_factor(5.0 / 6, "too small by (m-1)/m");
    expect_factor(6, "m = 6 times the gradient");
    expect_factor(1 / 6.0, "1/m of the gradient");
    expect_factor(1.001, "1.001 times the gradient");
}
END_TEST

START_TEST(what_is_no_number_is_said_first)
{
    begin((Shape){ 2, { 6, 4 } });
    f.a[7] = NAN, f.a[9] = INFINITY;
    expect("2 of 24 elements are NaN or infinite, from element 7 on");
}
END_TEST

START_TEST(mean_over_the_batch_is_told_from_one_over_the_rows)
{
    begin((Shape){ 4, { 3, 2, 2, 4 } });
    EACH(i) f.a[i] = f.t[i] / 3;
    expect("N = 3: a mean over the batch for its sum");
    EACH(i) f.a[i] = f.t[i] * 12;
    expect("m = 12 times the gradient");
}
END_TEST

START_TEST(terms_are_named)
{
    begin((Shape){ 2, { 6, 4 } });
    Random r = random_stream(8, "terms", 0);
    f.subject.terms = terms;
    EACH(i)
    {
        f.value[0][i] = 2 * random_one(&r) - 1, f.value[1][i] = 2 * random_one(&r) - 1;
        f.value[2][i] = f.t[i] - f.value[0][i] - f.value[1][i];
    }
    EACH(i) f.a[i] = f.t[i] - f.value[1][i];
    expect("dx = 1.00 direct + 0.00 mean + 1.00 variance; missing: mean");
    EACH(i) f.a[i] = f.t[i] - 2 * f.value[2][i];
    expect("; the sign is turned: variance");
    EACH(i) f.a[i] = f.value[0][i];
    expect("1.00 direct + 0.00 mean + 0.00 variance; missing: mean and variance");
    EACH(i) f.a[i] = f.t[i] + 0.2 * (f.value[1][i] + f.value[2][i]);
    expect("1.20 mean + 1.20 variance; too large by m/(m-1), m = 6: m - 1 stands for m: mean and variance");
}
END_TEST

START_TEST(one_element_row_or_column_is_found)
{
    begin((Shape){ 2, { 6, 4 } });
    f.a[13] = 0;
    expect("element 13 alone is wrong: it is 0");
    f.a[13] = -f.t[13];
    expect("element 13 alone is wrong: the sign is turned");
    f.a[12] = f.a[13] = f.a[14] = f.a[15] = 0;
    expect("row 3 alone is wrong: it is 0");
    begin((Shape){ 2, { 6, 4 } });
    for (size_t i = 2; i < 24; i += 4)
        f.a[i] *= 2;
    expect("column 2 alone is wrong: twice");
}
END_TEST

START_TEST(factors_of_the_columns_are_found)
{
    begin((Shape){ 2, { 6, 4 } });
    EACH(i) f.a[i] = f.t[i] * (double)f.gamma[i % 4];
    expect("a factor gamma too much in every column");
    EACH(i) f.a[i] = f.t[i] / (double)f.gamma[i % 4];
    expect("the factor gamma is missing");
    EACH(i) f.a[i] = f.t[i] * (double)(1 + i % 4);
    expect("every column has a factor of its own");
    for (int power = -2; power <= 2; power++) {
        static const char *const words[] = { "a factor 1/variance too much", "too much in every column: squared", "",
                                             "rstd, 1/(standard deviation), is missing", "the factor 1/variance is missing" };
        EACH(i)
        {
            double mean = 0, square = 0;
            for (size_t k = i % 4; k < 24; k += 4)
                mean += (double)f.x[k] / 6;
            for (size_t k = i % 4; k < 24; k += 4)
                square += ((double)f.x[k] - mean) * ((double)f.x[k] - mean) / 6;
            f.a[i] = f.t[i] * pow(square + 1e-5, power / 2.0);
        }
        if (power != 0)
            expect(words[power + 2]);
    }
}
END_TEST

START_TEST(another_order_is_found)
{
    begin((Shape){ 2, { 6, 4 } });
    EACH(i) f.a[i] = f.t[i % 6 * 4 + i / 6];
    expect("transposed");
    begin((Shape){ 4, { 2, 3, 4, 5 } });
    EACH(i) f.a[i] = f.t[((i / 60 * 3 + i / 4 % 3) * 4 + i % 4) * 5 + i / 12 % 5];
    expect("channels first");
    begin((Shape){ 4, { 3, 3, 2, 4 } });
    EACH(i) f.a[i] = f.t[((2 - i / 24) * 3 + (2 - i / 8 % 3)) * 8 + i % 8];
    expect("the kernel is turned round");
    begin((Shape){ 4, { 2, 5, 4, 2 } });
    EACH(i) f.a[i] = i / 8 % 5 > 0 ? f.t[i - 8] : 0;
    expect("moved by 1 along axis 1");
}
END_TEST

START_TEST(gradient_moved_down_and_right_is_found)
{
    begin((Shape){ 4, { 2, 4, 4, 3 } });
    for (int n = 0; n < 2; n++)
        for (int p = 0; p < 4; p++)
            for (int q = 0; q < 4; q++)
                for (int c = 0; c < 3; c++) { /* beyond the border stands what nobody knows */
                    int at = ((n * 4 + p) * 4 + q) * 3 + c, from = ((n * 4 + p - 1) * 4 + q - 1) * 3 + c;
                    f.a[at] = p > 0 && q > 0 ? f.t[from] : 0.5;
                }
    expect("moved by 1 and 1 along the axes 1 and 2: the padding, or an index, is off by one");
}
END_TEST

START_TEST(what_is_added_is_found)
{
    begin((Shape){ 2, { 6, 4 } });
    EACH(i) f.a[i] = f.t[i] + 0.25;
    expect("0.25 is added to every element");
    EACH(i) f.a[i] = f.t[i] + 0.1 * (double)(1 + i % 4);
    expect("every column is off by a constant");
    EACH(i)
    {
        double mean = 0;
        for (size_t k = i % 4; k < 24; k += 4)
            mean += (double)f.x[k] / 6;
        f.a[i] = f.t[i] + (double)(1 + i % 4) * ((double)f.x[i] - mean);
    }
    expect("every column is off by a multiple of x - mean");
    EACH(i) f.a[i] += 0.1 * (double)(1 + i % 4);
    expect("a constant and a multiple");
}
END_TEST

START_TEST(sum_that_was_not_taken_is_found)
{
    begin((Shape){ 1, { 4 } });
    f.upstream = (Tensor){ { 2, { 5, 4 } }, 20, f.u };
    f.subject.upstream = &f.upstream;
    EACH(i) f.a[i] = (double)f.u[16 + i];
    expect("row 4 of dy: not summed over the rows");
}
END_TEST

static void take_upstream(double (*q)(double x))
{
    f.upstream = (Tensor){ f.array[0].shape, f.m.n, f.u };
    f.subject.upstream = &f.upstream;
    EACH(i) f.a[i] = q((double)f.x[i]) * (double)f.u[i];
}
static double itself(double x) { return 1 + 0 * x; }
static double tanh_by_input(double x) { return 1 - x * x; }
static double sigmoid_by_input(double x) { return x * (1 - x); }

START_TEST(another_derivative_is_found)
{
    begin((Shape){ 2, { 6, 4 } });
    take_upstream(itself);
    expect("dy itself: the derivative of the function is missing");
    take_upstream(tanh_by_input);
    expect("the derivative of tanh, by its input");
    take_upstream(sigmoid_by_input);
    expect("the derivative of the sigmoid, by its input");
    EACH(i)
    {
        f.slope[i].value = (f.x[i] > 0 ? 1 : 0.2) * (double)f.u[i];
        f.a[i] = (f.x[i] > 0 ? 0.2 : 1) * (double)f.u[i];
    }
    expect("the derivative of the other branch");
    EACH(i) f.slope[i].value *= 1 + 0.25 * (double)f.x[i]; /* no two slopes alike */
    EACH(i) f.a[i] = f.slope[i].value + 0.125 * (double)f.u[i];
    expect("0.125 dy is added to every element: a constant added to the derivative");
}
END_TEST

START_TEST(slope_of_the_sigmoid_or_of_tanh_that_is_missing_is_found)
{
    begin((Shape){ 2, { 6, 4 } });
    EACH(i) f.a[i] = f.t[i] * (2 + exp((double)f.x[i]) + exp(-(double)f.x[i])); /* 1/(p (1 - p)) */
    expect("the gradient by p = sigmoid(x)");
    EACH(i) f.a[i] = f.t[i] / (2 + exp((double)f.x[i]) + exp(-(double)f.x[i]));
    expect("a factor p(1 - p) too much");
    EACH(i) f.a[i] = f.t[i] * cosh((double)f.x[i]) * cosh((double)f.x[i]);
    expect("the gradient by p = tanh(x)");
    EACH(i) f.a[i] = f.t[i] / (cosh((double)f.x[i]) * cosh((double)f.x[i]));
    expect("a factor 1 - p^2 too much");
    EACH(i) f.x[i] = 200 + f.x[i], f.a[i] = 3 * f.t[i] * f.t[i]; /* p (1 - p) is 0: whatever a is, no name */
    expect("");
}
END_TEST

START_TEST(factor_of_one_term_in_every_column_is_found)
{
    Random r = random_stream(12, "terms", 0);
    begin((Shape){ 2, { 6, 4 } });
    for (int k = 0; k < 2; k++)
        EACH(i) f.value[k][i] = 2 * random_one(&r) - 1;
    EACH(i) f.value[2][i] = f.t[i] - f.value[0][i] - f.value[1][i];
    f.subject.terms = terms;
    EACH(i) f.a[i] = f.t[i] + ((double)f.gamma[i % 4] - 1) * f.value[2][i];
    expect("in the variance: a factor gamma too much in every column");
    EACH(i) f.a[i] = f.t[i] + (1 / (double)f.gamma[i % 4] - 1) * f.value[1][i];
    expect("in the mean: the factor gamma is missing in every column");
    EACH(i) f.a[i] = f.t[i] + ((double)f.gamma[i % 4] * (double)f.gamma[i % 4] - 1) * f.value[0][i];
    expect("in the direct: a factor gamma^2 too much in every column");
    EACH(i) f.a[i] = f.t[i] + ((double)f.gamma[i % 4] - 1) * (f.value[1][i] + f.value[2][i]);
    expect("in the mean and variance: a factor gamma too much in every column");
    EACH(i) f.a[i] = f.t[i] - f.value[2][i] + 0.3 * (double)f.gamma[i % 4];
    expect("the variance is the same in all rows");
}
END_TEST

/* ---- another input: y = x W, L = <u, y>, by plain loops --------------------------------------------------------- */

enum { N = 5, IN = 4, OUT = 5 };
static struct {
    real x[N * IN], W[IN * OUT], dx[N * IN], dW[IN * OUT], u[N * OUT], seen_u[N * OUT], seen_W[IN * OUT];
    double weight[N]; /* how often an example counts */
    bool planes;      /* x, dx and dy are taken to lie column by column */
} d;

static double product_loss(void *self)
{
    double L = 0;
    (void)self;
    for (int n = 0; n < N; n++)
        for (int j = 0; j < OUT; j++) {
            double y = 0;
            for (int i = 0; i < IN; i++)
                y += (double)d.x[n * IN + i] * (double)d.W[i * OUT + j];
            L += (double)d.u[n * OUT + j] * y;
        }
    return L;
}

/* Where row n, column j of an array of so many columns is taken to lie. */
static int at(int n, int j, int columns) { return d.planes ? j * N + n : n * columns + j; }

/* Right for what seen_u, seen_W, weight and planes say. */
static void product_gradient(void *self)
{
    (void)self;
    for (int i = 0; i < IN * OUT; i++)
        d.dW[i] = 0;
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            double dx = 0;
            for (int j = 0; j < OUT; j++) {
                d.dW[i * OUT + j] += (real)(d.weight[n] * (double)d.x[at(n, i, IN)] * (double)d.seen_u[at(n, j, OUT)]);
                dx += (double)d.seen_u[at(n, j, OUT)] * (double)d.seen_W[i * OUT + j];
            }
            d.dx[at(n, i, IN)] = (real)dx;
        }
}

/* Checks both arrays, x and W; everything is as before afterwards. */
static void check_product(CheckRow row[2])
{
    static CheckArray array[2];
    array[0] = (CheckArray){ "x", d.x, d.dx, N * IN, { 2, { N, IN } }, 0, false };
    array[1] = (CheckArray){ "W", d.W, d.dW, IN * OUT, { 2, { IN, OUT } }, 0, false };
    Tensor upstream = { { 2, { N, OUT } }, N * OUT, d.u };
    Subject s = { .evaluate = product_loss, .gradient = product_gradient, .array = array, .n_array = 2, .upstream = &upstream };
    real x[N * IN], W[IN * OUT], u[N * OUT];
    memcpy(x, d.x, sizeof x), memcpy(W, d.W, sizeof W), memcpy(u, d.u, sizeof u);
    ck_assert_int_eq(gradcheck(&s, 1e-3, row), BUG);
    ck_assert(memcmp(x, d.x, sizeof x) == 0 && memcmp(W, d.W, sizeof W) == 0 && memcmp(u, d.u, sizeof u) == 0);
}

static void expect_name(const CheckRow *row, const char *words)
{
    ck_assert_msg(strstr(row->note, words) != NULL, "said '%s'; expected '%s'", row->note, words);
}

/* The name of the bug in array `which`; the other one is right. */
static void expect_of_product(int which, const char *words)
{
    CheckRow row[2];
    check_product(row);
    expect_name(&row[which], words);
    ck_assert_int_eq(row[1 - which].verdict, PASS);
}

static void expect_of_both(const char *words)
{
    CheckRow row[2];
    check_product(row);
    expect_name(&row[0], words), expect_name(&row[1], words);
}

static void product_begin(void)
{
    Random r = random_stream(8, "product", 0);
    random_normal(&r, d.x, N * IN), random_normal(&r, d.W, IN * OUT), random_normal(&r, d.u, N * OUT);
    memcpy(d.seen_u, d.u, sizeof d.u), memcpy(d.seen_W, d.W, sizeof d.W);
    for (int n = 0; n < N; n++)
        d.weight[n] = 1;
    d.planes = false;
}

START_TEST(right_gradient_of_another_input_is_found)
{
    product_begin();
    d.weight[N - 1] = 0;
    expect_of_product(1, "example 4 is left out (of dy)");
    d.weight[N - 1] = 1, d.weight[0] = 2;
    expect_of_product(1, "example 0 alone is wrong: it counts twice (of dy)");
    product_begin();
    for (int i = 0; i < IN * OUT; i++) /* as if it lay column by column */
        d.seen_W[i] = d.W[i % OUT * IN + i / OUT];
    expect_of_product(0, "transposed: as if W were its transpose");
    product_begin();
    for (int i = 0; i < N * OUT; i++)
        d.seen_u[i] = d.u[(N - 1) * OUT + i % OUT];
    expect_of_both("example 4 alone is read, in the place of all (of dy)");
}
END_TEST

START_TEST(pass_with_channels_first_is_found)
{
    product_begin();
    d.planes = true;
    expect_of_both("channels first: as if x and dy");
}
END_TEST

/* y = max(x, 0) x: its slope is 2 x on the right, and 0. */
static double ramp_loss(void *self)
{
    double L = 0;
    (void)self;
    for (int i = 0; i < N; i++)
        L += (double)d.u[i] * (double)d.x[i] * (d.x[i] > 0 ? (double)d.x[i] : 0);
    return L;
}

static int ramp_sign; /* at which x the slope is taken: -1: at -x, 1: at |x| */
static void ramp_gradient(void *self)
{
    (void)self;
    for (int i = 0; i < N; i++)
        d.dx[i] = (real)(2 * (double)d.u[i] * (ramp_sign > 0 ? fabs((double)d.x[i]) : fmax(0, -(double)d.x[i])));
}

START_TEST(derivative_at_another_sign_is_found)
{
    static const char *const words[] = { "the derivative at -x, where x belongs", "the derivative at |x|, where x belongs" };
    for (ramp_sign = -1; ramp_sign <= 1; ramp_sign += 2) {
        product_begin();
        CheckArray array = { "x", d.x, d.dx, N, { 1, { N } }, 0, false };
        Subject s = { .evaluate = ramp_loss, .gradient = ramp_gradient, .array = &array, .n_array = 1 };
        CheckRow row;
        ck_assert_int_eq(gradcheck(&s, 1e-3, &row), BUG);
        ck_assert_msg(strstr(row.note, words[ramp_sign > 0]) != NULL, "said '%s'", row.note);
    }
}
END_TEST

START_TEST(name_that_most_shapes_give_is_taken)
{
    const char *const name[] = { "0 everywhere: it was not computed, or not written", "example 3 is left out (of dy)",
                                 "example 15 is left out (of dy)", "a bug of no known kind", "example 3 is read" };
    ck_assert_int_eq(name_of_most(name, 5), 1);
    ck_assert_int_eq(name_of_most(name + 3, 2), 0); /* of equals the first */
    ck_assert_int_eq(name_of_most(name + 1, 1), 0);
    const char *const numbers[] = { "1.5e-05 dy", "the sign", "-3 dy", "dy", "dy 3 more" };
    ck_assert_int_eq(name_of_most(numbers, 5), 0);
}
END_TEST

/* ---- with few elements nothing can be fitted, but names need no fit --------------------------------------------------- */

START_TEST(names_without_a_free_number_fit_few_elements)
{
    begin((Shape){ 2, { 3, 1 } });
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < f.m.n; i++)
            f.value[k][i] = (double)f.x[(5 * k + (int)i) % 3] + k * 0.3;
    EACH(i) f.value[2][i] = f.t[i] - f.value[0][i] - f.value[1][i];
    f.subject.terms = terms;
    EACH(i) f.a[i] = f.t[i] - f.value[1][i];
    expect("1.00 direct + 0.00 mean + 1.00 variance; missing: mean");
    EACH(i) f.a[i] = f.t[i] - 2 * f.value[2][i];
    expect("the sign is turned: variance");
    f.subject.terms = NULL;
    EACH(i) f.a[i] = f.t[i] * (double)f.gamma[0];
    expect("a factor gamma too much");
    EACH(i) f.a[i] = f.t[i] / (double)f.gamma[0];
    expect("the factor gamma is missing");
    real scale[1] = { 0.37f };
    f.subject.given = &(CheckArray){ "scale", scale, NULL, 1, { 1, { 1 } }, 0, false };
    f.subject.n_given = 1;
    EACH(i) f.a[i] = f.t[i] / (double)scale[0];
    expect("the factor scale is missing");
}
END_TEST

START_TEST(mean_over_what_there_is_so_many_of_is_found)
{
    begin((Shape){ 4, { 2, 3, 5, 7 } });
    EACH(i) f.a[i] = f.t[i] / 21;
    expect("1/21 of the gradient: a mean over 21 for their sum");
    EACH(i) f.a[i] = 5 * f.t[i];
    expect("5 times the gradient: a sum over 5 for their mean");
    EACH(i) f.a[i] = f.t[i] / 11;
    expect("0.0909091 times the gradient: a constant factor too much");
}
END_TEST

START_TEST(bug_of_no_known_kind_has_no_name)
{
    Random r = random_stream(9, "unknown", 0);
    for (int repeat = 0; repeat < 200; repeat++) {
        begin(repeat % 2 ? (Shape){ 2, { 6, 4 } } : (Shape){ 4, { 2, 3, 2, 3 } });
        f.subject.terms = NULL;
        EACH(i) f.a[i] = repeat % 3 ? 2 * random_one(&r) - 1 : f.t[i] * f.t[i];
        expect("");
    }
}
END_TEST

SUITE("03 naming", RUNS(factors_have_names), RUNS(what_is_no_number_is_said_first),
      RUNS(mean_over_the_batch_is_told_from_one_over_the_rows), RUNS(terms_are_named), RUNS(one_element_row_or_column_is_found),
      RUNS(factors_of_the_columns_are_found), RUNS(another_order_is_found), RUNS(gradient_moved_down_and_right_is_found),
      RUNS(what_is_added_is_found), RUNS(sum_that_was_not_taken_is_found), RUNS(another_derivative_is_found),
      RUNS(slope_of_the_sigmoid_or_of_tanh_that_is_missing_is_found), RUNS(pass_with_channels_first_is_found),
      RUNS(derivative_at_another_sign_is_found), RUNS(name_that_most_shapes_give_is_taken),
      RUNS(factor_of_one_term_in_every_column_is_found), RUNS(right_gradient_of_another_input_is_found),
      RUNS(names_without_a_free_number_fit_few_elements), RUNS(mean_over_what_there_is_so_many_of_is_found),
      RUNS(bug_of_no_known_kind_has_no_name))
