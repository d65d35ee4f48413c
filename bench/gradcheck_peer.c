/* The catalogue of wrong gradients as a shared library, so that another gradient
 * checker can be given the very same functions: see gradcheck_peer.py. One layer
 * at a time; arrays 0, 1, ... are x and the parameters. */
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_gradcheck.h"
#include "03_measure.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "12_batchnorm_layer.h"
#include "13_inference.h"
#include "18_conv_layer.h"
#include "19_upsample_layer.h"
#include "wrong_gradients.h"

#include <string.h>

static LayerSubject s;
static Measurement m;
enum { MOST = 4096, ARRAYS = 8 };

static Layer *layer_of(int k, Random *r, Shape *x)
{
    *x = (Shape){ 2, { 5, 4 } };
    switch (k) {
    case 0: return dense_new(4, 3, INIT_PYTORCH, r);
    case 1: return relu_new();
    case 2: return leaky_relu_new(0.2);
    case 3: return tanh_new();
    case 4: return sigmoid_new();
    case 5: return batchnorm_training_new(4, 1e-5);
    case 6: *x = (Shape){ 4, { 2, 2, 2, 3 } }; return batchnorm_training_new(3, 1e-3);
    case 7: return batchnorm_new(4, batchnorm_pytorch());
    case 8: *x = (Shape){ 4, { 2, 3, 3, 2 } }; return conv_new(2, 2, 3, 1, PAD_KERAS, INIT_GLOROT, r);
    case 9: *x = (Shape){ 4, { 1, 2, 3, 2 } }; return transposed_new(2, 2, 4, 2, PAD_KERAS, INIT_GLOROT, r);
    default: *x = (Shape){ 4, { 1, 3, 2, 2 } }; return upsample_conv_new(2, 2, 3, INIT_GLOROT, r);
    }
}
int peer_layers(void) { return 11; }

/* Opens a layer at random numbers in a regime (0 to 3, as in gradcheck_report), and measures it. */
void peer_open(int k, int regime, uint64_t seed)
{
    Random r = random_stream(seed, "peer", (uint64_t)(4 * k + regime));
    Shape x;
    threads_set(1);
    Layer *l = layer_of(k, &r, &x);
    for (int p = 0; p < l->n_param; p++)
        random_normal(&r, l->param[p]->value.data, tensor_size(&l->param[p]->value));
    layer_subject_init(&s, l, x, k == 7 ? EVAL : PROBE, &r);
    for (size_t i = 0; i < tensor_size(&s.x); i++)
        s.x.data[i] = regime == 1 ? s.x.data[i] + 100 : regime == 2 ? s.x.data[i] / 100 : s.x.data[i];
    for (size_t i = 0; regime == 3 && i < tensor_size(&s.u); i++)
        s.u.data[i] *= 1e-6;
    m = gradcheck_measure(&s.subject);
}

void peer_close(void)
{
    Layer *l = s.layer;
    measurement_free(&m);
    layer_subject_free(&s);
    layer_free(l);
}

const char *peer_layer(void) { return s.layer->ops->name; }
int peer_arrays(void) { return s.subject.n_array; }
int peer_size(int array) { return (int)s.subject.array[array].n; }
int peer_outputs(void) { return (int)tensor_size(&s.u); }
void peer_get(int array, double *x) { memcpy(x, s.subject.array[array].x, s.subject.array[array].n * sizeof *x); }
void peer_set(int array, const double *x) { memcpy(s.subject.array[array].x, x, s.subject.array[array].n * sizeof *x); }

void peer_forward(double *y)
{
    const Tensor *out = layer_forward(s.layer, &s.x, s.mode);
    memcpy(y, out->data, tensor_size(out) * sizeof *y);
}

int peer_wrongs(void)
{
    int n = 0;
    while (wrong_gradients[n].name)
        n++;
    return n;
}
const char *peer_wrong(int w) { return wrong_gradients[w].name; }

static bool spoil(double *g, int w, int array)
{
    static double room[2][ARRAYS][MOST];
    double *right[ARRAYS], *other[ARRAYS];
    for (int twice = 0; twice < 2; twice++) { /* first at another x, as a stale cache has it */
        real *x = s.x.data, first = x[0];
        size_t n = tensor_size(&s.x);
        if (twice == 0)
            memmove(x, x + 1, (n - 1) * sizeof *x), x[n - 1] = first;
        s.subject.gradient(&s);
        if (twice == 0) {
            real last = x[n - 1];
            memmove(x + 1, x, (n - 1) * sizeof *x), x[0] = last;
        }
        for (int a = 0; a < s.subject.n_array; a++) {
            double *to = twice ? (right[a] = room[1][a]) : (other[a] = room[0][a]);
            memcpy(to, s.subject.array[a].dx, s.subject.array[a].n * sizeof *to);
        }
    }
    size_t n = s.subject.array[array].n;
    memcpy(g, right[array], n * sizeof *g);
    return w < 0 || wrong_gradients[w].spoil(g, &(Sound){ &s.subject, right, other, s.layer->ops->name }, array, n);
}

/* The gradient of an array by dy, spoilt in way w (-1: not); returns whether that way is one for it. */
int peer_backward(double *g, const double *dy, int w, int array)
{
    real kept[MOST];
    size_t n = tensor_size(&s.u);
    memcpy(kept, s.u.data, n * sizeof *kept);
    memcpy(s.u.data, dy, n * sizeof *kept);
    bool applies = spoil(g, w, array);
    memcpy(s.u.data, kept, n * sizeof *kept);
    return applies;
}

/* What this checker says of it: 0 PASS, 1 INCONCLUSIVE, 2 BUG; -1: it is no wrong one, by more than rounding. */
int peer_verdict(int w, int array)
{
    double g[MOST];
    MeasuredArray a = m.array[array];
    bool differs = w < 0;
    if (!spoil(g, w, array))
        return -1;
    for (size_t i = 0; i < a.n; i++)
        differs = differs || !(fabs(g[i] - a.analytic[i]) <= 2 * (gradcheck_bar(&a, i) - 2 * a.slope[i].error));
    a.analytic = g;
    return differs ? (int)gradcheck_judge("", &a, 1e-6).verdict : -1;
}
