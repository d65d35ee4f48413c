/* A network as a table. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "01_tensor.h"
#include "09_network.h"

#include <stdio.h>

/* Prints layer, output shape (N for the batch), parameters; totals. */
void network_summary_print(FILE *file, const Network *n, Shape one_example);

#endif
