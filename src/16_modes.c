#include "16_modes.h"

static int nearest_mode(const Mixture *m, const real *x, double *distance)
{
    int best = 0;
    *distance = INFINITY;
    for (int k = 0; k < m->modes; k++) {
        double d = hypot((double)x[0] - m->centre[k][0], (double)x[1] - m->centre[k][1]);
        if (d < *distance)
            *distance = d, best = k;
    }
    return best;
}

Coverage mixture_coverage(const Mixture *m, const real *x, int n)
{
    int count[MAX_MODES] = { 0 }, good = 0;
    for (int i = 0; i < n; i++) {
        double distance;
        int k = nearest_mode(m, x + 2 * (size_t)i, &distance);
        if (distance <= 3 * m->sigma)
            count[k]++, good++;
    }
    Coverage c = { 0, (double)good / n, good ? 0 : NAN };
    for (int k = 0; k < m->modes; k++) {
        double share = good ? (double)count[k] / good : 0;
        c.modes += count[k] > 0;
        c.divergence += share > 0 ? share * log(share * m->modes) : 0;
    }
    return c;
}

void likeliest_classes(uint8_t *label, const Tensor *y)
{
    int N = shape_rows(y->shape), C = shape_columns(y->shape);
    for (int i = 0; i < N; i++) {
        const real *yi = y->data + (size_t)i * (size_t)C;
        label[i] = 0;
        for (int k = 1; k < C; k++)
            if (yi[k] > yi[label[i]])
                label[i] = (uint8_t)k;
    }
}

int classes_covered(const uint8_t *label, int n, int classes, double *share)
{
    int covered = 0;
    for (int k = 0; k < classes; k++) {
        int count = 0;
        for (int i = 0; i < n; i++)
            count += label[i] == k;
        covered += count > 0 && count * 100 >= n;
        if (share)
            share[k] = (double)count / n;
    }
    return covered;
}
