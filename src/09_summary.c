#include "09_summary.h"

#include "04_layer.h"

#include <string.h>

static const char *example_text(Shape s) /* N for the batch, then the example */
{
    static char text[64];
    int n = snprintf(text, sizeof text, "N");
    for (int i = 1; i < s.rank; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "x%d", s.dim[i]);
    return text;
}

void network_summary_print(FILE *file, const Network *n, Shape one_example)
{
    Shape s = { one_example.rank + 1, { 1 } };
    memcpy(s.dim + 1, one_example.dim, (size_t)one_example.rank * sizeof *s.dim);
    fprintf(file, "%s\n  %-16s %-16s %12s\n", n->name, "layer", "output", "parameters");
    fprintf(file, "  %-16s %-16s\n", "(input)", example_text(s));
    for (int i = 0; i < n->n_layer; i++) {
        const Layer *l = n->layer[i];
        s = layer_output_shape(l, s);
        fprintf(file, "  %-16s %-16s %12ld\n", l->ops->name, example_text(s), layer_param_count(l));
    }
    fprintf(file, "  trainable parameters %ld; running statistics, not trainable: %ld\n", layer_param_count(&n->base),
            layer_state_count(&n->base));
}
