/* A program of somebody's, run where it can do no harm: with little time, memory and
 * output, and without files, network or other processes.
 *
 * Under bubblewrap where it is installed (Linux), which leaves it an empty world of
 * one file; everywhere within limits of time, memory and file sizes, and without
 * rights that root would have. On Linux a filter of system calls refuses what a
 * function that computes has no use for. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "call.h"

#include <stdbool.h>
#include <sys/types.h>

enum { SECONDS = 5, MEGABYTES = 512, PRINTED = 64 * 1024 };

typedef struct {
    const char *path; /* of the program */
    pid_t pid;        /* 0: it does not run */
    int calls, answers, prints;
    bool gave_up;   /* it took too long */
    size_t printed; /* bytes it has printed since it began */
    char text[256]; /* the end of it */
} Worker;

/* How it runs, for the report: "bubblewrap and a filter of system calls", ... */
const char *sandbox_kind(void);

/* Sends a call and takes the answer, in arrays of c. False where none came within
 * SECONDS, and why: it crashed, ended, took too long, printed too much. A worker that
 * does not run is started; one that gave no answer is stopped. */
bool worker_call(Worker *w, int task, Call *c, char why[200]);

void worker_stop(Worker *w);

#endif
