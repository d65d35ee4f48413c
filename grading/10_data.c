#include "10_data.h"

#include "task.h"

enum { R, C };
static const int sizes[][2] = { { 2, 2 }, { 5, 3 }, { 4, 1 }, { 9, 2 }, { 3, 4 }, { 16, 2 }, { 7, 5 } };
static const double x0[] = { 1, 5, 3, 5 };

static void prepare_x(Call *c, int which, Random *r, Use use)
{
    c->size[R] = sizes[which % 7][R], c->size[C] = sizes[which % 7][C];
    if (which == 0)
        call_numbers(c, "x", use, table(2, 2), x0);
    else
        call_array(c, "x", use, table(c->size[R], c->size[C]), r);
    for (int i = 0; which % 3 == 1 && i < c->size[R]; i++)
        AT("x")[i * c->size[C] + c->size[C] - 1] = (real)7.1; /* a column that does not vary */
}

static void prepare_fit(Call *c, int which, Random *r)
{
    prepare_x(c, which, r, READS);
    call_array(c, "mean", WRITES, vector(c->size[C]), NULL), call_array(c, "rstd", WRITES, vector(c->size[C]), NULL);
}
static void run_fit(Call *c) { standardise_fit(AT("mean"), AT("rstd"), AT("x"), c->size[R], c->size[C]); }

static void prepare_apply(Call *c, int which, Random *r)
{
    prepare_x(c, which, r, CHANGES);
    if (which == 0)
        call_numbers(c, "mean", READS, vector(2), (const double[]){ 2, 5 }),
            call_numbers(c, "rstd", READS, vector(2), (const double[]){ 1, 0 });
    else
        call_array(c, "mean", READS, vector(c->size[C]), r), call_array(c, "rstd", READS, vector(c->size[C]), r);
}
static void run_apply(Call *c) { standardise_apply(AT("x"), AT("mean"), AT("rstd"), c->size[R], c->size[C]); }

/* Three batches, one after the other, across the end of a permutation. */
static void prepare_shuffle(Call *c, int which, Random *r)
{
    c->size[0] = which == 0 ? 3 : 3 + random_index(r, 6); /* n */
    c->size[1] = random_index(r, 1000000);
    call_array(c, "index", WRITES, table(3, c->size[0] - 1), NULL);
}
static void run_shuffle(Call *c)
{
    int index[16], count = c->size[0] - 1;
    Shuffle s = shuffle_new(c->size[0], random_stream((uint64_t)c->size[1], "exercise", 0));
    for (int batch = 0; batch < 3; batch++) {
        for (int i = 0; i < 16; i++)
            index[i] = -1;
        shuffle_next(&s, index, count);
        for (int i = 0; i < count; i++)
            AT("index")[batch * count + i] = index[i];
    }
    shuffle_free(&s);
}

const Task tasks_10[] = {
    { "10_data", "standardise_apply", 1, "x = (x - mean) rstd, column by column.",
      "\"Standardisation\" in chapter 10: column j has its own mean[j] and rstd[j].", prepare_apply, run_apply, NULL },
    { "10_data", "standardise_fit", 2,
      "mean[j], and rstd[j] = 1/deviation; 0 where the column does not vary: where the deviation is at most 4 REAL_EPSILON |mean|. Two "
      "passes: the mean first, then the squared differences from it, divided by R.",
      "\"Standardisation\" in chapter 10: what a column of equal numbers becomes.", prepare_fit, run_fit, NULL },
    { "10_data", "shuffle_next", 2,
      "The next `count` indices of s->order from s->next on; where it is used up (s->next == s->n), draw a new one by "
      "random_permutation(&s->random, s->order, s->n) and begin at 0.",
      "\"Minibatches\" in chapter 10: a batch may end one permutation and begin the next.", prepare_shuffle, run_shuffle,
      NULL },
    { 0 },
};
