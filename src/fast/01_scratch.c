#include "01_scratch.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_vector.h"

#include <pthread.h>
#include <stdlib.h>

/* The stack lies in chunks, each larger than the one before: what lies in one
 * stays where it is when the next is added. Once the stack is empty, they are
 * replaced by a single one as large as all that was ever in use at a time. */
enum { MAX_CHUNKS = 48 };

static _Thread_local struct {
    real *room;
    size_t size;
} chunk[MAX_CHUNKS];

static _Thread_local int chunks; /* there are */
static _Thread_local ScratchMark top;
static _Thread_local size_t in_use, most; /* elements, over all chunks */

static void drop_chunks(void)
{
    while (chunks > 0)
        free(chunk[--chunks].room);
}

/* A thread that ends leaves nothing behind. */
static pthread_key_t thread_end;
static void drop_at_thread_end(void *unused) { drop_chunks(), (void)unused; }
static void make_key(void) { pthread_key_create(&thread_end, drop_at_thread_end); }

static void add_chunk(size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    pthread_setspecific(thread_end, chunk);
    REQUIRE(chunks < MAX_CHUNKS, "scratch memory in more than %d chunks", MAX_CHUNKS);
    chunk[chunks].size = n > most ? n : most;
    chunk[chunks].room = memory_get_pool(chunk[chunks].size * sizeof(real));
    chunks++;
}

ScratchMark scratch_mark(void) { return top; }

real *scratch_take(size_t n)
{
    size_t whole = (n + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    while (top.chunk < chunks && top.used + whole > chunk[top.chunk].size)
        top = (ScratchMark){ 0, top.chunk + 1 };
    if (top.chunk == chunks)
        add_chunk(whole);
    real *room = chunk[top.chunk].room + top.used;
    top.used += whole;
    in_use += whole;
    most = in_use > most ? in_use : most;
#ifdef FILL_NAN
    for (size_t i = 0; i < n; i++)
        room[i] = NAN;
#endif
    return room;
}

static size_t used_up_to(ScratchMark mark)
{
    size_t used = mark.used;
    for (int i = 0; i < mark.chunk; i++)
        used += chunk[i].size;
    return used;
}

void scratch_return(ScratchMark mark)
{
    top = mark;
    in_use = used_up_to(mark);
    if (in_use == 0 && chunks > 1)
        drop_chunks();
}
