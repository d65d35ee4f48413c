#include "00_error.h"
#include "01_tensor.h"
#include "02_random.h"
#include "03_gradcheck.h"
#include "03_naming.h"
#include "03_measure.h"
#include "03_subject.h"
#include "grade.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const part_name[PARTS] = { "by hand", "other sizes", "gradient", "unseen" };
static const int with_gradient[PARTS] = { 2, 2, 4, 2 }, without[PARTS] = { 3, 4, 0, 3 };
static const int first_case[PARTS] = { 0, 1, 0, 4 }, end_case[PARTS] = { 1, 4, 0, 7 };

static void prepare(Call *c, const Task *t, int which, uint64_t seed)
{
    Random r = random_stream(seed, "grade", (uint64_t)which);
    *c = (Call){ .n_array = 0 };
    t->prepare(c, which, &r);
}

/* ---- values: the reader's against the reference's ---------------------------------------------- */

static const double TOLERANCE = 1e-9; /* of the largest number of the array */

static bool nowhere_written(const CallArray *a)
{
    for (size_t i = 0; i < call_count(a); i++)
        if (!isnan(a->at[i]))
            return false;
    return true;
}

/* Where an array that is added to came out as it would from zeros. */
static bool overwritten(const CallArray *got, const CallArray *before, const CallArray *right)
{
    for (size_t i = 0; i < call_count(got); i++)
        if (!(fabs(got->at[i] - (right->at[i] - before->at[i])) <= TOLERANCE * (1 + fabs(right->at[i]))))
            return false;
    return true;
}

/* "dx[2][0]": an element by its indices. */
static void say_place(char text[60], const CallArray *a, size_t i)
{
    size_t rest = call_count(a), n = (size_t)snprintf(text, 60, "%s", a->name);
    for (int k = 0; k < a->shape.rank && n < 60; k++) {
        rest /= (size_t)a->shape.dim[k];
        n += (size_t)snprintf(text + n, 60 - n, "[%zu]", i / rest);
        i %= rest;
    }
}

/* Is the array as it should be? Says the first number that is not. */
static bool same_array(const CallArray *got, const CallArray *before, const CallArray *right, char text[400])
{
    double largest = 0;
    char place[60];
    for (size_t i = 0; i < call_count(right); i++)
        largest = isfinite(right->at[i]) ? fmax(largest, fabs((double)right->at[i])) : largest;
    for (size_t i = 0; i < call_count(right); i++) {
        double g = (double)got->at[i], expected = (double)right->at[i];
        if (got->use == READS ? memcmp(&got->at[i], &before->at[i], sizeof(real)) == 0
                              : g == expected || fabs(g - expected) <= TOLERANCE * largest)
            continue;
        say_place(place, got, i);
        if (got->use == READS)
            snprintf(text, 400, "%s was changed; it is handed over to be read", got->name);
        else if (nowhere_written(got))
            snprintf(text, 400, "%s was not written", got->name);
        else if (got->use == CHANGES && overwritten(got, before, right))
            snprintf(text, 400, "%s was overwritten; it is to be added to", got->name);
        else
            snprintf(text, 400, "%s is %.6g; expected %.6g", place, g, expected);
        return false;
    }
    return true;
}

/* One case; false, and what is wrong. */
static bool right_values(Worker *w, int index, const Task *t, int which, uint64_t seed, char text[400])
{
    Call before, got, right;
    char why[200];
    prepare(&before, t, which, seed);
    call_copy(&got, &before), call_copy(&right, &before);
    t->run(&right);
    bool good = worker_call(w, index, &got, why);
    if (!good)
        snprintf(text, 400, "%s", why);
    for (int k = 0; good && k < got.n_array; k++)
        good = same_array(&got.array[k], &before.array[k], &right.array[k], text);
    size_t n = strlen(text);
    if (!good && !w->gave_up)
        snprintf(text + n, 400 - n, " (%s %s)", before.array[0].name, shape_text(before.array[0].shape));
    call_free(&before), call_free(&got), call_free(&right);
    return good;
}

static void grade_values(Part *p, PartKind kind, Worker *w, int index, const Task *t, uint64_t seed)
{
    for (int which = first_case[kind]; which < end_case[kind]; which++)
        if (!right_values(w, index, t, which, kind == UNSEEN ? seed : 1, p->text)) {
            p->points = 0;
            return;
        }
    p->points = p->most;
}

/* ---- gradients: the reader's before the checker of chapter 3 ------------------------------------- */

typedef struct {
    const Task *t;
    int index;
    Worker *w;
    Call call;
    Tensor upstream;
    CheckArray array[3], given[MOST_ARRAYS];
    Subject subject;
    bool answered;
    char why[200];
} Checked;

static double evaluate(void *self)
{
    Checked *s = self;
    return s->t->gradient->loss(&s->call);
}

/* The gradient's arrays: as they come to the function, zeros where it adds to them. */
static void gradient(void *self)
{
    Checked *s = self;
    const Gradient *g = s->t->gradient;
    if (g->derive)
        g->derive(&s->call);
    for (int k = 0; k < 3 && g->in[k]; k++) {
        CallArray *a = array_of(&s->call, g->in[k]);
        for (size_t i = 0; i < call_count(a); i++)
            a->at[i] = a->use == CHANGES ? 0 : NAN;
    }
    if (s->answered)
        s->answered = worker_call(s->w, s->index, &s->call, s->why);
}

static int terms(void *self, int array, Term *term)
{
    Checked *s = self;
    return s->t->gradient->terms(&s->call, array, term);
}

static void checked_init(Checked *s)
{
    const Gradient *g = s->t->gradient;
    int n = 0;
    for (; n < 3 && g->of[n]; n++) {
        CallArray *x = array_of(&s->call, g->of[n]);
        s->array[n] = (CheckArray){ .x = x->at, .dx = array_of(&s->call, g->in[n])->at, .n = call_count(x), .shape = x->shape };
        snprintf(s->array[n].name, sizeof s->array[n].name, "%s", g->of[n]);
    }
    int n_given = task_given(&s->call, g, s->given);
    if (g->upstream)
        s->upstream = (Tensor){ .shape = array_of(&s->call, g->upstream)->shape, .data = array_of(&s->call, g->upstream)->at };
    s->subject = (Subject){ .self = s,
                            .evaluate = evaluate,
                            .gradient = gradient,
                            .array = s->array,
                            .n_array = n,
                            .given = s->given,
                            .n_given = n_given,
                            .upstream = g->upstream ? &s->upstream : NULL,
                            .terms = g->terms ? terms : NULL };
}

enum { FIRST_SHAPE = 1, SHAPES = 3, MOST_GRADIENTS = 3 };

/* What is wrong with a row; its name is the one that most shapes give. */
static void say_row(CheckRow row[SHAPES][MOST_GRADIENTS], int which, int array, char text[400])
{
    const CheckRow *r = &row[which][array];
    const char *name[SHAPES];
    int n = 0;
    for (int k = 0; k < SHAPES; k++)
        if (row[k][array].verdict == r->verdict)
            name[n++] = row[k][array].note;
    const char *note = name[name_of_most(name, n)];
    snprintf(text, 400, "%s in d%s%s%s; at element %zu it is %.6g, the slope of the loss %.6g +- %.1g",
             verdict_name(r->verdict), r->tensor, note[0] ? ": " : "", note, r->worst, r->analytic, r->numeric, r->bar);
}

/* Says the first row that does not pass. */
static bool rows_pass(CheckRow row[SHAPES][MOST_GRADIENTS], int n_array, char text[400])
{
    for (int which = 0; which < SHAPES; which++)
        for (int a = 0; a < n_array; a++)
            if (row[which][a].verdict != PASS) {
                say_row(row, which, a, text);
                return false;
            }
    return true;
}

static void grade_gradient(Part *p, Worker *w, int index, const Task *t)
{
    Checked s = { .t = t, .index = index, .w = w, .answered = true };
    CheckRow row[SHAPES][MOST_GRADIENTS];
    for (int k = 0; k < SHAPES && s.answered; k++) {
        prepare(&s.call, t, FIRST_SHAPE + k, 1);
        checked_init(&s);
        gradcheck(&s.subject, 1e-6, row[k]);
        call_free(&s.call);
    }
    if (!s.answered)
        snprintf(p->text, sizeof p->text, "%s", s.why);
    p->points = s.answered && rows_pass(row, s.subject.n_array, p->text) ? p->most : 0;
}

/* ---- a task --------------------------------------------------------------------------------------- */

static void begin(Grade *g)
{
    g->points = g->most = 0;
    for (int k = 0; k < PARTS; k++) {
        g->part[k] = (Part){ .most = (g->task->gradient ? with_gradient : without)[k] };
        g->most += g->part[k].most;
    }
}

void grade_nothing(Grade *g, const char *why)
{
    begin(g);
    for (int k = 0; k < PARTS; k++)
        snprintf(g->part[k].text, sizeof g->part[k].text, "%s", why);
}

void grade_task(Grade *g, int index, Worker *w, uint64_t seed)
{
    begin(g);
    w->gave_up = false;
    for (int k = 0; k < PARTS; k++) {
        Part *p = &g->part[k];
        if (w->gave_up) /* once is enough: nobody waits for a loop that never ends again and again */
            snprintf(p->text, sizeof p->text, "%s", g->part[k - 1].text);
        else if (k == GRADIENT && p->most)
            grade_gradient(p, w, index, g->task);
        else if (p->most)
            grade_values(p, (PartKind)k, w, index, g->task, seed);
        g->points += p->points;
    }
    worker_stop(w);
}

/* ---- the small case --------------------------------------------------------------------------------- */

static void array_print(FILE *file, const CallArray *a)
{
    fprintf(file, "    %-8s", a->name);
    for (size_t i = 0; i < call_count(a) && i < 24; i++)
        fprintf(file, " %g", (double)a->at[i]);
    fprintf(file, "%s\n", call_count(a) > 24 ? " ..." : "");
}

void small_case_print(FILE *file, const Task *t)
{
    Call c;
    prepare(&c, t, 0, 1);
    fprintf(file, "  given\n");
    for (int k = 0; k < c.n_array; k++)
        if (c.array[k].use != WRITES)
            array_print(file, &c.array[k]);
    t->run(&c);
    fprintf(file, "  should come out\n");
    for (int k = 0; k < c.n_array; k++)
        if (c.array[k].use != READS)
            array_print(file, &c.array[k]);
    call_free(&c);
}
