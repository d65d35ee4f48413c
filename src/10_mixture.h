/* Mixtures of Gaussians in the plane: data whose modes are known. */
#ifndef MIXTURE_H
#define MIXTURE_H

#include "01_tensor.h"
#include "02_random.h"

enum { MAX_MODES = 25 };

typedef struct {
    int modes;
    double centre[MAX_MODES][2], sigma;
} Mixture;

/* 8 modes on a circle of radius 1, sigma 0.01; 25 on {-4, -2, 0, 2, 4}^2,
 * sigma 0.05. Source: Srivastava et al., "VEEGAN", NeurIPS 2017, section 4.1. */
Mixture mixture_ring(void);
Mixture mixture_grid(void);

/* n points (n x 2), each from a mode drawn at random. */
void mixture_sample(const Mixture *m, real *x, int n, Random *r);

#endif
