#include "10_load.h"

#include "00_error.h"
#include "10_digits.h"
#include "10_idx.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 1024 };

/* ---- names ------------------------------------------------------------------------------------ */

/* What is looked for, as in "train" and "images-idx3-ubyte". */
typedef struct {
    const char *part, *kind;
} Wanted;

/* "emnist-train-images.idx3-ubyte.gz" is wanted, and 7 characters stand before it; -1: it is not. */
static int word_before(const char *entry, Wanted w)
{
    char plain[256], end[64];
    size_t n = strlen(entry), dash = strcspn(w.kind, "-") + strlen(w.part) + 1; /* the last but one */
    if (n > 3 && strcmp(entry + n - 3, ".gz") == 0)
        n -= 3;
    int m = snprintf(end, sizeof end, "%s-%s", w.part, w.kind);
    if (n >= sizeof plain || n < (size_t)m)
        return -1;
    memcpy(plain, entry, n), plain[n] = '\0';
    char *own = plain + n - m;
    if (own[dash] == '.')
        own[dash] = '-';
    bool whole = own == plain || own[-1] == '-';
    return whole && strcmp(own, end) == 0 ? (int)(own - plain) : -1;
}

/* ---- finding a file --------------------------------------------------------------------------- */

typedef struct {
    char path[PATH], word[256]; /* of the best so far: what stands before MNIST's own name */
    bool several;               /* data sets, told apart by that word alone */
} Found;

/* No word is better than one; a plain file is better than .gz, which sorts behind it. */
static void consider(Found *f, const char *path, const char *entry, int before)
{
    char word[256];
    snprintf(word, sizeof word, "%.*s", before, entry);
    bool first = !*f->path, same = !first && strcmp(word, f->word) == 0;
    if (!first && !same && *word && *f->word)
        f->several = true;
    if (!first && !same && !*word)
        f->several = false;
    if (first || (same && strcmp(path, f->path) < 0) || (!same && !*word)) {
        snprintf(f->path, PATH, "%s", path);
        snprintf(f->word, sizeof f->word, "%s", word);
    }
}

static void search(Found *f, const char *directory, Wanted w, int depth)
{
    char path[PATH];
    struct stat info;
    DIR *d = opendir(directory);
    for (struct dirent *e; d && (e = readdir(d));) {
        int before = word_before(e->d_name, w);
        if (before < 0 || snprintf(path, PATH, "%s/%s", directory, e->d_name) >= PATH || stat(path, &info) != 0)
            continue;
        if (S_ISDIR(info.st_mode) && depth == 0)
            search(f, path, w, 1);
        else if (!S_ISDIR(info.st_mode))
            consider(f, path, e->d_name, before);
    }
    if (d)
        closedir(d);
}

static void find_file(char path[PATH], const char *directory, Part part, const char *kind)
{
    const char *name = part == TRAINING_SET ? "train" : "t10k";
    Found f = { .path = "" };
    search(&f, directory, (Wanted){ name, kind }, 0);
    if (part == TEST_SET)
        search(&f, directory, (Wanted){ "test", kind }, 0);
    if (!*f.path)
        user_error("%s/%s-%s: found neither this file nor %s-%s.gz; 'make mnist' downloads MNIST to data/mnist, "
                   "MNIST_DIR names another place",
                   directory, name, kind, name, kind);
    if (f.several)
        user_error("%s: found several data sets, %s being one; expected a directory for each", directory, f.path);
    snprintf(path, PATH, "%s", f.path);
}

/* ---- loading ------------------------------------------------------------------------------------ */

static Images load(const char *name, Part part, bool labelled)
{
    if (strcmp(name, "digits") == 0)
        return part == TRAINING_SET ? digits_new(DIGITS_POOL, 1) : digits_new(DIGITS_TEST, 2);
    const char *directory = name, *set = getenv("MNIST_DIR");
    if (strcmp(name, "mnist") == 0)
        directory = set && *set ? set : "data/mnist";
    char images[PATH], labels[PATH];
    find_file(images, directory, part, "images-idx3-ubyte");
    if (labelled)
        find_file(labels, directory, part, "labels-idx1-ubyte");
    return idx_read(images, labelled ? labels : NULL);
}

Images images_load(const char *name, Part part) { return load(name, part, true); }
Images images_load_unlabelled(const char *name, Part part) { return load(name, part, false); }

/* EMNIST's letters are 1 to 26: counted from the lowest label of either, to the highest. */
static void number_classes(Images *d, int lowest, int classes)
{
    for (int i = 0; i < d->n; i++)
        d->label[i] = (uint8_t)(d->label[i] - lowest);
    d->classes = classes;
}

static int lowest_label(const Images *d)
{
    int lowest = d->label[0];
    for (int i = 1; i < d->n; i++)
        lowest = d->label[i] < lowest ? d->label[i] : lowest;
    return lowest;
}

void images_load_both(const char *name, Images *training, Images *test, int least)
{
    *training = images_load(name, TRAINING_SET);
    *test = images_load(name, TEST_SET);
    if (training->height != test->height || training->width != test->width)
        user_error("--data %s: found images of %dx%d to train on and of %dx%d to test on; expected one size", name,
                   training->height, training->width, test->height, test->width);
    if (training->n < least || test->n < least)
        user_error("--data %s: found %d images to train on and %d to test on; expected at least %d of each", name, training->n,
                   test->n, least);
    int a = lowest_label(training), b = lowest_label(test), lowest = a < b ? a : b;
    int classes = (training->classes > test->classes ? training->classes : test->classes) - lowest;
    number_classes(training, lowest, classes);
    number_classes(test, lowest, classes);
}
