/* gradcheck: proves every gradient of the course, module by module.
 *
 * It prints a line a module, or a row a tensor; then it plants faults in the
 * gradients and counts how many the checker catches. Exit status 0: all pass
 * and every fault was caught; 1: a bug, or a fault got away; 2: inconclusive. */
#include "gradcheck.h"

#include "00_error.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_parallel.h"
#include "03_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Verdict worse(Verdict a, Verdict b) { return a > b ? a : b; }

static void run_module(const Checked *of)
{
    Tally before = tally;
    tally.worst = PASS;
    collect_module(of->stem);
    of->run();
    if (!asked.rows && !asked.quiet && !asked.list) {
        printf("%-14s %3d tensors  %s", of->stem, tally.checks - before.checks, verdict_name(tally.worst));
        if (tally.planted > before.planted)
            printf("%*s %3d of %3d planted faults caught", 12 - (int)strlen(verdict_name(tally.worst)), "",
                   tally.caught - before.caught, tally.planted - before.planted);
        printf("\n");
    }
    fflush(stdout);
    tally.worst = worse(tally.worst, before.worst);
}

static void run_chain(const char *chain)
{
    collect_module("chain");
    check_chain(chain, asked.shape, sizeof(real) == sizeof(double) ? 1e-7 : 1e-3);
}

/* Has the module with this number a gradient? */
static bool has_gradients(long number)
{
    for (const Checked *c = checked; c->stem; c++)
        if (number < 0 || atol(c->stem) == number)
            return true;
    return false;
}

/* "8x4", into a shape. */
static Shape read_shape(const char *text)
{
    Shape s = { 0 };
    const char *at = text;
    for (char *end; *at; at = *end ? end + 1 : end) {
        long n = strtol(at, &end, 10);
        if (end == at || n < 1 || n > 100000 || s.rank == MAX_RANK || (*end && *end != 'x'))
            user_error("--shape: found '%s'; expected two to four numbers, as in 8x4 or 2x6x5x3", text);
        s.dim[s.rank++] = (int)n;
    }
    if (text[0] && (s.rank < 2 || shape_rows(s) < 2 || shape_size(s) > 100000))
        user_error("--shape: found '%s'; expected two to four numbers, as in 8x4: two rows or more, 100000 numbers at most",
                   text);
    return s;
}

static int finish(double seconds, long only)
{
    if (tally.checks == 0 && has_gradients(only)) /* before the files get their names */
        user_error("found no check of tensor '%s' at shape '%s'; expected one that --list prints", asked.tensor,
                   asked.shape.rank ? shape_text(asked.shape) : "");
    collect_end();
    plot_end();
    if (tally.checks == 0)
        printf("module %02ld has no gradient to check\n", only);
    else
        printf("%d tensors checked in %.1f s, largest error %.1e: %s; %d faults planted, %d caught\n", tally.checks, seconds,
               tally.largest_error, verdict_name(tally.worst), tally.planted, tally.caught);
    standard_output_end();
    return tally.worst == BUG || tally.caught < tally.planted ? 1 : tally.worst == INCONCLUSIVE ? 2 : 0;
}

int main(int argc, char **argv)
{
    long only = -1;
    const char *out = "build/results", *json = "", *shape = "", *plot = "", *chain = "";
    asked = (Asked){ .tensor = "", .seeds = 3, .threads = threads_get() };
    const Option option[] = {
        { "module", OPTION_INTEGER, &only, "check one module alone, and print a row a tensor; -1 is all", -1, 24, NULL },
        { "tensor", OPTION_TEXT, &asked.tensor, "one tensor alone, as x or weight", 0, 0, NULL },
        { "shape", OPTION_TEXT, &shape, "another shape of the input, as 8x4, for the layers that take it", 0, 0, NULL },
        { "chain", OPTION_TEXT, &chain, "a chain of layers at --shape, as 'dense 6, leaky, batchnorm, dense 2'", 0, 0, NULL },
        { "seed", OPTION_INTEGER, &asked.seed, "the first random input of a layer or loss", 0, 1e9, NULL },
        { "seeds", OPTION_INTEGER, &asked.seeds, "how many random inputs", 1, 1e6, NULL },
        { "list", OPTION_FLAG, &asked.list, "print what there is to check, and check nothing", 0, 0, NULL },
        { "all", OPTION_FLAG, &asked.rows, "print a row a tensor for all", 0, 0, NULL },
        { "narrow", OPTION_FLAG, &asked.narrow, "leave out the networks at their full width, which take longest", 0, 0, NULL },
        { "quiet", OPTION_FLAG, &asked.quiet, "print the summary and what fails", 0, 0, NULL },
        { "out", OPTION_TEXT, &out, "directory for gradcheck.tsv", 0, 0, NULL },
        { "plot", OPTION_TEXT, &plot,
          "a table of differences by their step, of the first six tensors: 'make gradcheck-plot' draws it", 0, 0, NULL },
        { "json", OPTION_TEXT, &json, "a file for all that was found, as JSON", 0, 0, NULL },
        { 0 },
    };
    options_read(argc, argv,
                 "Checks every gradient of the course by finite differences in " REAL_NAME " precision,\n"
                 "then plants faults in the gradients (in double) and shows that each is caught.\n"
                 "error: |analytic - numeric| by the largest of its tensor, at the worst element.\n"
                 "Under a row that does not pass stands what kind of bug it is.\n"
                 "Exit status: 0 all pass, 1 a bug, 2 inconclusive, or a wrong option.",
                 option);
    asked.rows = (asked.rows || only >= 0 || chain[0]) && !asked.quiet;
    asked.shape = read_shape(shape);
    if (chain[0])
        chain_refuse(chain, asked.shape);
    threads_set(1);
    double start = seconds_now();
    if (!asked.list) {
        collect_begin(out, only < 0 && !chain[0] ? "gradcheck" : "gradcheck_module", json);
        plot_begin(plot);
    }
    if (asked.rows && !asked.list && has_gradients(only))
        check_header_print(stdout);
    if (chain[0])
        run_chain(chain);
    for (const Checked *c = checked; c->stem && !chain[0]; c++)
        if (only < 0 || atol(c->stem) == only)
            run_module(c);
    if (asked.list)
        return 0;
    return finish(seconds_now() - start, only);
}
