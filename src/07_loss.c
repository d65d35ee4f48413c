#include "07_loss.h"

#include "00_error.h"
#include "01_sum.h"

double squared_error(const real *y, const real *t, int N, int C, real *dy)
{
    wide L = 0;
    for (size_t i = 0; i < (size_t)N * (size_t)C; i++) {
        wide difference = (wide)y[i] - (wide)t[i];
        L += difference * difference / (2 * N);
        if (dy)
            dy[i] = (real)(difference / N);
    }
    return (double)L;
}

/* w x, but nothing where the weight is 0, even of an infinite x. */
static wide weighted(wide w, wide x) { return w == 0 ? 0 : w * x; }

/* -t log p - (1 - t) log(1 - p) with p = 1/(1 + e^-y) is
 * max(y, 0) - t y + log(1 + e^-|y|): no exponential here can overflow, and
 * no logarithm sees 0. Its derivative is p - t. */
double bce_logits(const real *y, const real *t, int N, int C, real *dy)
{
    wide L = 0;
    for (size_t i = 0; i < (size_t)N * (size_t)C; i++) {
        wide a = (wide)y[i], target = (wide)t[i], small = exp(-fabs(a));
        REQUIRE(target >= 0 && target <= 1, "a target of %g; expected 0 to 1", (double)target);
        L += weighted(a > 0 ? 1 - target : -target, a) + log1p(small);
        wide p = a >= 0 ? 1 / (1 + small) : small / (1 + small);
        if (dy)
            dy[i] = (real)((p - target) / N);
    }
    return (double)(L / N);
}

double bce_plain(const real *y, const real *t, int N, int C)
{
    double L = 0;
    for (size_t i = 0; i < (size_t)N * (size_t)C; i++) {
        real p = 1 / (1 + exp(-y[i]));
        L -= (double)(t[i] * log(p) + (1 - t[i]) * log(1 - p));
    }
    return L / N;
}

/* None below 0, and together 1 (but for rounding). */
static void require_probabilities(const real *t, int C)
{
    double total = 0;
    for (int j = 0; j < C; j++) {
        REQUIRE(t[j] >= 0, "a target of %g; expected 0 to 1", (double)t[j]);
        total += (double)t[j];
    }
    REQUIRE(fabs(total - 1) < 1e-4, "targets of a row add up to %g; expected 1", total);
}

/* Subtracting the row's largest output leaves softmax as it is and keeps every
 * exponential at most 1. The derivative of -sum t log p by y is p - t. */
double softmax_cross_entropy(const real *y, const real *t, int N, int C, real *dy)
{
    wide L = 0;
    for (int i = 0; i < N; i++) {
        const real *yi = y + (size_t)i * C, *ti = t + (size_t)i * C;
        wide largest = (wide)yi[0], total = 0;
        for (int j = 1; j < C; j++)
            largest = fmax(largest, (wide)yi[j]);
        for (int j = 0; j < C; j++)
            total += exp((wide)yi[j] - largest);
        require_probabilities(ti, C);
        for (int j = 0; j < C; j++) {
            wide log_p = (wide)yi[j] - largest - log(total);
            L -= weighted((wide)ti[j], log_p);
            if (dy)
                dy[(size_t)i * C + j] = (real)((exp(log_p) - (wide)ti[j]) / N);
        }
    }
    return (double)(L / N);
}

/* ---- classes ------------------------------------------------------------------------ */

void one_hot(real *t, const uint8_t *label, int n, int classes)
{
    for (int i = 0; i < n; i++)
        REQUIRE(label[i] < classes, "label %d of %d classes", label[i], classes);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < classes; j++)
            t[(size_t)i * classes + j] = label[i] == j;
}

/* -1 where a NaN makes "largest" meaningless. */
static int largest_place(const real *x, int n)
{
    int best = 0;
    for (int j = 0; j < n; j++) {
        if (isnan(x[j]))
            return -1;
        if (x[j] > x[best])
            best = j;
    }
    return best;
}

double accuracy(const real *y, const real *t, int N, int C)
{
    int right = 0;
    for (int i = 0; i < N; i++)
        right += largest_place(y + (size_t)i * C, C) == largest_place(t + (size_t)i * C, C);
    return (double)right / N;
}

/* ---- as a subject of the gradient checker ---------------------------------------------- */

static double run(LossSubject *s, real *dy)
{
    return s->loss(s->y.data, s->t.data, shape_rows(s->y.shape), shape_columns(s->y.shape), dy);
}

static double subject_evaluate(void *self) { return run(self, NULL); }
static void subject_gradient(void *self) { run(self, ((LossSubject *)self)->dy.data); }

static void random_targets(Tensor *t, Random *r)
{
    int N = shape_rows(t->shape), C = shape_columns(t->shape);
    random_uniform(r, t->data, tensor_size(t));
    for (int i = 0; C > 1 && i < N; i++) {
        real total = (real)sum(t->data + (size_t)i * C, (size_t)C);
        for (int j = 0; j < C; j++)
            t->data[(size_t)i * C + j] /= total;
    }
}

void loss_subject_init(LossSubject *s, Loss *loss, int N, int C, Random *r)
{
    Shape shape = { 2, { N, C } };
    *s = (LossSubject){ .loss = loss, .y = tensor_new(shape), .t = tensor_new(shape), .dy = tensor_new(shape) };
    random_normal(r, s->y.data, tensor_size(&s->y));
    random_targets(&s->t, r);
    s->array = (CheckArray){ .name = "y", .x = s->y.data, .dx = s->dy.data, .n = tensor_size(&s->y), .shape = shape };
    s->subject = (Subject){
        .self = s, .evaluate = subject_evaluate, .gradient = subject_gradient, .array = &s->array, .n_array = 1
    };
}

void loss_subject_free(LossSubject *s)
{
    tensor_free(&s->y);
    tensor_free(&s->t);
    tensor_free(&s->dy);
}
