/* A game as a subject of the gradient checker. */
#ifndef GAN_SUBJECT_H
#define GAN_SUBJECT_H

#include "01_tensor.h"
#include "02_random.h"
#include "03_subject.h"
#include "15_gan.h"

typedef struct {
    Gan *gan;
    Tensor real_examples;
    bool of_generator;
    uint64_t branches; /* of every forward in the last evaluate */
    Subject subject;   /* arrays: every parameter of the player, named "2.weight" */
} GanSubject;

/* The loss of the generator through D, or of D on real and fake, by the very
 * functions that training uses, in PROBE. Noise and examples (N x features) are normal
 * and stay fixed. */
void gan_subject_init(GanSubject *s, Gan *g, bool of_generator, int N, int features, Random *r);
void gan_subject_free(GanSubject *s);

#endif
