#include "22_metrics.h"

#include "00_error.h"
#include "01_memory.h"
#include "16_modes.h"
#include "22_neighbours.h"

enum { NEIGHBOURS = 3, COPIES_OF = 2000 };

/* ---- from the classes -------------------------------------------------------------------------------- */

double class_score(const Tensor *p)
{
    int N = shape_rows(p->shape), C = shape_columns(p->shape);
    double *mean = memory_get((size_t)C * sizeof *mean), total = 0;
    for (int k = 0; k < C; k++)
        mean[k] = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < C; k++)
            mean[k] += (double)p->data[(size_t)i * (size_t)C + (size_t)k] / N;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < C; k++) {
            double pk = (double)p->data[(size_t)i * (size_t)C + (size_t)k];
            total += pk > 0 ? pk * log(pk / mean[k]) / N : 0;
        }
    memory_release(mean);
    return exp(total);
}

static double divergence(const double *share, const double *from, int classes)
{
    double d = 0;
    for (int k = 0; k < classes; k++)
        d += share[k] > 0 ? share[k] * log(share[k] / from[k]) : 0;
    return d;
}

static void measure_classes(Metrics *m, const Reference *r, const Tensor *p)
{
    uint8_t *label = memory_get((size_t)r->n);
    double share[256];
    likeliest_classes(label, p);
    m->score = class_score(p);
    m->classes = classes_covered(label, r->n, r->classes, share);
    m->smallest = 1;
    for (int k = 0; k < r->classes; k++)
        m->smallest = fmin(m->smallest, share[k]);
    m->divergence = divergence(share, r->share, r->classes);
    memory_release(label);
}

/* ---- all of them --------------------------------------------------------------------------------------- */

/* The first rows of x: enough for a median. */
static Tensor first_rows(const Tensor *x, int most)
{
    int N = shape_rows(x->shape), C = shape_columns(x->shape), n = N < most ? N : most;
    return (Tensor){ { 2, { n, C } }, (size_t)n * (size_t)C, x->data };
}

static double smallest_distance(const Tensor *x)
{
    size_t n = (size_t)shape_rows(x->shape);
    real *d2 = memory_get(n * sizeof *d2), smallest = INFINITY;
    nearest_distances(d2, x, x, 1, true);
    for (size_t i = 0; i < n; i++)
        smallest = fmin(smallest, d2[i]);
    memory_release(d2);
    return sqrt((double)smallest);
}

Reference reference_new(FeatureNet *net, const Images *train, const Images *test, int most)
{
    Reference r = { .net = net, .n = test->n < most ? test->n : most, .classes = test->classes };
    Tensor x = { 0 };
    REQUIRE(r.n > NEIGHBOURS, "%d test images; expected more than %d", r.n, NEIGHBOURS);
    images_rows(test, NULL, 0, r.n, &x);
    images_rows(train, NULL, 0, train->n, &r.train);
    features_of(net, &x, &r.features, NULL);
    r.gaussian = gaussian_of(&r.features);
    r.share = memory_get((size_t)r.classes * sizeof *r.share);
    classes_covered(test->label, r.n, r.classes, r.share);
    Tensor some = first_rows(&x, COPIES_OF);
    r.nearest = median_nearest(&some, &r.train, false);
    r.alike = smallest_distance(&x);
    tensor_free(&x);
    return r;
}

void reference_free(Reference *r)
{
    tensor_free(&r->features), tensor_free(&r->train);
    gaussian_free(&r->gaussian);
    memory_release(r->share);
    *r = (Reference){ 0 };
}

Metrics metrics_of(const Reference *r, const Tensor *samples)
{
    REQUIRE(shape_rows(samples->shape) == r->n, "%d samples; expected %d", shape_rows(samples->shape), r->n);
    Metrics m = { 0 };
    Tensor features = { 0 }, p = { 0 }, some = first_rows(samples, COPIES_OF);
    features_of(r->net, samples, &features, &p);
    measure_classes(&m, r, &p);
    Gaussian g = gaussian_of(&features);
    m.frechet = frechet_distance(&g, &r->gaussian);
    PrecisionRecall both = precision_recall(&r->features, &features, NEIGHBOURS);
    m.precision = both.precision, m.recall = both.recall;
    m.nearest = median_nearest(&some, &r->train, false) / r->nearest;
    m.support = birthday_support(samples, r->alike);
    gaussian_free(&g), tensor_free(&features), tensor_free(&p);
    return m;
}
