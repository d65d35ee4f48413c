/* The error of the tanh made for vector instructions. */
#include "06_tanh.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"

/* The largest relative error in each of many short ranges of x. */
static void tanh_errors(const Experiment *e)
{
    FILE *tsv = tsv_open(e->out, "06_tanh.tsv", "x\terror");
    for (double low = 1e-4; low < 10; low *= 1.1) {
        double worst = 0;
        for (int i = 0; i < 1000; i++) {
            real x = (real)(low * (1 + 0.0001 * i));
            worst = fmax(worst, fabs((double)tanh_vector(x) / tanh((double)x) - 1));
        }
        fprintf(tsv, "%.5e\t%.3e\n", low, worst);
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "The error of a tanh without branches.", NULL);
    tanh_errors(&e);
    return 0;
}
