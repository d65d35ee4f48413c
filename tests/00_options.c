/* Options, errors and files. What must end a program happens in a child of
 * the test, so that its status, its words and what it left can all be seen. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "00_options.h"
#include "00_error.h"
#include "00_files.h"
#include "00_progress.h"
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- a child, and a directory of its own ------------------------------------------------ */

typedef struct {
    int status; /* of exit; minus the signal where one ended it */
    char text[4096];
} Ended;

static Ended run(void (*body)(void))
{
    Ended e = { 0 };
    int end[2], status;
    size_t length = 0;
    ck_assert_int_eq(pipe(end), 0);
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(end[1], STDOUT_FILENO), dup2(end[1], STDERR_FILENO);
        close(end[0]), close(end[1]);
        body();
        exit(0);
    }
    close(end[1]);
    for (ssize_t n; (n = read(end[0], e.text + length, sizeof e.text - 1 - length)) > 0;)
        length += (size_t)n;
    close(end[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    e.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return e;
}

/* A user's error: status 2, one line, which holds both words. */
static void assert_user_error(Ended e, const char *word, const char *other)
{
    const char *newline = strchr(e.text, '\n');
    ck_assert_msg(e.status == 2, "status %d: %s", e.status, e.text);
    ck_assert_msg(newline && newline[1] == '\0', "not one line: %s", e.text);
    ck_assert_msg(strstr(e.text, word) && strstr(e.text, other), "no '%s' or no '%s' in: %s", word, other, e.text);
}

static char dir[512];

static void directory_begin(void)
{
    strcpy(dir, "/tmp/gradus-program-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void directory_end(void)
{
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    ck_assert_int_eq(system(command), 0);
}

static const char *below(const char *name) /* DIR/NAME */
{
    static char path[4][2048];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static int entries(void)
{
    DIR *d = opendir(dir);
    int n = -2; /* . and .. */
    ck_assert_ptr_nonnull(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void put(const char *name, const char *text)
{
    FILE *f = output_open(dir, name);
    fputs(text, f);
    output_close(f);
}

static void assert_holds(const char *name, const char *text)
{
    char found[256] = "";
    FILE *f = fopen(below(name), "rb");
    ck_assert_ptr_nonnull(f);
    found[fread(found, 1, sizeof found - 1, f)] = '\0';
    fclose(f);
    ck_assert_str_eq(found, text);
}

static bool is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* ---- options ----------------------------------------------------------------------------- */

static bool loud;
static long steps = 10;
static double rate = 0.25;
static const char *label = "none", *scale = "quick";

static const Option table[] = {
    { "loud", OPTION_FLAG, &loud, "say more", 0, 0, NULL },
    { "steps", OPTION_INTEGER, &steps, "how many", -5, 1000, NULL },
    { "rate", OPTION_NUMBER, &rate, "how fast", 0, 1, NULL },
    { "label", OPTION_TEXT, &label, "its name", 0, 0, NULL },
    { "scale", OPTION_CHOICE, &scale, "how long", 0, 0, "quick|full" },
    { NULL, OPTION_FLAG, NULL, NULL, 0, 0, NULL },
};

static const char *given[8]; /* the arguments; NULL ends them */

static void read_given(void)
{
    char *argv[10] = { "some/where/prog" };
    int argc = 1;
    while (given[argc - 1])
        argv[argc] = (char *)given[argc - 1], argc++;
    options_read(argc, argv, "About this program.", table);
}

#define GIVE(...) memcpy(given, (const char *[8]){ __VA_ARGS__ }, sizeof given)
#define READ(...) (GIVE(__VA_ARGS__), read_given())
#define ENDED(...) (GIVE(__VA_ARGS__), run(read_given))

START_TEST(defaults_stay_where_nothing_is_given)
{
    READ(NULL);
    ck_assert(!loud && steps == 10 && rate == 0.25);
    ck_assert_str_eq(label, "none");
    ck_assert_str_eq(scale, "quick");
}
END_TEST

START_TEST(every_kind_is_read_with_a_space)
{
    READ("--loud", "--steps", "7", "--rate", "1e-3", "--label", "a b");
    ck_assert(loud && steps == 7 && rate == 1e-3);
    ck_assert_str_eq(label, "a b");
    READ("--scale", "full");
    ck_assert_str_eq(scale, "full");
}
END_TEST

START_TEST(every_kind_is_read_with_an_equals_sign)
{
    READ("--steps=-3", "--rate=0.75", "--label=a=b", "--scale=full", "--loud");
    ck_assert(loud && steps == -3 && rate == 0.75);
    ck_assert_str_eq(label, "a=b");
    ck_assert_str_eq(scale, "full");
}
END_TEST

START_TEST(both_ends_of_a_range_belong_to_it)
{
    READ("--steps", "-5", "--rate", "1");
    ck_assert(steps == -5 && rate == 1);
    READ("--steps", "1000", "--rate", "0");
    ck_assert(steps == 1000 && rate == 0);
}
END_TEST

START_TEST(the_last_of_two_values_counts)
{
    READ("--steps=3", "--steps=4");
    ck_assert_int_eq(steps, 4);
}
END_TEST

#define REFUSES(test, word, other, ...)                                      \
    START_TEST(test) { assert_user_error(ENDED(__VA_ARGS__), word, other); } \
    END_TEST

REFUSES(unknown_option_is_refused, "prog: ", "--stepz", "--stepz", "3")
REFUSES(part_of_a_name_is_refused, "unknown", "--step", "--step=3")
REFUSES(longer_name_is_refused, "unknown", "--stepsize", "--stepsize", "3")
REFUSES(word_without_dashes_is_refused, "unknown", "'steps'", "steps", "3")
REFUSES(two_dashes_alone_are_refused, "unknown", "'--'", "--")
REFUSES(single_dash_is_refused, "unknown", "'-s'", "-s")
REFUSES(flag_with_a_value_is_refused, "--loud", "yes", "--loud=yes")
REFUSES(word_for_an_integer_is_refused, "--steps", "many", "--steps", "many")
REFUSES(fraction_for_an_integer_is_refused, "--steps", "2.5", "--steps=2.5")
REFUSES(rubbish_behind_a_number_is_refused, "--steps", "12x", "--steps", "12x")
REFUSES(empty_number_is_refused, "--steps", "''", "--steps=")
REFUSES(nan_is_no_number, "--rate", "nan", "--rate", "nan")
REFUSES(infinity_is_no_number, "--rate", "inf", "--rate=inf")
REFUSES(overflow_is_no_number, "--rate", "1e999", "--rate", "1e999")
REFUSES(integer_below_its_range_is_refused, "-6", "-5 to 1000", "--steps", "-6")
REFUSES(integer_above_its_range_is_refused, "1001", "-5 to 1000", "--steps=1001")
REFUSES(number_above_its_range_is_refused, "--rate", "0 to 1", "--rate", "1.0000001")
REFUSES(missing_value_is_refused, "--steps", "expected", "--rate=1", "--steps")
REFUSES(missing_text_is_refused, "--label", "expected", "--label")
REFUSES(bad_choice_is_refused, "medium", "quick|full", "--scale", "medium")
REFUSES(part_of_a_choice_is_refused, "'ful'", "quick|full", "--scale=ful")
REFUSES(two_choices_at_once_are_refused, "'quick|full'", "expected", "--scale", "quick|full")
REFUSES(empty_choice_is_refused, "''", "quick|full", "--scale=")

START_TEST(help_prints_everything_and_exits_with_0)
{
    static const char *word[] = { "About this program.",
                                  "prog [options]",
                                  "--loud",
                                  "--steps N",
                                  "how many (10)",
                                  "--rate X",
                                  "(0.25)",
                                  "--label TEXT",
                                  "(none)",
                                  "--scale quick|full",
                                  "(quick)" };
    Ended e = ENDED("--help");
    ck_assert_int_eq(e.status, 0);
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        ck_assert_msg(strstr(e.text, word[i]) != NULL, "no '%s' in: %s", word[i], e.text);
}
END_TEST

START_TEST(short_help_is_help) { ck_assert_int_eq(ENDED("-h").status, 0); }
END_TEST

/* ---- what experiments share ------------------------------------------------------------------ */

static long width = 3;
static const Option own[] = { { "width", OPTION_INTEGER, &width, "how wide", 1, 9, NULL },
                              { NULL, OPTION_FLAG, NULL, NULL, 0, 0, NULL } };

static Experiment read_experiment(const char *a, const char *b, const char *c, const char *d)
{
    char *argv[] = { "prog", (char *)a, (char *)b, (char *)c, (char *)d, NULL };
    return experiment_read(1 + !!a + !!b + !!c + !!d, argv, "About.", own);
}

static void seed_too_large(void) { read_experiment("--seed=4294967296", NULL, NULL, NULL); }
static void seed_negative(void) { read_experiment("--seed=-1", NULL, NULL, NULL); }
static void experiment_help(void) { read_experiment("--help", NULL, NULL, NULL); }

START_TEST(experiment_has_defaults)
{
    Experiment e = read_experiment(NULL, NULL, NULL, NULL);
    ck_assert(e.seed == 1 && !e.full && width == 3);
    ck_assert_str_eq(e.data, "digits");
    ck_assert_str_eq(e.out, "build/quick");
}
END_TEST

START_TEST(experiment_reads_its_own_options_and_the_shared)
{
    Experiment e = read_experiment("--seed=4294967295", "--data=mnist", "--out=here", "--width=5");
    ck_assert(e.seed == 4294967295 && !e.full && width == 5);
    ck_assert_str_eq(e.data, "mnist");
    ck_assert_str_eq(e.out, "here");
    char *argv[] = { "prog", "--seed", "7", NULL };
    ck_assert_int_eq(experiment_read(3, argv, "About.", NULL).seed, 7);
}
END_TEST

START_TEST(full_scale_goes_to_another_directory_unless_told)
{
    Experiment e = read_experiment("--scale", "full", NULL, NULL);
    Experiment told = read_experiment("--scale=full", "--out=x", NULL, NULL);
    ck_assert(e.full && told.full);
    ck_assert_str_eq(e.out, "build/full");
    ck_assert_str_eq(told.out, "x");
}
END_TEST

START_TEST(seed_outside_32_bits_is_refused)
{
    assert_user_error(run(seed_too_large), "--seed", "0 to 4294967295");
    assert_user_error(run(seed_negative), "--seed", "0 to 4294967295");
}
END_TEST

START_TEST(help_of_an_experiment_lists_both_kinds_of_option)
{
    Ended e = run(experiment_help);
    ck_assert(e.status == 0 && strstr(e.text, "--seed N") && strstr(e.text, "--width N"));
    ck_assert(strstr(e.text, "--scale quick|full") && strstr(e.text, "--data") && strstr(e.text, "--out"));
}
END_TEST

/* ---- directories ---------------------------------------------------------------------------- */

START_TEST(directories_are_made_all_the_way_down)
{
    directory_begin();
    directory_make(below("a/b/c"));
    ck_assert(is_directory(below("a/b/c")));
    directory_make(below("a/b/c"));
    directory_make(below("a/b/d/"));
    ck_assert(is_directory(below("a/b/d")));
    directory_end();
}
END_TEST

static void open_in_missing(void) { output_close(output_open(below("new/deep"), "t")); }
static void make_a_file(void) { directory_make(below("file")); }
static void make_below_a_file(void) { directory_make(below("file/sub")); }
static void open_in_a_file(void) { output_open(below("file"), "t.tsv"); }
static void open_in_proc(void) { output_open("/proc", "t.tsv"); }
static void make_nothing(void) { directory_make(""); }

static void make_too_long(void)
{
    char path[3000];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    directory_make(path);
}

START_TEST(output_open_makes_its_directory)
{
    directory_begin();
    ck_assert_int_eq(run(open_in_missing).status, 0);
    ck_assert_int_eq(access(below("new/deep/t"), F_OK), 0);
    directory_end();
}
END_TEST

START_TEST(a_file_is_no_directory)
{
    directory_begin();
    put("file", "");
    assert_user_error(run(make_a_file), below("file"), "directory");
    assert_user_error(run(make_below_a_file), below("file"), "directory");
    assert_user_error(run(open_in_a_file), below("file"), "directory");
    assert_holds("file", "");
    directory_end();
}
END_TEST

START_TEST(unwritable_directory_is_a_users_error) { assert_user_error(run(open_in_proc), "/proc/t.tsv", "write"); }
END_TEST
START_TEST(path_too_long_is_a_users_error) { assert_user_error(run(make_too_long), "xxxx", "2999"); }
END_TEST
START_TEST(empty_path_is_a_users_error) { ck_assert_int_eq(run(make_nothing).status, 2); }
END_TEST

/* ---- files: whole or not at all ------------------------------------------------------------------ */

START_TEST(name_comes_with_close_and_not_before)
{
    directory_begin();
    FILE *f = output_open(dir, "t");
    fputs("half", f);
    fflush(f);
    ck_assert_int_ne(access(below("t"), F_OK), 0);
    fputs(" whole", f);
    output_close(f);
    assert_holds("t", "half whole");
    ck_assert_int_eq(entries(), 1);
    directory_end();
}
END_TEST

static void open_half(void) { fputs("half", output_open(dir, "t")); }

static void half_and_user_error(void)
{
    open_half();
    user_error("%s: found %d", "thing", 3);
}

static void half_and_terminated(void)
{
    open_half();
    raise(SIGTERM);
}

static void half_and_interrupted(void)
{
    open_half();
    raise(SIGINT);
}

static void write_much(long bytes)
{
    struct rlimit limit = { 4096, 4096 };
    FILE *f = output_open(dir, "t");
    setrlimit(RLIMIT_FSIZE, &limit);
    for (long i = 0; i < bytes; i++)
        fputc('x', f);
    output_close(f);
}

static void write_a_little_too_much(void) { write_much(4097); } /* shows when flushed */
static void write_far_too_much(void) { write_much(100000); }    /* shows while writing */
static void write_what_fits(void) { write_much(4096); }

/* What was lost stays lost, though the last flush goes well. */
static void write_while_the_disk_was_full(void)
{
    struct rlimit limit;
    FILE *f = output_open(dir, "t");
    getrlimit(RLIMIT_FSIZE, &limit);
    rlim_t enough = limit.rlim_cur;
    limit.rlim_cur = 4096, setrlimit(RLIMIT_FSIZE, &limit);
    for (long i = 0; i < 100000; i++)
        fputc('x', f);
    limit.rlim_cur = enough, setrlimit(RLIMIT_FSIZE, &limit);
    output_close(f);
}

static void finish_onto_a_directory(void)
{
    directory_make(below("t/sub"));
    output_close(output_open(dir, "t"));
}

/* The body ends so, and the file that was there before is as it was. */
static Ended leaves_the_old_file(void (*body)(void), int status)
{
    directory_begin();
    put("t", "old");
    Ended e = run(body);
    ck_assert_msg(e.status == status, "status %d: %s", e.status, e.text);
    ck_assert_int_eq(entries(), 1);
    assert_holds("t", "old");
    directory_end();
    return e;
}

START_TEST(program_that_exits_early_leaves_no_part) { leaves_the_old_file(open_half, 0); }
END_TEST
START_TEST(interrupted_program_leaves_no_part) { leaves_the_old_file(half_and_interrupted, -SIGINT); }
END_TEST
START_TEST(terminated_program_leaves_no_part) { leaves_the_old_file(half_and_terminated, -SIGTERM); }
END_TEST

START_TEST(user_error_leaves_no_part)
{
    assert_user_error(leaves_the_old_file(half_and_user_error, 2), ": thing: found 3", "\n");
}
END_TEST

START_TEST(full_disk_found_at_the_end_is_a_users_error)
{
    assert_user_error(leaves_the_old_file(write_a_little_too_much, 2), "/t: ", "too large");
}
END_TEST

START_TEST(full_disk_found_while_writing_is_a_users_error)
{
    assert_user_error(leaves_the_old_file(write_far_too_much, 2), "/t: ", "too large");
}
END_TEST

START_TEST(disk_full_for_a_while_is_a_users_error)
{
    assert_user_error(leaves_the_old_file(write_while_the_disk_was_full, 2), "/t: ", "\n");
}
END_TEST

START_TEST(disk_just_large_enough_will_do)
{
    directory_begin();
    ck_assert_int_eq(run(write_what_fits).status, 0);
    ck_assert_int_eq(access(below("t"), F_OK), 0);
    directory_end();
}
END_TEST

START_TEST(name_taken_by_a_directory_is_a_users_error)
{
    directory_begin();
    assert_user_error(run(finish_onto_a_directory), below("t"), "no plain file");
    ck_assert_int_eq(entries(), 1);
    directory_end();
}
END_TEST

START_TEST(a_synced_file_is_whole_under_its_name)
{
    directory_begin();
    FILE *file = output_open(dir, "t");
    fputs("all of it", file);
    output_close_synced(file);
    ck_assert_int_eq(entries(), 1); /* no .part is left */
    FILE *read = fopen(below("t"), "r");
    char text[32] = "";
    ck_assert(read && fgets(text, sizeof text, read));
    ck_assert_str_eq(text, "all of it");
    fclose(read);
    directory_end();
}
END_TEST

START_TEST(paths_are_split_at_the_last_slash)
{
    static const char *const path[][3] = {
        { "a", ".", "a" }, { "a/b", "a", "b" }, { "/a", "/", "a" }, { "/a/b.c/d", "/a/b.c", "d" }, { "./a", ".", "a" },
    };
    char directory[PATH_SIZE], name[PATH_SIZE];
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        path_split(path[i][0], directory, name);
        ck_assert_str_eq(directory, path[i][1]);
        ck_assert_str_eq(name, path[i][2]);
    }
}
END_TEST

static void split_without_a_name(void)
{
    char directory[PATH_SIZE], name[PATH_SIZE];
    path_split("a/b/", directory, name);
}

START_TEST(a_path_that_ends_in_a_slash_is_a_users_error)
{
    assert_user_error(run(split_without_a_name), "a/b/", "expected a file");
}
END_TEST

START_TEST(a_word_is_found_whole_or_not_at_all)
{
    ck_assert(word_among("quick", "quick|full") && word_among("full", "quick|full"));
    ck_assert(!word_among("", "quick|full") && !word_among("ful", "quick|full") && !word_among("quick|full", "quick|full"));
    ck_assert(!word_among("fuller", "quick|full") && !word_among("|", "quick|full"));
}
END_TEST

START_TEST(an_interrupt_is_noted_and_the_second_obeyed)
{
    interrupts_hold();
    ck_assert_int_eq(interrupted(), 0);
    raise(SIGTERM);
    ck_assert_int_eq(interrupted(), SIGTERM);
    raise(SIGTERM); /* the test expects to die of this one */
    ck_abort_msg("the second signal was held as well");
}
END_TEST

START_TEST(files_open_side_by_side_keep_apart)
{
    directory_begin();
    FILE *a = output_open(dir, "a"), *b = output_open(dir, "b");
    fputs("1", a), fputs("2", b), fputs("3", a);
    output_close(a);
    ck_assert_int_ne(access(below("b"), F_OK), 0);
    output_close(b);
    assert_holds("a", "13");
    assert_holds("b", "2");
    directory_end();
}
END_TEST

START_TEST(two_that_write_one_name_do_not_mix)
{
    directory_begin();
    FILE *a = output_open(dir, "t"), *b = output_open(dir, "t");
    fputs("the first", a), fputs("second", b);
    output_close(a);
    assert_holds("t", "the first");
    output_close(b);
    assert_holds("t", "second");
    ck_assert_int_eq(entries(), 1);
    directory_end();
}
END_TEST

static void touch(const char *name)
{
    FILE *f = fopen(below(name), "w");
    ck_assert(f && fclose(f) == 0);
}

START_TEST(what_a_killed_program_left_is_removed_and_what_another_writes_is_not)
{
    char another[64];
    directory_begin();
    snprintf(another, sizeof another, "t.%ld-0.part", (long)getppid());
    touch(another), touch("t.2147483647-0.part"), touch("t.2147483647-0.partly"), touch("u.2147483647-0.part"), touch("t.1-");
    put("t", "all");
    ck_assert_int_eq(entries(), 5);
    ck_assert_int_ne(access(below("t.2147483647-0.part"), F_OK), 0);
    unlink(below(another)), unlink(below("t.2147483647-0.partly")), unlink(below("u.2147483647-0.part")), unlink(below("t.1-"));
    directory_end();
}
END_TEST

START_TEST(a_link_stays_and_the_file_behind_it_is_replaced)
{
    struct stat info;
    directory_begin();
    put("far", "old");
    ck_assert_int_eq(symlink("far", below("t")), 0);
    put("t", "new");
    ck_assert(lstat(below("t"), &info) == 0 && S_ISLNK(info.st_mode));
    assert_holds("far", "new");
    directory_end();
}
END_TEST

static void write_onto_a_lost_link(void)
{
    if (symlink("nowhere", below("t")) == 0)
        put("t", "new");
}

START_TEST(a_link_that_leads_nowhere_is_a_users_error)
{
    directory_begin();
    assert_user_error(run(write_onto_a_lost_link), below("t"), "leads nowhere");
    directory_end();
}
END_TEST

START_TEST(a_replaced_file_keeps_its_mode)
{
    static const mode_t mode[] = { 0600, 0664, 0640 };
    directory_begin();
    for (int i = 0; i < 3; i++) {
        struct stat info;
        put("t", "old");
        ck_assert_int_eq(chmod(below("t"), mode[i]), 0);
        put("t", "new");
        ck_assert_int_eq(stat(below("t"), &info), 0);
        ck_assert_int_eq(info.st_mode & 07777, mode[i]);
    }
    directory_end();
}
END_TEST

/* What mkdir answers about a directory that is there, on a disk mounted for reading: it
 * stands in the way of the C library's. */
static int answer;
int mkdir(const char *path, mode_t mode) { return answer ? (errno = answer, -1) : mkdirat(AT_FDCWD, path, mode); }

static void make_below_what_is_not_there(void)
{
    answer = EROFS;
    directory_make(below("missing"));
}

START_TEST(a_directory_that_is_there_is_no_error_whatever_mkdir_says)
{
    directory_begin();
    answer = EROFS;
    directory_make(dir);
    answer = EACCES;
    directory_make(dir);
    answer = 0;
    assert_user_error(run(make_below_what_is_not_there), below("missing"), "cannot make");
    directory_end();
}
END_TEST

/* What a cluster's scheduler sends before the end, and a pipe that is closed. */
START_TEST(signals_before_the_end_are_noted_and_may_come_again)
{
    static const int number[] = { SIGUSR1, SIGUSR2, SIGXCPU, SIGPIPE };
    interrupts_hold();
    for (int i = 0; i < 4; i++)
        raise(number[i]);
    ck_assert_int_eq(interrupted(), SIGUSR1);
}
END_TEST

static void open_many(void)
{
    for (int i = 0; i < 600; i++) {
        char name[] = { (char)('a' + i / 26 % 26), (char)('a' + i % 26), '\0' };
        output_open(dir, name);
    }
}

START_TEST(too_many_open_files_are_refused_and_removed)
{
    directory_begin();
    assert_user_error(run(open_many), "open", "than");
    ck_assert_int_eq(entries(), 0);
    directory_end();
}
END_TEST

START_TEST(a_place_is_free_again_after_close)
{
    directory_begin();
    for (int i = 0; i < 100; i++)
        put("t", "");
    directory_end();
}
END_TEST

START_TEST(table_begins_with_its_columns)
{
    directory_begin();
    FILE *f = tsv_open(dir, "t.tsv", "step\tloss");
    fprintf(f, "1\t0.5\n");
    output_close(f);
    assert_holds("t.tsv", "step\tloss\n1\t0.5\n");
    directory_end();
}
END_TEST

/* ---- time ------------------------------------------------------------------------------------------ */

START_TEST(clock_counts_seconds)
{
    double start = seconds_now();
    struct timespec wait = { 0, 50 * 1000 * 1000 };
    nanosleep(&wait, NULL);
    double passed = seconds_now() - start;
    ck_assert_msg(passed >= 0.05 && passed < 10, "%g s", passed);
}
END_TEST

static void work_briefly(void)
{
    Progress p = progress_start("work", 3);
    for (long i = 1; i <= 3; i++)
        progress_show(&p, i, "at %ld", i);
}

static void work_long(void)
{
    Progress p = progress_start("work", 100);
    p.start -= 65, p.last -= 65;
    progress_show(&p, 50, "loss %.1f", 0.5);
    progress_show(&p, 51, "too soon");
}

/* 40 were done by an earlier run, so 10 took this one a minute, and there are 50 to go. */
static void work_taken_up_again(void)
{
    Progress p = progress_start("work", 100);
    p.start -= 60, p.last -= 60, p.first = 40;
    progress_show(&p, 40, "nothing done yet");
    progress_show(&p, 50, "loss %.1f", 0.5);
}

static void work_to_the_end(void)
{
    Progress p = progress_start("work", 3);
    p.start -= 2;
    progress_end(&p);
}

static void assert_shown(void (*body)(void), const char *start, const char *end)
{
    Ended e = run(body);
    size_t n = strlen(e.text), m = strlen(end);
    ck_assert_msg(strncmp(e.text, start, strlen(start)) == 0, "%s", e.text);
    ck_assert_msg(n > m && strcmp(e.text + n - m, end) == 0, "%s", e.text);
}

/* In a container without /dev/pts there are none to be had. */
static bool no_terminals(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    return master < 0 || close(master) != 0;
}

/* What a body writes to a terminal of so many columns, of a kind. */
static void on_a_terminal(char text[4096], int columns, const char *kind, void (*body)(void))
{
    struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)columns };
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert(slave >= 0 && ioctl(slave, TIOCSWINSZ, &size) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(slave, STDERR_FILENO);
        setenv("TERM", kind, 1);
        body();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    size_t n = 0; /* it may come in parts, and later than the child's end */
    for (struct pollfd more = { .fd = master, .events = POLLIN }; n < 4095 && poll(&more, 1, n ? 200 : 5000) > 0;) {
        ssize_t part = read(master, text + n, 4095 - n);
        ck_assert(part > 0);
        n += (size_t)part;
    }
    ck_assert(n > 0);
    text[n] = '\0';
    close(slave), close(master);
}

static void work_with_much_to_say(void)
{
    Progress p = progress_start("dcgan-transpose", 100);
    for (int i = 1; i <= 3; i++) {
        p.start -= 65, p.last -= 65;
        progress_show(&p, 30 * i, "epoch %d  D 1.386  G 0.693  12345 images/s  and whatever else there is to say", i);
    }
}

START_TEST(progress_stays_in_one_row_of_any_terminal)
{
    static const int columns[] = { 132, 80, 60, 20, 0 };
    if (no_terminals())
        SKIP("no pseudo-terminals here");
    for (int i = 0; i < 5; i++) {
        char text[4096];
        int broad = columns[i] ? columns[i] : 80, rows = 0;
        on_a_terminal(text, columns[i], "xterm", work_with_much_to_say);
        for (char *row = strtok(text, "\r"); row; row = strtok(NULL, "\r"), rows++)
            ck_assert_msg(strncmp(row, "\033[K", 3) == 0 && strlen(row) - 3 < (size_t)broad && !strchr(row, '\n'),
                          "%d columns: %s", broad, row);
        ck_assert_int_eq(rows, 3);
    }
}
END_TEST

START_TEST(a_dumb_terminal_gets_plain_lines)
{
    char text[4096];
    if (no_terminals())
        SKIP("no pseudo-terminals here");
    on_a_terminal(text, 80, "dumb", work_with_much_to_say);
    ck_assert(!strchr(text, '\033') && strncmp(text, "dcgan-transpose:  30 %, 2:31 left  epoch 1", 42) == 0);
}
END_TEST

START_TEST(short_work_shows_no_progress) { ck_assert_str_eq(run(work_briefly).text, ""); }
END_TEST
START_TEST(long_work_shows_the_time_left) { assert_shown(work_long, "work:  50 %, 1:0", "loss 0.5\n"); }
END_TEST
START_TEST(time_left_counts_what_this_run_has_done) { assert_shown(work_taken_up_again, "work:  50 %, 5:0", "loss 0.5\n"); }
END_TEST
START_TEST(end_of_work_shows_the_time_taken) { assert_shown(work_to_the_end, "work: done in 2.", " s\n"); }
END_TEST

SUITE("00 program", RUNS(defaults_stay_where_nothing_is_given), RUNS(every_kind_is_read_with_a_space),
      RUNS(every_kind_is_read_with_an_equals_sign), RUNS(both_ends_of_a_range_belong_to_it),
      RUNS(the_last_of_two_values_counts), RUNS(unknown_option_is_refused), RUNS(part_of_a_name_is_refused),
      RUNS(longer_name_is_refused), RUNS(word_without_dashes_is_refused), RUNS(two_dashes_alone_are_refused),
      RUNS(single_dash_is_refused), RUNS(flag_with_a_value_is_refused), RUNS(word_for_an_integer_is_refused),
      RUNS(fraction_for_an_integer_is_refused), RUNS(rubbish_behind_a_number_is_refused), RUNS(empty_number_is_refused),
      RUNS(nan_is_no_number), RUNS(infinity_is_no_number), RUNS(overflow_is_no_number),
      RUNS(integer_below_its_range_is_refused), RUNS(integer_above_its_range_is_refused),
      RUNS(number_above_its_range_is_refused), RUNS(missing_value_is_refused), RUNS(missing_text_is_refused),
      RUNS(bad_choice_is_refused), RUNS(part_of_a_choice_is_refused), RUNS(two_choices_at_once_are_refused),
      RUNS(empty_choice_is_refused), RUNS(help_prints_everything_and_exits_with_0), RUNS(short_help_is_help),
      RUNS(experiment_has_defaults), RUNS(experiment_reads_its_own_options_and_the_shared),
      RUNS(full_scale_goes_to_another_directory_unless_told), RUNS(seed_outside_32_bits_is_refused),
      RUNS(help_of_an_experiment_lists_both_kinds_of_option), RUNS(directories_are_made_all_the_way_down),
      RUNS(output_open_makes_its_directory), RUNS(a_file_is_no_directory), RUNS(unwritable_directory_is_a_users_error),
      RUNS(path_too_long_is_a_users_error), RUNS(empty_path_is_a_users_error), RUNS(name_comes_with_close_and_not_before),
      RUNS(program_that_exits_early_leaves_no_part), RUNS(interrupted_program_leaves_no_part),
      RUNS(terminated_program_leaves_no_part), RUNS(user_error_leaves_no_part),
      RUNS(full_disk_found_at_the_end_is_a_users_error), RUNS(full_disk_found_while_writing_is_a_users_error),
      RUNS(disk_full_for_a_while_is_a_users_error), RUNS(disk_just_large_enough_will_do),
      RUNS(name_taken_by_a_directory_is_a_users_error), RUNS(a_synced_file_is_whole_under_its_name),
      RUNS(paths_are_split_at_the_last_slash), RUNS(a_path_that_ends_in_a_slash_is_a_users_error),
      RUNS(a_word_is_found_whole_or_not_at_all), DIES(an_interrupt_is_noted_and_the_second_obeyed, SIGTERM),
      RUNS(files_open_side_by_side_keep_apart), RUNS(too_many_open_files_are_refused_and_removed),
      RUNS(a_place_is_free_again_after_close), RUNS(table_begins_with_its_columns), RUNS(clock_counts_seconds),
      RUNS(two_that_write_one_name_do_not_mix), RUNS(what_a_killed_program_left_is_removed_and_what_another_writes_is_not),
      RUNS(a_link_stays_and_the_file_behind_it_is_replaced), RUNS(a_link_that_leads_nowhere_is_a_users_error),
      RUNS(a_replaced_file_keeps_its_mode), RUNS(a_directory_that_is_there_is_no_error_whatever_mkdir_says),
      RUNS(signals_before_the_end_are_noted_and_may_come_again), RUNS(progress_stays_in_one_row_of_any_terminal),
      RUNS(a_dumb_terminal_gets_plain_lines), RUNS(short_work_shows_no_progress), RUNS(long_work_shows_the_time_left),
      RUNS(time_left_counts_what_this_run_has_done), RUNS(end_of_work_shows_the_time_taken))
