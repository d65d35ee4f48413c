#include "21_safetensors.h"

#include "00_error.h"
#include "00_files.h"
#include "01_memory.h"
#include "21_bytes.h"
#include "21_slot.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef REAL_DOUBLE
const Dtype dtype_of_real = F64;
#else
const Dtype dtype_of_real = F32;
#endif

/* ---- making one ------------------------------------------------------------------------- */

static Slot *add_named(Safetensors *s, Dtype type, int rank, const int *dim, void *data, const char *format, va_list arguments)
{
    Slot *t = slot_add(s);
    t->dtype = type, t->rank = rank, t->data = data;
    for (int i = 0; i < rank; i++)
        t->dim[i] = dim[i];
    int n = vsnprintf(t->name, MAX_NAME, format, arguments);
    REQUIRE(n > 0 && n < MAX_NAME, "the name of a tensor has %d characters", n);
    return t;
}

Slot *safetensors_add(Safetensors *s, Dtype type, int rank, const int *dim, void *data, const char *name, ...)
{
    va_list arguments;
    va_start(arguments, name);
    Slot *t = add_named(s, type, rank, dim, data, name, arguments);
    va_end(arguments);
    return t;
}

Slot *safetensors_add_tensor(Safetensors *s, Tensor *tensor, const char *name, ...)
{
    va_list arguments;
    va_start(arguments, name);
    Slot *t = add_named(s, dtype_of_real, tensor->shape.rank, tensor->shape.dim, tensor->data, name, arguments);
    va_end(arguments);
    return t;
}

void safetensors_set(Safetensors *s, const char *key, const char *value, ...)
{
    char text[MAX_NAME];
    va_list arguments;
    va_start(arguments, value);
    int n = vsnprintf(text, sizeof text, value, arguments);
    va_end(arguments);
    REQUIRE(n < MAX_NAME, "metadata %s: a value of %d characters", key, n);
    meta_add(s, key, text);
}

void safetensors_free(Safetensors *s)
{
    for (int i = 0; i < s->n_meta; i++)
        memory_release(s->meta[i].key), memory_release(s->meta[i].value);
    memory_release(s->slot);
    memory_release(s->meta);
    memory_release(s->bytes);
    *s = (Safetensors){ 0 };
}

/* ---- writing -------------------------------------------------------------------------------- */

static void add(cJSON *object, const char *name, cJSON *item)
{
    REQUIRE(object && item && cJSON_AddItemToObject(object, name, item), "out of memory for '%s' in a header", name);
}

static void add_entry(cJSON *header, const Slot *t, double begin)
{
    cJSON *entry = cJSON_CreateObject();
    add(header, t->name, entry);
    add(entry, "dtype", cJSON_CreateString(dtypes[t->dtype].name));
    add(entry, "shape", cJSON_CreateIntArray(t->dim, t->rank));
    add(entry, "data_offsets", cJSON_CreateDoubleArray((double[]){ begin, begin + (double)slot_bytes(t) }, 2));
}

static char *header_text(const Safetensors *s)
{
    cJSON *header = cJSON_CreateObject();
    if (s->n_meta > 0) {
        cJSON *meta = cJSON_CreateObject();
        add(header, metadata_key, meta);
        for (int i = 0; i < s->n_meta; i++)
            add(meta, s->meta[i].key, cJSON_CreateString(s->meta[i].value));
    }
    double begin = 0;
    for (int i = 0; i < s->n; begin += (double)slot_bytes(&s->slot[i++]))
        add_entry(header, &s->slot[i], begin);
    char *text = cJSON_PrintUnformatted(header);
    cJSON_Delete(header);
    REQUIRE(text != NULL, "out of memory for a header of %d tensors", s->n);
    return text;
}

void safetensors_write(const Safetensors *s, const char *path)
{
    char directory[PATH_SIZE], name[PATH_SIZE];
    require_little_endian();
    path_split(path, directory, name);
    char *header = header_text(s);
    FILE *file = output_open(directory, name);
    uint64_t length = strlen(header), padded = (length + 7) / 8 * 8; /* so that the numbers lie aligned */
    fwrite(&padded, sizeof padded, 1, file);
    fprintf(file, "%s%*s", header, (int)(padded - length), "");
    free(header);
    for (int i = 0; i < s->n; i++)
        fwrite(s->slot[i].data, 1, slot_bytes(&s->slot[i]), file);
    output_close_synced(file);
}

/* ---- reading ---------------------------------------------------------------------------------- */

Safetensors safetensors_read(const char *path)
{
    size_t n;
    Safetensors s;
    require_little_endian();
    unsigned char *bytes = file_bytes(path, &n, "a safetensors file");
    const char *why = safetensors_parse(&s, bytes, n);
    if (why)
        user_error("%s: %s", path, why);
    s.bytes = bytes;
    return s;
}

const char *safetensors_get(const Safetensors *s, const char *key)
{
    for (int i = 0; i < s->n_meta; i++)
        if (strcmp(s->meta[i].key, key) == 0)
            return s->meta[i].value;
    return NULL;
}

const Slot *safetensors_find(const Safetensors *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->slot[i].name, name) == 0)
            return &s->slot[i];
    return NULL;
}

/* ---- reading into slots ---------------------------------------------------------------------------- */

static const char *dims_text(const Slot *t)
{
    static char text[2][64];
    static int next;
    char *to = text[next++ % 2];
    int n = snprintf(to, 64, "[");
    for (int i = 0; i < t->rank; i++)
        n += snprintf(to + n, 64 - (size_t)n, "%s%d", i ? "," : "", t->dim[i]);
    snprintf(to + n, 64 - (size_t)n, "]");
    return to;
}

static const char *check_numbers(const Slot *found, bool not_negative)
{
    for (size_t i = 0; i < slot_elements(found); i++) {
        double v = slot_number(found, i);
        if (!isfinite(v))
            return wrong("tensor '%s': element %zu is NaN or infinite", found->name, i);
        if (not_negative && v < 0)
            return wrong("tensor '%s': element %zu is %g; expected no %s below 0", found->name, i, v,
                         found->dtype == I64 ? "count" : "variance");
        if (found->dtype == I64 && fabs(v) > 0x1p53)
            return wrong("tensor '%s': element %zu is %g; expected a count", found->name, i, v);
    }
    return NULL;
}

const char *safetensors_check(const Safetensors *s)
{
    const char *why = NULL;
    for (int i = 0; i < s->n && !why; i++)
        why = check_numbers(&s->slot[i], s->slot[i].not_negative);
    return why;
}

static bool is_float(Dtype type) { return type != I32 && type != I64; }

/* May numbers of the one be read into the other? */
static bool types_agree(const Slot *t, const Slot *found)
{
    return found->dtype == t->dtype || (t->any_float && is_float(t->dtype) && is_float(found->dtype));
}

static const char *check_slot(const Safetensors *file, const Slot *t)
{
    const Slot *found = safetensors_find(file, t->name);
    if (!found)
        return t->optional ? NULL : wrong("tensor '%s' is missing", t->name);
    if (!types_agree(t, found))
        return wrong("tensor '%s': found dtype %s; expected %s", t->name, dtypes[found->dtype].name, dtypes[t->dtype].name);
    if (found->rank != t->rank || memcmp(found->dim, t->dim, (size_t)t->rank * sizeof *t->dim) != 0)
        return wrong("tensor '%s': found shape %s; expected %s", t->name, dims_text(found), dims_text(t));
    for (size_t i = 0; t->dtype == F32 && found->dtype == F64 && i < slot_elements(found); i++)
        if (isfinite(slot_number(found, i)) && !isfinite((float)slot_number(found, i)))
            return wrong("tensor '%s': element %zu is %g; a float holds no such number", t->name, i, slot_number(found, i));
    return check_numbers(found, t->not_negative);
}

static void copy_slot(const Slot *t, const Slot *found)
{
    if (found->dtype == t->dtype)
        memcpy(t->data, found->data, slot_bytes(t));
    for (size_t i = 0; found->dtype != t->dtype && i < slot_elements(t); i++)
        if (t->dtype == F64)
            ((double *)t->data)[i] = slot_number(found, i);
        else
            ((float *)t->data)[i] = (float)slot_number(found, i);
}

const char *safetensors_fill(const Safetensors *file, const Safetensors *slots)
{
    const char *why = NULL;
    for (int i = 0; i < file->n; i++)
        if (!safetensors_find(slots, file->slot[i].name))
            return wrong("found tensor '%s', which does not belong here", printable(file->slot[i].name));
    for (int i = 0; i < slots->n && !why; i++)
        why = check_slot(file, &slots->slot[i]);
    for (int i = 0; i < slots->n && !why; i++) {
        const Slot *found = safetensors_find(file, slots->slot[i].name);
        if (found)
            copy_slot(&slots->slot[i], found);
    }
    return why;
}

void safetensors_strip(Safetensors *file, const char *prefix)
{
    size_t n = strlen(prefix);
    for (int i = 0; i < file->n; i++)
        if (strncmp(file->slot[i].name, prefix, n) != 0)
            return;
    for (int i = 0; i < file->n; i++)
        memmove(file->slot[i].name, file->slot[i].name + n, strlen(file->slot[i].name + n) + 1);
}
