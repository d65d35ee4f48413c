/* What the two halves of 21_safetensors share: types, slots, complaints. */
#ifndef SLOT_H
#define SLOT_H

#include "21_number.h"
#include "21_safetensors.h"

enum { N_DTYPES = 6 };
typedef struct {
    const char *name;
    NumberFormat format;
} DtypeInfo;
extern const DtypeInfo dtypes[N_DTYPES];
extern const char metadata_key[]; /* of the header's entry that is no tensor */

size_t slot_elements(const Slot *t);
size_t slot_bytes(const Slot *t);
double slot_number(const Slot *t, size_t i); /* number i of it */

/* What is wrong, for those who return it: a text that the next call reuses. */
const char *wrong(const char *format, ...);

/* Grow the lists by one. */
Slot *slot_add(Safetensors *s);
void meta_add(Safetensors *s, const char *key, const char *value);

#endif
