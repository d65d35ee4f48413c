#include "03_mistake.h"

#include "01_tensor.h"

/* A function of every element alone, y = f(x), has dx = f'(x) dy. What stands in
 * the place of f'(x) where the gradient is wrong? */

/* Is a = q(x) dy for all elements? */
static bool derivative_is(const Case *c, double (*q)(double x))
{
    const real *x = c->s->array[c->array].x, *u = c->s->upstream->data;
    for (size_t i = 0; i < c->n; i++) {
        c->guess[i] = q((double)x[i]) * (double)u[i];
        c->reach[i] = c->e[i] + 16 * REAL_EPSILON * fabs(c->guess[i]);
    }
    return guess_fits(c);
}

static double one(double x) { return 1 + 0 * x; }
static double of_tanh(double x) { return 1 - x * x; }
static double of_sigmoid(double x) { return x * (1 - x); }

/* f'(x) is one of two numbers, as that of max(x, 0) is; does a take the other one every time? */
static bool takes_the_other_branch(const Case *c)
{
    const real *u = c->s->upstream->data;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < c->n; i++)
        low = fmin(low, c->t[i] / (double)u[i]), high = fmax(high, c->t[i] / (double)u[i]);
    for (size_t i = 0; i < c->n; i++) {
        double q = c->t[i] / (double)u[i], off = 2 * c->e[i] / fabs((double)u[i]);
        if (fabs(q - low) > off + 1e-6 && fabs(q - high) > off + 1e-6)
            return false;
        c->guess[i] = (low + high - q) * (double)u[i], c->reach[i] = 4 * c->e[i] + 1e-6 * fabs(c->guess[i]);
    }
    return high - low > 1e-3 && guess_fits(c);
}

/* Is a constant times dy added to every element? */
static bool slope_off_by(const Case *c, double *constant)
{
    const real *u = c->s->upstream->data;
    double ud = 0, uu = 0, e = 0;
    for (size_t i = 0; i < c->n; i++)
        ud += (double)u[i] * (c->a[i] - c->t[i]), uu += (double)u[i] * (double)u[i], e = fmax(e, c->e[i]);
    *constant = ud / uu;
    for (size_t i = 0; i < c->n; i++) {
        c->guess[i] = c->t[i] + *constant * (double)u[i];
        c->reach[i] = c->e[i] + e / sqrt(uu) * fabs((double)u[i]);
    }
    return guess_fits(c);
}

/* Is a the right gradient times s(x)^power, element by element? */
static bool slope_comes_in(const Case *c, double (*s)(double x), double power)
{
    const real *x = c->s->array[c->array].x;
    for (size_t i = 0; i < c->n; i++) {
        double factor = pow(s((double)x[i]), power);
        if (!(factor < 1e3)) /* at the ends, where no slope is left */
            return false;
        c->guess[i] = factor * c->t[i];
        c->reach[i] = fmax(1, factor) * (c->e[i] + 1e-6 * fabs(c->t[i])); /* who divides may have added 1e-9 */
    }
    return guess_fits(c);
}

static double slope_of_sigmoid(double x) { return of_sigmoid(1 / (1 + exp(-x))); }
static double slope_of_tanh(double x) { return of_tanh(tanh(x)); }

static bool another_slope(const Case *c)
{
    if (slope_comes_in(c, slope_of_sigmoid, -1))
        return say(c, "the gradient by p = sigmoid(x), not by x: the derivative of the sigmoid, p(1 - p), is missing");
    if (slope_comes_in(c, slope_of_sigmoid, 1))
        return say(c, "a factor p(1 - p) too much, p = sigmoid(x): the derivative of the sigmoid comes in once too often");
    if (slope_comes_in(c, slope_of_tanh, -1))
        return say(c, "the gradient by p = tanh(x), not by x: the derivative of tanh, 1 - p^2, is missing");
    if (slope_comes_in(c, slope_of_tanh, 1))
        return say(c, "a factor 1 - p^2 too much, p = tanh(x): the derivative of tanh comes in once too often");
    return false;
}

static bool of_every_element(const Case *c) /* is it a gradient by x, of a function that may be one of every element alone? */
{
    const Tensor *u = c->s->upstream;
    return c->array == 0 && c->n > 2 && (!u || tensor_size(u) == c->n);
}

bool another_function(const Case *c)
{
    if (!of_every_element(c))
        return false;
    if (!c->s->upstream)
        return another_slope(c);
    if (takes_the_other_branch(c))
        return say(c, "the derivative of the other branch, for every element");
    if (derivative_is(c, one))
        return say(c, "dy itself: the derivative of the function is missing");
    if (derivative_is(c, of_tanh))
        return say(c, "(1 - x^2) dy: the derivative of tanh, by its input where its output belongs");
    if (derivative_is(c, of_sigmoid))
        return say(c, "x(1 - x) dy: the derivative of the sigmoid, by its input where its output belongs");
    return another_slope(c);
}

bool constant_in_derivative(const Case *c)
{
    double constant;
    return of_every_element(c) && c->s->upstream && slope_off_by(c, &constant) &&
           say(c, "%.6g dy is added to every element: a constant added to the derivative", constant);
}
