#include "09_network.h"

#include "01_sum.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "task.h"

#include <string.h>

/* x (N x 3) -> dense -> tanh -> dense -> y (N x 2), or with one layer more below that does
 * not learn. All weights are handed over. */
static const int counts[] = { 1, 5, 2, 3, 4, 1, 6 };
static const struct {
    const char *name, *gradient;
    int rows, columns;
} of[] = { { "W1", "dW1", 3, 4 }, { "b1", "db1", 1, 4 }, { "W2", "dW2", 4, 2 }, { "b2", "db2", 1, 2 } };

static Network *network_of(Call *c)
{
    Random r = random_stream(1, "replaced", 0);
    Layer *first = dense_new(3, 4, INIT_NORMAL, &r), *second = dense_new(4, 2, INIT_NORMAL, &r);
    Network *n = network_new("exercise", (Layer *[]){ leaky_relu_new((real)0.5), first, tanh_new(), second, NULL });
    for (int k = 0; k < 4; k++)
        memcpy(n->base.param[k]->value.data, AT(of[k].name), call_count(array_of(c, of[k].name)) * sizeof(real));
    return n;
}

static Tensor borrowed(Call *c, const char *name)
{
    CallArray *a = array_of(c, name);
    return (Tensor){ a->shape, call_count(a), a->at };
}

static void prepare_backward(Call *c, int which, Random *r)
{
    int N = counts[which % 7];
    call_array(c, "x", READS, table(N, 3), r), call_array(c, "dy", READS, table(N, 2), r);
    for (int k = 0; k < 2; k++) /* those of the second layer are checked by the first's */
        call_array(c, of[k].name, READS, table(of[k].rows, of[k].columns), r);
    for (int k = 2; k < 4; k++)
        call_array(c, of[k].name, READS, table(of[k].rows, of[k].columns), r);
    call_array(c, "dx", WRITES, table(N, 3), NULL);
    call_array(c, "dW1", WRITES, table(3, 4), NULL), call_array(c, "dW2", WRITES, table(4, 2), NULL);
}
static void run_backward(Call *c)
{
    Network *n = network_of(c);
    Tensor x = borrowed(c, "x"), dy = borrowed(c, "dy"), dx = { 0 };
    network_forward(n, &x, PROBE);
    network_backward(n, &dy, &dx, WITH_PARAM);
    memcpy(AT("dx"), dx.data, tensor_size(&dx) * sizeof(real));
    memcpy(AT("dW1"), n->base.param[0]->grad.data, 12 * sizeof(real));
    memcpy(AT("dW2"), n->base.param[2]->grad.data, 8 * sizeof(real));
    tensor_free(&dx);
    network_free(n);
}
static double loss(Call *c)
{
    Network *n = network_of(c);
    Tensor x = borrowed(c, "x");
    const Tensor *y = network_forward(n, &x, PROBE);
    double L = (double)dot(AT("dy"), y->data, tensor_size(y));
    network_free(n);
    return L;
}

/* Where does NaN begin? A number of that kind stands in one layer's weights, or in none. */
static void prepare_first(Call *c, int which, Random *r)
{
    static const char *const spoilt[] = { NULL, "b1", "W2", "x", "W1", NULL, "b2" };
    call_array(c, "x", READS, table(counts[which % 7], 3), r);
    for (int k = 0; k < 4; k++)
        call_array(c, of[k].name, READS, table(of[k].rows, of[k].columns), r);
    if (spoilt[which % 7])
        AT(spoilt[which % 7])[1] = which % 2 ? NAN : INFINITY;
    call_array(c, "first", WRITES, vector(1), NULL);
}
static void run_first(Call *c)
{
    Network *n = network_of(c);
    Tensor x = borrowed(c, "x");
    network_forward(n, &x, PROBE);
    AT("first")[0] = network_first_not_finite(n);
    network_free(n);
}

static const Gradient of_network = { loss, NULL, { "x", "W1", "W2" }, { "dx", "dW1", "dW2" }, "dy", NULL, false };

const Task tasks_09[] = {
    { "09_network", "sequence_backward", 3,
      "From the last layer to the first (or to first_learner(n), where dx is not wanted): layer_backward(layer i, dy, where its dx goes, "
      "want). Between layers the gradients go to n->between[0] and [1] in turn; the lowest one's goes to dx.",
      "\"The idea\" in chapter 9: the dx of one layer is the dy of the one below.", prepare_backward, run_backward,
      &of_network },
    { "09_network", "network_first_not_finite", 1,
      "The first layer whose last output (layer->output, NULL before any forward) holds NaN or infinity; -1 where none does. "
      "all_finite(numbers, how many) tells.",
      "\"Training, all of it\" in chapter 9: NaN spreads upwards, so the lowest layer that has it is where it began.",
      prepare_first, run_first, NULL },
    { 0 },
};
