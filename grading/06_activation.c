#include "06_activation.h"

#include "01_memory.h"
#include "01_sum.h"
#include "task.h"

static const double x0[] = { -2, 0.5, 3 }, dy0[] = { 1, 10, 100 };
static const int counts[] = { 3, 12, 1, 7, 30, 2, 9 };

typedef void Function(real *y, const real *x, size_t n);
static void leaky(real *y, const real *x, size_t n) { leaky_relu_forward(y, x, (real)0.2, n); }

/* x, dy, y = f(x) and room for dx. */
static void prepare(Call *c, int which, Random *r, Function *f)
{
    Shape shape = vector(counts[which % 7]);
    if (which == 0)
        call_numbers(c, "x", READS, shape, x0), call_numbers(c, "dy", READS, shape, dy0);
    else
        call_array(c, "x", READS, shape, r), call_array(c, "dy", READS, shape, r);
    f(call_array(c, "y", READS, shape, NULL), AT("x"), shape_size(shape));
    call_array(c, "dx", WRITES, shape, NULL);
}
static double loss(Call *c, Function *f)
{
    size_t n = call_count(array_of(c, "x"));
    f(AT("y"), AT("x"), n);
    return (double)dot(AT("dy"), AT("y"), n);
}

static void prepare_leaky(Call *c, int which, Random *r) { prepare(c, which, r, leaky); }
static void run_leaky(Call *c) { leaky_relu_backward(AT("dx"), AT("dy"), AT("x"), (real)0.2, call_count(array_of(c, "x"))); }
static double loss_leaky(Call *c) { return loss(c, leaky); }
static void derive_leaky(Call *c) { loss(c, leaky); }

static void prepare_tanh(Call *c, int which, Random *r) { prepare(c, which, r, tanh_forward); }
static void run_tanh(Call *c) { tanh_backward(AT("dx"), AT("dy"), AT("y"), call_count(array_of(c, "x"))); }
static double loss_tanh(Call *c) { return loss(c, tanh_forward); }
static void derive_tanh(Call *c) { loss(c, tanh_forward); }

static void prepare_sigmoid(Call *c, int which, Random *r) { prepare(c, which, r, sigmoid_forward); }
static void run_sigmoid(Call *c) { sigmoid_backward(AT("dx"), AT("dy"), AT("y"), call_count(array_of(c, "x"))); }
static double loss_sigmoid(Call *c) { return loss(c, sigmoid_forward); }
static void derive_sigmoid(Call *c) { loss(c, sigmoid_forward); }

/* The two terms of dx: k0 and k1 times a power of y, times dy. */
static int powers_of_y(Call *c, Term *term, int power, double k0, double k1)
{
    for (size_t i = 0; i < call_count(array_of(c, "x")); i++) {
        double y = (double)AT("y")[i], dy = (double)AT("dy")[i];
        term[0].value[i] = k0 * (power == 0 ? 1 : y) * dy, term[1].value[i] = k1 * y * y * dy;
    }
    return 2;
}
static int terms_tanh(void *call, int array, Term *term)
{
    (void)array;
    term[0].name = "dy", term[1].name = "(-y^2 dy)";
    return powers_of_y(call, term, 0, 1, -1);
}
static int terms_sigmoid(void *call, int array, Term *term)
{
    (void)array;
    term[0].name = "y dy", term[1].name = "(-y^2 dy)";
    return powers_of_y(call, term, 1, 1, -1);
}

static const Gradient of_leaky = { loss_leaky, derive_leaky, { "x" }, { "dx" }, "dy", NULL, false };
static const Gradient of_tanh = { loss_tanh, derive_tanh, { "x" }, { "dx" }, "dy", terms_tanh, false };
static const Gradient of_sigmoid = { loss_sigmoid, derive_sigmoid, { "x" }, { "dx" }, "dy", terms_sigmoid, false };

const Task tasks_06[] = {
    { "06_activation", "leaky_relu_backward", 1, "dx = dy where x > 0, slope dy elsewhere.",
      "\"The derivations\" in chapter 6: which of the two branches did forward take? Ask x.", prepare_leaky, run_leaky,
      &of_leaky },
    { "06_activation", "tanh_backward", 1, "dx = (1 - y^2) dy: y is what forward gave.",
      "\"The derivations\" in chapter 6: the slope of tanh, written by its value.", prepare_tanh, run_tanh, &of_tanh },
    { "06_activation", "sigmoid_backward", 1, "dx = y (1 - y) dy: y is what forward gave.",
      "\"The derivations\" in chapter 6: the slope of the sigmoid, written by its value.", prepare_sigmoid, run_sigmoid,
      &of_sigmoid },
    { 0 },
};
