/* What the checker found, as a table. */
#ifndef REPORT_H
#define REPORT_H

#include "03_gradcheck.h"

#include <stdio.h>

void check_header_print(FILE *file);
void check_row_print(FILE *file, const char *module, const CheckRow *row);

#endif
