#include "21_numpy.h"

#include "00_error.h"
#include "00_files.h"
#include "01_memory.h"
#include "21_bytes.h"
#include "21_number.h"

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
    int length = snprintf(header, sizeof header, "{'descr': '<f%zu', 'fortran_order': False, 'shape': (%s), }", sizeof(real),
                          shape);
    int padded = (PREFIX + length + 1 + ALIGN - 1) / ALIGN * ALIGN - PREFIX; /* with the line feed at its end */
    FILE *file = output_open(directory, name);
    fwrite(magic, 1, MAGIC, file);
    fprintf(file, "%c%c%c%c%s%*s\n", 1, 0, padded % 256, padded / 256, header, padded - length - 1, "");
    fwrite(t->data, sizeof(real), tensor_size(t), file);
    output_close(file);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* What stands behind 'key': or "key": in the header; NULL where the key is not there. */
static const char *value_of(const char *header, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = header; (at = strstr(at, key)); at += n) {
        if (at == header || (at[-1] != '\'' && at[-1] != '"') || at[n] != at[-1])
            continue;
        const char *colon = at + n + 1 + strspn(at + n + 1, " ");
        if (*colon == ':')
            return colon + 1 + strspn(colon + 1, " ");
    }
    return NULL;
}

/* "'<f4'": byte order, kind and width in bytes. NumPy's b1 is a byte, 0 or 1. */
static bool read_format(NumberFormat *f, const char *text)
{
    if (!text || (*text != '\'' && *text != '"'))
        return false;
    const char *kind = text + 1 + strspn(text + 1, "<>=|");
    f->big_endian = text[1] == '>';
    f->kind = *kind == 'b' ? 'u' : *kind;
    f->width = kind[0] && kind[1] >= '1' && kind[1] <= '8' && kind[2] == *text ? kind[1] - '0' : 0;
    return kind - text <= 2 && f->kind != 'B' && number_format_known(*f);
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

/* How the numbers lie in the file. */
typedef struct {
    Shape shape;
    NumberFormat format;
    bool fortran; /* the first index moves fastest, not the last */
    size_t start; /* the first byte of the first number */
} Lay;

static const char *read_header(Lay *l, const char *header, size_t bytes)
{
    const char *order = value_of(header, "fortran_order");
    if (!read_format(&l->format, value_of(header, "descr")))
        return "expected numbers: floats of 2, 4 or 8 bytes, or whole numbers of 1 to 8 ('<f4', '>f8', '|u1', '<i8' ...)";
    if (!order || (strncmp(order, "False", 5) != 0 && strncmp(order, "True", 4) != 0))
        return "expected fortran_order False or True";
    l->fortran = *order == 'T';
    size_t most = bytes / (size_t)l->format.width;
    const char *why = read_shape(&l->shape, value_of(header, "shape"), most < INT32_MAX ? most : INT32_MAX);
    if (!why && shape_size(l->shape) * (size_t)l->format.width != bytes)
        return "expected as many numbers as its shape says, and no more";
    return why;
}

static const char *read_lay(Lay *l, const unsigned char *bytes, size_t n)
{
    char header[MAX_HEADER + 1];
    if (n < PREFIX + 2 || memcmp(bytes, magic, MAGIC) != 0)
        return "expected a NumPy array (.npy)";
    size_t start = bytes[6] == 1 ? 10 : 12, length = bytes[8] + 256u * bytes[9];
    if (bytes[6] < 1 || bytes[6] > 3 || (bytes[6] > 1 && (bytes[10] || bytes[11])) || length > MAX_HEADER || length > n - start)
        return "found a header of another version, too long, or cut off";
    memcpy(header, bytes + start, length);
    header[length] = '\0';
    l->start = start + length;
    return read_header(l, header, n - l->start);
}

/* Where our element number i, whose last index moves fastest, lies in the file. */
static size_t place_of(const Lay *l, size_t i)
{
    size_t place = 0, step = shape_size(l->shape);
    if (!l->fortran)
        return i;
    for (int k = l->shape.rank - 1; k >= 0; k--) {
        size_t d = (size_t)l->shape.dim[k];
        step /= d;
        place += i % d * step;
        i /= d;
    }
    return place;
}

const char *numpy_parse(Tensor *t, const unsigned char *bytes, size_t n)
{
    Lay l = { 0 };
    const char *why = read_lay(&l, bytes, n);
    if (why)
        return why;
    tensor_resize(t, l.shape);
    for (size_t i = 0; i < tensor_size(t); i++)
        t->data[i] = (real)number_at(bytes + l.start + place_of(&l, i) * (size_t)l.format.width, l.format);
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
