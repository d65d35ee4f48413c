#include "01_tiles.h"

#include "01_vector.h"

/* A tile of C is ROWS rows of VECTORS vectors; its sums have DEPTH terms at most. */
enum { ROWS = TILE_ROWS, VECTORS = TILE_VECTORS, COLUMNS = VECTORS * VECTOR, DEPTH = 512 };

/* c = sum + beta c; what c held does not matter where beta is 0. */
static INLINED void vector_write(real *c, const Vector *sum, real beta)
{
    Vector *to = (Vector *)c;
    if (beta == 0)
        *to = *sum;
    else
        *to = beta * *to + *sum;
}

/* Asks for the numbers n behind x before they are needed; there may be none. */
static INLINED void prefetch(const real *x, size_t n) { __builtin_prefetch((const void *)((uintptr_t)x + n * sizeof *x)); }

/* rows x (vectors VECTOR) elements of C. Their sums stay in registers to the end:
 * each number of A is used for all vectors of a row of B, each vector of B for all
 * rows. The row of B that comes AHEAD, and those of C, are prefetched. */
static INLINED void tile(real *c, Matrix a, Matrix b, const Product *q, int rows, int vectors)
{
    enum { AHEAD = 16 };
    Vector sum[ROWS][VECTORS];
    size_t c_down = (size_t)q->down, a_down = (size_t)a.down, a_right = (size_t)a.right, b_down = (size_t)b.down;
    for (size_t r = 0; r < (size_t)rows; r++)
        for (int v = 0; v < vectors; v++) {
            __builtin_prefetch(c + r * c_down + v * VECTOR, 1);
            sum[r][v] = q->bias ? *(const Vector *)(q->bias + v * VECTOR) : (Vector){ 0 };
        }
    for (size_t p = 0; p < (size_t)a.columns; p++) {
        const Vector *b_row = (const Vector *)(b.at + p * b_down);
        for (int v = 0; v < vectors; v += CACHE_LINE / REGISTER)
            prefetch(b.at, (p + AHEAD) * b_down + v * VECTOR);
        for (size_t r = 0; r < (size_t)rows; r++)
            for (int v = 0; v < vectors; v++)
                sum[r][v] += a.at[r * a_down + p * a_right] * b_row[v];
    }
    for (size_t r = 0; r < (size_t)rows; r++)
        for (int v = 0; v < vectors; v++)
            vector_write(c + r * c_down + v * VECTOR, &sum[r][v], q->beta);
}

/* Matrices from row i, or from column j, on. */
static INLINED Matrix from_row(Matrix a, int i) { return a.at += (size_t)i * (size_t)a.down, a; }
static INLINED Matrix from_column(Matrix b, int j) { return b.at += (size_t)j * (size_t)b.right, b; }

/* All rows of C at some columns: those of b, in whole vectors. What is left below the
 * last whole tile is taken by four and one by one; of ROWS + 2 rows, four twice. */
static INLINED void tiles_down(const Product *q, Matrix b, int vectors)
{
    int i = 0;
    for (; i + ROWS <= q->a.rows && q->a.rows - i != ROWS + 2; i += ROWS)
        tile(q->c + (size_t)i * (size_t)q->down, from_row(q->a, i), b, q, ROWS, vectors);
    for (; i + 4 <= q->a.rows; i += 4)
        tile(q->c + (size_t)i * (size_t)q->down, from_row(q->a, i), b, q, 4, vectors);
    for (; i < q->a.rows; i++)
        tile(q->c + (size_t)i * (size_t)q->down, from_row(q->a, i), b, q, 1, vectors);
}

/* Some columns of b side by side in the rows of `packed`; what is left of a row is 0. */
static Matrix pack_columns(real *packed, Matrix b, int columns)
{
    for (int p = 0; p < b.rows; p++) {
        for (int j = 0; j < columns; j++)
            packed[p * COLUMNS + j] = b.at[(size_t)p * (size_t)b.down + (size_t)j * (size_t)b.right];
        for (int j = columns; j < COLUMNS; j++)
            packed[p * COLUMNS + j] = 0;
    }
    return matrix(packed, b.rows, COLUMNS);
}

/* The last columns of C, fewer than a vector, by way of a tile beside it. */
static void edge(const Product *q, Matrix packed, int columns)
{
    real beside[COLUMNS];
    for (int i = 0; i < q->a.rows; i++) {
        Product row = { beside, COLUMNS, from_row(q->a, i), packed, 0, NULL };
        real *c = q->c + (size_t)i * (size_t)q->down;
        tile(beside, row.a, packed, &row, 1, VECTORS);
        for (int j = 0; j < columns; j++)
            c[j] = beside[j] + (q->bias ? q->bias[j] : 0) + (q->beta == 0 ? 0 : q->beta * c[j]);
    }
}

/* The product's part at columns j and following; sums of DEPTH terms at most. */
static INLINED void tiles_at(Product q, int j, int columns, real *packed)
{
    Matrix b = from_column(q.b, j);
    q.c += j;
    if (q.bias)
        q.bias += j;
    if (b.right != 1 || columns % VECTOR)
        b = pack_columns(packed, b, columns);
    if (columns == COLUMNS)
        tiles_down(&q, b, VECTORS);
    else if (VECTORS > 2 && columns == 2 * VECTOR)
        tiles_down(&q, b, 2);
    else if (columns == VECTOR)
        tiles_down(&q, b, 1);
    else
        edge(&q, b, columns);
}

static void tiles_across(Product q)
{
    real packed[DEPTH * COLUMNS]; /* 64 KB */
    for (int j = 0, columns; j < q.b.columns; j += columns) {
        int left = q.b.columns - j;
        columns = left >= COLUMNS ? COLUMNS : left >= VECTOR ? left / VECTOR * VECTOR : left;
        if (q.a.right == 1) { /* a constant, inside */
            q.a.right = 1;
            tiles_at(q, j, columns, packed);
        } else {
            q.a.down = 1;
            tiles_at(q, j, columns, packed);
        }
    }
}

/* Longer sums in turns: what the first leave in C, the next add to. */
void product_in_tiles(const Product *q)
{
    for (int p = 0; p < q->a.columns; p += DEPTH) {
        Product part = *q;
        int depth = q->a.columns - p < DEPTH ? q->a.columns - p : DEPTH;
        part.a = from_column(q->a, p), part.b = from_row(q->b, p);
        part.a.columns = part.b.rows = depth;
        if (p > 0)
            part.beta = 1, part.bias = NULL;
        tiles_across(part);
    }
}
