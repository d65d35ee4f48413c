#include "03_slope.h"
#include "task.h"

#include <math.h>

/* ---- on a kink ------------------------------------------------------------------------------ */

static void prepare_nearest(Call *c, int which, Random *r)
{
    static const double by_hand[] = { 2, 0, 0.5, -3 }; /* a slope of 0.5 on the left, -0.5 on the right: 0 +- 0.5 */
    if (which == 0)
        call_numbers(c, "slope", READS, vector(3), (const double[]){ 0, 1e-12, -0.5 }),
            call_numbers(c, "a", READS, vector(4), by_hand);
    else
        call_array(c, "slope", READS, vector(3), r), call_array(c, "a", READS, vector(12), r);
    call_array(c, "nearest", WRITES, array_of(c, "a")->shape, NULL);
}
static void run_nearest(Call *c)
{
    Slope s = { AT("slope")[0], fabs(AT("slope")[1]), AT("slope")[2] };
    for (size_t i = 0; i < call_count(array_of(c, "a")); i++)
        AT("nearest")[i] = slope_nearest(&s, AT("a")[i]);
}

/* ---- noise ---------------------------------------------------------------------------------- */

static void prepare_noise(Call *c, int which, Random *r)
{
    static const double by_hand[NOISE_POINTS] = { 1, 0, 0, 0, 0, 0, 0, 0, 0 };
    if (which == 0)
        call_numbers(c, "value", READS, vector(NOISE_POINTS), by_hand);
    else
        call_array(c, "value", READS, vector(NOISE_POINTS), r);
    call_array(c, "noise", WRITES, vector(1), NULL);
}
static void run_noise(Call *c) { AT("noise")[0] = noise_of_differences(AT("value")); }

/* ---- the tableau: slopes of functions that are known ------------------------------------------- */

static Probe probe(void *call, double t)
{
    Call *c = call;
    double x = AT("x")[0] + t;
    static volatile double loss;
    switch (c->size[0]) {
    case 0: loss = x * x * x; break;
    case 1: loss = sin(3 * x); break;
    case 2: loss = exp(-x * x); break;
    default: loss = log(4 + x); break;
    }
    return (Probe){ t, loss, 0 };
}
static void prepare_slope(Call *c, int which, Random *r)
{
    static const double two[] = { 2 };
    c->size[0] = which % 4;
    if (which == 0)
        call_numbers(c, "x", READS, vector(1), two);
    else
        call_array(c, "x", READS, vector(1), r);
    call_array(c, "slope", WRITES, vector(1), NULL);
}
static void run_slope(Call *c) { AT("slope")[0] = slope_ridders(probe, c, 0.5, 1e-16).value; }

const Task tasks_03[] = {
    { "03_slope", "slope_nearest", 1, "Of all slopes from value - |bend| to value + |bend|, the one that comes closest to a.",
      "\"Kinks\" in chapter 3: any slope between those to both sides will do; so where a lies between them, it is a itself.",
      prepare_nearest, run_nearest, NULL },
    { "03_slope", "noise_of_differences", 2,
      "For k = 4, 5, 6: sqrt((k!)^2/(2k)!) times the root mean square of the k-th differences of the nine values (there are 9 - k); "
      "the largest of the three. gamma[k] is (k!)^2/(2k)!: 1/70, 1/252, 1/924.",
      "\"The noise of the loss\" in chapter 3: each difference leaves one value less, and a smooth function nothing.",
      prepare_noise, run_noise, NULL },
    { "03_slope", "extend_tableau", 3,
      "Row k of the tableau: for j = 1 .. k, T[k][j] = T[k][j-1] + (T[k][j-1] - T[k-1][j-1]) / (ratio^order - 1), where ratio = "
      "width[k-j] / width[k]. For j < k its error is the largest of the differences to its left, upper left and upper neighbour, and "
      "m->growth times the rounding more; keep in `best` the value with the smallest error.",
      "\"Ridders: let the step go to zero on paper\" in chapter 3: column j removes the error's term in h^(j order).",
      prepare_slope, run_slope, NULL },
    { 0 },
};
