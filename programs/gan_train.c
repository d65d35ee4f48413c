/* gan train: a run, its log, its samples, its checkpoint. */
#include "gan.h"

#include "00_error.h"
#include "00_files.h"
#include "00_progress.h"
#include "01_parallel.h"
#include "02_random.h"
#include "04_layer.h"
#include "10_load.h"
#include "11_image.h"
#include "11_png.h"
#include "15_gan.h"
#include "17_training.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char timing_columns[] = "step\tstep_ms";

static void in_directory(char path[PATH_SIZE], const char *directory, const char *name)
{
    if (snprintf(path, PATH_SIZE, "%s/%s", directory, name) >= PATH_SIZE - 8)
        user_error("--out: found a path of %zu characters; expected fewer than %d", strlen(directory), PATH_SIZE - 32);
}

/* Cuts a table back to the rows up to a step, the state of the checkpoint, and
 * opens it to go on from there. Rows that somebody took away stay away. */
static FILE *table_continue(const char *directory, const char *name, const char *columns, long step)
{
    char path[PATH_SIZE], line[1024];
    in_directory(path, directory, name);
    FILE *old = step > 0 ? fopen(path, "r") : NULL;
    if (step > 0 && !old && errno != ENOENT)
        user_error("%s: cannot read: %s", path, strerror(errno));
    FILE *cut = tsv_open(directory, name, columns);
    if (old && !fgets(line, sizeof line, old))
        line[0] = '\0'; /* the head of the table has just been written anew */
    while (old && fgets(line, sizeof line, old) && strchr(line, '\n') && atol(line) <= step)
        fputs(line, cut);
    if (old && ferror(old))
        user_error("%s: cannot read: %s", path, strerror(errno));
    output_close_synced(cut);
    if (old)
        fclose(old);
    FILE *file = fopen(path, "a");
    if (!file)
        user_error("%s: cannot write: %s", path, strerror(errno));
    return file;
}

/* Onto the disk: a checkpoint must never be ahead of its log. */
static void sync_table(FILE *file, const char *directory, const char *name)
{
    if (fflush(file) != 0 || ferror(file) || fsync(fileno(file)) != 0)
        user_error("%s/%s: cannot write: %s", directory, name, strerror(errno));
}

/* ---- train ----------------------------------------------------------------------------------------- */

/* One run at a time in a directory. The lock ends with the program, however it ends. */
static void lock_directory(const char *directory)
{
    char path[PATH_SIZE];
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    in_directory(path, directory, "lock");
    directory_make(directory);
    int file = open(path, O_WRONLY | O_CREAT, 0666);
    if (file < 0)
        user_error("%s: cannot write: %s", path, strerror(errno));
    if (fcntl(file, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN))
        user_error("--out: another run is writing to %s; expected a directory of its own", directory);
}

/* A run being trained, and where it writes. */
typedef struct {
    const Options *o;
    Run *run;
    char checkpoint[PATH_SIZE], samples[PATH_SIZE];
    FILE *log, *timing;
    long saved; /* the step last saved; -1 before the first */
    Tensor z;   /* the noise of the sample grids, the same for all epochs */
} Trainer;

static void save(Trainer *t)
{
    if (t->saved == t->run->training.step)
        return;
    sync_table(t->log, t->o->out, "log.tsv");
    sync_table(t->timing, t->o->out, "timing.tsv");
    run_save(t->run, t->checkpoint);
    t->saved = t->run->training.step;
}

static void write_samples(Trainer *t, long epoch)
{
    char name[64];
    const Recipe *r = &t->run->recipe;
    snprintf(name, sizeof name, "epoch_%03ld.png", epoch);
    const Tensor *x = gan_sample(&t->run->gan, &t->z, EVAL);
    image_grid_write(t->samples, name, x->data, (ImageGrid){ GRID, GRID, r->height, r->width, .zoom = 2 });
}

/* A killed run loses the steps since its last save: at most `save`, or an epoch. */
static void train_step(Trainer *t, long per_epoch, Progress *progress)
{
    Run *run = t->run;
    double start = seconds_now();
    GanStep s = run_step(run);
    double seconds = seconds_now() - start;
    long step = run->training.step;
    gan_step_print(t->log, step, &s);
    fprintf(t->timing, "%ld\t%.3f\n", step, 1e3 * seconds);
    const char *why = gan_not_finite(&run->gan, &s);
    if (why)
        user_error("step %ld: %s; try a smaller learning rate", step, why);
    progress_show(progress, step, "epoch %ld  D %.3f  G %.3f  %.0f images/s", (step - 1) / per_epoch + 1,
                  s.loss_real + s.loss_fake, s.loss_g, (double)run->recipe.batch / seconds);
    if (step % per_epoch == 0)
        write_samples(t, step / per_epoch);
    if (step % (t->o->save ? t->o->save : per_epoch) == 0)
        save(t);
}

/* Ends the program after an interrupt, with the status that says so. */
static void stop_politely(Trainer *t, long steps)
{
    save(t);
    fprintf(stderr, "%sstopped after step %ld of %ld; %s is saved. To go on, give the same command with --resume\n",
            isatty(STDERR_FILENO) ? "\n" : "", t->run->training.step, steps, t->checkpoint);
    exit(128 + interrupted());
}

static void train_loop(Trainer *t)
{
    long per_epoch = gan_training_epoch_steps(&t->run->training), *step = &t->run->training.step;
    long steps = t->o->steps ? t->o->steps : per_epoch * t->o->epochs;
    Progress progress = progress_start(t->run->recipe.model, steps);
    progress.first = *step;
    interrupts_hold();
    while (*step < steps && !interrupted())
        train_step(t, per_epoch, &progress);
    if (*step < steps)
        stop_politely(t, steps);
    progress_end(&progress);
    save(t);
    printf("%s: %ld steps, %.1f epochs; see %s/log.tsv", t->checkpoint, *step, (double)*step / (double)per_epoch, t->o->out);
    if (*step >= per_epoch)
        printf(" and %s", t->samples);
    printf("\n");
}

/* The run of a checkpoint where there is one and it is wanted; else a new one. */
static void begin(const Options *o, Run *run, const Recipe *recipe, const Images *d, const char *checkpoint)
{
    struct stat info;
    bool there = stat(checkpoint, &info) == 0;
    if (!there && errno != ENOENT && errno != ENOTDIR)
        user_error("%s: cannot read: %s", checkpoint, strerror(errno));
    if (there && !o->resume)
        user_error("%s is there already; --resume goes on with it, another --out begins anew", checkpoint);
    if (!there) {
        run_new(run, recipe, d);
        return;
    }
    run_load(run, checkpoint);
    run_attach(run, recipe, d, checkpoint);
}

static void read_train_options(Options *o, int argc, char **argv)
{
    const Option option[] = {
        MODEL_OPTION(o),
        { "data", OPTION_TEXT, &o->data, "digits (drawn here), mnist, or a directory with MNIST's files", 0, 0, NULL },
        { "epochs", OPTION_INTEGER, &o->epochs, "epochs to train in all, of ceil(images / batch) steps each", 1, 100000, NULL },
        { "steps", OPTION_INTEGER, &o->steps, "steps to train in all, instead of epochs; 0: by epochs", 0, 1e9, NULL },
        { "batch", OPTION_INTEGER, &o->batch, "images of G's step; D sees half real, half generated", 4, 65536, NULL },
        { "rate", OPTION_NUMBER, &o->rate, "Adam's learning rate", 1e-12, 1e30, NULL },
        NORM_OPTION(o),
        ORDER_OPTION(o),
        SEED_OPTION(o, "seed of all random numbers"),
        THREADS_OPTION(o),
        { "out", OPTION_TEXT, &o->out, "directory of the run (build/MODEL)", 0, 0, NULL },
        { "save", OPTION_INTEGER, &o->save, "save the checkpoint every N steps; 0: every epoch", 0, 1e9, NULL },
        { "resume", OPTION_FLAG, &o->resume, "go on from the run's checkpoint; begin where there is none", 0, 0, NULL },
        { 0 },
    };
    static char out[64];
    options_read(argc, argv,
                 "Trains a GAN. Writes log.tsv, timing.tsv, samples/epoch_NNN.png (in evaluation mode, always from\n"
                 "the same noise) and checkpoint.safetensors. Ctrl-C saves; --resume goes on, to the same bytes.",
                 option);
    snprintf(out, sizeof out, "build/%s", o->model);
    o->out = o->out ? o->out : out;
    if (!*o->out || !*o->data)
        user_error("--%s: found an empty name", *o->out ? "data" : "out");
    threads_set((int)o->threads);
}

static void open_trainer(Trainer *t)
{
    const Options *o = t->o;
    lock_directory(o->out);
    Random r = random_stream((uint64_t)o->seed, "fixed noise", 0);
    t->z = tensor_new((Shape){ 2, { GRID * GRID, t->run->gan.noise_size } });
    random_normal(&r, t->z.data, tensor_size(&t->z));
    t->log = table_continue(o->out, "log.tsv", gan_step_columns, t->run->training.step);
    t->timing = table_continue(o->out, "timing.tsv", timing_columns, t->run->training.step);
}

int gan_train(int argc, char **argv)
{
    Options o = defaults();
    read_train_options(&o, argc, argv);
    recipe_of(&o, NULL); /* complains before the images are read */
    Images d = images_load_unlabelled(o.data, TRAINING_SET);
    Recipe recipe = recipe_of(&o, &d);
    Run run;
    Trainer t = { .o = &o, .run = &run, .saved = -1 };
    in_directory(t.checkpoint, o.out, "checkpoint.safetensors");
    in_directory(t.samples, o.out, "samples");
    begin(&o, &run, &recipe, &d, t.checkpoint);
    print_summary(&run);
    open_trainer(&t);
    train_loop(&t);
    fclose(t.log), fclose(t.timing);
    tensor_free(&t.z);
    run_free(&run);
    images_free(&d);
    return 0;
}
