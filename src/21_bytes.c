#include "21_bytes.h"

#include "00_error.h"
#include "01_memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void require_little_endian(void)
{
    const uint16_t one = 1;
    REQUIRE(*(const unsigned char *)&one == 1, "the file's numbers are little-endian; this machine's are not");
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
        user_error("%s: found %lld bytes; expected %s of at most %llu", path, (long long)info.st_size, expected,
                   (unsigned long long)most);
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
