/* Files that are written whole or not at all, and how a program is stopped.
 *
 * A file gets its name when it is finished; whatever ends the program before
 * that (an error, a signal) removes what was begun. */
#ifndef FILES_H
#define FILES_H

#include <stdio.h>

/* Makes a directory and those above it; a user's error where that fails. */
void directory_make(const char *path);

/* Opens DIRECTORY/NAME for writing, under a name of this program's own
 * (NAME.PROCESS-PLACE.part) until output_close gives it its name. A program
 * that stops before that leaves no file; two that write the same name do not
 * mix. A file that was there before is replaced: its mode stays, and where it
 * is a link, the file that it leads to is the one replaced. */
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

/* At a program's end: a user's error where not all it printed could be written. */
void standard_output_end(void);

/* From now on Ctrl-C, a polite kill, what a cluster's scheduler sends before
 * the end (USR1, USR2, XCPU) and a reader of the output that went away (PIPE)
 * are noted rather than obeyed, so that the program can finish its step and
 * save; a second Ctrl-C or kill ends it at once. */
void interrupts_hold(void);
int interrupted(void); /* the signal's number; 0: none came */

#endif
