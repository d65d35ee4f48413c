#include "03_report.h"

void check_header_print(FILE *file)
{
    fprintf(file, "%-24s %-22s %8s %6s %14s %14s %9s  %s\n", "module", "tensor", "elements", "worst", "analytic", "numeric",
            "error", "verdict");
}

void check_row_print(FILE *file, const char *module, const CheckRow *row)
{
    fprintf(file, "%-24s %-22s %8zu %6zu %14.6e %14.6e %9.1e  %s\n", module, row->tensor, row->elements, row->worst,
            row->analytic, row->numeric, row->error, verdict_name(row->verdict));
    if (row->note[0])
        fprintf(file, "    %s\n", row->note);
}
