/* Chapter 3's experiment: the error of a finite difference against its step,
 * in float and in double, and what Ridders's extrapolation makes of it. The
 * function is e^(sin 3x) at x = 1. */
#include "03_gradcheck.h"
#include "00_files.h"
#include "00_options.h"
#include "03_slope.h"

static float f_float(float x) { return expf(sinf(3 * x)); }
static double f_double(double x) { return exp(sin(3 * x)); }
static const double slope = -3.4201157025399453; /* 3 cos(3x) e^(sin 3x) at 1 */

/* Differences over the step that was really taken. */
static void errors_at(double h, double error[4])
{
    volatile float fp = 1 + (float)h, fm = 1 - (float)h;
    volatile double dp = 1 + h, dm = 1 - h;
    error[0] = (double)(f_float(fp) - f_float(1)) / ((double)fp - 1);
    error[1] = (double)(f_float(fp) - f_float(fm)) / ((double)fp - (double)fm);
    error[2] = (f_double(dp) - f_double(1)) / (dp - 1);
    error[3] = (f_double(dp) - f_double(dm)) / (dp - dm);
    for (int i = 0; i < 4; i++)
        error[i] = fabs(error[i] / slope - 1);
}

static Probe probe_float(void *line, double t)
{
    (void)line;
    volatile float x = (float)(1 + t);
    return (Probe){ (double)x - 1, (double)f_float(x), 0 };
}

static Probe probe_double(void *line, double t)
{
    (void)line;
    volatile double x = 1 + t;
    return (Probe){ x - 1, f_double(x), 0 };
}

static void print_ridders(FILE *tsv, const char *name, ProbeFunction *probe, double spacing)
{
    double noise = loss_noise(probe, NULL, spacing);
    Slope s = slope_ridders(probe, NULL, 0.25, noise);
    fprintf(tsv, "%s\t%.2e\t%.2e\t%.2e\n", name, fabs(s.value / slope - 1), 2 * s.error / fabs(slope), noise);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 3: error of a finite difference against its step.", NULL);
    FILE *tsv = tsv_open(e.out, "03_gradcheck.tsv", "h\tforward_float\tcentral_float\tforward_double\tcentral_double");
    for (int k = 0; k <= 100; k++) {
        double h = 0.5 * pow(2, -0.5 * k), error[4];
        errors_at(h, error);
        fprintf(tsv, "%.6e\t%.3e\t%.3e\t%.3e\t%.3e\n", h, error[0], error[1], error[2], error[3]);
    }
    output_close(tsv);
    tsv = tsv_open(e.out, "03_gradcheck_ridders.tsv", "precision\terror\tbar\tnoise");
    print_ridders(tsv, "float", probe_float, 1e-5);
    print_ridders(tsv, "double", probe_double, 1e-9);
    output_close(tsv);
    return 0;
}
