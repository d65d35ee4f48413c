/* gan: trains the three GANs of the course, and uses what they have learned.
 *
 * A run is a directory: log.tsv (a row a step), timing.tsv, samples/ (a grid an
 * epoch), checkpoint.safetensors, and an empty file `lock`. A run that was
 * stopped, in whatever way, goes on with --resume and ends with the same bytes. */
#include "gan.h"

#include "00_error.h"
#include "00_files.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "train", gan_train, "trains a model: gan train --model dcgan-upsample --data mnist --out build/my_run" },
    { "sample", gan_draw, "draws images: gan sample build/my_run/checkpoint.safetensors --png digits.png" },
    { "interpolate", gan_interpolate, "walks between noises: gan interpolate CHECKPOINT --png between.png" },
    { "evaluate", gan_evaluate, "measures its samples: gan evaluate CHECKPOINT --data mnist" },
    { "summary", gan_summary, "prints a model's layers: gan summary dcgan-upsample" },
    { "export", gan_export, "writes weights for PyTorch or Keras: gan export CHECKPOINT --out g.safetensors" },
    { "import", gan_import, "reads them back: gan import g.safetensors --model mlp --out CHECKPOINT" },
};

static void print_help(void)
{
    printf("The GANs of the course: train them, look at what they draw, carry their weights elsewhere.\n\n"
           "usage: gan COMMAND ...\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].help);
    printf("  %-12s this text; every command has its own: gan train --help\n", "--help");
}

int main(int argc, char **argv)
{
    static char name[32];
    program_named("gan");
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_help();
        standard_output_end();
        return 0;
    }
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            snprintf(name, sizeof name, "gan %s", argv[1]);
            argv[1] = name;
            program_named(name);
            int status = commands[i].run(argc - 1, argv + 1);
            standard_output_end();
            return status;
        }
    user_error("found %s%s%s; expected train, sample, interpolate, evaluate, summary, export or import (--help explains them)",
               argc > 1 ? "'" : "no command", argc > 1 ? argv[1] : "", argc > 1 ? "'" : "");
}
