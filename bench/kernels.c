/* The convolutions of the notebook's networks, each against the machine's own
 * limit: the matrix product measured in the same run. For Winograd's, two
 * rates: of the products it makes, transforms included in the time, and as if
 * it made those of the definition. */
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_product.h"
#include "01_tensor.h"
#include "02_random.h"
#include "18_patches.h"
#include "18_winograd.h"

#include <math.h>
#include <stdio.h>

enum { N = 256, RUNS = 9 };

typedef struct {
    real *x, *y, *w;
    int H, C, O;
    ConvSizes patches;
    WinogradSizes winograd;
} Kernel;

typedef void Call(Kernel *);

static void windows_forward(Kernel *k) { patches_forward(k->y, k->x, k->w, NULL, &k->patches); }
static void windows_backward_x(Kernel *k) { patches_backward_x(k->x, k->y, k->w, &k->patches); }
static void windows_backward_w(Kernel *k) { patches_backward_w(k->w, k->x, k->y, &k->patches); }
static void wino_forward(Kernel *k) { winograd_forward(k->y, k->x, k->w, NULL, &k->winograd); }
static void wino_backward_x(Kernel *k) { winograd_backward_x(k->x, k->y, k->w, &k->winograd); }
static void wino_backward_w(Kernel *k) { winograd_backward_w(k->w, k->x, k->y, &k->winograd); }

static Kernel kernel_new(int H, int C, int O, int K, int S)
{
    Kernel k = { .H = H,
                 .C = C,
                 .O = O,
                 .patches = conv_sizes((ConvSizes){ .N = N, .H = H, .W = H, .C = C, .O = O, .K = K, .S = S }, PAD_KERAS),
                 .winograd = { N, H, H, C, O } };
    size_t in = (size_t)(N * H * H * C), out = (size_t)(N * k.patches.Ho * k.patches.Wo * O), weights = (size_t)(K * K * C * O);
    k.x = memory_get(in * sizeof(real)), k.y = memory_get(out * sizeof(real)), k.w = memory_get(weights * sizeof(real));
    Random r = random_stream(1, "kernel", 0);
    random_normal(&r, k.x, in), random_normal(&r, k.y, out), random_normal(&r, k.w, weights);
    return k;
}

static void kernel_free(Kernel *k) { memory_release(k->x), memory_release(k->y), memory_release(k->w); }

/* The fastest of some calls, in seconds. */
static double fastest(Call *call, Kernel *k)
{
    double best = INFINITY;
    for (int i = 0; i < RUNS; i++) {
        double start = seconds_now();
        call(k);
        best = fmin(best, seconds_now() - start);
        for (int j = 0; j < 64; j++) /* gradients pile up: keep the numbers finite */
            k->w[j] = (real)0.01;
    }
    return best;
}

static double peak(void) /* GFLOP/s of a large matrix product */
{
    enum { M = 2048 };
    Tensor a = tensor_new((Shape){ 2, { M, M } }), b = tensor_new(a.shape), c = tensor_new(a.shape);
    double best = INFINITY;
    tensor_fill(&a, 1), tensor_fill(&b, 1);
    for (int i = 0; i < 5; i++) {
        double start = seconds_now();
        gemm(c.data, matrix(a.data, M, M), matrix(b.data, M, M), 0);
        best = fmin(best, seconds_now() - start);
    }
    tensor_free(&a), tensor_free(&b), tensor_free(&c);
    return 2e-9 * M * M * M / best;
}

static void row(const char *name, Call *call, Kernel *k, double made, double defined, double limit)
{
    double s = fastest(call, k);
    printf("| %s | %.2f | %.0f | %.0f %% | %.0f |\n", name, 1e3 * s, 1e-9 * made / s, 1e-7 * made / s / limit,
           1e-9 * defined / s);
}

static void measure(int threads)
{
    threads_set(threads);
    double limit = peak();
    printf(
        "%d threads; the limit is %.0f GFLOP/s\n\n| 256 images | ms | GFLOP/s made | of the limit | as if by the definition |\n|---|---|---|---|---|\n",
        threads, limit);
    Kernel k = kernel_new(7, 128, 256, 3, 1);
    double points = 6 + 5; /* of a side of seven: a tile of four, one of three */
    double made = 2 * points * points * N * 128 * 256, direct = 2.0 * 9 * 49 * N * 128 * 256;
    row("3x3, 7x7, 128 to 256, Winograd: forward", wino_forward, &k, made, direct, limit);
    row("dx", wino_backward_x, &k, made, direct, limit);
    row("dw", wino_backward_w, &k, made, direct, limit);
    row("the same by windows: forward", windows_forward, &k, direct, direct, limit);
    row("dx", windows_backward_x, &k, direct, direct, limit);
    row("dw", windows_backward_w, &k, direct, direct, limit);
    kernel_free(&k);
    k = kernel_new(7, 256, 128, 3, 1);
    k.winograd.x_in_phases = true, k.winograd.known = TWO_TAPS;              /* a map of 14 x 14 x 64 */
    made *= (2 * points - 2) * (2 * points - 2) / (2 * points * 2 * points); /* two phases; each of two tiles saves a point */
    direct = 2.0 * 25 * 49 * N * 64 * 128;
    row("5x5 stride 2, 14x14, 64 to 128, Winograd by phases: forward", wino_forward, &k, made, direct, limit);
    row("dx", wino_backward_x, &k, made, direct, limit);
    row("dw", wino_backward_w, &k, made, direct, limit);
    kernel_free(&k);
    k = kernel_new(28, 1, 64, 5, 2);
    direct = 2.0 * 25 * 196 * N * 64;
    row("5x5 stride 2, 28x28, 1 to 64: forward", windows_forward, &k, direct, direct, limit);
    row("dx", windows_backward_x, &k, direct, direct, limit);
    row("dw", windows_backward_w, &k, direct, direct, limit);
    kernel_free(&k);
    printf("\n");
}

int main(int argc, char **argv)
{
    const Option none[] = { { 0 } };
    options_read(argc, argv, "Times the convolutions of the notebook's networks against a large matrix product.", none);
    measure(1);
    measure(2);
    return 0;
}
