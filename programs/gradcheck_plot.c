/* How far central differences are from the analytic slope, by their step: what the checker
 * works with, for a plot. */
#include "gradcheck.h"

#include "00_files.h"
#include "03_line.h"
#include "03_subject.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CURVES = 6, HALVINGS = 48 };
static FILE *table;
static int curves;

void plot_begin(const char *path)
{
    char directory[PATH_SIZE], name[PATH_SIZE];
    if (!path[0])
        return;
    path_split(path, directory, name);
    table = output_open(directory, name);
}

void plot_end(void)
{
    if (table)
        output_close(table);
}

/* The worst element of an array that was judged. A curve is a block: its name, a line a step,
 * two empty lines. All is in units of the array's largest slope; the last column is the bar. */
void plot_row(const char *what, const Subject *s, int array, const CheckRow *row)
{
    ElementLine line = { s, &s->array[array], row->worst };
    double h = array_spread(&s->array[array]);
    if (!table || curves == CURVES)
        return;
    fprintf(table, "%s\"%s, %s[%zu]\"\n", curves++ ? "\n\n" : "", what, row->tensor, row->worst);
    for (int k = 0; k <= HALVINGS; k++, h /= 2) {
        Probe plus = probe_element(&line, h), minus = probe_element(&line, -plus.t);
        double width = plus.t - minus.t, slope = (plus.loss - minus.loss) / width;
        if (width > 0 && isfinite(slope))
            fprintf(table, "%.6e %.6e %.6e\n", width / 2, fabs(slope - row->analytic) / row->scale, row->bar / row->scale);
    }
}
