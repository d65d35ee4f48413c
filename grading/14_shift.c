#include "14_shift.h"

#include "01_memory.h"
#include "task.h"

static const int counts[] = { 3, 11, 2, 6, 20, 5, 8 };

/* Every stride-th of the numbers. */
static void prepare_percentiles(Call *c, int which, Random *r)
{
    static const double x[] = { 30, 10, 20 };
    int n = c->size[0] = counts[which % 7], stride = c->size[1] = which == 0 ? 1 : 1 + which % 3;
    if (which == 0)
        call_numbers(c, "x", READS, vector(3), x);
    else
        call_array(c, "x", READS, vector(n * stride), r);
    call_array(c, "percentile", WRITES, vector(3), NULL);
}
static void run_percentiles(Call *c)
{
    Percentiles p = percentiles_of(AT("x"), c->size[0], c->size[1]);
    AT("percentile")[0] = p.low, AT("percentile")[1] = p.middle, AT("percentile")[2] = p.high;
}

/* n times, low, middle and high in each row. */
static void prepare_drift(Call *c, int which, Random *r)
{
    static const double p[] = { 0, 1, 2, 1, 2, 3, 0, 1, 2 };
    if (which == 0)
        call_numbers(c, "p", READS, table(3, 3), p);
    else
        call_array(c, "p", READS, table(counts[which % 7], 3), r);
    for (int i = 0; which > 0 && i < counts[which % 7]; i++) {
        AT("p")[3 * i] = AT("p")[3 * i + 1] - fabs(AT("p")[3 * i]) - (real)0.1;
        AT("p")[3 * i + 2] = AT("p")[3 * i + 1] + fabs(AT("p")[3 * i + 2]) + (real)0.1;
    }
    call_array(c, "drift", WRITES, vector(1), NULL);
}
static void run_drift(Call *c)
{
    int n = shape_rows(array_of(c, "p")->shape);
    Percentiles *p = memory_get((size_t)n * sizeof *p);
    for (int i = 0; i < n; i++)
        p[i] = (Percentiles){ AT("p")[3 * i], AT("p")[3 * i + 1], AT("p")[3 * i + 2] };
    AT("drift")[0] = (real)percentile_drift(p, n);
    memory_release(p);
}

const Task tasks_14[] = {
    { "14_shift", "percentile", 2,
      "Of n sorted numbers, the one at place share (n - 1), counted from 0; between two places, on the straight line between their "
      "numbers.",
      "\"The idea\" in chapter 14: the last number has none behind it, so place n - 1 needs care.", prepare_percentiles,
      run_percentiles, NULL },
    { "14_shift", "percentile_drift", 2,
      "The mean, over consecutive times and the three percentiles, of how far they moved, divided by percentile_width(p, n); 0 where nothing "
      "moved.",
      "\"The idea\" in chapter 14: n times have n - 1 steps between them.", prepare_drift, run_drift, NULL },
    { 0 },
};
