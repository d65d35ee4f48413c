#include "21_layout.h"

#include "00_error.h"
#include "01_memory.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "13_inference.h"
#include "20_dcgan.h"

#include <stdio.h>
#include <string.h>

/* ---- the list ---------------------------------------------------------------------------- */

typedef struct {
    Relayout *r;
    int n, most;
    const char *prefix;
    int index; /* PyTorch: of the next module in the nn.Sequential; Keras: of the next layer with weights */
} Listing;

/* Adds a tensor of ours with `axes` axes, under its index; the caller sets the rest. */
static Relayout *add(Listing *l, void *data, int axes, const int *dim, const char *label)
{
    REQUIRE(l->n < l->most, "room for %d tensors", l->most);
    Relayout *r = &l->r[l->n];
    *r = (Relayout){ .data = data, .axes = axes, .rank = axes };
    for (int i = 0; i < axes; i++)
        r->dim[i] = r->theirs[i] = dim[i], r->from[i] = i;
    snprintf(r->name, MAX_NAME, "%s%d.%s", l->prefix, l->index, label);
    l->n++;
    return r;
}

/* Their axis k is our axis from[k]. */
static void permute(Relayout *r, const int *from)
{
    for (int k = 0; k < r->axes; k++) {
        r->from[k] = from[k];
        r->theirs[k] = r->dim[from[k]];
    }
}

/* Their axes first .. first + count - 1 are one axis. */
static void join(Relayout *r, int first, int count)
{
    int rank = 0;
    for (int k = 0; k < r->axes; k++)
        if (k > first && k < first + count)
            r->theirs[first] *= r->theirs[k];
        else
            r->theirs[rank++] = r->theirs[k];
    r->rank = rank;
}

/* ---- PyTorch: channels before height and width, outputs before inputs ------------------------- */

/* A dense layer between vectors: (in, out) there is (out, in). Where its
 * output becomes a map y, or its input was a map x, that side is (height, width,
 * channel) here and (channel, height, width) there. */
static void add_linear(Listing *l, const Layer *dense, Shape x, Shape y)
{
    Tensor *W = &dense->param[0]->value, *b = &dense->param[1]->value;
    int in = W->shape.dim[0], out = W->shape.dim[1];
    bool makes_map = y.rank == 4, reads_map = x.rank == 4;
    const int *map = makes_map ? y.dim : x.dim; /* N, height, width, channels */
    int H = map[1], Wd = map[2], C = map[3];
    if (reads_map)
        l->index++; /* nn.Flatten */
    Relayout *w;
    if (makes_map) {
        permute(w = add(l, W->data, 4, (int[]){ in, H, Wd, C }, "weight"), (int[]){ 3, 1, 2, 0 });
        join(w, 0, 3);
        permute(w = add(l, b->data, 3, (int[]){ H, Wd, C }, "bias"), (int[]){ 2, 0, 1 });
        join(w, 0, 3);
    } else if (reads_map) {
        permute(w = add(l, W->data, 4, (int[]){ H, Wd, C, out }, "weight"), (int[]){ 3, 2, 0, 1 });
        join(w, 1, 3);
        add(l, b->data, 1, &out, "bias");
    } else {
        permute(add(l, W->data, 2, (int[]){ in, out }, "weight"), (int[]){ 1, 0 });
        add(l, b->data, 1, &out, "bias");
    }
    l->index++;
}

/* Ours (height, width, in, out), theirs (out, in, height, width); transposed
 * (height, width, out, in) and (in, out, height, width): the same permutation. */
static void add_convolution(Listing *l, const Layer *conv)
{
    Tensor *w = &conv->param[0]->value, *b = &conv->param[1]->value;
    bool transposed = strcmp(conv->ops->name, "TransposedConv") == 0;
    if (!transposed)
        l->index++; /* nn.Upsample or nn.ZeroPad2d before it */
    permute(add(l, w->data, 4, w->shape.dim, "weight"), (int[]){ 3, 2, 0, 1 });
    add(l, b->data, 1, b->shape.dim, "bias");
    l->index += transposed ? 2 : 1; /* the crop behind it */
}

static void add_batchnorm(Listing *l, Layer *bn)
{
    static const char *const label[] = { "weight", "bias", "running_mean", "running_var" };
    for (int k = 0; k < 4; k++) {
        Tensor *t = k < 2 ? &bn->param[k]->value : &bn->state[k - 2]->value;
        add(l, t->data, 1, t->shape.dim, label[k])->not_negative = k == 3;
    }
    add(l, batchnorm_batches(bn), 0, NULL, "num_batches_tracked")->counter = true;
    l->index++;
}

/* One example, as the first layer takes it. */
static Shape input_shape(const Network *n)
{
    const Layer *first = n->layer[0];
    return (Shape){ 2, { 1, is_dense(first) ? first->param[0]->value.shape.dim[0] : DCGAN_SIDE * DCGAN_SIDE } };
}

/* What comes out of layer i: a map where a Reshape follows it. */
static Shape shape_behind(const Network *n, int i, Shape x)
{
    Shape y = layer_output_shape(n->layer[i], x);
    bool reshaped = i + 1 < n->n_layer && n->layer[i + 1]->n_param == 0 && y.rank == 2;
    return reshaped ? layer_output_shape(n->layer[i + 1], y) : y;
}

static void list_pytorch(Listing *l, Network *n)
{
    Shape x = input_shape(n);
    for (int i = 0; i < n->n_layer; x = layer_output_shape(n->layer[i++], x)) {
        Layer *layer = n->layer[i];
        if (is_dense(layer))
            add_linear(l, layer, x, shape_behind(n, i, x));
        else if (is_batchnorm(layer))
            add_batchnorm(l, layer);
        else if (layer->n_param > 0)
            add_convolution(l, layer);
        else
            l->index++; /* an activation, or nn.Unflatten */
    }
}

/* ---- Keras: as here ------------------------------------------------------------------------------- */

static void list_keras(Listing *l, Network *n)
{
    static const char *const bn_label[] = { "gamma", "beta", "moving_mean", "moving_variance" };
    for (int i = 0; i < n->n_layer; i++) {
        Layer *layer = n->layer[i];
        for (int k = 0; k < layer->n_param + layer->n_state; k++, l->index++) {
            bool param = k < layer->n_param;
            Tensor *t = param ? &layer->param[k]->value : &layer->state[k - layer->n_param]->value;
            char label[40];
            snprintf(label, sizeof label, "%s.%s", layer->ops->name,
                     is_batchnorm(layer) ? bn_label[k]
                     : k == 0            ? "kernel"
                                         : "bias");
            add(l, t->data, t->shape.rank, t->shape.dim, label)->not_negative = is_batchnorm(layer) && k == 3;
            snprintf(l->r[l->n - 1].name, MAX_NAME, "%02d.%s", l->index, label);
        }
    }
}

int layout_of(Network *n, Layout layout, const char *prefix, Relayout *r, int most)
{
    Listing l = { .r = r, .most = most, .prefix = prefix };
    if (layout == LAYOUT_PYTORCH)
        list_pytorch(&l, n);
    else
        list_keras(&l, n);
    return l.n;
}

/* ---- moving the numbers --------------------------------------------------------------------------- */

static size_t elements(const Relayout *r)
{
    size_t n = 1;
    for (int i = 0; i < r->axes; i++)
        n *= (size_t)r->dim[i];
    return n;
}

/* Where their element number i lies in our block. */
static size_t our_place(const Relayout *r, size_t i)
{
    int index[MAX_RANK];
    size_t place = 0;
    for (int k = r->axes - 1; k >= 0; k--) { /* their axes, last first */
        int d = r->dim[r->from[k]];
        index[r->from[k]] = (int)(i % (size_t)d);
        i /= (size_t)d;
    }
    for (int k = 0; k < r->axes; k++)
        place = place * (size_t)r->dim[k] + (size_t)index[k];
    return place;
}

/* Slots for all of them in their layout, with room of their own in `block`. */
static Safetensors slots_of(const Relayout *r, int n, real **block)
{
    Safetensors s = { 0 };
    size_t total = 0;
    for (int i = 0; i < n; i++)
        total += elements(&r[i]);
    real *next = *block = memory_get(total * sizeof **block);
    for (int i = 0; i < n; i++)
        if (r[i].counter) {
            Slot *t = safetensors_add(&s, I64, 0, NULL, r[i].data, "%s", r[i].name);
            t->not_negative = t->optional = true; /* PyTorch before 0.4.1 had none */
        } else {
            Slot *t = safetensors_add(&s, dtype_of_real, r[i].rank, r[i].theirs, next, "%s", r[i].name);
            t->not_negative = r[i].not_negative, t->any_float = true;
            next += elements(&r[i]);
        }
    return s;
}

void layout_write(const Relayout *r, int n, const char *path)
{
    real *block;
    Safetensors s = slots_of(r, n, &block);
    for (int i = 0; i < n; i++)
        for (size_t k = 0; !r[i].counter && k < elements(&r[i]); k++)
            ((real *)s.slot[i].data)[k] = ((const real *)r[i].data)[our_place(&r[i], k)];
    safetensors_write(&s, path);
    safetensors_free(&s);
    memory_release(block);
}

void layout_strip(Safetensors *file)
{
    for (int times = 0; times < 2; times++) { /* either may stand within the other */
        safetensors_strip(file, "module.");
        safetensors_strip(file, "_orig_mod.");
    }
}

const char *layout_read(const Relayout *r, int n, const Safetensors *file)
{
    real *block;
    Safetensors s = slots_of(r, n, &block);
    const char *why = safetensors_fill(file, &s);
    for (int i = 0; i < n && !why; i++)
        for (size_t k = 0; !r[i].counter && k < elements(&r[i]); k++)
            ((real *)r[i].data)[our_place(&r[i], k)] = ((const real *)s.slot[i].data)[k];
    safetensors_free(&s);
    memory_release(block);
    return why;
}
