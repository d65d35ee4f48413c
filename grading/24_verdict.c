#include "24_statistics.h"
#include "task.h"

static void copy_out(double *to, const real *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (double)from[i];
}

enum { MOST_RUNS = 32 };
static const int runs[] = { 5, 8, 4, 10, 3, 12, 7 };

/* ---- the middle half ------------------------------------------------------------------------- */

static const double five[] = { 1, 100, 3, 2, 4 };

static void prepare_middle(Call *c, int which, Random *r)
{
    int n = c->size[0] = runs[which % 7];
    if (which == 0)
        call_numbers(c, "x", READS, vector(5), five);
    else
        call_array(c, "x", READS, vector(n), r);
    call_array(c, "mean", WRITES, vector(1), NULL);
}
static void run_middle(Call *c)
{
    double x[MOST_RUNS];
    copy_out(x, AT("x"), (size_t)c->size[0]);
    AT("mean")[0] = (real)interquartile_mean(x, c->size[0]);
}

/* ---- sign flips ---------------------------------------------------------------------------------- */

static const double three_a[] = { 3, 1, 1 }, three_b[] = { 0, 0, 0 };

static void prepare_flips(Call *c, int which, Random *r)
{
    int n = c->size[0] = which == 0 ? 3 : runs[which % 7];
    if (which == 0)
        call_numbers(c, "a", READS, vector(3), three_a), call_numbers(c, "b", READS, vector(3), three_b);
    else
        call_array(c, "a", READS, vector(n), r), call_array(c, "b", READS, vector(n), r);
    call_array(c, "p", WRITES, vector(1), NULL);
}
static void run_flips(Call *c)
{
    double a[MOST_RUNS], b[MOST_RUNS];
    copy_out(a, AT("a"), (size_t)c->size[0]), copy_out(b, AT("b"), (size_t)c->size[0]);
    AT("p")[0] = (real)sign_flip_p(a, b, c->size[0], 1);
}

/* ---- a family of tests ------------------------------------------------------------------------------ */

static const double four_p[] = { 0.01, 0.04, 0.03, 0.005 };

static void prepare_holm(Call *c, int which, Random *r)
{
    int n = c->size[0] = which == 0 ? 4 : runs[which % 7];
    if (which == 0)
        call_numbers(c, "p", READS, vector(4), four_p);
    else {
        real *p = call_array(c, "p", READS, vector(n), NULL);
        random_uniform(r, p, (size_t)n);
        for (int i = 0; i < n; i++)
            p[i] *= p[i] / 4; /* small ones, most of them */
    }
    call_array(c, "adjusted", WRITES, vector(n), NULL);
}
static void run_holm(Call *c)
{
    double p[MOST_RUNS], adjusted[MOST_RUNS];
    copy_out(p, AT("p"), (size_t)c->size[0]);
    holm_adjust(adjusted, p, c->size[0]);
    for (int i = 0; i < c->size[0]; i++)
        AT("adjusted")[i] = (real)adjusted[i];
}

const Task tasks_24[] = {
    { "24_statistics", "interquartile_mean", 1,
      "The mean of the middle half of the n sorted numbers, from place n/4 to place 3n/4: number i fills the place from i to i + 1, "
      "and counts with the part of it that lies in between.",
      "\"From pairs to a finding\" in chapter 24: of five numbers the middle half goes from 1.25 to 3.75, and holds three quarters of the second "
      "and of the fourth, and the whole third.",
      prepare_middle, run_middle, NULL },
    { "24_statistics", "sign_flip_p", 2,
      "The share of all 2^n choices of signs of the differences a[i] - b[i] whose sum is at least as far from 0 as the one found "
      "(but for rounding); of 2^16 random ones where n > 16. with_signs gives the sum for signs that are bits.",
      "\"From pairs to a finding\" in chapter 24: run through the numbers 0 to 2^n - 1; bit i says whether difference i is turned. The choice 0 is "
      "the one found.",
      prepare_flips, run_flips, NULL },
    { "24_statistics", "holm_adjust", 2,
      "From the smallest of the n p values on, each is multiplied by how many are left (n, n - 1, ...); none becomes smaller than the one "
      "before it, or larger than 1.",
      "\"From pairs to a finding\" in chapter 24, Holm's correction: find the smallest that has not been taken yet, n times over; the largest so far is the least that "
      "the next may be.",
      prepare_holm, run_holm, NULL },
    { 0 },
};
