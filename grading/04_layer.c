#include "04_init.h"
#include "task.h"

enum { KIND, IN, OUT, SEED };
static const int sizes[][3] = { { INIT_GLOROT, 1, 5 },   { INIT_PYTORCH, 4, 3 }, { INIT_HE, 9, 2 }, { INIT_NORMAL, 5, 5 },
                                { INIT_PYTORCH, 16, 1 }, { INIT_GLOROT, 7, 3 },  { INIT_HE, 2, 8 } };

static void prepare_weight(Call *c, int which, Random *r)
{
    for (int k = 0; k < 3; k++)
        c->size[k] = sizes[which % 7][k];
    c->size[SEED] = random_index(r, 1000000);
    Random of_its_own = random_stream((uint64_t)c->size[SEED], "weights", 0);
    Shape shape = table(c->size[IN], c->size[OUT]);
    random_uniform(&of_its_own, call_array(c, "uniform", READS, shape, NULL), shape_size(shape)); /* what the stream gives */
    call_array(c, "weight", WRITES, shape, NULL);
}
static void run_weight(Call *c)
{
    CallArray *a = array_of(c, "weight");
    Tensor t = { a->shape, call_count(a), a->at };
    Random r = random_stream((uint64_t)c->size[SEED], "weights", 0);
    init_weight(&t, (Init)c->size[KIND], c->size[IN], c->size[OUT], &r);
}

const Task tasks_04[] = {
    { "04_init", "init_weight", 1,
      "INIT_PYTORCH: uniform within 1/sqrt(fan_in); INIT_GLOROT: uniform within sqrt(6/(fan_in + fan_out)); INIT_HE: normal times "
      "sqrt(2/fan_in); INIT_NORMAL: normal times 0.01. uniform_within and normal_times fill the tensor.",
      "\"Initial weights\" in chapter 4: the table of the four rules. Integers divide without a rest: 1/fan_in is 0.",
      prepare_weight, run_weight, NULL },
    { 0 },
};
