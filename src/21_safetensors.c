#include "21_safetensors.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef REAL_DOUBLE
const Dtype dtype_of_real = F64;
#else
const Dtype dtype_of_real = F32;
#endif

static const struct {
    const char *name;
    size_t bytes;
} dtypes[] = { { "F32", 4 }, { "F64", 8 }, { "I32", 4 }, { "I64", 8 } };

enum { N_DTYPES = sizeof dtypes / sizeof *dtypes, MAX_META = 64,
       MAX_HEADER = 1 << 20 /* bytes: some ten thousand tensors */ };
static const char metadata[] = "__metadata__";

static size_t slot_elements(const Slot *t)
{
    size_t n = 1;
    for (int i = 0; i < t->rank; i++)
        n *= (size_t)t->dim[i];
    return n;
}

static size_t slot_bytes(const Slot *t) { return slot_elements(t) * dtypes[t->dtype].bytes; }

/* What is wrong, for those who return it. */
static const char *wrong(const char *format, ...)
{
    static char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

const char *printable(const char *name)
{
    static char text[2][48];
    static int next;
    char *t = text[next++ % 2];
    size_t n = 0;
    for (; name[n] && n < sizeof text[0] - 1; n++)
        t[n] = name[n] >= ' ' && name[n] <= '~' ? name[n] : '?';
    t[n] = '\0';
    return t;
}

unsigned char *file_bytes(const char *path, size_t *n, const char *expected)
{
    static const uint64_t most = (uint64_t)1 << 32;
    struct stat info;
    if (stat(path, &info) != 0)
        user_error("%s: cannot read: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode)) /* asked before it is opened: a pipe would wait for a writer */
        user_error("%s: found no plain file; expected %s", path, expected);
    if ((uint64_t)info.st_size > most)
        user_error("%s: found %lld bytes; expected %s of at most %llu", path, (long long)info.st_size, expected, (unsigned long long)most);
    FILE *file = fopen(path, "rb");
    if (!file)
        user_error("%s: cannot read: %s", path, strerror(errno));
    *n = (size_t)info.st_size;
    void *volatile room = malloc(*n + 1); /* asked for before: want of memory here is no fault of the program's */
    if (!room)
        user_error("%s: found %zu bytes, more than there is memory for", path, *n);
    free(room);
    unsigned char *bytes = memory_get(*n);
    if (fread(bytes, 1, *n, file) != *n)
        user_error("%s: cannot read: found fewer than its %zu bytes", path, *n);
    fclose(file);
    return bytes;
}

/* ---- making one ------------------------------------------------------------------------- */

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

static Slot *add_slot(Safetensors *s)
{
    s->slot = grown(s->slot, s->n, &s->room, sizeof *s->slot);
    s->slot[s->n] = (Slot){ .rank = 0 };
    return &s->slot[s->n++];
}

static void add_meta(Safetensors *s, const char *key, const char *value)
{
    s->meta = grown(s->meta, s->n_meta, &s->room_meta, sizeof *s->meta);
    snprintf(s->meta[s->n_meta][0], MAX_NAME, "%s", key);
    snprintf(s->meta[s->n_meta++][1], MAX_NAME, "%s", value);
}

static Slot *add_named(Safetensors *s, Dtype type, int rank, const int *dim, void *data, const char *format, va_list arguments)
{
    Slot *t = add_slot(s);
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
    add_meta(s, key, text);
}

void safetensors_free(Safetensors *s)
{
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
        add(header, metadata, meta);
        for (int i = 0; i < s->n_meta; i++)
            add(meta, s->meta[i][0], cJSON_CreateString(s->meta[i][1]));
    }
    double begin = 0;
    for (int i = 0; i < s->n; begin += (double)slot_bytes(&s->slot[i++]))
        add_entry(header, &s->slot[i], begin);
    char *text = cJSON_PrintUnformatted(header);
    cJSON_Delete(header);
    REQUIRE(text != NULL, "out of memory for a header of %d tensors", s->n);
    return text;
}

void require_little_endian(void)
{
    const uint16_t one = 1;
    REQUIRE(*(const unsigned char *)&one == 1, "the file's numbers are little-endian; this machine's are not");
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
        return wrong("tensor '%s': found dtype %s; expected F32, F64, I32 or I64", printable(t->name), printable(item->valuestring));
    t->dtype = (Dtype)k;
    return NULL;
}

/* The dimensions, and how many bytes they come to: at most n. */
static const char *read_shape(Slot *t, const cJSON *item, size_t n)
{
    const cJSON *dim;
    size_t d, left = n / dtypes[t->dtype].bytes;
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
        return wrong("tensor '%s': found data_offsets that are no two rising places within the %zu bytes of data", printable(t->name), n);
    if (end - begin != slot_bytes(t))
        return wrong("tensor '%s': found %zu bytes; its shape and dtype make %zu", printable(t->name), end - begin, slot_bytes(t));
    t->data = data + begin;
    return NULL;
}

static const char *read_entry(Safetensors *s, const cJSON *entry, unsigned char *data, size_t n)
{
    if (!*entry->string || strlen(entry->string) >= MAX_NAME)
        return wrong("found a tensor's name of %zu characters; expected 1 to %d", strlen(entry->string), MAX_NAME - 1);
    if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 3)
        return wrong("tensor '%s': expected dtype, shape and data_offsets, and nothing else", printable(entry->string));
    Slot *t = add_slot(s);
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
        if (!cJSON_IsString(item) || strlen(item->string) >= MAX_NAME || strlen(item->valuestring) >= MAX_NAME)
            return wrong("metadata '%s': expected a text of less than %d characters", printable(item->string), MAX_NAME);
        if (safetensors_get(s, item->string))
            return wrong("metadata '%s' is there twice", printable(item->string));
        if (s->n_meta == MAX_META)
            return wrong("found more than %d entries of metadata", MAX_META);
        add_meta(s, item->string, item->valuestring);
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
        bool is_metadata = strcmp(item->string, metadata) == 0;
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
        return wrong("found a header of %llu bytes; expected at most %d: is this a safetensors file?", (unsigned long long)length, MAX_HEADER);
    if (length > n - 8)
        return wrong("truncated: found %zu bytes behind the length; the header alone has %llu", n - 8, (unsigned long long)length);
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
        return wrong("found a header that is no JSON, near byte %td", cJSON_GetErrorPtr() ? cJSON_GetErrorPtr() - (const char *)bytes : 8);
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
        if (strcmp(s->meta[i][0], key) == 0)
            return s->meta[i][1];
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

static double number_at(const Slot *t, size_t i)
{
    float f;
    double d;
    int32_t short_one;
    int64_t long_one;
    const char *at = (const char *)t->data + i * dtypes[t->dtype].bytes; /* perhaps unaligned */
    switch (t->dtype) {
    case F32: return memcpy(&f, at, sizeof f), (double)f;
    case F64: return memcpy(&d, at, sizeof d), d;
    case I32: return memcpy(&short_one, at, sizeof short_one), (double)short_one;
    default: return memcpy(&long_one, at, sizeof long_one), (double)long_one;
    }
}

static const char *check_numbers(const Slot *found, bool not_negative)
{
    for (size_t i = 0; i < slot_elements(found); i++) {
        double v = number_at(found, i);
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

static const char *check_slot(const Safetensors *file, const Slot *t)
{
    const Slot *found = safetensors_find(file, t->name);
    if (!found)
        return wrong("tensor '%s' is missing", t->name);
    if (found->dtype != t->dtype)
        return wrong("tensor '%s': found dtype %s; expected %s", t->name, dtypes[found->dtype].name, dtypes[t->dtype].name);
    if (found->rank != t->rank || memcmp(found->dim, t->dim, (size_t)t->rank * sizeof *t->dim) != 0)
        return wrong("tensor '%s': found shape %s; expected %s", t->name, dims_text(found), dims_text(t));
    return check_numbers(found, t->not_negative);
}

const char *safetensors_fill(const Safetensors *file, const Safetensors *slots)
{
    const char *why = NULL;
    for (int i = 0; i < file->n; i++)
        if (!safetensors_find(slots, file->slot[i].name))
            return wrong("found tensor '%s', which does not belong here", printable(file->slot[i].name));
    for (int i = 0; i < slots->n && !why; i++)
        why = check_slot(file, &slots->slot[i]);
    for (int i = 0; i < slots->n && !why; i++)
        memcpy(slots->slot[i].data, safetensors_find(file, slots->slot[i].name)->data, slot_bytes(&slots->slot[i]));
    return why;
}
