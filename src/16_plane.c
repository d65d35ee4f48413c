#include "16_plane.h"

#include "04_init.h"
#include "05_dense_layer.h"
#include "06_activation_layer.h"

Network *plane_network(const char *name, int in, int out, Layer *const norm[2], bool leaky, Random *r)
{
    Layer *list[8];
    int n = 0;
    for (int k = 0; k < 2; k++) {
        list[n++] = dense_new(k == 0 ? in : PLANE_WIDTH, PLANE_WIDTH, INIT_PYTORCH, r);
        if (norm[k])
            list[n++] = norm[k];
        list[n++] = leaky ? leaky_relu_new(0.2) : relu_new();
    }
    list[n++] = dense_new(PLANE_WIDTH, out, INIT_PYTORCH, r);
    list[n] = NULL;
    return network_new(name, list);
}
