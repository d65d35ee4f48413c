/* Chapters 3 and 12: a gradient with a bug of the reader's choice, or one unseen, and what the checker says of it. */
#include "00_error.h"
#include "01_memory.h"
#include "03_gradcheck.h"
#include "03_naming.h"
#include "04_subject.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"
#include "12_batchnorm_layer.h"
#include "live.h"
#include "wrong_gradients.h"

#include <string.h>

enum { LAYER, BUGGED, OPTIONS }; /* BUGGED: which of those that fit; 0 none; -1 one unseen */
enum { READ_STATE, READ_ELEMENTS, READ_NAME, READ_LIST };
enum { NORMED, DENSE, TANH, MOST_ARRAYS = 4 };
static const double limit = 1e-7;

typedef struct {
    Layer *layer;
    LayerSubject subject;
    Measurement m;
    double *right[MOST_ARRAYS], *other[MOST_ARRAYS], *claimed;
    const WrongGradient *fits[64];
    int n_fits, chosen; /* of fits; -1: the right one */
    const char *kind;
    CheckRow row;
    char name[NOTE_TEXT];
} Broken;

static Layer *layer_of(Broken *b, int which, Random *r)
{
    static const char *kinds[] = { "BatchNorm", "Dense", "Tanh" };
    REQUIRE(which >= NORMED && which <= TANH, "layer %d", which);
    b->kind = kinds[which];
    return which == DENSE ? dense_new(4, 3, INIT_PYTORCH, r) : which == TANH ? tanh_new() : batchnorm_training_new(3, 1e-3);
}

static Sound sound(const Broken *b) { return (Sound){ &b->subject.subject, b->right, b->other, b->kind }; }

/* The gradients at another x, as a cache that was not renewed would hold them. */
static void keep_others(Broken *b, Random *r)
{
    const Subject *s = &b->subject.subject;
    size_t n = s->array[0].n;
    real *kept = memory_get(n * sizeof *kept);
    memcpy(kept, s->array[0].x, n * sizeof *kept);
    random_normal(r, s->array[0].x, n);
    s->evaluate(s->self), s->gradient(s->self);
    for (int a = 0; a < s->n_array; a++) {
        b->other[a] = memory_get(s->array[a].n * sizeof(double));
        for (size_t i = 0; i < s->array[a].n; i++)
            b->other[a][i] = (double)s->array[a].dx[i];
    }
    memcpy(s->array[0].x, kept, n * sizeof *kept);
    memory_release(kept);
    s->evaluate(s->self), s->gradient(s->self);
}

/* The claimed dx: the right one, spoilt. False where this bug does not fit here, or changes nothing. */
static bool spoil(Broken *b, const WrongGradient *w)
{
    Sound c = sound(b);
    size_t n = b->m.array[0].n;
    memcpy(b->claimed, b->right[0], n * sizeof(double));
    return w->spoil(b->claimed, &c, 0, n) && memcmp(b->claimed, b->right[0], n * sizeof(double)) != 0;
}

static void judge(Broken *b)
{
    MeasuredArray claimed = b->m.array[0];
    memcpy(b->claimed, b->right[0], claimed.n * sizeof(double));
    if (b->chosen >= 0)
        spoil(b, b->fits[b->chosen]);
    claimed.analytic = b->claimed;
    b->row = gradcheck_judge("x", &claimed, limit);
    if (b->row.verdict != BUG || !bug_name(b->name, &b->subject.subject, 0, &claimed))
        b->name[0] = '\0';
}

static void broken_set(void *figure, int what, double value)
{
    Broken *b = figure;
    (void)what;
    Random unseen = random_stream((uint64_t)fabs(value), "unseen", 0);
    b->chosen = value < 0 ? random_index(&unseen, b->n_fits) : (int)value - 1;
    if (b->chosen >= b->n_fits)
        b->chosen = -1;
    judge(b);
}

static void *broken_make(const double *option, uint64_t seed)
{
    Broken *b = memory_get(sizeof *b);
    *b = (Broken){ 0 };
    Random r = random_stream(seed, "broken", 0);
    b->layer = layer_of(b, (int)option[LAYER], &r);
    for (int k = 0; k < b->layer->n_param; k++)
        random_normal(&r, b->layer->param[k]->value.data, tensor_size(&b->layer->param[k]->value));
    layer_subject_init(&b->subject, b->layer, (Shape){ 2, { 5, option[LAYER] == DENSE ? 4 : 3 } }, PROBE, &r);
    b->m = gradcheck_measure(&b->subject.subject);
    for (int a = 0; a < b->m.n_array; a++)
        b->right[a] = b->m.array[a].analytic;
    keep_others(b, &r);
    b->claimed = memory_get(b->m.array[0].n * sizeof(double));
    for (const WrongGradient *w = wrong_gradients; w->name && b->n_fits < 64; w++)
        if (spoil(b, w))
            b->fits[b->n_fits++] = w;
    broken_set(b, BUGGED, option[BUGGED]);
    return b;
}

static int write_text(const char *text, double *room)
{
    int n = 0;
    for (; text[n]; n++)
        room[n] = (unsigned char)text[n];
    return n;
}

static int broken_read(void *figure, int what, double *room)
{
    Broken *b = figure;
    const MeasuredArray *m = &b->m.array[0];
    int n = 0;
    switch (what) {
    case READ_ELEMENTS: /* claimed, numeric, bar */
        for (size_t i = 0; i < m->n; i++) {
            room[n++] = b->claimed[i], room[n++] = m->slope[i].value, room[n++] = gradcheck_bar(m, i);
        }
        return n;
    case READ_NAME: return write_text(b->name, room);
    case READ_LIST:
        for (int k = 0; k < b->n_fits; k++) {
            n += write_text(b->fits[k]->name, room + n);
            room[n++] = '\n';
        }
        return n;
    default: /* verdict, rows, columns, the worst element */
        room[0] = b->row.verdict, room[1] = b->subject.x.shape.dim[0], room[2] = b->subject.x.shape.dim[1];
        room[3] = (double)b->row.worst;
        return 4;
    }
}

static void broken_free(void *figure)
{
    Broken *b = figure;
    for (int a = 0; a < b->m.n_array; a++)
        memory_release(b->other[a]);
    memory_release(b->claimed);
    measurement_free(&b->m), layer_subject_free(&b->subject), layer_free(b->layer);
    memory_release(b);
}

const LiveFigure live_broken = { "broken", broken_make, broken_set, NULL, broken_read, NULL, NULL, broken_free };
