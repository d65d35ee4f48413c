/* One call of a function that is graded, as numbers that can be sent to another
 * process: some whole numbers, and arrays that the function reads or writes. */
#ifndef CALL_H
#define CALL_H

#include "01_tensor.h"
#include "02_random.h"

#include <stdbool.h>

/* What the function does with an array. */
typedef enum {
    READS,  /* and leaves every bit of it */
    WRITES, /* all of it: it comes full of NaN */
    CHANGES /* adds to it, or moves it: it comes full of numbers */
} Use;

typedef struct {
    char name[16];
    Use use;
    Shape shape;
    real *at;
} CallArray;

enum { MOST_SIZES = 10, MOST_ARRAYS = 12 };
typedef struct {
    int size[MOST_SIZES]; /* R and C, or the sizes of a convolution: whatever the task says */
    int n_array;
    CallArray array[MOST_ARRAYS];
} Call;

/* Adds an array and returns it: READS and CHANGES ones hold normal numbers (r may be
 * NULL: zeros), WRITES ones NaN. */
real *call_array(Call *c, const char *name, Use use, Shape shape, Random *r);

/* The same, with the numbers given. */
real *call_numbers(Call *c, const char *name, Use use, Shape shape, const double *number);

static inline Shape vector(int n) { return (Shape){ 1, { n } }; }
static inline Shape table(int R, int C) { return (Shape){ 2, { R, C } }; }
static inline Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

/* The array of that name. */
CallArray *array_of(Call *c, const char *name);
#define AT(name) (array_of(c, name)->at)

size_t call_count(const CallArray *a); /* of its numbers */
void call_copy(Call *to, const Call *from);
void call_free(Call *c);

/* A call as bytes, and back. Sizes that no call has are refused (false). */
size_t call_bytes(const Call *c);
void call_write(unsigned char *to, const Call *c);
bool call_read(Call *c, const unsigned char *from, size_t n);

/* Reads n bytes of a file, or writes them; false where it ends before. */
bool read_all(int file, void *to, size_t n);
bool write_all(int file, const void *from, size_t n);

#endif
