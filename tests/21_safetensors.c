/* Files are made by hand here, as bytes, and read where they lie. To be
 * readable the headers are written with ' for ". */
#include "21_safetensors.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "suite.h"

#include <string.h>
#include <unistd.h>

/* ---- files as bytes ------------------------------------------------------------------------- */

/* A block of exactly its size, so that the sanitizer sees a read past its end. */
typedef struct {
    unsigned char *byte;
    size_t n;
} Bytes;

static void put_length(Bytes b, uint64_t length)
{
    for (int i = 0; i < 8; i++)
        b.byte[i] = (unsigned char)(length >> 8 * i);
}

/* The header's length, the header, and n bytes of data: 0, 1, 2, ... */
static Bytes file_of(const char *header, size_t length, size_t n)
{
    Bytes b = { malloc(8 + length + n), 8 + length + n };
    put_length(b, length);
    for (size_t i = 0; i < length; i++)
        b.byte[8 + i] = header[i] == '\'' ? '"' : (unsigned char)header[i];
    for (size_t i = 0; i < n; i++)
        b.byte[8 + length + i] = (unsigned char)i;
    return b;
}

/* One line of printable characters. */
static void assert_clean(const char *why, const char *of)
{
    ck_assert_msg(*why, "an empty message for %.300s", of);
    for (const char *c = why; *c; c++)
        ck_assert_msg(*c >= ' ' && *c <= '~', "character %d in the message for %.300s", *c, of);
}

/* Refused with these words; the struct is empty, no block of memory is left. */
static void assert_bytes_refused(Bytes b, const char *words, const char *of)
{
    Safetensors s, empty;
    memset(&s, 1, sizeof s);
    memset(&empty, 0, sizeof empty);
    long blocks = memory_blocks();
    const char *why = safetensors_parse(&s, b.byte, b.n);
    ck_assert_msg(why != NULL, "read without complaint: %.300s", of);
    ck_assert_msg(strstr(why, words) != NULL, "no '%s' in '%s' for %.300s", words, why, of);
    assert_clean(why, of);
    ck_assert_msg(!s.slot && !s.meta && !s.bytes && s.n == 0 && s.n_meta == 0, "not empty after %.300s", of);
    ck_assert_int_eq(memory_blocks(), blocks);
}

static void assert_refused(const char *header, size_t data, const char *words)
{
    Bytes b = file_of(header, strlen(header), data);
    assert_bytes_refused(b, words, header);
    free(b.byte);
}

typedef struct {
    const char *header;
    size_t data;
    const char *words;
} Case;

#define ASSERT_ALL_REFUSED(...)                                                   \
    do {                                                                          \
        static const Case cases_[] = { __VA_ARGS__ };                             \
        for (size_t k_ = 0; k_ < sizeof cases_ / sizeof *cases_; k_++)            \
            assert_refused(cases_[k_].header, cases_[k_].data, cases_[k_].words); \
    } while (0)

#define TENSOR(name, dtype, shape, offsets) "'" name "':{'dtype':'" dtype "','shape':" shape ",'data_offsets':" offsets "}"
#define ONE(dtype, shape, offsets) "{" TENSOR("a", dtype, shape, offsets) "}"
#define A TENSOR("a", "F32", "[2]", "[0,8]")
#define B TENSOR("b", "F32", "[1]", "[8,12]")
#define GOOD "{'__metadata__':{'k':'v'}," A "," B "}"

/* Read, and holds what the caller may look at; the caller frees both. */
static Bytes read_well(Safetensors *s, const char *header, size_t data)
{
    Bytes b = file_of(header, strlen(header), data);
    const char *why = safetensors_parse(s, b.byte, b.n);
    ck_assert_msg(why == NULL, "%s: %s", header, why);
    return b;
}

static void assert_read(const char *header, size_t data, int tensors)
{
    Safetensors s;
    Bytes b = read_well(&s, header, data);
    ck_assert_msg(s.n == tensors, "%d tensors in %s", s.n, header);
    safetensors_free(&s);
    free(b.byte);
}

/* ---- files on disk ------------------------------------------------------------------------------ */

static char dir[32], path[64];

static void disk_begin(void)
{
    strcpy(dir, "/tmp/gradus-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/file.safetensors", dir);
}

static void disk_end(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(dir), 0); /* no .part is left either */
}

static size_t contents(unsigned char *to, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t n = fread(to, 1, room, file);
    fclose(file);
    return n;
}

START_TEST(what_was_written_is_read_back)
{
    Tensor x = tensor_new((Shape){ 3, { 2, 1, 3 } });
    for (int i = 0; i < 6; i++)
        x.data[i] = (real)i / 7;
    float f[] = { -0.0f, 1e-45f, 3.4e38f };
    double d[] = { 0x1p-1074, 1 / 3.0 };
    int32_t i32[] = { INT32_MIN, -1, 7, INT32_MAX };
    int64_t i64 = INT64_MIN + 5;
    Safetensors out = { 0 };
    long blocks = memory_blocks();
    disk_begin();
    safetensors_add_tensor(&out, &x, "generator.%d.%s", 3, "weight");
    safetensors_add(&out, F32, 1, (int[]){ 3 }, f, "floats");
    safetensors_add(&out, F64, 2, (int[]){ 1, 2 }, d, "doubles");
    safetensors_add(&out, I32, 4, (int[]){ 2, 1, 2, 1 }, i32, "whole");
    safetensors_add(&out, I64, 0, NULL, &i64, "\"quoted\" \\ \xc3\xa9");
    safetensors_set(&out, "step", "%d of %s", 12, "many");
    safetensors_set(&out, "text", "%s", "line\nfeed\t\"quotes\" \\ \x01 \xe2\x82\xac {[,:]}");
    safetensors_set(&out, "empty", "%s", "");
    int next = next_descriptor();
    safetensors_write(&out, path);
    Safetensors in = safetensors_read(path);
    ck_assert_int_eq(next_descriptor(), next);
    ck_assert_int_eq(in.n, 5);
    for (int k = 0; k < 5; k++) {
        const Slot *a = &out.slot[k], *b = safetensors_find(&in, a->name);
        ck_assert_msg(b != NULL, "%s is gone", a->name);
        ck_assert(a->dtype == b->dtype && a->rank == b->rank);
        ck_assert_mem_eq(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim);
    }
    ck_assert_mem_eq(safetensors_find(&in, "generator.3.weight")->data, x.data, 6 * sizeof(real));
    ck_assert_mem_eq(safetensors_find(&in, "floats")->data, f, sizeof f);
    ck_assert_mem_eq(safetensors_find(&in, "doubles")->data, d, sizeof d);
    ck_assert_mem_eq(safetensors_find(&in, "whole")->data, i32, sizeof i32);
    ck_assert_mem_eq(safetensors_find(&in, out.slot[4].name)->data, &i64, sizeof i64);
    for (int k = 0; k < 3; k++)
        ck_assert_str_eq(safetensors_get(&in, out.meta[k].key), out.meta[k].value);
    ck_assert_ptr_null(safetensors_get(&in, "ste"));
    ck_assert_ptr_null(safetensors_find(&in, "float"));
    safetensors_free(&in), safetensors_free(&out);
    ck_assert_int_eq(memory_blocks(), blocks);
    disk_end();
    tensor_free(&x);
}
END_TEST

/* 79 bytes of JSON, filled up with a space to 80; 1 is 3f800000, -2 is c0000000. */
START_TEST(the_format_byte_by_byte)
{
    static const char expected[] =
        "\x50\0\0\0\0\0\0\0"
        "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} "
        "\0\0\x80\x3f\0\0\0\xc0";
    unsigned char found[200];
    float f[] = { 1, -2 };
    Safetensors s = { 0 };
    disk_begin();
    safetensors_add(&s, F32, 1, (int[]){ 2 }, f, "a");
    safetensors_set(&s, "k", "v");
    safetensors_write(&s, path);
    size_t n = contents(found, sizeof found);
    ck_assert_int_eq(n, 8 + found[0] + 8);
    ck_assert_int_eq(n, sizeof expected - 1);
    ck_assert_mem_eq(found, expected, n);
    safetensors_free(&s);
    disk_end();
}
END_TEST

START_TEST(a_file_without_tensors_is_a_header)
{
    static const char expected[] = "\x8\0\0\0\0\0\0\0{}      ";
    unsigned char found[50];
    Safetensors s = { 0 };
    disk_begin();
    safetensors_write(&s, path);
    ck_assert_int_eq(contents(found, sizeof found), 16);
    ck_assert_mem_eq(found, expected, 16);
    s = safetensors_read(path);
    ck_assert(s.n == 0 && s.n_meta == 0);
    safetensors_free(&s);
    disk_end();
}
END_TEST

START_TEST(many_tensors_and_metadata_grow_the_lists)
{
    float f[200];
    Safetensors s = { 0 };
    disk_begin();
    for (int i = 0; i < 200; i++)
        f[i] = (float)i, safetensors_add(&s, F32, 1, (int[]){ 1 }, &f[i], "t%d", i);
    for (int i = 0; i < 64; i++)
        safetensors_set(&s, (char[]){ 'k', (char)('0' + i / 10), (char)('0' + i % 10), '\0' }, "%d", i);
    safetensors_write(&s, path);
    safetensors_free(&s);
    s = safetensors_read(path);
    ck_assert(s.n == 200 && s.n_meta == 64);
    ck_assert_mem_eq(safetensors_find(&s, "t199")->data, &f[199], 4);
    ck_assert_str_eq(safetensors_get(&s, "k63"), "63");
    safetensors_free(&s);
    disk_end();
}
END_TEST

START_TEST(a_name_too_long_to_read_back_aborts)
{
    char name[MAX_NAME + 1];
    Safetensors s = { 0 };
    memset(name, 'x', MAX_NAME), name[MAX_NAME] = '\0';
    safetensors_add(&s, F32, 0, NULL, NULL, "%s", name);
}
END_TEST

START_TEST(a_missing_file_exits) { ignore_leaks(), safetensors_read("/nowhere/file"); }
END_TEST
START_TEST(a_directory_exits) { ignore_leaks(), safetensors_read("/tmp"); }
END_TEST
START_TEST(a_device_exits) { ignore_leaks(), safetensors_read("/dev/zero"); }
END_TEST
START_TEST(a_file_that_is_none_exits) { ignore_leaks(), safetensors_read("/proc/self/exe"); }
END_TEST

START_TEST(a_place_that_cannot_be_written_exits)
{
    Safetensors s = { 0 };
    ignore_leaks();
    safetensors_write(&s, "/proc/nowhere/file");
}
END_TEST

/* ---- good files of other hands ------------------------------------------------------------------- */

START_TEST(a_header_by_hand_is_read)
{
    Safetensors s;
    Bytes b = read_well(&s, GOOD, 12);
    ck_assert(s.n == 2 && s.n_meta == 1 && s.bytes == NULL);
    ck_assert_str_eq(safetensors_get(&s, "k"), "v");
    const Slot *a = safetensors_find(&s, "a"), *last = safetensors_find(&s, "b");
    ck_assert(a->dtype == F32 && a->rank == 1 && a->dim[0] == 2 && ((unsigned char *)a->data)[7] == 7);
    ck_assert(last->rank == 1 && last->dim[0] == 1 && ((unsigned char *)last->data)[0] == 8);
    safetensors_free(&s);
    free(b.byte);
}
END_TEST

START_TEST(what_the_format_allows_is_read)
{
    assert_read("{}", 0, 0);
    assert_read("{'__metadata__':{}}    ", 0, 0);
    assert_read("{" B "," A "}", 12, 2); /* another order than the data's */
    assert_read("{" A ",'__metadata__':{'k':'v'}," B "}", 12, 2);
    assert_read("{'a':{'data_offsets':[0,8],'shape':[2],'dtype':'F32'}}", 8, 1); /* keys in any order */
    assert_read(ONE("F64", "[]", "[0,8]"), 8, 1);                                /* rank 0 */
    assert_read(ONE("I64", "[1,1,1,1]", "[0,8]"), 8, 1);
    assert_read("{ 'a' :\t{'dtype': 'F32',\n 'shape': [ 2 ], 'data_offsets': [0, 8]} }   ", 8, 1);
    assert_read(ONE("F32", "[2e0]", "[0,0.8e1]"), 8, 1); /* a number is a number */
}
END_TEST

/* The header has an odd length, and the data begin with one tensor of 4 bytes before one of 8. */
START_TEST(numbers_that_lie_unaligned_are_filled_in)
{
    static const char header[] = "{" TENSOR("d", "F64", "[1]", "[4,12]") ", " TENSOR("f", "F32", "[1]", "[0,4]") "}";
    ck_assert_int_eq(strlen(header) % 2, 1);
    Safetensors s, slots = { 0 };
    Bytes b = file_of(header, strlen(header), 12);
    const float f = 1.5f;
    const double d = -1 / 3.0;
    float to_f = 0;
    double to_d = 0;
    memcpy(b.byte + 8 + strlen(header), &f, 4), memcpy(b.byte + 12 + strlen(header), &d, 8);
    ck_assert_ptr_null(safetensors_parse(&s, b.byte, b.n));
    safetensors_add(&slots, F32, 1, (int[]){ 1 }, &to_f, "f");
    safetensors_add(&slots, F64, 1, (int[]){ 1 }, &to_d, "d");
    ck_assert_ptr_null(safetensors_fill(&s, &slots));
    ck_assert(to_f == f && to_d == d);
    safetensors_free(&s), safetensors_free(&slots);
    free(b.byte);
}
END_TEST

START_TEST(names_of_tensors_have_95_characters_and_metadata_any_number)
{
    for (int n = 95; n <= 96; n++) {
        char name[100], tensor[300], key[300], value[300];
        memset(name, 'x', (size_t)n), name[n] = '\0';
        snprintf(tensor, sizeof tensor, "{'%s':{'dtype':'F32','shape':[],'data_offsets':[0,4]}}", name);
        snprintf(key, sizeof key, "{'__metadata__':{'%s':'v'}}", name);
        snprintf(value, sizeof value, "{'__metadata__':{'k':'%s'}}", name);
        if (n == 95)
            assert_read(tensor, 4, 1), assert_read(key, 0, 0), assert_read(value, 0, 0);
        else
            assert_refused(tensor, 4, "96 characters"), assert_read(key, 0, 0), assert_read(value, 0, 0);
    }
}
END_TEST

/* ---- cut, and with a wrong length ----------------------------------------------------------------- */

START_TEST(every_truncation_is_refused)
{
    Bytes whole = file_of(GOOD, strlen(GOOD), 12);
    for (size_t n = 0; n < whole.n; n++) {
        Bytes part = { malloc(n + 1), n };
        part.byte = realloc(part.byte, n ? n : 1);
        memcpy(part.byte, whole.byte, n);
        assert_bytes_refused(part, n < 8 + strlen(GOOD) ? "truncated" : "", "a truncated file");
        free(part.byte);
    }
    free(whole.byte);
}
END_TEST

/* Every other length ends the object too early or takes data for text. */
START_TEST(every_wrong_length_of_the_header_is_refused)
{
    const uint64_t huge[] = { UINT64_MAX,        UINT64_MAX - 7,
                              UINT64_MAX - 8,    (uint64_t)1 << 63,
                              (uint64_t)1 << 32, ((uint64_t)1 << 32) + strlen(GOOD),
                              (1 << 20) + 1,     1 << 20 };
    Bytes b = file_of(GOOD, strlen(GOOD), 12);
    for (uint64_t length = 0; length < 200; length++) {
        put_length(b, length);
        if (length != strlen(GOOD))
            assert_bytes_refused(b, "", "a wrong length");
    }
    for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
        put_length(b, huge[i]);
        assert_bytes_refused(b, huge[i] > 1 << 20 ? "is this a safetensors file" : "truncated", "a huge length");
    }
    free(b.byte);
}
END_TEST

START_TEST(headers_that_are_no_object_are_refused)
{
    ASSERT_ALL_REFUSED({ "", 0, "no JSON object" }, { " ", 0, "no JSON object" }, { "[]", 0, "no JSON object" },
                       { "null", 0, "no JSON object" }, { "'a'", 0, "no JSON object" }, { "1", 0, "no JSON object" },
                       { " {}", 0, "no JSON object" }, { "\xef\xbb\xbf{}", 0, "no JSON object" }, { "{", 0, "no JSON" },
                       { "{]", 0, "no JSON" }, { "{'a'}", 0, "no JSON" }, { "{'a':}", 0, "no JSON" },
                       { "{'a':1,}", 0, "no JSON" }, { "{a:1}", 0, "no JSON" }, { "{'a", 0, "no JSON" },
                       { "{'a\\", 0, "no JSON" }, { "{'a\\u12", 0, "no JSON" }, { "{'a\\ud800':1}", 0, "no JSON" },
                       { "{'a\\x':1}", 0, "no JSON" }, { "{} {}", 0, "text behind" }, { "{}x", 0, "text behind" },
                       { "{}\n", 0, "text behind" }, { "{}}", 0, "text behind" }, { "{'a':nan}", 0, "no JSON" });
}
END_TEST

START_TEST(a_nul_in_the_header_is_refused)
{
    for (size_t place = 0; place < strlen(GOOD); place++) {
        Bytes b = file_of(GOOD, strlen(GOOD), 12);
        b.byte[8 + place] = '\0';
        assert_bytes_refused(b, "no JSON object", "a NUL");
        free(b.byte);
    }
    Bytes b = file_of("{}\0\0\0\0\0\0", 8, 0);
    assert_bytes_refused(b, "no JSON object", "NULs behind the object");
    free(b.byte);
}
END_TEST

/* ---- what a tensor's entry may be wrong in ----------------------------------------------------------- */

START_TEST(entries_that_are_no_entries_are_refused)
{
    ASSERT_ALL_REFUSED({ "{'a':1}", 0, "'a'" }, { "{'a':null}", 0, "'a'" }, { "{'a':[]}", 0, "'a'" }, { "{'a':{}}", 0, "'a'" },
                       { "{'a':'F32'}", 0, "'a'" },
                       { "{'':{'dtype':'F32','shape':[],'data_offsets':[0,4]}}", 4, "name of 0 characters" },
                       { "{'a':{'shape':[2],'data_offsets':[0,8]}}", 8, "expected dtype, shape and data_offsets" },
                       { "{'a':{'dtype':'F32','data_offsets':[0,8]}}", 8, "expected dtype, shape and data_offsets" },
                       { "{'a':{'dtype':'F32','shape':[2]}}", 8, "expected dtype, shape and data_offsets" },
                       { "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'extra':1}}", 8, "nothing else" },
                       { "{'a':{'Dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 8, "no dtype" },
                       { "{'a':{'dtype':'F32','size':[2],'data_offsets':[0,8]}}", 8, "no shape" },
                       { "{'a':{'dtype':'F32','shape':[2],'offsets':[0,8]}}", 8, "data_offsets" },
                       { "{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 8, "nothing else" },
                       { "{'a':{'dtype':'F32','shape':[2],'shape':[2]}}", 8, "data_offsets" },
                       { "{'a':{'dtype':'F32','dtype':'F32','shape':[2]}}", 8, "data_offsets" },
                       { "{'a':{'shape':[2],'data_offsets':[0,8],'data_offsets':[0,8]}}", 8, "no dtype" });
}
END_TEST

START_TEST(unknown_types_are_refused)
{
    ASSERT_ALL_REFUSED({ ONE("BOOL", "[4]", "[0,4]"), 4, "found dtype BOOL; expected F32, F64, F16, BF16, I32 or I64" },
                       { ONE("F8_E4M3", "[4]", "[0,4]"), 4, "found dtype F8_E4M3" }, { ONE("U8", "[2]", "[0,2]"), 2, "U8" },
                       { ONE("f32", "[2]", "[0,8]"), 8, "f32" }, { ONE("", "[2]", "[0,8]"), 8, "found dtype" },
                       { ONE("F32 ", "[2]", "[0,8]"), 8, "found dtype" }, { ONE("F3", "[2]", "[0,8]"), 8, "found dtype" },
                       { ONE("\\u001b[31mF32\\r\\n", "[2]", "[0,8]"), 8, "?[31mF32??" },
                       { "{'a':{'dtype':1,'shape':[2],'data_offsets':[0,8]}}", 8, "no dtype" },
                       { "{'a':{'dtype':null,'shape':[2],'data_offsets':[0,8]}}", 8, "no dtype" },
                       { "{'a':{'dtype':['F32'],'shape':[2],'data_offsets':[0,8]}}", 8, "no dtype" });
}
END_TEST

START_TEST(dimensions_that_are_none_are_refused)
{
    ASSERT_ALL_REFUSED({ ONE("F32", "[0]", "[0,0]"), 0, "no whole number from 1" },
                       { ONE("F32", "[2,0]", "[0,0]"), 8, "no whole" }, { ONE("F32", "[-1]", "[0,4]"), 4, "no whole" },
                       { ONE("F32", "[-2,-1]", "[0,8]"), 8, "no whole" }, { ONE("F32", "[1.5]", "[0,6]"), 6, "no whole" },
                       { ONE("F32", "[1e300]", "[0,4]"), 4, "no whole" }, { ONE("F32", "[1e999]", "[0,4]"), 4, "no whole" },
                       { ONE("F32", "[-1e999]", "[0,4]"), 4, "no whole" }, { ONE("F32", "[NaN]", "[0,4]"), 4, "no JSON" },
                       { ONE("F32", "[Infinity]", "[0,4]"), 4, "no JSON" }, { ONE("F32", "['1']", "[0,4]"), 4, "no whole" },
                       { ONE("F32", "[null]", "[0,4]"), 4, "no whole" }, { ONE("F32", "[[1]]", "[0,4]"), 4, "no whole" },
                       { ONE("F32", "[true]", "[0,4]"), 4, "no whole" }, { ONE("F32", "[2147483648]", "[0,4]"), 4, "no whole" },
                       { ONE("F32", "1", "[0,4]"), 4, "no shape" }, { ONE("F32", "{'0':1}", "[0,4]"), 4, "no shape" },
                       { ONE("F32", "null", "[0,4]"), 4, "no shape" },
                       { ONE("F32", "[1,1,1,1,1]", "[0,4]"), 4, "more than 4 dimensions" });
}
END_TEST

/* Their product is 0, 2, 4 or 8 where it is taken in 64 or 32 bits. */
START_TEST(products_that_overflow_are_refused)
{
    ASSERT_ALL_REFUSED({ ONE("F32", "[4294967296,4294967296]", "[0,0]"), 0, "no whole number" },
                       { ONE("F32", "[65536,65536,65536,65536]", "[0,0]"), 0, "larger than the file" },
                       { ONE("F32", "[65536,65536,65536,65536]", "[0,8]"), 8, "larger than the file" },
                       { ONE("F32", "[65536,65536]", "[0,0]"), 0, "larger than the file" },
                       { ONE("F32", "[2147483647,2147483647,4]", "[0,4]"), 4, "larger than the file" },
                       { ONE("F64", "[536870912,4294967296]", "[0,0]"), 0, "larger than the file" },
                       { ONE("F64", "[1073741824,1073741824,16]", "[0,8]"), 8, "larger than the file" },
                       { ONE("I64", "[2,2147483647]", "[0,8]"), 8, "larger than the file" },
                       { ONE("F32", "[3]", "[0,8]"), 8, "larger than the file" });
}
END_TEST

START_TEST(places_that_are_none_are_refused)
{
    ASSERT_ALL_REFUSED(
        { ONE("F32", "[2]", "[0]"), 8, "data_offsets" }, { ONE("F32", "[2]", "[]"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[0,8,8]"), 8, "data_offsets" }, { ONE("F32", "[2]", "8"), 8, "data_offsets" },
        { ONE("F32", "[2]", "{'0':0,'1':8,'2':9}"), 8, "data_offsets" }, { ONE("F32", "[2]", "['0','8']"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[8,0]"), 8, "data_offsets" }, { ONE("F32", "[2]", "[-8,0]"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[0.5,8.5]"), 9, "data_offsets" }, { ONE("F32", "[2]", "[0,16]"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[8,16]"), 8, "data_offsets" }, { ONE("F32", "[2]", "[0,1e300]"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[0,1e999]"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[18446744073709551608,18446744073709551616]"), 8, "data_offsets" },
        { ONE("F32", "[2]", "[0,4]"), 8, "found 4 bytes; its shape and dtype make 8" },
        { ONE("F32", "[1]", "[0,8]"), 8, "found 8 bytes; its shape and dtype make 4" },
        { ONE("F64", "[2]", "[0,8]"), 16, "make 16" }, { ONE("F32", "[]", "[0,0]"), 0, "make 4" });
}
END_TEST

/* ---- the tensors as a whole ------------------------------------------------------------------------------ */

START_TEST(tensors_that_do_not_tile_the_data_are_refused)
{
    ASSERT_ALL_REFUSED({ "{" A "," TENSOR("b", "F32", "[1]", "[4,8]") "}", 8, "'b' begins at byte 4" }, /* overlap */
                       { "{" A "," TENSOR("b", "F32", "[2]", "[0,8]") "}", 8, "begins at byte 0" },
                       { "{" A "," TENSOR("b", "F32", "[1]", "[7,11]") "}", 11, "'b' begins at byte 7" },
                       { "{" A "," TENSOR("b", "F32", "[1]", "[12,16]") "}", 16, "'b' begins at byte 12" }, /* a gap */
                       { "{" TENSOR("a", "F32", "[1]", "[4,8]") "}", 8, "'a' begins at byte 4" },
                       { "{" TENSOR("b", "F32", "[1]", "[12,16]") "," A "}", 16, "'b' begins at byte 12" },
                       { "{" A "}", 9, "found 9 bytes of data; the tensors take 8" },
                       { "{" A "," B "}", 16, "found 16 bytes of data; the tensors take 12" },
                       { "{}", 1, "found 1 bytes of data; the tensors take 0" });
}
END_TEST

START_TEST(a_name_twice_is_refused)
{
    ASSERT_ALL_REFUSED({ "{" A "," TENSOR("a", "F32", "[1]", "[8,12]") "}", 12, "'a' is there twice" },
                       { "{" A "," A "}", 8, "'a' is there twice" },
                       { "{" A "," B "," TENSOR("a", "F32", "[1]", "[12,16]") "}", 16, "'a' is there twice" },
                       { "{" A "," TENSOR("\\u0061", "F32", "[1]", "[8,12]") "}", 12, "'a' is there twice" });
    assert_read("{" A "," TENSOR("A", "F32", "[1]", "[8,12]") "}", 12, 2);
}
END_TEST

START_TEST(wrong_metadata_are_refused)
{
    ASSERT_ALL_REFUSED({ "{'__metadata__':1}", 0, "no object" }, { "{'__metadata__':[]}", 0, "no object" },
                       { "{'__metadata__':null}", 0, "no object" }, { "{'__metadata__':'k'}", 0, "no object" },
                       { "{'__metadata__':{'k':1}}", 0, "'k'" }, { "{'__metadata__':{'k':null}}", 0, "'k'" },
                       { "{'__metadata__':{'k':{}}}", 0, "'k'" }, { "{'__metadata__':{'k':['v']}}", 0, "'k'" },
                       { "{'__metadata__':{'k':'v','k':'v'}}", 0, "'k' is there twice" },
                       { "{'__metadata__':{'k':'v'},'__metadata__':{'l':'v'}}", 0, "metadata twice" },
                       { "{'__metadata__':{'\\u001b]0;x\\u0007':1}}", 0, "'?]0;x?'" });
}
END_TEST

START_TEST(metadata_twice_are_refused_though_the_first_are_empty)
{
    assert_refused("{'__metadata__':{},'__metadata__':{'k':'v'}}", 0, "metadata twice");
    assert_refused("{'__metadata__':{},'__metadata__':{}}", 0, "metadata twice");
}
END_TEST

START_TEST(many_metadata_are_read_and_more_than_4096_refused)
{
    static char header[100000];
    for (int most = 4096; most <= 4097; most++) {
        int n = sprintf(header, "{'__metadata__':{");
        for (int i = 0; i < most; i++)
            n += sprintf(header + n, "%s'k%d':'v'", i ? "," : "", i);
        strcpy(header + n, "}}");
        if (most == 4096)
            assert_read(header, 0, 0);
        else
            assert_refused(header, 0, "more than 4096");
    }
}
END_TEST

/* One number, 1.5, in every type; and what the slot says of what may be read into it. */
START_TEST(any_float_is_read_where_the_slot_takes_any)
{
    static const struct {
        const char *dtype;
        unsigned char data[8];
        size_t n;
    } cases[] = { { "F16", { 0, 0x3e }, 2 },
                  { "BF16", { 0xc0, 0x3f }, 2 },
                  { "F32", { 0, 0, 0xc0, 0x3f }, 4 },
                  { "F64", { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f }, 8 } };
    for (int k = 0; k < 4; k++)
        for (int any = 0; any < 2; any++) {
            char header[128];
            float to_f = 7;
            double to_d = 7;
            Safetensors s, slots = { 0 };
            snprintf(header, sizeof header, "{'x':{'dtype':'%s','shape':[1],'data_offsets':[0,%zu]}}", cases[k].dtype,
                     cases[k].n);
            Bytes b = read_well(&s, header, cases[k].n);
            memcpy(b.byte + b.n - cases[k].n, cases[k].data, cases[k].n);
            safetensors_add(&slots, F32, 1, (int[]){ 1 }, &to_f, "x")->any_float = any;
            const char *why = safetensors_fill(&s, &slots);
            ck_assert((why == NULL) == (any || k == 2) && to_f == (why ? 7 : 1.5f));
            slots.slot[0].dtype = F64, slots.slot[0].data = &to_d;
            why = safetensors_fill(&s, &slots);
            ck_assert((why == NULL) == (any || k == 3) && to_d == (why ? 7 : 1.5));
            safetensors_free(&s), safetensors_free(&slots);
            free(b.byte);
        }
}
END_TEST

START_TEST(a_double_that_no_float_holds_is_refused)
{
    static const double large = 1e300;
    float to = 7;
    Safetensors s, slots = { 0 };
    Bytes b = read_well(&s, "{'x':{'dtype':'F64','shape':[1],'data_offsets':[0,8]}}", 8);
    memcpy(b.byte + b.n - 8, &large, 8);
    safetensors_add(&slots, F32, 1, (int[]){ 1 }, &to, "x")->any_float = true;
    const char *why = safetensors_fill(&s, &slots);
    ck_assert(why && strstr(why, "a float holds no such number") && to == 7);
    safetensors_free(&s), safetensors_free(&slots);
    free(b.byte);
}
END_TEST

START_TEST(a_slot_may_be_optional)
{
    int64_t count = 5;
    Safetensors s = { 0 }, slots = { 0 };
    safetensors_add(&slots, I64, 0, NULL, &count, "count");
    ck_assert(strstr(safetensors_fill(&s, &slots), "missing"));
    slots.slot[0].optional = true;
    ck_assert(!safetensors_fill(&s, &slots) && count == 5);
    safetensors_free(&slots);
}
END_TEST

START_TEST(a_prefix_of_all_names_is_taken_away_and_of_some_is_not)
{
    float x = 1, y = 2;
    Safetensors s = { 0 };
    safetensors_add(&s, F32, 0, NULL, &x, "module.a");
    safetensors_add(&s, F32, 0, NULL, &y, "module.module.b");
    safetensors_strip(&s, "module.");
    ck_assert(safetensors_find(&s, "a") && safetensors_find(&s, "module.b"));
    safetensors_strip(&s, "module.");
    ck_assert(safetensors_find(&s, "a") && safetensors_find(&s, "module.b"));
    safetensors_free(&s);
}
END_TEST

/* Messages go to a terminal; names of other people must not steer it. */
START_TEST(no_control_character_of_a_name_is_printed)
{
#define STEERS "\\u001b[2J\\u0007\\r\\n\\u0008\\u009b\\u007f\\t\\u202e"
    ASSERT_ALL_REFUSED({ "{'" STEERS "':1}", 0, "?[2J????" }, { "{" TENSOR(STEERS, "BF16", "[1]", "[0,4]") "}", 4, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[0]", "[0,0]") "}", 0, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "1", "[0,0]") "}", 0, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[1,1,1,1,1]", "[0,4]") "}", 4, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[9]", "[0,4]") "}", 4, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[1]", "[0,9]") "}", 4, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[1]", "[0,8]") "}", 8, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[1]", "[4,8]") "}", 8, "?[2J" },
                       { "{" TENSOR(STEERS, "F32", "[1]", "[0,4]") "," TENSOR(STEERS, "F32", "[1]", "[4,8]") "}", 8, "?[2J" },
                       { "{'__metadata__':{'" STEERS "':1}}", 0, "?[2J" },
                       { "{'__metadata__':{'" STEERS "':'','" STEERS "':''}}", 0, "?[2J" });
}
END_TEST

/* ---- headers made to break the reader ------------------------------------------------------------------------ */

/* `head`, then `part` as often as fits into `room`, then `tail`. */
static void assert_bomb_refused(const char *head, const char *part, size_t room, const char *tail)
{
    char *header = malloc(room + 1);
    size_t n = strlen(head);
    strcpy(header, head);
    for (; n + strlen(part) + strlen(tail) <= room; n += strlen(part))
        strcpy(header + n, part);
    strcpy(header + n, tail);
    assert_refused(header, 0, "");
    free(header);
}

START_TEST(bombs_are_refused)
{
    enum { MIB = 1 << 20 };
    assert_bomb_refused("", "[", 100000, "");
    assert_bomb_refused("{'a':", "[", 100000, "");
    assert_bomb_refused("", "{'a':", 100000, "");
    assert_bomb_refused("{'a':[[]", ",[]", MIB, "]}");
    assert_bomb_refused("{'a':{'dtype':'F32','data_offsets':[0,4],'shape':[1", ",1", MIB, "]}}");
    assert_bomb_refused("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0", ",1", MIB, "]}}");
    assert_bomb_refused("{'a':1", ",'a':1", MIB, "}");
    assert_bomb_refused("{'__metadata__':{'':''", ",'':''", MIB, "}}");
    assert_bomb_refused("{'a", "\\u0000", MIB, "':1}");
    assert_bomb_refused("{'", "a", MIB, "':1}");
    assert_bomb_refused("{'a':1", "0", MIB, "}");
    assert_bomb_refused("{'a':0.", "1", MIB, "}");
}
END_TEST

START_TEST(deep_objects_that_close_are_refused)
{
    enum { DEEP = 20000 };
    char *header = malloc(6 * DEEP + 10);
    header[0] = '\0';
    for (int i = 0; i < DEEP; i++)
        memcpy(header + 5 * i, "{'a':", 6);
    strcat(header, "1");
    memset(header + 5 * DEEP + 1, '}', DEEP), header[6 * DEEP + 1] = '\0';
    assert_refused(header, 0, "");
    free(header);
}
END_TEST

/* Some ten thousand tensors of one name: sorted, not compared pair by pair. */
START_TEST(many_tensors_are_checked_quickly)
{
    enum { N = 15000 };
    char *header = malloc(N * 70 + 2), *end = header;
    for (int i = 0; i < N; i++)
        end += sprintf(end, "%c'%d':{'dtype':'F32','shape':[],'data_offsets':[%d,%d]}", i ? ',' : '{', i % (N - 1), 4 * i,
                       4 * i + 4);
    strcpy(end, "}");
    double start = seconds_now();
    assert_refused(header, 4 * N, "'0' is there twice");
    ck_assert_msg(seconds_now() - start < 10, "%.1f s", seconds_now() - start);
    free(header);
}
END_TEST

/* ---- filling in ------------------------------------------------------------------------------------------------ */

typedef struct {
    real w[4], var[2];
    int64_t count;
} Numbers;

static Safetensors slots_of(Numbers *n)
{
    Safetensors s = { 0 };
    safetensors_add(&s, dtype_of_real, 2, (int[]){ 2, 2 }, n->w, "weight");
    safetensors_add(&s, dtype_of_real, 1, (int[]){ 2 }, n->var, "variance")->not_negative = true;
    safetensors_add(&s, I64, 0, NULL, &n->count, "count");
    return s;
}

static const Numbers ours = { { 1, 2, 3, 4 }, { 5, 6 }, 7 }, theirs = { { -8, 9, 10, 11 }, { 0, 13 }, -14 };

START_TEST(slots_are_filled_by_name)
{
    Numbers a = ours, b = theirs;
    Safetensors slots = slots_of(&a), file = slots_of(&b);
    Slot first = file.slot[0];
    file.slot[0] = file.slot[2], file.slot[2] = first;
    ck_assert_ptr_null(safetensors_fill(&file, &slots));
    ck_assert_mem_eq(&a, &b, sizeof a);
    safetensors_free(&slots), safetensors_free(&file);
}
END_TEST

/* Refused with these words, and nothing is touched. */
static void assert_not_filled(Safetensors *file, const char *words)
{
    Numbers a = ours;
    Safetensors slots = slots_of(&a);
    const char *why = safetensors_fill(file, &slots);
    ck_assert_msg(why && strstr(why, words), "no '%s' in '%s'", words, why ? why : "");
    assert_clean(why, words);
    ck_assert_mem_eq(&a, &ours, sizeof a);
    safetensors_free(&slots), safetensors_free(file);
}

static Safetensors without(Numbers *n, int i)
{
    Safetensors file = slots_of(n);
    file.slot[i] = file.slot[--file.n];
    return file;
}

START_TEST(a_missing_tensor_is_not_filled)
{
    static const char *const words[] = { "'weight' is missing", "'variance' is missing", "'count' is missing" };
    for (int i = 0; i < 3; i++) {
        Numbers b = theirs;
        Safetensors file = without(&b, i);
        assert_not_filled(&file, words[i]);
    }
    assert_not_filled(&(Safetensors){ 0 }, "is missing");
}
END_TEST

START_TEST(an_unknown_tensor_is_not_filled)
{
    Numbers b = theirs;
    float f = 1;
    Safetensors file = slots_of(&b);
    safetensors_add(&file, F32, 0, NULL, &f, "wei\033[0m\n");
    assert_not_filled(&file, "found tensor 'wei?[0m?', which does not belong here");
}
END_TEST

START_TEST(another_type_is_not_filled)
{
    static const Dtype types[] = { F32, F64, I32, I64 };
    for (int i = 0; i < 4; i++) {
        if (types[i] == dtype_of_real)
            continue;
        Numbers b = theirs;
        Safetensors file = slots_of(&b);
        file.slot[0].dtype = types[i];
        assert_not_filled(&file, "'weight': found dtype ");
    }
}
END_TEST

START_TEST(another_shape_is_not_filled)
{
    static const struct {
        int i, rank, dim[4];
        const char *words;
    } cases[] = { { 0, 2, { 2, 3 }, "'weight': found shape [2,3]; expected [2,2]" },
                  { 0, 1, { 4 }, "found shape [4]; expected [2,2]" },
                  { 0, 2, { 1, 4 }, "found shape [1,4]" },
                  { 0, 3, { 2, 2, 1 }, "found shape [2,2,1]" },
                  { 0, 0, { 0 }, "found shape []" },
                  { 0,
                    4,
                    { 2147483647, 2147483647, 2147483647, 2147483647 },
                    "found shape [2147483647,2147483647,2147483647,2147483647]" },
                  { 1, 1, { 1 }, "'variance': found shape [1]" },
                  { 2, 1, { 1 }, "'count': found shape [1]; expected []" } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Numbers b = theirs;
        Safetensors file = slots_of(&b);
        file.slot[cases[k].i].rank = cases[k].rank;
        memcpy(file.slot[cases[k].i].dim, cases[k].dim, sizeof cases[k].dim);
        assert_not_filled(&file, cases[k].words);
    }
}
END_TEST

START_TEST(numbers_that_are_none_are_not_filled)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY };
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 6; i++) {
            Numbers b = theirs;
            char words[80];
            *(i < 4 ? &b.w[i] : &b.var[i - 4]) = (real)bad[k];
            Safetensors file = slots_of(&b);
            snprintf(words, sizeof words, "'%s': element %d is NaN or infinite", i < 4 ? "weight" : "variance", i % 4);
            assert_not_filled(&file, words);
        }
}
END_TEST

START_TEST(a_negative_variance_is_not_filled)
{
    for (int i = 0; i < 2; i++) {
        Numbers b = theirs;
        char words[80];
        b.var[i] = (real)-0.5;
        Safetensors file = slots_of(&b);
        snprintf(words, sizeof words, "'variance': element %d is -0.5; expected no variance below 0", i);
        assert_not_filled(&file, words);
    }
}
END_TEST

SUITE("21 safetensors", RUNS(what_was_written_is_read_back), RUNS(the_format_byte_by_byte),
      RUNS(a_file_without_tensors_is_a_header), RUNS(many_tensors_and_metadata_grow_the_lists),
      ABORTS(a_name_too_long_to_read_back_aborts), EXITS(a_missing_file_exits, 2), EXITS(a_directory_exits, 2),
      EXITS(a_device_exits, 2), EXITS(a_file_that_is_none_exits, 2), EXITS(a_place_that_cannot_be_written_exits, 2),
      RUNS(a_header_by_hand_is_read), RUNS(what_the_format_allows_is_read), RUNS(numbers_that_lie_unaligned_are_filled_in),
      RUNS(names_of_tensors_have_95_characters_and_metadata_any_number), RUNS(every_truncation_is_refused),
      RUNS(every_wrong_length_of_the_header_is_refused), RUNS(headers_that_are_no_object_are_refused),
      RUNS(a_nul_in_the_header_is_refused), RUNS(entries_that_are_no_entries_are_refused), RUNS(unknown_types_are_refused),
      RUNS(dimensions_that_are_none_are_refused), RUNS(products_that_overflow_are_refused),
      RUNS(places_that_are_none_are_refused), RUNS(tensors_that_do_not_tile_the_data_are_refused),
      RUNS(a_name_twice_is_refused), RUNS(wrong_metadata_are_refused),
      RUNS(metadata_twice_are_refused_though_the_first_are_empty), RUNS(many_metadata_are_read_and_more_than_4096_refused),
      RUNS(any_float_is_read_where_the_slot_takes_any), RUNS(a_double_that_no_float_holds_is_refused),
      RUNS(a_slot_may_be_optional), RUNS(a_prefix_of_all_names_is_taken_away_and_of_some_is_not),
      RUNS(no_control_character_of_a_name_is_printed), RUNS(bombs_are_refused), RUNS(deep_objects_that_close_are_refused),
      RUNS(many_tensors_are_checked_quickly), RUNS(slots_are_filled_by_name), RUNS(a_missing_tensor_is_not_filled),
      RUNS(an_unknown_tensor_is_not_filled), RUNS(another_type_is_not_filled), RUNS(another_shape_is_not_filled),
      RUNS(numbers_that_are_none_are_not_filled), RUNS(a_negative_variance_is_not_filled))
