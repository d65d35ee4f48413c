/* libFuzzer: whatever the bytes are, idx_read reads them or ends with a user's
 * error. Two files are in them: the first two bytes, little-endian, are the
 * length of the images; the labels follow. Bytes that begin as gzip's do go
 * into a file named .gz.
 *
 * user_error ends the program, and with it all files and memory. Here it jumps
 * back instead, and what exit would have cleaned up is cleaned up below: the
 * linker's --wrap puts the functions named __wrap_... in the place of the real ones. */
#define _GNU_SOURCE /* memfd_create */
#include "00_error.h"
#include "01_memory.h"
#include "10_data.h"
#include "10_idx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { MOST = 16 };

static jmp_buf back;
static void *block[MOST];
static gzFile file[MOST];
static int blocks, files;

void *__real_memory_get(size_t bytes);
void *__wrap_memory_get(size_t bytes);
void *__wrap_memory_get(size_t bytes)
{
    REQUIRE(blocks < MOST && bytes <= (size_t)1 << 31, "%d blocks, %zu bytes", blocks, bytes);
    return block[blocks++] = __real_memory_get(bytes);
}

gzFile __real_gzopen(const char *path, const char *mode);
gzFile __wrap_gzopen(const char *path, const char *mode);
gzFile __wrap_gzopen(const char *path, const char *mode)
{
    REQUIRE(files < MOST, "%d files", files);
    return file[files++] = __real_gzopen(path, mode);
}

int __real_gzclose(gzFile f);
int __wrap_gzclose(gzFile f);
int __wrap_gzclose(gzFile f)
{
    for (int i = 0; i < files; i++)
        if (file[i] == f)
            file[i] = NULL;
    return __real_gzclose(f);
}

_Noreturn void __wrap_user_error(const char *format, ...);
_Noreturn void __wrap_user_error(const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (const char *c = text; *c; c++)
        REQUIRE(*c >= ' ' && *c <= '~', "character %d in a message", *c);
    longjmp(back, 1);
}

static char directory[32], path[2][2][64]; /* images and labels; plain and .gz */

static void clear(void)
{
    for (int i = 0; i < 4; i++)
        unlink(path[i / 2][i % 2]);
    rmdir(directory);
}

/* In memory where there is such a place: thousands of files a second. */
static void begin(void)
{
    struct stat info;
    snprintf(directory, sizeof directory, "%s/gradus-XXXXXX", stat("/dev/shm", &info) == 0 ? "/dev/shm" : "/tmp");
    REQUIRE(mkdtemp(directory), "no directory %s", directory);
    for (int i = 0; i < 4; i++)
        snprintf(path[i / 2][i % 2], sizeof path[0][0], "%s/%s%s", directory, i / 2 ? "labels" : "images", i % 2 ? ".gz" : "");
    atexit(clear);
}

static const char *put(int which, const uint8_t *data, size_t n)
{
    const char *to = path[which][n >= 2 && data[0] == 0x1f && data[1] == 0x8b];
    FILE *f = fopen(to, "wb");
    REQUIRE(f && fwrite(data, 1, n, f) == n && fclose(f) == 0, "cannot write %s", to);
    return to;
}

static void check(const Images *d)
{
    long total = 0;
    REQUIRE(d->n >= 1 && d->height >= 1 && d->width >= 1 && d->classes == 10, "%d images of %dx%d", d->n, d->height, d->width);
    for (size_t i = 0; i < (size_t)d->n * (size_t)images_pixels(d); i++)
        total += d->pixel[i]; /* the sanitizer watches */
    for (int i = 0; i < d->n; i++)
        REQUIRE(d->label[i] < d->classes, "label %d", d->label[i]);
    REQUIRE(total >= 0, "%ld", total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!*directory)
        begin();
    size_t cut = size < 2 ? 0 : data[0] + 256u * data[1], rest = size < 2 ? 0 : size - 2;
    cut = cut < rest ? cut : rest;
    const char *images = put(0, data + (size - rest), cut), *labels = put(1, data + (size - rest) + cut, rest - cut);
    blocks = files = 0;
    if (setjmp(back) == 0) {
        Images d = idx_read(images, labels);
        check(&d);
        for (int i = 0; i < files; i++)
            REQUIRE(file[i] == NULL, "a file is left open");
    }
    for (int i = 0; i < files; i++)
        if (file[i])
            __real_gzclose(file[i]);
    for (int i = 0; i < blocks; i++)
        memory_release(block[i]);
    REQUIRE(memory_blocks() == 0, "%ld blocks of memory are left", memory_blocks());
    return 0;
}
