/* Where the taps of a 5 x 5 kernel fall in the 3 x 3 kernel of each phase; that
 * both give the same as the definition; and in what time, against patches. */
#include "18_phases.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "18_conv.h"
#include "18_patches.h"
#include "19_transposed.h"
#include "19_upsample.h"

#include "twins.h" /* plain_f: the definition of f */

#include <string.h>

enum { RUNS = 5, SIDE = 7 };

static const char *const name[] = { "upsampled", "transposed", "strided" };

static void write_taps(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "18_phases.tsv", "layer\trow_phase\tcolumn_phase\ta\tb\ttap");
    for (int kind = UPSAMPLED; kind <= STRIDED; kind++)
        for (int phase = 0; phase < 4; phase++) {
            for (int k = 0; k < 25; k++) {
                int t = phase_tap((PhaseKind)kind, phase / 2, k / 5), u = phase_tap((PhaseKind)kind, phase % 2, k % 5);
                fprintf(tsv, "%s\t%d\t%d\t%d\t%d\t%d\n", name[kind], phase / 2, phase % 2, k / 5, k % 5,
                        t < 0 || u < 0 ? -1 : 3 * t + u);
            }
            fprintf(tsv, "\n\n");
        }
    output_close(tsv);
}

/* ---- three ways, side by side -------------------------------------------------------------- */

/* One of the three layers, at the sizes of the notebook's networks. */
typedef struct {
    PhaseSizes phases;
    ConvSizes sizes;           /* of the layer, as its own module has them */
    real *x, *w, *u;           /* input, kernel, and a gradient of the output */
    real *y, *dx, *dw, *large; /* results, and room for an upsampled map */
    size_t n_x, n_w, n_y;
} Case;

typedef void Way(Case *);

static void by_phases(Case *c) { phases_forward(c->y, c->x, c->w, NULL, &c->phases); }

static void by_phases_back(Case *c)
{
    phases_backward_x(c->dx, c->u, c->w, &c->phases);
    phases_backward_w(c->dw, c->x, c->u, &c->phases);
}

static void by_definition(Case *c)
{
    switch (c->phases.kind) {
    case UPSAMPLED: plain_upsample_conv_forward(c->y, c->x, c->w, NULL, &c->sizes); break;
    case TRANSPOSED_CONV: plain_transposed_forward(c->y, c->x, c->w, NULL, &c->sizes); break;
    case STRIDED: plain_conv_forward(c->y, c->x, c->w, NULL, &c->sizes);
    }
}

static void by_definition_back(Case *c)
{
    switch (c->phases.kind) {
    case UPSAMPLED:
        plain_upsample_conv_backward_x(c->dx, c->u, c->w, &c->sizes);
        plain_upsample_conv_backward_w(c->dw, c->x, c->u, &c->sizes);
        break;
    case TRANSPOSED_CONV:
        plain_transposed_backward_x(c->dx, c->u, c->w, &c->sizes);
        plain_transposed_backward_w(c->dw, c->x, c->u, &c->sizes);
        break;
    case STRIDED: plain_conv_backward_x(c->dx, c->u, c->w, &c->sizes); plain_conv_backward_w(c->dw, c->x, c->u, &c->sizes);
    }
}

/* The convolution in it, for patches: of the upsampled map, or the one transposed. */
static ConvSizes conv_in(const Case *c)
{
    ConvSizes s = c->sizes;
    if (c->phases.kind == UPSAMPLED)
        s.H *= 2, s.W *= 2;
    return c->phases.kind == TRANSPOSED_CONV ? conv_of_transposed(&c->sizes) : s;
}

static void upsample(const Case *c) { upsample_forward(c->large, c->x, c->sizes.N, c->sizes.H, c->sizes.W, c->sizes.C); }

static void by_patches(Case *c)
{
    ConvSizes s = conv_in(c);
    if (c->phases.kind == UPSAMPLED)
        upsample(c);
    if (c->phases.kind == TRANSPOSED_CONV)
        patches_backward_x(c->y, c->x, c->w, &s);
    else
        patches_forward(c->y, c->phases.kind == UPSAMPLED ? c->large : c->x, c->w, NULL, &s);
}

static void by_patches_back(Case *c)
{
    ConvSizes s = conv_in(c);
    if (c->phases.kind == TRANSPOSED_CONV) {
        patches_forward(c->dx, c->u, c->w, NULL, &s);
        patches_backward_w(c->dw, c->u, c->x, &s);
        return;
    }
    bool upsampled = c->phases.kind == UPSAMPLED;
    patches_backward_w(c->dw, upsampled ? c->large : c->x, c->u, &s); /* it still holds the upsampled map */
    patches_backward_x(upsampled ? c->large : c->dx, c->u, c->w, &s);
    if (upsampled)
        upsample_backward(c->dx, c->large, c->sizes.N, c->sizes.H, c->sizes.W, c->sizes.C);
}

static real *drawn(size_t n, Random *r)
{
    real *x = memory_get(n * sizeof *x);
    random_normal(r, x, n);
    return x;
}

static Case case_new(PhaseKind kind, int N, uint64_t seed)
{
    bool strided = kind == STRIDED;
    int C = strided ? 64 : 128, O = strided ? 128 : 64, side = strided ? 2 * SIDE : SIDE;
    ConvSizes given = { .N = N, .H = side, .W = side, .C = C, .O = O, .K = 5, .S = kind == UPSAMPLED ? 1 : 2 };
    Random r = random_stream(seed, "phases", 0);
    Case c = { .phases = { kind, N, SIDE, SIDE, C, O } };
    c.sizes = strided             ? conv_sizes(given, PAD_KERAS)
              : kind == UPSAMPLED ? upsample_conv_sizes(given)
                                  : transposed_sizes(given, PAD_KERAS);
    c.n_x = (size_t)(N * side * side * C), c.n_y = (size_t)(N * c.sizes.Ho * c.sizes.Wo * O), c.n_w = 25 * (size_t)(C * O);
    c.x = drawn(c.n_x, &r), c.w = drawn(c.n_w, &r), c.u = drawn(c.n_y, &r);
    c.y = memory_get(c.n_y * sizeof(real)), c.dx = memory_get(c.n_x * sizeof(real)), c.dw = memory_get(c.n_w * sizeof(real));
    c.large = memory_get(4 * c.n_x * sizeof(real));
    return c;
}

static void case_free(Case *c)
{
    real *all[] = { c->x, c->w, c->u, c->y, c->dx, c->dw, c->large };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        memory_release(all[i]);
}

/* Medians in ms of RUNS, in turns. */
static void times(Case *c, Way *const way[2], double ms[2])
{
    double t[2][RUNS];
    for (int k = 0; k < RUNS; k++)
        for (int i = 0; i < 2; i++) {
            double start = seconds_now();
            way[i](c);
            t[i][k] = 1e3 * (seconds_now() - start);
        }
    for (int i = 0; i < 2; i++) {
        sort_numbers(t[i], RUNS);
        ms[i] = t[i][RUNS / 2];
    }
}

/* The largest difference, by the largest element. */
static double apart(const real *a, const real *b, size_t n)
{
    double difference = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)a[i] - (double)b[i]);
        difference = d <= difference ? difference : d; /* NaN stays */
        largest = fmax(largest, fabs((double)a[i]));
    }
    return difference / largest;
}

static void compare(FILE *same, PhaseKind kind, uint64_t seed)
{
    Case a = case_new(kind, 2, seed), b = case_new(kind, 2, seed);
    memset(a.dw, 0, a.n_w * sizeof(real)), memset(b.dw, 0, b.n_w * sizeof(real));
    by_definition(&a), by_definition_back(&a);
    by_phases(&b), by_phases_back(&b);
    fprintf(same, "%s\t%.1e\t%.1e\t%.1e\n", name[kind], apart(a.y, b.y, a.n_y), apart(a.dx, b.dx, a.n_x),
            apart(a.dw, b.dw, a.n_w));
    case_free(&a), case_free(&b);
}

static void measure(FILE *timing, PhaseKind kind, int N, uint64_t seed)
{
    Case c = case_new(kind, N, seed);
    double forward[2], backward[2];
    memset(c.dw, 0, c.n_w * sizeof(real));
    times(&c, (Way *const[]){ by_patches, by_phases }, forward);
    times(&c, (Way *const[]){ by_patches_back, by_phases_back }, backward);
    fprintf(timing, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", name[kind], forward[0], forward[1], backward[0], backward[1],
            (forward[0] + backward[0]) / (forward[1] + backward[1]));
    case_free(&c);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(
        argc, argv,
        "The fold of a 5 x 5 kernel, tap by tap, and three layers by phases, against their definitions and\n"
        "in time against patches, between 64 and 128 channels at 14 x 14.\n"
        "Writes 18_phases.tsv, 18_phases_same.tsv and 18_phases_time.tsv.",
        NULL);
    write_taps(&e);
    FILE *same = tsv_open(e.out, "18_phases_same.tsv", "layer\ty\tdx\tdw");
    FILE *timing = tsv_open(e.out, "18_phases_time.tsv",
                            "layer\tforward_patches_ms\tforward_phases_ms\tbackward_patches_ms\tbackward_phases_ms\tratio");
    for (int kind = UPSAMPLED; kind <= STRIDED; kind++) {
        compare(same, (PhaseKind)kind, (uint64_t)e.seed);
        measure(timing, (PhaseKind)kind, e.full ? 256 : 32, (uint64_t)e.seed);
    }
    output_close(same);
    output_close(timing);
    return 0;
}
