#include "wrong_gradients.h"

#include "01_tensor.h"

#include <math.h>
#include <string.h>

#define EACH(i) for (size_t i = 0; i < n; i++)
#define WRONG(name) static bool name(double *g, const Sound *c, int array, size_t n)
#define UNUSED (void)g, (void)c, (void)array, (void)n

/* ---- what the mistakes are made from ----------------------------------------------------------- */

static const CheckArray *array_of(const Sound *c, int array) { return &c->s->array[array]; }
static Shape shape_of(const Sound *c, int array)
{
    Shape s = array_of(c, array)->shape;
    return s.rank ? s : (Shape){ 1, { (int)array_of(c, array)->n } };
}
static size_t columns(const Sound *c, int array) { return (size_t)shape_columns(shape_of(c, array)); }
static size_t rows(const Sound *c, int array) { return (size_t)shape_rows(shape_of(c, array)); }
static bool is_layer(const Sound *c, const char *layer) { return strcmp(c->layer, layer) == 0; }

/* The parameter of that name, one number a column; NULL: there is none. */
static const real *parameter(const Sound *c, const char *name)
{
    for (int a = 0; a < c->s->n_array; a++)
        if (strcmp(array_of(c, a)->name, name) == 0)
            return array_of(c, a)->x;
    return NULL;
}

static double mean_of_column(const Sound *c, size_t j)
{
    double sum = 0;
    for (size_t i = j; i < array_of(c, 0)->n; i += columns(c, 0))
        sum += (double)array_of(c, 0)->x[i];
    return sum / (double)rows(c, 0);
}

static double variance_of_column(const Sound *c, size_t j)
{
    double sum = 0, mean = mean_of_column(c, j);
    for (size_t i = j; i < array_of(c, 0)->n; i += columns(c, 0))
        sum += ((double)array_of(c, 0)->x[i] - mean) * ((double)array_of(c, 0)->x[i] - mean);
    return sum / (double)rows(c, 0);
}

/* The layer's named terms of array 0, where it has three: batch norm's paths, in training. */
static bool three_terms(const Sound *c, size_t n, double room[MAX_TERMS][4096])
{
    Term term[MAX_TERMS];
    for (int k = 0; k < MAX_TERMS; k++)
        term[k].value = room[k];
    return n <= 4096 && c->s->terms && c->s->terms(c->s->self, 0, term) == 3;
}

static double room[MAX_TERMS][4096];

static bool times(double *g, size_t n, double factor)
{
    EACH(i) g[i] *= factor;
    return true;
}

/* ---- of any gradient: factors --------------------------------------------------------------------- */

WRONG(zero) { return UNUSED, times(g, n, 0); }
WRONG(turned) { return UNUSED, times(g, n, -1); }
WRONG(doubled) { return UNUSED, times(g, n, 2); }
WRONG(halved) { return UNUSED, times(g, n, 0.5); }
WRONG(a_thousandth_off) { return UNUSED, times(g, n, 1.001); }
WRONG(sum_for_mean) { return UNUSED, rows(c, 0) > 2 && times(g, n, (double)rows(c, 0)); }
WRONG(mean_for_sum) { return UNUSED, rows(c, 0) > 2 && times(g, n, 1 / (double)rows(c, 0)); }
WRONG(m_less_one) { return UNUSED, rows(c, 0) > 2 && times(g, n, (double)rows(c, 0) / (double)(rows(c, 0) - 1)); }
WRONG(m_for_m_less_one) { return UNUSED, rows(c, 0) > 2 && times(g, n, (double)(rows(c, 0) - 1) / (double)rows(c, 0)); }

/* ---- of any gradient: parts -------------------------------------------------------------------------- */

WRONG(one_element) { return UNUSED, n > 2 && (g[n / 2] *= 1.5, true); }
WRONG(one_element_zero) { return UNUSED, n > 2 && (g[n / 3] = 0, true); }
WRONG(last_sample_dropped)
{
    size_t of_one = rows(c, array) ? columns(c, array) : n;
    EACH(i) g[i] = i + of_one >= n ? 0 : g[i];
    return array == 0 && rows(c, array) > 1;
}
WRONG(one_channel)
{
    for (size_t i = 1; i < n; i += columns(c, array))
        g[i] = 0;
    return columns(c, array) > 1 && n > columns(c, array);
}
WRONG(not_a_number)
{
    UNUSED;
    g[n - 1] = NAN;
    return true;
}

/* ---- of any gradient: order ------------------------------------------------------------------------------ */

WRONG(transposed)
{
    size_t R = rows(c, array), C = columns(c, array);
    EACH(i) g[i] = c->right[array][i % R * C + i / R];
    return shape_of(c, array).rank == 2 && R > 1 && C > 1;
}
WRONG(channels_first)
{
    Shape s = shape_of(c, array);
    size_t H = (size_t)s.dim[1], W = (size_t)s.dim[2], C = (size_t)s.dim[3];
    if (s.rank != 4 || C < 2 || H * W < 2)
        return false;
    EACH(i) g[i] = c->right[array][(i / (C * H * W) * H * W + i % (H * W)) * C + i / (H * W) % C];
    return true;
}
WRONG(kernel_turned)
{
    Shape s = shape_of(c, array);
    size_t CO = n / (size_t)(s.dim[0] * s.dim[1]);
    if (array == 0 || s.rank != 4 || s.dim[0] < 2)
        return false;
    EACH(i) g[i] = c->right[array][(n / CO - 1 - i / CO) * CO + i % CO];
    return true;
}
WRONG(moved_by_one) /* the padding off by one: a row further down, zeros above */
{
    Shape s = shape_of(c, array);
    size_t row = n / (size_t)(s.dim[0] * s.dim[1]), H = (size_t)s.dim[1];
    if (array != 0 || s.rank != 4 || H < 3)
        return false;
    EACH(i) g[i] = i / row % H == 0 ? 0 : c->right[0][i - row];
    return true;
}

/* ---- of any gradient: additions, caches, sums ------------------------------------------------------------- */

WRONG(constant_added)
{
    double largest = 0;
    EACH(i) largest = fmax(largest, fabs(g[i]));
    EACH(i) g[i] += 0.05 * largest;
    return array == 0 && n > 2 && c->s->n_array > 0;
}
WRONG(stale)
{
    memcpy(g, c->other[array], n * sizeof *g);
    return true;
}
WRONG(not_summed)
{
    const Tensor *u = c->s->upstream;
    if (!u || array == 0 || strcmp(array_of(c, array)->name, "bias") * strcmp(array_of(c, array)->name, "beta") != 0 ||
        (size_t)shape_columns(u->shape) != n || shape_rows(u->shape) < 2)
        return false;
    EACH(i) g[i] = (double)u->data[i];
    return true;
}
WRONG(not_summed_over_all) /* a bias that takes the first half of the rows */
{
    const Tensor *u = c->s->upstream;
    if (!not_summed(g, c, array, n) || shape_rows(u->shape) < 4)
        return false;
    for (size_t i = n; i < tensor_size(u) / (2 * n) * n; i++)
        g[i % n] += (double)u->data[i];
    return true;
}

/* ---- of functions of one element ------------------------------------------------------------------------------ */

static bool by_input(double *g, const Sound *c, size_t n, const char *layer, double a, double b, double d)
{
    if (!is_layer(c, layer))
        return false;
    for (size_t i = 0; i < n; i++) {
        double x = (double)array_of(c, 0)->x[i];
        g[i] = (a + b * x + d * x * x) * (double)c->s->upstream->data[i];
    }
    return true;
}
WRONG(tanh_by_input) { return UNUSED, by_input(g, c, n, "Tanh", 1, 0, -1); }
WRONG(sigmoid_by_input) { return UNUSED, by_input(g, c, n, "Sigmoid", 0, 1, -1); }
WRONG(handed_on)
{
    UNUSED;
    return by_input(g, c, n, "Tanh", 1, 0, 0) || by_input(g, c, n, "Sigmoid", 1, 0, 0) || by_input(g, c, n, "ReLU", 1, 0, 0) ||
           by_input(g, c, n, "LeakyReLU", 1, 0, 0);
}
WRONG(other_branch)
{
    UNUSED;
    double slope = is_layer(c, "LeakyReLU") ? 0.2 : 0;
    if (!is_layer(c, "ReLU") && !is_layer(c, "LeakyReLU"))
        return false;
    EACH(i) g[i] = (array_of(c, 0)->x[i] > 0 ? slope : 1) * (double)c->s->upstream->data[i];
    return true;
}

/* ---- of batch norm --------------------------------------------------------------------------------------------- */

/* dx with the paths through mean and variance counted so often. */
static bool paths(double *g, const Sound *c, int array, size_t n, double of_mean, double of_variance)
{
    if (array != 0 || !three_terms(c, n, room))
        return false;
    EACH(i) g[i] = room[0][i] + of_mean * room[1][i] + of_variance * room[2][i];
    return true;
}
WRONG(no_mean) { return paths(g, c, array, n, 0, 1); }
WRONG(no_variance) { return paths(g, c, array, n, 1, 0); }
WRONG(constant_statistics) { return paths(g, c, array, n, 0, 0); }
WRONG(variance_turned) { return paths(g, c, array, n, 1, -1); }
WRONG(mean_twice) { return paths(g, c, array, n, 2, 1); }
WRONG(unbiased_paths)
{
    double m = (double)rows(c, 0);
    return m > 2 && paths(g, c, array, n, m / (m - 1), m / (m - 1));
}

static bool gamma_power(double *g, const Sound *c, int array, size_t n, int power)
{
    const real *gamma = parameter(c, "gamma");
    if (!gamma || array != 0 || columns(c, 0) < 2)
        return false;
    EACH(i) g[i] *= power > 0 ? (double)gamma[i % columns(c, 0)] : 1 / (double)gamma[i % columns(c, 0)];
    return true;
}
WRONG(gamma_squared) { return gamma_power(g, c, array, n, 1); }
WRONG(no_gamma) { return gamma_power(g, c, array, n, -1); }

static bool rstd_power(double *g, const Sound *c, int array, size_t n, double power)
{
    if (array != 0 || columns(c, 0) < 2 || rows(c, 0) < 3 || !three_terms(c, n, room))
        return false;
    EACH(i) g[i] *= pow(variance_of_column(c, i % columns(c, 0)) + 1e-5, -power / 2);
    return true;
}
WRONG(rstd_squared) { return rstd_power(g, c, array, n, 1); }
WRONG(no_rstd) { return rstd_power(g, c, array, n, -1); }
WRONG(variance_for_rstd) { return rstd_power(g, c, array, n, 3); }

WRONG(epsilon_outside) /* 1/(sqrt(var) + eps), not 1/sqrt(var + eps) */
{
    if (array != 0 || columns(c, 0) < 2 || !three_terms(c, n, room))
        return false;
    EACH(i)
    {
        double v = variance_of_column(c, i % columns(c, 0));
        g[i] *= sqrt(v + 1e-5) / (sqrt(v) + 1e-5);
    }
    return true;
}
WRONG(uncentred) /* x for x - mean in the path through the variance */
{
    if (array != 0 || !three_terms(c, n, room))
        return false;
    EACH(i)
    {
        double x = (double)array_of(c, 0)->x[i], mean = mean_of_column(c, i % columns(c, 0));
        g[i] += room[2][i] * (x / (x - mean) - 1);
    }
    return true;
}
WRONG(dgamma_of_x) /* the sum of x dy, not of xhat dy */
{
    const Tensor *u = c->s->upstream;
    if (!u || strcmp(array_of(c, array)->name, "gamma") != 0 || !three_terms(c, array_of(c, 0)->n, room))
        return false;
    EACH(j) g[j] = 0;
    for (size_t i = 0; i < tensor_size(u); i++)
        g[i % n] += (double)u->data[i] * (double)array_of(c, 0)->x[i];
    return true;
}
WRONG(training_in_evaluation) /* the mean over the batch taken away, as training's formula does */
{
    if (!is_layer(c, "BatchNorm") || array != 0 || rows(c, 0) < 3 || three_terms(c, n, room))
        return false;
    for (size_t j = 0; j < columns(c, 0); j++) {
        double sum = 0;
        for (size_t i = j; i < n; i += columns(c, 0))
            sum += g[i];
        for (size_t i = j; i < n; i += columns(c, 0))
            g[i] -= sum / (double)rows(c, 0);
    }
    return true;
}

const WrongGradient wrong_gradients[] = {
    { "zero", "zero", "0 everywhere", zero },
    { "sign", "sign", "the sign is turned", turned },
    { "doubled", "accumulation doubled", "twice the gradient", doubled },
    { "halved", "a factor 2", "half the gradient", halved },
    { "1.001", "a factor 1.001", "1.001 times", a_thousandth_off },
    { "sum for mean", "1/m missing", "is missing, a sum|over the batch|times the gradient", sum_for_mean },
    { "mean for sum", "1/m twice", "a mean for a sum|over the batch|half", mean_for_sum },
    { "m - 1 for m", "m - 1 for m", "m - 1 stands for m", m_less_one },
    { "m for m - 1", "m for m - 1", "m stands for m - 1|half", m_for_m_less_one },
    { "one element", "one element", "element", one_element },
    { "one element 0", "one element", "element", one_element_zero },
    { "last sample dropped", "one sample", "row|element|alone", last_sample_dropped },
    { "one channel", "one channel", "column|element", one_channel },
    { "NaN", "no number", "NaN", not_a_number },
    { "transposed", "transposed", "transposed", transposed },
    { "channels first", "channels first", "channels first|axes|moved", channels_first },
    { "kernel not flipped", "kernel not flipped", "kernel is turned|turned round", kernel_turned },
    { "padding off by one", "padding off by one", "moved by 1", moved_by_one },
    { "a constant added", "a constant added", "added to every element|off by a constant", constant_added },
    { "stale cache", "stale cache", "", stale },
    { "one row for the sum", "bias not summed", "not summed", not_summed },
    { "half of the rows", "bias not summed", "", not_summed_over_all },
    { "tanh' by its input", "derivative by the input", "tanh, by its input", tanh_by_input },
    { "sigmoid' by its input", "derivative by the input", "sigmoid, by its input", sigmoid_by_input },
    { "dy handed on", "derivative missing", "dy itself", handed_on },
    { "the other branch", "the other branch", "other branch|0 everywhere|times the gradient", other_branch },
    { "no path through the mean", "path through the mean", "missing: path through the mean", no_mean },
    { "no path through the variance", "path through the variance", "missing: path through the variance", no_variance },
    { "statistics held constant", "statistics held constant", "path through the mean and path through the variance",
      constant_statistics },
    { "variance's path turned", "path through the variance", "the sign is turned: path through the variance", variance_turned },
    { "mean's path twice", "path through the mean", "path through the mean", mean_twice },
    { "m - 1 in the paths", "m - 1 for m", "m - 1 stands for m", unbiased_paths },
    { "gamma squared", "gamma squared", "gamma too much", gamma_squared },
    { "gamma missing", "gamma missing", "gamma is missing", no_gamma },
    { "rstd squared", "rstd squared", "rstd, 1/(standard deviation), too much", rstd_squared },
    { "rstd missing", "rstd missing", "rstd, 1/(standard deviation), is missing", no_rstd },
    { "rstd cubed", "rstd squared", "", variance_for_rstd },
    { "epsilon outside the root", "epsilon misplaced", "", epsilon_outside },
    { "x for x - mean", "path through the variance", "", uncentred },
    { "dgamma by x", "xhat missing", "", dgamma_of_x },
    { "training's formula", "training's formula in evaluation", "off by a constant|missing", training_in_evaluation },
    { NULL, NULL, NULL, NULL },
};
