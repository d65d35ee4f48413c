/* Mistakes of convolutions for the gradient checker to catch. */
#ifndef CONV_FAULTS_H
#define CONV_FAULTS_H

#include "03_fault.h"

/* The padding off by one, the kernel the wrong way round, the stride ignored in dx, the
 * bias summed over the batch alone. Their subject is a LayerSubject whose layer is
 * conv_new's. */
extern const Fault conv_faults[];

#endif
