/* Drawn digits: a pen moves along strokes, and a pixel is as white as it is
 * near the pen.
 *
 * A digit is a list of arcs and lines in a box, x to the right and y down,
 * both from -1 to 1. Each image takes the list through its own random map of
 * the plane (size, turn, slant, place, and a slow wave) and its own pen. */
#include "10_digits.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_parallel.h"
#include "02_random.h"

#include <string.h>

enum { SIDE = 28, BORDER = 2, MAX_POINTS = 160, ARC_POINTS = 20 };

/* An arc of an ellipse from angle `from` to `to` (degrees; 0 is right, 90 is
 * down), or, with ry = LINE, a line from (cx, cy) to (from, to). */
#define LINE -1

typedef struct {
    double cx, cy, rx, ry, from, to;
} Stroke;

enum { STYLES = 2, MAX_STROKES = 5 };

/* Two ways to write each digit; a stroke of zeros ends a list. */
static const Stroke digit[10][STYLES][MAX_STROKES] = {
    { { { 0, 0, .62, .95, 0, 360 } }, { { 0, 0, .5, .9, -60, 300 } } },
    { { { 0, -.95, 0, LINE, 0, .95 } },
      { { -.4, -.55, 0, LINE, 0, -.95 }, { 0, -.95, 0, LINE, 0, .95 }, { -.4, .95, 0, LINE, .4, .95 } } },
    { { { 0, -.42, .58, .52, -165, 30 }, { .5, -.16, 0, LINE, -.6, .92 }, { -.6, .92, 0, LINE, .62, .92 } },
      { { 0, -.4, .5, .55, -170, 55 },
        { .29, .05, 0, LINE, -.45, .7 },
        { -.25, .74, .24, .2, 170, 350 },
        { -.02, .7, 0, LINE, .6, .9 } } },
    { { { -.05, -.46, .52, .48, -150, 90 }, { -.05, .46, .6, .48, -90, 150 } },
      { { -.5, -.92, 0, LINE, .45, -.92 }, { .45, -.92, 0, LINE, -.05, -.15 }, { -.05, .4, .58, .55, -90, 145 } } },
    { { { .25, -.95, 0, LINE, -.62, .3 }, { -.62, .3, 0, LINE, .65, .3 }, { .3, -.35, 0, LINE, .3, .95 } },
      { { -.5, -.9, 0, LINE, -.55, .05 }, { -.55, .05, 0, LINE, .5, .05 }, { .5, -.9, 0, LINE, .45, .95 } } },
    { { { .55, -.92, 0, LINE, -.42, -.92 }, { -.42, -.92, 0, LINE, -.48, -.1 }, { -.05, .36, .6, .56, -140, 140 } },
      { { .5, -.85, 0, LINE, -.3, -.9 }, { -.3, -.9, 0, LINE, -.45, -.05 }, { -.1, .4, .5, .52, -120, 165 } } },
    { { { .35, .1, .92, 1.05, -90, -180 }, { -.02, .42, .55, .52, 180, 540 } },
      { { .3, -.95, 0, LINE, -.5, .35 }, { 0, .45, .5, .48, 180, 540 } } },
    { { { -.58, -.9, 0, LINE, .58, -.9 }, { .58, -.9, 0, LINE, -.2, .95 } },
      { { -.55, -.88, 0, LINE, .55, -.9 }, { .55, -.9, 0, LINE, -.1, .95 }, { -.3, .05, 0, LINE, .5, .02 } } },
    { { { 0, -.46, .46, .46, 90, 450 }, { 0, .46, .56, .48, -90, 270 } },
      { { .02, -.5, .4, .42, 80, 440 }, { -.02, .42, .48, .52, -90, 270 } } },
    { { { 0, -.4, .52, .52, 0, 360 }, { .52, -.4, 0, LINE, .3, .95 } },
      { { -.02, -.4, .5, .5, -20, 340 }, { -.25, -.4, .75, 1.3, 0, 75 } } },
};

typedef struct {
    double x, y;
    bool lifted; /* the pen was lifted before this point */
} Point;

/* ---- the pen's path -------------------------------------------------------------------- */

static int stroke_points(const Stroke *s, Point *p)
{
    int n = s->ry == LINE ? 8 : ARC_POINTS;
    for (int i = 0; i < n; i++) {
        double t = (double)i / (n - 1);
        double angle = (s->from + t * (s->to - s->from)) * 3.141592653589793 / 180;
        p[i] = s->ry == LINE ? (Point){ s->cx + t * (s->from - s->cx), s->cy + t * (s->to - s->cy), i == 0 }
                             : (Point){ s->cx + s->rx * cos(angle), s->cy + s->ry * sin(angle), i == 0 };
    }
    return n;
}

static double between(Random *r, double low, double high) { return low + (high - low) * random_one(r); }

/* The random map of one image, applied to all its points. */
static void distort(Point *p, int n, Random *r)
{
    double turn = between(r, -.22, .22), slant = between(r, -.4, .4);
    double width = between(r, 5.2, 8.6), height = between(r, 7.6, 9.8); /* half sizes, in pixels */
    double right = between(r, -2.2, 2.2), down = between(r, -1.4, 1.4);
    double wave = between(r, 0, .13), fx = between(r, 1, 3), fy = between(r, 1, 3);
    double px = between(r, 0, 6.28), py = between(r, 0, 6.28);
    for (int i = 0; i < n; i++) {
        double x = p[i].x + wave * sin(fx * p[i].y + px), y = p[i].y + wave * sin(fy * p[i].x + py);
        x = width * (x - slant * y), y = height * y;
        p[i].x = SIDE / 2 + right + x * cos(turn) - y * sin(turn);
        p[i].y = SIDE / 2 + down + x * sin(turn) + y * cos(turn);
    }
}

/* ---- ink -------------------------------------------------------------------------------------- */

static double distance_to_segment(double x, double y, Point a, Point b)
{
    double ux = b.x - a.x, uy = b.y - a.y, length2 = ux * ux + uy * uy;
    double t = length2 > 0 ? ((x - a.x) * ux + (y - a.y) * uy) / length2 : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(a.x + t * ux - x, a.y + t * uy - y);
}

static int within_border(double x) { return x < BORDER ? BORDER : x > SIDE - BORDER ? SIDE - BORDER : (int)x; }

/* The pen is a disc with a soft edge one pixel wide. */
static void draw_segment(uint8_t *pixel, Point a, Point b, double radius, double ink)
{
    double reach = radius + 1;
    int left = within_border(fmin(a.x, b.x) - reach), right = within_border(fmax(a.x, b.x) + reach + 1);
    int top = within_border(fmin(a.y, b.y) - reach), bottom = within_border(fmax(a.y, b.y) + reach + 1);
    for (int i = top; i < bottom; i++)
        for (int j = left; j < right; j++) {
            double cover = radius + 0.5 - distance_to_segment(j + 0.5, i + 0.5, a, b);
            int white = (int)(ink * (cover < 0 ? 0 : cover > 1 ? 1 : cover));
            if (white > pixel[i * SIDE + j])
                pixel[i * SIDE + j] = (uint8_t)white;
        }
}

static void draw_digit(uint8_t *pixel, int label, Random *r)
{
    Point point[MAX_POINTS];
    int n = 0;
    const Stroke *s = digit[label][random_index(r, STYLES)];
    for (int k = 0; k < MAX_STROKES && (s[k].rx != 0 || s[k].ry != 0); k++)
        n += stroke_points(&s[k], point + n);
    distort(point, n, r);
    double radius = between(r, .65, 1.75), ink = between(r, 200, 255);
    memset(pixel, 0, SIDE * SIDE);
    for (int i = 1; i < n; i++)
        if (!point[i].lifted)
            draw_segment(pixel, point[i - 1], point[i], radius, ink);
}

Images digits_new(int n, uint64_t seed)
{
    REQUIRE(n > 0, "%d digits", n);
    Images d = { n, SIDE, SIDE, 10, memory_get((size_t)n * SIDE * SIDE), memory_get((size_t)n) };
    PARALLEL_FOR((size_t)n * SIDE * SIDE)
    for (int i = 0; i < n; i++) {
        Random r = random_stream(seed, "digit", (uint64_t)i);
        d.label[i] = (uint8_t)(i % 10);
        draw_digit(d.pixel + (size_t)i * SIDE * SIDE, i % 10, &r);
    }
    return d;
}
