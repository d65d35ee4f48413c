/* How good are a generator's samples? Seven numbers, each of which can be fooled, and
 * what the same numbers are for sets of images of which we know what is wrong with them. */
#ifndef METRICS_H
#define METRICS_H

#include "01_tensor.h"
#include "02_random.h"
#include "10_data.h"
#include "22_features.h"
#include "22_frechet.h"

/* Of n samples, against as many test images. */
typedef struct {
    double score;      /* digit score: exp of the mean divergence of p(class | image) from p(class); 1 to classes */
    double frechet;    /* Frechet distance of the features */
    int classes;       /* with at least 1 % of the samples */
    double smallest;   /* share of the rarest class */
    double divergence; /* Kullback-Leibler, from the shares of the classes among the samples to those among the test images */
    double precision, recall; /* in the features, k = 3 */
    double
        nearest; /* median distance to the nearest training image, in pixels, over that of test images: far below 1 says copied */
    double support; /* by the birthday test: how many different images there may be; infinite where no two are alike */
} Metrics;

/* What samples are measured against. */
typedef struct {
    FeatureNet *net;        /* borrowed */
    int n, classes;         /* test images, which are as many as samples are wanted */
    Tensor features, train; /* of the test images; the training images' pixels */
    Gaussian gaussian;      /* of these features */
    double *share;          /* of each class among the test images */
    double nearest, alike;  /* test images: median distance to the nearest training image; smallest between two of them */
} Reference;

/* At most `most` test images; the net has learned from the training images. */
Reference reference_new(FeatureNet *net, const Images *train, const Images *test, int most);
void reference_free(Reference *r);

/* Of samples, rows of pixels in [-1, 1]: r->n of them. */
Metrics metrics_of(const Reference *r, const Tensor *samples);

/* exp of the mean over rows of sum p_k log(p_k / mean p_k): p is N x classes, rows that sum to 1.
 * Source: Salimans et al., "Improved Techniques for Training GANs", NeurIPS 2016, section 4; there with
 * a network trained on photographs. */
double class_score(const Tensor *p);

/* ---- sets of which we know what they are ------------------------------------------------------------ */

/* Each is n rows of pixels, made from training images drawn with `r`. */
typedef enum {
    REAL_IMAGES,    /* training images, no two the same as long as they last */
    CLASS_MISSING,  /* those without class 0 */
    BLURRED,        /* each pixel the mean of 3 x 3, twice over */
    NOISE_IMAGES,   /* uniform in [-1, 1], each pixel by itself */
    HUNDRED_COPIES, /* a hundred training images, drawn again and again: a memoriser */
    ONE_IMAGE,      /* a generator that has collapsed */
    KNOWN_SETS
} KnownSet;
extern const char *const known_set_names[KNOWN_SETS];
Tensor known_set(KnownSet set, const Images *train, int n, Random *r);

#endif
