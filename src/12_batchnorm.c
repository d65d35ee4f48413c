#include "12_batchnorm.h"

#include <string.h>

/* ---- forward ---------------------------------------------------------------------------- */

/* The sums of (x - mean)^2 of a strip's n columns. */
static void strip_squares(double *total, const real *x, const double *mean, int R, int C, int n)
{
    double band[BANDS][STRIP];
    PARALLEL_FOR((size_t)R * (size_t)n)
    for (int p = 0; p < BANDS; p++) {
        memset(band[p], 0, (size_t)n * sizeof *band[p]);
        for (int i = band_start(p, R); i < band_start(p + 1, R); i++)
            for (int j = 0; j < n; j++) {
                double d = (double)x[(size_t)i * C + j] - mean[j];
                band[p][j] += d * d;
            }
    }
    bands_add_up(total, band, n);
}

void batchnorm_statistics(real *mean, real *var, const real *x, int R, int C)
{
    for (int start = 0; start < C; start += STRIP) {
        int n = strip_width(start, C);
        double m[STRIP], squares[STRIP];
        strip_sums(m, x + start, R, C, n);
        for (int j = 0; j < n; j++)
            m[j] /= R;
        strip_squares(squares, x + start, m, R, C, n);
        for (int j = 0; j < n; j++) {
            mean[start + j] = (real)m[j];
            var[start + j] = (real)(squares[j] / R);
        }
    }
}

void batchnorm_rstd(real *rstd, const real *var, double eps, int C)
{
    for (int j = 0; j < C; j++)
        rstd[j] = (real)(1 / sqrt((double)var[j] + eps));
}

void batchnorm_normalise(real *xhat, const real *x, const real *mean, const real *rstd, int R, int C)
{
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++)
            xhat[(size_t)i * C + j] = (x[(size_t)i * C + j] - mean[j]) * rstd[j];
}

void batchnorm_scale_shift(real *y, const real *xhat, const real *gamma, const real *beta, int R, int C)
{
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++)
            y[(size_t)i * C + j] = gamma[j] * xhat[(size_t)i * C + j] + beta[j];
}

static inline real normalised(real x, real mean, real rstd) { return (x - mean) * rstd; }

void batchnorm_forward(real *y, const real *x, const real *mean, const real *rstd, const real *gamma,
                       const real *beta, int R, int C)
{
    PARALLEL_FOR((size_t)R * (size_t)C)
    for (int i = 0; i < R; i++) {
        const real *xi = x + (size_t)i * C;
        real *yi = y + (size_t)i * C;
        for (int j = 0; j < C; j++)
            yi[j] = gamma[j] * normalised(xi[j], mean[j], rstd[j]) + beta[j];
    }
}

/* ---- backward --------------------------------------------------------------------------- */

/* The sums of dy and of dy xhat of a strip's n columns. */
static void strip_backward_sums(double *ones, double *along, const real *dy, const real *x, const real *mean,
                                const real *rstd, int R, int C, int n)
{
    double band_ones[BANDS][STRIP], band_along[BANDS][STRIP];
    PARALLEL_FOR((size_t)R * (size_t)n)
    for (int p = 0; p < BANDS; p++) {
        memset(band_ones[p], 0, (size_t)n * sizeof *band_ones[p]);
        memset(band_along[p], 0, (size_t)n * sizeof *band_along[p]);
        for (int i = band_start(p, R); i < band_start(p + 1, R); i++) {
            const real *xi = x + (size_t)i * C, *dyi = dy + (size_t)i * C;
            for (int j = 0; j < n; j++) {
                band_ones[p][j] += (double)dyi[j];
                band_along[p][j] += (double)dyi[j] * (double)normalised(xi[j], mean[j], rstd[j]);
            }
        }
    }
    bands_add_up(ones, band_ones, n);
    bands_add_up(along, band_along, n);
}

void batchnorm_backward_means(real *mean_dy, real *mean_dy_xhat, const real *dy, const real *x, const real *mean,
                              const real *rstd, int R, int C)
{
    for (int start = 0; start < C; start += STRIP) {
        int n = strip_width(start, C);
        double ones[STRIP], along[STRIP];
        strip_backward_sums(ones, along, dy + start, x + start, mean + start, rstd + start, R, C, n);
        for (int j = 0; j < n; j++) {
            mean_dy[start + j] = (real)(ones[j] / R);
            mean_dy_xhat[start + j] = (real)(along[j] / R);
        }
    }
}

void batchnorm_backward_params(real *dgamma, real *dbeta, const real *mean_dy, const real *mean_dy_xhat, int R, int C)
{
    for (int j = 0; j < C; j++) {
        dgamma[j] += R * mean_dy_xhat[j];
        dbeta[j] += R * mean_dy[j];
    }
}

void batchnorm_backward_x(real *dx, const real *dy, const real *x, const real *mean, const real *rstd,
                          const real *gamma, const real *mean_dy, const real *mean_dy_xhat, int R, int C)
{
    PARALLEL_FOR((size_t)R * (size_t)C)
    for (int i = 0; i < R; i++) {
        const real *xi = x + (size_t)i * C, *dyi = dy + (size_t)i * C;
        real *dxi = dx + (size_t)i * C;
        for (int j = 0; j < C; j++) {
            real xhat = normalised(xi[j], mean[j], rstd[j]);
            dxi[j] = gamma[j] * rstd[j] * (dyi[j] - mean_dy[j] - xhat * mean_dy_xhat[j]);
        }
    }
}

/* One column at a time, from the chain rule as chapter 12 writes it. */
void batchnorm_backward_paths(real *direct, real *through_mean, real *through_var, const real *dy, const real *x,
                              const real *gamma, double eps, int R, int C)
{
    for (int j = 0; j < C; j++) {
        double mean = 0, var = 0, dmean = 0, dvar = 0;
        for (int i = 0; i < R; i++)
            mean += (double)x[(size_t)i * C + j] / R;
        for (int i = 0; i < R; i++)
            var += pow((double)x[(size_t)i * C + j] - mean, 2) / R;
        double rstd = 1 / sqrt(var + eps);
        for (int i = 0; i < R; i++) {
            double dxhat = (double)gamma[j] * (double)dy[(size_t)i * C + j];
            dmean -= rstd * dxhat;
            dvar -= dxhat * ((double)x[(size_t)i * C + j] - mean) * rstd * rstd * rstd / 2;
        }
        for (int i = 0; i < R; i++) {
            size_t ij = (size_t)i * C + j;
            direct[ij] = (real)(rstd * (double)gamma[j] * (double)dy[ij]);
            through_mean[ij] = (real)(dmean / R);
            through_var[ij] = (real)(dvar * 2 * ((double)x[ij] - mean) / R);
        }
    }
}

void batchnorm_gradient_identity(double *dx_norm2, double *bound, const real *dy, const real *xhat,
                                 const real *gamma, const real *rstd, double eps, int R, int C)
{
    for (int j = 0; j < C; j++) {
        double squares = 0, ones = 0, along = 0;
        for (int i = 0; i < R; i++) {
            double g = (double)dy[(size_t)i * C + j];
            squares += g * g, ones += g, along += g * (double)xhat[(size_t)i * C + j];
        }
        double r2 = (double)rstd[j] * (double)rstd[j], C2 = (double)gamma[j] * (double)gamma[j] * r2;
        bound[j] = C2 * squares;
        dx_norm2[j] = C2 * (squares - ones * ones / R - (1 + eps * r2) * along * along / R);
    }
}

/* ---- what any batch norm keeps ----------------------------------------------------------- */

void batchnorm_core_init(BatchNormCore *c, Layer *l, int C, double eps)
{
    REQUIRE(C > 0 && eps >= 0, "batch norm of %d columns, eps %g", C, eps);
    c->C = C, c->eps = eps;
    c->gamma = layer_param(l, 0, "gamma", (Shape){ 1, { C } });
    c->beta = layer_param(l, 1, "beta", (Shape){ 1, { C } });
    tensor_fill(&c->gamma->value, 1);
    tensor_fill(&c->beta->value, 0);
    real *r = memory_get(5 * (size_t)C * sizeof *r);
    c->mean = r, c->var = r + C, c->rstd = r + 2 * C;
    c->mean_dy = r + 3 * C, c->mean_dy_xhat = r + 4 * C;
}

void batchnorm_core_free(BatchNormCore *c)
{
    memory_release(c->mean);
}

void batchnorm_core_forward(BatchNormCore *c, Tensor *y, const Tensor *x)
{
    int R = shape_rows(x->shape), C = c->C;
    tensor_resize(y, x->shape);
    batchnorm_statistics(c->mean, c->var, x->data, R, C);
    batchnorm_rstd(c->rstd, c->var, c->eps, C);
    batchnorm_forward(y->data, x->data, c->mean, c->rstd, c->gamma->value.data, c->beta->value.data, R, C);
}

void batchnorm_core_backward(BatchNormCore *c, Tensor *dx, const Tensor *dy, const Tensor *x, unsigned want)
{
    int R = shape_rows(dy->shape), C = c->C;
    batchnorm_backward_means(c->mean_dy, c->mean_dy_xhat, dy->data, x->data, c->mean, c->rstd, R, C);
    if (want & WANT_PARAM)
        batchnorm_backward_params(c->gamma->grad.data, c->beta->grad.data, c->mean_dy, c->mean_dy_xhat, R, C);
    if (!(want & WANT_DX))
        return;
    tensor_resize(dx, dy->shape);
    batchnorm_backward_x(dx->data, dy->data, x->data, c->mean, c->rstd, c->gamma->value.data, c->mean_dy,
                         c->mean_dy_xhat, R, C);
}

/* ---- the layer ---------------------------------------------------------------------------- */

typedef struct {
    Layer base;
    BatchNormCore core;
} BatchNorm;

static Shape batchnorm_output_shape(const Layer *l, Shape x)
{
    const BatchNorm *b = (const BatchNorm *)l;
    REQUIRE(shape_columns(x) == b->core.C, "batch norm of %d columns: x is %s", b->core.C, shape_text(x));
    return x;
}

static const Tensor *batchnorm_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    (void)mode;
    REQUIRE(shape_rows(x->shape) >= 2, "batch norm needs two rows; x is %s", shape_text(x->shape));
    batchnorm_core_forward(&((BatchNorm *)l)->core, &l->y, x);
    return &l->y;
}

static const Tensor *batchnorm_layer_backward(Layer *l, const Tensor *dy, unsigned want)
{
    batchnorm_core_backward(&((BatchNorm *)l)->core, &l->dx, dy, l->x, want);
    return want & WANT_DX ? &l->dx : NULL;
}

static void batchnorm_layer_free(Layer *l) { batchnorm_core_free(&((BatchNorm *)l)->core); }

static const LayerOps batchnorm_ops = { "BatchNorm", batchnorm_output_shape, batchnorm_layer_forward,
                                        batchnorm_layer_backward, NULL, batchnorm_layer_free };

Layer *batchnorm_training_new(int C, double eps)
{
    BatchNorm *b = layer_new(&batchnorm_ops, sizeof *b, 2, 0);
    batchnorm_core_init(&b->core, &b->base, C, eps);
    return &b->base;
}

/* ---- faults for the checker to catch --------------------------------------------------------- */

enum { DIRECT, MEAN, VAR };

static bool subtract_path(const Subject *subject, int array, double *dx, int path)
{
    LayerSubject *s = subject->self;
    const BatchNorm *b = (const BatchNorm *)s->layer;
    if (array != 0)
        return false; /* only dx has paths */
    size_t n = tensor_size(&s->x);
    real *paths = memory_get(3 * n * sizeof *paths);
    batchnorm_backward_paths(paths, paths + n, paths + 2 * n, s->u.data, s->x.data, b->core.gamma->value.data,
                             b->core.eps, shape_rows(s->x.shape), b->core.C);
    for (size_t i = 0; i < n; i++)
        dx[i] -= (double)paths[(size_t)path * n + i];
    memory_release(paths);
    return true;
}

static bool fault_no_direct(const Subject *s, int array, double *dx) { return subtract_path(s, array, dx, DIRECT); }
static bool fault_no_mean(const Subject *s, int array, double *dx) { return subtract_path(s, array, dx, MEAN); }
static bool fault_no_var(const Subject *s, int array, double *dx) { return subtract_path(s, array, dx, VAR); }

const Fault batchnorm_faults[] = {
    { "no direct path", fault_no_direct },
    { "no path through the mean", fault_no_mean },
    { "no path through the variance", fault_no_var },
    { NULL, NULL },
};
