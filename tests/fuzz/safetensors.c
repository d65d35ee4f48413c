/* libFuzzer: whatever the bytes are, the readers of safetensors and .npy files
 * return; they crash on none, leak on none, and touch no slot of a file that
 * they refuse. */
#include "00_error.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "21_numpy.h"
#include "21_safetensors.h"

#include <stdlib.h>
#include <string.h>

/* What the files of the corpus hold, and a checkpoint's kinds of tensors. */
typedef struct {
    float w[6], var[2];
    double d[1];
    int32_t order[3];
    int64_t count;
} Numbers;

static const Numbers before = { { 1, 2, 3, 4, 5, 6 }, { 7, 8 }, { 9 }, { 10, 11, 12 }, 13 };

static Safetensors slots_of(Numbers *n)
{
    Safetensors s = { 0 };
    safetensors_add(&s, F32, 2, (int[]){ 2, 3 }, n->w, "w");
    safetensors_add(&s, F32, 1, (int[]){ 2 }, n->var, "var")->not_negative = true;
    safetensors_add(&s, F64, 4, (int[]){ 1, 1, 1, 1 }, n->d, "d");
    safetensors_add(&s, I32, 1, (int[]){ 3 }, n->order, "order");
    safetensors_add(&s, I64, 0, NULL, &n->count, "count");
    return s;
}

static void check_message(const char *why)
{
    REQUIRE(*why, "an empty message");
    for (; *why; why++)
        REQUIRE(*why >= ' ' && *why <= '~', "character %d in a message", *why);
}

static void fill(const Safetensors *file)
{
    Numbers n;
    memcpy(&n, &before, sizeof n);
    Safetensors slots = slots_of(&n);
    const char *why = safetensors_fill(file, &slots);
    if (why)
        check_message(why);
    REQUIRE(!why || memcmp(&n, &before, sizeof n) == 0, "touched, and refused: %s", why);
    REQUIRE(why || (n.var[0] >= 0 && n.var[1] >= 0 && all_finite((const real *)n.w, 6)), "a wrong number was taken");
    safetensors_free(&slots);
}

/* Each of the tensors lies within the file. */
static void check_places(const Safetensors *s, const unsigned char *bytes, size_t n)
{
    static const size_t width[] = { 4, 8, 4, 8, 2, 2 };
    for (int i = 0; i < s->n; i++) {
        const Slot *t = &s->slot[i];
        size_t size = width[t->dtype];
        for (int k = 0; k < t->rank; k++)
            size *= (size_t)t->dim[k];
        const unsigned char *from = t->data;
        REQUIRE(from >= bytes + 8 && size <= n && from + size <= bytes + n, "tensor %d lies outside", i);
        REQUIRE(safetensors_find(s, t->name) == t, "tensor %d is not found under its name", i);
    }
    for (int i = 0; i < s->n_meta; i++)
        REQUIRE(safetensors_get(s, s->meta[i].key) == s->meta[i].value, "metadata %d", i);
}

static void read_both(unsigned char *bytes, size_t size)
{
    long blocks = memory_blocks();
    Safetensors s;
    Tensor t = { 0 };
    const char *why = safetensors_parse(&s, bytes, size);
    if (why)
        check_message(why);
    else {
        check_places(&s, bytes, size);
        fill(&s);
    }
    REQUIRE(!why || (!s.slot && !s.meta && s.n == 0 && s.n_meta == 0), "refused and not empty");
    safetensors_free(&s);
    why = numpy_parse(&t, bytes, size);
    REQUIRE(!why || !t.data, "refused, and touched the tensor");
    tensor_free(&t);
    REQUIRE(memory_blocks() == blocks, "%ld blocks of memory are left", memory_blocks() - blocks);
}

/* The header ends with the last brace: without this few mutations would get as far as the JSON. */
static void put_length_right(unsigned char *bytes, size_t size)
{
    size_t end = size;
    while (end > 8 && bytes[end - 1] != '}')
        end--;
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)(end - 8) >> 8 * i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *bytes = malloc(size ? size : 1); /* a block of its own: a read past its end shows */
    if (size > 0)
        memcpy(bytes, data, size);
    read_both(bytes, size);
    if (size > 8 && memchr(data + 8, '}', size - 8)) {
        put_length_right(bytes, size);
        read_both(bytes, size);
    }
    free(bytes);
    return 0;
}
