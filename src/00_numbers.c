#define _XOPEN_SOURCE 700 /* uselocale */
#include "00_numbers.h"

#include <locale.h>

static _Thread_local locale_t before;

void numbers_begin(void) { before = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0)); }

void numbers_end(void) { freelocale(uselocale(before)); }
