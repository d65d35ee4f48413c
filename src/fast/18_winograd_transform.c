#include "18_winograd_transform.h"

void winograd_input(double V[WINDOW][WINDOW], double X[WINDOW][WINDOW], int tile)
{
    Lanes in[POINTS] = { 0 }, out[POINTS] = { 0 };
    for (int k = 0; k < POINTS; k++)
        in[k][0] = (real)X[k / WINDOW][k % WINDOW];
    input_tile(out, in, tile, tile);
    for (int k = 0; k < POINTS; k++)
        V[k / WINDOW][k % WINDOW] = (double)out[k][0];
}

void winograd_kernel(double U[WINDOW][WINDOW], double g[3][3])
{
    Lanes in[9] = { 0 }, out[POINTS];
    for (int k = 0; k < 9; k++)
        in[k][0] = (real)g[k / 3][k % 3];
    kernel_tile(out, in);
    for (int k = 0; k < POINTS; k++)
        U[k / WINDOW][k % WINDOW] = (double)out[k][0];
}

void winograd_output(double y[TILE][TILE], double M[WINDOW][WINDOW], int tile)
{
    Lanes in[POINTS] = { 0 }, out[TILE * TILE] = { 0 };
    for (int k = 0; k < POINTS; k++)
        in[k][0] = (real)M[k / WINDOW][k % WINDOW];
    output_tile(out, in, tile, tile);
    for (int k = 0; k < TILE * TILE; k++)
        y[k / TILE][k % TILE] = (double)out[k][0];
}
