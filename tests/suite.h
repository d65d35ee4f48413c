/* What all test suites share: Check, and assertions that fail on NaN. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Check notes each assertion that holds in a file, so as to say how far a test
 * that crashed had come: far too slow for one an element. */
#define _mark_point(file, line) ((void)0)

/* |a - b| <= tolerance; NaN fails. */
#define assert_close(a, b, tolerance)                                                                                          \
    do {                                                                                                                       \
        double a_ = (double)(a), b_ = (double)(b), t_ = (double)(tolerance);                                                   \
        ck_assert_msg(fabs(a_ - b_) <= t_, "%s = %.17g, %s = %.17g: off by %.3g, allowed %.3g", #a, a_, #b, b_, fabs(a_ - b_), \
                      t_);                                                                                                     \
    } while (0)

/* Every one of n elements. */
#define assert_all_close(a, b, n, tolerance)                                                                                  \
    do {                                                                                                                      \
        for (size_t i_ = 0; i_ < (size_t)(n); i_++)                                                                           \
            ck_assert_msg(fabs((double)(a)[i_] - (double)(b)[i_]) <= (double)(tolerance),                                     \
                          "%s[%zu] = %.17g, %s[%zu] = %.17g, allowed %.3g", #a, i_, (double)(a)[i_], #b, i_, (double)(b)[i_], \
                          (double)(tolerance));                                                                               \
    } while (0)

/* The tolerance of this precision. */
#define TOLERANCE(in_float, in_double) (sizeof(real) == sizeof(float) ? (in_float) : (in_double))

/* The number that the next file opened would get: a file left open makes it rise. */
static inline int next_descriptor(void)
{
    int file = open("/dev/null", O_RDONLY);
    close(file);
    return file;
}

/* Is this the build under the address sanitizer? ignore_leaks(): what a child holds when it ends by a user's error is
 * no leak, though it may look like one. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define ignore_leaks() __lsan_disable()
enum { SANITIZED = true };
#else
#define ignore_leaks() ((void)0)
enum { SANITIZED = false };
#endif

/* Are long repeats wanted? `make test-long` wants them. */
static inline bool long_tests(void) { return getenv("LONG_TESTS") != NULL; }

/* Ends a test that would show nothing in this build, and says so: tests/units.sh
 * counts it as skipped, not as passed. In the test itself, before it holds anything. */
#define SKIP(why)                                                                          \
    do {                                                                                   \
        fprintf(stderr, "skipped: %.*s: %s\n", (int)sizeof __func__ - 4, __func__, (why)); \
        return;                                                                            \
    } while (0)

/* SUITE(name, RUNS(test), ...): main, running these tests as a suite. A test
 * that must die of REQUIRE goes into ABORTS instead. */
typedef struct {
    const TTest *test;
    int signal; /* 0: none expected */
    int status; /* exit status expected */
    int times;  /* for _i = 0 and so on */
} SuiteEntry;

/* clang-format off */
#define RUNS(test) { test, 0, 0, 1 }
#define DIES(test, signal) { test, signal, 0, 1 }
#define ABORTS(test) DIES(test, SIGABRT)
#define LOOPS(test, times) { test, 0, 0, times }
#define EXITS(test, status) { test, 0, status, 1 }
/* clang-format on */

static inline int suite_run(const char *name, const SuiteEntry *entry, int n)
{
    for (int i = 0; i < n; i++)
        if (entry[i].times == 0) { /* a bare name initialises an entry too, but with nothing to run */
            fprintf(stderr, "suite %s, test %d of %d: found a bare name; expected RUNS(name)\n", name, i + 1, n);
            return EXIT_FAILURE;
        }
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    for (int i = 0; i < n; i++)
        if (entry[i].signal)
            tcase_add_test_raise_signal(tcase, entry[i].test, entry[i].signal);
        else
            tcase_add_loop_exit_test(tcase, entry[i].test, entry[i].status, 0, entry[i].times);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define SUITE(name, ...)                                                   \
    int main(void)                                                         \
    {                                                                      \
        const SuiteEntry entries[] = { __VA_ARGS__ };                      \
        return suite_run(name, entries, sizeof entries / sizeof *entries); \
    }

#endif
