/* What was written is read back by libpng. */
#include "11_image.h"
#include "11_png.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "suite.h"

#include <png.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[32], path[64];

static void directory_begin(void)
{
    strcpy(dir, "/tmp/gradus-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/grid.png", dir);
}

static void directory_end(void) /* fails where anything but grid.png was left */
{
    unlink(path);
    ck_assert_int_eq(rmdir(dir), 0);
}

typedef struct {
    int height, width;
    uint8_t pixel[4096];
} Picture;

static Picture picture_read(void)
{
    Picture p;
    png_image image = { .version = PNG_IMAGE_VERSION };
    ck_assert_msg(png_image_begin_read_from_file(&image, path), "%s", image.message);
    ck_assert_msg(image.format == PNG_FORMAT_GRAY, "not grey: format %x", image.format);
    ck_assert_int_le(PNG_IMAGE_SIZE(image), sizeof p.pixel);
    ck_assert(png_image_finish_read(&image, NULL, p.pixel, 0, NULL));
    p.height = (int)image.height, p.width = (int)image.width;
    return p;
}

/* One row of n single pixels, and what they became. */
static void assert_levels(const real *x, const int *level, int n)
{
    directory_begin();
    image_grid_write(dir, "grid.png", x, (ImageGrid){ 1, n, 1, 1, .zoom = 1 });
    Picture p = picture_read();
    ck_assert(p.height == 3 && p.width == 2 * n + 1);
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(p.pixel[p.width + 1 + 2 * i], level[i]);
    directory_end();
}

START_TEST(minus_one_is_black_and_one_is_white) { assert_levels((real[]){ -1, 1 }, (int[]){ 0, 255 }, 2); }
END_TEST

START_TEST(between_them_greys_are_rounded) /* 127.5 (x + 1) = 63.75, 127.5, 191.25, 254.36 */
{
    assert_levels((real[]){ (real)-0.5, 0, (real)0.5, (real)0.995 }, (int[]){ 64, 128, 191, 254 }, 4);
}
END_TEST

START_TEST(every_level_comes_back_from_its_number)
{
    real x[256];
    int level[256];
    for (int i = 0; i < 256; i++)
        x[i] = (real)i / (real)127.5 - 1, level[i] = i;
    assert_levels(x, level, 256);
}
END_TEST

START_TEST(what_is_beyond_the_range_is_cut)
{
    assert_levels((real[]){ (real)-1.01, -3, -INFINITY, (real)1.01, 3, INFINITY, (real)1e30 },
                  (int[]){ 0, 0, 0, 255, 255, 255, 255 }, 7);
}
END_TEST

START_TEST(nan_is_mid_grey) { assert_levels((real[]){ NAN, 1, -NAN }, (int[]){ 128, 255, 128 }, 3); }
END_TEST

/* 2 x 3 pictures of 2 x 4 pixels, zoom 3: walking over the canvas, a place
 * less than 3 into its cell of 3 + size is gap. */
START_TEST(pictures_lie_row_by_row_with_a_gap_between)
{
    enum { H = 2, W = 4, ZOOM = 3, HIGH = 2 * (H * ZOOM + ZOOM) + ZOOM, WIDE = 3 * (W * ZOOM + ZOOM) + ZOOM };
    real x[6 * H * W];
    for (int i = 0; i < 6 * H * W; i++)
        x[i] = (real)(100 + 3 * i) / (real)127.5 - 1;
    directory_begin();
    image_grid_write(dir, "grid.png", x, (ImageGrid){ 2, 3, H, W, .zoom = ZOOM });
    Picture p = picture_read();
    ck_assert(p.height == HIGH && p.width == WIDE);
    int gap = p.pixel[0];
    ck_assert(gap > 0 && gap < 100);
    for (int i = 0; i < HIGH; i++)
        for (int j = 0; j < WIDE; j++) {
            int down = i % (H * ZOOM + ZOOM), right = j % (W * ZOOM + ZOOM);
            int picture = i / (H * ZOOM + ZOOM) * 3 + j / (W * ZOOM + ZOOM);
            int place = picture * H * W + (down / ZOOM - 1) * W + right / ZOOM - 1;
            int expected = down < ZOOM || right < ZOOM ? gap : 100 + 3 * place;
            ck_assert_msg(p.pixel[i * WIDE + j] == expected, "(%d, %d): %d", i, j, p.pixel[i * WIDE + j]);
        }
    directory_end();
}
END_TEST

START_TEST(an_older_file_is_replaced_and_memory_given_back)
{
    real black = -1, white = 1;
    long blocks = memory_blocks();
    directory_begin();
    image_grid_write(dir, "grid.png", &black, (ImageGrid){ 1, 1, 1, 1, .zoom = 1 });
    image_grid_write(dir, "grid.png", &white, (ImageGrid){ 1, 1, 1, 1, .zoom = 2 });
    Picture p = picture_read();
    ck_assert(p.height == 6 && p.pixel[2 * 6 + 2] == 255 && p.pixel[3 * 6 + 3] == 255);
    directory_end();
    ck_assert_int_eq(memory_blocks(), blocks);
}
END_TEST

START_TEST(a_directory_that_is_missing_is_made)
{
    real x = 1;
    char below[64];
    directory_begin();
    snprintf(below, sizeof below, "%s/a/b", dir);
    image_grid_write(below, "grid.png", &x, (ImageGrid){ 1, 1, 1, 1, .zoom = 1 });
    snprintf(path, sizeof path, "%s/a/b/grid.png", dir);
    ck_assert_int_eq(picture_read().width, 3);
    unlink(path), rmdir(below);
    snprintf(path, sizeof path, "%s/a", dir);
    rmdir(path);
    directory_end();
}
END_TEST

START_TEST(an_unwritable_place_exits)
{
    real x = 1;
    image_grid_write("/dev/null/pictures", "grid.png", &x, (ImageGrid){ 1, 1, 1, 1, .zoom = 1 });
}
END_TEST

static void fail_if_anything_is_left(void)
{
    if (rmdir(path) != 0 || rmdir(dir) != 0)
        _exit(9);
}

/* A directory has the name already: found out only when the finished file takes its name. */
START_TEST(a_write_that_fails_leaves_nothing_and_exits)
{
    real x = 1;
    atexit(fail_if_anything_is_left); /* registered first, runs last */
    directory_begin();
    ck_assert_int_eq(mkdir(path, 0777), 0);
    image_grid_write(dir, "grid.png", &x, (ImageGrid){ 1, 1, 1, 1, .zoom = 1 });
}
END_TEST

START_TEST(zoom_0_aborts)
{
    real x = 1;
    image_grid_write("/tmp", "grid.png", &x, (ImageGrid){ 1, 1, 1, 1, .zoom = 0 });
}
END_TEST

SUITE("11 image", RUNS(minus_one_is_black_and_one_is_white), RUNS(between_them_greys_are_rounded),
      RUNS(every_level_comes_back_from_its_number), RUNS(what_is_beyond_the_range_is_cut), RUNS(nan_is_mid_grey),
      RUNS(pictures_lie_row_by_row_with_a_gap_between), RUNS(an_older_file_is_replaced_and_memory_given_back),
      RUNS(a_directory_that_is_missing_is_made), EXITS(an_unwritable_place_exits, 2),
      EXITS(a_write_that_fails_leaves_nothing_and_exits, 2), ABORTS(zoom_0_aborts))
