/* A training run of a GAN on images. */
#ifndef TRAINING_H
#define TRAINING_H

#include "01_tensor.h"
#include "10_data.h"
#include "15_gan.h"

/* D on batch/2 real and batch/2 generated images, then G on
 * `batch`; an epoch is ceil(images/batch) steps. */
typedef struct {
    Gan *gan;
    const Images *data;
    int batch;
    Shuffle shuffle;
    int *index;
    Tensor x;
    long step;
} GanTraining;

GanTraining gan_training_new(Gan *g, const Images *d, int batch, uint64_t seed);
void gan_training_free(GanTraining *t);
GanStep gan_training_step(GanTraining *t);
long gan_training_epoch_steps(const GanTraining *t);

#endif
