/* The course's C, for the pages of the book: what a figure is, seen from a page.
 *
 * A figure is made from options, takes steps, and is read as arrays of numbers; the page draws them. Every number that a
 * reader sees is made here, by the functions that the chapters print. */
#ifndef LIVE_H
#define LIVE_H

#include <stdint.h>

enum { LIVE_ROOM = 1 << 16 };

typedef struct {
    const char *name;
    void *(*make)(const double *option, uint64_t seed);
    void (*set)(void *figure, int what, double value);     /* an option that changes while it runs; NULL: none does */
    void (*run)(void *figure, int steps);                  /* NULL: it takes no steps */
    int (*read)(void *figure, int what, double *room);     /* writes at most LIVE_ROOM numbers; returns how many */
    void (*give)(void *figure, const double *room, int n); /* what the reader has drawn; NULL: takes nothing */
    uint64_t (*hash)(void *figure);                        /* of all parameters: the same natively and in a page; NULL: none */
    void (*free)(void *figure);
} LiveFigure;

extern const LiveFigure live_plane, live_digits, live_slopes, live_broken, live_bowl, live_four, live_cloud, live_bands,
    live_checker;

/* FNV-1a over the bytes of n numbers, on top of a hash; 0 begins one. */
uint64_t live_hash_bytes(uint64_t hash, const void *data, unsigned long bytes);

#endif
