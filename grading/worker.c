/* worker: the functions that a reader wrote, in a process of their own. It reads
 * calls, makes them, and writes what came of them; it knows no right answers. What
 * the functions print goes where everything printed goes, and is not an answer.
 *
 * file 0: calls; file 3: answers. A call is the number of its task, a count of
 * bytes, and these bytes; an answer is a count and bytes. */
#include "01_memory.h"
#include "call.h"
#include "task.h"

#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 0, ANSWERS = 3 };

extern const Task WORKER_TASKS[]; /* tasks_12, ...: as the build says */

int main(void)
{
    size_t head[2];
    while (read_all(CALLS, head, sizeof head)) {
        unsigned char *bytes = memory_get(head[1]);
        Call c;
        if (!read_all(CALLS, bytes, head[1]) || !call_read(&c, bytes, head[1]))
            return EXIT_FAILURE;
        WORKER_TASKS[head[0]].run(&c);
        fflush(NULL);
        call_write(bytes, &c);
        if (!write_all(ANSWERS, &head[1], sizeof head[1]) || !write_all(ANSWERS, bytes, head[1]))
            return EXIT_FAILURE;
        call_free(&c);
        memory_release(bytes);
    }
    return EXIT_SUCCESS;
}
