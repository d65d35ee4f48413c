#include "10_mixture.h"

Mixture mixture_ring(void)
{
    Mixture m = { .modes = 8, .sigma = 0.01 };
    for (int k = 0; k < m.modes; k++) {
        m.centre[k][0] = cos(6.283185307179586 * k / m.modes);
        m.centre[k][1] = sin(6.283185307179586 * k / m.modes);
    }
    return m;
}

Mixture mixture_grid(void)
{
    Mixture m = { .modes = 25, .sigma = 0.05 };
    for (int k = 0; k < m.modes; k++) {
        m.centre[k][0] = 2 * (k % 5) - 4;
        m.centre[k][1] = 2 * (k / 5) - 4;
    }
    return m;
}

void mixture_sample(const Mixture *m, real *x, int n, Random *r)
{
    random_normal(r, x, 2 * (size_t)n);
    for (int i = 0; i < n; i++) {
        const double *centre = m->centre[random_index(r, m->modes)];
        for (int j = 0; j < 2; j++)
            x[2 * i + j] = (real)(centre[j] + m->sigma * (double)x[2 * i + j]);
    }
}
