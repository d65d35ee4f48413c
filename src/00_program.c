#include "00_program.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *program_name = "gradus";

void program_named(const char *name) { program_name = name; }

/* ---- files: written whole or not at all -------------------------------- */

enum { MAX_OUTPUT = 16 };

typedef struct {
    FILE *file; /* NULL: a free place */
    char path[PATH_SIZE], part[PATH_SIZE + 8];
} Output;

static Output output[MAX_OUTPUT];

static void remove_unfinished(void)
{
    for (int i = 0; i < MAX_OUTPUT; i++)
        if (output[i].file)
            unlink(output[i].part);
}

static volatile sig_atomic_t holding, noted;

static void on_signal(int number)
{
    bool polite = number == SIGINT || number == SIGTERM || number == SIGHUP;
    if (holding && !noted && polite) {
        noted = number;
        return;
    }
    remove_unfinished(); /* unlink is safe in a handler */
    signal(number, SIG_DFL);
    raise(number);
}

static void clean_up_at_exit(void)
{
    static bool installed;
    if (installed)
        return;
    installed = true;
    atexit(remove_unfinished);
    static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGABRT /* REQUIRE */ };
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction before; /* what was ignored stays so: nohup, a shell's background job */
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(ends[i], &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit becomes an error of fwrite */
}

void interrupts_hold(void)
{
    clean_up_at_exit();
    holding = 1;
}

int interrupted(void) { return noted; }

void user_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void directory_make(const char *path)
{
    char part[PATH_SIZE];
    struct stat info;
    if (!*path)
        user_error("found an empty name; expected a directory");
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
        user_error("%.40s...: a path of %zu characters; expected under %d", path, strlen(path), PATH_SIZE);
    for (char *slash = part + 1; slash; *slash++ = '/') {
        slash = strchr(slash, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            user_error("%s: cannot make this directory: %s", part, strerror(errno));
        if (!slash)
            break;
    }
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        user_error("%s: found a file; expected a directory", path);
}

FILE *output_open(const char *directory, const char *name)
{
    int i = 0;
    while (i < MAX_OUTPUT && output[i].file)
        i++;
    if (i == MAX_OUTPUT)
        user_error("%s: more than %d files open for writing", name, MAX_OUTPUT);
    clean_up_at_exit();
    directory_make(directory);
    if (snprintf(output[i].path, PATH_SIZE, "%s/%s", directory, name) >= PATH_SIZE)
        user_error("%s/%s: the path is too long", directory, name);
    struct stat there;
    if (stat(output[i].path, &there) == 0 && !S_ISREG(there.st_mode))
        user_error("%s: found something that is no plain file; expected a file to write", output[i].path);
    snprintf(output[i].part, sizeof output[i].part, "%s/%s.part", directory, name);
    output[i].file = fopen(output[i].part, "wb");
    if (!output[i].file)
        user_error("%s: cannot write: %s", output[i].path, strerror(errno));
    return output[i].file;
}

/* The place of a file from output_open. */
static Output *output_of(FILE *file)
{
    for (int i = 0; i < MAX_OUTPUT; i++)
        if (output[i].file == file)
            return &output[i];
    user_error("output_close: not a file of output_open");
}

static void close_and_name(Output *o, bool failed)
{
    failed |= ferror(o->file) != 0;
    failed |= fclose(o->file) != 0; /* the last bytes leave here */
    int why = errno;
    if (failed || rename(o->part, o->path) != 0)
        user_error("%s: cannot finish writing: %s", o->path, strerror(failed ? why : errno));
    o->file = NULL;
}

void output_close(FILE *file) { close_and_name(output_of(file), false); }

void output_close_synced(FILE *file)
{
    Output *o = output_of(file);
    char directory[PATH_SIZE], name[PATH_SIZE];
    path_split(o->path, directory, name);
    close_and_name(o, fflush(file) != 0 || fsync(fileno(file)) != 0);
    int folder = open(directory, O_RDONLY);
    if (folder >= 0) { /* not every file system can sync a directory; what it can, it does */
        fsync(folder);
        close(folder);
    }
}

void path_split(const char *path, char *directory, char *name)
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    if (strlen(path) >= PATH_SIZE - 8)
        user_error("%.40s...: a path of %zu characters; expected under %d", path, strlen(path), PATH_SIZE - 8);
    if (!*last)
        user_error("'%s': found a path without a file name; expected a file", path);
    snprintf(directory, PATH_SIZE, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    if (slash == path)
        snprintf(directory, PATH_SIZE, "/");
    snprintf(name, PATH_SIZE, "%s", last);
}

FILE *tsv_open(const char *directory, const char *name, const char *columns)
{
    FILE *file = output_open(directory, name);
    fprintf(file, "%s\n", columns);
    return file;
}

void standard_output_end(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        user_error("standard output: cannot write: %s", strerror(errno));
}

/* ---- options ---------------------------------------------------------- */

/* A file opened while a standard stream is closed would get its number, and the
 * messages in it. So the number is taken, by what cannot be written (or read). */
static void hold_standard_streams(void)
{
    for (int i = 0; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) < 0)
            open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void print_default(const Option *o)
{
    switch (o->kind) {
    case OPTION_FLAG: break;
    case OPTION_INTEGER: printf(" (%ld)", *(long *)o->target); break;
    case OPTION_NUMBER: printf(" (%g)", *(double *)o->target); break;
    default:
        if (*(const char **)o->target)
            printf(" (%s)", *(const char **)o->target);
    }
}

static void print_help(const char *about, const Option *option)
{
    static const char *value[] = { "", " N", " X", " TEXT", "" };
    printf("%s\n\nusage: %s [options]\n", about, program_name);
    for (const Option *o = option; o->name; o++) {
        char left[80];
        if (o->kind == OPTION_CHOICE)
            snprintf(left, sizeof left, "--%s %s", o->name, o->choices);
        else
            snprintf(left, sizeof left, "--%s%s", o->name, value[o->kind]);
        printf("  %-28s ", left);
        if (strlen(left) > 28)
            printf("\n  %-28s ", "");
        printf("%s", o->help);
        print_default(o);
        printf("\n");
    }
    printf("  %-28s %s\n", "--help", "this text");
    standard_output_end();
    exit(0);
}

static void read_number(const Option *o, const char *text)
{
    char *end;
    double x = strtod(text, &end);
    bool integer = o->kind == OPTION_INTEGER;
    if (end == text || *end || !isfinite(x) || (integer && x != floor(x)))
        user_error("--%s: found '%s'; expected %s", o->name, text, integer ? "a whole number" : "a number");
    if (x < o->low || x > o->high)
        user_error("--%s: found %s; expected %.10g to %.10g", o->name, text, o->low, o->high);
    if (integer)
        *(long *)o->target = (long)x;
    else
        *(double *)o->target = x;
}

bool word_among(const char *text, const char *words)
{
    size_t n = strcspn(text, "|") == strlen(text) ? strlen(text) : 0; /* one word, not two */
    for (const char *word = words; n > 0 && word; word = strchr(word, '|') ? strchr(word, '|') + 1 : NULL)
        if (strncmp(word, text, n) == 0 && (word[n] == '|' || word[n] == '\0'))
            return true;
    return false;
}

static void read_choice(const Option *o, const char *text)
{
    if (word_among(text, o->choices)) {
        *(const char **)o->target = text;
        return;
    }
    user_error("--%s: found '%s'; expected one of %s", o->name, text, o->choices);
}

static const Option *find_option(const Option *option, const char *argument)
{
    size_t n = strcspn(argument, "=");
    for (const Option *o = option; o->name && strncmp(argument, "--", 2) == 0; o++)
        if (strlen(o->name) == n - 2 && strncmp(o->name, argument + 2, n - 2) == 0)
            return o;
    user_error("unknown option '%s'; --help lists them", argument);
}

void options_read(int argc, char **argv, const char *about, const Option *option)
{
    const char *slash = strrchr(argv[0], '/');
    program_named(slash ? slash + 1 : argv[0]);
    hold_standard_streams();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            print_help(about, option);
        const Option *o = find_option(option, argv[i]);
        const char *value = strchr(argv[i], '=');
        if (o->kind == OPTION_FLAG) {
            if (value)
                user_error("--%s takes no value; found '%s'", o->name, value + 1);
            *(bool *)o->target = true;
            continue;
        }
        value = value ? value + 1 : argv[++i];
        if (!value)
            user_error("--%s: found nothing behind it; expected a value", o->name);
        if (o->kind == OPTION_CHOICE)
            read_choice(o, value);
        else if (o->kind == OPTION_TEXT)
            *(const char **)o->target = value;
        else
            read_number(o, value);
    }
}

Experiment experiment_read(int argc, char **argv, const char *about, const Option *own)
{
    enum { SHARED = 4, MAX_OWN = 12 };
    Experiment e = { .seed = 1, .data = "digits" };
    const char *scale = "quick";
    Option option[SHARED + MAX_OWN + 1] = {
        { "seed", OPTION_INTEGER, &e.seed, "seed of all random numbers", 0, 4294967295.0, NULL },
        { "scale", OPTION_CHOICE, &scale, "how long to run: seconds, or minutes", 0, 0, "quick|full" },
        { "data", OPTION_TEXT, &e.data, "digits (drawn here), mnist, or a directory with MNIST's files", 0, 0, NULL },
        { "out", OPTION_TEXT, &e.out, "directory for what is measured (build/quick; build/full-mnist and so on by scale and data)", 0, 0, NULL },
    };
    for (int i = 0; own && own[i].name; i++) {
        if (i == MAX_OWN)
            user_error("a program has more than %d options of its own", MAX_OWN);
        option[SHARED + i] = own[i];
    }
    options_read(argc, argv, about, option);
    e.full = strcmp(scale, "full") == 0;
    if (!*e.data || (e.out && !*e.out))
        user_error("--%s: found an empty name", *e.data ? "out" : "data");
    static char out[PATH_SIZE];
    const char *slash = strrchr(e.data, '/');
    bool digits = strcmp(e.data, "digits") == 0;
    snprintf(out, sizeof out, "build/%s%s%.200s", scale, digits ? "" : "-", digits ? "" : slash ? slash + 1 : e.data);
    e.out_given = e.out != NULL;
    e.out = e.out ? e.out : out;
    return e;
}

/* ---- time ------------------------------------------------------------- */

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

Progress progress_start(const char *label, long total)
{
    double now = seconds_now();
    return (Progress){ label, total, 0, now, now, isatty(STDERR_FILENO) != 0 };
}

static void print_bar(const Progress *p, double share)
{
    char bar[21];
    for (int i = 0; i < 20; i++)
        bar[i] = i < (int)(20 * share) ? '#' : '.';
    bar[20] = '\0';
    fprintf(stderr, "\r\033[K%s [%s]", p->label, bar);
}

void progress_show(Progress *p, long done, const char *format, ...)
{
    double now = seconds_now();
    if (now - p->last < (p->terminal ? 0.1 : 10.0) || done == p->first)
        return; /* nothing on short work, not too much on long work */
    p->last = now;
    double share = (double)done / (double)p->total, left = (now - p->start) * (double)(p->total - done) / (double)(done - p->first);
    if (p->terminal)
        print_bar(p, share);
    else
        fprintf(stderr, "%s:", p->label);
    long seconds = (long)fmin(left, 1e9);
    fprintf(stderr, " %3.0f %%, %ld:%02ld left", 100 * share, seconds / 60, seconds % 60);
    va_list arguments;
    va_start(arguments, format);
    if (*format)
        fprintf(stderr, "  ");
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs(p->terminal ? "" : "\n", stderr);
}

void progress_end(Progress *p)
{
    if (p->terminal)
        fprintf(stderr, "\r\033[K");
    fprintf(stderr, "%s: done in %.1f s\n", p->label, seconds_now() - p->start);
}
