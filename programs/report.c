/* gradcheck_report: how good the gradient checker is. Right gradients, of which
 * none may be called a BUG, and wrong ones, of which all should be, and named. */
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_gradcheck.h"
#include "03_measure.h"
#include "03_naming.h"
#include "04_init.h"
#include "04_layer.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "07_loss.h"
#include "09_network.h"
#include "09_network_subject.h"
#include "12_batchnorm_layer.h"
#include "13_inference.h"
#include "15_gan.h"
#include "15_gan_subject.h"
#include "17_mlp_gan.h"
#include "18_conv_layer.h"
#include "19_upsample_layer.h"
#include "wrong_gradients.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- counting ----------------------------------------------------------------------------------- */

typedef struct {
    long arrays, elements;                  /* right gradients */
    long alarms, unclear, unclear_elements; /* of these: called a BUG, INCONCLUSIVE */
    long wrong, hidden, killed;             /* wrong ones that differ, that do not on this shape, that are called a BUG */
    long coarse, coarse_killed;             /* those that differ by ten bars or more somewhere */
    long expected, named, misnamed;         /* killed ones that should have a name, have it, have another */
} Count;

enum { REGIMES = 4, MOST_KINDS = 64, MOST_MODULES = 32 };
static const char *const regime_name[REGIMES] = { "A: inputs of size 1", "B: 100 added to them", "C: a hundredth of them",
                                                  "D: the loss times 1e-6" };
typedef struct {
    const char *name;
    Count count;
} Line;
static Line of_regime[REGIMES + 1], of_kind[MOST_KINDS], of_module[MOST_MODULES]; /* a line without a name ends each */

static Count *line_of(Line *line, const char *name)
{
    while (line->name && strcmp(line->name, name) != 0)
        line++;
    line->name = name;
    return &line->count;
}

/* What a check adds to: its regime's line and its module's, and a wrong gradient's also to its kind's. */
typedef struct {
    Count *regime, *module, *kind;
} Books;

#define ADD(books, field, n)             \
    do {                                 \
        (books)->regime->field += (n);   \
        (books)->module->field += (n);   \
        if ((books)->kind)               \
            (books)->kind->field += (n); \
    } while (0)

/* ---- one subject ----------------------------------------------------------------------------------- */

static const double limit = sizeof(real) == sizeof(double) ? 1e-6 : 1e-3;

static void count_right(const Books *b, const Measurement *m)
{
    for (int a = 0; a < m->n_array; a++) {
        CheckRow row = gradcheck_judge("", &m->array[a], limit);
        ADD(b, arrays, 1);
        ADD(b, elements, (long)row.elements);
        ADD(b, alarms, row.verdict == BUG);
        ADD(b, unclear, row.verdict == INCONCLUSIVE);
        ADD(b, unclear_elements, (long)row.inconclusive);
    }
}

/* By how many bars the wrong gradient differs at most; 0: by no more than its own rounding. */
static double distance(const MeasuredArray *right, const double *wrong)
{
    double largest = 0;
    bool differs = false;
    for (size_t i = 0; i < right->n; i++) {
        double off = fabs(wrong[i] - right->analytic[i]);
        double bar = gradcheck_bar(right, i), rounding = bar - 2 * right->slope[i].error;
        differs = differs || !(off <= 2 * rounding);
        largest = isnan(off) ? INFINITY : fmax(largest, off / bar);
    }
    return differs ? largest : 0;
}

static bool holds_one_of(const char *text, const char *words)
{
    char word[64];
    for (const char *at = words, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "|");
        snprintf(word, sizeof word, "%.*s", (int)(end - at), at);
        if (strstr(text, word))
            return true;
    }
    return false;
}

static void count_name(const Books *b, const Subject *s, int array, const MeasuredArray *spoilt, const char *words)
{
    char text[NOTE_TEXT];
    bool found = bug_name(text, s, array, spoilt);
    if (!words[0])
        return;
    bool right = found && holds_one_of(text, words);
    ADD(b, expected, 1);
    ADD(b, named, right);
    ADD(b, misnamed, found && !right);
}

static void count_wrong(const Books *b, const Sound *sound, const Measurement *m, int a, const WrongGradient *w)
{
    MeasuredArray spoilt = m->array[a];
    spoilt.analytic = memory_get(spoilt.n * sizeof(double));
    memcpy(spoilt.analytic, m->array[a].analytic, spoilt.n * sizeof(double));
    if (w->spoil(spoilt.analytic, sound, a, spoilt.n)) {
        double off = distance(&m->array[a], spoilt.analytic);
        bool bug = gradcheck_judge("", &spoilt, limit).verdict == BUG;
        ADD(b, hidden, off == 0);
        ADD(b, wrong, off > 0);
        ADD(b, killed, off > 0 && bug);
        ADD(b, coarse, off >= 10);
        ADD(b, coarse_killed, off >= 10 && bug);
        if (off > 0 && bug)
            count_name(b, sound->s, a, &spoilt, w->words);
    }
    memory_release(spoilt.analytic);
}

/* The gradients at another x, as a cache that was not renewed would hold them. */
static void other_gradients(double **other, const Subject *s)
{
    const CheckArray *x = &s->array[0];
    real *kept = memory_get(x->n * sizeof *kept);
    memcpy(kept, x->x, x->n * sizeof *kept);
    for (size_t i = 0; i < x->n; i++)
        x->x[i] = kept[(i + 1) % x->n];
    s->evaluate(s->self);
    s->gradient(s->self);
    for (int a = 0; a < s->n_array; a++) {
        other[a] = memory_get(s->array[a].n * sizeof *other[a]);
        for (size_t i = 0; i < s->array[a].n; i++)
            other[a][i] = (double)s->array[a].dx[i];
    }
    memcpy(x->x, kept, x->n * sizeof *kept);
    memory_release(kept);
}

static int regime; /* the one being counted */

static void count_subject(const char *module, const char *layer, const Subject *s)
{
    double *right[32], *other[32];
    Books b = { &of_regime[regime].count, line_of(of_module, module), NULL };
    other_gradients(other, s);
    Measurement m = gradcheck_measure(s);
    for (int a = 0; a < s->n_array; a++)
        right[a] = m.array[a].analytic;
    count_right(&b, &m);
    Sound sound = { s, right, other, layer };
    for (const WrongGradient *w = wrong_gradients; w->name; w++) {
        b.kind = line_of(of_kind, w->kind);
        for (int a = 0; a < s->n_array; a++)
            if (m.array[a].scale > 0 && gradcheck_judge("", &m.array[a], limit).verdict == PASS)
                count_wrong(&b, &sound, &m, a, w);
    }
    for (int a = 0; a < s->n_array; a++)
        memory_release(other[a]);
    measurement_free(&m);
}

/* ---- the modules ----------------------------------------------------------------------------------------- */

static void into_regime(real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = regime == 1 ? x[i] + 100 : regime == 2 ? x[i] / 100 : x[i];
}

static void count_layer(const char *module, Layer *l, Shape x, Mode mode, uint64_t seed)
{
    Random r = random_stream(seed, module, (uint64_t)regime);
    LayerSubject s;
    for (int k = 0; k < l->n_param; k++)
        random_normal(&r, l->param[k]->value.data, tensor_size(&l->param[k]->value));
    layer_subject_init(&s, l, x, mode, &r);
    into_regime(s.x.data, tensor_size(&s.x));
    for (size_t i = 0; regime == 3 && i < tensor_size(&s.u); i++)
        s.u.data[i] *= (real)1e-6;
    count_subject(module, l->ops->name, &s.subject);
    layer_subject_free(&s);
    layer_free(l);
}

static void count_loss(const char *module, Loss *loss, int N, int C, uint64_t seed)
{
    Random r = random_stream(seed, module, (uint64_t)regime);
    LossSubject s;
    loss_subject_init(&s, loss, N, C, &r);
    count_subject(module, "Loss", &s.subject);
    loss_subject_free(&s);
}

static void count_network(uint64_t seed)
{
    Random r = random_stream(seed, "network", (uint64_t)regime);
    Layer *first = dense_new(4, 6, INIT_PYTORCH, &r), *last = dense_new(6, 2, INIT_PYTORCH, &r);
    Network *n = network_new("mlp", (Layer *[]){ first, batchnorm_training_new(6, 1e-5), leaky_relu_new(0.2), last, NULL });
    LayerSubject s;
    network_subject_init(&s, n, (Shape){ 2, { 7, 4 } }, PROBE, &r);
    into_regime(s.x.data, tensor_size(&s.x));
    count_subject("09_network", "Network", &s.subject);
    layer_subject_free(&s);
    network_free(n);
}

static void count_gan(bool of_generator, uint64_t seed)
{
    Random r = random_stream(seed, "gan", (uint64_t)regime);
    Network *generator = mlp_generator(3, 4, 6, true, batchnorm_pytorch(), &r);
    Gan g = gan_new(generator, mlp_discriminator(6, 4, false, batchnorm_pytorch(), &r), 3, adam_pytorch(2e-4, 0.5), seed);
    GanSubject s;
    gan_subject_init(&s, &g, of_generator, 8, 6, &r);
    count_subject(of_generator ? "15_gan G" : "15_gan D", "Gan", &s.subject);
    gan_subject_free(&s);
    gan_free(&g);
}

static Shape vectors(int R, int C) { return (Shape){ 2, { R, C } }; }
static Shape maps(int N, int H, int W, int C) { return (Shape){ 4, { N, H, W, C } }; }

static void count_all(uint64_t seed)
{
    Random r = random_stream(seed, "weights", 0);
    count_layer("05_dense", dense_new(4, 3, INIT_PYTORCH, &r), vectors(6, 4), PROBE, seed);
    count_layer("05_dense", dense_new(6, 5, INIT_PYTORCH, &r), vectors(3, 6), PROBE, seed);
    count_layer("06_relu", relu_new(), vectors(5, 4), PROBE, seed);
    count_layer("06_leaky_relu", leaky_relu_new(0.2), vectors(5, 4), PROBE, seed);
    count_layer("06_tanh", tanh_new(), vectors(5, 4), PROBE, seed);
    count_layer("06_sigmoid", sigmoid_new(), vectors(5, 4), PROBE, seed);
    count_loss("07_squared_error", squared_error, 5, 3, seed);
    count_loss("07_bce_logits", bce_logits, 8, 1, seed);
    count_loss("07_softmax_ce", softmax_cross_entropy, 5, 4, seed);
    count_network(seed);
    count_layer("12_batchnorm", batchnorm_training_new(4, 1e-5), vectors(6, 4), PROBE, seed);
    count_layer("12_batchnorm", batchnorm_training_new(2, 1e-5), vectors(16, 2), PROBE, seed);
    count_layer("12_batchnorm", batchnorm_training_new(3, 1e-3), maps(2, 2, 2, 3), PROBE, seed);
    Layer *eval = batchnorm_new(4, batchnorm_pytorch());
    random_uniform(&r, eval->state[1]->value.data, 4);
    count_layer("13_inference", eval, vectors(6, 4), EVAL, seed);
    count_gan(true, seed);
    count_gan(false, seed);
    count_layer("18_conv", conv_new(2, 3, 3, 1, PAD_KERAS, INIT_GLOROT, &r), maps(2, 4, 5, 2), PROBE, seed);
    count_layer("18_conv", conv_new(2, 2, 5, 2, PAD_KERAS, INIT_GLOROT, &r), maps(1, 6, 4, 2), PROBE, seed);
    count_layer("19_transposed", transposed_new(2, 2, 4, 2, PAD_KERAS, INIT_GLOROT, &r), maps(1, 3, 3, 2), PROBE, seed);
    count_layer("19_upsample", upsample_conv_new(2, 2, 3, INIT_GLOROT, &r), maps(1, 3, 2, 2), PROBE, seed);
}

/* ---- the program -------------------------------------------------------------------------------------------- */

static double share(long n, long of) { return of ? 100.0 * (double)n / (double)of : 100; }

static FILE *table(const char *out, const char *what, const char *columns)
{
    char name[64];
    snprintf(name, sizeof name, "gradcheck_%s_%s.tsv", what, REAL_NAME);
    return tsv_open(out, name, columns);
}

/* Of right gradients and wrong ones. */
static void write_both(const char *out, const char *what, const Line *line)
{
    FILE *tsv = table(out, what,
                      "of\tarrays\tfalse alarms\tinconclusive, %\twrong ones\tcaught, %\tof those 10 bars off, %\tnamed, %");
    for (; line->name; line++) {
        const Count *c = &line->count;
        fprintf(tsv, "%s\t%ld\t%ld\t%.2f\t%ld\t%.2f\t%.2f\t%.1f\n", line->name, c->arrays, c->alarms,
                share(c->unclear_elements, c->elements), c->wrong, share(c->killed, c->wrong),
                share(c->coarse_killed, c->coarse), share(c->named, c->expected));
    }
    output_close(tsv);
}

/* A row a kind of mistake. */
static void write_kinds(const char *out, const Line *line)
{
    FILE *tsv = table(out, "kind", "mistake\twrong ones\tcannot show\tcaught, %\tnamed, %\tcalled otherwise, %");
    for (; line->name; line++) {
        const Count *c = &line->count;
        fprintf(tsv, "%s\t%ld\t%ld\t%.2f\t", line->name, c->wrong, c->hidden, share(c->killed, c->wrong));
        if (c->expected)
            fprintf(tsv, "%.1f\t%.1f\n", share(c->named, c->expected), share(c->misnamed, c->expected));
        else
            fprintf(tsv, "-\t-\n");
    }
    output_close(tsv);
}

int main(int argc, char **argv)
{
    long seeds = 50;
    const char *out = "build/results";
    const Option option[] = {
        { "seeds", OPTION_INTEGER, &seeds, "random inputs of every module and regime", 1, 1e6, NULL },
        { "out", OPTION_TEXT, &out, "directory for the tables", 0, 0, NULL },
        { 0 },
    };
    options_read(argc, argv,
                 "How good the gradient checker is, in " REAL_NAME " precision: right gradients, of which none may be\n"
                 "called a BUG, and wrong ones, of which all should be, and be called by their name.\n"
                 "Writes gradcheck_{regime,kind,module}_" REAL_NAME ".tsv.",
                 option);
    threads_set(1);
    Progress p = progress_start("gradcheck_report", REGIMES * seeds);
    for (regime = 0; regime < REGIMES; regime++) {
        of_regime[regime].name = regime_name[regime];
        for (long seed = 0; seed < seeds; seed++) {
            count_all((uint64_t)seed);
            progress_show(&p, regime * seeds + seed + 1, "regime %c", 65 + regime);
        }
    }
    progress_end(&p);
    write_both(out, "regime", of_regime);
    write_both(out, "module", of_module);
    write_kinds(out, of_kind);
    Count all = { 0 };
    for (int k = 0; k < REGIMES; k++) {
        const Count *c = &of_regime[k].count;
        all.arrays += c->arrays, all.alarms += c->alarms, all.wrong += c->wrong, all.killed += c->killed;
        all.expected += c->expected, all.named += c->named, all.misnamed += c->misnamed;
    }
    printf(
        "%ld right arrays, %ld false alarms; %ld wrong ones, %.2f %% caught; of %ld that have a name, %.1f %% got it, %.1f %% another\n",
        all.arrays, all.alarms, all.wrong, share(all.killed, all.wrong), all.expected, share(all.named, all.expected),
        share(all.misnamed, all.expected));
    standard_output_end();
    return all.alarms ? 1 : 0;
}
