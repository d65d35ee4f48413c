/* gemm, split over the threads: see chapters/fast/01_product.md. */
#include "01_product.h"

#include "00_error.h"
#include "01_parallel.h"
#include "01_scratch.h"
#include "01_tiles.h"
#include "01_vector.h"

static Product product(real *c, Matrix a, Matrix b, real beta, const real *bias)
{
    REQUIRE(a.rows > 0 && b.columns > 0 && a.columns > 0 && a.columns == b.rows, "a product of %d x %d by %d x %d", a.rows,
            a.columns, b.rows, b.columns);
    return (Product){ c, b.columns, a, b, beta, bias };
}

static double multiplications(const Product *q) { return (double)q->a.rows * q->b.columns * q->a.columns; }

/* Pieces of a product are our threads' work; BLAS is told to use one thread.
 * What pieces share travels to both cores, so they are few: two, and more where
 * each would still have 2^24 multiplications. Their number depends on the
 * sizes alone, so the bytes do not depend on the threads. */
static int piece_count(int length, double work)
{
    int pieces = work < 0x1p18 || length < 32 ? 1 : 2;
    while (pieces > 1 && pieces < 8 && work / pieces >= 0x1p25 && length / pieces >= 64)
        pieces *= 2;
    return pieces;
}

static int piece_length(int length, double work)
{
    int pieces = piece_count(length, work);
    return (length + pieces - 1) / pieces;
}

/* Where rows are split in two, the second part shall begin with a cache line. */
static int whole_lines(int n) { return (n + VECTOR - 1) / VECTOR * VECTOR; }

static int at_most(int a, int b) { return a < b ? a : b; }

static void split_rows(Product q)
{
    double work = multiplications(&q);
    int rows = q.a.rows, piece = piece_length(rows, work);
    PARALLEL_FOR(work / 16)
    for (int i = 0; i < rows; i += piece) {
        Product part = q;
        part.a.rows = at_most(piece, rows - i);
        part.a.at += (size_t)i * (size_t)q.a.down;
        part.c += (size_t)i * (size_t)q.down;
        product_serial(&part);
    }
}

static void split_columns(Product q)
{
    double work = multiplications(&q);
    int columns = q.b.columns, piece = whole_lines(piece_length(columns, work));
    PARALLEL_FOR(work / 16)
    for (int j = 0; j < columns; j += piece) {
        Product part = q;
        part.b.columns = at_most(piece, columns - j);
        part.b.at += (size_t)j * (size_t)q.b.right;
        part.c += j;
        if (q.bias)
            part.bias += j;
        product_serial(&part);
    }
}

/* C = A1.B1 + A2.B2, where A1 has A's first columns and B1 B's first rows. */
static void split_depth(Product q)
{
    size_t size = (size_t)q.a.rows * (size_t)q.b.columns;
    ScratchMark mark = scratch_mark();
    real *half = scratch_take(size); /* A2.B2 */
    int k = q.a.columns, k1 = whole_lines(k / 2);
    Product part[2] = { q, q };
    part[0].a.columns = part[0].b.rows = k1;
    part[1].a.columns = part[1].b.rows = k - k1;
    part[1].a.at += (size_t)k1 * (size_t)q.a.right;
    part[1].b.at += (size_t)k1 * (size_t)q.b.down;
    part[1].beta = 0, part[1].bias = NULL, part[1].c = half;
    PARALLEL_FOR(multiplications(&q))
    for (int p = 0; p < 2; p++)
        product_serial(&part[p]);
    PARALLEL_FOR(size)
    for (size_t i = 0; i < size; i++)
        q.c[i] += half[i];
    scratch_return(mark);
}

/* What a piece shares with the others travels between the cores, and may be
 * packed by each: split the longest side. Rows are examples, most often, and stay
 * with the thread that made them; so they are split unless columns are many. */
static void split_longest(Product q)
{
    enum { MOST_HALF = 1 << 16 };
    int m = q.a.rows, n = q.b.columns, k = q.a.columns;
    bool deep = k > m && k > n && (double)m * n <= MOST_HALF;
    if (deep && piece_count(k, multiplications(&q)) == 2)
        split_depth(q);
    else if (n <= 2 * m)
        split_rows(q);
    else
        split_columns(q);
}

void gemm(real *c, Matrix a, Matrix b, real beta) { split_longest(product(c, a, b, beta, NULL)); }

void gemm_bias(real *c, Matrix a, Matrix b, const real *bias) { split_longest(product(c, a, b, 0, bias)); }
