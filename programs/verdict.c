/* verdict: every claim of the two source documents, put to the test.
 *
 * A sweep is a list of runs, each a call of this program and a small file of its own, in any order, on any machine; what
 * is there already is not done again. The files of a study are collected in one table, and from these tables alone come
 * all intervals and findings. */
#include "verdict.h"

#include "00_error.h"
#include "00_files.h"
#include "00_numbers.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 200, SMOKE_SETTINGS = 3 };

typedef struct {
    const char *scale, *study, *runs, *results;
} Options;

static Options defaults(void) { return (Options){ .scale = "quick" }; }

#define SCALE_OPTION(o) \
    (Option) { "scale", OPTION_CHOICE, &(o)->scale, "how long and how often", 0, 0, "smoke|pilot|quick|full" }
#define RUNS_OPTION(o) \
    (Option) { "runs", OPTION_TEXT, &(o)->runs, "directory of the runs' files (build/verdict/SCALE/runs)", 0, 0, NULL }
#define RESULTS_OPTION(o) \
    (Option) { "results", OPTION_TEXT, &(o)->results, "directory of the collected tables (build/verdict/SCALE)", 0, 0, NULL }

static Scale scale_of(Options *o)
{
    static char runs[PATH_SIZE], results[60];
    int k = 0;
    while (strcmp(scale_names[k], o->scale) != 0)
        k++;
    snprintf(results, sizeof results, "build/verdict/%s", o->scale);
    o->results = o->results ? o->results : results;
    if (snprintf(runs, sizeof runs, "%s/runs", o->results) >= (int)sizeof runs)
        user_error("--results: found a path of %zu characters; expected fewer than %d", strlen(o->results), PATH_SIZE - 5);
    o->runs = o->runs ? o->runs : runs;
    return (Scale)k;
}

/* ---- which runs there are ------------------------------------------------------------------------------------ */

/* Is the study run at this setting? Sweeps and the pilot take the whole grid; the rest the first of it, and the tuned one. */
static bool has_setting(const Study *s, Scale scale, const char *arm, double setting)
{
    return s->sweep || scale == PILOT || setting == s->settings[0] || setting == tuned_setting(s, arm);
}

typedef void Each(const Run *r, void *of);

static void each_seed(Run r, Each *each, void *of)
{
    long first = r.scale == PILOT ? PILOT_SEEDS : 1;
    for (long k = 0; k < r.study->size[r.scale].seeds; k++) {
        r.seed = first + k;
        each(&r, of);
    }
}

/* Every run of a scale, the studies that take longest first. */
static void each_run(Scale scale, const char *only, Each *each, void *of)
{
    for (int k = n_studies - 1; k >= 0; k--) {
        const Study *s = &studies[k];
        char arms[NAME_SIZE], *rest = arms;
        if (only && strcmp(only, s->name) != 0)
            continue;
        snprintf(arms, sizeof arms, "%s", s->arms);
        for (char *arm; (arm = strtok_r(rest, "|", &rest));)
            for (int i = 0; i < (scale == SMOKE ? SMOKE_SETTINGS : MOST_SETTINGS) && s->settings[i] != 0; i++)
                if (has_setting(s, scale, arm, s->settings[i]))
                    each_seed((Run){ s, arm, s->settings[i], 0, s->size[scale].steps, scale, NULL, NULL }, each, of);
    }
}

static void run_name(char *name, const Run *r)
{
    numbers_begin();
    snprintf(name, NAME_SIZE, "%s/%s/%g/%ld", r->study->name, r->arm, r->setting, r->seed);
    numbers_end();
}

static void run_path(char *path, const Options *o, const Run *r)
{
    char name[NAME_SIZE];
    run_name(name, r);
    snprintf(path, PATH_SIZE, "%s/%s.tsv", o->runs, name);
}

/* The head of a study's tables: of one run, or of all. */
static const char *columns_of(const Study *s)
{
    static char columns[1000];
    snprintf(columns, sizeof columns, "arm\tsetting\tseed\tstep\t%s", s->measures);
    return columns;
}

/* A run's own table, with the directories above it. */
static FILE *run_open(const char *path, const char *columns)
{
    char directory[PATH_SIZE], file[PATH_SIZE];
    path_split(path, directory, file);
    directory_make(directory);
    return tsv_open(directory, file, columns);
}

/* ---- verdict list -------------------------------------------------------------------------------------------- */

static void print_name(const Run *r, void *of)
{
    char name[NAME_SIZE];
    (void)of;
    run_name(name, r);
    printf("%s\n", name);
}

static int verdict_list(int argc, char **argv)
{
    Options o = defaults();
    options_read(
        argc, argv, "verdict list: the names of all runs of a scale, those that take longest first.",
        (const Option[]){ SCALE_OPTION(&o), { "study", OPTION_TEXT, &o.study, "of this study alone", 0, 0, NULL }, { 0 } });
    if (o.study && !study_of_name(o.study))
        user_error("--study: found '%s'; expected ring, grid, digits ... as in 'verdict list'", o.study);
    each_run(scale_of(&o), o.study, print_name, NULL);
    return 0;
}

/* ---- verdict run --------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    Run found;
    char arm[NAME_SIZE]; /* found's */
} Search;

static void compare_name(const Run *r, void *of)
{
    Search *s = of;
    char name[NAME_SIZE];
    run_name(name, r);
    if (strcmp(name, s->name) != 0)
        return;
    s->found = *r;
    snprintf(s->arm, sizeof s->arm, "%s", r->arm);
    s->found.arm = s->arm;
}

/* How many runs there are, how many of them are done, and how long each takes, as times.tsv remembers. */
typedef struct {
    const Options *o;
    int all, done, unknown;
    double left;        /* seconds, of the runs whose study is known of */
    const Study *study; /* the last one asked for, and how long its runs take */
    double seconds;
} Sweep;

/* The mean time of a study's runs, from the lines "NAME seconds"; 0 where none is there. */
static double mean_seconds(const Options *o, const char *study)
{
    char path[PATH_SIZE], line[NAME_SIZE + 40];
    double sum = 0;
    int n = 0;
    snprintf(path, sizeof path, "%s/times.tsv", o->runs);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (!study || (strncmp(line, study, strlen(study)) == 0 && line[strlen(study)] == '/')) {
            char *tab = strchr(line, '\t');
            sum += tab ? strtod(tab, NULL) : 0, n++;
        }
    if (file)
        fclose(file);
    return n ? sum / n : 0;
}

static void count_run(const Run *r, void *of)
{
    Sweep *s = of;
    char path[PATH_SIZE];
    run_path(path, s->o, r);
    s->all++;
    if (access(path, F_OK) == 0) {
        s->done++;
        return;
    }
    if (r->study != s->study)
        s->study = r->study, s->seconds = mean_seconds(s->o, r->study->name);
    s->left += s->seconds, s->unknown += s->seconds == 0;
}

static void write_time(const Options *o, const char *name, double seconds)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/times.tsv", o->runs);
    FILE *file = fopen(path, "a");
    if (!file)
        user_error("cannot write %s", path);
    numbers_begin();
    fprintf(file, "%s\t%.2f\n", name, seconds);
    numbers_end();
    fclose(file);
}

static void print_progress(const Options *o, const Run *r, const char *name, double seconds)
{
    Sweep s = { .o = o };
    each_run(r->scale, NULL, count_run, &s);
    double left = s.left + s.unknown * mean_seconds(o, NULL);
    printf("  %-38s %7.1f s   %d of %d runs, %.0f min of work left\n", name, seconds, s.done, s.all, ceil(left / 60));
}

static const char *program; /* as it was called */

/* Goes on as verdict64, with the same arguments. */
static void become_double(const char *word, const Options *o, const char *kept)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s64", program);
    execlp(path, path, "run", word, "--scale", o->scale, "--runs", o->runs, "--kept", kept, (char *)NULL);
    user_error("%s: found no such program; expected it beside %s: 'make' builds both", path, program);
}

static int verdict_run(int argc, char **argv)
{
    Options o = defaults();
    const char *word = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL, *kept = NULL;
    if (word)
        argv[1] = argv[0], argv++, argc--;
    options_read(
        argc, argv,
        "verdict run NAME: does one run and writes RUNS/NAME.tsv; the names are those of 'verdict list'.\n"
        "One thread each: as many at a time as there are cores.",
        (const Option[]){ SCALE_OPTION(&o),
                          RUNS_OPTION(&o),
                          { "kept", OPTION_TEXT, &kept, "directory where trained classifiers are kept (RUNS/..)", 0, 0, NULL },
                          { 0 } });
    Search s = { .name = word ? word : "" };
    each_run(scale_of(&o), NULL, compare_name, &s);
    if (!s.found.study)
        user_error("found %s%s%s; expected a name of 'verdict list --scale %s'", word ? "'" : "no name", word ? word : "",
                   word ? "'" : "", o.scale);
    char path[PATH_SIZE], above[PATH_SIZE];
    snprintf(above, sizeof above, "%s/..", o.runs);
    s.found.kept = kept ? kept : above;
    if (s.found.study->in_double && sizeof(real) < sizeof(double))
        become_double(word, &o, s.found.kept);
    run_path(path, &o, &s.found);
    threads_set(1);
    double start = seconds_now();
    s.found.tsv = run_open(path, columns_of(s.found.study));
    s.found.study->run(&s.found);
    output_close(s.found.tsv);
    double seconds = seconds_now() - start;
    write_time(&o, word, seconds);
    print_progress(&o, &s.found, word, seconds);
    return 0;
}

/* ---- from many files to one table a study, and back ------------------------------------------------------------- */

typedef struct {
    const Options *o;
    FILE *tsv;
    int all, missing;
} Collection;

static void count_file(const Run *r, void *of)
{
    Collection *c = of;
    char path[PATH_SIZE];
    run_path(path, c->o, r);
    c->all++, c->missing += access(path, F_OK) != 0;
}

static void append_rows(const Run *r, void *of)
{
    Collection *c = of;
    char path[PATH_SIZE], line[1000];
    run_path(path, c->o, r);
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    for (int k = 0; fgets(line, sizeof line, file); k++)
        if (k > 0)
            fputs(line, c->tsv);
    fclose(file);
}

static int verdict_collect(int argc, char **argv)
{
    Options o = defaults();
    options_read(argc, argv, "verdict collect: puts the rows of all runs into RESULTS/STUDY.tsv.",
                 (const Option[]){ SCALE_OPTION(&o), RUNS_OPTION(&o), RESULTS_OPTION(&o), { 0 } });
    Scale scale = scale_of(&o);
    for (int k = 0; k < n_studies; k++) {
        char name[60];
        if (studies[k].size[scale].seeds == 0)
            continue;
        snprintf(name, sizeof name, "%s.tsv", studies[k].name);
        Collection c = { &o, NULL, 0, 0 };
        each_run(scale, studies[k].name, count_file, &c);
        if (c.missing)
            printf("%s: %d of %d runs are missing\n", studies[k].name, c.missing, c.all);
        if (c.missing == c.all)
            continue; /* no table of nothing */
        c.tsv = tsv_open(o.results, name, columns_of(&studies[k]));
        each_run(scale, studies[k].name, append_rows, &c);
        output_close(c.tsv);
    }
    return 0;
}

/* Rows back to their runs' files: those of a run are neighbours in the table. */
static void scatter_study(const Options *o, const Study *s)
{
    char path[PATH_SIZE], before[PATH_SIZE] = "", head[1000], line[1000], arm[60], setting[40];
    long seed;
    FILE *to = NULL;
    snprintf(path, sizeof path, "%s/%s.tsv", o->results, s->name);
    FILE *from = fopen(path, "r");
    if (!from || !fgets(head, sizeof head, from))
        return;
    head[strcspn(head, "\n")] = '\0';
    while (fgets(line, sizeof line, from)) {
        if (sscanf(line, "%59[^\t]\t%39[^\t]\t%ld", arm, setting, &seed) != 3)
            user_error("%s: found '%s'; expected arm, setting, seed", path, line);
        char run[PATH_SIZE];
        snprintf(run, sizeof run, "%s/%s/%s/%s/%ld.tsv", o->runs, s->name, arm, setting, seed);
        if (strcmp(run, before) != 0) {
            if (to)
                output_close(to);
            to = run_open(run, head);
            strcpy(before, run);
        }
        fputs(line, to);
    }
    if (to)
        output_close(to);
    fclose(from);
}

static int verdict_scatter(int argc, char **argv)
{
    Options o = defaults();
    options_read(argc, argv,
                 "verdict scatter: makes the runs' files from RESULTS/STUDY.tsv again, so that a sweep goes on there.",
                 (const Option[]){ SCALE_OPTION(&o), RUNS_OPTION(&o), RESULTS_OPTION(&o), { 0 } });
    Scale scale = scale_of(&o);
    for (int k = 0; k < n_studies; k++)
        if (studies[k].size[scale].seeds > 0)
            scatter_study(&o, &studies[k]);
    return 0;
}

/* ---- the program ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "list", verdict_list, "the names of all runs of a scale" },
    { "run", verdict_run, "does one run: verdict run ring/generator/0.001/3 --scale quick" },
    { "collect", verdict_collect, "the runs' rows, a table a study" },
    { "scatter", verdict_scatter, "the runs' files from these tables, to go on with" },
    { "table", verdict_table, "effects, intervals and findings, from the tables alone" },
    { "pilot", verdict_pilot, "how many seeds it takes, from the pilot's tables" },
};

int main(int argc, char **argv)
{
    static char name[32];
    program = argv[0];
    program_named("verdict");
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            snprintf(name, sizeof name, "verdict %s", argv[1]);
            argv[1] = name;
            program_named(name);
            int status = commands[i].run(argc - 1, argv + 1);
            standard_output_end();
            return status;
        }
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;
    if (!help)
        user_error("found %s%s%s; expected list, run, collect, scatter, table or pilot (--help explains them)",
                   argc > 1 ? "'" : "no command", argc > 1 ? argv[1] : "", argc > 1 ? "'" : "");
    printf(
        "Every claim of the two source documents, put to the test; 'make verdict' does it all.\n\nusage: verdict COMMAND ...\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    standard_output_end();
    return 0;
}
