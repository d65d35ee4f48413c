/* Which of OpenBLAS's kernels, and how many of its threads. */
#include "01_parallel.h"

#ifdef USE_BLAS
#include <cblas.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* OpenBLAS picks its kernels by the processor's model, at times badly. One
 * older than the processor falls back on the kernels of 2004, "Prescott", five
 * times slower. AMD's Zen 4 gets kernels of 512 bits, which it carries out in
 * two halves: those of 256 are 5 % faster. OpenBLAS can be told to look again. */
#if defined(__linux__) && defined(__x86_64__)
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static const char *better_kernels(const char *picked)
{
    bool avx512 = __builtin_cpu_supports("avx512vl");
    if (avx512 && __builtin_cpu_is("amdfam19h")) /* Zen 4 */
        return "Haswell";
    if (strcmp(picked, "Prescott") == 0 && __builtin_cpu_supports("avx2"))
        return avx512 ? "SkylakeX" : "Haswell";
    return picked;
}

static void choose_kernels(void)
{
    const char *picked = openblas_get_corename(), *better = better_kernels(picked);
    if (strcmp(picked, better) == 0 || !gotoblas_dynamic_init || !gotoblas_dynamic_quit)
        return;
    setenv("OPENBLAS_CORETYPE", better, 0);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
}
#else
static void choose_kernels(void) {}
#endif

/* OpenBLAS's own threads would cut by their number, and fight with ours. */
__attribute__((constructor)) static void prepare_blas(void)
{
    choose_kernels();
    int ours = threads_get(); /* an OpenBLAS built on OpenMP would change these too */
    openblas_set_num_threads(1);
    threads_set(ours);
}
#else
typedef int nothing_here; /* a file of C holds something */
#endif
