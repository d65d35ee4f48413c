#include "19_upsample.h"

#include <string.h>

/* ---- nearest neighbour -------------------------------------------------------------- */

void upsample_forward(real *y_, const real *x_, int N, int H, int W, int C)
{
    real (*y)[2 * H][2 * W][C] = (void *)y_;
    const real (*x)[H][W][C] = (void *)x_;
    for (int n = 0; n < N; n++)
        for (int i = 0; i < 2 * H; i++)
            for (int j = 0; j < 2 * W; j++)
                for (int c = 0; c < C; c++)
                    y[n][i][j][c] = x[n][i / 2][j / 2][c];
}

void upsample_backward(real *dx_, const real *dy_, int N, int H, int W, int C)
{
    real (*dx)[H][W][C] = (void *)dx_;
    const real (*dy)[2 * H][2 * W][C] = (void *)dy_;
    memset(dx_, 0, (size_t)N * sizeof dx[0]);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < 2 * H; i++)
            for (int j = 0; j < 2 * W; j++)
                for (int c = 0; c < C; c++)
                    dx[n][i / 2][j / 2][c] += dy[n][i][j][c];
}

/* ---- upsampling and a convolution ------------------------------------------------------ */

/* Of the large map. */
static bool outside_large(int p, int q, const ConvSizes *s) { return p < 0 || p >= 2 * s->H || q < 0 || q >= 2 * s->W; }

void upsample_conv_forward(real *y_, const real *x_, const real *w_, const real *bias, const ConvSizes *s)
{
    real (*y)[s->Ho][s->Wo][s->O] = (void *)y_;
    const real (*x)[s->H][s->W][s->C] = (void *)x_, (*w)[s->K][s->C][s->O] = (void *)w_;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int o = 0; o < s->O; o++)
                    y[n][i][j][o] = bias ? bias[o] : 0;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (outside_large(p, q, s))
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                y[n][i][j][o] += x[n][p / 2][q / 2][c] * w[a][b][c][o];
                    }
}

void upsample_conv_backward_x(real *dx_, const real *dy_, const real *w_, const ConvSizes *s)
{
    real (*dx)[s->H][s->W][s->C] = (void *)dx_;
    const real (*dy)[s->Ho][s->Wo][s->O] = (void *)dy_, (*w)[s->K][s->C][s->O] = (void *)w_;
    memset(dx_, 0, (size_t)s->N * sizeof dx[0]);
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (outside_large(p, q, s))
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dx[n][p / 2][q / 2][c] += dy[n][i][j][o] * w[a][b][c][o];
                    }
}

void upsample_conv_backward_w(real *dw_, const real *x_, const real *dy_, const ConvSizes *s)
{
    real (*dw)[s->K][s->C][s->O] = (void *)dw_;
    const real (*x)[s->H][s->W][s->C] = (void *)x_, (*dy)[s->Ho][s->Wo][s->O] = (void *)dy_;
    for (int n = 0; n < s->N; n++)
        for (int i = 0; i < s->Ho; i++)
            for (int j = 0; j < s->Wo; j++)
                for (int a = 0; a < s->K; a++)
                    for (int b = 0; b < s->K; b++) {
                        int p = i + a - s->top, q = j + b - s->left;
                        if (outside_large(p, q, s))
                            continue;
                        for (int c = 0; c < s->C; c++)
                            for (int o = 0; o < s->O; o++)
                                dw[a][b][c][o] += x[n][p / 2][q / 2][c] * dy[n][i][j][o];
                    }
}
