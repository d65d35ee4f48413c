/* What Winograd's transforms cost in rounding,
 * and what they save in time, by the number of channels. */
#include "18_winograd.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "18_conv.h"
#include "18_patches.h"

enum { SIDE = 7, RUNS = 7 };

typedef struct {
    ConvSizes s;
    WinogradSizes w;
    real *x, *y, *exact, *kernel;
    size_t n_y;
} Case;

static Case case_new(int N, int C, Random *r)
{
    Case c = { .s = conv_sizes((ConvSizes){ .N = N, .H = SIDE, .W = SIDE, .C = C, .O = C, .K = 3, .S = 1 }, PAD_KERAS),
               .w = { N, SIDE, SIDE, C, C } };
    size_t n = (size_t)(N * SIDE * SIDE * C), n_kernel = 9 * (size_t)C * (size_t)C;
    c.n_y = n;
    c.x = memory_get(n * sizeof(real)), c.y = memory_get(n * sizeof(real)), c.exact = memory_get(n * sizeof(real));
    c.kernel = memory_get(n_kernel * sizeof(real));
    random_normal(r, c.x, n);
    random_normal(r, c.kernel, n_kernel);
    for (size_t i = 0; i < n_kernel; i++)
        c.kernel[i] /= sqrt((real)(9 * C)); /* so that y has variance 1 */
    return c;
}

static void case_free(Case *c)
{
    memory_release(c->x), memory_release(c->y), memory_release(c->exact), memory_release(c->kernel);
}

/* y with every sum in double. */
static void exact_forward(const Case *c)
{
    for (int i = 0; i < c->s.N * SIDE * SIDE; i++)
        for (int o = 0; o < c->s.O; o++) {
            double sum = 0;
            for (int k = 0; k < 9; k++) {
                int p = i / SIDE % SIDE + k / 3 - 1, q = i % SIDE + k % 3 - 1;
                for (int ch = 0; ch < c->s.C && p >= 0 && p < SIDE && q >= 0 && q < SIDE; ch++)
                    sum += (double)c->x[((i / (SIDE * SIDE) * SIDE + p) * SIDE + q) * c->s.C + ch] *
                           (double)c->kernel[(k * c->s.C + ch) * c->s.O + o];
            }
            c->exact[i * c->s.O + o] = (real)sum;
        }
}

/* Mean square of y - exact. */
static double error2(const Case *c)
{
    double squares = 0;
    for (size_t i = 0; i < c->n_y; i++)
        squares += pow((double)c->y[i] - (double)c->exact[i], 2);
    return squares / (double)c->n_y;
}

static void run(Case *c, bool winograd)
{
    if (winograd)
        winograd_forward(c->y, c->x, c->kernel, NULL, &c->w);
    else
        patches_forward(c->y, c->x, c->kernel, NULL, &c->s);
}

/* Root mean square error of each way, over draws of maps and kernels: many
 * where a kernel has few numbers. */
static void errors_of(int C, double found[2], Random *r)
{
    int draws = C < 64 ? 64 / C : 1;
    found[0] = found[1] = 0;
    for (int k = 0; k < draws; k++) {
        Case c = case_new(2, C, r);
        exact_forward(&c);
        for (int way = 0; way < 2; way++) {
            run(&c, way);
            found[way] += error2(&c) / draws;
        }
        case_free(&c);
    }
    found[0] = sqrt(found[0]), found[1] = sqrt(found[1]);
}

/* Median time of one forward, in milliseconds, of runs taken in turns. */
static void times(Case *c, double ms[2])
{
    double t[2][RUNS];
    for (double start = seconds_now(); seconds_now() - start < 0.05;)
        run(c, 0), run(c, 1); /* until threads and caches are warm */
    for (int k = 0; k < RUNS; k++)
        for (int way = 0; way < 2; way++) {
            double start = seconds_now();
            run(c, way);
            t[way][k] = 1e3 * (seconds_now() - start);
        }
    for (int way = 0; way < 2; way++) {
        sort_numbers(t[way], RUNS);
        ms[way] = t[way][RUNS / 2];
    }
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(
        argc, argv,
        "Winograd's convolution against patches and one product, 7 x 7 maps, as many channels out as in:\n"
        "rounding error in float, and time. Writes 18_winograd.tsv and 18_winograd_time.tsv.",
        NULL);
    int N = e.full ? 256 : 64, most = 256;
    FILE *errors = tsv_open(e.out, "18_winograd.tsv", "channels\terror_windows\terror_winograd");
    FILE *timing = tsv_open(e.out, "18_winograd_time.tsv", "channels\tms_windows\tms_winograd\tratio");
    for (int C = 1; C <= most; C *= 2) {
        Random r = random_stream((uint64_t)e.seed, "maps", (uint64_t)C);
        Case large = case_new(N, C, &r);
        double found[2], ms[2];
        errors_of(C, found, &r);
        fprintf(errors, "%d\t%.3e\t%.3e\n", C, found[0], found[1]);
        times(&large, ms);
        fprintf(timing, "%d\t%.3f\t%.3f\t%.2f\n", C, ms[0], ms[1], ms[0] / ms[1]);
        case_free(&large);
    }
    output_close(errors);
    output_close(timing);
    return 0;
}
