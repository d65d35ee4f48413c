/* blind: the gradient checker before wrong gradients that were written by somebody who had seen
 * only headers and the names of classes. How many are caught, and how many called by their name? */
#include "12_batchnorm.h"

#include "00_files.h"
#include "00_options.h"
#include "01_memory.h"
#include "01_sum.h"
#include "01_tensor.h"
#include "03_gradcheck.h"
#include "03_measure.h"
#include "03_naming.h"
#include "03_subject.h"
#include "05_dense.h"
#include "06_activation.h"
#include "18_conv.h"
#include "19_transposed.h"
#include "19_upsample.h"
#include "task.h"
#include "wrong.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a right name holds -------------------------------------------------------------------- */

/* By class, words of which one must stand in the name, parted by |. Written down before the first run, of which
 * docs/results/gradcheck_blind_first.tsv is the table; the namer has learned more names since, and their words
 * were added. Classes without words are of no kind that the checker knows: any name is a wrong one. */
static const struct {
    const char *class, *words;
} right_names[] = {
    { "path through the mean missing", "missing: path through the mean|through the column's mean" },
    { "path through the variance missing", "missing: path through the variance|through the column's variance" },
    { "statistics held constant", "path through the mean and path through the variance|paths through mean and variance" },
    { "m - 1 for m", "m - 1 stands for m" },
    { "1/m missing", "1/m is missing|over the batch for its mean|for their mean" },
    { "sum for mean", "1/m is missing|over the batch for its mean|for their mean" },
    { "1/m twice", "1/m twice|over the batch for its sum|for their sum" },
    { "mean for sum", "1/m twice|over the batch for its sum|for their sum" },
    { "sign", "sign is turned" },
    { "gamma missing", "gamma is missing" },
    { "gamma squared", "gamma too much" },
    { "rstd missing", "rstd, 1/(standard deviation), is missing|rstd is missing" },
    { "rstd squared", "rstd, 1/(standard deviation), too much|rstd too much" },
    { "transposed", "transposed|axes stand in the order" },
    { "channels first", "channels first|axes stand in" },
    { "one sample wrong", "alone is wrong|left out|alone is read" },
    { "one channel wrong", "alone is wrong" },
    { "one element wrong", "alone is wrong" },
    { "doubled", "twice the gradient" },
    { "halved", "half the gradient" },
    { "never computed", "0 everywhere|never written|as it was|it is 0" },
    { "the other branch", "other branch|one branch for both|at -" },
    { "derivative missing", "dy itself|is missing" },
    { "derivative by the input", "by its input|the derivative at y" },
    { "training's formula in evaluation", "off by a constant|multiple of x - mean|paths through" },
    { "bias not summed", "not summed" },
    { "kernel not flipped", "kernel is turned|turned round" },
    { "padding off by one", "moved by" },
    { "a constant factor", "times the gradient|constant factor|twice|half" },
    { "a constant added", "added to every element|off by a constant" },
    { "last sample dropped", "left out|alone is wrong" },
    { NULL, NULL },
};

/* Of functions of no such class: what may be said of them, for it is so. */
static const struct {
    const char *function, *words;
} true_names[] = {
    { "transposed_x_kernel_flipped", "as if w were flipped" },
    { "transposed_x_flipped", "as if w were flipped" },
    { "bn_eval_divided_by_rstd", "rstd^2 is missing" },
    { "leaky_branch_by_dy", "the derivative at dy" },
    { "leaky_sign_of_dy", "the derivative at dy" },
    { "bce_slope_too_often", "once too often" },
    { "bce_slope_twice", "once too often" },
    { "bn_x_no_xhat", "the same in all rows" },
    { "bn_eval_epsilon_twice", "a factor of its own" },
    { "dense_w_first_x", "example 0 alone is read" },
    { "leaky_by_dy", "the derivative at dy" },
    { "se_no_target", "missing: (-t/N)" },
    { "bn_eval_epsilon_again", "a factor of its own" },
    { "bn_x_scale_of_channel_0", "a factor of its own" },
    { NULL, NULL },
};

static const char *words_of(const char *class)
{
    int k = 0;
    while (right_names[k].class && strcmp(right_names[k].class, class) != 0)
        k++;
    return right_names[k].class ? right_names[k].words : "";
}

static const char *words_for(const Wrong *w)
{
    int k = 0;
    while (true_names[k].function && strcmp(true_names[k].function, w->name) != 0)
        k++;
    return true_names[k].function ? true_names[k].words : words_of(w->class);
}

static bool holds_one_of(const char *text, const char *words)
{
    char word[80];
    for (const char *at = words, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "|");
        snprintf(word, sizeof word, "%.*s", (int)(end - at), at);
        if (strstr(text, word))
            return true;
    }
    return false;
}

/* ---- calling one --------------------------------------------------------------------------------- */

/* The task that a family has its calls from. */
static const char *const function_of[FAMILIES] = { [BATCHNORM_X] = "batchnorm_backward_x",
                                                   [BATCHNORM_EVAL] = "batchnorm_backward_x",
                                                   [BATCHNORM_SUMS] = "batchnorm_backward_sums",
                                                   [DENSE_X] = "dense_backward_x",
                                                   [DENSE_W] = "dense_backward_W",
                                                   [DENSE_B] = "dense_backward_b",
                                                   [LEAKY] = "leaky_relu_backward",
                                                   [TANH] = "tanh_backward",
                                                   [SIGMOID] = "sigmoid_backward",
                                                   [SQUARED_ERROR] = "squared_error",
                                                   [BCE] = "bce_logits",
                                                   [SOFTMAX] = "softmax_cross_entropy",
                                                   [CONV_X] = "conv_backward_x",
                                                   [CONV_W] = "conv_backward_w",
                                                   [UPSAMPLE_X] = "upsample_backward",
                                                   [TRANSPOSED_X] = "transposed_backward_x",
                                                   [TRANSPOSED_W] = "transposed_backward_w" };

static const Task *task_of(const char *function)
{
    for (const Chapter *c = chapters; c->number; c++)
        for (const Task *t = c->task; t->function; t++)
            if (strcmp(t->function, function) == 0)
                return t;
    return NULL;
}

static BatchNorm norm_of(Call *c)
{
    return (BatchNorm){ .R = c->size[0],
                        .C = c->size[1],
                        .x = AT("x"),
                        .mean = AT("mean"),
                        .rstd = AT("rstd"),
                        .gamma = AT("gamma"),
                        .beta = AT("beta") };
}

static ConvSizes conv_of(const Call *c, bool transposed)
{
    const int *s = c->size;
    ConvSizes given = { .N = s[0], .H = s[1], .W = s[2], .C = s[3], .K = s[4], .S = s[5], .O = s[6] };
    return transposed ? transposed_sizes(given, (Padding)s[7]) : conv_sizes(given, (Padding)s[7]);
}

static void call_wrong(const Wrong *w, Call *c)
{
    const int *s = c->size;
    switch (w->family) {
    case BATCHNORM_X: {
        BatchNorm n = norm_of(c);
        w->function.batchnorm_x(AT("dx"), AT("dy"), AT("dgamma"), AT("dbeta"), s[0], &n);
        break;
    }
    case BATCHNORM_EVAL: {
        BatchNorm n = norm_of(c);
        w->function.batchnorm_x(AT("dx"), AT("dy"), AT("dgamma"), AT("dbeta"), INFINITY, &n);
        break;
    }
    case BATCHNORM_SUMS: {
        BatchNorm n = norm_of(c);
        w->function.batchnorm_sums(AT("dgamma"), AT("dbeta"), AT("dy"), &n);
        break;
    }
    case DENSE_X: w->function.dense_x(AT("dx"), AT("dy"), AT("W"), s[0], s[1], s[2]); break;
    case DENSE_W: w->function.dense_w(AT("dW"), AT("x"), AT("dy"), s[0], s[1], s[2]); break;
    case DENSE_B: w->function.dense_b(AT("db"), AT("dy"), s[0], s[2]); break;
    case LEAKY: w->function.leaky(AT("dx"), AT("dy"), AT("x"), (real)0.2, call_count(array_of(c, "x"))); break;
    case TANH: w->function.tanh_(AT("dx"), AT("dy"), AT("y"), call_count(array_of(c, "x"))); break;
    case SIGMOID: w->function.sigmoid(AT("dx"), AT("dy"), AT("y"), call_count(array_of(c, "x"))); break;
    case SQUARED_ERROR: w->function.squared_error(AT("y"), AT("t"), s[0], s[1], AT("dy")); break;
    case BCE: w->function.bce(AT("y"), AT("t"), s[0], s[1], AT("dy")); break;
    case SOFTMAX: w->function.softmax(AT("y"), AT("t"), s[0], s[1], AT("dy")); break;
    case CONV_X: {
        ConvSizes sizes = conv_of(c, false);
        w->function.conv_x(AT("dx"), AT("dy"), AT("w"), &sizes);
        break;
    }
    case CONV_W: {
        ConvSizes sizes = conv_of(c, false);
        w->function.conv_w(AT("dw"), AT("x"), AT("dy"), &sizes);
        break;
    }
    case UPSAMPLE_X: w->function.upsample_x(AT("dx"), AT("dy"), s[0], s[1], s[2], s[3]); break;
    case TRANSPOSED_X: {
        ConvSizes sizes = conv_of(c, true);
        w->function.transposed_x(AT("dx"), AT("dy"), AT("w"), &sizes);
        break;
    }
    case TRANSPOSED_W: {
        ConvSizes sizes = conv_of(c, true);
        w->function.transposed_w(AT("dw"), AT("x"), AT("dy"), &sizes);
        break;
    }
    case FAMILIES: break;
    }
}

/* ---- as a subject ------------------------------------------------------------------------------------ */

typedef struct {
    const Wrong *wrong; /* NULL: the right one */
    const Task *task;
    Family family;
    double factor; /* of the loss */
    Call call;
    Tensor upstream;
    CheckArray array[3], given[MOST_ARRAYS];
    Subject subject;
} Blind;

/* In evaluation the statistics are given. */
static double loss_in_evaluation(Call *c)
{
    size_t n = call_count(array_of(c, "x"));
    real *y = memory_get(n * sizeof *y);
    BatchNorm b = norm_of(c);
    batchnorm_forward(y, &b);
    double L = (double)dot(AT("dy"), y, n);
    memory_release(y);
    return L;
}

static double evaluate(void *self)
{
    Blind *b = self;
    return b->factor * (b->family == BATCHNORM_EVAL ? loss_in_evaluation(&b->call) : b->task->gradient->loss(&b->call));
}

static void right_one(Blind *b)
{
    Call *c = &b->call;
    if (b->family == BATCHNORM_EVAL) {
        BatchNorm n = norm_of(c);
        batchnorm_backward_x(AT("dx"), AT("dy"), AT("dgamma"), AT("dbeta"), INFINITY, &n);
    } else
        b->task->run(c);
}

static void gradient(void *self)
{
    Blind *b = self;
    Call *c = &b->call;
    const Gradient *g = b->task->gradient;
    if (b->family == BATCHNORM_EVAL) {
        BatchNorm n = norm_of(c);
        batchnorm_backward_sums(AT("dgamma"), AT("dbeta"), AT("dy"), &n);
    } else if (g->derive)
        g->derive(c);
    for (int k = 0; k < 3 && g->in[k]; k++) {
        CallArray *a = array_of(c, g->in[k]);
        for (size_t i = 0; a->use == CHANGES && i < call_count(a); i++)
            a->at[i] = 0;
    }
    if (b->wrong)
        call_wrong(b->wrong, c);
    else
        right_one(b);
    for (int k = 0; k < 3 && g->in[k] && !g->upstream; k++) /* a loss: its gradient has the loss's factor */
        for (size_t i = 0; i < call_count(array_of(c, g->in[k])); i++)
            AT(g->in[k])[i] *= b->factor;
}

static int terms(void *self, int array, Term *term)
{
    Blind *b = self;
    int K = b->task->gradient->terms(&b->call, array, term);
    for (int k = 0; k < K && !b->task->gradient->upstream; k++) /* a loss's have its factor */
        for (size_t i = 0; i < b->array[array].n; i++)
            term[k].value[i] *= b->factor;
    return K;
}

enum { A, B, C, D, REGIMES };

static void scale_array(CallArray *a, double factor, double offset)
{
    for (size_t i = 0; i < call_count(a); i++)
        a->at[i] = factor * a->at[i] + offset;
}

static void blind_init(Blind *b, const Wrong *w, int which, int regime, uint64_t seed)
{
    Random r = random_stream(seed, "blind", (uint64_t)which);
    *b = (Blind){ .wrong = w, .family = w->family, .task = task_of(function_of[w->family]), .factor = 1 };
    const Gradient *g = b->task->gradient;
    Call *c = &b->call;
    b->task->prepare(c, which, &r);
    CallArray *input = array_of(c, g->upstream ? "x" : "y");
    if (regime == B || regime == C)
        scale_array(input, regime == C ? 0.01 : 1, regime == B ? 100 : 0);
    if (regime == D && g->upstream)
        scale_array(array_of(c, "dy"), 1e-6, 0);
    if (regime == D && !g->upstream)
        b->factor = 1e-6;
    if (g->derive)
        g->derive(c);
    if (w->family == BATCHNORM_EVAL) /* statistics of other batches */
        scale_array(array_of(c, "mean"), 1, 0.3), scale_array(array_of(c, "rstd"), 1.2, 0);
    int n = 0;
    for (; n < 3 && g->of[n]; n++) {
        CallArray *x = array_of(c, g->of[n]);
        b->array[n] = (CheckArray){ .x = x->at, .dx = AT(g->in[n]), .n = call_count(x), .shape = x->shape };
        snprintf(b->array[n].name, sizeof b->array[n].name, "%s", g->of[n]);
    }
    int n_given = task_given(c, g, b->given);
    if (g->upstream)
        b->upstream = (Tensor){ .shape = array_of(c, g->upstream)->shape, .data = AT(g->upstream) };
    b->subject = (Subject){ .self = b,
                            .evaluate = evaluate,
                            .gradient = gradient,
                            .array = b->array,
                            .n_array = n,
                            .given = b->given,
                            .n_given = n_given,
                            .upstream = g->upstream ? &b->upstream : NULL,
                            .terms = g->terms && w->family != BATCHNORM_EVAL ? terms : NULL };
}

/* ---- counting ------------------------------------------------------------------------------------------- */

/* By shape, and with one name for a function at all its shapes. */
typedef struct {
    const char *class;
    int functions;
    long wrong, hidden, caught, named, misnamed, over_shapes, named_over, misnamed_over;
} Count;
enum { MOST_CLASSES = 64, SHAPES = 6 };
static Count counts[MOST_CLASSES], all;
static FILE *texts;

static Count *count_of(const char *class)
{
    int k = 0;
    while (counts[k].class && strcmp(counts[k].class, class) != 0)
        k++;
    counts[k].class = class;
    return &counts[k];
}

/* Does the wrong gradient differ from the right one by more than rounding? */
static bool differs(Blind *b, const Measurement *m)
{
    bool any = false;
    Blind right = *b;
    double *kept[3];
    right.wrong = NULL, right.subject.self = &right;
    for (int a = 0; a < m->n_array; a++) {
        kept[a] = memory_get(m->array[a].n * sizeof(double));
        memcpy(kept[a], m->array[a].analytic, m->array[a].n * sizeof(double));
    }
    gradient(&right);
    for (int a = 0; a < m->n_array; a++) {
        for (size_t i = 0; i < m->array[a].n; i++) {
            double off = fabs(kept[a][i] - (double)b->array[a].dx[i]);
            any = any || !(off <= 4 * m->array[a].noise[i] + 16 * REAL_EPSILON * m->array[a].scale);
        }
        memory_release(kept[a]);
    }
    return any;
}

typedef enum { NO_NAME, RIGHT_NAME, ANOTHER_NAME } Called;

static Called called(const Wrong *w, const char *note)
{
    if (!note[0] || strstr(note, "no known kind"))
        return NO_NAME;
    return words_for(w)[0] && holds_one_of(note, words_for(w)) ? RIGHT_NAME : ANOTHER_NAME;
}

/* Returns whether it was wrong there and caught, and what it was called. */
static bool try_one(const Wrong *w, int which, int regime, uint64_t seed, char note[NOTE_TEXT])
{
    static const char *const name_is[] = { "none", "right", "other" };
    Blind b;
    CheckRow row[3];
    blind_init(&b, w, which, regime, seed);
    evaluate(&b);
    Measurement m = gradcheck_measure(&b.subject);
    Verdict worst = gradcheck_rows(&b.subject, &m, 1e-6, row);
    Count *of[] = { count_of(w->class), &all };
    bool wrong = differs(&b, &m), caught = wrong && worst == BUG;
    note[0] = 0;
    for (int a = 0; a < m.n_array; a++)
        if (row[a].verdict == BUG)
            memcpy(note, row[a].note, NOTE_TEXT);
    Called name = called(w, note);
    for (int k = 0; k < 2; k++) {
        of[k]->hidden += !wrong;
        of[k]->wrong += wrong;
        of[k]->caught += caught;
        of[k]->named += caught && name == RIGHT_NAME;
        of[k]->misnamed += caught && name == ANOTHER_NAME;
    }
    if (texts && wrong && seed == 0)
        fprintf(texts, "%s\t%s\t%c\t%d\t%s\t%s\t%s\n", w->class, w->name, 65 + regime, which, verdict_name(worst),
                name_is[name], note);
    measurement_free(&m);
    call_free(&b.call);
    return caught;
}

/* The same inputs' regime at every shape, and one name for all. */
static void try_shapes(const Wrong *w, int regime, uint64_t seed)
{
    char note[SHAPES][NOTE_TEXT];
    const char *name[SHAPES];
    int n = 0;
    for (int which = 1; which <= SHAPES; which++)
        if (try_one(w, which, regime, seed, note[n]))
            name[n] = note[n], n++;
    Called most = n ? called(w, name[name_of_most(name, n)]) : NO_NAME;
    Count *of[] = { count_of(w->class), &all };
    for (int k = 0; k < 2; k++) {
        of[k]->over_shapes += n > 0;
        of[k]->named_over += most == RIGHT_NAME;
        of[k]->misnamed_over += most == ANOTHER_NAME;
    }
}

/* A share in percent, or a dash where nothing has a name. */
static void share_print(FILE *tsv, bool known, long part, long of)
{
    if (known)
        fprintf(tsv, "\t%.1f", 100.0 * (double)part / (double)of);
    else
        fprintf(tsv, "\t-");
}

static void row_print(FILE *tsv, const Count *c)
{
    bool known = c->class && (words_of(c->class)[0] || c->named > 0);
    fprintf(tsv, "%s\t%d\t%ld\t%ld\t%.2f", c->class ? c->class : "all", c->functions, c->wrong, c->hidden,
            100.0 * (double)c->caught / (double)c->wrong);
    share_print(tsv, known, c->named, c->caught), share_print(tsv, true, c->misnamed, c->caught);
    share_print(tsv, known, c->named_over, c->over_shapes), share_print(tsv, true, c->misnamed_over, c->over_shapes);
    fprintf(tsv, "\n");
}

/* Of the classes with names, or of those without. */
static Count total(bool known)
{
    Count sum = { 0 };
    for (Count *c = counts; c->class; c++)
        if ((words_of(c->class)[0] != 0) == known) {
            sum.caught += c->caught, sum.named += c->named, sum.misnamed += c->misnamed;
            sum.over_shapes += c->over_shapes, sum.named_over += c->named_over, sum.misnamed_over += c->misnamed_over;
        }
    return sum;
}

static void total_print(const char *what, const Count *c)
{
    printf("%s: %.1f %% named right, %.1f %% otherwise; with one name for all shapes %.1f %%, %.1f %%\n", what,
           100.0 * (double)c->named / (double)c->caught, 100.0 * (double)c->misnamed / (double)c->caught,
           100.0 * (double)c->named_over / (double)c->over_shapes, 100.0 * (double)c->misnamed_over / (double)c->over_shapes);
}

int main(int argc, char **argv)
{
    long seeds = 3;
    const char *out = "build/results", *set = "first";
    const Option option[] = { { "seeds", OPTION_INTEGER, &seeds, "random inputs of every function, shape and regime", 1, 1e4,
                                NULL },
                              { "set", OPTION_CHOICE, &set, "which set of functions", 0, 0, "first|second|third" },
                              { "out", OPTION_TEXT, &out, "directory for the tables", 0, 0, NULL },
                              { 0 } };
    options_read(argc, argv,
                 "Wrong gradients written blind, before the checker: caught, and called by their name.\n"
                 "Writes gradcheck_blind.tsv, and gradcheck_blind_names.tsv with what was said of each.",
                 option);
    bool first = strcmp(set, "first") == 0, second = strcmp(set, "second") == 0;
    const Wrong *functions = first ? wrong_functions : second ? wrong_functions_second : wrong_functions_third;
    char name[80];
    snprintf(name, sizeof name, "gradcheck_blind%s%s.tsv", first ? "" : "_", first ? "" : set);
    FILE *tsv = tsv_open(
        out, name,
        "class\tfunctions\twrong_ones\tcannot_show\tcaught_%\tnamed_%\tcalled_otherwise_%\tover_shapes_named_%\tover_shapes_otherwise_%");
    snprintf(name, sizeof name, "gradcheck_blind%s%s_names.tsv", first ? "" : "_", first ? "" : set);
    texts = tsv_open(out, name, "class\tfunction\tregime\tshape\tverdict\tname_is\tname");
    for (const Wrong *w = functions; w->name; w++) {
        count_of(w->class)->functions++, all.functions++;
        for (int regime = 0; regime < REGIMES; regime++)
            for (long seed = 0; seed < seeds; seed++)
                if (!(regime == B && w->family == BCE)) /* saturated: its gradient is 0 */
                    try_shapes(w, regime, (uint64_t)seed);
    }
    for (Count *c = counts; c->class; c++)
        row_print(tsv, c);
    output_close(tsv), output_close(texts);
    Count known = total(true), unknown = total(false);
    printf("%d functions, %ld wrong gradients: %.2f %% caught\n", all.functions, all.wrong,
           100.0 * (double)all.caught / (double)all.wrong);
    total_print("of a known class", &known), total_print("of no known class", &unknown);
    standard_output_end();
    return 0;
}
