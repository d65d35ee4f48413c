/* Which chapters have tasks, and what all tasks share. */
#include "task.h"

#include <stdio.h>
#include <string.h>

static bool among(const char *name, const char *const list[3])
{
    for (int k = 0; k < 3 && list[k]; k++)
        if (strcmp(name, list[k]) == 0)
            return true;
    return false;
}

int task_given(Call *c, const Gradient *g, CheckArray given[MOST_ARRAYS])
{
    int n = 0;
    for (int k = 0; k < c->n_array && (g->upstream || g->free); k++) { /* a loss has targets, which may not be just anything */
        const CallArray *a = &c->array[k];
        if (a->use != READS || among(a->name, g->of) || (g->upstream && strcmp(a->name, g->upstream) == 0))
            continue;
        given[n] = (CheckArray){ .x = a->at, .n = call_count(a), .shape = a->shape };
        snprintf(given[n++].name, sizeof given[0].name, "%s", a->name);
    }
    return n;
}

#define TASKS(X) \
    X(01)        \
    X(02)        \
    X(03)        \
    X(04)        \
    X(05) X(06) X(07) X(08) X(09) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24)

#define DECLARE(N) extern const Task tasks_##N[];
TASKS(DECLARE)

#define ROW(N) { 1##N - 100, tasks_##N }, /* 08 is no number in C, 108 is */
const Chapter chapters[] = { TASKS(ROW){ 0, NULL } };
