/* Chapter 1's experiment: what a sum of n floats loses. Adds 0.1 n times, in
 * float, in float on 16 lanes, and in double narrowed once. */
#include "01_tensor.h"
#include "00_files.h"
#include "00_options.h"

static float sum_in_float(float x, long n)
{
    float s = 0;
    for (long i = 0; i < n; i++)
        s += x;
    return s;
}

static float sum_on_lanes(float x, long n)
{
    float lane[16] = { 0 }, s = 0;
    for (long i = 0; i < n; i++)
        lane[i % 16] += x;
    for (int j = 0; j < 16; j++)
        s += lane[j];
    return s;
}

static float sum_in_double(float x, long n)
{
    double s = 0;
    for (long i = 0; i < n; i++)
        s += (double)x;
    return (float)s;
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 1: the rounding error of a long sum, added in three ways.", NULL);
    FILE *tsv = tsv_open(e.out, "01_tensor.tsv", "n\tin_float\ton_lanes\tin_double");
    for (long n = 16; n <= (e.full ? 1l << 27 : 1l << 24); n *= 2) {
        double exact = (double)0.1f * (double)n;
        fprintf(tsv, "%ld\t%.3e\t%.3e\t%.3e\n", n, fabs((double)sum_in_float(0.1f, n) / exact - 1),
                fabs((double)sum_on_lanes(0.1f, n) / exact - 1), fabs((double)sum_in_double(0.1f, n) / exact - 1));
    }
    output_close(tsv);
    return 0;
}
