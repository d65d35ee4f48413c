/* What the studies behind the verdict share: one run, one small file.
 *
 * A study trains the same thing several ways (its arms), at several settings (a learning rate, say), from several
 * seeds. Each of these is a run of its own, named STUDY/ARM/SETTING/SEED, and writes a table of a few rows: what was
 * measured after so many steps. */
#ifndef VERDICT_PROGRAM_H
#define VERDICT_PROGRAM_H

#include "01_tensor.h"
#include "02_random.h"
#include "09_network.h"

#include <stdio.h>

typedef enum { SMOKE, PILOT, QUICK, FULL, SCALES } Scale;
extern const char *const scale_names[SCALES];

typedef struct Study Study;

typedef struct {
    const Study *study;
    const char *arm;
    double setting;
    long seed, steps;
    Scale scale;
    const char *kept; /* directory of what runs share: trained classifiers */
    FILE *tsv;
} Run;

enum { MOST_SETTINGS = 12, PILOT_SEEDS = 1001 };

struct Study {
    const char *name;
    const char *arms;     /* "none|generator|both" */
    const char *measures; /* columns of the table, with tabs between */
    void (*run)(const Run *r);
    double settings[MOST_SETTINGS]; /* the grid; 0 ends it */
    bool sweep;        /* the grid is what is asked about, and run everywhere; else it only serves to tune in the pilot */
    bool in_double;    /* run by verdict64 */
    const char *tuned; /* "none 0.3|batch 1": the best setting of each arm by the pilot; where an arm is not named, or
                             this is NULL, the first of the grid */
    const char *data[SCALES]; /* "digits" or "mnist"; NULL where there are none */
    struct {
        long steps;
        int seeds; /* 0: not at this scale */
    } size[SCALES];
};

extern const Study studies[];
extern const int n_studies;

const Study *study_of_name(const char *name); /* NULL: there is none */
const char *run_data(const Run *r);
double tuned_setting(const Study *s, const char *arm); /* what the pilot chose for it */

/* Commands in a file of their own. */
int verdict_table(int argc, char **argv);
int verdict_pilot(int argc, char **argv);

/* verdict_published.tsv in `out`: rows of published tables, and ours from the tables of runs in `results`. */
void published_write(const char *results, const char *out);

/* Writes a row: what was measured after so many steps, the study's measures in order. */
void run_row(const Run *r, long step, const double *measure);

/* ---- what several studies need ----------------------------------------------------------------- */

bool arm_is(const Run *r, const char *name);

/* A loss that is no number, or a thousand times the first. */
bool has_diverged(double loss, double first);

/* The standard deviation of n numbers. */
double deviation_of(const double *x, long n);

/* ---- the studies, by what they train --------------------------------------------------------------- */

void run_plane(const Run *r);      /* a GAN on the ring or the grid */
void run_sigmoids(const Run *r);   /* the classifier of chapter 14: its distributions, gradients and losses */
void run_speed(const Run *r);      /* the same, until 95 % */
void run_linear(const Run *r);     /* nine linear layers, at ever higher rates */
void run_small(const Run *r);      /* a classifier of few images, until it knows them by heart */
void run_shift(const Run *r);      /* a classifier whose test images are brighter */
void run_units(const Run *r);      /* how many units are dead */
void run_depth(const Run *r);      /* fifty layers before their first step */
void run_images(const Run *r);     /* the blog's GAN, or the notebook's, on images */
void run_stacked(const Run *r);    /* the notebook's GAN on images of a thousand kinds */
void run_published(const Run *r);  /* the GAN of a published table, on the ring or the grid */
void run_identities(const Run *r); /* what is true or false to rounding */

#endif
