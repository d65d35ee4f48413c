/* Chapter 4's experiment: how a signal grows or fades through a stack of
 * linear maps, by the rule that drew their weights. */
#include "04_layer.h"
#include "00_files.h"
#include "00_options.h"
#include "01_product.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"

enum { WIDTH = 256, DEPTH = 30, BATCH = 64, RULES = 4 };

static double deviation(const Tensor *x) { return sqrt(dot(x->data, x->data, tensor_size(x)) / (double)tensor_size(x)); }

static void draw(Tensor *W, int rule, Random *r)
{
    static const Init init[] = { INIT_NORMAL, INIT_PYTORCH, INIT_GLOROT, INIT_HE };
    init_weight(W, init[rule], WIDTH, WIDTH, r);
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 4: the spread of a signal through 30 linear maps.", NULL);
    Tensor x[RULES], y = tensor_new((Shape){ 2, { BATCH, WIDTH } }), W = tensor_new((Shape){ 2, { WIDTH, WIDTH } });
    for (int rule = 0; rule < RULES; rule++) {
        Random r = random_stream((uint64_t)e.seed, "input", 0);
        x[rule] = tensor_new(y.shape);
        random_normal(&r, x[rule].data, tensor_size(&x[rule]));
    }
    FILE *tsv = tsv_open(e.out, "04_layer.tsv", "depth\tnormal_001\tpytorch\tglorot\the");
    for (int depth = 0; depth <= DEPTH; depth++) {
        fprintf(tsv, "%d", depth);
        for (int rule = 0; rule < RULES; rule++) {
            fprintf(tsv, "\t%.5e", deviation(&x[rule]));
            Random r = random_stream((uint64_t)e.seed, "weights", (uint64_t)(depth * RULES + rule));
            draw(&W, rule, &r);
            gemm(y.data, matrix(x[rule].data, BATCH, WIDTH), matrix(W.data, WIDTH, WIDTH), 0);
            tensor_copy(&x[rule], &y);
        }
        fprintf(tsv, "\n");
    }
    output_close(tsv);
    for (int rule = 0; rule < RULES; rule++)
        tensor_free(&x[rule]);
    tensor_free(&y);
    tensor_free(&W);
    return 0;
}
