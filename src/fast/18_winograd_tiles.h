/* The tiles of many maps, on their way to and from the 36 matrices whose
 * products are the convolution: see chapters/fast/18_winograd.md. */
#ifndef FAST_WINOGRAD_TILES_H
#define FAST_WINOGRAD_TILES_H

#include "01_tensor.h"
#include "18_winograd.h"
#include "18_winograd_transform.h"

/* A transformed array holds POINTS matrices, tiles x channels or channels x
 * channels, and a tile touches all of them at the same place. Were they a power
 * of two apart, all these places would share one set of the cache and drive each
 * other out: some cache lines between the matrices prevent that. */
static inline size_t matrix_size(int rows, int columns) { return (size_t)rows * (size_t)columns + 5 * LANES; }

/* The channels on one side of the convolution, x or y. They come in four phases
 * where the map is cut in four, else in one. */
typedef struct {
    int channels, phases, of_phase; /* of_phase: channels of each */
    int width[POINTS];              /* of the matrix of every point: how many channels have a part there */
    int begin[4][POINTS];           /* and where among them a phase begins; NOWHERE: it has no part */
    bool joins[4][POINTS];          /* it shares the place of a phase before it, whose kernel is the same there;
                              so one thread takes the phases of a tile, in their order */
} Channels;

enum { NOWHERE = -1 };

/* The tiles of `count` maps from the first. They are numbered kind by kind,
 * map by map, row by row; kinds 0 and 1 are four high, kinds 1 and 2 four broad. */
enum { KINDS = 4 };

typedef struct {
    int high, broad, down, across, i, j; /* down x across tiles in each map, from its pixel (i, j) on */
} Kind;

typedef struct {
    const WinogradSizes *s;
    Channels x, y;
    int first, tiles; /* tiles: of all kinds */
    Kind kind[KINDS];
    int start[KINDS + 1]; /* of each kind: its first tile */
} Tiles;

Tiles tiles_of(const WinogradSizes *s, int first, int count);

/* Where tile t's channels begin in the matrix of point k. */
static inline size_t row_of(const Tiles *T, const Channels *m, size_t k, int t)
{
    return k * matrix_size(T->tiles, m->channels) + (size_t)t * (size_t)m->width[k];
}

/* One product with the kernel's matrix of a point does all tiles at once. At a
 * point in the row or the column of -2 only tiles four high, or broad, take part:
 * returns how many, and the number of the first. */
int tiles_at_point(const Tiles *T, size_t k, int *first);

/* V: the tiles of the input, transformed. M: the gradients of output tiles, through
 * the transposed output transform. y: output tiles, the bias added (may be NULL). */
void input_tiles(real *V, const real *x, const Tiles *T);
void gradient_tiles(real *M, const real *dy, const Tiles *T);
void output_tiles(real *y, const real *M, const real *b, const Tiles *T);

/* U: at every point a matrix C x O, from the kernel 3 x 3 x C x O; and back:
 * dw += the transposed kernel transform of dU. */
void kernel_tiles(real *U, const real *w, const WinogradSizes *s);
void kernel_tiles_back(real *dw, const real *dU, const WinogradSizes *s);

#endif
