#include "10_data.h"

#include "01_memory.h"
#include "01_parallel.h"
#include "07_loss.h"

/* ---- images ------------------------------------------------------------------------------- */

void images_free(Images *d)
{
    memory_release(d->pixel);
    memory_release(d->label);
    *d = (Images){ 0 };
}

int images_pixels(const Images *d) { return d->height * d->width; }

void images_rows(const Images *d, const int *order, int first, int n, Tensor *x)
{
    int F = images_pixels(d);
    tensor_resize(x, (Shape){ 2, { n, F } });
    PARALLEL_FOR((size_t)n * (size_t)F)
    for (int i = 0; i < n; i++) {
        const uint8_t *pixel = d->pixel + (size_t)(order ? order[first + i] : first + i) * (size_t)F;
        for (int j = 0; j < F; j++)
            x->data[(size_t)i * (size_t)F + (size_t)j] = (real)pixel[j] / (real)127.5 - 1;
    }
}

void labels_rows(const Images *d, const int *order, int first, int n, Tensor *t)
{
    tensor_resize(t, (Shape){ 2, { n, d->classes } });
    for (int i = 0; i < n; i++)
        one_hot(t->data + (size_t)i * (size_t)d->classes, &d->label[order ? order[first + i] : first + i], 1, d->classes);
}

/* ---- minibatches ------------------------------------------------------------------------------ */

Shuffle shuffle_new(int n, Random r)
{
    Shuffle s = { r, memory_get((size_t)n * sizeof *s.order), n, n }; /* used up: the first call draws a permutation */
    for (int i = 0; i < n; i++)
        s.order[i] = i;
    return s;
}

void shuffle_free(Shuffle *s) { memory_release(s->order); }

void shuffle_next(Shuffle *s, int *index, int count)
{
    for (int i = 0; i < count; i++) {
        if (s->next == s->n) {
            random_permutation(&s->random, s->order, s->n);
            s->next = 0;
        }
        index[i] = s->order[s->next++];
    }
}

/* ---- standardisation ---------------------------------------------------------------------------- */

void standardise_fit(real *mean, real *rstd, const real *x, int R, int C)
{
    for (int j = 0; j < C; j++) {
        double total = 0, squares = 0;
        for (int i = 0; i < R; i++)
            total += (double)x[(size_t)i * C + j];
        for (int i = 0; i < R; i++) {
            double d = (double)x[(size_t)i * C + j] - total / R;
            squares += d * d;
        }
        mean[j] = (real)(total / R);
        double deviation = sqrt(squares / R), rounding = 4 * REAL_EPSILON * fabs(total / R);
        rstd[j] = deviation > rounding ? (real)(1 / deviation) : 0;
    }
}

void standardise_apply(real *x, const real *mean, const real *rstd, int R, int C)
{
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++)
            x[(size_t)i * C + j] = (x[(size_t)i * C + j] - mean[j]) * rstd[j];
}
