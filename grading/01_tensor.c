#include "01_product.h"
#include "01_sum.h"
#include "task.h"

enum { M, P, N }; /* C (M x N) += A (M x P) B (P x N) */
static const int sizes[][3] = { { 2, 2, 2 }, { 3, 4, 2 }, { 1, 5, 3 }, { 4, 1, 1 }, { 5, 3, 7 }, { 1, 1, 6 }, { 8, 9, 2 } };
static const double first[] = { 1, 2, 3, 4 }, second[] = { 5, 6, 7, 8 }, hundred[] = { 100, 0, 0, 0 };

static void prepare_product(Call *c, int which, Random *r)
{
    const int *s = sizes[which % 7];
    for (int k = 0; k < 3; k++)
        c->size[k] = s[k];
    if (which == 0) {
        call_numbers(c, "a", READS, table(2, 2), first), call_numbers(c, "b", READS, table(2, 2), second);
        call_numbers(c, "c", CHANGES, table(2, 2), hundred);
        return;
    }
    call_array(c, "a", READS, table(s[M], s[P]), r), call_array(c, "b", READS, table(s[P], s[N]), r);
    call_array(c, "c", CHANGES, table(s[M], s[N]), r);
}
static void run_product(Call *c)
{
    gemm(AT("c"), matrix(AT("a"), c->size[M], c->size[P]), matrix(AT("b"), c->size[P], c->size[N]), 1);
}

static const double by_hand[] = { 1, 2, 10, 20, 100, 200 }, begun[] = { 1000, 2000 };

static void prepare_sums(Call *c, int which, Random *r)
{
    int R = c->size[0] = which == 0 ? 3 : sizes[which % 7][1], C = c->size[1] = which == 0 ? 2 : sizes[which % 7][2];
    if (which == 0)
        call_numbers(c, "x", READS, table(R, C), by_hand), call_numbers(c, "total", CHANGES, vector(C), begun);
    else
        call_array(c, "x", READS, table(R, C), r), call_array(c, "total", CHANGES, vector(C), r);
}
static void run_sums(Call *c) { column_sums_add(AT("total"), AT("x"), c->size[0], c->size[1]); }

const Task tasks_01[] = {
    { "01_product", "product_add", 1, "c_ij += sum over p of a_ip b_pj; element(a, i, p) is a_ip, and c lies row by row.",
      "\"The matrix product\" in chapter 1: three loops, and what the third of them sums over.", prepare_product, run_product,
      NULL },
    { "01_sum", "column_sums_add", 1, "total[j] += sum over i of x[i][j], summed in `wide` and narrowed once.",
      "\"Sums\" in chapter 1: element (i, j) of R rows and C columns lies at i C + j.", prepare_sums, run_sums, NULL },
    { 0 },
};
