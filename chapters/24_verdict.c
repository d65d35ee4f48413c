/* Chapter 24's experiment: what may one conclude from a few runs? Pairs of runs are drawn whose true difference is known,
 * and each handful is judged as the verdict judges: confirmed, not confirmed, inconclusive. How often is that right? */
#include "24_statistics.h"
#include "00_files.h"
#include "00_options.h"
#include "00_progress.h"
#include "01_tensor.h"
#include "02_random.h"

enum { EFFECTS = 9, SIZES = 4, MOST = 20, FINDINGS = 3 };
static const int sizes[SIZES] = { 3, 5, 10, 20 };

/* One handful: n paired differences with this mean and deviation 1, most of them normal, one in ten from a run that went
 * another way and lies far off. The smallest effect that matters is 1, too. */
static Finding judge_handful(double effect, int n, uint64_t seed, uint64_t k)
{
    Random r = random_stream(seed, "runs", k);
    real normal[MOST];
    double a[MOST], b[MOST] = { 0 };
    random_normal(&r, normal, MOST);
    for (int i = 0; i < n; i++)
        a[i] = effect + (random_index(&r, 10) == 0 ? 3 : 0.7) * (double)normal[i];
    return finding_of(paired_effect(a, b, n, k), 1);
}

/* The share of each finding, in percent. */
static void judge_many(double effect, int n, int handfuls, uint64_t seed, double *share)
{
    for (int f = 0; f < FINDINGS; f++)
        share[f] = 0;
    for (int k = 0; k < handfuls; k++)
        share[judge_handful(effect, n, seed, (uint64_t)k)] += 100.0 / handfuls;
}

int main(int argc, char **argv)
{
    Experiment e = experiment_read(argc, argv, "Chapter 24: what a few runs say, where the truth is known.", NULL);
    static double share[SIZES][EFFECTS][FINDINGS];
    int handfuls = e.full ? 2000 : 100, done = 0;
    Progress progress = progress_start("24_verdict", SIZES * EFFECTS);
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic)
#endif
    for (int k = SIZES * EFFECTS - 1; k >= 0; k--) {
        judge_many(0.25 * (k % EFFECTS), sizes[k / EFFECTS], handfuls, (uint64_t)e.seed, share[k / EFFECTS][k % EFFECTS]);
#ifdef _OPENMP
#pragma omp critical
#endif
        {
            done++;
            progress_show(&progress, done, "%d of %d", done, SIZES * EFFECTS);
        }
    }
    progress_end(&progress);
    FILE *tsv = tsv_open(e.out, "24_verdict.tsv", "pairs\teffect\tconfirmed\tnot_confirmed\tinconclusive");
    for (int s = 0; s < SIZES; s++, fprintf(tsv, "\n\n"))
        for (int k = 0; k < EFFECTS; k++)
            fprintf(tsv, "%d\t%.2f\t%.1f\t%.1f\t%.1f\n", sizes[s], 0.25 * k, share[s][k][CONFIRMED], share[s][k][NOT_CONFIRMED],
                    share[s][k][UNDECIDED]);
    output_close(tsv);
    return 0;
}
