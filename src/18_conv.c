#include "18_conv.h"

#include <string.h>

/* The arrays are read as their shapes say: x[n][p][q][c] is one number. */

static bool outside(int p, int q, const ConvSizes *s) { return p < 0 || p >= s->H || q < 0 || q >= s->W; }

void conv_forward(real *y_, const real *x_, const real *w_, const real *bias, const ConvSizes *s)
{
    real (*y)[s->Ho][s->Wo][s->O] = (void *)y_;
    const real (*x)[s->H][s->W][s->C] = (void *)x_, (*w)[s->K][s->C][s->O] = (void *)w_;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++) {
                for (int o = 0; o < s->O; o++)
                    y[n][i][j][o] = bias ? bias[o] : 0;
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (outside(p, q, s))
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                y[n][i][j][o] += x[n][p][q][c] * w[a][b][c][o];
                    }
            }
}

void conv_backward_x(real *dx_, const real *dy_, const real *w_, const ConvSizes *s)
{
    real (*dx)[s->H][s->W][s->C] = (void *)dx_;
    const real (*dy)[s->Ho][s->Wo][s->O] = (void *)dy_, (*w)[s->K][s->C][s->O] = (void *)w_;
    memset(dx_, 0, (size_t)s->N * sizeof dx[0]);
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (outside(p, q, s))
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[n][p][q][c] += dy[n][i][j][o] * w[a][b][c][o];
                    }
}

void conv_backward_w(real *dw_, const real *x_, const real *dy_, const ConvSizes *s)
{
    real (*dw)[s->K][s->C][s->O] = (void *)dw_;
    const real (*x)[s->H][s->W][s->C] = (void *)x_, (*dy)[s->Ho][s->Wo][s->O] = (void *)dy_;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (outside(p, q, s))
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[a][b][c][o] += x[n][p][q][c] * dy[n][i][j][o];
                    }
}
