/* What every program needs and no chapter teaches.
 *
 * Options with --help, errors a user can act on, tables in files that are
 * written whole or not at all, progress with the time left. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stdio.h>

/* ---- errors ----------------------------------------------------------- */

/* A user's error: prints "program: message" on one line of standard error,
 * removes every unfinished output file and exits with status 2.
 * The message names the file or option, what was found, what was expected. */
_Noreturn void user_error(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* Messages begin with this name; options_read takes it from argv[0]. Borrowed. */
void program_named(const char *name);

/* ---- being stopped ----------------------------------------------------- */

/* From now on Ctrl-C (and a polite kill) is noted rather than obeyed, so that
 * the program can finish its step and save; a second one ends it at once. */
void interrupts_hold(void);
int interrupted(void); /* the signal's number; 0: none came */

/* ---- options ---------------------------------------------------------- */

typedef enum { OPTION_FLAG, OPTION_INTEGER, OPTION_NUMBER, OPTION_TEXT, OPTION_CHOICE } OptionKind;

typedef struct {
    const char *name;    /* without the dashes; NULL ends the table */
    OptionKind kind;
    void *target;        /* bool *, long *, double *, const char **, const char ** */
    const char *help;    /* one line; the default is printed behind it */
    double low, high;    /* an INTEGER's or a NUMBER's range, both ends included */
    const char *choices; /* a CHOICE's words, as in "quick|full" */
} Option;

/* Reads --name VALUE and --name=VALUE into the targets, which hold the
 * defaults on entry. --help prints `about` and the table and exits with 0;
 * an unknown option or a bad value is a user's error. */
void options_read(int argc, char **argv, const char *about, const Option *option);

/* At a program's end: a user's error where not all it printed could be written. */
void standard_output_end(void);

/* Is the text one of the words in "quick|full"? */
bool word_among(const char *text, const char *words);

/* What all experiments share: --seed, --scale, --data, --out. */
typedef struct {
    long seed;
    const char *data; /* "digits", "mnist" or a directory */
    const char *out;  /* build/quick where not given; build/full, build/quick-mnist, ... by scale and data */
    bool full;        /* --scale full: minutes instead of seconds */
    bool out_given;   /* --out was on the command line */
} Experiment;

/* Reads them, and the program's own options (may be NULL). */
Experiment experiment_read(int argc, char **argv, const char *about, const Option *own);

/* ---- files ------------------------------------------------------------ */

/* Makes a directory and those above it; a user's error where that fails. */
void directory_make(const char *path);

/* Opens DIRECTORY/NAME for writing, as NAME.part until output_close gives it
 * its name. A program that stops before that leaves no file. */
FILE *output_open(const char *directory, const char *name);

/* Finishes a file from output_open; a full disk is a user's error. */
void output_close(FILE *file);

/* The same, for a file that must outlast a power cut: its bytes, and then its
 * name, are on the disk before this returns. */
void output_close_synced(FILE *file);

/* Splits a path into its directory ("." where it names none) and the name
 * behind the last slash; a user's error where that name is empty or the path
 * too long. Each has room for PATH_SIZE characters. */
enum { PATH_SIZE = 1024 };
void path_split(const char *path, char *directory, char *name);

/* A table: columns parted by tabs, the names in the first row. `columns` is
 * printed as that row, so it holds the tabs: "step\tloss". Rows are fprintf
 * to the file; output_close ends it. */
FILE *tsv_open(const char *directory, const char *name, const char *columns);

/* ---- time ------------------------------------------------------------- */

double seconds_now(void); /* monotonic clock */

typedef struct {
    const char *label;
    long total, first; /* first: done before the start, by an earlier run */
    double start, last; /* seconds */
    bool terminal;
} Progress;

/* Progress on standard error: a bar that redraws itself on a terminal, a
 * plain line now and then elsewhere; both with the time left. */
Progress progress_start(const char *label, long total);
void progress_show(Progress *p, long done, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;
void progress_end(Progress *p);

#endif
