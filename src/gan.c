/* gan: trains the three GANs of the course, and uses what they have learned.
 *
 * A run is a directory: log.tsv (a row a step), timing.tsv, samples/ (a grid an
 * epoch), checkpoint.safetensors, and an empty file `lock`. A run that was
 * stopped, in whatever way, goes on with --resume and ends with the same bytes. */
#include "21_checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GRID = 8 };

/* ---- options that commands share ------------------------------------------------------------ */

typedef struct {
    long epochs, steps, batch, seed, threads, save, count;
    double rate;
    const char *model, *norm, *order, *data, *out, *noise, *mode, *png, *npy, *network, *layout, *into;
    bool resume;
} Options;

static Options defaults(void)
{
    return (Options){ .epochs = 50, .batch = 256, .seed = 1, .threads = threads_get(), .count = GRID * GRID, .rate = 2e-4,
                      .model = "mlp", .order = "given", .data = "digits", .mode = "eval",
                      .network = "generator", .layout = "pytorch" };
}

/* As the sources give them: batch norm in both networks of the blog's GAN, in the notebook's generators. */
static const char *default_norm(const char *model) { return strcmp(model, "mlp") == 0 ? "both" : "generator"; }

#define MODEL_OPTION(o) { "model", OPTION_CHOICE, &(o)->model, "the blog's GAN (mlp), or one of the notebook's two", 0, 0, model_names }
#define NORM_OPTION(o) { "norm", OPTION_CHOICE, &(o)->norm, "where batch norm stands (mlp: both; dcgan: generator)", 0, 0, norm_names }
#define ORDER_OPTION(o) { "order", OPTION_CHOICE, &(o)->order, "dcgan: LeakyReLU then batch norm, or the reverse", 0, 0, order_names }
#define SEED_OPTION(o, help) { "seed", OPTION_INTEGER, &(o)->seed, help, 0, 4294967295.0, NULL }
#define THREADS_OPTION(o) { "threads", OPTION_INTEGER, &(o)->threads, "changes the time, not one byte of the result", 1, 1024, NULL }

/* The word behind the command that is no option, taken out of the arguments; NULL where there is none. */
static const char *take_word(int *argc, char **argv)
{
    if (*argc < 2 || argv[1][0] == '-')
        return NULL;
    const char *word = argv[1];
    for (int i = 1; i + 1 < *argc; i++)
        argv[i] = argv[i + 1];
    argv[--*argc] = NULL;
    return word;
}

/* The options, and the word, which must be there. */
static const char *word_and_options(int argc, char **argv, const char *what, const char *about, const Option *option)
{
    const char *word = take_word(&argc, argv);
    options_read(argc, argv, about, option); /* --help ends here */
    if (!word)
        user_error("found no %s; expected it behind the command", what);
    return word;
}

static Recipe recipe_of(Options *o, const Images *d)
{
    if (!o->norm)
        o->norm = default_norm(o->model);
    if (o->batch % 2 != 0)
        user_error("--batch: found %ld; expected an even number: D sees half of it", o->batch);
    bool mlp = strcmp(o->model, "mlp") == 0;
    if (mlp && strcmp(o->order, "given") != 0)
        user_error("--order: found %s; the mlp has batch norm before its activations as it is", o->order);
    Recipe r = { o->model, o->norm, o->order, o->rate, o->batch, (uint64_t)o->seed, DCGAN_SIDE, DCGAN_SIDE, 0 };
    if (!d)
        return r;
    r.height = d->height, r.width = d->width;
    if ((double)o->batch * d->height * d->width > INT32_MAX)
        user_error("--batch: found %ld images of %dx%d; expected at most %d", o->batch, d->height, d->width,
                   INT32_MAX / (d->height * d->width));
    if (!mlp && (d->height != DCGAN_SIDE || d->width != DCGAN_SIDE))
        user_error("--data: found images of %dx%d; %s needs 28x28", d->height, d->width, o->model);
    if (o->batch / 2 > d->n)
        user_error("--batch: found %ld; expected at most %d, twice the number of images", o->batch, 2 * d->n);
    return r;
}

/* ---- train: the log ------------------------------------------------------------------------------ */

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
    Tensor z; /* the noise of the sample grids, the same for all epochs */
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
    image_grid_write(t->samples, name, x->data, GRID, GRID, r->height, r->width, 2);
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
    gan_require_finite(&run->gan, &s, step, NULL);
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

static void print_summary(const Run *run)
{
    const Network *G = run->gan.generator, *D = run->gan.discriminator;
    network_summary_print(stdout, G, (Shape){ 1, { run->gan.noise_size } });
    network_summary_print(stdout, D, (Shape){ 1, { run->recipe.height * run->recipe.width } });
    printf("  %-16s %-16s %12d  (taken into the loss)\n", "Sigmoid", "Nx1", 0);
    printf("in all, as Keras counts: generator %ld, discriminator %ld\n",
           layer_trainable(&G->base) + layer_not_trainable(&G->base), layer_trainable(&D->base) + layer_not_trainable(&D->base));
    fflush(stdout);
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
    options_read(argc, argv, "Trains a GAN. Writes log.tsv, timing.tsv, samples/epoch_NNN.png (in evaluation mode, always from\n"
                             "the same noise) and checkpoint.safetensors. Ctrl-C saves; --resume goes on, to the same bytes.", option);
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

static int train(int argc, char **argv)
{
    Options o = defaults();
    read_train_options(&o, argc, argv);
    recipe_of(&o, NULL); /* complains before the images are read */
    Images d = images_load(o.data, TRAINING_SET);
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

/* ---- sample and interpolate --------------------------------------------------------------------------- */

/* Rows of noise: from a file, or from the seed. */
static Tensor noise_for(const Options *o, const Run *run)
{
    int size = run->gan.noise_size;
    if (o->noise) {
        Tensor z = numpy_read(o->noise);
        if (z.shape.rank != 2 || z.shape.dim[1] != size)
            user_error("%s: found an array of %s; expected rows of %d numbers", o->noise, shape_text(z.shape), size);
        if (!all_finite(z.data, tensor_size(&z)))
            user_error("%s: found NaN or infinity", o->noise);
        return z;
    }
    Random r = random_stream((uint64_t)o->seed, "sampled noise", 0);
    Tensor z = tensor_new((Shape){ 2, { (int)o->count, size } });
    random_normal(&r, z.data, tensor_size(&z));
    return z;
}

/* The images as the options want them: a grid, an array, or both. */
static void write_images(const Options *o, const Run *run, const Tensor *x, int columns)
{
    char directory[PATH_SIZE], name[PATH_SIZE];
    int n = x->shape.dim[0], H = run->recipe.height, W = run->recipe.width;
    if (o->npy) {
        Tensor images = *x; /* as N x H x W, whatever the network's last shape was */
        images.shape = (Shape){ 3, { n, H, W } };
        numpy_write(o->npy, &images);
    }
    if (!o->png)
        return;
    path_split(o->png, directory, name);
    int rows = (n + columns - 1) / columns;
    Tensor grid = tensor_new((Shape){ 2, { rows * columns, H * W } });
    tensor_fill(&grid, -1); /* what the last row lacks is black */
    memcpy(grid.data, x->data, (size_t)n * (size_t)(H * W) * sizeof *grid.data);
    image_grid_write(directory, name, grid.data, rows, columns, H, W, 2);
    tensor_free(&grid);
}

static bool same_file(const char *a, const char *b)
{
    struct stat s, t;
    return strcmp(a, b) == 0 || (stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev && s.st_ino == t.st_ino);
}

/* What is read must not be written over. */
static void require_other_file(const char *option, const char *out, const char *in)
{
    if (out && in && same_file(out, in))
        user_error("--%s: found %s, the file that is read; expected another", option, out);
}

static void require_target(const Options *o, const char *checkpoint)
{
    if (!o->png && !o->npy)
        user_error("found neither --png nor --npy; expected a file to write to");
    if (o->png && o->npy && same_file(o->png, o->npy))
        user_error("--npy: found %s, the file of --png; expected another", o->npy);
    require_other_file("png", o->png, checkpoint), require_other_file("npy", o->npy, checkpoint);
    require_other_file("png", o->png, o->noise), require_other_file("npy", o->npy, o->noise);
}

/* In batches where each image stands for itself; all at once where the batch decides. */
static Tensor generate(Run *run, const Tensor *z, const char *mode)
{
    enum { AT_ONCE = 256, MOST_NUMBERS = 1 << 27, MOST_TOGETHER = 10000 };
    int n = z->shape.dim[0], pixels = run->recipe.height * run->recipe.width, size = run->gan.noise_size;
    bool train = strcmp(mode, "train") == 0;
    if (train && n < 2)
        user_error("--mode: found train with one image; batch norm in training needs two");
    if ((double)n * pixels > MOST_NUMBERS)
        user_error("found %d images of %dx%d to draw; expected at most %d at a time", n, run->recipe.height, run->recipe.width,
                   MOST_NUMBERS / pixels);
    if (train && n > MOST_TOGETHER)
        user_error("--mode: found train with %d images; expected at most %d, as they are one batch", n, MOST_TOGETHER);
    Tensor all = tensor_new((Shape){ 2, { n, pixels } }), part = { 0 };
    for (int first = 0, count; first < n; first += count) {
        count = train || n - first < AT_ONCE ? n - first : AT_ONCE;
        tensor_resize(&part, (Shape){ 2, { count, size } });
        memcpy(part.data, z->data + (size_t)first * (size_t)size, tensor_size(&part) * sizeof *part.data);
        const Tensor *x = train ? network_peek(run->gan.generator, &part) : gan_sample(&run->gan, &part, EVAL);
        memcpy(all.data + (size_t)first * (size_t)pixels, x->data, tensor_size(x) * sizeof *x->data);
    }
    tensor_free(&part);
    return all;
}

static int sample(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = {
        { "count", OPTION_INTEGER, &o.count, "images", 1, 100000, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "noise", OPTION_TEXT, &o.noise, "take the noise from this NumPy array (.npy), an image a row", 0, 0, NULL },
        { "mode", OPTION_CHOICE, &o.mode, "batch norm by running statistics, or by the batch itself", 0, 0, "eval|train" },
        { "png", OPTION_TEXT, &o.png, "write a grid here", 0, 0, NULL },
        { "npy", OPTION_TEXT, &o.npy, "write a NumPy array here, N x H x W in [-1, 1]", 0, 0, NULL },
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan sample CHECKPOINT: draws images from a trained generator.", option);
    require_target(&o, checkpoint);
    threads_set((int)o.threads);
    Run run;
    run_load(&run, checkpoint);
    Tensor z = noise_for(&o, &run), x = generate(&run, &z, o.mode);
    write_images(&o, &run, &x, (int)ceil(sqrt((double)x.shape.dim[0])));
    tensor_free(&z), tensor_free(&x);
    run_free(&run);
    return 0;
}

/* Between rows a and b of n numbers, at share t of the angle between them: on
 * the sphere, where noise lives, rather than through its empty middle.
 * Source: White, "Sampling generative networks", 2016, section 2.1. */
static void slerp(real *z, const real *a, const real *b, double t, size_t n)
{
    double cosine = dot(a, b, n) / sqrt(dot(a, a, n) * dot(b, b, n)), angle = acos(fmax(-1, fmin(1, cosine)));
    double of_a = angle > 1e-6 ? sin((1 - t) * angle) / sin(angle) : 1 - t;
    double of_b = angle > 1e-6 ? sin(t * angle) / sin(angle) : t;
    for (size_t i = 0; i < n; i++)
        z[i] = (real)(of_a * (double)a[i] + of_b * (double)b[i]);
}

static int interpolate(int argc, char **argv)
{
    Options o = defaults();
    o.count = GRID;
    long across = 11;
    const Option option[] = {
        { "count", OPTION_INTEGER, &o.count, "rows: pairs of noise", 1, 1000, NULL },
        { "across", OPTION_INTEGER, &across, "images from one end to the other", 2, 1000, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "png", OPTION_TEXT, &o.png, "write a grid here, a row a pair", 0, 0, NULL },
        { "npy", OPTION_TEXT, &o.npy, "write a NumPy array here, N x H x W in [-1, 1]", 0, 0, NULL },
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan interpolate CHECKPOINT: walks from one noise vector to another and draws what lies between.", option);
    require_target(&o, checkpoint);
    threads_set((int)o.threads);
    Run run;
    run_load(&run, checkpoint);
    size_t size = (size_t)run.gan.noise_size;
    long rows = o.count;
    o.count = 2 * rows;
    Tensor ends = noise_for(&o, &run), z = tensor_new((Shape){ 2, { (int)(rows * across), (int)size } });
    for (long i = 0; i < rows * across; i++) {
        const real *a = ends.data + (size_t)(i / across) * 2 * size;
        slerp(z.data + (size_t)i * size, a, a + size, (double)(i % across) / (double)(across - 1), size);
    }
    Tensor x = generate(&run, &z, "eval");
    write_images(&o, &run, &x, (int)across);
    tensor_free(&ends), tensor_free(&z), tensor_free(&x);
    run_free(&run);
    return 0;
}

/* ---- judge --------------------------------------------------------------------------------------------- */

enum { JUDGED = 10000 };

/* What a classifier, trained here, says of JUDGED samples. */
typedef struct {
    double accuracy, smallest; /* of the classifier on the test set; the rarest class's share */
    int covered, classes;
} Judgement;

static Judgement classify(const Tensor *x, const Images *d, const Images *test)
{
    static uint8_t label[JUDGED];
    double share[256];
    Judgement v = { .smallest = 1, .classes = d->classes };
    Network *classifier = classifier_new(images_pixels(d), d->classes, 1);
    Progress progress = progress_start("classifier", 5l * ((d->n + 127) / 128));
    classifier_train(classifier, d, 5, 1, &progress);
    progress_end(&progress);
    v.accuracy = classifier_accuracy(classifier, test);
    classifier_labels(classifier, x, label);
    v.covered = classes_covered(label, JUDGED, d->classes, share);
    for (int k = 0; k < d->classes; k++)
        v.smallest = fmin(v.smallest, share[k]);
    network_free(classifier);
    return v;
}

static void write_judgement(const Run *run, const Judgement *v, const char *directory)
{
    FILE *tsv = tsv_open(directory, "summary.tsv", "model\tnorm\tstep\tclasses_covered\tsmallest_share\tclassifier_accuracy");
    fprintf(tsv, "%s\t%s\t%ld\t%d\t%.4f\t%.4f\n", run->recipe.model, run->recipe.norm, run->training.step, v->covered,
            v->smallest, v->accuracy);
    output_close(tsv);
    printf("%s after %ld steps: %d of %d classes with 1 %% or more of %d samples, the rarest %.1f %%, by a classifier right on "
           "%.2f %% of the test set\n", run->recipe.model, run->training.step, v->covered, v->classes, JUDGED, 100 * v->smallest,
           100 * v->accuracy);
}

static int judge(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = {
        { "data", OPTION_TEXT, &o.data, "digits, mnist or a directory: what the classifier learns from", 0, 0, NULL },
        SEED_OPTION(&o, "seed of the noise"),
        { "out", OPTION_TEXT, &o.out, "directory for summary.tsv (the checkpoint's)", 0, 0, NULL },
        THREADS_OPTION(&o),
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan judge CHECKPOINT: which classes do 10,000 samples cover? A dense classifier, trained here on the\n"
        "data for five epochs, sorts them (chapter 16). Writes summary.tsv.", option);
    char directory[PATH_SIZE], name[PATH_SIZE];
    path_split(checkpoint, directory, name);
    threads_set((int)o.threads);
    o.count = JUDGED;
    Run run;
    run_load(&run, checkpoint);
    directory_make(o.out ? o.out : directory); /* complains before the long work */
    Images d, test;
    images_load_both(o.data, &d, &test, 1);
    if (d.height != run.recipe.height || d.width != run.recipe.width)
        user_error("--data: found images of %dx%d; %s draws %dx%d", d.height, d.width, checkpoint, run.recipe.height, run.recipe.width);
    Tensor z = noise_for(&o, &run), x = generate(&run, &z, "eval");
    Judgement v = classify(&x, &d, &test);
    write_judgement(&run, &v, o.out ? o.out : directory);
    tensor_free(&z), tensor_free(&x);
    images_free(&d), images_free(&test);
    run_free(&run);
    return 0;
}

/* ---- summary, export and import -------------------------------------------------------------------------- */

static int summary(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = { NORM_OPTION(&o), ORDER_OPTION(&o), { 0 } };
    const char *model = word_and_options(
        argc, argv, "model",
        "gan summary MODEL (mlp, dcgan-upsample or dcgan-transpose): prints both networks, layer by layer.", option);
    if (!word_among(model, model_names))
        user_error("found '%s'; expected one of %s", model, model_names);
    o.model = model;
    Recipe recipe = recipe_of(&o, NULL);
    Run run;
    run_new(&run, &recipe, NULL);
    print_summary(&run);
    run_free(&run);
    return 0;
}

enum { MOST_TENSORS = 64 };

/* The named network of a run, seen in the layout. */
static int relayout(const Options *o, Run *run, Relayout r[MOST_TENSORS])
{
    Network *n = strcmp(o->network, "generator") == 0 ? run->gan.generator : run->gan.discriminator;
    Layout layout = strcmp(o->layout, "pytorch") == 0 ? LAYOUT_PYTORCH : LAYOUT_KERAS;
    bool blog = strcmp(run->recipe.model, "mlp") == 0;
    return layout_of(n, layout, blog && layout == LAYOUT_PYTORCH ? "network." : "", r, MOST_TENSORS);
}

#define NETWORK_OPTION(o) { "network", OPTION_CHOICE, &(o)->network, "which of the two", 0, 0, "generator|discriminator" }
#define LAYOUT_OPTION(o) { "layout", OPTION_CHOICE, &(o)->layout, "names, shapes and axes of which framework", 0, 0, "pytorch|keras" }

static void require_out(const char *out, const char *in)
{
    if (!out || !*out)
        user_error("--out: found nothing; expected the file to write");
    require_other_file("out", out, in);
}

static int export(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = {
        NETWORK_OPTION(&o),
        LAYOUT_OPTION(&o),
        { "out", OPTION_TEXT, &o.out, "the safetensors file to write", 0, 0, NULL },
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan export CHECKPOINT: writes a network's weights as PyTorch's load_state_dict or Keras's set_weights\n"
        "takes them. Chapter 21 prints the model on the other side.", option);
    require_out(o.out, checkpoint);
    Run run;
    Relayout r[MOST_TENSORS];
    run_load(&run, checkpoint);
    layout_write(r, relayout(&o, &run, r), o.out);
    run_free(&run);
    return 0;
}

static int import(int argc, char **argv)
{
    Options o = defaults();
    o.model = o.order = NULL;
    const Option option[] = {
        NETWORK_OPTION(&o),
        LAYOUT_OPTION(&o),
        { "model", OPTION_CHOICE, &o.model, "the GAN they belong to (mlp; with --into, the checkpoint's)", 0, 0, model_names },
        NORM_OPTION(&o),
        { "order", OPTION_CHOICE, &o.order, "dcgan: LeakyReLU then batch norm, or the reverse (given)", 0, 0, order_names },
        SEED_OPTION(&o, "without --into: seed of the other network's initial weights"),
        { "into", OPTION_TEXT, &o.into, "put them into this checkpoint's network instead of a new one's", 0, 0, NULL },
        { "out", OPTION_TEXT, &o.out, "the checkpoint to write", 0, 0, NULL },
        { 0 },
    };
    const char *path = word_and_options(
        argc, argv, "safetensors file",
        "gan import FILE: makes a checkpoint from weights that PyTorch or Keras saved; what gan export writes,\n"
        "this reads back. Without --into the model is new but for them; with it, the rest of the\n"
        "checkpoint, Adam's moments included, stays as it is.", option);
    require_out(o.out, path);
    if (o.into && (o.model || o.norm || o.order))
        user_error("--into: found with --model, --norm or --order; the checkpoint has its own");
    o.model = o.model ? o.model : "mlp";
    o.order = o.order ? o.order : "given";
    Run run;
    Relayout r[MOST_TENSORS];
    Recipe recipe = recipe_of(&o, NULL);
    Safetensors file = safetensors_read(path);
    if (o.into)
        run_load(&run, o.into);
    else
        run_new(&run, &recipe, NULL);
    const char *why = layout_read(r, relayout(&o, &run, r), &file);
    if (why)
        user_error("%s: %s; expected the %s of %s%s, for %s", path, why, o.network, o.into ? "" : "--model ",
                   o.into ? o.into : o.model, o.layout);
    run_save(&run, o.out);
    safetensors_free(&file);
    run_free(&run);
    return 0;
}

/* ---- the program --------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "train", train, "trains a model: gan train --model dcgan-upsample --data mnist --out build/my_run" },
    { "sample", sample, "draws images: gan sample build/my_run/checkpoint.safetensors --png digits.png" },
    { "interpolate", interpolate, "walks between noises: gan interpolate CHECKPOINT --png between.png" },
    { "judge", judge, "counts the classes it covers: gan judge CHECKPOINT --data mnist" },
    { "summary", summary, "prints a model's layers: gan summary dcgan-upsample" },
    { "export", export, "writes weights for PyTorch or Keras: gan export CHECKPOINT --out g.safetensors" },
    { "import", import, "reads them back: gan import g.safetensors --model mlp --out CHECKPOINT" },
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
    user_error("found %s%s%s; expected train, sample, interpolate, judge, summary, export or import (--help explains them)",
               argc > 1 ? "'" : "no command", argc > 1 ? argv[1] : "", argc > 1 ? "'" : "");
}
