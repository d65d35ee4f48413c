#include "21_number.h"
#include "21_numpy.h"

#include "01_memory.h"
#include "task.h"

#include <stdio.h>
#include <string.h>

/* ---- numbers in files ------------------------------------------------------------------------ */

/* Bit patterns, as whole numbers, and what they mean. */
static void prepare_bits(Call *c, int which, Random *r, int width, const double *by_hand, int n_by_hand)
{
    c->size[0] = width;
    if (which == 0)
        call_numbers(c, "bits", READS, vector(n_by_hand), by_hand);
    else
        for (int i = 0, n = 12 + (call_array(c, "bits", READS, vector(12), NULL), 0); i < n; i++)
            AT("bits")
    [i] = random_index(r, width == 1 ? 256 : 0x7c00) +
          (width == 1 ? 0 : 0x8000 * random_index(r, 2)); /* neither infinite nor NaN */
    call_array(c, "number", WRITES, array_of(c, "bits")->shape, NULL);
}
static void run_bits(Call *c, char kind)
{
    NumberFormat f = { kind, c->size[0], true };
    for (size_t i = 0; i < call_count(array_of(c, "bits")); i++) {
        int bits = (int)AT("bits")[i];
        unsigned char byte[2] = { (unsigned char)(bits >> 8), (unsigned char)bits };
        AT("number")[i] = (real)number_at(byte + 2 - f.width, f);
    }
}

static void prepare_half(Call *c, int which, Random *r)
{
    static const double by_hand[] = { 0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff };
    prepare_bits(c, which, r, 2, by_hand, 5);
}
static void run_half(Call *c) { run_bits(c, 'f'); }

static void prepare_signed(Call *c, int which, Random *r)
{
    static const double by_hand[] = { 0, 1, 127, 128, 255 };
    prepare_bits(c, which, r, 1, by_hand, 5);
}
static void run_signed(Call *c) { run_bits(c, 'i'); }

/* ---- Fortran's order ---------------------------------------------------------------------------- */

/* A file of bytes in Fortran's order, number i of the file being i. */
static void prepare_place(Call *c, int which, Random *r)
{
    static const Shape shapes[] = { { 2, { 2, 3 } }, { 3, { 2, 3, 4 } }, { 1, { 5 } },         { 4, { 2, 1, 3, 2 } },
                                    { 2, { 5, 7 } }, { 3, { 3, 3, 2 } }, { 4, { 2, 3, 2, 4 } } };
    (void)r;
    call_array(c, "element", WRITES, shapes[which % 7], NULL);
}
static void run_place(Call *c)
{
    CallArray *to = array_of(c, "element");
    char file[512], shape[64] = "";
    for (int k = 0, n = 0; k < to->shape.rank; k++)
        n += snprintf(shape + n, sizeof shape - (size_t)n, "%d,", to->shape.dim[k]);
    int length = snprintf(file + 10, sizeof file - 10, "{'descr': '|u1', 'fortran_order': True, 'shape': (%s), }\n", shape);
    memcpy(file, "\x93NUMPY\x01\0", 8);
    file[8] = (char)length, file[9] = 0;
    for (size_t i = 0; i < call_count(to); i++)
        file[10 + length + (int)i] = (char)i;
    Tensor t = { .capacity = 0 };
    if (numpy_parse(&t, (const unsigned char *)file, (size_t)(10 + length) + call_count(to)) == NULL)
        memcpy(to->at, t.data, call_count(to) * sizeof(real));
    tensor_free(&t);
}

const Task tasks_21[] = {
    { "21_number", "of_signed", 1,
      "The whole number of `width` bytes that these bits are in two's complement: the highest bit counts -2^(8 width - 1).",
      "\"Into PyTorch and Keras\" in chapter 21: of one byte, 255 is -1 and 128 is -128.", prepare_signed, run_signed, NULL },
    { "21_number", "of_half", 2,
      "The IEEE 754 half: one bit of sign, five of exponent, ten of mantissa. Exponent 1 to 30: (1024 + mantissa) 2^(exponent - 25); 0: mantissa "
      "2^-24; 31: infinity, or NaN where the mantissa is not 0.",
      "\"Into PyTorch and Keras\" in chapter 21: shift and mask for the three parts; ldexp(m, e) is m 2^e.", prepare_half,
      run_half, NULL },
    { "21_numpy", "place_of", 3,
      "Where our element number i, whose last index moves fastest, lies in the file: at i, or where l->fortran is true at the place that its indices "
      "have when the first of them moves fastest.",
      "\"Into PyTorch and Keras\" in chapter 21: take i apart into indices, from the last on; in Fortran's order index k counts the product of the "
      "dimensions before it.",
      prepare_place, run_place, NULL },
    { 0 },
};
