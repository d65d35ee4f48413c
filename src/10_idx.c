#include "10_idx.h"

#include "00_error.h"
#include "01_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { MAX_IMAGES = 10000000, MAX_SIDE = 1024 };

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* gzopen reads plain files as they are, so a .gz that is not gzip is found
 * out by asking. */
static gzFile idx_open(const char *path)
{
    gzFile file = gzopen(path, "rb");
    if (!file)
        user_error("%s: cannot read: %s", path, strerror(errno));
    gzbuffer(file, 1 << 18);
    if (ends_with(path, ".gz") && gzdirect(file))
        user_error("%s: found no gzip data; expected a gzip file, as its name says", path);
    return file;
}

/* Reads exactly n bytes, or says how many there were. */
static void idx_bytes(gzFile file, const char *path, uint8_t *to, size_t n, const char *what)
{
    size_t got = 0;
    while (got < n) {
        unsigned part = n - got > 1u << 30 ? 1u << 30 : (unsigned)(n - got);
        int read = gzread(file, to + got, part);
        if (read <= 0)
            break;
        got += (size_t)read;
    }
    int code;
    const char *reason = gzerror(file, &code);
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
        user_error("%s: damaged: %s", path, reason);
    if (got < n)
        user_error("%s: truncated: found %zu bytes of %s; expected %zu", path, got, what, n);
}

static uint32_t idx_word(gzFile file, const char *path)
{
    uint8_t b[4];
    idx_bytes(file, path, b, 4, "the header");
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int idx_size(gzFile file, const char *path, const char *what, int limit)
{
    uint32_t n = idx_word(file, path);
    if (n < 1 || n > (uint32_t)limit)
        user_error("%s: found %u %s; expected 1 to %d", path, n, what, limit);
    return (int)n;
}

static void idx_magic(gzFile file, const char *path, uint32_t expected, const char *what)
{
    uint32_t magic = idx_word(file, path);
    if (magic != expected)
        user_error("%s: found magic number 0x%08x; expected 0x%08x, an IDX file of %s", path, magic, expected, what);
}

/* A gzip file ends with a checksum of all its bytes, which is read here. */
static void idx_close(gzFile file, const char *path)
{
    uint8_t extra;
    int code, more = gzread(file, &extra, 1);
    const char *reason = gzerror(file, &code);
    if (more > 0)
        user_error("%s: found more bytes than its header counts; expected the end of the file", path);
    if (more < 0 || (code != Z_OK && code != Z_STREAM_END))
        user_error("%s: damaged or truncated: %s", path, reason);
    gzclose(file);
}

/* Before memory is taken: can a file of this length hold so many bytes? Gzip
 * packs at most 1032 to one. */
static void idx_plausible(gzFile file, const char *path, size_t bytes)
{
    struct stat info;
    if (stat(path, &info) == 0 && (size_t)info.st_size * (gzdirect(file) ? 1 : 1032) < bytes)
        user_error("%s: truncated: found a file of %zu bytes; expected room for %zu pixels", path, (size_t)info.st_size, bytes);
}

static void read_images(Images *d, const char *path)
{
    gzFile file = idx_open(path);
    idx_magic(file, path, 0x803, "images");
    d->n = idx_size(file, path, "images", MAX_IMAGES);
    d->height = idx_size(file, path, "rows", MAX_SIDE);
    d->width = idx_size(file, path, "columns", MAX_SIDE);
    size_t bytes = (size_t)d->n * (size_t)images_pixels(d);
    if (bytes > INT32_MAX)
        user_error("%s: found %d images of %dx%d; expected at most 2 GiB", path, d->n, d->height, d->width);
    idx_plausible(file, path, bytes);
    d->pixel = memory_get(bytes);
    idx_bytes(file, path, d->pixel, bytes, "pixels");
    idx_close(file, path);
}

static void read_labels(Images *d, const char *path)
{
    gzFile file = idx_open(path);
    idx_magic(file, path, 0x801, "labels");
    int n = idx_size(file, path, "labels", MAX_IMAGES);
    if (n != d->n)
        user_error("%s: found %d labels; expected %d, one an image", path, n, d->n);
    d->label = memory_get((size_t)n);
    idx_bytes(file, path, d->label, (size_t)n, "labels");
    for (int i = 0; i < n; i++)
        d->classes = d->label[i] >= d->classes ? d->label[i] + 1 : d->classes;
    idx_close(file, path);
}

Images idx_read(const char *image_path, const char *label_path)
{
    Images d = { 0 };
    read_images(&d, image_path);
    if (label_path)
        read_labels(&d, label_path);
    return d;
}
