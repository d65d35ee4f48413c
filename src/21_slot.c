#include "21_slot.h"

#include "01_memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const DtypeInfo dtypes[N_DTYPES] = {
    { "F32", { 'f', 4, false } }, { "F64", { 'f', 8, false } }, { "I32", { 'i', 4, false } },
    { "I64", { 'i', 8, false } }, { "F16", { 'f', 2, false } }, { "BF16", { 'B', 2, false } },
};
const char metadata_key[] = "__metadata__";

size_t slot_elements(const Slot *t)
{
    size_t n = 1;
    for (int i = 0; i < t->rank; i++)
        n *= (size_t)t->dim[i];
    return n;
}

static size_t width(const Slot *t) { return (size_t)dtypes[t->dtype].format.width; }
size_t slot_bytes(const Slot *t) { return slot_elements(t) * width(t); }

double slot_number(const Slot *t, size_t i)
{
    return number_at((const unsigned char *)t->data + i * width(t), dtypes[t->dtype].format);
}

const char *wrong(const char *format, ...)
{
    static char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

/* Room for one more element of `size` bytes in a growing array of n. */
static void *grown(void *array, int n, int *room, size_t size)
{
    if (n < *room)
        return array;
    *room = *room ? 2 * *room : 64;
    void *larger = memory_get((size_t)*room * size);
    if (n > 0)
        memcpy(larger, array, (size_t)n * size);
    memory_release(array);
    return larger;
}

Slot *slot_add(Safetensors *s)
{
    s->slot = grown(s->slot, s->n, &s->room, sizeof *s->slot);
    s->slot[s->n] = (Slot){ .rank = 0 };
    return &s->slot[s->n++];
}

static char *copy_of(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(memory_get(n), text, n);
}

void meta_add(Safetensors *s, const char *key, const char *value)
{
    s->meta = grown(s->meta, s->n_meta, &s->room_meta, sizeof *s->meta);
    s->meta[s->n_meta++] = (Metadata){ copy_of(key), copy_of(value) };
}
