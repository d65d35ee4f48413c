/* Winograd's transforms of a tile: see chapters/fast/18_winograd.md.
 *
 * Four outputs in a row, of a window of three over six inputs, are 12 products
 * when taken one by one. They are the transpose of a product of polynomials of
 * degree 5, which six evaluations fix: 6 products. In two dimensions a tile of
 * 4 x 4 outputs takes 36 products instead of 144. The price is a transform of
 * every input tile, kernel and output tile, by small fixed matrices, and some
 * digits.
 *
 * Source: Lavin and Gray, "Fast algorithms for convolutional neural networks",
 * CVPR 2016, section 4; F(4x4, 3x3) in its section 4.3. */
#ifndef FAST_WINOGRAD_TRANSFORM_H
#define FAST_WINOGRAD_TRANSFORM_H

#include "01_tensor.h"
#include "01_vector.h"

/* The points at which polynomials are evaluated; in two dimensions their pairs. */
enum { AT_0, AT_1, AT_MINUS_1, AT_2, AT_MINUS_2, AT_INFINITY, WINDOW, POINTS = WINDOW * WINDOW };

/* Maps whose sides are no multiples of four end in tiles of three outputs a
 * side, which leave out one of the points. */
enum { TILE = 4, LEFT_OUT = AT_MINUS_2 };

enum { LANES = REGISTER / sizeof(real) }; /* channels taken side by side */

/* One channel, to read and to test with: V = B^T X B, U = G g G^T, y = A^T M A
 * with M = U . V, for a tile of 4 x 4 or 3 x 3 outputs. U serves both; with 3, V
 * has zeros in row and column LEFT_OUT, X's last row and column are not read, and
 * y's are zeros. */
void winograd_input(double V[WINDOW][WINDOW], double X[WINDOW][WINDOW], int tile);
void winograd_kernel(double U[WINDOW][WINDOW], double g[3][3]);
void winograd_output(double y[TILE][TILE], double M[WINDOW][WINDOW], int tile);

/* ---- many channels side by side ----------------------------------------------------------- */

/* A vector of channels. The compiler turns its sums and products into vector
 * instructions; written out, each operation is a loop over the lanes. */
typedef real Lanes __attribute__((vector_size(REGISTER)));

/* ---- the three transforms in one dimension, and their transposes ---------------------------- */

/* Each takes and gives every `step`-th element, so that it runs along a row
 * (step 1) or down a column of a tile. The matrices of a tile of four belong to
 * the points 0, 1, -1, 2, -2 and infinity, in this order; a tile of three
 * leaves out -2, and what would stand at its place is neither read nor written. */

static INLINED void transform_input_4(Lanes *v, const Lanes *x, int step) /* v = B^T x */
{
    Lanes x0 = x[0], x1 = x[step], x2 = x[2 * step], x3 = x[3 * step], x4 = x[4 * step], x5 = x[5 * step];
    v[0] = 4 * x0 - 5 * x2 + x4;
    v[step] = x4 - 4 * x2 + (x3 - 4 * x1);
    v[2 * step] = x4 - 4 * x2 - (x3 - 4 * x1);
    v[3 * step] = x4 - x2 + 2 * (x3 - x1);
    v[4 * step] = x4 - x2 - 2 * (x3 - x1);
    v[5 * step] = 4 * x1 - 5 * x3 + x5;
}

static INLINED void transform_input_3(Lanes *v, const Lanes *x, int step)
{
    Lanes x0 = x[0], x1 = x[step], x2 = x[2 * step], x3 = x[3 * step], x4 = x[4 * step];
    v[0] = 4 * (x0 - x2) + 2 * (x3 - x1);
    v[step] = 3 * (x3 - x2 - 2 * x1);
    v[2 * step] = x3 - 3 * x2 + 2 * x1;
    v[3 * step] = 4 * (x3 - x1);
    v[5 * step] = x4 - x2 - 2 * (x3 - x1);
}

static INLINED void transform_input(int size, Lanes *v, const Lanes *x, int step)
{
    if (size == TILE)
        transform_input_4(v, x, step);
    else
        transform_input_3(v, x, step);
}

static inline void transform_kernel(Lanes *u, const Lanes *g, int step, int step_g) /* u = G g */
{
    Lanes even = g[0] + g[2 * step_g], odd = g[step_g];
    Lanes even2 = (g[0] + 4 * g[2 * step_g]) / 24, odd2 = odd / 12;
    u[0] = g[0] / 4;
    u[step] = (even + odd) / -6;
    u[2 * step] = (even - odd) / -6;
    u[3 * step] = even2 + odd2;
    u[4 * step] = even2 - odd2;
    u[5 * step] = g[2 * step_g];
}

static INLINED void transform_output_4(Lanes *y, const Lanes *m, int step, int step_m) /* y = A^T m */
{
    Lanes s1 = m[step_m] + m[2 * step_m], d1 = m[step_m] - m[2 * step_m];
    Lanes s2 = m[3 * step_m] + m[4 * step_m], d2 = m[3 * step_m] - m[4 * step_m];
    y[0] = m[0] + s1 + s2;
    y[step] = d1 + 2 * d2;
    y[2 * step] = s1 + 4 * s2;
    y[3 * step] = d1 + 8 * d2 + m[5 * step_m];
}

static INLINED void transform_output_3(Lanes *y, const Lanes *m, int step, int step_m)
{
    Lanes s1 = m[step_m] + m[2 * step_m], d1 = m[step_m] - m[2 * step_m], m2 = m[3 * step_m];
    y[0] = m[0] + s1 + m2;
    y[step] = d1 + 2 * m2;
    y[2 * step] = s1 + 4 * m2 + m[5 * step_m];
}

static INLINED void transform_output(int size, Lanes *y, const Lanes *m, int step, int step_m)
{
    if (size == TILE)
        transform_output_4(y, m, step, step_m);
    else
        transform_output_3(y, m, step, step_m);
}

static INLINED void transpose_output_4(Lanes *m, const Lanes *y, int step, int step_y) /* m = A y */
{
    Lanes even = y[0] + y[2 * step_y], odd = y[step_y] + y[3 * step_y];
    Lanes even2 = y[0] + 4 * y[2 * step_y], odd2 = 2 * y[step_y] + 8 * y[3 * step_y];
    m[0] = y[0];
    m[step] = even + odd;
    m[2 * step] = even - odd;
    m[3 * step] = even2 + odd2;
    m[4 * step] = even2 - odd2;
    m[5 * step] = y[3 * step_y];
}

static INLINED void transpose_output_3(Lanes *m, const Lanes *y, int step, int step_y)
{
    Lanes even = y[0] + y[2 * step_y], odd = y[step_y];
    m[0] = y[0];
    m[step] = even + odd;
    m[2 * step] = even - odd;
    m[3 * step] = y[0] + 2 * odd + 4 * y[2 * step_y];
    m[5 * step] = y[2 * step_y];
}

static INLINED void transpose_output(int size, Lanes *m, const Lanes *y, int step, int step_y)
{
    if (size == TILE)
        transpose_output_4(m, y, step, step_y);
    else
        transpose_output_3(m, y, step, step_y);
}

static inline void transpose_kernel(Lanes *g, const Lanes *u, int step, int step_u) /* g = G^T u */
{
    Lanes s1 = (u[step_u] + u[2 * step_u]) / -6, d1 = (u[step_u] - u[2 * step_u]) / -6;
    Lanes s2 = (u[3 * step_u] + u[4 * step_u]) / 24, d2 = (u[3 * step_u] - u[4 * step_u]) / 12;
    g[0] = u[0] / 4 + s1 + s2;
    g[step] = d1 + d2;
    g[2 * step] = s1 + 4 * s2 + u[5 * step_u];
}

/* ---- in two dimensions: first every column, then every row -------------------------------------- */

/* Does a tile of this size take the point in row, or column, k? */
static INLINED bool takes(int size, int k) { return size == TILE || k != LEFT_OUT; }

static INLINED void input_tile(Lanes V[POINTS], const Lanes x[POINTS], int high, int broad)
{
    Lanes half[POINTS];
    for (int j = 0; j < broad + 2; j++)
        transform_input(high, half + j, x + j, WINDOW);
    for (int i = 0; i < WINDOW; i++)
        if (takes(high, i))
            transform_input(broad, V + i * WINDOW, half + i * WINDOW, 1);
}

static INLINED void output_tile(Lanes y[TILE * TILE], const Lanes M[POINTS], int high, int broad)
{
    Lanes half[TILE * WINDOW];
    for (int j = 0; j < WINDOW; j++)
        if (takes(broad, j))
            transform_output(high, half + j, M + j, WINDOW, WINDOW);
    for (int i = 0; i < high; i++)
        transform_output(broad, y + i * TILE, half + i * WINDOW, 1, 1);
}

static INLINED void output_tile_transposed(Lanes M[POINTS], const Lanes y[TILE * TILE], int high, int broad)
{
    Lanes half[WINDOW * TILE];
    for (int j = 0; j < broad; j++)
        transpose_output(high, half + j, y + j, TILE, TILE);
    for (int i = 0; i < WINDOW; i++)
        if (takes(high, i))
            transpose_output(broad, M + i * WINDOW, half + i * TILE, 1, 1);
}

static inline void kernel_tile(Lanes U[POINTS], const Lanes g[9])
{
    Lanes half[WINDOW * 3];
    for (int j = 0; j < 3; j++)
        transform_kernel(half + j, g + j, 3, 3);
    for (int i = 0; i < WINDOW; i++)
        transform_kernel(U + i * WINDOW, half + i * 3, 1, 1);
}

static inline void kernel_tile_transposed(Lanes g[9], const Lanes U[POINTS])
{
    Lanes half[3 * WINDOW];
    for (int j = 0; j < WINDOW; j++)
        transpose_kernel(half + j, U + j, WINDOW, WINDOW);
    for (int i = 0; i < 3; i++)
        transpose_kernel(g + i * 3, half + i * WINDOW, 1, 1);
}

#endif
