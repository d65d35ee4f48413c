#include "19_transposed.h"

#include <string.h>

static bool cropped(int p, int q, const ConvSizes *s) { return p < 0 || p >= s->Ho || q < 0 || q >= s->Wo; }

void transposed_forward(real *y_, const real *x_, const real *w_, const real *bias, const ConvSizes *s)
{
    real (*y)[s->Ho][s->Wo][s->O] = (void *)y_;
    const real (*x)[s->H][s->W][s->C] = (void *)x_, (*w)[s->K][s->O][s->C] = (void *)w_;
    for (int n = 0; n < s->N; n++)
        for (int p = 0; p < s->Ho; p++)
            for (int q = 0; q < s->Wo; q++)
                for (int o = 0; o < s->O; o++)
                    y[n][p][q][o] = bias ? bias[o] : 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (cropped(p, q, s))
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                y[n][p][q][o] += x[n][i][j][c] * w[a][b][o][c];
                    }
}

void transposed_backward_x(real *dx_, const real *dy_, const real *w_, const ConvSizes *s)
{
    real (*dx)[s->H][s->W][s->C] = (void *)dx_;
    const real (*dy)[s->Ho][s->Wo][s->O] = (void *)dy_, (*w)[s->K][s->O][s->C] = (void *)w_;
    memset(dx_, 0, (size_t)s->N * sizeof dx[0]);
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (cropped(p, q, s))
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dx[n][i][j][c] += dy[n][p][q][o] * w[a][b][o][c];
                    }
}

void transposed_backward_w(real *dw_, const real *x_, const real *dy_, const ConvSizes *s)
{
    real (*dw)[s->K][s->O][s->C] = (void *)dw_;
    const real (*x)[s->H][s->W][s->C] = (void *)x_, (*dy)[s->Ho][s->Wo][s->O] = (void *)dy_;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->H; i++)
            for (int j = 0; j < s->W; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = s->S * i + a - s->top, q = s->S * j + b - s->left;
                        if (cropped(p, q, s))
                            continue;
                        for (int o = 0; o < s->O; o++)
                            for (int c = 0; c < s->C; c++)
                                dw[a][b][o][c] += dy[n][p][q][o] * x[n][i][j][c];
                    }
}
