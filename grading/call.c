#include "call.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_NUMBERS = 1 << 20 }; /* of one array */

CallArray *array_of(Call *c, const char *name)
{
    for (int k = 0; k < c->n_array; k++)
        if (strcmp(c->array[k].name, name) == 0)
            return &c->array[k];
    REQUIRE(false, "no array '%s' in this call", name);
    return NULL;
}

size_t call_count(const CallArray *a) { return shape_size(a->shape); }

static CallArray *add(Call *c, const char *name, Use use, Shape shape)
{
    REQUIRE(c->n_array < MOST_ARRAYS, "an array '%s' beyond the %d that a call has", name, MOST_ARRAYS);
    CallArray *a = &c->array[c->n_array++];
    *a = (CallArray){ .use = use, .shape = shape };
    snprintf(a->name, sizeof a->name, "%s", name);
    a->at = memory_get(call_count(a) * sizeof *a->at);
    return a;
}

real *call_array(Call *c, const char *name, Use use, Shape shape, Random *r)
{
    CallArray *a = add(c, name, use, shape);
    for (size_t i = 0; i < call_count(a); i++)
        a->at[i] = use == WRITES ? NAN : 0;
    if (use != WRITES && r)
        random_normal(r, a->at, call_count(a));
    return a->at;
}

real *call_numbers(Call *c, const char *name, Use use, Shape shape, const double *number)
{
    CallArray *a = add(c, name, use, shape);
    for (size_t i = 0; i < call_count(a); i++)
        a->at[i] = (real)number[i];
    return a->at;
}

void call_copy(Call *to, const Call *from)
{
    *to = *from;
    for (int k = 0; k < to->n_array; k++) {
        size_t bytes = call_count(&from->array[k]) * sizeof(real);
        to->array[k].at = memory_get(bytes);
        memcpy(to->array[k].at, from->array[k].at, bytes);
    }
}

void call_free(Call *c)
{
    for (int k = 0; k < c->n_array; k++)
        memory_release(c->array[k].at);
    *c = (Call){ .n_array = 0 };
}

/* ---- as bytes: the Call as it lies in memory, then its arrays' numbers ---------------------- */

size_t call_bytes(const Call *c)
{
    size_t n = sizeof *c;
    for (int k = 0; k < c->n_array; k++)
        n += call_count(&c->array[k]) * sizeof(real);
    return n;
}

void call_write(unsigned char *to, const Call *c)
{
    memcpy(to, c, sizeof *c);
    to += sizeof *c;
    for (int k = 0; k < c->n_array; k++) {
        size_t bytes = call_count(&c->array[k]) * sizeof(real);
        memcpy(to, c->array[k].at, bytes);
        to += bytes;
    }
}

static bool shape_known(Shape s)
{
    size_t n = 1;
    for (int i = 0; i < s.rank && s.rank <= MAX_RANK; i++) {
        if (s.dim[i] < 1 || s.dim[i] > MOST_NUMBERS)
            return false;
        n *= (size_t)s.dim[i];
        if (n > MOST_NUMBERS)
            return false;
    }
    return s.rank >= 1 && s.rank <= MAX_RANK;
}

bool call_read(Call *c, const unsigned char *from, size_t n)
{
    Call head;
    if (n < sizeof head)
        return false;
    memcpy(&head, from, sizeof head);
    bool known = head.n_array >= 0 && head.n_array <= MOST_ARRAYS;
    for (int k = 0; known && k < head.n_array; k++)
        known = shape_known(head.array[k].shape);
    if (!known || call_bytes(&head) != n)
        return false;
    const unsigned char *at = from + sizeof head;
    for (int k = 0; k < head.n_array; k++) {
        size_t bytes = call_count(&head.array[k]) * sizeof(real);
        head.array[k].at = memory_get(bytes);
        memcpy(head.array[k].at, at, bytes);
        at += bytes;
    }
    *c = head;
    return true;
}

/* ---- files ------------------------------------------------------------------------------------ */

bool read_all(int file, void *to, size_t n)
{
    char *at = to;
    while (n > 0) {
        ssize_t got = read(file, at, n);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        at += got > 0 ? got : 0, n -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool write_all(int file, const void *from, size_t n)
{
    const char *at = from;
    while (n > 0) {
        ssize_t put = write(file, at, n);
        if (put <= 0 && !(put < 0 && errno == EINTR))
            return false;
        at += put > 0 ? put : 0, n -= put > 0 ? (size_t)put : 0;
    }
    return true;
}
