#include "22_cached.h"

#include "00_error.h"
#include "00_files.h"
#include "00_hash.h"
#include "00_progress.h"
#include "01_tensor.h"
#include "04_layer.h"
#include "21_checkpoint.h"
#include "21_safetensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* What the trained weights depend on: to be counted up whenever 22_features.c changes. */
enum { VERSION = 1 };

static uint64_t hash_of(const Images *d, int epochs, uint64_t seed)
{
    const uint64_t made_by[] = { VERSION, sizeof(real), images_fingerprint(d), (uint64_t)d->classes, (uint64_t)epochs, seed };
    uint64_t hash = HASH_OF_NOTHING;
    for (size_t i = 0; i < sizeof made_by / sizeof *made_by; i++)
        for (int byte = 0; byte < 8; byte++)
            hash = hash_more(hash, made_by[i] >> 8 * byte & 255);
    for (int i = 0; i < d->n; i++)
        hash = hash_more(hash, d->label[i]);
    return hash;
}

static Safetensors slots_of(FeatureNet *f)
{
    Safetensors s = { 0 };
    Layer *l = &f->whole->base;
    for (int k = 0; k < l->n_param; k++)
        safetensors_add_tensor(&s, &l->param[k]->value, "parameter.%d", k);
    for (int k = 0; k < l->n_state; k++)
        safetensors_add_tensor(&s, &l->state[k]->value, "state.%d", k);
    return s;
}

static void train_and_keep(FeatureNet *f, const Images *d, int epochs, uint64_t seed, const char *path)
{
    Progress progress = progress_start("the metrics' classifier (once)", feature_net_steps(d, epochs));
    feature_net_train(f, d, epochs, seed, &progress);
    progress_end(&progress);
    Safetensors s = slots_of(f);
    safetensors_set(&s, "format", "gradus features %d", VERSION);
    safetensors_write(&s, path);
    safetensors_free(&s);
}

FeatureNet feature_net_cached(const char *directory, const Images *d, int epochs, uint64_t seed)
{
    char path[PATH_SIZE];
    FeatureNet f = feature_net_new(d->height, d->width, d->classes, seed);
    int length = snprintf(path, sizeof path, "%s/features-%016" PRIx64 ".safetensors", directory, hash_of(d, epochs, seed));
    if (length >= PATH_SIZE - 32)
        user_error("--cache: found a path of %d characters; expected fewer than %d", length, PATH_SIZE - 32);
    directory_make(directory);
    if (access(path, F_OK) != 0) {
        train_and_keep(&f, d, epochs, seed, path);
        return f;
    }
    Safetensors file = safetensors_read(path), slots = slots_of(&f);
    const char *why = safetensors_fill(&file, &slots);
    if (why)
        user_error("%s: %s; remove it, and the classifier is trained anew", path, why);
    safetensors_free(&file), safetensors_free(&slots);
    return f;
}
