#include "00_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *name = "gradus";

void program_named(const char *n) { name = n; }
const char *program_name(void) { return name; }

void require_failed(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: required: %s: ", file, line, condition);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void user_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void out_of_memory(size_t bytes)
{
    fprintf(stderr, "out of memory: asked for %zu bytes more\n", bytes);
    exit(2);
}
