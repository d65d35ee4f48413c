#include "18_winograd.h"

#include "01_parallel.h"
#include "01_product.h"
#include "01_scratch.h"
#include "01_tiles.h"
#include "18_patches.h"
#include "18_winograd_tiles.h"
#include "18_winograd_transform.h"

#include <string.h>

enum { WORK_TILES = 128 }; /* tiles at a time: enough for a good product, few enough to stay in the cache */

static int maps_at_once(const WinogradSizes *s)
{
    int in_map = tiles_of(s, 0, 1).tiles, maps = WORK_TILES / in_map;
    return maps < 1 ? 1 : maps < s->N ? maps : s->N;
}

static size_t kernel_size(const WinogradSizes *s) { return POINTS * matrix_size(s->C, s->O); }

/* M = V.U at point k, for the tiles and channels that take it. */
static void point_forward(real *M, const real *V, const real *U, const Tiles *T, size_t k)
{
    const Channels *x = &T->x, *y = &T->y;
    int first, tiles = tiles_at_point(T, k, &first);
    if (tiles > 0)
        gemm_serial(M + row_of(T, y, k, first), matrix(V + row_of(T, x, k, first), tiles, x->width[k]),
                    matrix(U + k * matrix_size(x->channels, y->channels), x->width[k], y->width[k]), 0);
}

/* dU += V^T.M at point k; dU is 0 before the first maps. */
static void point_backward_w(real *dU, const real *V, const real *M, const Tiles *T, size_t k)
{
    const Channels *x = &T->x, *y = &T->y;
    int first, tiles = tiles_at_point(T, k, &first);
    dU += k * matrix_size(x->channels, y->channels);
    if (T->first == 0)
        memset(dU, 0, (size_t)x->width[k] * (size_t)y->width[k] * sizeof *dU);
    if (tiles > 0)
        gemm_serial(dU, transposed(V + row_of(T, x, k, first), tiles, x->width[k]),
                    matrix(M + row_of(T, y, k, first), tiles, y->width[k]), 1);
}

/* Room for the tiles of as many maps as are taken at once, of x and of y. */
typedef struct {
    real *V, *M;
} TileRoom;

static TileRoom take_tiles(const WinogradSizes *s)
{
    int tiles = tiles_of(s, 0, maps_at_once(s)).tiles;
    real *V = scratch_take(POINTS * matrix_size(tiles, s->C));
    return (TileRoom){ V, scratch_take(POINTS * matrix_size(tiles, s->O)) };
}

static int fewer(int a, int b) { return a < b ? a : b; }

void winograd_forward(real *y, const real *x, const real *w, const real *b, const WinogradSizes *s)
{
    int at_once = maps_at_once(s);
    ScratchMark mark = scratch_mark();
    real *U = scratch_take(kernel_size(s));
    TileRoom room = take_tiles(s);
    kernel_tiles(U, w, s);
    for (int first = 0; first < s->N; first += at_once) {
        Tiles T = tiles_of(s, first, fewer(at_once, s->N - first));
        input_tiles(room.V, x, &T);
        PARALLEL_DYNAMIC((double)T.tiles * s->C * s->O, 1)
        for (size_t k = 0; k < POINTS; k++)
            point_forward(room.M, room.V, U, &T, k);
        output_tiles(y, room.M, b, &T);
    }
    scratch_return(mark);
}

void winograd_backward_x(real *dx, const real *dy, const real *w, const WinogradSizes *s)
{
    WinogradSizes back = { s->N, s->H, s->W, s->O, s->C, s->y_in_phases, s->x_in_phases, s->known };
    ScratchMark mark = scratch_mark();
    real *flipped = scratch_take(9 * (size_t)s->C * (size_t)s->O);
    kernel_flip(flipped, w, 3, s->C, s->O);
    winograd_forward(dx, dy, flipped, NULL, &back);
    scratch_return(mark);
}

void winograd_backward_w(real *dw, const real *x, const real *dy, const WinogradSizes *s)
{
    int at_once = maps_at_once(s);
    ScratchMark mark = scratch_mark();
    real *dU = scratch_take(kernel_size(s));
    TileRoom room = take_tiles(s);
    for (int first = 0; first < s->N; first += at_once) {
        Tiles T = tiles_of(s, first, fewer(at_once, s->N - first));
        input_tiles(room.V, x, &T);
        gradient_tiles(room.M, dy, &T);
        PARALLEL_DYNAMIC((double)T.tiles * s->C * s->O, 1)
        for (size_t k = 0; k < POINTS; k++)
            point_backward_w(dU, room.V, room.M, &T, k);
    }
    kernel_tiles_back(dw, dU, s);
    scratch_return(mark);
}
