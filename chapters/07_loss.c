/* Chapter 7's experiment: binary cross-entropy of one logit whose target is
 * 1, as the formula is written and as the logits allow, both in float. */
#include "07_loss.h"
#include "00_files.h"
#include "00_options.h"
#include "01_tensor.h"

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 7: cross-entropy through the sigmoid and on the logit.", NULL);
    FILE *tsv = tsv_open(e.out, "07_loss.tsv", "logit\ton_logit\tthrough_sigmoid\tslope\tsquared_error_slope");
    for (int i = -240; i <= 240; i++) {
        real y = (real)i / 2, t = 1, dy;
        double loss = bce_logits(&y, &t, 1, 1, &dy);
        double p = 1 / (1 + exp(-(double)y));
        fprintf(tsv, "%g\t%.6e\t%.6e\t%.6e\t%.6e\n", (double)y, loss, bce_plain(&y, &t, 1, 1), (double)dy,
                (p - 1) * p * (1 - p)); /* of (p - t)^2/2, by the chain rule through the sigmoid */
    }
    output_close(tsv);
    return 0;
}
