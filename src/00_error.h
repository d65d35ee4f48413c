/* Errors: a programmer's stop the program where they stand; a user's end it
 * with one line that says what to do. */
#ifndef ERROR_H
#define ERROR_H

#include <stddef.h>

/* A programmer's error, such as a wrong shape: prints file, line, the broken
 * condition and a message, and aborts. Always on. */
#define REQUIRE(condition, ...) ((condition) ? (void)0 : require_failed(__FILE__, __LINE__, #condition, __VA_ARGS__))
_Noreturn void require_failed(const char *file, int line, const char *condition, const char *format, ...);

/* A user's error: prints "program: message" on one line of standard error and
 * exits with status 2; what 00_files.h was writing leaves no trace. The message
 * names the file or option, what was found, what was expected. */
_Noreturn void user_error(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* Nobody's mistake: a line and status 2, as for a user's error. */
_Noreturn void out_of_memory(size_t bytes);

/* Messages begin with this name. Borrowed. */
void program_named(const char *name);
const char *program_name(void);

#endif
