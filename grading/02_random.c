#include "02_random.h"

#include "task.h"

/* The n numbers that a stream of its own gives. */
static const int counts[] = { 3, 10, 1, 2, 25, 4, 7 };

static Random stream_of(const Call *c) { return random_stream((uint64_t)c->size[1], "exercise", 0); }

static void prepare_permutation(Call *c, int which, Random *r)
{
    c->size[0] = counts[which % 7], c->size[1] = random_index(r, 1000000);
    call_array(c, "order", WRITES, vector(c->size[0]), NULL);
}
static void run_permutation(Call *c)
{
    int order[32];
    Random r = stream_of(c);
    for (int i = 0; i < 32; i++)
        order[i] = -1;
    random_permutation(&r, order, c->size[0]);
    for (int i = 0; i < c->size[0]; i++)
        AT("order")[i] = (real)order[i];
}

static void prepare_normal(Call *c, int which, Random *r)
{
    c->size[0] = which == 0 ? 4 : 4 + counts[which % 7], c->size[1] = random_index(r, 1000000);
    Random of_its_own = stream_of(c);
    random_uniform(&of_its_own, call_array(c, "uniform", READS, vector(4), NULL), 4); /* what the first block gives */
    call_array(c, "x", WRITES, vector(c->size[0]), NULL);
}
static void run_normal(Call *c)
{
    Random r = stream_of(c);
    random_normal(&r, AT("x"), (size_t)c->size[0]);
}

const Task tasks_02[] = {
    { "02_random", "random_permutation", 1,
      "Fisher and Yates, from the inside out: for i = 0 .. n-1 draw j = random_index(r, i + 1), move order[j] to place i, and put i "
      "at place j.",
      "\"From words to numbers\" in chapter 2: number i enters at a random place among those before it, and who stood there moves to "
      "the end.",
      prepare_permutation, run_permutation, NULL },
    { "02_fill", "random_normal", 2,
      "Box and Muller: numbers 2k and 2k + 1 are radius cos(angle) and radius sin(angle), with radius = sqrt(-2 log(1 - u)), angle = "
      "2 pi v, and u, v = unit() of the block's words 0 and 1, or 2 and 3. A new block every four numbers, as in random_uniform.",
      "\"From words to numbers\" in chapter 2: two uniform numbers make two normal ones; a block of four words makes four.",
      prepare_normal, run_normal, NULL },
    { 0 },
};
