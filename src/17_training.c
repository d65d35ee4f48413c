#include "17_training.h"

#include "00_error.h"
#include "01_memory.h"
#include "02_random.h"

GanTraining gan_training_new(Gan *g, const Images *d, int batch, uint64_t seed)
{
    REQUIRE(batch >= 4 && batch % 2 == 0, "batch %d: D sees half of it, and batch norm needs two rows", batch);
    return (GanTraining){ .gan = g,
                          .data = d,
                          .batch = batch,
                          .shuffle = shuffle_new(d->n, random_stream(seed, "order of the images", 0)),
                          .index = memory_get((size_t)batch * sizeof(int)) };
}

void gan_training_free(GanTraining *t)
{
    shuffle_free(&t->shuffle);
    memory_release(t->index);
    tensor_free(&t->x);
}

GanStep gan_training_step(GanTraining *t)
{
    shuffle_next(&t->shuffle, t->index, t->batch / 2);
    images_rows(t->data, t->index, 0, t->batch / 2, &t->x);
    t->step++;
    return gan_step(t->gan, &t->x, t->batch);
}

long gan_training_epoch_steps(const GanTraining *t) { return (t->data->n + t->batch - 1) / t->batch; }
