#define _XOPEN_SOURCE 700 /* realpath */
#include "00_files.h"

#include "00_error.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files: written whole or not at all -------------------------------- */

enum { MAX_OUTPUT = 16 };

typedef struct {
    FILE *file; /* NULL: a free place */
    char path[PATH_SIZE], part[PATH_SIZE + 32];
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
    bool insists = number == SIGINT || number == SIGTERM || number == SIGHUP; /* when it comes again */
    if (holding && number != SIGQUIT && number != SIGABRT && !(noted && insists)) {
        noted = noted ? noted : number;
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
    static const int ends[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGTERM, SIGABRT /* REQUIRE */,
                                SIGUSR1, SIGUSR2, SIGXCPU /* what clusters send before the end */ };
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
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            int why = errno; /* a parent that is there may answer that its disk is read-only */
            if (stat(part, &info) != 0)
                user_error("%s: cannot make this directory: %s", part, strerror(why));
        }
        if (!slash)
            break;
    }
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        user_error("%s: found a file; expected a directory", path);
}

static Output *free_place(const char *name)
{
    for (int i = 0; i < MAX_OUTPUT; i++)
        if (!output[i].file)
            return &output[i];
    user_error("%s: more than %d files open for writing", name, MAX_OUTPUT);
}

/* Where a link leads, the file is written: the link stays. Returns whether a
 * file is there already; `there` is then what it is. */
static bool find_target(char *path, struct stat *there)
{
    char *target = NULL;
    if (lstat(path, there) != 0)
        return false;
    if (S_ISLNK(there->st_mode) && !(target = realpath(path, NULL)))
        user_error("%s: found a link that leads nowhere; expected a file to write", path);
    if (target && strlen(target) < PATH_SIZE)
        memcpy(path, target, strlen(target) + 1);
    free(target);
    if (stat(path, there) != 0 || !S_ISREG(there->st_mode))
        user_error("%s: found something that is no plain file; expected a file to write", path);
    return true;
}

static bool ends_in(const char *text, const char *ending)
{
    size_t n = strlen(text), m = strlen(ending);
    return n >= m && strcmp(text + n - m, ending) == 0;
}

/* What programs that were killed have left of a file: NAME.PROCESS-PLACE.part. */
static void remove_abandoned(const char *path)
{
    char directory[PATH_SIZE], name[PATH_SIZE], part[2 * PATH_SIZE + 32], *end;
    path_split(path, directory, name);
    DIR *d = opendir(directory);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(name);
        if (strncmp(e->d_name, name, n) != 0 || e->d_name[n] != '.' || !isdigit((unsigned char)e->d_name[n + 1]))
            continue;
        long process = strtol(e->d_name + n + 1, &end, 10);
        if (*end != '-' || !ends_in(end, ".part") || kill((pid_t)process, 0) == 0 || errno != ESRCH)
            continue;
        snprintf(part, sizeof part, "%s/%s", directory, e->d_name);
        unlink(part);
    }
    if (d)
        closedir(d);
}

FILE *output_open(const char *directory, const char *name)
{
    struct stat there;
    char path[PATH_SIZE];
    Output *o = free_place(name);
    clean_up_at_exit();
    directory_make(directory);
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= PATH_SIZE)
        user_error("%s/%s: the path is too long", directory, name);
    bool old = find_target(path, &there);
    remove_abandoned(path);
    snprintf(o->path, sizeof o->path, "%s", path);
    snprintf(o->part, sizeof o->part, "%s.%ld-%d.part", path, (long)getpid(), (int)(o - output));
    o->file = fopen(o->part, "wb");
    if (!o->file)
        user_error("%s: cannot write: %s", path, strerror(errno));
    if (old)
        fchmod(fileno(o->file), there.st_mode & 07777); /* as private, or as open, as the old one */
    return o->file;
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
