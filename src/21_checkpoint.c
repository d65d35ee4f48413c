#include "21_checkpoint.h"

#include "00_error.h"
#include "00_hash.h"
#include "00_numbers.h"
#include "00_options.h"
#include "01_memory.h"
#include "02_random.h"
#include "04_layer.h"
#include "08_optimizer.h"
#include "09_network.h"
#include "13_inference.h"
#include "17_mlp_gan.h"
#include "20_dcgan.h"
#include "21_bytes.h"
#include "21_safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- a run ------------------------------------------------------------------------------ */

const char model_names[] = "mlp|dcgan-upsample|dcgan-transpose";
const char norm_names[] = "both|generator|discriminator|none";
const char order_names[] = "given|bn-first";

static bool is_mlp(const Recipe *r) { return strcmp(r->model, "mlp") == 0; }

uint64_t images_fingerprint(const Images *d)
{
    uint64_t hash = HASH_OF_NOTHING;
    const uint64_t sizes[] = { (uint64_t)d->n, (uint64_t)d->height, (uint64_t)d->width };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        hash = hash_more(hash, sizes[i]);
    for (size_t i = 0; i < (size_t)d->n * (size_t)images_pixels(d); i++)
        hash = hash_more(hash, d->pixel[i]);
    return hash ? hash : 1;
}

Gan recipe_gan(const Recipe *r)
{
    if (is_mlp(r))
        return mlp_gan_new(r->height * r->width, norm_of_name(r->norm), r->rate, r->seed);
    DcganOptions o = dcgan_options(strcmp(r->model, "dcgan-upsample") == 0 ? DCGAN_UPSAMPLE : DCGAN_TRANSPOSE);
    o.norm = norm_of_name(r->norm);
    o.bn_first = strcmp(r->order, "bn-first") == 0;
    o.rate = r->rate;
    return dcgan_new(&o, r->seed);
}

void run_new(Run *run, const Recipe *r, const Images *d)
{
    run->recipe = *r;
    run->recipe.data = d ? images_fingerprint(d) : 0;
    run->gan = recipe_gan(r);
    run->training = (GanTraining){ .gan = &run->gan, .batch = (int)r->batch };
    if (d)
        run->training = gan_training_new(&run->gan, d, (int)r->batch, r->seed);
}

void run_free(Run *run)
{
    gan_training_free(&run->training);
    gan_free(&run->gan);
}

GanStep run_step(Run *run) { return gan_training_step(&run->training); }

/* ---- all that a checkpoint holds ------------------------------------------------------------ */

static void add_parameters(Safetensors *s, const Layer *l, int index, const Optimizer *o, int first, const char *who)
{
    for (int k = 0; k < l->n_param; k++) {
        const char *name = l->param[k]->name;
        safetensors_add_tensor(s, &l->param[k]->value, "%s.%d.%s", who, index, name);
        safetensors_add_tensor(s, &o->m[first + k], "%s.%d.%s.adam_m", who, index, name);
        safetensors_add_tensor(s, &o->v[first + k], "%s.%d.%s.adam_v", who, index, name)->not_negative = true;
    }
}

static void add_network(Safetensors *s, Network *n, const Optimizer *o)
{
    for (int i = 0, first = 0; i < n->n_layer; first += n->layer[i++]->n_param) {
        Layer *l = n->layer[i];
        add_parameters(s, l, i, o, first, n->name);
        if (!is_batchnorm(l))
            continue;
        safetensors_add_tensor(s, &l->state[0]->value, "%s.%d.running_mean", n->name, i);
        safetensors_add_tensor(s, &l->state[1]->value, "%s.%d.running_var", n->name, i)->not_negative = true;
        safetensors_add(s, I64, 0, NULL, batchnorm_batches(l), "%s.%d.num_batches_tracked", n->name, i)->not_negative = true;
    }
}

static Safetensors slots_of(Run *run)
{
    Safetensors s = { 0 };
    Shuffle *shuffle = &run->training.shuffle;
    add_network(&s, run->gan.generator, &run->gan.generator_adam);
    add_network(&s, run->gan.discriminator, &run->gan.discriminator_adam);
    if (shuffle->n > 0)
        safetensors_add(&s, I32, 1, &shuffle->n, shuffle->order, "order_of_the_images");
    return s;
}

/* ---- saving ------------------------------------------------------------------------------------ */

static void set_random(Safetensors *s, const char *key, const Random *r)
{
    safetensors_set(s, key, "%" PRIu64 " %" PRIu64 " %" PRIu64, r->seed, r->stream, r->next);
}

static void set_metadata(Safetensors *s, const Run *run)
{
    const Recipe *r = &run->recipe;
    safetensors_set(s, "format", "gradus 1");
    safetensors_set(s, "model", "%s", r->model);
    safetensors_set(s, "norm", "%s", r->norm);
    safetensors_set(s, "order", "%s", r->order);
    numbers_begin();
    safetensors_set(s, "rate", "%.17g", r->rate);
    numbers_end();
    safetensors_set(s, "batch", "%ld", r->batch);
    safetensors_set(s, "seed", "%" PRIu64, r->seed);
    safetensors_set(s, "height", "%d", r->height);
    safetensors_set(s, "width", "%d", r->width);
    safetensors_set(s, "data", "%" PRIu64, r->data);
    safetensors_set(s, "step", "%ld", run->training.step);
    set_random(s, "noise", &run->gan.random);
    set_random(s, "shuffle", &run->training.shuffle.random);
    safetensors_set(s, "shuffle_next", "%d", run->training.shuffle.next);
}

void run_save(Run *run, const char *path)
{
    Safetensors s = slots_of(run);
    const char *why = safetensors_check(&s); /* what run_load would refuse must not replace a good file */
    if (why)
        user_error("step %ld: %s; %s is not written; try a smaller learning rate", run->training.step, why, path);
    set_metadata(&s, run);
    safetensors_write(&s, path);
    safetensors_free(&s);
}

/* ---- loading ----------------------------------------------------------------------------------- */

/* A file being read, for messages. */
typedef struct {
    const Safetensors *s;
    const char *path;
} Source;

static const char *get(const Source *f, const char *key)
{
    const char *text = safetensors_get(f->s, key);
    if (!text)
        user_error("%s: its metadata have no '%s'; expected a checkpoint of this program", f->path, key);
    return text;
}

_Noreturn static void bad_value(const Source *f, const char *key, const char *expected)
{
    user_error("%s: %s: found '%s'; expected %s", f->path, key, printable(get(f, key)), expected);
}

/* The word among "a|b|c" that the value is: one of ours, which outlives the file. */
static const char *get_word(const Source *f, const char *key, const char *words)
{
    static const char *const known[] = { "mlp",           "dcgan-upsample", "dcgan-transpose", "both",    "generator",
                                         "discriminator", "none",           "given",           "bn-first" };
    const char *text = get(f, key);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], text) == 0 && word_among(text, words))
            return known[i];
    bad_value(f, key, words);
}

static uint64_t get_whole(const Source *f, const char *key, uint64_t low, uint64_t high)
{
    char expected[64], *end;
    const char *text = get(f, key);
    errno = 0;
    uint64_t v = strtoumax(text, &end, 10);
    snprintf(expected, sizeof expected, "%" PRIu64 " to %" PRIu64, low, high);
    if (*text < '0' || *text > '9' || *end || errno || v < low || v > high)
        bad_value(f, key, expected);
    return v;
}

static Random get_random(const Source *f, const char *key)
{
    Random r;
    uint64_t *const part[] = { &r.seed, &r.stream, &r.next };
    const char *text = get(f, key);
    bool right = true;
    errno = 0;
    for (int i = 0; i < 3; i++) {
        char *end;
        right = right && *text >= '0' && *text <= '9';
        *part[i] = strtoumax(text, &end, 10);
        right = right && *end == (i < 2 ? ' ' : '\0');
        text = *end ? end + 1 : end;
    }
    if (!right || errno)
        bad_value(f, key, "seed, stream and place of a random stream");
    return r;
}

static double get_rate(const Source *f)
{
    char *end;
    const char *text = get(f, "rate");
    numbers_begin();
    double rate = strtod(text, &end);
    numbers_end();
    if (end == text || *end || !(rate > 0 && rate <= 1e30))
        bad_value(f, "rate", "a learning rate above 0");
    return rate;
}

static Recipe get_recipe(const Source *f)
{
    enum { MAX_SIDE = 4096 };
    if (strcmp(get(f, "format"), "gradus 1") != 0)
        bad_value(f, "format", "gradus 1");
    Recipe r = { 0 };
    r.model = get_word(f, "model", model_names);
    r.norm = get_word(f, "norm", norm_names);
    r.order = get_word(f, "order", order_names);
    r.rate = get_rate(f);
    r.batch = (long)get_whole(f, "batch", 4, 65536);
    if (r.batch % 2)
        bad_value(f, "batch", "an even number");
    r.seed = get_whole(f, "seed", 0, UINT32_MAX);
    r.height = (int)get_whole(f, "height", 1, MAX_SIDE);
    r.width = (int)get_whole(f, "width", 1, MAX_SIDE);
    r.data = get_whole(f, "data", 0, UINT64_MAX);
    if (!is_mlp(&r) && (r.height != DCGAN_SIDE || r.width != DCGAN_SIDE))
        bad_value(f, r.height != DCGAN_SIDE ? "height" : "width", "28: this model makes images of 28 x 28");
    if (is_mlp(&r) && strcmp(r.order, "given") != 0)
        bad_value(f, "order", "given for this model");
    return r;
}

/* The mlp's size follows the images'. Before it is built, the file must hold
 * a tensor as large: a few wrong digits should not ask for all memory. */
static void require_pixels(const Source *f, const Recipe *r)
{
    bool norm = norm_of_name(r->norm) & NORM_GENERATOR; /* with it the last dense layer is number 6, without it 4 */
    const Slot *last = safetensors_find(f->s, norm ? "generator.6.weight" : "generator.4.weight");
    if (is_mlp(r) && (!last || last->rank != 2 || last->dim[0] != 2 * MLP_HIDDEN || last->dim[1] != r->height * r->width))
        user_error("%s: its tensors are not those of an mlp for images of %dx%d", f->path, r->height, r->width);
}

static void load_order(const Source *f, Run *run)
{
    const Slot *order = safetensors_find(f->s, "order_of_the_images");
    Shuffle *s = &run->training.shuffle;
    s->random = get_random(f, "shuffle");
    if (run->recipe.data == 0)
        return;
    if (!order || order->rank != 1)
        user_error("%s: tensor 'order_of_the_images' is %s", f->path, order ? "no list" : "missing");
    s->n = order->dim[0];
    s->order = memory_get((size_t)s->n * sizeof *s->order);
    s->next = (int)get_whole(f, "shuffle_next", 0, (uint64_t)s->n);
    run->training.index = memory_get((size_t)run->training.batch * sizeof(int));
}

static void require_permutation(const Source *f, const Shuffle *s)
{
    bool *seen = memory_get((size_t)s->n + 1), permutation = true;
    memset(seen, 0, (size_t)s->n + 1);
    for (int i = 0; i < s->n && permutation; i++) {
        int k = s->order[i];
        permutation = k >= 0 && k < s->n && !seen[k];
        if (permutation)
            seen[k] = true;
    }
    memory_release(seen);
    if (!permutation)
        user_error("%s: tensor 'order_of_the_images': expected every number from 0 to %d once", f->path, s->n - 1);
}

void run_load(Run *run, const char *path)
{
    Safetensors file = safetensors_read(path);
    Source f = { &file, path };
    Recipe recipe = get_recipe(&f);
    uint64_t data = recipe.data;
    require_pixels(&f, &recipe);
    run_new(run, &recipe, NULL);
    run->recipe.data = data;
    load_order(&f, run);
    run->gan.random = get_random(&f, "noise");
    run->training.step = run->gan.generator_adam.step = run->gan.discriminator_adam.step = (long)get_whole(&f, "step", 0,
                                                                                                           (uint64_t)1 << 53);
    Safetensors slots = slots_of(run);
    const char *why = safetensors_fill(&file, &slots);
    if (why)
        user_error("%s: %s", path, why);
    require_permutation(&f, &run->training.shuffle);
    safetensors_free(&slots);
    safetensors_free(&file);
}

/* ---- going on ------------------------------------------------------------------------------------- */

static void require_word(const char *option, const char *found, const char *wanted, const char *path)
{
    if (strcmp(found, wanted) != 0)
        user_error("--%s: found %s; %s was trained with %s", option, wanted, path, found);
}

void run_attach(Run *run, const Recipe *wanted, const Images *d, const char *path)
{
    Recipe *r = &run->recipe;
    require_word("model", r->model, wanted->model, path);
    require_word("norm", r->norm, wanted->norm, path);
    require_word("order", r->order, wanted->order, path);
    if (r->height != d->height || r->width != d->width)
        user_error("--data: found images of %dx%d; %s was made for %dx%d", d->height, d->width, path, r->height, r->width);
    if (r->data == 0) { /* imported: the run begins here */
        long step = run->training.step;
        gan_training_free(&run->training);
        *r = (Recipe){ r->model,     r->norm,   r->order, wanted->rate,         wanted->batch,
                       wanted->seed, d->height, d->width, images_fingerprint(d) };
        run->gan.generator_adam.adam.rate = run->gan.discriminator_adam.adam.rate = wanted->rate;
        run->gan.random = gan_noise_stream(wanted->seed);
        run->training = gan_training_new(&run->gan, d, (int)r->batch, r->seed);
        run->training.step = step;
        return;
    }
    if (r->rate != wanted->rate)
        user_error("--rate: found %.15g; %s was trained with %.15g", wanted->rate, path, r->rate);
    if (r->batch != wanted->batch)
        user_error("--batch: found %ld; %s was trained with %ld", wanted->batch, path, r->batch);
    if (r->seed != wanted->seed)
        user_error("--seed: found %" PRIu64 "; %s was trained with %" PRIu64, wanted->seed, path, r->seed);
    if (r->data != images_fingerprint(d) || run->training.shuffle.n != d->n)
        user_error("--data: found other images than those that %s was trained on", path);
    run->training.data = d;
}
