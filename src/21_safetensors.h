/* Safetensors: a file of named tensors.
 *
 * Eight bytes (the header's length, little-endian), a header in JSON that
 * gives each tensor's type, shape and place, and then the numbers, without a
 * gap. There is nothing in it to execute; but everything in it can be wrong,
 * and is checked before one number is believed.
 *
 * Format: https://github.com/huggingface/safetensors */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "01_tensor.h"

typedef enum { F32, F64, I32, I64, F16, BF16 } Dtype; /* the last two are read, never written */
extern const Dtype dtype_of_real;                     /* F32 or F64 */

enum { MAX_NAME = 96 };

/* A named array: one that lies in memory, or one that was found in a file. */
typedef struct {
    char name[MAX_NAME];
    Dtype dtype;
    int rank, dim[MAX_RANK]; /* rank 0: a single number */
    void *data;              /* borrowed; in a file's list: within its bytes, perhaps unaligned */
    bool not_negative;       /* a variance or a count: what is read into it must not be below 0 */
    bool any_float;          /* read into it from any type of float */
    bool optional;           /* left as it is where the file has none */
} Slot;

typedef struct {
    char *key, *value;
} Metadata;

typedef struct {
    Slot *slot;
    int n, room;
    Metadata *meta;
    int n_meta, room_meta;
    unsigned char *bytes; /* of the file it was read from; NULL where it was made here */
} Safetensors;

/* Releases the lists, and the bytes of the file; leaves it empty. */
void safetensors_free(Safetensors *s);

/* ---- making one ------------------------------------------------------------------------- */

/* Adds a slot; data is borrowed until the file is written or read. */
Slot *safetensors_add(Safetensors *s, Dtype type, int rank, const int *dim, void *data, const char *name, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 6, 7)))
#endif
    ;

/* A tensor of the library's. */
Slot *safetensors_add_tensor(Safetensors *s, Tensor *t, const char *name, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* A string in the metadata. */
void safetensors_set(Safetensors *s, const char *key, const char *value, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Writes all of it: under another name, onto the disk, and then under its own. On
 * failure a user's error, and what was at PATH is still there. */
void safetensors_write(const Safetensors *s, const char *path);

/* ---- reading one ------------------------------------------------------------------------- */

/* Reads n bytes; they must stay while *s is used. Returns NULL, or what is
 * wrong, as a text that the next call reuses; then *s is empty. Demanded: the
 * tensors tile the data exactly, in any order; no name twice; known types;
 * at most MAX_RANK dimensions, each at least 1; strings in the metadata. */
const char *safetensors_parse(Safetensors *s, unsigned char *bytes, size_t n);

/* The same of a file; whatever is wrong is a user's error. */
Safetensors safetensors_read(const char *path);

/* The value of a key in the metadata; NULL where there is none. */
const char *safetensors_get(const Safetensors *s, const char *key);

/* The slot of this name; NULL where there is none. */
const Slot *safetensors_find(const Safetensors *s, const char *name);

/* What safetensors_fill would find wrong with the slots' own numbers; NULL
 * where nothing is. */
const char *safetensors_check(const Safetensors *s);

/* Where every name in a file begins with `prefix`, takes it away. */
void safetensors_strip(Safetensors *file, const char *prefix);

/* Copies the file's tensors into the slots of the same names. Both lists must
 * have the same names, types and shapes (but for what the slots themselves
 * leave open), every number must be finite, and a variance not below 0. Returns NULL; or what is wrong, and then no slot has
 * been touched. */
const char *safetensors_fill(const Safetensors *file, const Safetensors *slots);

#endif
