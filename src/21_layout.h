/* Layouts: the same weights as PyTorch and Keras keep them.
 *
 * Names, shapes and the order of axes differ; the numbers do not. Each tensor
 * of ours is a block of up to four axes, and the other framework's is the same
 * block with its axes permuted. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "01_tensor.h"
#include "09_network.h"
#include "21_safetensors.h"

typedef enum { LAYOUT_PYTORCH, LAYOUT_KERAS } Layout;

/* One tensor, seen from both sides. */
typedef struct {
    char name[MAX_NAME];        /* over there */
    void *data;                 /* ours: borrowed */
    bool counter;               /* a single int64, num_batches_tracked */
    bool not_negative;          /* a variance */
    int axes, dim[MAX_RANK];    /* our block */
    int from[MAX_RANK];         /* their axis k is our axis from[k] */
    int rank, theirs[MAX_RANK]; /* their shape; axes may be taken together: height, width and channel as one */
} Relayout;

/* The tensors of a network made by module 17 or 20, in
 * their order there; returns how many. `most` is the room in r: more stop the
 * program.
 * LAYOUT_PYTORCH: the state_dict of an nn.Sequential, whose names begin with
 * `prefix`; chapter 21 writes it out. LAYOUT_KERAS: model.get_weights(), named
 * by number, layer and weight. */
int layout_of(Network *n, Layout layout, const char *prefix, Relayout *r, int most);

/* Writes them to a safetensors file; a user's error where that fails. */
void layout_write(const Relayout *r, int n, const char *path);

/* Takes "module." and "_orig_mod." away, which DataParallel and torch.compile put
 * before every name. */
void layout_strip(Safetensors *file);

/* Reads them back, from floats of any size; without num_batches_tracked where the
 * file has none. Returns NULL, or what is wrong with the file; then nothing
 * of the network has been touched. */
const char *layout_read(const Relayout *r, int n, const Safetensors *file);

#endif
