#include "21_numpy.h"

#include "00_error.h"
#include "00_files.h"
#include "01_memory.h"
#include "21_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC = 6, PREFIX = 10, ALIGN = 64, MAX_HEADER = 4096 };

/* ---- writing ----------------------------------------------------------------------------- */

void numpy_write(const char *path, const Tensor *t)
{
    char directory[PATH_SIZE], name[PATH_SIZE], shape[64] = "", header[256];
    require_little_endian();
    path_split(path, directory, name);
    for (int i = 0, n = 0; i < t->shape.rank; i++)
        n += snprintf(shape + n, sizeof shape - (size_t)n, "%d,", t->shape.dim[i]);
    int length = snprintf(header, sizeof header, "{'descr': '<f%zu', 'fortran_order': False, 'shape': (%s), }", sizeof(real), shape);
    int padded = (PREFIX + length + 1 + ALIGN - 1) / ALIGN * ALIGN - PREFIX; /* with the line feed at its end */
    FILE *file = output_open(directory, name);
    fwrite(magic, 1, MAGIC, file);
    fprintf(file, "%c%c%c%c%s%*s\n", 1, 0, padded % 256, padded / 256, header, padded - length - 1, "");
    fwrite(t->data, sizeof(real), tensor_size(t), file);
    output_close(file);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* What stands behind 'key': in the header; NULL where the key is not there. */
static const char *value_of(const char *header, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s':", key);
    const char *found = strstr(header, quoted);
    return found ? found + strlen(quoted) + strspn(found + strlen(quoted), " ") : NULL;
}

/* Reads "(64, 100)" or "(64,)"; the product may be at most `most`. */
static const char *read_shape(Shape *s, const char *text, size_t most)
{
    static const char expected[] = "expected a shape of 1 to 4 positive dimensions, no larger than the data";
    if (!text || *text++ != '(')
        return expected;
    for (s->rank = 0; *text != ')'; s->rank++) {
        char *end;
        long d = strtol(text, &end, 10);
        if (end == text || d < 1 || (size_t)d > most || s->rank == MAX_RANK)
            return expected;
        s->dim[s->rank] = (int)d;
        most /= (size_t)d;
        text = end + strspn(end, " ,");
    }
    return s->rank >= 1 ? NULL : expected;
}

static const char *read_header(Shape *s, size_t *width, const char *header, size_t bytes)
{
    const char *descr = value_of(header, "descr"), *order = value_of(header, "fortran_order");
    if (!descr || (strncmp(descr, "'<f4'", 5) != 0 && strncmp(descr, "'<f8'", 5) != 0))
        return "expected numbers of type '<f4' or '<f8' (float32 or float64)";
    if (!order || strncmp(order, "False", 5) != 0)
        return "expected C order (fortran_order False)";
    *width = (size_t)(descr[3] - '0');
    const char *why = read_shape(s, value_of(header, "shape"), bytes / *width < INT32_MAX ? bytes / *width : INT32_MAX);
    if (!why && shape_size(*s) * *width != bytes)
        return "expected as many numbers as its shape says, and no more";
    return why;
}

const char *numpy_parse(Tensor *t, const unsigned char *bytes, size_t n)
{
    char header[MAX_HEADER + 1];
    Shape s = { 0 };
    size_t width;
    if (n < PREFIX + 2 || memcmp(bytes, magic, MAGIC) != 0)
        return "expected a NumPy array (.npy)";
    size_t start = bytes[6] == 1 ? 10 : 12, length = bytes[8] + 256u * bytes[9];
    if (bytes[6] < 1 || bytes[6] > 3 || (bytes[6] > 1 && (bytes[10] || bytes[11])) || length > MAX_HEADER || length > n - start)
        return "found a header of another version, too long, or cut off";
    memcpy(header, bytes + start, length);
    header[length] = '\0';
    const char *why = read_header(&s, &width, header, n - start - length);
    if (why)
        return why;
    tensor_resize(t, s);
    for (size_t i = 0; i < tensor_size(t); i++) {
        float f;
        double d;
        const unsigned char *from = bytes + start + length + i * width;
        t->data[i] = width == 4 ? (memcpy(&f, from, 4), (real)f) : (memcpy(&d, from, 8), (real)d);
    }
    return NULL;
}

Tensor numpy_read(const char *path)
{
    size_t n;
    Tensor t = { 0 };
    require_little_endian();
    unsigned char *bytes = file_bytes(path, &n, "a NumPy array (.npy)");
    const char *why = numpy_parse(&t, bytes, n);
    if (why)
        user_error("%s: %s", path, why);
    memory_release(bytes);
    return t;
}
