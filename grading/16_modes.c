#include "16_modes.h"

#include "task.h"

/* Points of the ring, near some modes and far from all. */
static void prepare_coverage(Call *c, int which, Random *r)
{
    Mixture m = mixture_ring();
    int n = which == 0 ? 4 : 12 + 3 * which;
    real *x = call_array(c, "x", READS, table(n, 2), r);
    for (int i = 0; i < n; i++) {
        int k = which == 0 ? (i < 2 ? 0 : 2 * (i - 1)) : random_index(r, 1 + which);
        double off = which > 0 && i % 4 == 3 ? 0.05 : 0.005; /* sigma is 0.01: every fourth is too far away */
        x[2 * i] = (real)(m.centre[k][0] + off), x[2 * i + 1] = (real)m.centre[k][1];
    }
    call_array(c, "coverage", WRITES, vector(3), NULL);
}
static void run_coverage(Call *c)
{
    Mixture m = mixture_ring();
    Coverage v = mixture_coverage(&m, AT("x"), shape_rows(array_of(c, "x")->shape));
    AT("coverage")[0] = v.modes, AT("coverage")[1] = (real)v.high_quality, AT("coverage")[2] = (real)v.divergence;
}

/* Labels, of which some classes have none, some too few, some just 1 %. */
static void prepare_classes(Call *c, int which, Random *r)
{
    int n = which == 0 ? 5 : 100 * which, classes = c->size[0] = which == 0 ? 3 : 4 + which;
    real *label = call_array(c, "label", READS, vector(n), NULL);
    for (int i = 0; i < n; i++)
        label[i] = which == 0 ? (i < 3 ? 0 : 2) : i < which ? 1 : i < 2 * which - 1 ? 2 : 3 + random_index(r, classes - 3);
    call_array(c, "covered", WRITES, vector(1), NULL), call_array(c, "share", WRITES, vector(classes), NULL);
}
static void run_classes(Call *c)
{
    uint8_t label[1000];
    double share[16];
    int n = (int)call_count(array_of(c, "label")), classes = c->size[0];
    for (int i = 0; i < n; i++)
        label[i] = (uint8_t)AT("label")[i];
    for (int k = 0; k < classes; k++)
        share[k] = NAN;
    AT("covered")[0] = classes_covered(label, n, classes, share);
    for (int k = 0; k < classes; k++)
        AT("share")[k] = (real)share[k];
}

const Task tasks_16[] = {
    { "16_modes", "classes_covered", 1,
      "share[k] = the part of the n labels that are k (share may be NULL); returns how many classes have at least 1 %.",
      "\"The idea\" in chapter 16: at least 1 % is count * 100 >= n, without rounding; a class without a label is not covered.",
      prepare_classes, run_classes, NULL },
    { "16_modes", "mixture_coverage", 2,
      "nearest_mode gives each point's mode and distance; those within 3 sigma count. modes: how many have one or more; high_quality: the "
      "share of the points that count; divergence: sum over modes of share log(share * modes), share among those that count (0 log 0 = 0; "
      "NAN where none counts).",
      "\"The idea\" in chapter 16: the divergence is from the modes' shares among the good points to 1/modes each.",
      prepare_coverage, run_coverage, NULL },
    { 0 },
};
