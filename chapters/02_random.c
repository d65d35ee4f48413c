/* Chapter 2's experiment: are normal numbers normal, and how fast does a mean
 * of n of them come near 0? */
#include "02_random.h"
#include "00_files.h"
#include "00_options.h"
#include "01_memory.h"
#include "01_sum.h"
#include "01_tensor.h"

enum { BINS = 60, STREAMS = 200, NUMBERS = 1 << 14 };

static void histogram(const Experiment *e)
{
    enum { N = 1000000 };
    static int count[BINS];
    real *x = memory_get(N * sizeof *x);
    Random r = random_stream((uint64_t)e->seed, "histogram", 0);
    random_normal(&r, x, N);
    for (int i = 0; i < N; i++) {
        int bin = (int)floor(((double)x[i] + 4.5) / 9 * BINS);
        if (bin >= 0 && bin < BINS)
            count[bin]++;
    }
    FILE *tsv = tsv_open(e->out, "02_random_histogram.tsv", "x\tdrawn\tdensity");
    for (int bin = 0; bin < BINS; bin++) {
        double at = (bin + 0.5) * 9 / BINS - 4.5;
        fprintf(tsv, "%.4f\t%.6f\t%.6f\n", at, count[bin] * (BINS / 9.0) / N, exp(-at * at / 2) / sqrt(6.283185307179586));
    }
    output_close(tsv);
    memory_release(x);
}

/* Median and 90th percentile of |mean of n| over the streams. */
static void means(const Experiment *e)
{
    static real x[STREAMS][NUMBERS];
    static double size[STREAMS];
    for (int s = 0; s < STREAMS; s++) {
        Random r = random_stream((uint64_t)e->seed, "means", (uint64_t)s);
        random_normal(&r, x[s], NUMBERS);
    }
    FILE *tsv = tsv_open(e->out, "02_random_mean.tsv", "n\tmedian\tninetieth\texpected_median");
    for (int n = 1; n <= NUMBERS; n *= 2) {
        for (int s = 0; s < STREAMS; s++)
            size[s] = fabs(sum(x[s], (size_t)n) / n);
        sort_numbers(size, STREAMS);
        fprintf(tsv, "%d\t%.5e\t%.5e\t%.5e\n", n, size[STREAMS / 2], size[STREAMS * 9 / 10], 0.67449 / sqrt(n));
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 2: the histogram of a million normal numbers, and means of n.", NULL);
    histogram(&e);
    means(&e);
    return 0;
}
