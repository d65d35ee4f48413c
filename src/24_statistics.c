#include "24_statistics.h"

#include "00_error.h"
#include "01_memory.h"
#include "01_tensor.h"
#include "02_random.h"

#include <math.h>
#include <string.h>

enum { DRAWS = 10000, EXACT = 16 };

/* ---- one sample -------------------------------------------------------------------------------- */

double interquartile_mean(const double *x, int n)
{
    REQUIRE(n > 0, "the mean of %d numbers", n);
    double *sorted = memory_get((size_t)n * sizeof *sorted), sum = 0, first = n / 4.0, last = n - first;
    memcpy(sorted, x, (size_t)n * sizeof *sorted);
    sort_numbers(sorted, n);
    for (int i = 0; i < n; i++) {
        double part = fmin(i + 1, last) - fmax(i, first); /* of the number i, from i to i + 1, that is in the middle half */
        sum += fmax(part, 0) * sorted[i];
    }
    memory_release(sorted);
    return sum / (last - first);
}

Interval bootstrap(Statistic *statistic, const double *x, int n, uint64_t seed)
{
    double *value = memory_get(DRAWS * sizeof *value), *drawn = memory_get((size_t)n * sizeof *drawn);
    Random r = random_stream(seed, "bootstrap", 0);
    for (int k = 0; k < DRAWS; k++) {
        for (int i = 0; i < n; i++)
            drawn[i] = x[random_index(&r, n)];
        value[k] = statistic(drawn, n);
    }
    sort_numbers(value, DRAWS);
    Interval found = { statistic(x, n), value[DRAWS / 40], value[DRAWS - 1 - DRAWS / 40] };
    memory_release(value), memory_release(drawn);
    return found;
}

/* ---- pairs ----------------------------------------------------------------------------------------- */

static double *differences(const double *a, const double *b, int n)
{
    double *d = memory_get((size_t)n * sizeof *d);
    for (int i = 0; i < n; i++)
        d[i] = a[i] - b[i];
    return d;
}

Interval paired_effect(const double *a, const double *b, int n, uint64_t seed)
{
    double *d = differences(a, b, n);
    Interval found = bootstrap(interquartile_mean, d, n, seed);
    memory_release(d);
    return found;
}

static double mean(const double *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] / n;
    return sum;
}

Interval share_of_wins(const double *a, const double *b, int n, uint64_t seed)
{
    double *won = memory_get((size_t)n * sizeof *won);
    for (int i = 0; i < n; i++)
        won[i] = a[i] > b[i] ? 1 : a[i] < b[i] ? 0 : a[i] == b[i] ? 0.5 : NAN;
    Interval found = bootstrap(mean, won, n, seed);
    memory_release(won);
    return found;
}

/* The sum of the n differences with the signs that the bits of `signs` say. */
static double with_signs(const double *d, int n, uint64_t signs)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += signs >> i & 1 ? -d[i] : d[i];
    return sum;
}

double sign_flip_p(const double *a, const double *b, int n, uint64_t seed)
{
    REQUIRE(n > 0 && n <= 64, "%d pairs; expected 1 to 64", n);
    double *d = differences(a, b, n), found = fabs(with_signs(d, n, 0));
    Random r = random_stream(seed, "sign flips", 0);
    uint64_t choices = 1ull << (n < EXACT ? n : EXACT), far = 0;
    for (uint64_t k = 0; k < choices; k++) {
        uint64_t signs = k;
        if (n > EXACT && k > 0) /* the signs that were found are always among them */
            signs = (uint64_t)(random_one(&r) * 0x1p32) | (uint64_t)(random_one(&r) * 0x1p32) << 32;
        far += fabs(with_signs(d, n, signs)) >= found * (1 - 1e-12);
    }
    memory_release(d);
    return isnan(found) ? NAN : (double)far / (double)choices;
}

/* ---- families, and findings ----------------------------------------------------------------------------- */

void holm_adjust(double *adjusted, const double *p, int n)
{
    double before = 0;
    for (int i = 0; i < n; i++)
        adjusted[i] = -1; /* not yet */
    for (int left = n; left > 0; left--) {
        int least = -1;
        for (int i = 0; i < n; i++)
            if (adjusted[i] < 0 && (least < 0 || p[i] < p[least]))
                least = i;
        before = adjusted[least] = fmin(1, fmax(before, left * p[least]));
    }
}

Finding finding_of(Interval effect, double smallest)
{
    if (effect.low > smallest)
        return CONFIRMED;
    return effect.high < smallest ? NOT_CONFIRMED : UNDECIDED;
}

const char *finding_name(Finding f)
{
    return f == CONFIRMED ? "confirmed" : f == NOT_CONFIRMED ? "not confirmed" : "inconclusive";
}

int pairs_needed(double effect)
{
    REQUIRE(effect > 0, "an effect of %g standard deviations", effect);
    return (int)ceil(pow((1.96 + 0.84) / effect, 2) + 1.96 * 1.96 / 2);
}
