#include "24_maxout.h"

#include "00_error.h"

void maxout_forward(real *y, real *won, const real *x, size_t n, int pieces)
{
    for (size_t i = 0; i < n; i++) {
        const real *piece = x + i * (size_t)pieces;
        int largest = 0;
        for (int k = 1; k < pieces; k++)
            if (piece[k] > piece[largest] || isnan(piece[k])) /* NaN wins, so that it is seen */
                largest = k;
        for (int k = 0; k < pieces; k++)
            won[i * (size_t)pieces + (size_t)k] = k == largest;
        y[i] = piece[largest];
    }
}

void maxout_backward(real *dx, const real *dy, const real *won, size_t n, int pieces)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i * (size_t)pieces; k < (i + 1) * (size_t)pieces; k++)
            dx[k] = won[k] * dy[i];
}

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    int pieces;
    Tensor won; /* of the last forward */
} Maxout;

static Shape units_shape(const Layer *l, Shape x)
{
    int pieces = ((const Maxout *)l)->pieces, columns = shape_columns(x);
    REQUIRE(x.rank == 2 && columns % pieces == 0, "maxout of %d pieces: x is %s", pieces, shape_text(x));
    return (Shape){ 2, { x.dim[0], columns / pieces } };
}

static const Tensor *units_forward(Layer *l, const Tensor *x, Mode mode)
{
    Maxout *m = (Maxout *)l;
    (void)mode;
    tensor_resize(&l->y, units_shape(l, x->shape));
    tensor_resize(&m->won, x->shape);
    maxout_forward(l->y.data, m->won.data, x->data, tensor_size(&l->y), m->pieces);
    return &l->y;
}

static void units_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    const Maxout *m = (const Maxout *)l;
    (void)want;
    if (dx)
        maxout_backward(dx->data, dy->data, m->won.data, tensor_size(dy), m->pieces);
}

/* The branch of a unit is the piece that won. */
static uint64_t pieces_taken(const Layer *l)
{
    const Tensor *won = &((const Maxout *)l)->won;
    return branches_hash(1, won->data, tensor_size(won));
}

static void units_free(Layer *l) { tensor_free(&((Maxout *)l)->won); }

static const LayerOps maxout_ops = { .name = "Maxout",
                                     .output_shape = units_shape,
                                     .forward = units_forward,
                                     .backward = units_backward,
                                     .branches = pieces_taken,
                                     .free = units_free };

Layer *maxout_new(int pieces)
{
    REQUIRE(pieces >= 1, "%d pieces", pieces);
    Maxout *m = layer_new(&maxout_ops, sizeof *m, 0, 0);
    m->pieces = pieces;
    return &m->base;
}
