/* What a page may call. Handles are addresses; arrays go through one room. */
#include "00_hash.h"
#include "live.h"

#include <string.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name)
#endif

static const LiveFigure *const figures[] = {
#ifdef REAL_DOUBLE
    &live_slopes, &live_broken, &live_bowl, &live_four, &live_checker,
#else
    &live_plane,
    &live_digits,
    &live_cloud,
    &live_bands,
#endif
};

typedef struct {
    const LiveFigure *of;
    void *figure;
} Live;

enum { MOST = 8 };
static Live open_figures[MOST];
static double room[LIVE_ROOM];

/* The room's address: options before live_make, what was drawn before live_give, what was read after live_read. */
EXPORT(live_room) double *live_room(void) { return room; }

/* A figure of this name, which stands in the room as codes of characters that end with 0; its options follow. Returns a
 * handle, or -1 where there is no such figure or too many are open. */
EXPORT(live_make) int live_make(double seed)
{
    char name[40] = "";
    int n = 0, handle = 0;
    while (n < 39 && room[n] != 0)
        name[n] = (char)room[n], n++;
    while (handle < MOST && open_figures[handle].of)
        handle++;
    for (unsigned k = 0; k < sizeof figures / sizeof *figures && handle < MOST; k++)
        if (strcmp(figures[k]->name, name) == 0) {
            open_figures[handle] = (Live){ figures[k], figures[k]->make(room + n + 1, (uint64_t)seed) };
            return handle;
        }
    return -1;
}

EXPORT(live_set) void live_set(int h, int what, double value) { open_figures[h].of->set(open_figures[h].figure, what, value); }
EXPORT(live_run) void live_run(int h, int steps) { open_figures[h].of->run(open_figures[h].figure, steps); }
EXPORT(live_read) int live_read(int h, int what) { return open_figures[h].of->read(open_figures[h].figure, what, room); }
EXPORT(live_give) void live_give(int h, int n) { open_figures[h].of->give(open_figures[h].figure, room, n); }
EXPORT(live_hash) uint64_t live_hash(int h) { return open_figures[h].of->hash(open_figures[h].figure); }
EXPORT(live_free) void live_free(int h)
{
    open_figures[h].of->free(open_figures[h].figure);
    open_figures[h].of = NULL;
}

uint64_t live_hash_bytes(uint64_t hash, const void *data, unsigned long bytes)
{
    const unsigned char *c = data;
    hash = hash ? hash : HASH_OF_NOTHING;
    for (unsigned long i = 0; i < bytes; i++)
        hash = hash_more(hash, c[i]);
    return hash;
}
