#include "01_memory.h"
#include "01_tensor.h"
#include "21_bytes.h"
#include "21_safetensors.h"
#include "21_slot.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_META = 4096, MAX_HEADER = 1 << 20 /* bytes: some ten thousand tensors */ };

/* ---- reading: the header ---------------------------------------------------------------------- */

/* A whole number from 0 to most. */
static bool read_size(const cJSON *item, double most, size_t *n)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= most) ||
        item->valuedouble != floor(item->valuedouble))
        return false;
    *n = (size_t)item->valuedouble;
    return true;
}

static const char *read_dtype(Slot *t, const cJSON *item)
{
    int k = 0;
    if (!cJSON_IsString(item))
        return wrong("tensor '%s' has no dtype", printable(t->name));
    while (k < N_DTYPES && strcmp(dtypes[k].name, item->valuestring) != 0)
        k++;
    if (k == N_DTYPES)
        return wrong("tensor '%s': found dtype %s; expected F32, F64, F16, BF16, I32 or I64", printable(t->name),
                     printable(item->valuestring));
    t->dtype = (Dtype)k;
    return NULL;
}

/* The dimensions, and how many bytes they come to: at most n. */
static const char *read_shape(Slot *t, const cJSON *item, size_t n)
{
    const cJSON *dim;
    size_t d, left = n / (size_t)dtypes[t->dtype].format.width;
    if (!cJSON_IsArray(item))
        return wrong("tensor '%s' has no shape", printable(t->name));
    cJSON_ArrayForEach(dim, item)
    {
        if (t->rank == MAX_RANK)
            return wrong("tensor '%s': found more than %d dimensions", printable(t->name), MAX_RANK);
        if (!read_size(dim, INT32_MAX, &d) || d == 0)
            return wrong("tensor '%s': found a dimension that is no whole number from 1 to %d", printable(t->name), INT32_MAX);
        if (d > left)
            return wrong("tensor '%s' is larger than the file's data of %zu bytes", printable(t->name), n);
        left /= d;
        t->dim[t->rank++] = (int)d;
    }
    return NULL;
}

static const char *read_place(Slot *t, const cJSON *item, unsigned char *data, size_t n)
{
    size_t begin, end;
    if (!cJSON_IsArray(item) || cJSON_GetArraySize(item) != 2 || !read_size(item->child, (double)n, &begin) ||
        !read_size(item->child->next, (double)n, &end) || begin > end)
        return wrong("tensor '%s': found data_offsets that are no two rising places within the %zu bytes of data",
                     printable(t->name), n);
    if (end - begin != slot_bytes(t))
        return wrong("tensor '%s': found %zu bytes; its shape and dtype make %zu", printable(t->name), end - begin,
                     slot_bytes(t));
    t->data = data + begin;
    return NULL;
}

static const char *read_entry(Safetensors *s, const cJSON *entry, unsigned char *data, size_t n)
{
    if (!*entry->string || strlen(entry->string) >= MAX_NAME)
        return wrong("found a tensor's name of %zu characters; expected 1 to %d", strlen(entry->string), MAX_NAME - 1);
    if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 3)
        return wrong("tensor '%s': expected dtype, shape and data_offsets, and nothing else", printable(entry->string));
    Slot *t = slot_add(s);
    snprintf(t->name, MAX_NAME, "%s", entry->string);
    const char *why = read_dtype(t, cJSON_GetObjectItemCaseSensitive(entry, "dtype"));
    if (!why)
        why = read_shape(t, cJSON_GetObjectItemCaseSensitive(entry, "shape"), n);
    return why ? why : read_place(t, cJSON_GetObjectItemCaseSensitive(entry, "data_offsets"), data, n);
}

static const char *read_metadata(Safetensors *s, const cJSON *meta)
{
    const cJSON *item;
    if (!cJSON_IsObject(meta))
        return wrong("found metadata that is no object");
    cJSON_ArrayForEach(item, meta)
    {
        if (!cJSON_IsString(item))
            return wrong("metadata '%s': expected a text", printable(item->string));
        if (safetensors_get(s, item->string))
            return wrong("metadata '%s' is there twice", printable(item->string));
        if (s->n_meta == MAX_META)
            return wrong("found more than %d entries of metadata", MAX_META);
        meta_add(s, item->string, item->valuestring);
    }
    return NULL;
}

static const char *read_header(Safetensors *s, const cJSON *header, unsigned char *data, size_t n)
{
    const cJSON *item;
    const char *why = NULL;
    int n_metadata = 0;
    if (!cJSON_IsObject(header))
        return wrong("found a header that is no JSON object");
    cJSON_ArrayForEach(item, header)
    {
        bool is_metadata = strcmp(item->string, metadata_key) == 0;
        if (is_metadata && n_metadata++ > 0)
            return wrong("found metadata twice");
        why = is_metadata ? read_metadata(s, item) : read_entry(s, item, data, n);
        if (why)
            return why;
    }
    return NULL;
}

/* ---- reading: the tensors as a whole ------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const Slot *x = *(Slot *const *)a, *y = *(Slot *const *)b;
    return (x->data > y->data) - (x->data < y->data);
}

static int by_name(const void *a, const void *b) { return strcmp((*(Slot *const *)a)->name, (*(Slot *const *)b)->name); }

/* Side by side, sorted by place, they must tile the data; sorted by name, differ. */
static const char *check_whole(const Safetensors *s, unsigned char *data, size_t n)
{
    const char *why = NULL;
    unsigned char *end = data;
    Slot **sorted = memory_get((size_t)s->n * sizeof *sorted);
    for (int i = 0; i < s->n; i++)
        sorted[i] = &s->slot[i];
    qsort(sorted, (size_t)s->n, sizeof *sorted, by_name);
    for (int i = 1; i < s->n && !why; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            why = wrong("tensor '%s' is there twice", printable(sorted[i]->name));
    qsort(sorted, (size_t)s->n, sizeof *sorted, by_place);
    for (int i = 0; i < s->n && !why; end += slot_bytes(sorted[i++]))
        if ((unsigned char *)sorted[i]->data != end)
            why = wrong("tensor '%s' begins at byte %td of the data; the one before it ends at %td", printable(sorted[i]->name),
                        (unsigned char *)sorted[i]->data - data, end - data);
    if (!why && end != data + n)
        why = wrong("found %zu bytes of data; the tensors take %td", n, end - data);
    memory_release(sorted);
    return why;
}

static const char *parse(Safetensors *s, unsigned char *bytes, size_t n)
{
    uint64_t length = 0;
    if (n < 8)
        return wrong("truncated: found %zu bytes; a safetensors file begins with 8 that give its header's length", n);
    for (int i = 7; i >= 0; i--)
        length = length << 8 | bytes[i];
    if (length > MAX_HEADER)
        return wrong("found a header of %llu bytes; expected at most %d: is this a safetensors file?",
                     (unsigned long long)length, MAX_HEADER);
    if (length > n - 8)
        return wrong("truncated: found %zu bytes behind the length; the header alone has %llu", n - 8,
                     (unsigned long long)length);
    const char *text = (const char *)bytes + 8, *end = text;
    if (length == 0 || *text != '{' || memchr(text, '\0', length))
        return wrong("found a header that is no JSON object");
    for (const char *at = text; at + 6 <= text + length; at++)
        if (memcmp(at, "\\u0000", 6) == 0) /* it would end a C string early */
            return wrong("found an escaped NUL in the header");
    cJSON *header = cJSON_ParseWithLengthOpts(text, length, &end, false);
    for (; header && end < text + length; end++)
        if (*end != ' ') {
            cJSON_Delete(header);
            return wrong("found text behind the header's JSON object");
        }
    if (!header)
        return wrong("found a header that is no JSON, near byte %td",
                     cJSON_GetErrorPtr() ? cJSON_GetErrorPtr() - (const char *)bytes : 8);
    const char *why = read_header(s, header, bytes + 8 + length, n - 8 - length);
    cJSON_Delete(header);
    return why ? why : check_whole(s, bytes + 8 + length, n - 8 - length);
}

const char *safetensors_parse(Safetensors *s, unsigned char *bytes, size_t n)
{
    *s = (Safetensors){ 0 };
    const char *why = parse(s, bytes, n);
    if (why)
        safetensors_free(s);
    return why;
}
