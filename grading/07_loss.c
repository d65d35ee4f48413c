#include "07_loss.h"

#include "01_sum.h"
#include "task.h"

enum { N, C };
static const int sizes[][2] = { { 2, 2 }, { 5, 3 }, { 1, 4 }, { 6, 2 }, { 3, 5 }, { 1, 2 }, { 9, 3 } };
static const double outputs[] = { 0, 0, 1, -1 }, targets[] = { 1, 0, 0, 1 };

/* Outputs and targets; the targets of a row are positive, and sum to 1. */
static void prepare(Call *c, int which, Random *r)
{
    c->size[N] = sizes[which % 7][N], c->size[C] = sizes[which % 7][C];
    Shape shape = table(c->size[N], c->size[C]);
    if (which == 0)
        call_numbers(c, "y", READS, shape, outputs), call_numbers(c, "t", READS, shape, targets);
    else {
        call_array(c, "y", READS, shape, r);
        real *t = call_array(c, "t", READS, shape, NULL);
        random_uniform(r, t, shape_size(shape));
        for (int i = 0; i < c->size[N]; i++) {
            real total = (real)sum(t + i * c->size[C], (size_t)c->size[C]);
            for (int j = 0; j < c->size[C]; j++)
                t[i * c->size[C] + j] /= total;
        }
    }
    call_array(c, "L", WRITES, vector(1), NULL);
    call_array(c, "dy", WRITES, shape, NULL);
}
static void run(Call *c, Loss *loss) { AT("L")[0] = (real)loss(AT("y"), AT("t"), c->size[N], c->size[C], AT("dy")); }

static void run_squared(Call *c) { run(c, squared_error); }
static void run_bce(Call *c) { run(c, bce_logits); }
static void run_softmax(Call *c) { run(c, softmax_cross_entropy); }
static double loss_squared(Call *c) { return squared_error(AT("y"), AT("t"), c->size[N], c->size[C], NULL); }
static double loss_bce(Call *c) { return bce_logits(AT("y"), AT("t"), c->size[N], c->size[C], NULL); }
static double loss_softmax(Call *c) { return softmax_cross_entropy(AT("y"), AT("t"), c->size[N], c->size[C], NULL); }

/* All three have dy = (p - t)/N, where p is y itself, its sigmoid or its softmax. */
static int with_targets(Call *c, Term *term, const char *name, const char *target)
{
    term[0].name = name, term[1].name = target;
    for (size_t i = 0; i < call_count(array_of(c, "y")); i++)
        term[1].value[i] = -(double)AT("t")[i] / c->size[N];
    return 2;
}
static int terms_squared(void *call, int array, Term *term)
{
    Call *c = call;
    (void)array;
    for (size_t i = 0; i < call_count(array_of(c, "y")); i++)
        term[0].value[i] = (double)AT("y")[i] / c->size[N];
    return with_targets(c, term, "y/N", "(-t/N)");
}
static int terms_bce(void *call, int array, Term *term)
{
    Call *c = call;
    (void)array;
    for (size_t i = 0; i < call_count(array_of(c, "y")); i++)
        term[0].value[i] = 1 / (1 + exp(-(double)AT("y")[i])) / c->size[N];
    return with_targets(c, term, "p/N", "(-t/N)");
}
static int terms_softmax(void *call, int array, Term *term)
{
    Call *c = call;
    (void)array;
    for (int i = 0; i < c->size[N]; i++) {
        const real *y = AT("y") + i * c->size[C];
        double total = 0;
        for (int j = 0; j < c->size[C]; j++)
            total += exp((double)y[j]);
        for (int j = 0; j < c->size[C]; j++)
            term[0].value[i * c->size[C] + j] = exp((double)y[j]) / total / c->size[N];
    }
    return with_targets(c, term, "p/N", "(-t/N)");
}

static const Gradient of_squared = { loss_squared, NULL, { "y" }, { "dy" }, NULL, terms_squared, true };
static const Gradient of_bce = { loss_bce, NULL, { "y" }, { "dy" }, NULL, terms_bce, false };
static const Gradient of_softmax = { loss_softmax, NULL, { "y" }, { "dy" }, NULL, terms_softmax, false };

const Task tasks_07[] = {
    { "07_loss", "squared_error", 1, "L = 1/(2N) sum of (y - t)^2 over all elements; dy = (y - t)/N. dy may be NULL.",
      "\"The idea\" in chapter 7: the mean is over the N examples, not over all elements.", prepare, run_squared, &of_squared },
    { "07_loss", "bce_logits", 2,
      "L = 1/N sum of max(y, 0) - t y + log(1 + e^-|y|), dy = (sigmoid(y) - t)/N, without an exponential that can overflow. dy may be "
      "NULL.",
      "\"Why the sigmoid belongs in the loss\" in chapter 7: three terms, each of them harmless for every y.", prepare, run_bce,
      &of_bce },
    { "07_loss", "softmax_cross_entropy", 3,
      "Row by row: log p = y - largest - log sum e^(y - largest); L = -1/N sum of t log p, dy = (p - t)/N. dy may be NULL.",
      "\"Many classes\" in chapter 7: the row's largest output is subtracted first; the sum runs over the row.", prepare,
      run_softmax, &of_softmax },
    { 0 },
};
