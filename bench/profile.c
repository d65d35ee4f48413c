/* Where the time of a training step goes, by layer and by kind of work.
 *
 * The library holds no timers. This program is linked with --wrap, so that
 * calls from one file to another of the functions below pass through here, and
 * every moment is charged to the innermost of them. What a file calls within
 * itself is not seen: folds and phases (18_phases.c) count as the layer's own,
 * elementwise work. */
#include "00_error.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_parallel.h"
#include "01_product.h"
#include "01_tensor.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_data.h"
#include "10_digits.h"
#include "18_conv.h"
#include "18_patches.h"
#include "18_winograd.h"
#include "21_checkpoint.h"

#include <string.h>

typedef enum { GEMM, TRANSFORM, ELEMENTWISE, OPTIMISER, OTHER, KINDS } Kind;
static const char *const kind_name[KINDS] = { "matrix products", "transforms and patches", "elementwise, sums, phases",
                                              "optimisers", "noise, images, losses" };

static double spent[KINDS]; /* seconds of the main thread, or of all threads divided by their number */
static Kind stack[64] = { OTHER };
static int depth;
static double since; /* when the top of the stack was last charged */
static int threads;

static void charge(void)
{
    double now = seconds_now();
    spent[stack[depth]] += now - since;
    since = now;
}

static void enter(Kind kind)
{
    charge();
    REQUIRE(depth + 1 < (int)(sizeof stack / sizeof *stack), "calls %d deep", depth);
    stack[++depth] = kind;
}

static void leave(void)
{
    charge();
    depth--;
}

#define WRAP(kind, name, parameters, arguments) \
    void __real_##name parameters;              \
    void __wrap_##name parameters;              \
    void __wrap_##name parameters               \
    {                                           \
        enter(kind);                            \
        __real_##name arguments;                \
        leave();                                \
    }

typedef const ConvSizes CS;
typedef const WinogradSizes WS;
typedef const real R;
WRAP(GEMM, gemm, (real * c, Matrix a, Matrix b, real beta), (c, a, b, beta))
WRAP(GEMM, gemm_bias, (real * c, Matrix a, Matrix b, R *bias), (c, a, b, bias))
WRAP(TRANSFORM, winograd_forward, (real * y, R *x, R *w, R *b, WS *s), (y, x, w, b, s))
WRAP(TRANSFORM, winograd_backward_x, (real * dx, R *dy, R *w, WS *s), (dx, dy, w, s))
WRAP(TRANSFORM, winograd_backward_w, (real * dw, R *x, R *dy, WS *s), (dw, x, dy, s))
WRAP(TRANSFORM, patches_forward, (real * y, R *x, R *w, R *b, CS *s), (y, x, w, b, s))
WRAP(TRANSFORM, patches_backward_x, (real * dx, R *dy, R *w, CS *s), (dx, dy, w, s))
WRAP(TRANSFORM, patches_backward_w, (real * dw, R *x, R *dy, CS *s), (dw, x, dy, s))
WRAP(TRANSFORM, kernel_flip, (real * f, R *w, int K, int C, int O), (f, w, K, C, O))

/* Runs inside a parallel loop: its time is taken from what encloses it, a
 * thread's share at a time. */
void __real_gemm_serial(real *c, Matrix a, Matrix b, real beta);
void __wrap_gemm_serial(real *c, Matrix a, Matrix b, real beta);
void __wrap_gemm_serial(real *c, Matrix a, Matrix b, real beta)
{
    double start = seconds_now();
    __real_gemm_serial(c, a, b, beta);
    double share = (seconds_now() - start) / threads;
#ifdef _OPENMP
#pragma omp critical
#endif
    spent[GEMM] += share, spent[TRANSFORM] -= share;
}

double __real_optimizer_step(Optimizer *o);
double __wrap_optimizer_step(Optimizer *o);
double __wrap_optimizer_step(Optimizer *o)
{
    enter(OPTIMISER);
    double norm = __real_optimizer_step(o);
    leave();
    return norm;
}

/* ---- layer by layer ------------------------------------------------------------------------ */

typedef struct {
    const Layer *layer;
    double forward, backward; /* all calls of all steps */
} Row;

static Row row[64];
static int rows;

static Row *row_of(const Layer *l)
{
    int i = 0;
    while (i < rows && row[i].layer != l)
        i++;
    REQUIRE(i < (int)(sizeof row / sizeof *row), "%d layers", i);
    if (i == rows)
        row[rows++] = (Row){ .layer = l };
    return &row[i];
}

const Tensor *__real_layer_forward(Layer *l, const Tensor *x, Mode mode);
const Tensor *__wrap_layer_forward(Layer *l, const Tensor *x, Mode mode);
const Tensor *__wrap_layer_forward(Layer *l, const Tensor *x, Mode mode)
{
    if (is_network(l))
        return __real_layer_forward(l, x, mode);
    double start = seconds_now();
    enter(ELEMENTWISE);
    const Tensor *y = __real_layer_forward(l, x, mode);
    leave();
    row_of(l)->forward += seconds_now() - start;
    return y;
}

void __real_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want);
void __wrap_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want);
void __wrap_layer_backward(Layer *l, const Tensor *dy, Tensor *dx, Want want)
{
    if (is_network(l)) {
        __real_layer_backward(l, dy, dx, want);
        return;
    }
    double start = seconds_now();
    enter(ELEMENTWISE);
    __real_layer_backward(l, dy, dx, want);
    leave();
    row_of(l)->backward += seconds_now() - start;
}

/* ---- the program ----------------------------------------------------------------------------- */

static void print_network(const Network *n, long steps)
{
    for (int i = 0; i < n->n_layer; i++) {
        const Row *r = row_of(n->layer[i]);
        printf("| %s %d %s | %.2f | %.2f |\n", n->name, i, n->layer[i]->ops->name, 1e3 * r->forward / (double)steps,
               1e3 * r->backward / (double)steps);
    }
}

int main(int argc, char **argv)
{
    enum { BATCH = 256 };
    long n_threads = threads_get(), steps = 20;
    const char *model = "mlp";
    const Option option[] = {
        { "model", OPTION_CHOICE, &model, "which GAN", 0, 0, model_names },
        { "threads", OPTION_INTEGER, &n_threads, "threads", 1, 1024, NULL },
        { "steps", OPTION_INTEGER, &steps, "measured steps", 1, 10000, NULL },
        { 0 },
    };
    options_read(argc, argv, "Where the time of a training step goes: by kind of work, and by layer.", option);
    threads_set((int)n_threads);
    threads = (int)n_threads;
    Images d = digits_new(512, 1);
    Recipe recipe = { model, model[0] == 'm' ? "both" : "generator", "given", 2e-4, BATCH, 1, d.height, d.width, 0 };
    Run run;
    run_new(&run, &recipe, &d);
    for (int i = 0; i < 3; i++)
        run_step(&run);
    rows = 0;
    memset(spent, 0, sizeof spent);
    double start = since = seconds_now();
    for (long i = 0; i < steps; i++)
        run_step(&run);
    charge();
    double total = seconds_now() - start;
    printf("%s, %ld threads: %.2f ms a step\n\n| kind of work | ms | share |\n|---|---|---|\n", model, n_threads,
           1e3 * total / (double)steps);
    for (int k = 0; k < KINDS; k++)
        printf("| %s | %.2f | %.0f %% |\n", kind_name[k], 1e3 * spent[k] / (double)steps, 100 * spent[k] / total);
    printf("\n| layer | forward, ms | backward, ms |\n|---|---|---|\n");
    print_network(run.gan.generator, steps);
    print_network(run.gan.discriminator, steps);
    printf("\n");
    run_free(&run);
    images_free(&d);
    return 0;
}
