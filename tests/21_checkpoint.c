/* A checkpoint that is wrong, or that is not the one wanted, must end the
 * program: it is read in a child, whose status and one line on standard error
 * are what is tested. */
#include "21_checkpoint.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "10_data.h"
#include "10_digits.h"
#include "15_gan.h"
#include "21_safetensors.h"
#include "comma.h"
#include "suite.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- runs and their files --------------------------------------------------------------------------- */

static char dir[32], path[64], other_path[64], complaint_path[64];

static void disk_begin(void)
{
    threads_set(1); /* children are forked */
    strcpy(dir, "/tmp/gradus-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/run.safetensors", dir);
    snprintf(other_path, sizeof other_path, "%s/other.safetensors", dir);
    snprintf(complaint_path, sizeof complaint_path, "%s/complaint", dir);
}

static void disk_end(void)
{
    unlink(path), unlink(other_path), unlink(complaint_path);
    ck_assert_int_eq(rmdir(dir), 0);
}

static Recipe recipe_of(const char *model)
{
    return (Recipe){ model, strcmp(model, "mlp") == 0 ? "both" : "generator", "given", 2e-4, 8, 1, 28, 28, 0 };
}

static void assert_same_files(const char *a, const char *b, const char *of, int step)
{
    static char of_a[1 << 16], of_b[sizeof of_a];
    FILE *x = fopen(a, "rb"), *y = fopen(b, "rb");
    ck_assert(x && y);
    size_t n, m;
    long place = 0;
    do {
        n = fread(of_a, 1, sizeof of_a, x), m = fread(of_b, 1, sizeof of_b, y);
        ck_assert_msg(n == m && memcmp(of_a, of_b, n) == 0, "%s stopped after step %d: other bytes from %ld on", of, step,
                      place);
        place += (long)n;
    } while (n > 0);
    fclose(x), fclose(y);
    ck_assert(place > 0);
}

static void steps(Run *run, int n)
{
    for (int i = 0; i < n; i++)
        run_step(run);
}

/* ---- going on ------------------------------------------------------------------------------------------ */

/* A run of n steps, left alone, in `path`; then the same, stopped after `stop` steps, saved, loaded and continued. Its checkpoint
 * and the next step's losses must be the same. */
static void assert_continues(const Recipe *r, const Images *d, int n, const int *stops)
{
    Run run, again;
    long blocks = memory_blocks();
    run_new(&run, r, d);
    steps(&run, n);
    run_save(&run, path);
    GanStep next = run_step(&run);
    run_free(&run);
    for (const int *stop = stops; *stop >= 0; stop++) {
        run_new(&run, r, d);
        steps(&run, *stop);
        run_save(&run, other_path);
        run_free(&run);
        run_load(&again, other_path);
        ck_assert_int_eq(again.training.step, *stop);
        run_attach(&again, r, d, other_path);
        run_save(&again, other_path); /* saved anew: the file says all that a run is */
        run_free(&again);
        run_load(&again, other_path);
        run_attach(&again, r, d, other_path);
        steps(&again, n - *stop);
        run_save(&again, other_path);
        assert_same_files(path, other_path, r->model, *stop);
        GanStep s = run_step(&again);
        ck_assert(s.loss_g == next.loss_g && s.loss_real == next.loss_real && s.loss_fake == next.loss_fake &&
                  s.norm_g == next.norm_g && s.norm_d == next.norm_d);
        run_free(&again);
    }
    ck_assert_int_eq(memory_blocks(), blocks);
}

/* 30 images, 4 a step: the second permutation begins within step 8, the third with step 16. */
START_TEST(the_mlp_goes_on_bit_for_bit_wherever_it_stopped)
{
    disk_begin();
    Images d = digits_new(30, 1);
    Recipe r = recipe_of("mlp");
    assert_continues(&r, &d, 18,
                     long_tests() ? (int[]){ 1, 2, 6, 7, 8, 9, 14, 15, 16, 17, 18, -1 } : (int[]){ 1, 7, 8, 16, -1 });
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(a_run_of_no_steps_goes_on_too)
{
    disk_begin();
    Images d = digits_new(30, 1);
    Recipe r = recipe_of("mlp");
    assert_continues(&r, &d, 3, (int[]){ 0, -1 });
    images_free(&d);
    disk_end();
}
END_TEST

/* 10 images, 4 a step: the second permutation begins within step 3. */
static void assert_dcgan_continues(const char *model, const char *norm, const char *order)
{
    disk_begin();
    Images d = digits_new(10, 1);
    Recipe r = recipe_of(model);
    r.norm = norm, r.order = order;
    assert_continues(&r, &d, 4, long_tests() ? (int[]){ 1, 2, 3, -1 } : (int[]){ 3, -1 });
    images_free(&d);
    disk_end();
}

START_TEST(dcgan_upsample_goes_on_bit_for_bit) { assert_dcgan_continues("dcgan-upsample", "generator", "given"); }
END_TEST
START_TEST(dcgan_transpose_goes_on_bit_for_bit) { assert_dcgan_continues("dcgan-transpose", "both", "bn-first"); }
END_TEST

START_TEST(the_mlp_without_batch_norm_goes_on_bit_for_bit)
{
    static const char *const norms[] = { "none", "generator", "discriminator" };
    disk_begin();
    Images d = digits_new(30, 1);
    for (int k = 0; k < 3; k++) {
        Recipe r = recipe_of("mlp");
        r.norm = norms[k];
        assert_continues(&r, &d, 3, (int[]){ 1, -1 });
    }
    images_free(&d);
    disk_end();
}
END_TEST

/* A program in German prints one half as 0,5; its checkpoints and tables do not. */
START_TEST(files_have_a_decimal_point_whatever_the_locale)
{
    char text[512] = "", half[8];
    Recipe r = recipe_of("mlp");
    Run run, again;
    disk_begin();
    run_new(&run, &r, NULL);
    run_save(&run, path);
    bool comma = comma_begin();
    run_save(&run, other_path);
    assert_same_files(path, other_path, "locales", 0);
    run_load(&again, path);
    ck_assert(again.recipe.rate == 2e-4);
    FILE *log = fopen(other_path, "w+");
    gan_step_print(log, 1, &(GanStep){ .loss_real = 0.5 });
    rewind(log);
    ck_assert(fgets(text, sizeof text, log) && strncmp(text, "1\t0.5\t", 6) == 0);
    fclose(log);
    snprintf(half, sizeof half, "%.1f", 0.5);
    ck_assert_str_eq(half, comma ? "0,5" : "0.5"); /* the program's own numbers are as it wants them */
    run_free(&run), run_free(&again);
    disk_end();
    if (!comma)
        SKIP("no locale with a decimal comma here");
}
END_TEST

/* 8 x 6 images, a rate and a seed that need all their digits. */
START_TEST(images_of_another_size_and_odd_numbers_go_on)
{
    uint8_t pixel[20 * 48], label[20] = { 0 };
    Random random = random_stream(1, "test", 0);
    for (int i = 0; i < 20 * 48; i++)
        pixel[i] = (uint8_t)random_index(&random, 256);
    Images d = { 20, 8, 6, 10, pixel, label };
    Recipe r = { "mlp", "both", "given", 0.1 / 3, 4, UINT32_MAX, 8, 6, 0 };
    disk_begin();
    assert_continues(&r, &d, 5, (int[]){ 2, -1 });
    disk_end();
}
END_TEST

START_TEST(another_number_of_threads_writes_the_same_file)
{
    Images d = digits_new(30, 1);
    Recipe r = recipe_of("mlp");
    Run run;
    disk_begin();
    for (int threads = 1; threads <= 2; threads++) {
        threads_set(threads);
        run_new(&run, &r, &d);
        steps(&run, 3);
        run_save(&run, threads == 1 ? path : other_path);
        run_free(&run);
    }
    assert_same_files(path, other_path, "two threads", 3);
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(a_run_without_images_is_saved_and_loaded)
{
    Recipe r = recipe_of("dcgan-upsample");
    Run run, again;
    disk_begin();
    run_new(&run, &r, NULL);
    run_save(&run, path);
    run_load(&again, path);
    ck_assert(again.recipe.data == 0 && again.training.step == 0);
    run_save(&again, other_path);
    assert_same_files(path, other_path, "without images", 0);
    run_free(&run), run_free(&again);
    disk_end();
}
END_TEST

/* The weights come from elsewhere; batch, rate, seed and images from the one who trains on. */
START_TEST(a_run_without_images_takes_them_and_trains)
{
    Images d = digits_new(30, 1);
    Recipe made = recipe_of("mlp"), wanted = made;
    wanted.batch = 12, wanted.rate = 1e-3, wanted.seed = 5;
    Run run;
    long blocks = memory_blocks();
    disk_begin();
    run_new(&run, &made, NULL);
    run_save(&run, path);
    run_free(&run);
    run_load(&run, path);
    real before = run.gan.generator->base.param[0]->value.data[0];
    run_attach(&run, &wanted, &d, path);
    Random noise = gan_noise_stream(5); /* the seed wanted now, not the one it was imported with */
    ck_assert(run.gan.random.seed == noise.seed && run.gan.random.stream == noise.stream && run.gan.random.next == 0);
    ck_assert(run.gan.generator_adam.adam.rate == 1e-3 && run.gan.discriminator_adam.adam.rate == 1e-3 &&
              run.training.batch == 12);
    steps(&run, 3);
    ck_assert_int_eq(run.training.step, 3);
    ck_assert(run.gan.generator->base.param[0]->value.data[0] != before);
    run_save(&run, path);
    steps(&run, 4);
    run_save(&run, other_path);
    run_free(&run);
    run_load(&run, path); /* from here on it is a run like any other */
    ck_assert(run.recipe.data == images_fingerprint(&d) && run.recipe.batch == 12 && run.recipe.rate == 1e-3 &&
              run.recipe.seed == 5);
    run_attach(&run, &wanted, &d, path);
    steps(&run, 4);
    run_save(&run, path);
    assert_same_files(path, other_path, "an imported run", 3);
    run_free(&run);
    ck_assert_int_eq(memory_blocks(), blocks);
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(the_recipe_comes_back_and_outlives_other_files)
{
    static const char *const models[] = { "mlp", "dcgan-upsample", "dcgan-transpose", "mlp" };
    Run run[4];
    disk_begin();
    for (int i = 0; i < 4; i++) {
        Recipe r = recipe_of(models[i]);
        r.seed = (uint64_t)i, r.batch = 4 + 2 * i, r.rate = 0.1 / (i + 1), r.order = i == 2 ? "bn-first" : "given";
        run_new(&run[i], &r, NULL);
        run_save(&run[i], path);
        run_free(&run[i]);
        run_load(&run[i], path);
    }
    for (int i = 0; i < 4; i++) {
        const Recipe *r = &run[i].recipe;
        ck_assert_str_eq(r->model, models[i]);
        ck_assert_str_eq(r->norm, strcmp(models[i], "mlp") == 0 ? "both" : "generator");
        ck_assert_str_eq(r->order, i == 2 ? "bn-first" : "given");
        ck_assert(r->seed == (uint64_t)i && r->batch == 4 + 2 * i && r->rate == 0.1 / (i + 1) && r->height == 28 &&
                  r->width == 28);
        run_free(&run[i]);
    }
    disk_end();
}
END_TEST

/* ---- the fingerprint of the images ------------------------------------------------------------------------ */

START_TEST(fingerprints_tell_images_apart)
{
    uint8_t pixel[6] = { 1, 2, 3, 4, 5, 6 }, changed[6] = { 1, 2, 3, 4, 5, 7 }, exchanged[6] = { 2, 1, 3, 4, 5, 6 },
            label[6] = { 0 };
    const Images d[] = { { 1, 2, 3, 10, pixel, label },
                         { 1, 3, 2, 10, pixel, label },
                         { 2, 1, 3, 10, pixel, label },
                         { 1, 2, 3, 10, changed, label },
                         { 1, 2, 3, 10, exchanged, label } };
    for (int i = 0; i < 5; i++) {
        ck_assert(images_fingerprint(&d[i]) != 0);
        for (int j = 0; j < i; j++)
            ck_assert(images_fingerprint(&d[i]) != images_fingerprint(&d[j]));
    }
    /* FNV-1a by hand: ((basis ^ 1) p ^ 1) p ^ 1) p ^ 0) p, for one black pixel */
    uint64_t hash = 0xcbf29ce484222325u;
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (i < 3)) * 1099511628211u;
    ck_assert(images_fingerprint(&(Images){ 1, 1, 1, 10, (uint8_t[]){ 0 }, label }) == hash);
}
END_TEST

/* ---- files that are refused --------------------------------------------------------------------------------- */

typedef struct {
    const Recipe *wanted; /* NULL: load only */
    const Images *images;
} Attempt;

/* Status 2, and one line of printable characters that holds the words. */
static void assert_refused(Attempt a, const char *words)
{
    char line[1000] = "";
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        Run run;
        if (!freopen(complaint_path, "w", stderr))
            _exit(9);
        ignore_leaks();
        run_load(&run, path);
        if (a.wanted)
            run_attach(&run, a.wanted, a.images, path);
        _exit(0);
    }
    waitpid(child, &status, 0);
    FILE *file = fopen(complaint_path, "r");
    size_t n = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 2, "status %x for '%s': %s", status, words, line);
    ck_assert_msg(n > 0 && strchr(line, '\n') == line + n - 1, "not one line: %s", line);
    for (size_t i = 0; i + 1 < n; i++)
        ck_assert_msg(line[i] >= ' ' && line[i] <= '~', "character %d in: %s", line[i], line);
    ck_assert_msg(strstr(line, words) && strstr(line, path), "no '%s' or no %s in: %s", words, path, line);
}

/* A run of two steps in `path`, to be spoilt. */
static void good_run(const Images *d, const char *model)
{
    Run run;
    Recipe r = recipe_of(model);
    run_new(&run, &r, d);
    if (d)
        steps(&run, 2);
    run_save(&run, path);
    run_free(&run);
}

/* What is in `other_path`, with one entry of the metadata changed, or for NULL taken out, goes to `path`. */
static void spoil_meta(const char *key, const char *value)
{
    Safetensors s = safetensors_read(other_path);
    int i = 0;
    while (i < s.n_meta && strcmp(s.meta[i].key, key) != 0)
        i++;
    ck_assert_msg(i < s.n_meta, "no metadata %s", key);
    Metadata *last = &s.meta[s.n_meta - 1], kept = s.meta[i];
    s.meta[i] = *last, *last = kept;
    memory_release(last->key), memory_release(last->value);
    s.n_meta--;
    if (value)
        safetensors_set(&s, key, "%s", value);
    safetensors_write(&s, path);
    safetensors_free(&s);
}

typedef struct {
    const char *key, *value, *words;
} Meta;

static void assert_meta_refused(const char *model, const Meta *m, int n)
{
    disk_begin();
    Images d = digits_new(12, 1);
    good_run(&d, model);
    ck_assert_int_eq(rename(path, other_path), 0);
    for (int i = 0; i < n; i++) {
        spoil_meta(m[i].key, m[i].value);
        assert_refused((Attempt){ NULL, NULL }, m[i].words);
    }
    images_free(&d);
    disk_end();
}

#define ASSERT_META_REFUSED(model, ...)                                            \
    do {                                                                           \
        static const Meta cases_[] = { __VA_ARGS__ };                              \
        assert_meta_refused(model, cases_, (int)(sizeof cases_ / sizeof *cases_)); \
    } while (0)

START_TEST(missing_metadata_are_refused)
{
    ASSERT_META_REFUSED("mlp", { "format", NULL, "no 'format'" }, { "model", NULL, "no 'model'" },
                        { "norm", NULL, "no 'norm'" }, { "order", NULL, "no 'order'" }, { "rate", NULL, "no 'rate'" },
                        { "batch", NULL, "no 'batch'" }, { "seed", NULL, "no 'seed'" }, { "height", NULL, "no 'height'" },
                        { "width", NULL, "no 'width'" }, { "data", NULL, "no 'data'" }, { "step", NULL, "no 'step'" },
                        { "noise", NULL, "no 'noise'" }, { "shuffle", NULL, "no 'shuffle'" },
                        { "shuffle_next", NULL, "no 'shuffle_next'" });
}
END_TEST

START_TEST(wrong_metadata_are_refused)
{
    ASSERT_META_REFUSED(
        "mlp", { "format", "gradus 2", "expected gradus 1" }, { "format", "", "expected gradus 1" },
        { "model", "gan", "expected mlp|" }, { "model", "", "expected mlp|" },
        { "model", "mlp|dcgan-upsample", "expected mlp|" }, { "norm", "Both", "expected both|" },
        { "order", "first", "expected given|" }, { "rate", "nan", "rate" }, { "rate", "inf", "rate" }, { "rate", "0", "rate" },
        { "rate", "-1", "rate" }, { "rate", "1e31", "rate" }, { "rate", "", "rate" }, { "rate", "1e-3x", "rate" },
        { "batch", "7", "an even number" }, { "batch", "2", "4 to 65536" }, { "batch", "65538", "4 to 65536" },
        { "batch", "-8", "batch" }, { "batch", "8.0", "batch" }, { "batch", " 8", "batch" }, { "batch", "0x8", "batch" },
        { "batch", "99999999999999999999999999", "batch" }, { "seed", "4294967296", "seed" }, { "seed", "-1", "seed" },
        { "height", "0", "height" }, { "height", "4097", "height" }, { "height", "27", "27x28" }, { "width", "29", "28x29" },
        { "height", "4096", "4096x28" }, { "width", "", "width" }, { "data", "-1", "data" }, { "data", "x", "data" },
        { "data", "0", "'order_of_the_images', which does not belong here" }, { "step", "-1", "step" },
        { "step", "1e3", "step" }, { "step", "9007199254740993", "step" }, { "noise", "1 2", "noise" },
        { "noise", "1 2 3 4", "noise" }, { "noise", "1 2 x", "noise" }, { "noise", "-1 2 3", "noise" },
        { "noise", "", "noise" }, { "noise", "1 2 3 ", "noise" }, { "shuffle", "1,2,3", "shuffle" },
        { "shuffle_next", "13", "0 to 12" }, { "shuffle_next", "-1", "0 to 12" });
}
END_TEST

START_TEST(metadata_of_another_model_are_refused)
{
    ASSERT_META_REFUSED("mlp", { "model", "dcgan-upsample", "which does not belong here" },
                        { "norm", "none", "not those of an mlp" }, { "norm", "generator", "does not belong here" },
                        { "norm", "discriminator", "not those of an mlp" });
    ASSERT_META_REFUSED("dcgan-upsample", { "model", "mlp", "not those of an mlp" },
                        { "model", "dcgan-transpose", "found shape" }, { "norm", "both", "'discriminator." },
                        { "height", "29", "28 x 28" }, { "width", "14", "28 x 28" },
                        { "order", "bn-first", "does not belong here" });
}
END_TEST

/* What stands in a file does not steer the terminal. */
START_TEST(no_control_character_of_the_metadata_is_printed)
{
    ASSERT_META_REFUSED("mlp", { "model", "mlp\033[2J", "model" }, { "norm", "\nboth", "norm" },
                        { "format", "gradus\r1", "format" }, { "step", "\0071", "step" }, { "rate", "1\b2", "rate" },
                        { "noise",
                          "\x9b"
                          "2J",
                          "noise" },
                        { "batch", "8\x7f", "batch" });
}
END_TEST

/* ---- tensors ---------------------------------------------------------------------------------------------------- */

START_TEST(missing_or_foreign_tensors_are_refused)
{
    static const char *const names[] = { "generator.0.weight",
                                         "generator.0.bias.adam_m",
                                         "generator.1.running_mean",
                                         "generator.1.num_batches_tracked",
                                         "discriminator.6.weight.adam_v",
                                         "discriminator.6.bias",
                                         "order_of_the_images" };
    disk_begin();
    Images d = digits_new(12, 1);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char words[100];
        snprintf(words, sizeof words, "'%s' is missing", names[k]);
        good_run(&d, "mlp");
        Safetensors s = safetensors_read(path);
        for (int i = 0; i < s.n; i++)
            if (strcmp(s.slot[i].name, names[k]) == 0)
                s.slot[i] = s.slot[--s.n];
        safetensors_write(&s, path);
        assert_refused((Attempt){ NULL, NULL }, words);
        safetensors_add(&s, F32, 0, NULL, &(float){ 1 }, "surplus");
        safetensors_write(&s, path);
        assert_refused((Attempt){ NULL, NULL },
                       k == 6 ? "'order_of_the_images' is missing" : "'surplus', which does not belong here");
        safetensors_free(&s);
    }
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(wrong_numbers_are_refused)
{
    static const struct {
        const char *name;
        double value;
        const char *words;
    } cases[] = { { "generator.0.weight", NAN, "is NaN or infinite" },
                  { "discriminator.3.bias", INFINITY, "is NaN or infinite" },
                  { "generator.3.weight.adam_m", -INFINITY, "is NaN or infinite" },
                  { "generator.3.weight.adam_v", -1, "no variance below 0" },
                  { "generator.4.running_var", -0.5, "element 0 is -0.5" },
                  { "discriminator.1.running_mean", NAN, "is NaN or infinite" } };
    disk_begin();
    Images d = digits_new(12, 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        good_run(&d, "mlp");
        Safetensors s = safetensors_read(path);
        *(real *)safetensors_find(&s, cases[k].name)->data = (real)cases[k].value;
        safetensors_write(&s, path);
        safetensors_free(&s);
        assert_refused((Attempt){ NULL, NULL }, cases[k].words);
    }
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(an_order_that_is_no_permutation_is_refused)
{
    static const struct {
        int place;
        int32_t value;
    } cases[] = { { 0, -1 }, { 11, 12 }, { 5, INT32_MAX }, { 7, INT32_MIN }, { 3, -2 /* the next one's */ } };
    disk_begin();
    Images d = digits_new(12, 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        good_run(&d, "mlp");
        Safetensors s = safetensors_read(path);
        int32_t *order = safetensors_find(&s, "order_of_the_images")->data;
        order[cases[k].place] = cases[k].value == -2 ? order[cases[k].place + 1] : cases[k].value;
        safetensors_write(&s, path);
        safetensors_free(&s);
        assert_refused((Attempt){ NULL, NULL }, "every number from 0 to 11 once");
    }
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(an_order_of_another_kind_is_refused)
{
    float f[12] = { 0 };
    int32_t order[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    disk_begin();
    Images d = digits_new(12, 1);
    Recipe wanted = recipe_of("mlp");
    for (int k = 0; k < 3; k++) {
        good_run(&d, "mlp");
        Safetensors s = safetensors_read(path);
        Slot *slot = (Slot *)safetensors_find(&s, "order_of_the_images");
        if (k == 0)
            slot->dtype = F32, slot->data = f;
        else if (k == 1)
            slot->rank = 2, slot->dim[0] = 3, slot->dim[1] = 4, slot->data = order;
        else
            slot->dim[0] = 11, slot->data = order; /* a permutation, of fewer images */
        safetensors_write(&s, path);
        safetensors_free(&s);
        assert_refused((Attempt){ &wanted, &d }, k == 0   ? "found dtype F32"
                                                 : k == 1 ? "order_of_the_images"
                                                          : "--data: found other images");
    }
    images_free(&d);
    disk_end();
}
END_TEST

START_TEST(files_cut_or_changed_in_the_header_are_refused)
{
    disk_begin();
    Images d = digits_new(12, 1);
    good_run(&d, "mlp");
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    for (int k = 0; k < 6; k++) {
        ck_assert_int_eq(truncate(path, (long[]){ size - 1, size - 100000, 9000, 500, 7, 0 }[k]), 0);
        assert_refused((Attempt){ NULL, NULL }, k < 3 ? "" : "truncated");
    }
    unlink(path);
    assert_refused((Attempt){ NULL, NULL }, "cannot read");
    images_free(&d);
    disk_end();
}
END_TEST

/* ---- recipes that differ ------------------------------------------------------------------------------------------ */

START_TEST(another_recipe_than_the_checkpoint_s_is_refused)
{
    disk_begin();
    Images d = digits_new(12, 1), others = digits_new(12, 2), more = digits_new(13, 1);
    uint8_t pixel[12 * 12] = { 0 };
    Images small = { 12, 4, 3, 10, pixel, pixel };
    const Recipe r = recipe_of("mlp");
    Recipe model = r, norm = r, order = r, rate = r, batch = r, seed = r;
    model.model = "dcgan-upsample", norm.norm = "none", order.order = "bn-first", rate.rate = 3e-4, batch.batch = 10,
    seed.seed = 2;
    good_run(&d, "mlp");
    assert_refused((Attempt){ &model, &d }, "--model: found dcgan-upsample; ");
    assert_refused((Attempt){ &norm, &d }, "--norm: found none; ");
    assert_refused((Attempt){ &order, &d }, "--order: found bn-first; ");
    assert_refused((Attempt){ &rate, &d }, "--rate: found 0.0003; ");
    assert_refused((Attempt){ &batch, &d }, "--batch: found 10; ");
    assert_refused((Attempt){ &seed, &d }, "--seed: found 2; ");
    assert_refused((Attempt){ &r, &others }, "--data: found other images");
    assert_refused((Attempt){ &r, &more }, "--data: found other images");
    assert_refused((Attempt){ &r, &small }, "--data: found images of 4x3; ");
    Run run; /* and what all of them are held against is not */
    run_load(&run, path);
    run_attach(&run, &r, &d, path);
    run_free(&run);
    images_free(&d), images_free(&others), images_free(&more);
    disk_end();
}
END_TEST

START_TEST(an_imported_run_of_another_model_is_refused)
{
    disk_begin();
    Images d = digits_new(12, 1);
    const Recipe r = recipe_of("dcgan-upsample");
    Recipe norm = r, order = r;
    norm.norm = "both", order.order = "bn-first";
    good_run(NULL, "dcgan-transpose");
    assert_refused((Attempt){ &r, &d }, "--model: found dcgan-upsample; ");
    good_run(NULL, "dcgan-upsample");
    assert_refused((Attempt){ &norm, &d }, "--norm: found both; ");
    assert_refused((Attempt){ &order, &d }, "--order: found bn-first; ");
    images_free(&d);
    disk_end();
}
END_TEST

SUITE("21 checkpoint", RUNS(the_mlp_goes_on_bit_for_bit_wherever_it_stopped), RUNS(a_run_of_no_steps_goes_on_too),
      RUNS(dcgan_upsample_goes_on_bit_for_bit), RUNS(dcgan_transpose_goes_on_bit_for_bit),
      RUNS(the_mlp_without_batch_norm_goes_on_bit_for_bit), RUNS(files_have_a_decimal_point_whatever_the_locale),
      RUNS(images_of_another_size_and_odd_numbers_go_on), RUNS(another_number_of_threads_writes_the_same_file),
      RUNS(a_run_without_images_is_saved_and_loaded), RUNS(a_run_without_images_takes_them_and_trains),
      RUNS(the_recipe_comes_back_and_outlives_other_files), RUNS(fingerprints_tell_images_apart),
      RUNS(missing_metadata_are_refused), RUNS(wrong_metadata_are_refused), RUNS(metadata_of_another_model_are_refused),
      RUNS(no_control_character_of_the_metadata_is_printed), RUNS(missing_or_foreign_tensors_are_refused),
      RUNS(wrong_numbers_are_refused), RUNS(an_order_that_is_no_permutation_is_refused),
      RUNS(an_order_of_another_kind_is_refused), RUNS(files_cut_or_changed_in_the_header_are_refused),
      RUNS(another_recipe_than_the_checkpoint_s_is_refused), RUNS(an_imported_run_of_another_model_is_refused))
