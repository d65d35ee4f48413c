/* A file that is wrong must end the program, so it is read in a child: the
 * child's status and its one line on standard error are what is tested. */
#include "10_data.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "04_init.h"
#include "04_layer.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "10_digits.h"
#include "10_idx.h"
#include "10_load.h"
#include "10_mixture.h"
#include "suite.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

/* ---- mixtures --------------------------------------------------------------------------- */

START_TEST(ring_has_eight_centres_on_the_unit_circle)
{
    const double h = 0.70710678118654752;
    const double centre[8][2] = { { 1, 0 }, { h, h }, { 0, 1 }, { -h, h }, { -1, 0 }, { -h, -h }, { 0, -1 }, { h, -h } };
    Mixture m = mixture_ring();
    ck_assert_int_eq(m.modes, 8);
    ck_assert(m.sigma == 0.01);
    for (int k = 0; k < 8; k++)
        assert_all_close(m.centre[k], centre[k], 2, 1e-15);
}
END_TEST

START_TEST(grid_has_every_point_of_five_by_five_once)
{
    Mixture m = mixture_grid();
    int seen[5][5] = { 0 };
    ck_assert_int_eq(m.modes, 25);
    ck_assert(m.sigma == 0.05);
    for (int k = 0; k < 25; k++)
        for (int i = 0; i < 5; i++)
            for (int j = 0; j < 5; j++)
                seen[i][j] += m.centre[k][0] == 2 * i - 4 && m.centre[k][1] == 2 * j - 4;
    for (int i = 0; i < 25; i++)
        ck_assert_int_eq(seen[i / 5][i % 5], 1);
}
END_TEST

/* Count, means, variances and covariance of the samples nearest to each mode. */
typedef struct {
    double n, mean[2], var[2], cov;
} Moments;

static void find_moments(const Mixture *m, const real *x, int n, Moments *of)
{
    memset(of, 0, (size_t)m->modes * sizeof *of);
    for (int i = 0; i < n; i++) {
        int best = 0;
        double d[2], nearest = INFINITY;
        for (int k = 0; k < m->modes; k++) {
            double distance = hypot((double)x[2 * i] - m->centre[k][0], (double)x[2 * i + 1] - m->centre[k][1]);
            if (distance < nearest)
                nearest = distance, best = k;
        }
        Moments *o = &of[best];
        for (int j = 0; j < 2; j++) {
            d[j] = ((double)x[2 * i + j] - m->centre[best][j]) / m->sigma;
            o->mean[j] += d[j], o->var[j] += d[j] * d[j];
        }
        o->n++, o->cov += d[0] * d[1];
    }
}

/* Five standard errors for every moment; for the shares, chi-square under its 99.9 % quantile. */
static void assert_mixture(Mixture m, double chi_square_limit)
{
    enum { N = 100000 };
    static real x[2 * N];
    Moments of[MAX_MODES];
    double chi_square = 0, expected = (double)N / m.modes;
    Random r = random_stream(1, "mixture", 0);
    mixture_sample(&m, x, N, &r);
    find_moments(&m, x, N, of);
    for (int k = 0; k < m.modes; k++) {
        const Moments *o = &of[k];
        for (int j = 0; j < 2; j++) {
            assert_close(o->mean[j] / o->n, 0, 5 / sqrt(o->n));
            assert_close(o->var[j] / o->n, 1, 5 * sqrt(2 / o->n));
        }
        assert_close(o->cov / o->n, 0, 5 / sqrt(o->n));
        chi_square += pow(o->n - expected, 2) / expected;
    }
    ck_assert_msg(chi_square < chi_square_limit, "chi-square %g", chi_square);
}

START_TEST(ring_samples_have_equal_shares_and_the_moments_of_each_mode) { assert_mixture(mixture_ring(), 24.3); }
END_TEST

START_TEST(grid_samples_have_equal_shares_and_the_moments_of_each_mode) { assert_mixture(mixture_grid(), 51.2); }
END_TEST

/* ---- drawn digits -------------------------------------------------------------------------- */

enum { PIXELS = 28 * 28 };

START_TEST(digits_are_the_same_for_the_same_seed_only)
{
    Images a = digits_new(100, 7), b = digits_new(100, 7), c = digits_new(100, 8);
    ck_assert_mem_eq(a.pixel, b.pixel, 100 * PIXELS);
    for (int i = 0; i < 100; i++)
        ck_assert_mem_ne(a.pixel + i * PIXELS, c.pixel + i * PIXELS, PIXELS);
    images_free(&a);
    images_free(&b);
    images_free(&c);
}
END_TEST

START_TEST(image_i_does_not_depend_on_n)
{
    Images few = digits_new(33, 7), many = digits_new(200, 7);
    ck_assert_mem_eq(few.pixel, many.pixel, 33 * PIXELS);
    images_free(&few);
    images_free(&many);
}
END_TEST

START_TEST(digits_are_the_same_for_one_thread_and_two)
{
    threads_set(1);
    Images one = digits_new(500, 7);
    threads_set(2);
    Images two = digits_new(500, 7);
    ck_assert_mem_eq(one.pixel, two.pixel, 500 * PIXELS);
    images_free(&one);
    images_free(&two);
}
END_TEST

START_TEST(all_digits_have_a_black_border_and_ink)
{
    Images d = digits_new(10000, 1);
    for (int i = 0; i < d.n; i++) {
        int border = 0, ink = 0;
        for (int p = 0; p < PIXELS; p++) {
            int y = p / 28, x = p % 28;
            bool inside = y >= 2 && y < 26 && x >= 2 && x < 26;
            border += inside ? 0 : d.pixel[i * PIXELS + p];
            ink += d.pixel[i * PIXELS + p] >= 128;
        }
        ck_assert_msg(border == 0 && ink >= 10, "image %d: border %d, white pixels %d", i, border, ink);
    }
    images_free(&d);
}
END_TEST

/* The border is no wider than it must be: on every side some ink stands next to it. */
START_TEST(ink_reaches_the_border_on_all_four_sides)
{
    Images d = digits_new(10000, 1);
    int ink[4] = { 0 };
    for (int i = 0; i < d.n; i++)
        for (int j = 0; j < 28; j++) {
            const uint8_t *pixel = d.pixel + i * PIXELS;
            ink[0] += pixel[2 * 28 + j] > 0, ink[1] += pixel[25 * 28 + j] > 0;
            ink[2] += pixel[28 * j + 2] > 0, ink[3] += pixel[28 * j + 25] > 0;
        }
    ck_assert_msg(ink[0] && ink[1] && ink[2] && ink[3], "above %d, below %d, left %d, right %d", ink[0], ink[1], ink[2],
                  ink[3]);
    images_free(&d);
}
END_TEST

START_TEST(labels_go_round_the_ten_classes)
{
    Images d = digits_new(10000, 1);
    ck_assert(d.classes == 10 && d.height == 28 && d.width == 28 && images_pixels(&d) == PIXELS);
    for (int i = 0; i < d.n; i++)
        ck_assert_int_eq(d.label[i], i % 10);
    images_free(&d);
}
END_TEST

START_TEST(no_two_images_are_alike)
{
    Images d = digits_new(300, 1);
    for (int i = 0; i < d.n; i++)
        for (int j = 0; j < i; j++)
            ck_assert_mem_ne(d.pixel + i * PIXELS, d.pixel + j * PIXELS, PIXELS);
    images_free(&d);
}
END_TEST

/* ---- IDX files: writing them ------------------------------------------------------------------- */

typedef struct {
    uint8_t byte[64];
    int n;
} Bytes;

/* Three images of 2 x 3, pixels 0, 15, ... 255; three labels. */
static Bytes image_bytes(void)
{
    Bytes b = { { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3 }, 34 };
    for (int i = 0; i < 18; i++)
        b.byte[16 + i] = (uint8_t)(15 * i);
    return b;
}

static Bytes label_bytes(void) { return (Bytes){ { 0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9 }, 11 }; }

static char dir[32], image_path[128], label_path[128], complaint_path[64];

static void files_begin(const char *end)
{
    strcpy(dir, "/tmp/gradus-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(image_path, sizeof image_path, "%s/t10k-images-idx3-ubyte%s", dir, end);
    snprintf(label_path, sizeof label_path, "%s/t10k-labels-idx1-ubyte%s", dir, end);
    snprintf(complaint_path, sizeof complaint_path, "%s/complaint", dir);
}

static void files_end(void)
{
    unlink(image_path), unlink(label_path), unlink(complaint_path);
    ck_assert_int_eq(rmdir(dir), 0);
}

static void put(const char *path, const char *mode, const void *byte, int n) /* mode "T": not compressed */
{
    gzFile file = gzopen(path, mode);
    ck_assert_int_eq(gzwrite(file, byte, (unsigned)n), n);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static void put_both(const char *mode, Bytes images, Bytes labels)
{
    put(image_path, mode, images.byte, images.n);
    put(label_path, mode, labels.byte, labels.n);
}

static long file_size(const char *path)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return (long)info.st_size;
}

static void flip_bit(const char *path, long place)
{
    FILE *file = fopen(path, "r+b");
    fseek(file, place, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, place, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

/* ---- IDX files: reading them ----------------------------------------------------------------------- */

/* Reading ends with status 2 and one line that names the file and holds the words. */
static void assert_refuses(void (*body)(void), const char *path, const char *words)
{
    char line[1000] = "";
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen(complaint_path, "w", stderr))
            _exit(9);
        ignore_leaks();
        body();
        _exit(0);
    }
    waitpid(child, &status, 0);
    FILE *file = fopen(complaint_path, "r");
    size_t n = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    bool refused = WIFEXITED(status) && WEXITSTATUS(status) == 2;
    bool one_line = n > 0 && strchr(line, '\n') == line + n - 1;
    bool named = strstr(line, path) && strstr(line, words);
    if (!refused || !one_line || !named)
        files_end(); /* a failure ends the test here */
    ck_assert_msg(refused, "status %x: %s", status, line);
    ck_assert_msg(one_line, "not one line: %s", line);
    ck_assert_msg(named, "no %s or no '%s' in: %s", path, words, line);
}

static void read_both(void)
{
    Images d = idx_read(image_path, label_path);
    images_free(&d);
}

static void assert_refused(const char *path, const char *words) { assert_refuses(read_both, path, words); }

static void assert_images_read(void)
{
    int next = next_descriptor();
    Images d = idx_read(image_path, label_path);
    ck_assert_int_eq(next_descriptor(), next);
    ck_assert(d.n == 3 && d.height == 2 && d.width == 3 && d.classes == 10);
    for (int i = 0; i < 18; i++)
        ck_assert_int_eq(d.pixel[i], 15 * i);
    ck_assert(d.label[0] == 7 && d.label[1] == 0 && d.label[2] == 9);
    images_free(&d);
}

START_TEST(plain_files_are_read_exactly)
{
    files_begin("");
    put_both("wbT", image_bytes(), label_bytes());
    assert_images_read();
    files_end();
}
END_TEST

START_TEST(gzip_files_are_read_exactly)
{
    files_begin(".gz");
    put_both("wb", image_bytes(), label_bytes());
    assert_images_read();
    files_end();
}
END_TEST

START_TEST(missing_files_are_refused)
{
    files_begin("");
    assert_refused(image_path, "No such file");
    put(image_path, "wbT", image_bytes().byte, 34);
    assert_refused(label_path, "No such file");
    files_end();
}
END_TEST

START_TEST(every_truncation_of_plain_images_is_refused)
{
    files_begin("");
    for (int n = 0; n < 34; n++) {
        Bytes images = image_bytes();
        images.n = n;
        put_both("wbT", images, label_bytes());
        assert_refused(image_path, "truncated");
    }
    files_end();
}
END_TEST

START_TEST(every_truncation_of_plain_labels_is_refused)
{
    files_begin("");
    for (int n = 0; n < 11; n++) {
        Bytes labels = label_bytes();
        labels.n = n;
        put_both("wbT", image_bytes(), labels);
        assert_refused(label_path, "truncated");
    }
    files_end();
}
END_TEST

START_TEST(every_truncation_of_gzip_images_is_refused)
{
    files_begin(".gz");
    put_both("wb", image_bytes(), label_bytes());
    for (long n = file_size(image_path) - 1; n >= 0; n--) {
        ck_assert_int_eq(truncate(image_path, n), 0);
        assert_refused(image_path, "");
    }
    files_end();
}
END_TEST

/* From the 10th byte on a gzip file holds data, their checksum and their number: no bit there is idle. */
START_TEST(every_corrupt_byte_of_gzip_images_is_refused)
{
    files_begin(".gz");
    put_both("wb", image_bytes(), label_bytes());
    for (long place = 10, size = file_size(image_path); place < size; place++) {
        flip_bit(image_path, place);
        assert_refused(image_path, place >= size - 8 ? "damaged" : "");
        flip_bit(image_path, place);
    }
    assert_images_read();
    files_end();
}
END_TEST

/* As large as MNIST's own files are, beyond any buffer of the reader. Not compressed but in gzip's
 * format, so that a wrong pixel shows in the checksum alone. */
static void put_large_gzip(void)
{
    enum { N = 1000 };
    static uint8_t image[16 + N * PIXELS] = { 0, 0, 8, 3, 0, 0, 3, 232, 0, 0, 0, 28, 0, 0, 0, 28 };
    static uint8_t label[8 + N] = { 0, 0, 8, 1, 0, 0, 3, 232 };
    put(image_path, "wb0", image, sizeof image);
    put(label_path, "wb0", label, sizeof label);
}

START_TEST(a_wrong_pixel_in_a_large_gzip_file_is_refused)
{
    files_begin(".gz");
    put_large_gzip();
    flip_bit(image_path, 400000);
    assert_refused(image_path, "");
    files_end();
}
END_TEST

START_TEST(a_large_gzip_file_without_its_checksum_is_refused)
{
    files_begin(".gz");
    put_large_gzip();
    ck_assert_int_eq(truncate(image_path, file_size(image_path) - 8), 0);
    assert_refused(image_path, "");
    files_end();
}
END_TEST

/* Images of one colour: gzip packs them about as well as it can, a thousand to one. */
START_TEST(a_gzip_file_packed_a_thousand_to_one_is_read)
{
    enum { N = 10000 };
    static uint8_t image[16 + N * PIXELS] = { 0, 0, 8, 3, 0, 0, N >> 8, N & 255, 0, 0, 0, 28, 0, 0, 0, 28 };
    static uint8_t label[8 + N] = { 0, 0, 8, 1, 0, 0, N >> 8, N & 255 };
    files_begin(".gz");
    put(image_path, "wb9", image, sizeof image);
    put(label_path, "wb9", label, sizeof label);
    ck_assert_int_lt(file_size(image_path) * 1020, (long)sizeof image);
    Images d = idx_read(image_path, label_path);
    ck_assert(d.n == N && memcmp(d.pixel, image + 16, (size_t)N * PIXELS) == 0);
    images_free(&d);
    files_end();
}
END_TEST

/* One byte of the header or the labels changed. */
static void assert_byte_refused(bool of_images, int place, uint8_t value, const char *words)
{
    Bytes images = image_bytes(), labels = label_bytes();
    files_begin("");
    (of_images ? &images : &labels)->byte[place] = value;
    put_both("wbT", images, labels);
    assert_refused(of_images ? image_path : label_path, words);
    files_end();
}

START_TEST(a_wrong_magic_number_is_refused) { assert_byte_refused(true, 2, 9, "0x00000903"); }
END_TEST
START_TEST(labels_given_as_images_are_refused) { assert_byte_refused(true, 3, 1, "an IDX file of images"); }
END_TEST
START_TEST(images_given_as_labels_are_refused) { assert_byte_refused(false, 3, 3, "an IDX file of labels"); }
END_TEST
START_TEST(no_images_are_refused) { assert_byte_refused(true, 7, 0, "found 0 images"); }
END_TEST
START_TEST(no_rows_are_refused) { assert_byte_refused(true, 11, 0, "found 0 rows"); }
END_TEST
START_TEST(no_columns_are_refused) { assert_byte_refused(true, 15, 0, "found 0 columns"); }
END_TEST
START_TEST(no_labels_are_refused) { assert_byte_refused(false, 7, 0, "found 0 labels"); }
END_TEST
START_TEST(two_billion_images_are_refused) { assert_byte_refused(true, 4, 0x80, "found 2147483651 images"); }
END_TEST
START_TEST(a_million_rows_are_refused) { assert_byte_refused(true, 9, 0x10, "found 1048578 rows"); }
END_TEST
START_TEST(four_billion_columns_are_refused) { assert_byte_refused(true, 12, 0xff, "found 4278190083 columns"); }
END_TEST
START_TEST(a_plain_file_named_gz_is_refused)
{
    files_begin(".gz");
    put_both("wbT", image_bytes(), label_bytes());
    assert_refused(image_path, "found no gzip data");
    files_end();
}
END_TEST

START_TEST(a_directory_in_place_of_a_file_is_refused)
{
    files_begin("");
    ck_assert_int_eq(mkdir(image_path, 0777), 0);
    assert_refused(image_path, "");
    rmdir(image_path);
    files_end();
}
END_TEST

/* A short file that claims to be ten million images of 20 x 20: that they are not there must show before
 * four gigabytes are asked for. */
static void assert_claim_refused(const char *end, const char *mode)
{
    const uint8_t claim[] = { 0x00, 0x4c, 0x4b, 0x40, 0, 0, 0, 20, 0, 0, 0, 20 };
    Bytes images = image_bytes();
    memcpy(images.byte + 4, claim, sizeof claim);
    files_begin(end);
    put_both(mode, images, label_bytes());
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &(struct rlimit){ 2u << 30, 2u << 30 }), 0);
    assert_refused(image_path, "expected room for 2000000000 pixels");
    files_end();
}

START_TEST(two_gigabytes_claimed_by_a_short_file_are_refused)
{
    if (SANITIZED)
        SKIP("the address sanitizer needs terabytes itself");
    assert_claim_refused("", "wbT");
    assert_claim_refused(".gz", "wb");
}
END_TEST

START_TEST(fewer_labels_than_images_are_refused) { assert_byte_refused(false, 7, 2, "found 2 labels; expected 3"); }
END_TEST
START_TEST(labels_give_the_number_of_classes)
{
    static const uint8_t largest[] = { 0, 9, 46, 255 };
    for (int k = 0; k < 4; k++) {
        files_begin("");
        Bytes labels = label_bytes();
        labels.byte[8] = labels.byte[9] = 0, labels.byte[10] = largest[k];
        put_both("wbT", image_bytes(), labels);
        Images d = idx_read(image_path, label_path);
        ck_assert(d.classes == largest[k] + 1 && d.label[2] == largest[k]);
        images_free(&d);
        files_end();
    }
}
END_TEST
START_TEST(more_pixels_than_counted_are_refused) { assert_byte_refused(true, 7, 2, "more bytes"); }
END_TEST

START_TEST(more_labels_than_counted_are_refused)
{
    Bytes labels = label_bytes();
    labels.n++;
    files_begin(".gz");
    put_both("wb", image_bytes(), labels);
    assert_refused(label_path, "more bytes");
    files_end();
}
END_TEST

/* ---- --data NAME ----------------------------------------------------------------------------------- */

static void assert_loads(const char *name)
{
    int next = next_descriptor();
    Images d = images_load(name, TEST_SET);
    ck_assert_int_eq(next_descriptor(), next);
    ck_assert(d.n == 3 && d.pixel[17] == 255 && d.label[2] == 9);
    images_free(&d);
}

START_TEST(mnist_is_found_where_mnist_dir_says)
{
    files_begin(".gz");
    put_both("wb", image_bytes(), label_bytes());
    setenv("MNIST_DIR", dir, 1);
    assert_loads("mnist");
    files_end();
}
END_TEST

START_TEST(mnist_is_found_in_data_mnist_where_mnist_dir_is_empty)
{
    char data[64], mnist[64];
    files_begin("");
    snprintf(data, sizeof data, "%s/data", dir), snprintf(mnist, sizeof mnist, "%s/data/mnist", dir);
    ck_assert(mkdir(data, 0777) == 0 && mkdir(mnist, 0777) == 0 && chdir(dir) == 0);
    snprintf(image_path, sizeof image_path, "data/mnist/t10k-images-idx3-ubyte");
    snprintf(label_path, sizeof label_path, "data/mnist/t10k-labels-idx1-ubyte");
    put_both("wbT", image_bytes(), label_bytes());
    setenv("MNIST_DIR", "", 1);
    assert_loads("mnist");
    unlink(image_path), unlink(label_path), rmdir(mnist), rmdir(data);
    files_end();
}
END_TEST

START_TEST(a_directory_is_read_whatever_mnist_dir_says)
{
    files_begin("");
    put_both("wbT", image_bytes(), label_bytes());
    setenv("MNIST_DIR", "/nowhere", 1);
    assert_loads(dir);
    files_end();
}
END_TEST

START_TEST(images_without_labels_are_read)
{
    files_begin("");
    put(image_path, "wbT", image_bytes().byte, image_bytes().n);
    Images d = images_load_unlabelled(dir, TEST_SET);
    ck_assert(d.n == 3 && d.pixel[17] == 255 && !d.label && d.classes == 0);
    images_free(&d);
    files_end();
}
END_TEST

/* The files of MNIST and of its relatives, as downloads and unpacking programs leave them. */
START_TEST(files_are_found_by_the_names_that_people_have)
{
    static const char *const names[][3] = {
        /* a folder of its own, and both names */
        { NULL, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
        { NULL, "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte" },
        { NULL, "t10k-images.idx3-ubyte.gz", "t10k-labels-idx1-ubyte" },
        { NULL, "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte.gz" },
        { NULL, "qmnist-test-images-idx3-ubyte.gz", "qmnist-test-labels-idx1-ubyte.gz" },
        { "t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
        { "t10k-images.idx3-ubyte", "t10k-images-idx3-ubyte", "t10k-labels.idx1-ubyte" },
    };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char folder[64];
        files_begin("");
        snprintf(folder, sizeof folder, "%s/%s", dir, names[k][0] ? names[k][0] : "");
        ck_assert(!names[k][0] || mkdir(folder, 0777) == 0);
        ck_assert((size_t)snprintf(image_path, sizeof image_path, "%s/%s", names[k][0] ? folder : dir, names[k][1]) <
                  sizeof image_path);
        ck_assert((size_t)snprintf(label_path, sizeof label_path, "%s/%s", dir, names[k][2]) < sizeof label_path);
        put(image_path, strstr(names[k][1], ".gz") ? "wb" : "wbT", image_bytes().byte, image_bytes().n);
        put(label_path, strstr(names[k][2], ".gz") ? "wb" : "wbT", label_bytes().byte, label_bytes().n);
        assert_loads(dir);
        unlink(image_path);
        if (names[k][0])
            rmdir(folder);
        files_end();
    }
}
END_TEST

static void load_from_several(void) { images_load(dir, TEST_SET); }

/* EMNIST has six in one folder. With MNIST's own names beside them, those are meant. */
START_TEST(of_several_data_sets_none_is_taken)
{
    static const char *const set[] = { "emnist-letters-", "emnist-digits-", "" };
    char path[3][2][96];
    files_begin("");
    for (int k = 0; k < 3; k++) {
        snprintf(path[k][0], 96, "%s/%st10k-images-idx3-ubyte", dir, set[k]);
        snprintf(path[k][1], 96, "%s/%st10k-labels-idx1-ubyte", dir, set[k]);
        put(path[k][0], "wbT", image_bytes().byte, image_bytes().n);
        put(path[k][1], "wbT", label_bytes().byte, label_bytes().n);
        if (k == 1)
            assert_refuses(load_from_several, dir, "found several data sets");
    }
    assert_loads(dir);
    for (int k = 0; k < 3; k++)
        unlink(path[k][0]), unlink(path[k][1]);
    files_end();
}
END_TEST

/* 1, 2, 26 to train on and 2, 2, 27 to test on are 0, 1, 25 and 1, 1, 26 of 27 classes. */
START_TEST(classes_are_counted_from_the_lowest_label)
{
    static const uint8_t label[2][3] = { { 1, 2, 26 }, { 2, 2, 27 } };
    char path[2][2][96];
    Images d, test;
    files_begin("");
    for (int k = 0; k < 2; k++) {
        Bytes labels = label_bytes();
        memcpy(labels.byte + 8, label[k], 3);
        snprintf(path[k][0], 96, "%s/%s-images-idx3-ubyte", dir, k ? "t10k" : "train");
        snprintf(path[k][1], 96, "%s/%s-labels-idx1-ubyte", dir, k ? "t10k" : "train");
        put(path[k][0], "wbT", image_bytes().byte, image_bytes().n);
        put(path[k][1], "wbT", labels.byte, labels.n);
    }
    images_load_both(dir, &d, &test, 1);
    ck_assert(d.classes == 27 && test.classes == 27);
    ck_assert(d.label[0] == 0 && d.label[1] == 1 && d.label[2] == 25 && test.label[0] == 1 && test.label[2] == 26);
    images_free(&d), images_free(&test);
    for (int k = 0; k < 2; k++)
        unlink(path[k][0]), unlink(path[k][1]);
    files_end();
}
END_TEST

START_TEST(a_directory_without_the_files_exits)
{
    setenv("MNIST_DIR", "/nowhere", 1);
    images_load("mnist", TRAINING_SET);
}
END_TEST

START_TEST(digits_to_test_on_are_others_than_those_to_train_on)
{
    Images train = images_load("digits", TRAINING_SET), test = images_load("digits", TEST_SET);
    ck_assert(train.n == 10000 && test.n == 2000);
    for (int i = 0; i < test.n; i++)
        ck_assert_mem_ne(train.pixel + i * PIXELS, test.pixel + i * PIXELS, PIXELS);
    images_free(&train);
    images_free(&test);
}
END_TEST

/* ---- batches ------------------------------------------------------------------------------------------- */

START_TEST(pixels_are_scaled_from_minus_one_to_one_in_the_order_given)
{
    uint8_t pixel[] = { 0, 255, 51, 204, 102, 153 };
    Images d = { 3, 1, 2, 10, pixel, NULL };
    const int order[] = { 9, 2, 0 };
    const double ordered[] = { -0.2, 0.2, -1, 1 }, straight[] = { -0.6, 0.6, -0.2, 0.2 };
    Tensor x = { 0 };
    images_rows(&d, order, 1, 2, &x);
    ck_assert(shape_equal(x.shape, (Shape){ 2, { 2, 2 } }));
    assert_all_close(x.data, ordered, 4, TOLERANCE(1e-7, 4e-16));
    ck_assert(x.data[2] == -1 && x.data[3] == 1);
    images_rows(&d, NULL, 1, 2, &x);
    assert_all_close(x.data, straight, 4, TOLERANCE(1e-7, 4e-16));
    tensor_free(&x);
}
END_TEST

START_TEST(labels_are_one_hot_in_the_order_given)
{
    uint8_t label[] = { 2, 0, 1 };
    Images d = { 3, 1, 2, 3, NULL, label };
    const real ordered[] = { 0, 1, 0, 0, 0, 1 }, straight[] = { 0, 0, 1, 1, 0, 0 };
    Tensor t = { 0 };
    labels_rows(&d, (int[]){ 9, 2, 0 }, 1, 2, &t);
    assert_all_close(t.data, ordered, 6, 0);
    labels_rows(&d, NULL, 0, 2, &t);
    assert_all_close(t.data, straight, 6, 0);
    tensor_free(&t);
}
END_TEST

/* Seven examples in calls of 3: passes begin and end inside a call. */
START_TEST(shuffle_gives_every_index_once_a_pass_across_calls)
{
    Shuffle s = shuffle_new(7, random_stream(1, "order", 0));
    int drawn[21];
    for (int i = 0; i < 21; i += 3)
        shuffle_next(&s, drawn + i, 3);
    for (int pass = 0; pass < 3; pass++) {
        int seen[7] = { 0 };
        for (int i = 0; i < 7; i++)
            seen[drawn[7 * pass + i]]++;
        for (int i = 0; i < 7; i++)
            ck_assert_int_eq(seen[i], 1);
    }
    shuffle_free(&s);
}
END_TEST

START_TEST(shuffle_draws_each_pass_anew_and_the_same_again_from_the_same_stream)
{
    Shuffle s = shuffle_new(50, random_stream(1, "order", 0)), same = shuffle_new(50, random_stream(1, "order", 0));
    int first[100], again[100];
    shuffle_next(&s, first, 100);
    for (int i = 0; i < 100; i++)
        shuffle_next(&same, again + i, 1);
    ck_assert_mem_eq(first, again, sizeof first);
    ck_assert_mem_ne(first, first + 50, 50 * sizeof *first);
    shuffle_free(&s);
    shuffle_free(&same);
}
END_TEST

/* ---- standardisation ---------------------------------------------------------------------------------------- */

START_TEST(standardised_columns_have_mean_0_and_variance_1)
{
    enum { R = 400, C = 3 };
    real x[R * C], mean[C], rstd[C];
    Random r = random_stream(1, "test", 0);
    random_normal(&r, x, R * C);
    for (int i = 0; i < R * C; i++)
        x[i] = (real)(i % C) * 5 + x[i] * (real)(i % C + 1);
    standardise_fit(mean, rstd, x, R, C);
    standardise_apply(x, mean, rstd, R, C);
    for (int j = 0; j < C; j++) {
        long double total = 0, squares = 0;
        for (int i = 0; i < R; i++)
            total += x[i * C + j], squares += (long double)x[i * C + j] * x[i * C + j];
        assert_close(total / R, 0, TOLERANCE(3e-7, 2e-15));
        assert_close(squares / R, 1, TOLERANCE(1e-6, 2e-15));
    }
}
END_TEST

START_TEST(standardising_by_hand)
{
    real x[] = { 1, 3, 5, 7 }, y[] = { 9 }, mean[1], rstd[1]; /* mean 4, variance (9 + 1 + 1 + 9) / 4 */
    standardise_fit(mean, rstd, x, 4, 1);
    assert_close(mean[0], 4, 0);
    assert_close(rstd[0], 1 / sqrt(5.0), TOLERANCE(3e-8, 1e-16));
    standardise_apply(y, mean, rstd, 1, 1);
    assert_close(y[0], sqrt(5.0), TOLERANCE(2e-7, 5e-16));
}
END_TEST

static void assert_constant_becomes_0(double constant)
{
    for (int R = 1; R <= 40; R++) {
        real x[40], mean[1], rstd[1];
        for (int i = 0; i < R; i++)
            x[i] = (real)constant;
        standardise_fit(mean, rstd, x, R, 1);
        standardise_apply(x, mean, rstd, R, 1);
        for (int i = 0; i < R; i++)
            assert_close(x[i], 0, 0);
    }
}

START_TEST(a_column_of_zeros_becomes_0) { assert_constant_becomes_0(0); }
END_TEST
START_TEST(a_column_of_ones_becomes_0) { assert_constant_becomes_0(1); }
END_TEST
START_TEST(a_column_of_tenths_becomes_0) { assert_constant_becomes_0(0.1); } /* their sum is rounded in double */
END_TEST

/* ---- what the digits are good for ----------------------------------------------------------------------------- */

static double test_accuracy(Network *n, const Images *d)
{
    Tensor x = { 0 }, t = { 0 };
    images_rows(d, NULL, 0, d->n, &x);
    labels_rows(d, NULL, 0, d->n, &t);
    double share = accuracy(network_forward(n, &x, EVAL)->data, t.data, d->n, 10);
    tensor_free(&x);
    tensor_free(&t);
    network_free(n);
    return share;
}

static Network *trained(Network *n, const Images *d, int epochs)
{
    enum { BATCH = 100 };
    int index[BATCH];
    Tensor x = { 0 }, t = { 0 }, dy = tensor_new((Shape){ 2, { BATCH, 10 } });
    Optimizer adam = adam_new(&n->base, adam_pytorch(1e-3, 0.9));
    Shuffle s = shuffle_new(d->n, random_stream(1, "order", 0));
    for (int step = 0; step < epochs * d->n / BATCH; step++) {
        shuffle_next(&s, index, BATCH);
        images_rows(d, index, 0, BATCH, &x);
        labels_rows(d, index, 0, BATCH, &t);
        softmax_cross_entropy(network_forward(n, &x, TRAIN)->data, t.data, BATCH, 10, dy.data);
        network_backward(n, &dy, NULL, WITH_PARAM);
        optimizer_step(&adam);
    }
    tensor_free(&x);
    tensor_free(&t);
    tensor_free(&dy);
    shuffle_free(&s);
    optimizer_free(&adam);
    return n;
}

/* Training takes seconds in float with BLAS, and minutes elsewhere, where it would show nothing new. */
#ifdef USE_BLAS
enum { FAST = sizeof(real) == sizeof(float) };
#else
enum { FAST = false };
#endif

START_TEST(an_mlp_solves_the_digits_and_a_linear_classifier_does_not)
{
    enum { EPOCHS = 15 };
    if (!FAST)
        SKIP("takes seconds in float with BLAS, minutes without");
    Images train = digits_new(10000, 1), test = digits_new(2000, 2);
    Random r = random_stream(1, "weights", 0);
    Network *linear = network_new("linear", (Layer *[]){ dense_new(PIXELS, 10, INIT_GLOROT, &r), NULL });
    Network *mlp = network_new(
        "mlp", (Layer *[]){ dense_new(PIXELS, 128, INIT_HE, &r), relu_new(), dense_new(128, 10, INIT_HE, &r), NULL });
    double by_line = test_accuracy(trained(linear, &train, EPOCHS), &test);
    double by_mlp = test_accuracy(trained(mlp, &train, EPOCHS), &test);
    ck_assert_msg(by_mlp >= 0.97 && by_line <= by_mlp - 0.02, "linear %.4f, MLP %.4f", by_line, by_mlp);
    images_free(&train);
    images_free(&test);
}
END_TEST

SUITE("10 data", RUNS(ring_has_eight_centres_on_the_unit_circle), RUNS(grid_has_every_point_of_five_by_five_once),
      RUNS(ring_samples_have_equal_shares_and_the_moments_of_each_mode),
      RUNS(grid_samples_have_equal_shares_and_the_moments_of_each_mode), RUNS(digits_are_the_same_for_the_same_seed_only),
      RUNS(image_i_does_not_depend_on_n), RUNS(digits_are_the_same_for_one_thread_and_two),
      RUNS(all_digits_have_a_black_border_and_ink), RUNS(ink_reaches_the_border_on_all_four_sides),
      RUNS(labels_go_round_the_ten_classes), RUNS(no_two_images_are_alike), RUNS(plain_files_are_read_exactly),
      RUNS(gzip_files_are_read_exactly), RUNS(missing_files_are_refused), RUNS(every_truncation_of_plain_images_is_refused),
      RUNS(every_truncation_of_plain_labels_is_refused), RUNS(every_truncation_of_gzip_images_is_refused),
      RUNS(every_corrupt_byte_of_gzip_images_is_refused), RUNS(a_wrong_pixel_in_a_large_gzip_file_is_refused),
      RUNS(a_large_gzip_file_without_its_checksum_is_refused), RUNS(a_gzip_file_packed_a_thousand_to_one_is_read),
      RUNS(a_wrong_magic_number_is_refused), RUNS(labels_given_as_images_are_refused), RUNS(images_given_as_labels_are_refused),
      RUNS(no_images_are_refused), RUNS(no_rows_are_refused), RUNS(no_columns_are_refused), RUNS(no_labels_are_refused),
      RUNS(two_billion_images_are_refused), RUNS(a_million_rows_are_refused), RUNS(four_billion_columns_are_refused),
      RUNS(a_plain_file_named_gz_is_refused), RUNS(a_directory_in_place_of_a_file_is_refused),
      RUNS(two_gigabytes_claimed_by_a_short_file_are_refused), RUNS(fewer_labels_than_images_are_refused),
      RUNS(labels_give_the_number_of_classes), RUNS(images_without_labels_are_read),
      RUNS(files_are_found_by_the_names_that_people_have), RUNS(of_several_data_sets_none_is_taken),
      RUNS(classes_are_counted_from_the_lowest_label), RUNS(more_pixels_than_counted_are_refused),
      RUNS(more_labels_than_counted_are_refused), RUNS(mnist_is_found_where_mnist_dir_says),
      RUNS(mnist_is_found_in_data_mnist_where_mnist_dir_is_empty), RUNS(a_directory_is_read_whatever_mnist_dir_says),
      EXITS(a_directory_without_the_files_exits, 2), RUNS(digits_to_test_on_are_others_than_those_to_train_on),
      RUNS(pixels_are_scaled_from_minus_one_to_one_in_the_order_given), RUNS(labels_are_one_hot_in_the_order_given),
      RUNS(shuffle_gives_every_index_once_a_pass_across_calls),
      RUNS(shuffle_draws_each_pass_anew_and_the_same_again_from_the_same_stream),
      RUNS(standardised_columns_have_mean_0_and_variance_1), RUNS(standardising_by_hand), RUNS(a_column_of_zeros_becomes_0),
      RUNS(a_column_of_ones_becomes_0), RUNS(a_column_of_tenths_becomes_0),
      RUNS(an_mlp_solves_the_digits_and_a_linear_classifier_does_not))
