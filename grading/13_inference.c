#include "13_inference.h"

#include "task.h"

#include <string.h>

static const int columns[] = { 2, 4, 1, 3, 6, 2, 5 }, rows[] = { 1, 3, 5, 1, 2, 4, 2 };

static void prepare_running(Call *c, int which, Random *r)
{
    static const double running[] = { 0, 10 }, batch[] = { 1, 20 }, weight[] = { 0.1 };
    Shape shape = vector(columns[which % 7]);
    if (which == 0) {
        call_numbers(c, "running", CHANGES, shape, running), call_numbers(c, "batch", READS, shape, batch);
        call_numbers(c, "weight", READS, vector(1), weight);
        return;
    }
    call_array(c, "running", CHANGES, shape, r), call_array(c, "batch", READS, shape, r);
    random_uniform(r, call_array(c, "weight", READS, vector(1), NULL), 1);
}
static void run_running(Call *c)
{
    running_update(AT("running"), AT("batch"), AT("weight")[0], (int)call_count(array_of(c, "running")));
}

static const struct {
    const char *name;
    double by_hand[2];
} norm[] = { { "mean", { 1, 5 } }, { "rstd", { 2, 0.5 } }, { "gamma", { 3, 1 } }, { "beta", { 0, 7 } } };

static void prepare_affine(Call *c, int which, Random *r)
{
    Shape shape = vector(columns[which % 7]);
    for (int k = 0; k < 4; k++)
        if (which == 0)
            call_numbers(c, norm[k].name, READS, shape, norm[k].by_hand);
        else
            call_array(c, norm[k].name, READS, shape, r);
    call_array(c, "scale", WRITES, shape, NULL), call_array(c, "shift", WRITES, shape, NULL);
}
static void run_affine(Call *c)
{
    BatchNorm n = { .C = (int)call_count(array_of(c, "scale")),
                    .mean = AT("mean"),
                    .rstd = AT("rstd"),
                    .gamma = AT("gamma"),
                    .beta = AT("beta") };
    batchnorm_affine(AT("scale"), AT("shift"), &n);
}

/* A layer with these running statistics and parameters, in evaluation mode; epsilon is 0. */
static void prepare_evaluation(Call *c, int which, Random *r)
{
    static const double x[] = { 3, 5 }, mean[] = { 1, 5 }, var[] = { 4, 9 }, gamma[] = { 3, 1 }, beta[] = { 0, 7 };
    int C = columns[which % 7];
    Shape shape = vector(C), batch = table(which == 0 ? 1 : rows[which % 7], C);
    if (which == 0) {
        call_numbers(c, "x", READS, batch, x), call_numbers(c, "mean", READS, shape, mean),
            call_numbers(c, "var", READS, shape, var);
        call_numbers(c, "gamma", READS, shape, gamma), call_numbers(c, "beta", READS, shape, beta);
    } else {
        call_array(c, "x", READS, batch, r), call_array(c, "mean", READS, shape, r), call_array(c, "var", READS, shape, r);
        for (int j = 0; j < C; j++)
            AT("var")[j] = fabs(AT("var")[j]) + (real)0.1;
        call_array(c, "gamma", READS, shape, r), call_array(c, "beta", READS, shape, r);
    }
    call_array(c, "y", WRITES, batch, NULL);
}
static void run_evaluation(Call *c)
{
    CallArray *a = array_of(c, "x");
    int C = shape_columns(a->shape);
    Layer *l = batchnorm_new(C, (BatchNormOptions){ .momentum = 0.1 });
    Tensor x = { a->shape, call_count(a), a->at };
    real *to[] = { l->state[0]->value.data, l->state[1]->value.data, l->param[0]->value.data, l->param[1]->value.data };
    const char *const from[] = { "mean", "var", "gamma", "beta" };
    for (int k = 0; k < 4; k++)
        memcpy(to[k], AT(from[k]), (size_t)C * sizeof(real));
    const Tensor *y = layer_forward(l, &x, EVAL);
    memcpy(AT("y"), y->data, tensor_size(y) * sizeof(real));
    layer_free(l);
}

const Task tasks_13[] = {
    { "13_inference", "running_update", 1, "running += weight (batch - running), for every column.",
      "\"Two ways to run, two conventions\" in chapter 13: weight is that of the NEW value.", prepare_running, run_running,
      NULL },
    { "13_inference", "batchnorm_affine", 2,
      "The numbers with scale x + shift = gamma (x - mean) rstd + beta: scale, and from it shift.",
      "\"Evaluation mode is an affine map\" in chapter 13: multiply out, and collect what stands without x.", prepare_affine,
      run_affine, NULL },
    { "13_inference", "forward_by_running", 2,
      "Evaluation: copy the running mean and variance (b->mean->value.data, b->var->value.data) into b->room as wide numbers, and call "
      "batchnorm_core_forward(&b->core, y, x, mean, var).",
      "\"Evaluation mode is an affine map\" in chapter 13: the same forward pass, by other statistics; and none of them changes.",
      prepare_evaluation, run_evaluation, NULL },
    { 0 },
};
