/* Other people's files: their bytes, and what may be printed of them. */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>

/* Stops the program on a machine that is not little-endian, as both file
 * formats of this chapter are. */
void require_little_endian(void);

/* The bytes of a plain file, at most 4 GiB, to be released by memory_release;
 * whatever is wrong is a user's error. `expected` names what was to be there. */
unsigned char *file_bytes(const char *path, size_t *n, const char *expected);

/* A text as it may be printed: other people's bytes do not go to a terminal.
 * At most 47 characters, in a buffer that the second later call reuses. */
const char *printable(const char *text);

#endif
