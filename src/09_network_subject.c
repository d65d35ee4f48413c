#include "09_network_subject.h"

#include <stdio.h>

void network_check_arrays(const Network *n, CheckArray *array)
{
    for (int i = 0; i < n->n_layer; i++)
        for (int k = 0; k < n->layer[i]->n_param; k++, array++) {
            const Param *p = n->layer[i]->param[k];
            *array = (CheckArray){
                .x = p->value.data, .dx = p->grad.data, .n = tensor_size(&p->value), .shape = p->value.shape, .group = i
            };
            snprintf(array->name, sizeof array->name, "%d.%s", i, p->name);
        }
}

void network_subject_init(LayerSubject *s, Network *n, Shape x, Mode mode, Random *r)
{
    layer_subject_init(s, &n->base, x, mode, r);
    s->subject.array[0].group = -1; /* the input belongs to no layer */
    network_check_arrays(n, s->subject.array + 1);
}
