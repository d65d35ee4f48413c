#include "08_optimizer.h"

#include "task.h"

static const int counts[] = { 2, 6, 1, 9, 4, 3, 12 };
static const double x0[] = { 1, -1 }, dx0[] = { 2, -4 }, v0[] = { 10, 10 };

static void prepare_momentum(Call *c, int which, Random *r)
{
    Shape shape = vector(counts[which % 7]);
    if (which == 0) {
        call_numbers(c, "x", CHANGES, shape, x0), call_numbers(c, "dx", READS, shape, dx0);
        call_numbers(c, "v", CHANGES, shape, v0), call_numbers(c, "rate", READS, vector(2), (const double[]){ 0.1, 0.5 });
        return;
    }
    call_array(c, "x", CHANGES, shape, r), call_array(c, "dx", READS, shape, r), call_array(c, "v", CHANGES, shape, r);
    call_array(c, "rate", READS, vector(2), r); /* and the momentum */
}
static void run_momentum(Call *c)
{
    momentum_update(AT("x"), AT("dx"), AT("v"), call_count(array_of(c, "x")), AT("rate")[0], AT("rate")[1]);
}

/* From m and v as they may be found at step t; v is positive. */
static void prepare_adam(Call *c, int which, Random *r)
{
    Shape shape = vector(counts[which % 7]);
    c->size[0] = which == 0 ? 1 : 1 + random_index(r, 20); /* t */
    c->size[1] = which % 2;                                /* epsilon before the correction, as Keras has it */
    if (which == 0) {
        call_numbers(c, "x", CHANGES, shape, x0), call_numbers(c, "dx", READS, shape, dx0);
        call_array(c, "m", CHANGES, shape, NULL), call_array(c, "v", CHANGES, shape, NULL);
        return;
    }
    call_array(c, "x", CHANGES, shape, r), call_array(c, "dx", READS, shape, r), call_array(c, "m", CHANGES, shape, r);
    random_uniform(r, call_array(c, "v", CHANGES, shape, NULL), shape_size(shape));
}
static void run_adam(Call *c)
{
    AdamOptions o = c->size[1] ? adam_keras(0.1, 0.5) : adam_pytorch(0.1, 0.5);
    o.epsilon = 1e-3; /* large enough to be seen */
    adam_update(AT("x"), AT("dx"), AT("m"), AT("v"), call_count(array_of(c, "x")), &o, c->size[0]);
}

const Task tasks_08[] = {
    { "08_optimizer", "momentum_update", 1, "v = momentum v + dx, then x -= rate v.",
      "\"The idea\" in chapter 8: the velocity first; x moves by the new one.", prepare_momentum, run_momentum, NULL },
    { "08_optimizer", "adam_update", 2,
      "m = beta1 m + (1 - beta1) dx, v = beta2 v + (1 - beta2) dx^2, M = m/(1 - beta1^t), V = v/(1 - beta2^t), x -= rate M/(sqrt(V) + "
      "epsilon). Where o->epsilon_before_correction, epsilon is divided by sqrt(1 - beta2^t) first.",
      "\"The idea\" in chapter 8: the two means, their correction for having begun at 0, and the two places for epsilon.",
      prepare_adam, run_adam, NULL },
    { 0 },
};
