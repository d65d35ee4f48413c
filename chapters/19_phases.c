/* Chapter 19's second experiment: where the taps of a 5 x 5 kernel fall in
 * the 3 x 3 kernel of each phase; that both give the same; and in what time. */
#include "19_phases.h"

enum { RUNS = 5, SIDE = 7 };

static const char *const name[] = { "upsampled", "painted", "strided" };

static void write_taps(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "19_phases.tsv", "layer\trow_phase\tcolumn_phase\ta\tb\ttap");
    for (int kind = UPSAMPLED; kind <= STRIDED; kind++)
        for (int phase = 0; phase < 4; phase++) {
            for (int k = 0; k < 25; k++) {
                int t = phase_tap((Rewriting)kind, phase / 2, k / 5), u = phase_tap((Rewriting)kind, phase % 2, k % 5);
                fprintf(tsv, "%s\t%d\t%d\t%d\t%d\t%d\n", name[kind], phase / 2, phase % 2, k / 5, k % 5, t < 0 || u < 0 ? -1 : 3 * t + u);
            }
            fprintf(tsv, "\n\n");
        }
    output_close(tsv);
}

/* ---- both ways, side by side --------------------------------------------------------------- */

/* The layer as it is defined, C -> O channels; its weights are drawn from r. */
static Network *plain(Rewriting kind, int C, int O, Random *r)
{
    Layer *only = NULL;
    switch (kind) {
    case UPSAMPLED:
        return network_new("plain", (Layer *[]){ upsample_new(), conv_new(C, O, 5, 1, PAD_KERAS, INIT_GLOROT, r), NULL });
    case PAINTED: only = transposed_new(C, O, 5, 2, PAD_KERAS, INIT_GLOROT, r); break;
    case STRIDED: only = conv_new(C, O, 5, 2, PAD_KERAS, INIT_GLOROT, r);
    }
    return network_new("plain", (Layer *[]){ only, NULL });
}

/* One forward and backward of each way, in turns; medians in ms. */
static void times(Network *n[2], const Tensor *x, const Tensor *u, double forward[2], double backward[2])
{
    double f[2][RUNS], b[2][RUNS];
    for (int k = 0; k < RUNS; k++)
        for (int way = 0; way < 2; way++) {
            double start = seconds_now();
            network_forward(n[way], x, TRAIN);
            double middle = seconds_now();
            network_backward(n[way], u, WANT_DX | WANT_PARAM);
            f[way][k] = 1e3 * (middle - start), b[way][k] = 1e3 * (seconds_now() - middle);
        }
    for (int way = 0; way < 2; way++) {
        sort_numbers(f[way], RUNS), sort_numbers(b[way], RUNS);
        forward[way] = f[way][RUNS / 2], backward[way] = b[way][RUNS / 2];
    }
}

/* The largest difference, by the largest element. */
static double apart(const Tensor *a, const Tensor *b)
{
    double difference = 0, largest = 0;
    for (size_t i = 0; i < tensor_size(a); i++) {
        double d = fabs((double)a->data[i] - (double)b->data[i]);
        difference = d <= difference ? difference : d; /* NaN stays */
        largest = fmax(largest, fabs((double)a->data[i]));
    }
    return difference / largest;
}

static void compare(FILE *same, FILE *timing, Rewriting kind, int N, uint64_t seed)
{
    int C = kind == STRIDED ? 64 : 128, O = kind == STRIDED ? 128 : 64, side = kind == STRIDED ? 2 * SIDE : SIDE;
    Random a = random_stream(seed, "weights", 0), b = a, r = random_stream(seed, "maps", 0);
    Network *n[2] = { plain(kind, C, O, &a), network_new("phases", (Layer *[]){ phases_new(kind, C, O, INIT_GLOROT, &b), NULL }) };
    Tensor x = tensor_new((Shape){ 4, { N, side, side, C } }), u = tensor_new(layer_output_shape(&n[0]->base, x.shape));
    double forward[2], backward[2];
    random_normal(&r, x.data, tensor_size(&x));
    random_normal(&r, u.data, tensor_size(&u));
    double y = apart(network_forward(n[0], &x, TRAIN), network_forward(n[1], &x, TRAIN));
    double dx = apart(network_backward(n[0], &u, WANT_DX | WANT_PARAM), network_backward(n[1], &u, WANT_DX | WANT_PARAM));
    double dw = apart(&n[0]->base.param[0]->grad, &n[1]->base.param[0]->grad);
    fprintf(same, "%s\t%.1e\t%.1e\t%.1e\n", name[kind], y, dx, dw);
    times(n, &x, &u, forward, backward);
    fprintf(timing, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", name[kind], forward[0], forward[1], backward[0], backward[1],
            (forward[0] + backward[0]) / (forward[1] + backward[1]));
    network_free(n[0]), network_free(n[1]);
    tensor_free(&x), tensor_free(&u);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv,
                                   "Chapter 19: the fold of a 5 x 5 kernel, tap by tap, and the three layers by phases against their\n"
                                   "definitions, between 64 and 128 channels at 14 x 14.\n"
                                   "Writes 19_phases.tsv, 19_phases_same.tsv and 19_phases_time.tsv.", NULL);
    write_taps(&e);
    FILE *same = tsv_open(e.out, "19_phases_same.tsv", "layer\ty\tdx\tdw");
    FILE *timing = tsv_open(e.out, "19_phases_time.tsv",
                            "layer\tforward_plain_ms\tforward_phases_ms\tbackward_plain_ms\tbackward_phases_ms\tratio");
    for (int kind = UPSAMPLED; kind <= STRIDED; kind++)
        compare(same, timing, (Rewriting)kind, e.full ? 256 : 32, (uint64_t)e.seed);
    output_close(same);
    output_close(timing);
    return 0;
}
