/* Options of the command line, with a --help that lists them. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

typedef enum { OPTION_FLAG, OPTION_INTEGER, OPTION_NUMBER, OPTION_TEXT, OPTION_CHOICE } OptionKind;

typedef struct {
    const char *name; /* without the dashes; NULL ends the table */
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

#endif
