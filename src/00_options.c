#include "00_options.h"

#include "00_error.h"
#include "00_files.h"
#include "00_numbers.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    printf("%s\n\nusage: %s [options]\n", about, program_name());
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
    numbers_begin();
    double x = strtod(text, &end);
    numbers_end();
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
        { "out", OPTION_TEXT, &e.out,
          "directory for what is measured (build/quick; build/full-mnist and so on by scale and data)", 0, 0, NULL },
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
