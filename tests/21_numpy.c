#include "21_numpy.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"
#include "suite.h"

#include <string.h>
#include <unistd.h>

/* ---- files as bytes ------------------------------------------------------------------------- */

/* A block of exactly its size, so that the sanitizer sees a read past its end. */
typedef struct {
    unsigned char *byte;
    size_t n;
} Bytes;

/* Version 1, 2 or 3, a header, data. */
static Bytes file_of(int version, const char *header, const void *data, size_t n)
{
    size_t length = strlen(header), start = version == 1 ? 10 : 12;
    Bytes b = { calloc(1, start + length + n), start + length + n };
    memcpy(b.byte, "\x93NUMPY", 6);
    b.byte[6] = (unsigned char)version;
    b.byte[8] = (unsigned char)length, b.byte[9] = (unsigned char)(length >> 8);
    memcpy(b.byte + start, header, length);
    if (n > 0)
        memcpy(b.byte + start + length, data, n);
    return b;
}

#define HEADER(descr, fortran, shape) "{'descr': '" descr "', 'fortran_order': " fortran ", 'shape': " shape ", }\n"

/* Refused; the tensor is untouched. */
static void assert_bytes_refused(Bytes b, const char *words, const char *of)
{
    Tensor t = tensor_new((Shape){ 1, { 1 } });
    Tensor before = t;
    t.data[0] = 42;
    long blocks = memory_blocks();
    const char *why = numpy_parse(&t, b.byte, b.n);
    ck_assert_msg(why != NULL, "read without complaint: %s", of);
    ck_assert_msg(strstr(why, words) != NULL, "no '%s' in '%s' for %s", words, why, of);
    ck_assert(t.data == before.data && t.data[0] == 42 && shape_equal(t.shape, before.shape) && t.capacity == before.capacity);
    ck_assert_int_eq(memory_blocks(), blocks);
    tensor_free(&t);
}

static void assert_refused(const char *header, size_t n, const char *words)
{
    static const unsigned char zeros[400];
    for (int version = 1; version <= 3; version++) {
        Bytes b = file_of(version, header, zeros, n);
        assert_bytes_refused(b, words, header);
        free(b.byte);
    }
}

/* ---- reading -------------------------------------------------------------------------------------- */

/* numpy.save of np.array([[0, .5, -1], [2, 3e10, -1e-3]], dtype='<f4') as NumPy 1.26 writes it:
 * 118 bytes of header behind the first ten, so that the numbers begin at byte 128. */
static const char saved[] = "\x93NUMPY\1\0v\0"
                            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
                            "                                                          \n"
                            "\0\0\0\0\0\0\0\x3f\0\0\x80\xbf\0\0\0\x40\x76\x84\xdf\x50\x6f\x12\x83\xba";

START_TEST(a_file_of_numpy_s_is_read)
{
    static const double expected[] = { 0, 0.5, -1, 2, 3e10, -1e-3 };
    Tensor t = { 0 };
    ck_assert_int_eq(sizeof saved - 1, 128 + 24);
    ck_assert_ptr_null(numpy_parse(&t, (const unsigned char *)saved, sizeof saved - 1));
    ck_assert(shape_equal(t.shape, (Shape){ 2, { 2, 3 } }));
    for (int i = 0; i < 6; i++)
        ck_assert_msg((float)t.data[i] == (float)expected[i], "element %d is %g", i, (double)t.data[i]);
    tensor_free(&t);
}
END_TEST

/* The same array in float64, versions 2 and 3: the length has four bytes there. */
START_TEST(versions_2_and_3_and_doubles_are_read)
{
    static const double numbers[] = { 0, 0.5, -1, 2, 3e10, -1e-3 };
    for (int version = 1; version <= 3; version++) {
        Tensor t = { 0 };
        Bytes b = file_of(version, HEADER("<f8", "False", "(2, 3)"), numbers, sizeof numbers);
        ck_assert_ptr_null(numpy_parse(&t, b.byte, b.n));
        ck_assert(shape_equal(t.shape, (Shape){ 2, { 2, 3 } }));
        for (int i = 0; i < 6; i++)
            ck_assert(t.data[i] == (real)numbers[i]);
        tensor_free(&t);
        free(b.byte);
    }
}
END_TEST

START_TEST(shapes_of_one_to_four_dimensions_are_read)
{
    static const struct {
        const char *header;
        Shape shape;
    } cases[] = { { HEADER("<f4", "False", "(24,)"), { 1, { 24 } } },
                  { HEADER("<f4", "False", "(24, 1)"), { 2, { 24, 1 } } },
                  { HEADER("<f4", "False", "(2, 3, 4)"), { 3, { 2, 3, 4 } } },
                  { HEADER("<f4", "False", "(2,3,4,1,)"), { 4, { 2, 3, 4, 1 } } },
                  { "{'shape': (4, 6), 'fortran_order': False, 'descr': '<f4'}", { 2, { 4, 6 } } } };
    float numbers[24];
    for (int i = 0; i < 24; i++)
        numbers[i] = (float)i;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Tensor t = { 0 };
        Bytes b = file_of(1, cases[k].header, numbers, sizeof numbers);
        const char *why = numpy_parse(&t, b.byte, b.n);
        ck_assert_msg(!why && shape_equal(t.shape, cases[k].shape), "%s: %s", cases[k].header, why);
        ck_assert(t.data[23] == 23);
        tensor_free(&t);
        free(b.byte);
    }
}
END_TEST

/* 1.5 and -2 (1 and 0, 1 and -2, 1 and 254 where that is what fits) in every type that NumPy writes. */
START_TEST(every_type_of_number_is_read)
{
    static const struct {
        const char *descr;
        unsigned char data[16];
        double first, second;
    } cases[] = {
        { "<f2", { 0x00, 0x3e, 0x00, 0xc0 }, 1.5, -2 },
        { ">f2", { 0x3e, 0x00, 0xc0, 0x00 }, 1.5, -2 },
        { "<f2", { 0x01, 0x00, 0xff, 0x7b }, 0x1p-24, 65504 }, /* the smallest and the largest */
        { "<f4", { 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0 }, 1.5, -2 },
        { "=f4", { 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0 }, 1.5, -2 },
        { "f4", { 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0 }, 1.5, -2 },
        { ">f4", { 0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0 }, 1.5, -2 },
        { "<f8", { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0 }, 1.5, -2 },
        { ">f8", { 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0 }, 1.5, -2 },
        { "|u1", { 1, 254 }, 1, 254 },
        { "|i1", { 1, 254 }, 1, -2 },
        { "|b1", { 1, 0 }, 1, 0 },
        { "<i2", { 1, 0, 0xfe, 0xff }, 1, -2 },
        { ">i2", { 0, 1, 0xff, 0xfe }, 1, -2 },
        { "<u2", { 1, 0, 0xfe, 0xff }, 1, 65534 },
        { "<i4", { 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff }, 1, -2 },
        { ">u4", { 0, 0, 0, 1, 0x80, 0, 0, 0 }, 1, 2147483648.0 },
        { "<i8", { 1, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 1, -2 },
        { "<i8", { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80 }, 1, -0x1p63 },
        { ">i8", { 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe }, 1, -2 },
        { "<u8", { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80 }, 1, 0x1p63 },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char header[128];
        const char *descr = cases[k].descr;
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n", descr);
        Bytes b = file_of(1, header, cases[k].data, 2 * (size_t)(descr[strlen(descr) - 1] - '0'));
        Tensor t = { 0 };
        const char *why = numpy_parse(&t, b.byte, b.n);
        ck_assert_msg(!why, "%s: %s", descr, why);
        ck_assert_msg((double)t.data[0] == cases[k].first && (double)t.data[1] == (double)(real)cases[k].second, "%s: %g, %g",
                      descr, (double)t.data[0], (double)t.data[1]);
        tensor_free(&t);
        free(b.byte);
    }
}
END_TEST

/* The same array of 2 x 3 x 2, 0 to 11 in C order, by its columns; and a header in other words. */
START_TEST(fortran_order_and_other_spellings_are_read)
{
    static const unsigned char by_columns[] = { 0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11 };
    static const char *const header[] = {
        HEADER("|u1", "True", "(2, 3, 2)"),
        "{ \"shape\" :(2,3,2),\"fortran_order\":True , \"descr\" : \"|u1\" }\n",
    };
    for (int k = 0; k < 2; k++) {
        Bytes b = file_of(1, header[k], by_columns, sizeof by_columns);
        Tensor t = { 0 };
        const char *why = numpy_parse(&t, b.byte, b.n);
        ck_assert_msg(!why, "%s", why);
        for (int i = 0; i < 12; i++)
            assert_close(t.data[i], i, 0);
        tensor_free(&t);
        free(b.byte);
    }
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    for (size_t n = 0; n < sizeof saved - 1; n++) {
        Bytes part = { malloc(n + (n == 0)), n };
        memcpy(part.byte, saved, n);
        assert_bytes_refused(part,
                             n < 12    ? "expected a NumPy array"
                             : n < 128 ? "cut off"
                                       : "than the data",
                             "a truncated file");
        free(part.byte);
    }
}
END_TEST

START_TEST(more_bytes_than_counted_are_refused)
{
    for (size_t more = 1; more < 30; more++) {
        Bytes b = { calloc(1, sizeof saved - 1 + more), sizeof saved - 1 + more };
        memcpy(b.byte, saved, sizeof saved - 1);
        assert_bytes_refused(b, "and no more", "a file with more bytes");
        free(b.byte);
    }
}
END_TEST

START_TEST(other_magic_and_versions_are_refused)
{
    static const struct {
        int place, value;
        const char *words;
    } cases[] = { { 0, 'N', "expected a NumPy array" },
                  { 5, 'y', "expected a NumPy array" },
                  { 6, 0, "another version" },
                  { 6, 4, "another version" },
                  { 6, 255, "another version" },
                  { 9, 255, "too long" },
                  { 8, 255, "cut off" } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Bytes b = { malloc(sizeof saved - 1), sizeof saved - 1 };
        memcpy(b.byte, saved, b.n);
        b.byte[cases[k].place] = (unsigned char)cases[k].value;
        assert_bytes_refused(b, cases[k].words, "a changed byte");
        free(b.byte);
    }
    for (int place = 10; place < 12; place++) { /* a header of 64 KiB or more */
        Bytes b = file_of(2, HEADER("<f4", "False", "(1,)"), "\0\0\0", 4);
        b.byte[place] = 1;
        assert_bytes_refused(b, "too long", "a huge header");
        free(b.byte);
    }
}
END_TEST

START_TEST(a_header_that_gives_no_such_array_is_refused)
{
    static const struct {
        const char *header;
        size_t n;
        const char *words;
    } cases[] = {
        { HEADER("<c8", "False", "(1,)"), 8, "expected numbers" },
        { HEADER("<f1", "False", "(1,)"), 1, "expected numbers" },
        { HEADER("<f40", "False", "(1,)"), 4, "expected numbers" },
        { HEADER("|O", "False", "(1,)"), 4, "expected numbers" },
        { HEADER("<i3", "False", "(1,)"), 3, "expected numbers" },
        { HEADER("<B2", "False", "(1,)"), 2, "expected numbers" },
        { HEADER("<U4", "False", "(1,)"), 16, "expected numbers" },
        { HEADER("<<f4", "False", "(1,)"), 4, "expected numbers" },
        { HEADER("", "False", "(1,)"), 4, "expected numbers" },
        { HEADER("<", "False", "(1,)"), 4, "expected numbers" },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, "expected numbers" },
        { "{'fortran_order': False, 'shape': (1,), }", 4, "expected numbers" },
        { "", 4, "expected numbers" },
        { "descr", 4, "expected numbers" },
        { "'descr'", 4, "expected numbers" },
        { "'descr':", 4, "expected numbers" },
        { HEADER("<f4", "0", "(1,)"), 4, "fortran_order False" },
        { "{'descr': '<f4', 'shape': (1,), }", 4, "fortran_order False" },
        { "{'descr': '<f4', 'fortran_order': False, }", 4, "a shape" },
        { HEADER("<f4", "False", "()"), 4, "a shape" },
        { HEADER("<f4", "False", "(1,1,1,1,1)"), 4, "a shape" },
        { HEADER("<f4", "False", "(0,)"), 0, "a shape" },
        { HEADER("<f4", "False", "(1, 0)"), 0, "a shape" },
        { HEADER("<f4", "False", "(-1,)"), 4, "a shape" },
        { HEADER("<f4", "False", "(-1, -1)"), 4, "a shape" },
        { HEADER("<f4", "False", "(1.5,)"), 4, "a shape" },
        { HEADER("<f4", "False", "(a,)"), 4, "a shape" },
        { HEADER("<f4", "False", "1"), 4, "a shape" },
        { HEADER("<f4", "False", "[1]"), 4, "a shape" },
        { HEADER("<f4", "False", "(1"), 4, "a shape" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,", 4, "a shape" },
        { HEADER("<f4", "False", "(2,)"), 4, "a shape" },
        { HEADER("<f4", "False", "(1,)"), 8, "and no more" },
        { HEADER("<f8", "False", "(1,)"), 4, "a shape" },
        { HEADER("<f4", "False", "(1,)"), 6, "and no more" },
        /* products that are 0 or 1 in 32 or 64 bits, and numbers beyond 64 */
        { HEADER("<f4", "False", "(65536, 65536)"), 0, "a shape" },
        { HEADER("<f4", "False", "(65536, 65536)"), 4, "a shape" },
        { HEADER("<f4", "False", "(65536, 65536, 65536, 65536)"), 4, "a shape" },
        { HEADER("<f4", "False", "(4294967296, 4294967296)"), 4, "a shape" },
        { HEADER("<f4", "False", "(4294967297,)"), 4, "a shape" },
        { HEADER("<f4", "False", "(18446744073709551617,)"), 4, "a shape" },
        { HEADER("<f4", "False", "(1e0,)"), 4, "a shape" },
        { HEADER("<f8", "False", "(2305843009213693952,)"), 0, "a shape" },
        { HEADER("<f4", "False", "(4611686018427387905,)"), 4, "a shape" },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_refused(cases[k].header, cases[k].n, cases[k].words);
}
END_TEST

/* ---- files on disk ------------------------------------------------------------------------------------ */

START_TEST(what_was_written_is_read_back)
{
    static const Shape shapes[] = { { 1, { 7 } }, { 2, { 3, 100 } }, { 3, { 2, 28, 28 } }, { 4, { 2, 1, 3, 1 } } };
    char dir[] = "/tmp/gradus-XXXXXX", path[64];
    unsigned char first[128];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/array.npy", dir);
    for (int k = 0; k < 4; k++) {
        Tensor x = tensor_new(shapes[k]);
        Random r = random_stream(1, "test", 0);
        random_normal(&r, x.data, tensor_size(&x));
        int next = next_descriptor();
        numpy_write(path, &x);
        Tensor y = numpy_read(path);
        ck_assert_int_eq(next_descriptor(), next);
        ck_assert(shape_equal(x.shape, y.shape));
        ck_assert_mem_eq(x.data, y.data, tensor_size(&x) * sizeof(real));
        FILE *file = fopen(path, "rb");
        ck_assert_int_eq(fread(first, 1, 128, file), 128); /* the numbers begin at a multiple of 64 */
        fclose(file);
        ck_assert_int_eq(first[8] + 256 * first[9], 118);
        ck_assert_int_eq(first[127], '\n');
        tensor_free(&x), tensor_free(&y);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(a_missing_file_exits) { ignore_leaks(), numpy_read("/nowhere/array.npy"); }
END_TEST
START_TEST(a_directory_exits) { ignore_leaks(), numpy_read("/tmp"); }
END_TEST
START_TEST(a_file_that_is_none_exits) { ignore_leaks(), numpy_read("/proc/self/exe"); }
END_TEST

SUITE("21 numpy", RUNS(a_file_of_numpy_s_is_read), RUNS(versions_2_and_3_and_doubles_are_read),
      RUNS(shapes_of_one_to_four_dimensions_are_read), RUNS(every_type_of_number_is_read),
      RUNS(fortran_order_and_other_spellings_are_read), RUNS(every_truncation_is_refused),
      RUNS(more_bytes_than_counted_are_refused), RUNS(other_magic_and_versions_are_refused),
      RUNS(a_header_that_gives_no_such_array_is_refused), RUNS(what_was_written_is_read_back), EXITS(a_missing_file_exits, 2),
      EXITS(a_directory_exits, 2), EXITS(a_file_that_is_none_exits, 2))
