#include "22_metrics.h"

#include "22_frechet.h"
#include "22_neighbours.h"
#include "task.h"

static Tensor tensor_at(Call *c, const char *name)
{
    CallArray *a = array_of(c, name);
    return (Tensor){ a->shape, call_count(a), a->at };
}

/* ---- the score ------------------------------------------------------------------------------ */

static const int images[] = { 2, 5, 1, 30, 7, 3, 12 }, kinds[] = { 2, 3, 4, 10, 2, 1, 5 };
static const double sure[] = { 1, 0, 0, 1 };

static void prepare_score(Call *c, int which, Random *r)
{
    Shape shape = table(images[which % 7], kinds[which % 7]);
    if (which == 0)
        call_numbers(c, "p", READS, shape, sure);
    else {
        real *p = call_array(c, "p", READS, shape, NULL);
        random_uniform(r, p, shape_size(shape));
        for (int i = 0; i < shape.dim[0]; i++) {
            double total = 0;
            for (int k = 0; k < shape.dim[1]; k++)
                total += (double)p[i * shape.dim[1] + k];
            for (int k = 0; k < shape.dim[1]; k++)
                p[i * shape.dim[1] + k] = (real)((double)p[i * shape.dim[1] + k] / total);
        }
        if (which % 2) /* a class that one image has no trace of */
            p[shape.dim[1] - 1] = 0;
    }
    call_array(c, "score", WRITES, vector(1), NULL);
}
static void run_score(Call *c)
{
    Tensor p = tensor_at(c, "p");
    AT("score")[0] = (real)class_score(&p);
}

/* ---- the Frechet distance ------------------------------------------------------------------------ */

static const int features[] = { 1, 2, 1, 5, 3, 8, 4 };
static const double one_mean[] = { 1 }, other_mean[] = { 4 }, four[] = { 4 }, twentyfive[] = { 25 };

/* B^T B and a little more on the diagonal: no negative eigenvalue. */
static void covariance(Call *c, const char *name, int n, Random *r)
{
    real *cov = call_array(c, name, READS, table(n, n), NULL), B[64];
    random_normal(r, B, (size_t)(n * n));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = i == j ? 0.1 : 0;
            for (int k = 0; k < n; k++)
                sum += (double)B[k * n + i] * (double)B[k * n + j];
            cov[i * n + j] = (real)sum;
        }
}

static void prepare_frechet(Call *c, int which, Random *r)
{
    int n = c->size[0] = features[which % 7];
    if (which == 0) {
        call_numbers(c, "mean_a", READS, vector(1), one_mean), call_numbers(c, "cov_a", READS, table(1, 1), four);
        call_numbers(c, "mean_b", READS, vector(1), other_mean), call_numbers(c, "cov_b", READS, table(1, 1), twentyfive);
    } else {
        call_array(c, "mean_a", READS, vector(n), r), covariance(c, "cov_a", n, r);
        call_array(c, "mean_b", READS, vector(n), r), covariance(c, "cov_b", n, r);
    }
    call_array(c, "d2", WRITES, vector(1), NULL);
}
static void run_frechet(Call *c)
{
    double number[4][64];
    static const char *const name[] = { "mean_a", "cov_a", "mean_b", "cov_b" };
    for (int k = 0; k < 4; k++)
        for (size_t i = 0; i < call_count(array_of(c, name[k])); i++)
            number[k][i] = (double)AT(name[k])[i];
    Gaussian a = { c->size[0], number[0], number[1] }, b = { c->size[0], number[2], number[3] };
    AT("d2")[0] = (real)frechet_distance(&a, &b);
}

/* ---- distances, and birthdays -------------------------------------------------------------------------- */

static const int rows_a[] = { 1, 4, 3, 1, 17, 5, 2 }, rows_b[] = { 2, 3, 1, 9, 6, 5, 12 }, width[] = { 2, 3, 1, 8, 5, 2, 7 };
static const double a0[] = { 1, 2 }, b0[] = { 1, 2, 4, 6 };

static void prepare_distances(Call *c, int which, Random *r)
{
    int n = rows_a[which % 7], m = rows_b[which % 7], C = width[which % 7];
    if (which == 0)
        call_numbers(c, "a", READS, table(1, 2), a0), call_numbers(c, "b", READS, table(2, 2), b0);
    else
        call_array(c, "a", READS, table(n, C), r), call_array(c, "b", READS, table(m, C), r);
    call_array(c, "d2", WRITES, table(n, m), NULL);
}
static void run_distances(Call *c)
{
    Tensor a = tensor_at(c, "a"), b = tensor_at(c, "b");
    squared_distances(AT("d2"), a.data, shape_rows(a.shape), b.data, shape_rows(b.shape), shape_columns(a.shape));
}

/* A few items, drawn again and again. */
static void prepare_birthdays(Call *c, int which, Random *r)
{
    static const double three[] = { 0, 0.6, 0 };
    int n = which == 0 ? 3 : 10 * which;
    if (which == 0)
        call_numbers(c, "x", READS, table(3, 1), three);
    else {
        real *x = call_array(c, "x", READS, table(n, 1), NULL);
        for (int i = 0; i < n; i++)
            x[i] = (real)(0.6 * random_index(r, 2 + which)); /* more apart than the radius, not than its square */
    }
    call_array(c, "support", WRITES, vector(1), NULL);
}
static void run_birthdays(Call *c)
{
    Tensor x = tensor_at(c, "x");
    AT("support")[0] = (real)birthday_support(&x, 0.5);
}

const Task tasks_22[] = {
    { "22_metrics", "class_score", 1,
      "exp of the mean over the N images of sum over classes of p_k log(p_k / q_k), where q_k is the mean of p_k over the images. 0 log 0 is 0.",
      "\"From the classes: the digit score\" in chapter 22: first the means of the columns, then one sum over everything.",
      prepare_score, run_score, NULL },
    { "22_frechet", "frechet_distance", 2,
      "|a->mean - b->mean|^2 + tr a->cov + tr b->cov - 2 tr (a->cov b->cov)^(1/2); trace_of_root gives the last trace.",
      "\"From the features: the Fréchet distance\" in chapter 22: a trace is the sum of the diagonal; in one dimension the whole is (m1 - m2)^2 + (s1 - s2)^2.",
      prepare_frechet, run_frechet, NULL },
    { "22_neighbours", "squared_distances", 2,
      "d2[i m + j] = |a_i|^2 - 2 <a_i, b_j> + |b_j|^2 for rows i of a (n x C), j of b (m x C), not below 0: one gemm for all the products.",
      "\"From neighbours: precision and recall\" in chapter 22: gemm of a and the transposed b gives all <a_i, b_j>; dot of a row with itself is its square.",
      prepare_distances, run_distances, NULL },
    { "22_neighbours", "birthday_support", 2,
      "n(n - 1)/(2 pairs), where pairs counts the pairs of rows of x nearer than `radius`: for_all_distances with count_pairs counts those of "
      "each row with the rows behind it.",
      "\"Is it new?\" in chapter 22: of n draws from N things, n(n - 1)/(2N) pairs agree on average; count_pairs wants the square of the radius.",
      prepare_birthdays, run_birthdays, NULL },
    { 0 },
};
